"""Remittances over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from payments_svc.domain.remittance import RemittanceState
from payments_svc.handlers import requests, shows
from payments_svc.handlers.arrivals import WaitingRoom
from payments_svc.handlers.remittances import ReceivedContent
from payments_svc.views import EXAMPLE_835, DismissIn, ReceivedFile, RemittanceView
from rcm.identity import Principal, Role
from rcm.web.bodies import media_type, parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body, raw_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["remittances"])
Biller = Annotated[Principal, allow(Role.BILLER)]
X12 = "application/edi-x12"


@router.post(
    "/v1/remittances",
    status_code=201,
    response_model=ReceivedFile,
    responses={200: {"model": ReceivedFile, "description": "All of it was known already"}},
    openapi_extra=raw_body({X12: EXAMPLE_835}),
)
async def post_remittance(request: Request, who: Annotated[Principal, allow(Role.ADAPTER, Role.BILLER)]) -> Response:
    """Takes an 835 file as it came. Every check in it answers with its state; quarantine is a state. The same again: 200."""
    media_type(request, X12, "application/octet-stream", "text/plain")
    body = await request.body()
    room: WaitingRoom = request.app.state.context
    file = ReceivedContent(body)
    door = edge(request)
    return await room.attempt(
        lambda patient: door.write(request, who, body, lambda unit: requests.receive(unit, file, patient=patient))
    )


@router.get("/v1/remittances", response_model=Page[RemittanceView])
async def list_remittances(
    request: Request,
    who: Biller,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[RemittanceState | None, Query(description="Only those in this state")] = None,
) -> Response:
    """Checks, the newest first."""
    return await edge(request).read(request, who, lambda unit: shows.list_remittances(unit, limit, after, state))


@router.get("/v1/remittances/{remittance_id}", response_model=RemittanceView)
async def get_remittance(request: Request, remittance_id: UUID, who: Biller) -> Response:
    """A check: what it pays, what became of its CLPs, and why it is quarantined where it is."""
    return await edge(request).read(request, who, lambda unit: shows.show_remittance(unit, remittance_id))


@router.get(
    "/v1/remittances/{remittance_id}/raw",
    response_class=Response,
    responses={200: {"content": {X12: {"schema": {"type": "string"}, "example": EXAMPLE_835}}}},
)
async def get_remittance_raw(request: Request, remittance_id: UUID, who: Biller) -> Response:
    """The file that the check came in, byte for byte."""
    return await edge(request).read(request, who, lambda unit: shows.show_raw(unit, remittance_id), patient_data=True)


@router.post("/v1/remittances/{remittance_id}/retry", response_model=RemittanceView)
async def post_retry(request: Request, remittance_id: UUID, who: Biller) -> Response:
    """Looks again at a quarantined check, or at a posted one's unmatched CLPs.

    Another content of a check that came before is accepted by this: it takes the first one's place where nothing of that
    was posted, else its corrected claims replace those that are held.
    """
    body = await request.body()
    return await edge(request).write(request, who, body, lambda unit: requests.retry(unit, remittance_id))


@router.post("/v1/remittances/{remittance_id}/dismiss", response_model=RemittanceView, openapi_extra=json_body(DismissIn))
async def post_dismiss(request: Request, remittance_id: UUID, who: Biller) -> Response:
    """Ends quarantine without posting here, with a named exit and a reason."""
    body = await request.body()
    given = parse_json(DismissIn, body)
    return await edge(request).write(request, who, body, lambda unit: requests.dismiss(unit, remittance_id, given))
