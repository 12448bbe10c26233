"""The organisation's own profile."""

from typing import Any

from fastapi import APIRouter, Request, Response

from claims_svc.api.common import SetsUp, get_thing, put_thing
from claims_svc.handlers.setup import ORGANISATION, Thing
from claims_svc.views.setup import OrganisationIn, OrganisationView
from rcm.errors import Fault, InvalidBody
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body

router = APIRouter(tags=["set-up"])


@router.put("/v1/organisation", response_model=OrganisationView, openapi_extra=json_body(OrganisationIn))
async def put_organisation(request: Request, who: SetsUp) -> Response:
    """Sets who sends the files. If-Match may name the version that was read."""
    body = await request.body()
    values = _values(parse_json(OrganisationIn, body))
    return await put_thing(request, who, body, Thing(ORGANISATION, {}, values), OrganisationView.model_validate)


@router.get("/v1/organisation", response_model=OrganisationView)
async def get_organisation(request: Request, who: SetsUp) -> Response:
    """Who sends the files."""
    return await get_thing(request, who, ORGANISATION, {}, OrganisationView.model_validate)


def _values(given: OrganisationIn) -> dict[str, Any]:
    """What is stored. Raises InvalidBody where receivers could call nobody: 1000A PER needs a phone or an email."""
    if not given.contact_phone and not given.contact_email:
        fault = Fault("/contact_phone", "contact-missing", "Every file names a phone or an email", "Give one of the two.")
        raise InvalidBody("the organisation can't be reached", faults=[fault])
    return given.model_dump()
