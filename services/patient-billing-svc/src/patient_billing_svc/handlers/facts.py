"""What payments-svc says comes in: responsibility and applied payments, a batch at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from patient_billing_svc import events
from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.book import Book, Key
from patient_billing_svc.domain.cycle import StatementPolicy
from patient_billing_svc.domain.responsibility import Applied, Assigned
from patient_billing_svc.handlers.opening import number_accounts
from patient_billing_svc.store import accounts, payments, responsibilities
from rcm.contracts.envelope import Message
from rcm.contracts.payments import PatientPaymentApplied, PatientResponsibilityAssigned
from rcm.contracts.values import Guarantor
from rcm.messaging.unit_of_work import UnitOfWork


async def assign_responsibility(
    unit: UnitOfWork, messages: Sequence[Message[PatientResponsibilityAssigned]], policy: StatementPolicy
) -> None:
    """Sets what patients owe by encounter; opens the accounts of guarantors that are new."""
    said = [(message, events.assigned(message)) for message in messages]
    known = await responsibilities.load_responsibilities(unit.connection, {_encounter(each) for _, each in said})
    guarantors = {(each.organisation_id, each.guarantor_external_id) for _, each in said}
    loaded = await accounts.load_accounts_of_guarantors(unit.connection, guarantors)
    here = {(each.organisation_id, each.account_id) for each in loaded}
    left = {(each.organisation_id, each.account_id) for each in known} - here
    if left:
        loaded += await accounts.load_accounts(unit.connection, left)
    book = Book(loaded, known, policy)
    opened = await _open_accounts(unit, book, guarantors)
    assignments: dict[Key, PatientResponsibilityAssigned] = {}
    stated: dict[Key, tuple[datetime, Guarantor]] = {}
    for message, each in said:
        if book.assign(each):
            assignments[_encounter(each)] = message.data
        account = (each.organisation_id, book.account_ids[each.organisation_id, each.guarantor_external_id])
        if account not in stated or stated[account][0] < each.said_at:
            stated[account] = (each.said_at, message.data.guarantor)
    await _save_accounts(unit, book, opened, stated)
    changed = [book.responsibilities[key] for key in book.changed_responsibilities]
    await responsibilities.save_responsibilities(unit.connection, changed, assignments)
    unit.arrived("encounter", [encounter_id for _, encounter_id in book.changed_responsibilities])


async def apply_payments(unit: UnitOfWork, messages: Sequence[Message[PatientPaymentApplied]], policy: StatementPolicy) -> None:
    """Counts applied payments to their encounters; one whose encounter or payment is not known yet waits for it."""
    said = [(message, events.applied(message)) for message in messages]
    known = await responsibilities.load_responsibilities(unit.connection, {_encounter(each) for _, each in said})
    taken = await payments.known_payments(unit.connection, {(e.organisation_id, e.patient_payment_id) for _, e in said})
    encounters = {(each.organisation_id, each.encounter_id) for each in known}
    ready = []
    for message, each in said:
        if (each.organisation_id, each.patient_payment_id) not in taken:
            unit.wait_for(message, "patient_payment", each.patient_payment_id)
        elif _encounter(each) not in encounters:
            unit.wait_for(message, "encounter", each.encounter_id)
        else:
            ready.append((message.event_id, each))
    if not ready:
        return
    keys = {(each.organisation_id, each.account_id) for each in known}
    keys |= {(each.organisation_id, each.account_id) for _, each in ready}
    book = Book(await accounts.load_accounts(unit.connection, keys), known, policy)
    for _, each in ready:
        book.apply(each)
    await accounts.update_accounts(unit.connection, _changed(book))
    await payments.save_applications(unit.connection, book, ready)


async def _open_accounts(unit: UnitOfWork, book: Book, guarantors: set[tuple[UUID, str]]) -> set[Key]:
    """Opens an account for each guarantor that has none; answers their keys."""
    opened = await number_accounts(unit.connection, guarantors - book.account_ids.keys())
    for account in opened:
        book.open_account(account)
    return {(account.organisation_id, account.account_id) for account in opened}


async def _save_accounts(unit: UnitOfWork, book: Book, opened: set[Key], stated: dict[Key, tuple[datetime, Guarantor]]) -> None:
    changed = _changed(book)
    new: list[Account] = []
    old: list[Account] = []
    for each in changed:
        (new if (each.organisation_id, each.account_id) in opened else old).append(each)
    await accounts.insert_accounts(unit.connection, new, stated, unit.clock.now())
    await accounts.update_accounts(unit.connection, old)
    await accounts.restate_guarantors(unit.connection, {key: value for key, value in stated.items() if key not in opened})


def _changed(book: Book) -> list[Account]:
    """The accounts that the batch changed, each a version further."""
    return [replace(book.accounts[key], version=book.accounts[key].version + 1) for key in book.changed_accounts]


def _encounter(said: Assigned | Applied) -> Key:
    return said.organisation_id, said.encounter_id
