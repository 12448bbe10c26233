"""Which payer takes which billing provider's claims."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from claims_svc.api.common import SetsUp, get_thing, put_thing
from claims_svc.handlers.setup import ENROLMENT, Thing, list_enrolments
from claims_svc.views.base import NPI
from claims_svc.views.setup import EnrolmentIn, EnrolmentView
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor, page_of

router = APIRouter(tags=["set-up"])
PayerId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{2,40}$", examples=["SBX01"])]
Npi = Annotated[str, Path(pattern=NPI, examples=["1993999998"])]


@router.put("/v1/enrolments/{payer_id}/{npi}", response_model=EnrolmentView, openapi_extra=json_body(EnrolmentIn))
async def put_enrolment(request: Request, payer_id: PayerId, npi: Npi, who: SetsUp) -> Response:
    """Says whether, and from when to when, a payer takes a billing provider's claims. If-Match may name the version."""
    body = await request.body()
    values = parse_json(EnrolmentIn, body).model_dump()
    thing = Thing(ENROLMENT, {"payer_id": payer_id, "npi": npi}, values)
    return await put_thing(request, who, body, thing, EnrolmentView.model_validate)


@router.get("/v1/enrolments/{payer_id}/{npi}", response_model=EnrolmentView)
async def get_enrolment(request: Request, payer_id: PayerId, npi: Npi, who: SetsUp) -> Response:
    """One enrolment."""
    return await get_thing(request, who, ENROLMENT, {"payer_id": payer_id, "npi": npi}, EnrolmentView.model_validate)


@router.get("/v1/enrolments", response_model=Page[EnrolmentView])
async def list_all_enrolments(request: Request, who: SetsUp, *, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """All enrolments of the organisation, by payer and NPI."""

    async def work(unit: UnitOfWork) -> Answer:
        payer_id, npi = decode_cursor(after, 2) if after else ("", "")
        rows = await list_enrolments(unit, limit, (payer_id, npi))
        return Answer(page_of(rows, limit, EnrolmentView.model_validate, lambda row: [row["payer_id"], row["npi"]]))

    return await edge(request).read(request, who, work)
