"""What payments-svc says, on `rcm.payments`: keyed by claim where there is one, else by remittance, encounter or payment."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from rcm.contracts.envelope import Event
from rcm.contracts.values import (
    Adjustment,
    Guarantor,
    Patient,
    PostedLine,
    Provider,
    ResponsibilityLine,
    ResponsibilityPart,
)

TOPIC = "rcm.payments"


class RemittanceQuarantined(Event):
    """A remittance as a whole is put aside: nothing of it is posted."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "remittance_id"

    remittance_id: UUID
    trace_number: str
    reason: str
    """A code: transaction-unbalanced, payee-unknown, same-check-other-content, ..."""
    difference_cents: int = 0


class ClaimRemittanceHeld(Event):
    """One CLP of a remittance is held by itself, its payment in suspense."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "remittance_id"

    remittance_id: UUID
    claim_id: UUID | None
    patient_control_number: str
    reason: str
    """A code: line-unbalanced, claim-unbalanced, unmatched, ..."""
    difference_cents: int
    paid_cents: int


class PaymentPosted(Event):
    """One CLP of a remittance is in the ledger: all its money is here, also where it is $0."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "claim_id"

    claim_id: UUID
    encounter_id: UUID
    remittance_id: UUID
    patient_control_number: str
    payer_claim_control_number: str = ""
    status_code: str
    """CLP02."""
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    """Those of the claim's level; a line's stand at the line."""
    patient_responsibility: tuple[ResponsibilityPart, ...] = ()
    """PR adjustments of claim and lines by reason, before it is known whether another payer takes them."""
    lines: tuple[PostedLine, ...] = ()
    denied: Literal["none", "lines", "all"] = "none"


class ClaimDenied(Event):
    """Beside PaymentPosted when the claim or any line is denied. Never summed: the money is in PaymentPosted."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "claim_id"

    claim_id: UUID
    encounter_id: UUID
    remittance_id: UUID
    category: str
    line_numbers: tuple[int, ...] = ()
    """Empty where the whole claim is denied."""
    reasons: tuple[Adjustment, ...]


class PaymentReversed(Event):
    """CLP02 22: an earlier PaymentPosted is taken back whole."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "claim_id"

    claim_id: UUID
    encounter_id: UUID
    remittance_id: UUID
    reversed_remittance_id: UUID
    paid_cents: int
    """What is taken back, positive."""


class PatientResponsibilityAssigned(Event):
    """What the patient owes for an encounter after all payers, before patient payments; a later one replaces it."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "encounter_id"

    encounter_id: UUID
    guarantor: Guarantor
    patient: Patient
    billing_provider: Provider
    date_of_service: date
    parts: tuple[ResponsibilityPart, ...]
    lines: tuple[ResponsibilityLine, ...]
    total_cents: int


class PatientPaymentApplied(Event):
    """Where a patient's payment went. What is in no application waits in suspense as the patient's deposit."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "encounter_id"

    encounter_id: UUID
    account_id: UUID
    patient_payment_id: UUID
    applied_cents: int
    deposit_left_cents: int
    """What of this payment still waits in suspense after this application."""


class ProviderAdjustmentRecorded(Event):
    """One PLB adjustment; its money stands in suspense by payer."""

    TOPIC: ClassVar[str] = TOPIC
    KEY: ClassVar[str] = "remittance_id"

    remittance_id: UUID
    code: str
    reference: str
    amount_cents: int
    """As PLB writes it: positive lowers the payment."""
