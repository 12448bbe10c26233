"""Receivers: clearinghouses, or payers that take files themselves."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from claims_svc.api.common import SetsUp, get_thing, list_things, put_thing
from claims_svc.handlers.setup import RECEIVER, Thing
from claims_svc.views.setup import ReceiverIn, ReceiverView
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["set-up"])
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9]{2,15}$", description="ISA08", examples=["RCMSANDBOX"])]


@router.put("/v1/receivers/{receiver_id}", response_model=ReceiverView, openapi_extra=json_body(ReceiverIn))
async def put_receiver(request: Request, receiver_id: Key, who: SetsUp) -> Response:
    """Sets a receiver up or changes it; claims that wait are edited again. If-Match may name the version."""
    body = await request.body()
    values = parse_json(ReceiverIn, body).model_dump()
    return await put_thing(
        request, who, body, Thing(RECEIVER, {"receiver_id": receiver_id}, values), ReceiverView.model_validate
    )


@router.get("/v1/receivers/{receiver_id}", response_model=ReceiverView)
async def get_receiver(request: Request, receiver_id: Key, who: SetsUp) -> Response:
    """One receiver."""
    return await get_thing(request, who, RECEIVER, {"receiver_id": receiver_id}, ReceiverView.model_validate)


@router.get("/v1/receivers", response_model=Page[ReceiverView])
async def list_receivers(request: Request, who: SetsUp, *, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """All receivers of the organisation, by id."""
    return await list_things(request, who, RECEIVER, "receiver_id", ReceiverView.model_validate, limit, after)
