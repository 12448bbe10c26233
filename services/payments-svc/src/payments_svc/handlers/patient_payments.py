"""A patient's payment: in suspense at first, then to the encounter it names or the oldest open one."""

from collections.abc import Sequence
from typing import Any

from payments_svc.domain.patient_payments import PatientPayment
from payments_svc.events import heard
from payments_svc.handlers.book import Book, CausedBy
from payments_svc.handlers.responsibility import apply_to_open, save_applications
from payments_svc.store import encounters, patient_payments
from rcm.contracts.envelope import Message
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.messaging.unit_of_work import UnitOfWork


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
    await encounters.touch_guarantors(unit.connection, (payment.guarantor for payment in payments))
    named = [(payment.organisation_id, payment.encounter_id) for payment in payments if payment.encounter_id]
    await book.load(named)
    for key in set(named) & book.accounts.keys():
        book.change(book.accounts[key])
    book.adopt(await encounters.accounts_with_open_balance(unit.connection, {payment.guarantor for payment in payments}))
    await patient_payments.insert_payments(unit.connection, payments)
    await save_applications(book, apply_to_open(book, payments), causes)
    await book.save()
