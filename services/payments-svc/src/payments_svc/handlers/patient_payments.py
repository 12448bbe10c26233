"""A patient's payment: in suspense at first, then to the encounter it names or the oldest open one."""

from collections.abc import Sequence
from typing import Any

from payments_svc.domain.patient_payments import PatientPayment
from payments_svc.events import heard
from payments_svc.handlers.book import Book, CausedBy
from payments_svc.handlers.responsibility import APPLY_AGAIN, apply_to_open, save_applications
from payments_svc.store import encounters, patient_payments
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.messaging.unit_of_work import UnitOfWork

SWEEP_LIMIT = 500


async def receive_patient_payments(unit: UnitOfWork, messages: Sequence[Message[PatientPaymentReceived]]) -> None:
    """Keeps payments as deposits, and applies what can be applied now."""
    book = Book(unit)
    payments: list[PatientPayment] = []
    causes: dict[Any, CausedBy] = {}
    for message in messages:
        payment = heard.patient_payment(message)
        payments.append(payment)
        causes[payment.patient_payment_id] = message
        book.write(payment.organisation_id, payment.deposit_entry(), message)
    named = [(payment.organisation_id, payment.encounter_id) for payment in payments if payment.encounter_id]
    await book.load(named)
    for key in set(named) & book.accounts.keys():
        book.change(book.accounts[key])
    book.adopt(await encounters.accounts_with_open_balance(unit.connection, {payment.guarantor for payment in payments}))
    await patient_payments.insert_payments(unit.connection, payments)
    await save_applications(book, apply_to_open(book, payments), causes)
    await book.save()
    if any(payment.deposit_cents for payment in payments):
        unit.wake(APPLY_AGAIN)


async def apply_again(unit: UnitOfWork) -> bool:
    """Applies deposits that wait although their guarantor owes: a payment and a share that were taken at the same moment."""
    waiting = await patient_payments.free_beside_debts(unit.connection, SWEEP_LIMIT)
    if waiting:
        book = Book(unit)
        await book.load((payment.organisation_id, payment.encounter_id) for payment in waiting if payment.encounter_id)
        book.adopt(await encounters.accounts_with_open_balance(unit.connection, {payment.guarantor for payment in waiting}))
        causes: dict[Any, CausedBy] = {payment.patient_payment_id: None for payment in waiting}
        await save_applications(book, apply_to_open(book, waiting), causes)
        await book.save()
    return len(waiting) == SWEEP_LIMIT
