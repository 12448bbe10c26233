"""Domain <-> contract: what claims-svc says, and what it takes from what others say.

What every claim says on its way is written as JSON at once; tests hold it to what the events' models would write.
"""

from typing import Any

import orjson

from claims_svc.domain.answers import wording
from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.facts import SOURCE, Acknowledged, Posted, Reversed, Stage
from claims_svc.domain.setup import BillingProvider
from claims_svc.domain.submission import Submission, line_control_number
from rcm.contracts.claims import (
    ClaimAccepted,
    ClaimHeld,
    ClaimRejected,
    ClaimSubmitted,
    ClaimVoided,
    PayerSequenceCompleted,
    PayerSequenceReopened,
    SubmissionReady,
)
from rcm.contracts.encounters import CodedEncounter
from rcm.contracts.envelope import Event, Message, WrittenEvent
from rcm.contracts.payments import PaymentPosted, PaymentReversed
from rcm.contracts.values import EditFinding, Rank
from rcm.messaging.unit_of_work import UnitOfWork

_FINAL_ACCOUNTS = frozenset({"contractual", "other_adjustments"})


def content_of(event: CodedEncounter) -> bytes:
    """An encounter's JSON as it was said."""
    return event.__pydantic_serializer__.to_json(event)


def say_held(unit: UnitOfWork, claim: Claim, caused_by: Message[Any] | None = None) -> None:
    """ClaimHeld with every finding."""
    edits = tuple(
        EditFinding(edit_id=finding.edit_id, path=finding.path, message=finding.message, fix=finding.fix)
        for finding in claim.findings
    )
    event = ClaimHeld(claim_id=claim.claim_id, encounter_id=claim.encounter_id, rank=Rank(claim.rank), edits=edits)
    _say(unit, claim, event, caused_by)


def say_voided(unit: UnitOfWork, claim: Claim, reason: str, caused_by: Message[Any] | None = None) -> None:
    """ClaimVoided."""
    event = ClaimVoided(claim_id=claim.claim_id, encounter_id=claim.encounter_id, rank=Rank(claim.rank), reason=reason)
    _say(unit, claim, event, caused_by)


def say_ready(unit: UnitOfWork, submission: Submission) -> None:
    """SubmissionReady: the adapter may fetch the file."""
    unit.emit(
        SubmissionReady(
            submission_id=submission.submission_id,
            receiver_id=submission.receiver_id,
            file_name=submission.file_name,
            sha256=submission.sha256,
            bytes=submission.size,
            claim_count=submission.claim_count,
        ),
        organisation_id=submission.organisation_id,
        sequence=submission.version,
        correlation_id=submission.submission_id,
    )


def sent_body(claim: Claim, encounter: Encounter, provider: BillingProvider, number: str) -> bytes:
    """What ClaimSubmitted will say when the file has left, as JSON: kept with the claim's place in the file."""
    return orjson.dumps(
        {
            "claim_id": str(claim.claim_id),
            "encounter_id": str(claim.encounter_id),
            "submission_id": str(claim.submission_id),
            "patient_control_number": number,
            "payer_id": claim.payer_id,
            "payer_name": claim.payer_name,
            "member_id": claim.member_id,
            "rank": claim.rank,
            "frequency": claim.frequency,
            "charge_cents": encounter.charge_cents,
            "date_of_service": encounter.date_of_service,
            "billing_npi": provider.npi,
            "billing_tax_id": provider.tax_id,
            "lines": [
                {
                    "line_number": line.line_number,
                    "line_control_number": line_control_number(number, line.line_number),
                    "procedure": line.procedure,
                    "modifiers": line.modifiers,
                    "date_of_service": line.date_of_service,
                    "charge_cents": line.charge_cents,
                    "units": line.units,
                }
                for line in encounter.lines
            ],
        }
    )


def say_submitted(unit: UnitOfWork, claim: Claim, body: str) -> None:
    """ClaimSubmitted, as `sent_body` made it when the file was written."""
    _say(unit, claim, WrittenEvent(ClaimSubmitted, claim.claim_id, body), None)


def say_accepted(unit: UnitOfWork, claim: Claim, fact: Acknowledged, caused_by: Message[Any] | None = None) -> None:
    """ClaimAccepted by a clearinghouse or a payer."""
    data = {
        "claim_id": str(claim.claim_id),
        "encounter_id": str(claim.encounter_id),
        "patient_control_number": fact.patient_control_number,
        "by": "payer" if fact.stage is Stage.PAYER else "clearinghouse",
        "payer_claim_control_number": fact.payer_claim_control_number,
    }
    _say(unit, claim, WrittenEvent(ClaimAccepted, claim.claim_id, orjson.dumps(data).decode()), caused_by)


def say_rejected(unit: UnitOfWork, claim: Claim, fact: Acknowledged, caused_by: Message[Any] | None = None) -> None:
    """ClaimRejected by TA1, 999 or 277CA."""
    event = ClaimRejected(
        claim_id=claim.claim_id,
        encounter_id=claim.encounter_id,
        patient_control_number=fact.patient_control_number,
        by=SOURCE[fact.stage],
        status_category=fact.category,
        status_code=fact.code,
        message=wording(fact),
    )
    _say(unit, claim, event, caused_by)


def say_completed(unit: UnitOfWork, claim: Claim, caused_by: Message[Any] | None = None) -> None:
    """PayerSequenceCompleted; the claim's row carries the encounter's version too (decision 0054)."""
    data = {"encounter_id": str(claim.encounter_id), "claim_ids": (str(claim.claim_id),)}
    _say(unit, claim, WrittenEvent(PayerSequenceCompleted, claim.encounter_id, orjson.dumps(data).decode()), caused_by)


def say_reopened(unit: UnitOfWork, claim: Claim, caused_by: Message[Any] | None = None) -> None:
    """PayerSequenceReopened."""
    event = PayerSequenceReopened(encounter_id=claim.encounter_id, claim_ids=(claim.claim_id,))
    _say(unit, claim, event, caused_by)


def _say(unit: UnitOfWork, claim: Claim, event: Event | WrittenEvent, caused_by: Message[Any] | None) -> None:
    unit.emit(
        event,
        organisation_id=claim.organisation_id,
        sequence=claim.version,
        correlation_id=claim.encounter_id,
        caused_by=caused_by,
    )


def posted_fact(message: Message[PaymentPosted]) -> Posted:
    """What a claim keeps of a posted CLP."""
    event = message.data
    adjusted = sum(adjustment.amount_cents for adjustment in event.adjustments if adjustment.account in _FINAL_ACCOUNTS)
    numbers = []
    for line in event.lines:
        adjusted += sum(adjustment.amount_cents for adjustment in line.adjustments if adjustment.account in _FINAL_ACCOUNTS)
        if line.line_number is not None:
            numbers.append(line.line_number)
    return Posted(
        fact_id=str(message.event_id),
        remittance_id=str(event.remittance_id),
        patient_control_number=event.patient_control_number,
        status_code=event.status_code,
        charge_cents=event.charge_cents,
        paid_cents=event.paid_cents,
        settled_cents=event.paid_cents + adjusted,
        denied=event.denied,
        line_numbers=tuple(numbers),
        responsibility=tuple((part.reason, part.amount_cents) for part in event.patient_responsibility),
        payer_claim_control_number=event.payer_claim_control_number,
    )


def reversed_fact(message: Message[PaymentReversed]) -> Reversed:
    """What a claim keeps of a reversal."""
    event = message.data
    return Reversed(str(message.event_id), str(event.reversed_remittance_id), event.paid_cents)
