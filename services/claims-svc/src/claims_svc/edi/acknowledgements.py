"""TA1, 999 and 277CA -> what they say about our files and claims; and the segments that say it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from msgspec import Struct

from claims_svc.domain.facts import ACCEPTING_CATEGORIES, Acknowledged, Stage
from rcm.x12.acknowledgement import (
    AcknowledgedClaim,
    Acknowledgement,
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    Status,
    read_acknowledgements,
)
from rcm.x12.show.excerpts import of_acknowledgement
from rcm.x12.values import Envelope

_ACCEPTED_ACTION = "WQ"
_SEGMENTS_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What a TA1 or 999 says about a whole file, or a 277CA that names none of its claims."""

    kind: str
    """TA1, 999 or 277CA."""
    control_number: str
    """ISA13, GS06 or the batch's reference: in our files all the same number."""
    stage: Stage
    accepted: bool
    category: str
    code: str
    message: str
    sender_id: str
    receiver_id: str


class ClaimAnswer(Struct, frozen=True, gc=False):
    """What a 277CA says about one claim; where it neither takes nor refuses the claim, `decides` is false."""

    kind: str
    control_number: str
    fact: Acknowledged
    decides: bool


Answer = FileAnswer | ClaimAnswer


def read_answers(content: bytes) -> list[Answer]:
    """Everything that the body says, in its order. Raises NotX12 or WrongTransaction."""
    answers: list[Answer] = []
    for acknowledgement in read_acknowledgements(BytesIO(content)):
        answers.extend(_answers(acknowledgement))
    return answers


def _answers(acknowledgement: Acknowledgement) -> Iterator[Answer]:
    if isinstance(acknowledgement, InterchangeAcknowledgement):
        note = "" if acknowledgement.note in ("", "000") else f"note {acknowledgement.note}"
        yield _of_file(
            "TA1",
            acknowledgement.interchange_control_number,
            Stage.INTERCHANGE,
            not acknowledgement.rejected,
            acknowledgement.envelope,
            f"TA1 {acknowledgement.code} {note}".strip(),
        )
    elif isinstance(acknowledgement, FunctionalAcknowledgement):
        rejected = acknowledgement.rejected or any(part.rejected for part in acknowledgement.sets)
        yield _of_file(
            "999",
            acknowledgement.group_control_number,
            Stage.FUNCTIONAL,
            not rejected,
            acknowledgement.envelope,
            _functional_message(acknowledgement),
        )
    else:
        yield from _claim_answers(acknowledgement)


def _of_file(kind: str, number: str, stage: Stage, accepted: bool, envelope: Envelope, message: str) -> FileAnswer:
    return FileAnswer(kind, number, stage, accepted, "", "", message, envelope.sender_id, envelope.receiver_id)


def _functional_message(acknowledgement: FunctionalAcknowledgement) -> str:
    parts = [f"AK9 {acknowledgement.code}"]
    for part in acknowledgement.sets:
        if part.rejected:
            parts.append(f"IK5 {part.code} {' '.join(part.error_codes)}".strip())
        parts += [f"{error.segment} at {error.segment_number}: error {error.code}" for error in part.errors[:5]]
    return "; ".join(parts)


def _claim_answers(acknowledgement: ClaimAcknowledgement) -> Iterator[Answer]:
    """A refusal of the file or of the provider refuses all claims below it."""
    stage = Stage.PAYER if acknowledgement.by == "payer" else Stage.CLEARINGHOUSE
    if acknowledgement.statuses and not any(provider.claims for provider in acknowledgement.providers):
        status = _deciding(acknowledgement.statuses)
        yield FileAnswer(
            "277CA",
            acknowledgement.batch_trace,
            stage,
            not status.rejects,
            status.category,
            status.code,
            status.message,
            acknowledgement.envelope.sender_id,
            acknowledgement.envelope.receiver_id,
        )
    of_file = acknowledgement.statuses if acknowledgement.rejected else ()
    for provider in acknowledgement.providers:
        above = of_file or (provider.statuses if provider.rejected else ())
        for claim in provider.claims:
            answer = _claim_answer(claim, stage, above, acknowledgement.processed_on)
            if answer is not None:
                yield answer


def _claim_answer(
    claim: AcknowledgedClaim, stage: Stage, above: tuple[Status, ...], processed_on: date | None
) -> ClaimAnswer | None:
    """What is said of a claim, where nothing above it refuses it; a refused line refuses its claim."""
    statuses = above or claim.statuses
    if claim.lines and not above:
        statuses += tuple([status for line in claim.lines for status in line.statuses])
    if not statuses:
        return None
    status = _deciding(statuses)
    rejects = status.rejects
    accepted = not rejects and (status.category in ACCEPTING_CATEGORIES or status.action == _ACCEPTED_ACTION)
    number = claim.patient_control_number
    fact = Acknowledged(
        stage,
        accepted,
        number,
        status.on or processed_on,
        status.category,
        status.code,
        status.entity,
        status.message,
        claim.payer_claim_control_number if stage is Stage.PAYER else "",
    )
    return ClaimAnswer("277CA", number, fact, accepted or rejects)


def _deciding(statuses: tuple[Status, ...]) -> Status:
    if len(statuses) > 1:
        return next((status for status in statuses if status.rejects), statuses[0])
    return statuses[0]


def acknowledgement_segments(content: bytes, patient_control_number: str = "") -> list[str]:
    """An acknowledgement's segments without envelopes; with a patient control number those about that claim alone, if any."""
    segments = of_acknowledgement(content, patient_control_number)[:_SEGMENTS_SHOWN_MAX]
    return [segment.bare for segment in segments]
