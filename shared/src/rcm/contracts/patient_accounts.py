"""What patient-billing-svc says, on `rcm.patient-accounts`, keyed by account."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from rcm.contracts.envelope import Event

TOPIC = "rcm.patient-accounts"


class StatementIssued(Event):
    """A bill went to the guarantor."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "account_id"

    account_id: UUID
    statement_id: UUID
    issued_on: date
    due_on: date
    balance_cents: int
    encounter_ids: tuple[UUID, ...]


class PatientPaymentReceived(Event):
    """A guarantor paid. payments-svc applies it to the named encounter, else to the oldest date of service."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "account_id"

    account_id: UUID
    guarantor_external_id: str
    patient_payment_id: UUID
    amount_cents: int
    method: Literal["cash", "check"]
    reference: str = ""
    """A check's number."""
    received_on: date
    encounter_id: UUID | None = None
