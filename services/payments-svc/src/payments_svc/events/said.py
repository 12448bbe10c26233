"""What this service says. The events of every claim are written as they stand, without their models."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

import orjson
from msgspec import Raw, Struct, to_builtins
from msgspec.json import encode

from payments_svc.domain.adjudication import Adjudication, ClassedAdjustment
from payments_svc.domain.check import ProviderAdjustment
from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.patient_payments import Application
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.domain.responsibility import Responsibility
from payments_svc.events.heard import Bill
from rcm.contracts.envelope import WrittenEvent
from rcm.contracts.payments import (
    ClaimDenied,
    ClaimRemittanceHeld,
    PatientPaymentApplied,
    PatientResponsibilityAssigned,
    PaymentPosted,
    PaymentReversed,
    ProviderAdjustmentRecorded,
    RemittanceQuarantined,
)


class _Part(Struct, frozen=True, gc=False):
    reason: str
    amount_cents: int


class _PostedLine(Struct, frozen=True, gc=False):
    """A line of PaymentPosted."""

    line_number: int | None
    charge_cents: int
    paid_cents: int
    adjustments: tuple[ClassedAdjustment, ...]
    denied: bool


class _Posted(Struct, frozen=True, gc=False):
    """PaymentPosted."""

    claim_id: UUID
    encounter_id: UUID | None
    remittance_id: UUID
    patient_control_number: str
    payer_claim_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    adjustments: tuple[ClassedAdjustment, ...]
    patient_responsibility: list[_Part]
    lines: list[_PostedLine]
    denied: str


def _patient_parts(adjudication: Adjudication) -> list[_Part]:
    by_reason: dict[str, int] = {}
    for line in (adjudication.own, *adjudication.lines):
        for each in line.adjustments:
            if each.group == "PR":
                by_reason[each.reason] = by_reason.get(each.reason, 0) + each.amount_cents
    return [_Part(reason, by_reason[reason]) for reason in sorted(by_reason)]


def payment_posted(claim: RemittanceClaim, payment: ClaimPayment, adjudication: Adjudication) -> WrittenEvent:
    """One posted CLP, written as its model would write it."""
    assert claim.claim_id is not None
    lines = [
        _PostedLine(line.line_number, line.charge_cents, line.paid_cents, line.adjustments, line.denied)
        for line in adjudication.lines
    ]
    said = _Posted(
        claim.claim_id,
        claim.encounter_id,
        claim.remittance_id,
        payment.patient_control_number,
        payment.payer_claim_control_number,
        payment.status,
        payment.charge_cents,
        payment.paid_cents,
        adjudication.own.adjustments,
        _patient_parts(adjudication),
        lines,
        adjudication.denied,
    )
    return WrittenEvent(PaymentPosted, claim.claim_id, encode(said).decode())


def _json(said: Mapping[str, object]) -> str:
    return orjson.dumps(said, default=_plain).decode()


def _plain(value: object) -> str:
    """asyncpg's own class of UUIDs, which orjson doesn't take for one."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def claim_forwarded(claim: RemittanceClaim) -> PaymentPosted:
    """CLP02 23 without money: the payer sent the claim on. No amount stands in it, because none is in the ledger."""
    assert claim.claim_id is not None
    assert claim.encounter_id is not None
    return PaymentPosted(
        claim_id=claim.claim_id,
        encounter_id=claim.encounter_id,
        remittance_id=claim.remittance_id,
        patient_control_number=claim.payment.patient_control_number,
        payer_claim_control_number=claim.payment.payer_claim_control_number,
        status_code=claim.payment.status,
        charge_cents=claim.payment.charge_cents,
        paid_cents=0,
    )


def claim_denied(claim: RemittanceClaim, adjudication: Adjudication) -> ClaimDenied:
    """Beside `payment_posted`, where something is denied."""
    lines = {line.line_number for line in adjudication.lines if line.denied and line.line_number is not None}
    return ClaimDenied.model_validate(
        {
            "claim_id": claim.claim_id,
            "encounter_id": claim.encounter_id,
            "remittance_id": claim.remittance_id,
            "category": adjudication.denial_category,
            "line_numbers": () if adjudication.denied == "all" else sorted(lines),
            "reasons": to_builtins(adjudication.denial_reasons),
        }
    )


def payment_reversed(claim: RemittanceClaim, reversed_remittance_id: UUID, paid_cents: int) -> PaymentReversed:
    """A CLP that took another back."""
    assert claim.claim_id is not None
    assert claim.encounter_id is not None
    return PaymentReversed(
        claim_id=claim.claim_id,
        encounter_id=claim.encounter_id,
        remittance_id=claim.remittance_id,
        reversed_remittance_id=reversed_remittance_id,
        paid_cents=paid_cents,
    )


def claim_held(claim: RemittanceClaim) -> WrittenEvent:
    """A CLP whose payment went into suspense: all of a check's, where it came before its claims' submission was heard of."""
    said = {
        "remittance_id": claim.remittance_id,
        "claim_id": claim.claim_id,
        "patient_control_number": claim.payment.patient_control_number,
        "reason": claim.reason,
        "difference_cents": claim.difference_cents,
        "paid_cents": claim.payment.paid_cents,
    }
    return WrittenEvent(ClaimRemittanceHeld, claim.remittance_id, _json(said))


def quarantined(remittance_id: UUID, trace_number: str, reasons: Sequence[str], difference_cents: int) -> RemittanceQuarantined:
    """A remittance of which nothing is posted; the first reason speaks for all."""
    return RemittanceQuarantined(
        remittance_id=remittance_id, trace_number=trace_number, reason=reasons[0], difference_cents=difference_cents
    )


def provider_adjustment_recorded(remittance_id: UUID, item: ProviderAdjustment) -> ProviderAdjustmentRecorded:
    """One PLB adjustment."""
    return ProviderAdjustmentRecorded(
        remittance_id=remittance_id, code=item.code, reference=item.reference, amount_cents=item.amount_cents
    )


class _AssignedLine(Struct, frozen=True, gc=False):
    """A line of PatientResponsibilityAssigned."""

    line_number: int
    procedure: str
    description: str
    date_of_service: date
    charge_cents: int
    insurance_paid_cents: int
    adjusted_cents: int
    patient_cents: int


class _Assigned(Struct, frozen=True, gc=False):
    """PatientResponsibilityAssigned."""

    encounter_id: UUID
    guarantor: Raw
    patient: Raw
    billing_provider: Raw
    date_of_service: date
    parts: list[_Part]
    lines: list[_AssignedLine]
    total_cents: int


def responsibility_assigned(account: EncounterAccount, bill: Bill, responsibility: Responsibility) -> WrittenEvent:
    """What the patient owes of an encounter, whole, from facts that were an event's once."""
    lines = [
        _AssignedLine(
            line.line_number,
            line.procedure,
            line.description,
            line.date_of_service,
            line.charge_cents,
            share.insurance_paid_cents,
            share.adjusted_cents,
            share.patient_cents,
        )
        for line, share in zip(bill.lines, responsibility.lines, strict=True)
    ]
    said = _Assigned(
        account.encounter_id,
        bill.guarantor,
        bill.patient,
        bill.billing_provider,
        account.date_of_service,
        [_Part(reason, amount) for reason, amount in responsibility.parts],
        lines,
        responsibility.total_cents,
    )
    return WrittenEvent(PatientResponsibilityAssigned, account.encounter_id, encode(said).decode())


_DIGEST_LETTERS = 24
"""96 bits: two events of one encounter are never taken for the same by chance."""


def digest(said: WrittenEvent) -> str:
    """The same for two events that say the same."""
    return sha256(said.json.encode()).hexdigest()[:_DIGEST_LETTERS]


def patient_payment_applied(application: Application) -> PatientPaymentApplied:
    """Where an amount of a patient's payment went; negative where it became a deposit again."""
    return PatientPaymentApplied(
        encounter_id=application.account.encounter_id,
        account_id=application.payment.account_id,
        patient_payment_id=application.payment.patient_payment_id,
        applied_cents=application.applied_cents,
        deposit_left_cents=application.deposit_left_cents,
    )
