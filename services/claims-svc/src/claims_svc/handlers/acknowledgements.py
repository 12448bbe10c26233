"""TA1, 999 and 277CA: kept as they came, applied as far as they name what we sent, put aside where they don't."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from claims_svc import store
from claims_svc.domain.acknowledgement import (
    Acknowledgement,
    AcknowledgementState,
    Unresolved,
    may_be_retried,
)
from claims_svc.domain.claim import Act, Claim
from claims_svc.domain.facts import Acknowledged
from claims_svc.domain.submission import Submission, SubmissionState
from claims_svc.edi.acknowledgements import Answer, ClaimAnswer, FileAnswer, acknowledgement_segments, read_answers
from claims_svc.handlers.answers import Answered, say_answered
from claims_svc.store.setup import Setups
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
    await _apply(unit, acknowledgement, answers, setups)
    await store.acknowledgements.insert_acknowledgement(unit.connection, acknowledgement, content)
    return acknowledgement, True


async def retry(unit: UnitOfWork, acknowledgement_id: UUID, setups: Setups) -> Acknowledgement:
    """Applies again what was put aside. Raises NotFound or NothingToRetry."""
    acknowledgement, content = await show(unit, acknowledgement_id)
    may_be_retried(acknowledgement)
    aside = {(part.kind, part.control_number) for part in acknowledgement.unresolved}
    answers = [answer for answer in read_answers(content) if (answer.kind, answer.control_number) in aside]
    acknowledgement.version += 1
    await _apply(unit, acknowledgement, answers, setups)
    await store.acknowledgements.save_acknowledgement(unit.connection, acknowledgement)
    return acknowledgement


async def show(unit: UnitOfWork, acknowledgement_id: UUID) -> tuple[Acknowledgement, bytes]:
    """An acknowledgement with its bytes. Raises NotFound."""
    key = (unit.organisation, acknowledgement_id)
    acknowledgement = await store.acknowledgements.read_acknowledgement(unit.connection, *key)
    content = await store.acknowledgements.read_content(unit.connection, *key)
    if acknowledgement is None or content is None:
        raise NotFound("there is no such acknowledgement")
    return acknowledgement, content


async def _apply(unit: UnitOfWork, acknowledgement: Acknowledgement, answers: Sequence[Answer], setups: Setups) -> None:
    of_files = [answer for answer in answers if isinstance(answer, FileAnswer)]
    of_claims = [answer for answer in answers if isinstance(answer, ClaimAnswer)]
    files, unresolved = await _files_named(unit, of_files, setups)
    refused, to_fold = await _keep_file_answers(unit, acknowledgement, files)
    claims: dict[UUID, Claim] = {}
    for submission in to_fold:
        inside = await store.claims.claims_of_submission(unit.connection, unit.organisation, submission.submission_id)
        claims |= {id_: claim for id_, claim in inside.items() if claim.submission_id == submission.submission_id}
    by_number = await store.claims.claims_by_control_number(
        unit.connection, unit.organisation, {answer.control_number for answer in of_claims}
    )
    for number, claim in by_number.items():
        by_number[number] = claims.setdefault(claim.claim_id, claim)
    unresolved += _never_sent(of_claims, by_number)
    act = Act(unit.clock.now(), unit.cause.actor, acknowledgement.acknowledgement_id)
    answered = await _heard(unit, claims, of_claims, by_number, act)
    await say_answered(unit, setups, answered)
    _conclude(acknowledgement, of_claims, by_number, unresolved, sum(submission.claim_count for submission in refused))


async def _files_named(
    unit: UnitOfWork, answers: Sequence[FileAnswer], setups: Setups
) -> tuple[list[tuple[FileAnswer, Submission]], list[Unresolved]]:
    """The files that the answers are about, and the answers that are about none of ours."""
    if not answers:
        return [], []
    numbers = {int(answer.control_number) for answer in answers if answer.control_number.isdecimal()}
    there = await store.submissions.submissions_by_control_number(
        unit.connection, unit.organisation, [number for number in numbers if number < 10**9]
    )
    organisation = (await setups.read_one(unit.connection, unit.organisation)).organisation
    found, unresolved = [], []
    for answer in answers:
        submission = there.get(int(answer.control_number)) if answer.control_number.isdecimal() else None
        if submission is None:
            unresolved.append(Unresolved(answer.kind, answer.control_number, NEVER_SENT))
        elif answer.sender_id != submission.receiver_id and (
            organisation is None or answer.receiver_id != organisation.submitter_id
        ):
            unresolved.append(Unresolved(answer.kind, answer.control_number, OTHER_PARTIES))
        else:
            found.append((answer, submission))
    return found, unresolved


async def _keep_file_answers(
    unit: UnitOfWork, acknowledgement: Acknowledgement, files: Sequence[tuple[FileAnswer, Submission]]
) -> tuple[list[Submission], list[Submission]]:
    """Keeps what is said about whole files; those that are refused now, and those that were ever refused: what else is said
    of them may move their claims.

    The row of a file whose transmission is not recorded yet is changed, so that who records it at this moment meets us.
    """
    rows = [
        {
            "organisation_id": submission.organisation_id,
            "submission_id": submission.submission_id,
            "fact_id": new_id(),
            "acknowledgement_id": acknowledgement.acknowledgement_id,
            "stage": answer.stage,
            "accepted": answer.accepted,
            "category": answer.category,
            "code": answer.code,
            "message": answer.message,
            "at": acknowledgement.received_at,
            "actor": unit.cause.actor,
        }
        for answer, submission in files
    ]
    await store.submissions.insert_submission_facts(unit.connection, rows)
    refused = {submission.submission_id: submission for answer, submission in files if not answer.accepted}
    for submission in refused.values():
        if submission.state is SubmissionState.READY:
            submission.version += 1
            await store.submissions.save_submission(unit.connection, submission)
    accepted = [submission for answer, submission in files if answer.accepted]
    known = await store.submissions.refused_before(unit.connection, accepted) if accepted else set()
    again = [each for each in accepted if each.submission_id in known and each.submission_id not in refused]
    return list(refused.values()), [*refused.values(), *again]


def _never_sent(answers: Sequence[ClaimAnswer], by_number: Collection[str]) -> list[Unresolved]:
    missing = dict.fromkeys(answer.control_number for answer in answers if answer.control_number not in by_number)
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
    by_number: Collection[str],
    unresolved: Sequence[Unresolved],
    refused_in_files: int,
) -> None:
    count = Counter(_verdict(answer.fact) for answer in answers if answer.decides and answer.control_number in by_number)
    acknowledgement.accepted += count["accepted"]
    acknowledgement.rejected += count["rejected"] + refused_in_files
    acknowledgement.unresolved = tuple(unresolved)
    acknowledgement.state = AcknowledgementState.QUARANTINED if unresolved else AcknowledgementState.APPLIED


def _verdict(fact: Acknowledged) -> str:
    return "accepted" if fact.accepted else "rejected"


async def list_acknowledgements(unit: UnitOfWork, limit: int, after: UUID | None, state: str | None) -> list[Acknowledgement]:
    """A page of acknowledgements; one more than `limit`."""
    return await store.acknowledgements.acknowledgement_page(unit.connection, limit, after, state)


async def show_segments(unit: UnitOfWork, acknowledgement_id: UUID) -> tuple[Acknowledgement, list[str]]:
    """An acknowledgement with its segments. Raises NotFound."""
    acknowledgement, content = await show(unit, acknowledgement_id)
    return acknowledgement, acknowledgement_segments(content)
