"""What payments-svc says comes in: responsibility and applied payments, a batch at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from patient_billing_svc import events
from patient_billing_svc.domain.book import Book, Key
from patient_billing_svc.domain.cycle import StatementPolicy
from patient_billing_svc.domain.responsibility import Applied
from patient_billing_svc.events import Assignment
from patient_billing_svc.handlers.opening import number_accounts
from patient_billing_svc.store import accounts, payments, responsibilities
from rcm.contracts.envelope import Message
from rcm.contracts.payments import PatientPaymentApplied
from rcm.messaging.unit_of_work import UnitOfWork


async def assign_responsibility(unit: UnitOfWork, messages: Sequence[Message[Assignment]], policy: StatementPolicy) -> None:
    """Sets what patients owe by encounter; opens the accounts of guarantors that are new."""
    said = [events.assigned(message) for message in messages]
    encounters = [(each.organisation_id, each.encounter_id) for each in said]
    known = await responsibilities.load_responsibilities(unit.connection, encounters)
    guarantors = {(each.organisation_id, each.guarantor_external_id) for each in said}
    loaded = await accounts.load_accounts_of_guarantors(unit.connection, guarantors)
    if known:
        here = {(each.organisation_id, each.account_id) for each in loaded}
        left = {(each.organisation_id, each.account_id) for each in known} - here
        loaded += await accounts.load_accounts(unit.connection, left) if left else []
    book = Book(loaded, known, policy)
    opened = await _open_accounts(unit, book, guarantors)
    assignments: dict[Key, str] = {}
    stated: dict[tuple[UUID, str], tuple[datetime, str]] = {}
    for message, each, encounter in zip(messages, said, encounters, strict=True):
        if book.assign(each, encounter):
            assignments[encounter] = message.data.whole
        guarantor = (each.organisation_id, each.guarantor_external_id)
        earlier = stated.get(guarantor)
        if earlier is None or earlier[0] < each.said_at:
            stated[guarantor] = (each.said_at, message.data.guarantor)
    await _save_accounts(unit, book, opened, stated)
    changed = [(book.responsibilities[key], whole) for key, whole in assignments.items()]
    await responsibilities.save_responsibilities(unit.connection, changed)
    unit.arrived("encounter", [encounter_id for _, encounter_id in assignments])


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
    await accounts.update_accounts(unit.connection, [book.accounts[key] for key in book.changed_accounts])
    await payments.save_applications(unit.connection, book, ready)


async def _open_accounts(unit: UnitOfWork, book: Book, guarantors: set[tuple[UUID, str]]) -> list[Key]:
    """Opens an account for each guarantor that has none; answers their keys."""
    opened = await number_accounts(unit.connection, guarantors - book.account_ids.keys())
    for account in opened:
        book.open_account(account)
    return [(account.organisation_id, account.account_id) for account in opened]


async def _save_accounts(
    unit: UnitOfWork, book: Book, opened: Sequence[Key], stated: dict[tuple[UUID, str], tuple[datetime, str]]
) -> None:
    """Writes new accounts and changed ones, each guarantor as he was stated last."""
    await accounts.insert_accounts(unit.connection, [book.accounts[key] for key in opened], stated, unit.clock.now())
    before = book.changed_accounts.difference(opened)
    if before:
        await accounts.update_accounts(unit.connection, [book.accounts[key] for key in before])
    if len(stated) > len(opened):
        new = {(each.organisation_id, each.guarantor_external_id) for each in map(book.accounts.__getitem__, opened)}
        restated = {key: value for key, value in stated.items() if key not in new}
        await accounts.restate_guarantors(unit.connection, restated)


def _encounter(said: Applied) -> Key:
    return said.organisation_id, said.encounter_id
