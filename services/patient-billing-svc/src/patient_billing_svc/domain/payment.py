"""A patient's payment as it was taken at the desk or came by mail."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from rcm.errors import Conflict, Fault, InvalidBody
from rcm.money import LARGEST_AMOUNT_CENTS

YEARS_BACK_MAX = 5
"""A payment's day further back is a year that was mistyped."""


class Method(StrEnum):
    """How it was paid."""

    CASH = "cash"
    CHECK = "check"


class PaymentAlreadyRecorded(Conflict):
    """A check with this number is on the account already; the same check is never taken twice."""

    code: ClassVar[str] = "payment-already-recorded"
    title: ClassVar[str] = "This check is recorded on the account already"
    pointer: ClassVar[str] = "/reference"
    fix: ClassVar[str] = "Look at the account's payments: it is there. Another check has another number."


@dataclass(frozen=True, slots=True)
class PatientPayment:
    """Money that was taken. `encounter_id` is what the payer of it named; `applied_cents` what payments-svc applied."""

    organisation_id: UUID
    patient_payment_id: UUID
    account_id: UUID
    amount_cents: int
    method: Method
    reference: str
    """A check's number; a receipt's number for cash, if there is one."""
    received_on: date
    recorded_at: datetime
    recorded_by: str
    encounter_id: UUID | None = None
    applied_cents: int = 0


def written_reference(method: Method, reference: str) -> str:
    """A reference as it is kept: a check's number without spaces and leading zeros, which one writes and another doesn't."""
    if method is Method.CASH:
        return reference.strip()
    number = "".join(reference.split()).upper()
    return number.lstrip("0") or number[-1:]


def check_payment(amount_cents: int, method: Method, reference: str, received_on: date, today: date) -> None:
    """Refuses what can't be a payment: nothing or too much, a check without its number, money from the future or the far past.

    Raises InvalidBody with a fault for each thing that is wrong.
    """
    faults: list[Fault] = []
    if not 0 < amount_cents <= LARGEST_AMOUNT_CENTS:
        message = "A payment is at least one cent." if amount_cents <= 0 else "This is more than one payment can be."
        faults.append(Fault("/amount_cents", "amount-out-of-range", message, "Give the amount in cents, e.g. 2500."))
    if method is Method.CHECK and not reference:
        faults.append(Fault("/reference", "check-number-missing", "A check has a number.", "Give the check's number."))
    if received_on > today:
        faults.append(
            Fault("/received_on", "future-date", "The day lies in the future.", "Give the day the money was received.")
        )
    if received_on.year < today.year - YEARS_BACK_MAX:
        message = f"The day lies more than {YEARS_BACK_MAX} years back."
        faults.append(Fault("/received_on", "long-past-date", message, "Look at the year."))
    if faults:
        raise InvalidBody("the payment can't be recorded as it is", faults=faults)
