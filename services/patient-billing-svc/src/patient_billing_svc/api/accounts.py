"""Patient accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from patient_billing_svc.handlers import accounts
from patient_billing_svc.views import AccountSummary, AccountView, HoldIn, PaymentIn, PaymentView
from rcm.identity import Principal, Role
from rcm.web.bodies import parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body, versioned
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page
from rcm.web.versions import required_version

router = APIRouter(tags=["accounts"])
Biller = Annotated[Principal, allow(Role.BILLER)]


@router.get("/v1/accounts", response_model=Page[AccountSummary])
async def list_accounts(
    request: Request,
    who: Biller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    guarantor_external_id: Annotated[str | None, Query(max_length=200, description="The EHR's id of the guarantor")] = None,
    owing: Annotated[bool, Query(description="Only accounts with something open")] = False,
) -> Response:
    """The organisation's accounts, the newest first."""
    return await edge(request).read(
        request,
        who,
        lambda unit: accounts.list_accounts(unit, limit, after, guarantor_external_id, owing=owing),
        patient_data=True,
    )


@router.get("/v1/accounts/{account_id}", response_model=AccountView)
async def get_account(request: Request, account_id: UUID, who: Biller) -> Response:
    """An account: what is owed for which encounter, what was paid and where it went, statements, holds. Answers an ETag."""
    return await edge(request).read(request, who, lambda unit: accounts.show_account(unit, account_id), patient_data=True)


@router.put("/v1/accounts/{account_id}/hold", response_model=AccountView, openapi_extra=versioned(json_body(HoldIn)))
async def put_hold(request: Request, account_id: UUID, who: Biller) -> Response:
    """Puts an account on hold for a do-not-bill reason, or releases it with `hold` null. Needs If-Match."""
    version = required_version(request)
    body = await request.body()
    wanted = parse_json(HoldIn, body)
    return await edge(request).write(request, who, body, lambda unit: accounts.set_hold(unit, account_id, version, wanted))


@router.post(
    "/v1/accounts/{account_id}/payments", status_code=201, response_model=PaymentView, openapi_extra=json_body(PaymentIn)
)
async def post_payment(request: Request, account_id: UUID, who: Biller) -> Response:
    """Records a payment by cash or check. It is applied by payments-svc a moment later; an excess stays a deposit."""
    body = await request.body()
    given = parse_json(PaymentIn, body)
    return await edge(request).write(request, who, body, lambda unit: accounts.record_payment(unit, account_id, given))
