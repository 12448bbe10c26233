"""TA1, 999 and 277CA: kept as they came, applied as far as they name what we sent, put aside where they don't."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from claims_svc import events, store
from claims_svc.domain.acknowledgement import (
    Acknowledgement,
    AcknowledgementState,
    Unresolved,
    may_be_retried,
)
from claims_svc.domain.claim import Act, Claim
from claims_svc.domain.submission import Submission, SubmissionState
from claims_svc.edi.acknowledgements import Answer, ClaimAnswer, FileAnswer, acknowledgement_segments, read_answers
from claims_svc.handlers.answers import Answered, say_answered
from claims_svc.store.setup import Setups
from claims_svc.store.writing import Write, write_together
from rcm.errors import NotFound
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

NEVER_SENT = "no file or claim of this organisation was sent under this number"
OTHER_PARTIES = "the acknowledgement's sender and receiver are not those of the file with this number"


async def receive(unit: UnitOfWork, content: bytes, setups: Setups) -> tuple[Acknowledgement, bool]:
    """Takes an acknowledgement in; False where these bytes came before. Raises NotX12 or WrongTransaction."""
    sha256 = hashlib.sha256(content).hexdigest()
    there = await store.acknowledgements.acknowledgement_by_content(unit.connection, unit.organisation, sha256)
    if there is not None:
        return there, False
    answers = read_answers(content)
    acknowledgement = Acknowledgement(
        organisation_id=unit.organisation,
        acknowledgement_id=new_id(),
        state=AcknowledgementState.APPLIED,
        kinds=" ".join(dict.fromkeys(answer.kind for answer in answers)),
        sha256=sha256,
        size=len(content),
        received_at=unit.clock.now(),
        received_by=unit.cause.actor,
    )
    found = await _apply(unit, acknowledgement, answers, setups)
    received = store.acknowledgements.inserting_acknowledgement(acknowledgement, content)
    await say_answered(unit, setups, found.answered, [found.facts, received])
    return acknowledgement, True


async def retry(unit: UnitOfWork, acknowledgement_id: UUID, setups: Setups) -> Acknowledgement:
    """Applies again what was put aside. Raises NotFound or NothingToRetry."""
    acknowledgement, content = await show(unit, acknowledgement_id)
    may_be_retried(acknowledgement)
    aside = {(part.kind, part.control_number) for part in acknowledgement.unresolved}
    answers = [answer for answer in read_answers(content) if (answer.kind, answer.control_number) in aside]
    acknowledgement.version += 1
    found = await _apply(unit, acknowledgement, answers, setups)
    changed = store.acknowledgements.saving_acknowledgement(acknowledgement)
    await say_answered(unit, setups, found.answered, [found.facts, changed])
    return acknowledgement


async def show(unit: UnitOfWork, acknowledgement_id: UUID) -> tuple[Acknowledgement, bytes]:
    """An acknowledgement with its bytes. Raises NotFound."""
    key = (unit.organisation, acknowledgement_id)
    acknowledgement = await store.acknowledgements.read_acknowledgement(unit.connection, *key)
    content = await store.acknowledgements.read_content(unit.connection, *key)
    if acknowledgement is None or content is None:
        raise NotFound("there is no such acknowledgement")
    return acknowledgement, content


@dataclass(frozen=True, slots=True)
class _Found:
    """What an acknowledgement says about ours."""

    answered: list[Answered]
    facts: Write | None
    """What is said about whole files and is not kept yet."""


async def _apply(unit: UnitOfWork, acknowledgement: Acknowledgement, answers: Sequence[Answer], setups: Setups) -> _Found:
    of_files = [answer for answer in answers if isinstance(answer, FileAnswer)]
    of_claims = [answer for answer in answers if isinstance(answer, ClaimAnswer)]
    files, unresolved = await _files_named(unit, of_files, setups)
    refused = await _meet_transmissions(unit, files)
    facts = store.submissions.keeping_facts(_file_facts(unit, acknowledgement, files))
    moving = [each.submission for each in files if each.refused_before or not each.answer.accepted]
    claims: dict[UUID, Claim] = {}
    if moving:
        await write_together(unit.connection, facts)
        facts, claims = None, await _claims_inside(unit, moving)
    act = Act(unit.clock.now(), unit.cause.actor, acknowledgement.acknowledgement_id)
    numbers = {answer.control_number for answer in of_claims}
    taken = await _taken_at_once(unit, of_claims, act) if not moving else set()
    by_number = await store.claims.claims_by_control_number(unit.connection, unit.organisation, numbers - taken)
    for number, claim in by_number.items():
        by_number[number] = claims.setdefault(claim.claim_id, claim)
    named = taken | by_number.keys()
    unresolved += _never_sent(of_claims, named)
    answered = await _heard(unit, claims, of_claims, by_number, act)
    _conclude(acknowledgement, of_claims, named, unresolved, sum(submission.claim_count for submission in refused))
    return _Found(answered, facts)


@dataclass(frozen=True, slots=True)
class _FileNamed:
    """A file of ours, what is said about it, and whether it was refused as a whole before."""

    answer: FileAnswer
    submission: Submission
    refused_before: bool


async def _files_named(
    unit: UnitOfWork, answers: Sequence[FileAnswer], setups: Setups
) -> tuple[list[_FileNamed], list[Unresolved]]:
    """The files that the answers are about, and the answers that are about none of ours."""
    numbers = {int(answer.control_number) for answer in answers if answer.control_number.isdecimal()}
    there = await store.submissions.submissions_by_control_number(
        unit.connection, unit.organisation, [number for number in numbers if number < 10**9]
    )
    found, unresolved = [], []
    for answer in answers:
        named = there.get(int(answer.control_number)) if answer.control_number.isdecimal() else None
        if named is None:
            unresolved.append(Unresolved(answer.kind, answer.control_number, NEVER_SENT))
        elif answer.sender_id != named[0].receiver_id and not await _is_for_us(unit, answer, setups):
            unresolved.append(Unresolved(answer.kind, answer.control_number, OTHER_PARTIES))
        else:
            found.append(_FileNamed(answer, *named))
    return found, unresolved


async def _is_for_us(unit: UnitOfWork, answer: FileAnswer, setups: Setups) -> bool:
    organisation = (await setups.read_one(unit.connection, unit.organisation)).organisation
    return organisation is not None and answer.receiver_id == organisation.submitter_id


async def _meet_transmissions(unit: UnitOfWork, files: Sequence[_FileNamed]) -> list[Submission]:
    """The files that are refused now.

    The row of one whose transmission is not recorded yet is changed, so that who records it at this moment meets us.
    """
    refused = {each.submission.submission_id: each.submission for each in files if not each.answer.accepted}
    for submission in refused.values():
        if submission.state is SubmissionState.READY:
            submission.version += 1
            await store.submissions.count_change(unit.connection, submission)
    return list(refused.values())


def _file_facts(unit: UnitOfWork, acknowledgement: Acknowledgement, files: Sequence[_FileNamed]) -> list[dict[str, object]]:
    """What is said about whole files, as rows."""
    return [
        {
            "organisation_id": each.submission.organisation_id,
            "submission_id": each.submission.submission_id,
            "fact_id": new_id(),
            "acknowledgement_id": acknowledgement.acknowledgement_id,
            "stage": each.answer.stage,
            "accepted": each.answer.accepted,
            "category": each.answer.category,
            "code": each.answer.code,
            "message": each.answer.message,
            "at": acknowledgement.received_at,
            "actor": unit.cause.actor,
        }
        for each in files
    ]


async def _claims_inside(unit: UnitOfWork, submissions: Sequence[Submission]) -> dict[UUID, Claim]:
    """The claims whose newest file is one of these, that were refused as a whole, be it now: what is said of it moves them."""
    claims: dict[UUID, Claim] = {}
    for submission in {each.submission_id: each for each in submissions}.values():
        keys = await store.submissions.claims_inside(unit.connection, submission)
        inside = await store.claims.claims_by_id(unit.connection, keys)
        for claim_id, claim in inside.items():
            if claim.submission_id == submission.submission_id:
                claim.file_refused = True
                claims[claim_id] = claim
    return claims


async def _taken_at_once(unit: UnitOfWork, answers: Sequence[ClaimAnswer], act: Act) -> set[str]:
    """The numbers of claims that are taken by the first that is heard of them, as most are: nothing is to be folded there.

    All in one statement, and said. Where one acknowledgement names a claim several times it is folded.
    """
    count = Counter([answer.control_number for answer in answers])
    facts = {
        answer.control_number: answer.fact for answer in answers if answer.fact.accepted and count[answer.control_number] == 1
    }
    taken = await store.claims.accept_first(unit.connection, unit.organisation, facts, act)
    for claim in taken:
        events.say_accepted(unit, unit.organisation, claim, facts[claim.patient_control_number])
    return {claim.patient_control_number for claim in taken}


def _never_sent(answers: Sequence[ClaimAnswer], named: Collection[str]) -> list[Unresolved]:
    missing = dict.fromkeys(answer.control_number for answer in answers if answer.control_number not in named)
    return [Unresolved("277CA", number, NEVER_SENT) for number in missing]


async def _heard(
    unit: UnitOfWork,
    claims: dict[UUID, Claim],
    answers: Sequence[ClaimAnswer],
    by_number: dict[str, Claim],
    act: Act,
) -> list[Answered]:
    known = await store.claims.known_about(unit.connection, claims.values()) if claims else {}
    heard = {claim_id: Answered(claim, known[claim_id], act) for claim_id, claim in claims.items()}
    for answer in answers:
        claim = by_number.get(answer.control_number)
        if claim is None:
            continue
        heard[claim.claim_id].hear(answer.fact, act, decides=answer.decides)
    return list(heard.values())


def _conclude(
    acknowledgement: Acknowledgement,
    answers: Sequence[ClaimAnswer],
    named: Collection[str],
    unresolved: Sequence[Unresolved],
    refused_in_files: int,
) -> None:
    count = Counter([answer.fact.accepted for answer in answers if answer.decides and answer.control_number in named])
    acknowledgement.accepted += count[True]
    acknowledgement.rejected += count[False] + refused_in_files
    acknowledgement.unresolved = tuple(unresolved)
    acknowledgement.state = AcknowledgementState.QUARANTINED if unresolved else AcknowledgementState.APPLIED


async def list_acknowledgements(unit: UnitOfWork, limit: int, after: UUID | None, state: str | None) -> list[Acknowledgement]:
    """A page of acknowledgements; one more than `limit`."""
    return await store.acknowledgements.acknowledgement_page(unit.connection, limit, after, state)


async def show_segments(unit: UnitOfWork, acknowledgement_id: UUID) -> tuple[Acknowledgement, list[str]]:
    """An acknowledgement with its segments. Raises NotFound."""
    acknowledgement, content = await show(unit, acknowledgement_id)
    return acknowledgement, acknowledgement_segments(content)
