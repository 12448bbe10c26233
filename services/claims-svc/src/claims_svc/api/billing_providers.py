"""Billing providers."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from claims_svc.api.common import SetsUp, get_thing, list_things, put_thing
from claims_svc.domain.setup import is_npi, provider_from
from claims_svc.handlers.setup import BILLING_PROVIDER, Thing
from claims_svc.views.base import NPI
from claims_svc.views.setup import BillingProviderIn, BillingProviderView
from rcm.errors import Fault, InvalidBody
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["set-up"])
Key = Annotated[str, Path(pattern=NPI, examples=["1993999998"])]


@router.put("/v1/billing-providers/{npi}", response_model=BillingProviderView, openapi_extra=json_body(BillingProviderIn))
async def put_billing_provider(request: Request, npi: Key, who: SetsUp) -> Response:
    """Sets a billing provider up or changes it; claims that wait are edited again. If-Match may name the version."""
    body = await request.body()
    values = _values(npi, parse_json(BillingProviderIn, body))
    return await put_thing(request, who, body, Thing(BILLING_PROVIDER, {"npi": npi}, values), _view)


@router.get("/v1/billing-providers/{npi}", response_model=BillingProviderView)
async def get_billing_provider(request: Request, npi: Key, who: SetsUp) -> Response:
    """One billing provider."""
    return await get_thing(request, who, BILLING_PROVIDER, {"npi": npi}, _view)


@router.get("/v1/billing-providers", response_model=Page[BillingProviderView])
async def list_billing_providers(
    request: Request, who: SetsUp, *, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Response:
    """All billing providers of the organisation, by id."""
    return await list_things(request, who, BILLING_PROVIDER, "npi", _view, limit, after)


def _values(npi: str, given: BillingProviderIn) -> dict[str, Any]:
    """What is stored beside the key. Raises InvalidBody for an NPI that is none, or another one than the path's."""
    if not is_npi(npi) or given.npi not in (None, npi):
        fault = Fault("/npi", "npi", "The path's NPI has a wrong check digit, or the body names another one", "Send one NPI.")
        raise InvalidBody("the NPI can't be used", faults=[fault])
    return given.model_dump(exclude={"npi"})


def _view(values: Mapping[str, Any]) -> BillingProviderView:
    return BillingProviderView.model_validate({**values, "missing": list(provider_from(values).missing())})
