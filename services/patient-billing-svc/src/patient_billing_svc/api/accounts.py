"""Patient accounts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from patient_billing_svc.handlers import accounts
from patient_billing_svc.views import AccountIn, AccountSearch, AccountSummary, AccountView, HoldIn, PaymentIn, PaymentView
from rcm.identity import Principal, Role
from rcm.web.bodies import parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body, versioned
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page
from rcm.web.versions import required_version

router = APIRouter(tags=["accounts"])
Biller = Annotated[Principal, allow(Role.BILLER)]
Reader = Annotated[Principal, allow(Role.BILLER, Role.DASHBOARD, Role.ADMIN)]


@router.get("/v1/accounts", response_model=Page[AccountSummary])
async def list_accounts(
    request: Request,
    who: Biller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    owing: Annotated[bool, Query(description="Only accounts with something open")] = False,
) -> Response:
    """The organisation's accounts, the newest first."""
    return await _list(request, who, limit, after, AccountSearch(owing=owing))


@router.post("/v1/accounts/search", response_model=Page[AccountSummary], openapi_extra=json_body(AccountSearch))
async def search_accounts(request: Request, who: Reader, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Accounts by what would identify a person in an address, such as the guarantor's external id. It changes nothing."""
    return await _list(request, who, limit, after, parse_json(AccountSearch, await request.body()))


@router.post("/v1/accounts", status_code=201, response_model=AccountSummary, openapi_extra=json_body(AccountIn))
async def post_account(request: Request, who: Biller) -> Response:
    """Opens a guarantor's account before anything is owed, so that a copay can be taken at the desk.

    A guarantor who has an account is answered it with 200, as it stands: names and addresses are changed by encounters.
    """
    body = await request.body()
    given = parse_json(AccountIn, body)
    return await edge(request).write(request, who, body, lambda unit: accounts.open_account(unit, given))


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
    """Records a payment by cash or check. It is applied by payments-svc a moment later; an excess stays a deposit.

    It may name an encounter that is not billed yet: then it is kept for that visit. An encounter of another account is refused.
    """
    body = await request.body()
    given = parse_json(PaymentIn, body)
    return await edge(request).write(request, who, body, lambda unit: accounts.record_payment(unit, account_id, given))


async def _list(request: Request, who: Principal, limit: int, after: str | None, wanted: AccountSearch) -> Response:
    return await edge(request).read(
        request, who, lambda unit: accounts.list_accounts(unit, limit, after, wanted), patient_data=True
    )
