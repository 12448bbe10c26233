"""Accounts: shown, put on hold, paid on."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec.structs import replace

from patient_billing_svc import events
from patient_billing_svc.domain.account import move
from patient_billing_svc.domain.payment import PatientPayment, check_payment, written_reference
from patient_billing_svc.handlers import shows
from patient_billing_svc.handlers.opening import number_accounts
from patient_billing_svc.store import accounts, lists, payments
from patient_billing_svc.store.rows import account_of, payment_of
from patient_billing_svc.views import AccountIn, AccountSearch, AccountView, HoldIn, PaymentIn
from rcm.errors import Fault, InvalidBody, NotFound
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer
from rcm.web.pages import decode_cursor_as, page_of
from rcm.web.versions import check_version, etag

SHOWN_MAX = 200
"""So many encounters, payments and statements an account's page shows."""
BEFORE_ANY_ENCOUNTER = datetime(1970, 1, 1, tzinfo=UTC)
"""The desk's word about a guarantor: whatever an encounter says of him replaces it."""


async def open_account(unit: UnitOfWork, given: AccountIn) -> Answer:
    """Opens a guarantor's account before anything is owed; where he has one, answers it as it stands."""
    organisation, name = unit.organisation, given.guarantor.external_id
    found = await accounts.load_accounts_of_guarantors(unit.connection, [(organisation, name)])
    if found:
        return await _summary(unit, found[0].account_id, 200)
    [account] = await number_accounts(unit.connection, [(organisation, name)])
    stated = {(organisation, name): (BEFORE_ANY_ENCOUNTER, events.guarantor(given.guarantor.model_dump()))}
    await accounts.insert_accounts(unit.connection, [account], stated, unit.clock.now())
    return await _summary(unit, account.account_id, 201)


async def list_accounts(unit: UnitOfWork, limit: int, after: str | None, wanted: AccountSearch) -> Answer:
    """A page of accounts, the newest first."""
    last = decode_cursor_as(after, UUID)[0] if after else None
    rows = await lists.list_accounts(unit.connection, limit, last, wanted.guarantor_external_id, owing=wanted.owing)
    page = page_of(rows, limit, shows.account_summary, lambda row: (row["account_id"],))
    return Answer(page, shown=[str(each.account_id) for each in page.items])


async def show_account(unit: UnitOfWork, account_id: UUID) -> Answer:
    """An account with its encounters, payments, statements and holds."""
    row = await lists.read_account(unit.connection, account_id)
    if row is None:
        raise NotFound("there is no such account")
    account = account_of(row)
    party = events.guarantor_party(row["guarantor"])
    taken = [payment_of(each) for each in await lists.read_payments(unit.connection, account_id, SHOWN_MAX)]
    went = await lists.read_applications(unit.connection, [each.patient_payment_id for each in taken])
    view = AccountView(
        **shows.account_summary(row).model_dump(),
        guarantor_external_id=account.guarantor_external_id,
        guarantor_address=party.address,
        opened_at=row["opened_at"],
        responsibility_cents=account.responsibility_cents,
        applied_cents=account.applied_cents,
        payments_cents=account.payments_cents,
        next_look_at=account.look_at,
        encounters=[shows.responsibility(r) for r in await lists.read_encounters(unit.connection, account_id, SHOWN_MAX)],
        payments=[shows.payment(each, went.get(each.patient_payment_id, ())) for each in taken],
        statements=[
            shows.statement_summary(r) for r in await lists.list_statements(unit.connection, SHOWN_MAX - 1, None, account_id)
        ],
        holds=[shows.hold_change(r) for r in await lists.read_holds(unit.connection, account_id)],
    )
    return Answer(view, headers=etag(account.version))


async def set_hold(unit: UnitOfWork, account_id: UUID, version: int, wanted: HoldIn) -> Answer:
    """Puts an account on hold for a reason, or releases it; keeps who did it and why."""
    found = await accounts.load_accounts(unit.connection, [(unit.organisation, account_id)])
    if not found:
        raise NotFound("there is no such account")
    check_version(version, found[0].version)
    account = move(found[0], wanted.hold, unit.clock.now())
    await accounts.update_accounts(unit.connection, [account])
    await accounts.insert_hold_change(
        unit.connection,
        {
            "organisation_id": unit.organisation,
            "hold_change_id": new_id(),
            "account_id": account_id,
            "hold": wanted.hold.value if wanted.hold else None,
            "note": wanted.note,
            "changed_by": unit.cause.actor,
            "changed_at": unit.clock.now(),
        },
    )
    return await show_account(unit, account_id)


async def record_payment(unit: UnitOfWork, account_id: UUID, given: PaymentIn) -> Answer:
    """Keeps a payment that was taken and says so; payments-svc applies it."""
    reference = written_reference(given.method, given.reference)
    check_payment(given.amount_cents, given.method, reference, given.received_on, unit.clock.today())
    found = await accounts.load_accounts(unit.connection, [(unit.organisation, account_id)])
    if not found:
        raise NotFound("there is no such account")
    await _check_encounter(unit, account_id, given.encounter_id)
    payment = PatientPayment(
        organisation_id=unit.organisation,
        patient_payment_id=new_id(),
        account_id=account_id,
        amount_cents=given.amount_cents,
        method=given.method,
        reference=reference,
        received_on=given.received_on,
        recorded_at=unit.clock.now(),
        recorded_by=unit.cause.actor,
        encounter_id=given.encounter_id,
    )
    await payments.insert_payment(unit.connection, payment)
    account = found[0]
    account = replace(account, payments_cents=account.payments_cents + payment.amount_cents, version=account.version + 1)
    await accounts.update_accounts(unit.connection, [account])
    unit.emit(
        events.payment_received(payment, account.guarantor_external_id),
        organisation_id=unit.organisation,
        sequence=account.version,
        correlation_id=payment.encounter_id or account_id,
    )
    unit.arrived("patient_payment", [payment.patient_payment_id])
    return Answer(shows.payment(payment), status=201)


async def _summary(unit: UnitOfWork, account_id: UUID, status: int) -> Answer:
    row = await lists.read_account(unit.connection, account_id)
    assert row is not None
    return Answer(shows.account_summary(row), status=status, headers=etag(row["version"]))


async def _check_encounter(unit: UnitOfWork, account_id: UUID, encounter_id: UUID | None) -> None:
    """Refuses an encounter of another account. One that is not known yet may be paid for: payments-svc keeps it till then."""
    if encounter_id is None:
        return
    stands_on = await lists.account_of_encounter(unit.connection, encounter_id)
    if stands_on in (None, account_id):
        return
    fault = Fault(
        "/encounter_id",
        "encounter-on-another-account",
        "This encounter stands on another guarantor's account.",
        "Name one of this account's encounters or one that is not billed yet, or leave it out: then the oldest is paid first.",
    )
    raise InvalidBody("the payment names an encounter of another account", faults=[fault])
