"""CLPs that wait, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from payments_svc.domain.remittance import ClaimState
from payments_svc.handlers import requests, shows
from payments_svc.views import ClaimOutcome, DismissIn, MatchIn, UnmatchedView
from rcm.identity import Principal, Role
from rcm.web.bodies import parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["unmatched"])
Biller = Annotated[Principal, allow(Role.BILLER)]


@router.get("/v1/unmatched", response_model=Page[UnmatchedView])
async def list_unmatched(
    request: Request,
    who: Biller,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[Literal["held", "unmatched"] | None, Query(description="Only those in this state")] = None,
) -> Response:
    """CLPs whose payment stands in suspense: held because they don't balance, or of no claim that we know. Oldest first."""
    wanted = ClaimState(state) if state else None
    return await edge(request).read(
        request, who, lambda unit: shows.list_unmatched(unit, limit, after, wanted), patient_data=True
    )


@router.post("/v1/unmatched/{unmatched_id}/match", response_model=ClaimOutcome, openapi_extra=json_body(MatchIn))
async def post_match(request: Request, unmatched_id: UUID, who: Biller) -> Response:
    """Says whose CLP it is; it is posted to that claim."""
    body = await request.body()
    given = parse_json(MatchIn, body)
    return await edge(request).write(request, who, body, lambda unit: requests.match(unit, unmatched_id, given.claim_id))


@router.post("/v1/unmatched/{unmatched_id}/dismiss", response_model=ClaimOutcome, openapi_extra=json_body(DismissIn))
async def post_dismiss(request: Request, unmatched_id: UUID, who: Biller) -> Response:
    """Ends the wait with a named exit and a reason. Its payment stays in suspense: cash that came does not vanish."""
    body = await request.body()
    given = parse_json(DismissIn, body)
    return await edge(request).write(request, who, body, lambda unit: requests.dismiss_unmatched(unit, unmatched_id, given))
