"""Between contract events and the domain: what others said, and what we say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from payments_svc.domain.adjudication import Adjudication, ClassedAdjustment
from payments_svc.domain.check import ProviderAdjustment
from payments_svc.domain.claim_payment import ClaimPayment
from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.matching import SentLine, normalised_control_number
from payments_svc.domain.patient_payments import Application, PatientPayment
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.domain.responsibility import ChargedLine, Responsibility
from rcm.contracts.claims import ClaimSubmitted
from rcm.contracts.encounters import CodedEncounter
from rcm.contracts.envelope import Message, WrittenEvent
from rcm.contracts.patient_accounts import PatientPaymentReceived
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


@dataclass(frozen=True, slots=True)
class BillFacts:
    """What a bill shows of an encounter, as it was said last: JSON values, in the words of the contract."""

    guarantor: Mapping[str, Any]
    patient: Mapping[str, Any]
    billing_provider: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]

    def charged_lines(self) -> list[ChargedLine]:
        """The lines as the domain sees them."""
        return [ChargedLine(line["line_number"], line["charge_cents"]) for line in self.lines]


def bill_document(said: CodedEncounter) -> Mapping[str, object]:
    """The part of an encounter that its bill shows, as it is kept."""
    lines = [
        {
            "line_number": line.line_number,
            "procedure": line.procedure,
            "description": line.description,
            "date_of_service": line.date_of_service,
            "charge_cents": line.charge_cents,
        }
        for line in said.lines
    ]
    return {"guarantor": said.guarantor, "patient": said.patient, "billing_provider": said.billing_provider, "lines": lines}


def account_of(message: Message[CodedEncounter]) -> EncounterAccount:
    """A new account of an encounter, nothing charged yet."""
    account = EncounterAccount(
        organisation_id=message.organisation_id,
        encounter_id=message.data.encounter_id,
        external_id="",
        guarantor_external_id="",
        date_of_service=message.data.date_of_service,
        first_rank="",
        self_pay=False,
        charge_cents=0,
        said_sequence=0,
    )
    say_again(account, message)
    return account


def say_again(account: EncounterAccount, message: Message[CodedEncounter]) -> None:
    """Sets what coding-svc says of the encounter now."""
    said = message.data
    account.external_id = said.external_id
    account.guarantor_external_id = said.guarantor.external_id
    account.date_of_service = said.date_of_service
    account.first_rank = said.coverages[0].rank.value if said.coverages else ""
    account.self_pay = said.self_pay
    account.charge_cents = said.charge_cents
    account.said_sequence = message.sequence


def payees_of(organisation_id: UUID, npi: str, tax_id: str) -> set[tuple[UUID, str, str]]:
    """A billing provider's names in a remittance's payee."""
    named = (("npi", npi), ("tax_id", tax_id.replace("-", "")))
    return {(organisation_id, kind, value) for kind, value in named if value}


def sent_lines(said: ClaimSubmitted) -> list[SentLine]:
    """The lines as they were sent."""
    return [
        SentLine(
            line.line_number, line.line_control_number, line.procedure, line.date_of_service, line.charge_cents, line.modifiers
        )
        for line in said.lines
    ]


def submitted_row(message: Message[ClaimSubmitted], lines: object) -> dict[str, object]:
    """A submitted claim as it is kept."""
    said = message.data
    return {
        "organisation_id": message.organisation_id,
        "patient_control_number": normalised_control_number(said.patient_control_number),
        "claim_id": said.claim_id,
        "encounter_id": said.encounter_id,
        "rank": said.rank.value,
        "payer_id": said.payer_id,
        "member_id": said.member_id,
        "date_of_service": said.date_of_service,
        "charge_cents": said.charge_cents,
        "submitted_at": message.time,
        "lines": lines,
    }


def patient_payment(message: Message[PatientPaymentReceived]) -> PatientPayment:
    """A patient's payment, all of it a deposit."""
    said = message.data
    return PatientPayment(
        message.organisation_id,
        said.patient_payment_id,
        said.account_id,
        said.guarantor_external_id,
        said.received_on,
        said.amount_cents,
        said.amount_cents,
        said.encounter_id,
    )


def _adjustments(classed: Iterable[ClassedAdjustment]) -> list[Mapping[str, object]]:
    """Adjustments with the account each went to."""
    return [
        {"group": each.group, "reason": each.reason, "amount_cents": each.amount_cents, "account": each.account}
        for each in classed
    ]


def _patient_parts(adjudication: Adjudication) -> list[Mapping[str, object]]:
    by_reason: dict[str, int] = {}
    for each in adjudication.all_adjustments():
        if each.group == "PR":
            by_reason[each.reason] = by_reason.get(each.reason, 0) + each.amount_cents
    return [{"reason": reason, "amount_cents": by_reason[reason]} for reason in sorted(by_reason)]


def payment_posted(claim: RemittanceClaim, payment: ClaimPayment, adjudication: Adjudication) -> WrittenEvent:
    """One posted CLP, written as its model would write it."""
    assert claim.claim_id is not None
    lines = [
        {
            "line_number": line.line_number,
            "charge_cents": line.charge_cents,
            "paid_cents": line.paid_cents,
            "adjustments": _adjustments(line.adjustments),
            "denied": line.denied,
        }
        for line in adjudication.lines
    ]
    said = {
        "claim_id": claim.claim_id,
        "encounter_id": claim.encounter_id,
        "remittance_id": claim.remittance_id,
        "patient_control_number": payment.patient_control_number,
        "payer_claim_control_number": payment.payer_claim_control_number,
        "status_code": payment.status,
        "charge_cents": payment.charge_cents,
        "paid_cents": payment.paid_cents,
        "adjustments": _adjustments(adjudication.adjustments),
        "patient_responsibility": _patient_parts(adjudication),
        "lines": lines,
        "denied": adjudication.denied,
    }
    return WrittenEvent(PaymentPosted, claim.claim_id, _json(said))


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
            "reasons": _adjustments(adjudication.denial_reasons),
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


def claim_held(claim: RemittanceClaim) -> ClaimRemittanceHeld:
    """A CLP whose payment went into suspense."""
    return ClaimRemittanceHeld(
        remittance_id=claim.remittance_id,
        claim_id=claim.claim_id,
        patient_control_number=claim.payment.patient_control_number,
        reason=claim.reason,
        difference_cents=claim.difference_cents,
        paid_cents=claim.payment.paid_cents,
    )


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


def responsibility_assigned(account: EncounterAccount, facts: BillFacts, responsibility: Responsibility) -> WrittenEvent:
    """What the patient owes of an encounter, whole, from facts that were an event's once."""
    shares = {share.line_number: share for share in responsibility.lines}
    lines = []
    for line in facts.lines:
        share = shares[line["line_number"]]
        divided = {
            "insurance_paid_cents": share.insurance_paid_cents,
            "adjusted_cents": share.adjusted_cents,
            "patient_cents": share.patient_cents,
        }
        lines.append({**line, **divided})
    said = {
        "encounter_id": account.encounter_id,
        "guarantor": facts.guarantor,
        "patient": facts.patient,
        "billing_provider": facts.billing_provider,
        "date_of_service": account.date_of_service,
        "parts": [{"reason": reason, "amount_cents": amount} for reason, amount in responsibility.parts],
        "lines": lines,
        "total_cents": responsibility.total_cents,
    }
    return WrittenEvent(PatientResponsibilityAssigned, account.encounter_id, _json(said))


def digest(said: WrittenEvent) -> str:
    """The same for two events that say the same."""
    return blake2b(said.json.encode(), digest_size=12).hexdigest()


def patient_payment_applied(application: Application) -> PatientPaymentApplied:
    """Where an amount of a patient's payment went; negative where it became a deposit again."""
    return PatientPaymentApplied(
        encounter_id=application.account.encounter_id,
        account_id=application.payment.account_id,
        patient_payment_id=application.payment.patient_payment_id,
        applied_cents=application.applied_cents,
        deposit_left_cents=application.deposit_left_cents,
    )
