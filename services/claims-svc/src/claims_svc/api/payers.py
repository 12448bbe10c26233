"""Payers."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from claims_svc.api.common import SetsUp, get_thing, list_things, put_thing
from claims_svc.domain.setup import member_id_form
from claims_svc.handlers.setup import PAYER, Thing
from claims_svc.views.setup import PayerIn, PayerView
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["set-up"])
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{2,40}$", description="NM109 of 2010BB", examples=["SBX01"])]


@router.put("/v1/payers/{payer_id}", response_model=PayerView, openapi_extra=json_body(PayerIn))
async def put_payer(request: Request, payer_id: Key, who: SetsUp) -> Response:
    """Sets a payer up or changes it; claims that wait are edited again. If-Match may name the version."""
    body = await request.body()
    values = parse_json(PayerIn, body).model_dump()
    member_id_form(values["member_id_pattern"])
    return await put_thing(request, who, body, Thing(PAYER, {"payer_id": payer_id}, values), PayerView.model_validate)


@router.get("/v1/payers/{payer_id}", response_model=PayerView)
async def get_payer(request: Request, payer_id: Key, who: SetsUp) -> Response:
    """One payer."""
    return await get_thing(request, who, PAYER, {"payer_id": payer_id}, PayerView.model_validate)


@router.get("/v1/payers", response_model=Page[PayerView])
async def list_payers(request: Request, who: SetsUp, *, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """All payers of the organisation, by id."""
    return await list_things(request, who, PAYER, "payer_id", PayerView.model_validate, limit, after)
