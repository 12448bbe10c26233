"""The organisation's own profile."""

from fastapi import APIRouter, Request, Response

from claims_svc.api.common import SetsUp, get_thing, put_thing
from claims_svc.handlers.setup import ORGANISATION, Thing
from claims_svc.views.setup import OrganisationIn, OrganisationView
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body

router = APIRouter(tags=["set-up"])


@router.put("/v1/organisation", response_model=OrganisationView, openapi_extra=json_body(OrganisationIn))
async def put_organisation(request: Request, who: SetsUp) -> Response:
    """Sets who sends the files. If-Match may name the version that was read."""
    body = await request.body()
    values = parse_json(OrganisationIn, body).model_dump()
    return await put_thing(request, who, body, Thing(ORGANISATION, {}, values), OrganisationView.model_validate)


@router.get("/v1/organisation", response_model=OrganisationView)
async def get_organisation(request: Request, who: SetsUp) -> Response:
    """Who sends the files."""
    return await get_thing(request, who, ORGANISATION, {}, OrganisationView.model_validate)
