"""Patient accounts: the list, one account, and a payment that was taken at the desk."""

from fastapi import APIRouter, Request, Response

from console import words
from console.clients import ServiceRefused, identifier
from console.security import check_form
from console.visit import Visit
from rcm.money import NotMoney, cents_from_text

router = APIRouter(include_in_schema=False)


@router.get("/accounts")
async def list_accounts(request: Request, owing: str = "", after: str = "") -> Response:
    """Accounts, the newest first."""
    visit = Visit(request)
    page = await visit.desk.billing.get("/v1/accounts", owing="true" if owing else "", after=after, limit=50)
    return visit.page("accounts.html", items=page["items"], following=page.get("next"), owing=bool(owing))


@router.get("/accounts/{account_id}")
async def show_account(request: Request, account_id: str) -> Response:
    """What is owed, what was paid and where it went, statements, holds."""
    return await _account(Visit(request), identifier(account_id))


@router.post("/accounts/{account_id}/payments")
async def take_payment(request: Request, account_id: str) -> Response:
    """Records a payment by cash or check; a refusal stands beside the form, with what was typed."""
    visit = Visit(request)
    fields = await check_form(request, visit.session)
    key = identifier(account_id)
    try:
        amount = int(cents_from_text(fields.get("amount", "").strip().lstrip("$").replace(",", "")))
    except NotMoney:
        return await _account(visit, key, typed=fields, wrong="Give the amount in dollars, e.g. 25.00.")
    body = {
        "amount_cents": amount,
        "method": fields.get("method", ""),
        "reference": fields.get("reference", "").strip(),
        "received_on": fields.get("received_on", ""),
        "encounter_id": fields.get("encounter_id") or None,
    }
    try:
        await visit.desk.billing.post(f"/v1/accounts/{key}/payments", body, fields.get("key", ""))
    except ServiceRefused as error:
        if error.status_code not in (409, 422):
            raise
        return await _account(visit, key, typed=fields, wrong=error.detail)
    return visit.go(f"/accounts/{key}", "The payment is recorded. It is applied in a moment.")


@router.post("/accounts/{account_id}/hold")
async def change_hold(request: Request, account_id: str) -> Response:
    """Puts the account on hold, or releases it."""
    visit = Visit(request)
    fields = await check_form(request, visit.session)
    key = identifier(account_id)
    hold = fields.get("hold") or None
    body = {"hold": hold, "note": fields.get("note", "").strip()}
    await visit.desk.billing.put(f"/v1/accounts/{key}/hold", body, fields.get("version", ""))
    notice = f"On hold: {words.HOLDS.get(hold, hold)}." if hold else "The hold is released."
    return visit.go(f"/accounts/{key}", notice)


async def _account(visit: Visit, key: str, *, typed: dict[str, str] | None = None, wrong: str = "") -> Response:
    account = await visit.desk.billing.get(f"/v1/accounts/{key}")
    return visit.page(
        "account.html",
        it=account,
        typed=typed or {},
        wrong=wrong,
        today=visit.console.clock.today().isoformat(),
        may_take=visit.session.principal.role == "biller",
    )
