"""Domain <-> contract: what claims-svc says, and what it takes from what others say.

What every claim says on its way is written as JSON at once; tests hold it to what the events' models would write.
"""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from claims_svc.domain.answers import wording
from claims_svc.domain.claim import AcceptedClaim, Claim, LeftClaim
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
from rcm.contracts.envelope import Event, Message, WrittenEvent
from rcm.contracts.payments import PaymentReversed
from rcm.contracts.values import EditFinding, Rank
from rcm.messaging.unit_of_work import UnitOfWork

_FINAL_ACCOUNTS = frozenset({"contractual", "other_adjustments"})


class SaidEncounter(Struct, frozen=True, gc=False):
    """EncounterCoded or EncounterRecoded: what claims are made of, and the JSON as it was said, which is kept."""

    encounter: Encounter
    content: str
    changed: tuple[str, ...] = ()
    """JSON pointers of what is different, where it was recoded."""


class _Changed(Struct):
    changed: tuple[str, ...]


class PostedAdjustment(Struct, gc=False):
    """What claims ask of an adjustment."""

    amount_cents: int
    account: str


class PostedServiceLine(Struct, gc=False):
    """What claims ask of a line of a posted CLP."""

    line_number: int | None
    adjustments: tuple[PostedAdjustment, ...] = ()


class PostedPart(Struct, gc=False):
    """A part of the patient's responsibility."""

    reason: str
    amount_cents: int


class SaidPayment(Struct, gc=False):
    """PaymentPosted, as far as claims read it."""

    claim_id: UUID
    remittance_id: str
    patient_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    payer_claim_control_number: str = ""
    adjustments: tuple[PostedAdjustment, ...] = ()
    patient_responsibility: tuple[PostedPart, ...] = ()
    lines: tuple[PostedServiceLine, ...] = ()
    denied: Literal["none", "lines", "all"] = "none"


_ENCOUNTER = msgspec.json.Decoder(Encounter)
_CHANGED = msgspec.json.Decoder(_Changed)
read_payment = msgspec.json.Decoder(SaidPayment).decode
"""PaymentPosted's JSON."""


def read_coded(data: str | bytes) -> SaidEncounter:
    """EncounterCoded's JSON."""
    return SaidEncounter(_ENCOUNTER.decode(data), data if isinstance(data, str) else data.decode())


def read_recoded(data: str | bytes) -> SaidEncounter:
    """EncounterRecoded's JSON."""
    content = data if isinstance(data, str) else data.decode()
    return SaidEncounter(_ENCOUNTER.decode(content), content, _CHANGED.decode(content).changed)


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


class _SentLine(Struct, gc=False):
    """A line of ClaimSubmitted."""

    line_number: int
    line_control_number: str
    procedure: str
    modifiers: tuple[str, ...]
    date_of_service: date
    charge_cents: int
    units: str


class _SentClaim(Struct, gc=False):
    """ClaimSubmitted, in the contract's order, but for what is known when the file leaves."""

    claim_id: UUID
    encounter_id: UUID
    submission_id: UUID | None
    patient_control_number: str
    payer_id: str
    payer_name: str
    member_id: str
    rank: str
    frequency: str
    charge_cents: int
    date_of_service: date
    billing_npi: str
    billing_tax_id: str
    lines: list[_SentLine]


_encode = msgspec.json.Encoder().encode


def sent_body(claim: Claim, encounter: Encounter, provider: BillingProvider) -> Struct:
    """What ClaimSubmitted will say of a claim in a file when that has left: kept with the file as JSON."""
    number = claim.patient_control_number
    lines = [
        _SentLine(
            line.line_number,
            line_control_number(number, line.line_number),
            line.procedure,
            line.modifiers,
            line.date_of_service,
            line.charge_cents,
            line.units,
        )
        for line in encounter.lines
    ]
    return _SentClaim(
        claim.claim_id,
        claim.encounter_id,
        claim.submission_id,
        number,
        claim.payer_id,
        claim.payer_name,
        claim.member_id,
        claim.rank,
        claim.frequency,
        encounter.charge_cents,
        encounter.date_of_service,
        provider.npi,
        provider.tax_id,
        lines,
    )


def say_submitted(unit: UnitOfWork, organisation_id: UUID, left: LeftClaim, body: str) -> None:
    """ClaimSubmitted, as `sent_body` made it when the file was written, and whether another payer comes after this one."""
    last_payer = "false" if left.next_rank else "true"
    unit.emit(
        WrittenEvent(ClaimSubmitted, left.claim_id, f'{body[:-1]},"last_payer":{last_payer}}}'),
        organisation_id=organisation_id,
        sequence=left.version,
        correlation_id=left.encounter_id,
    )


class _Accepted(Struct, gc=False):
    """ClaimAccepted, in the contract's order."""

    claim_id: UUID
    encounter_id: UUID
    patient_control_number: str
    by: str
    payer_claim_control_number: str


def say_accepted(
    unit: UnitOfWork,
    organisation_id: UUID,
    claim: AcceptedClaim,
    fact: Acknowledged,
    caused_by: Message[Any] | None = None,
) -> None:
    """ClaimAccepted by a clearinghouse or a payer."""
    by = "payer" if fact.stage is Stage.PAYER else "clearinghouse"
    data = _Accepted(claim.claim_id, claim.encounter_id, fact.patient_control_number, by, fact.payer_claim_control_number)
    unit.emit(
        WrittenEvent(ClaimAccepted, claim.claim_id, _encode(data).decode()),
        organisation_id=organisation_id,
        sequence=claim.version,
        correlation_id=claim.encounter_id,
        caused_by=caused_by,
    )


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


class _Completed(Struct, gc=False):
    """PayerSequenceCompleted, in the contract's order."""

    encounter_id: UUID
    claim_ids: tuple[UUID, ...]


def say_completed(unit: UnitOfWork, claim: Claim, caused_by: Message[Any] | None = None) -> None:
    """PayerSequenceCompleted; the claim's row carries the encounter's version too (decision 0054)."""
    data = _Completed(claim.encounter_id, (claim.claim_id,))
    _say(unit, claim, WrittenEvent(PayerSequenceCompleted, claim.encounter_id, _encode(data).decode()), caused_by)


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


def posted_fact(message: Message[SaidPayment]) -> Posted:
    """What a claim keeps of a posted CLP."""
    event = message.data
    settled_cents = event.paid_cents
    numbers = []
    for adjustment in event.adjustments:
        if adjustment.account in _FINAL_ACCOUNTS:
            settled_cents += adjustment.amount_cents
    for line in event.lines:
        for adjustment in line.adjustments:
            if adjustment.account in _FINAL_ACCOUNTS:
                settled_cents += adjustment.amount_cents
        if line.line_number is not None:
            numbers.append(line.line_number)
    return Posted(
        fact_id=str(message.event_id),
        remittance_id=event.remittance_id,
        patient_control_number=event.patient_control_number,
        status_code=event.status_code,
        charge_cents=event.charge_cents,
        paid_cents=event.paid_cents,
        settled_cents=settled_cents,
        denied=event.denied,
        line_numbers=tuple(numbers),
        responsibility=tuple([(part.reason, part.amount_cents) for part in event.patient_responsibility]),
        payer_claim_control_number=event.payer_claim_control_number,
    )


def reversed_fact(message: Message[PaymentReversed]) -> Reversed:
    """What a claim keeps of a reversal."""
    event = message.data
    return Reversed(str(message.event_id), str(event.reversed_remittance_id), event.paid_cents)
