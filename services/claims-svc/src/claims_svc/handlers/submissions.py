"""Waiting claims become files; a recorded transmission makes them submitted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from claims_svc import events, store
from claims_svc.domain.claim import REPLACING, Act, Finding, LeftClaim, judge, leave_the_house, put_in_file
from claims_svc.domain.facts import Filed
from claims_svc.domain.setup import Setup
from claims_svc.domain.submission import (
    Submission,
    SubmissionState,
    Transmission,
    Waiting,
    file_name,
    is_due,
    new_patient_control_numbers,
    record_transmission,
)
from claims_svc.domain.tasks import TaskKind
from claims_svc.edi.claim_file import Envelope, ToSend, Unwritable, write_claim_file
from claims_svc.handlers.answers import Answered, say_answered
from claims_svc.handlers.editing import recheck
from claims_svc.handlers.tasks import close_tasks
from claims_svc.store.contents import Contents
from claims_svc.store.setup import Setups
from rcm.errors import NotFound
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

CUTTER = "claims-svc file cutter"
ENVELOPE_FIX = "Correct who sends with PUT /v1/organisation, or who takes the file with PUT /v1/receivers/{receiver_id}."


@dataclass(frozen=True, slots=True)
class CutPolicy:
    """When a file is cut, and how large."""

    claims_wanted: int = 500
    oldest: timedelta = timedelta(seconds=2)
    claims_max: int = 5_000


async def cut_due_files(unit: UnitOfWork, setups: Setups, contents: Contents, policy: CutPolicy) -> bool:
    """Cuts one file that is due, of any organisation; True where more are. Work by the clock."""
    now = unit.clock.now()
    waiting = await store.submissions.waiting_claims(unit.connection)
    due = [each for each in waiting if is_due(each, now, claims_wanted=policy.claims_wanted, oldest=policy.oldest)]
    if due:
        await _cut(unit, setups, contents, due[0], policy.claims_max)
    return len(due) > 1 or any(each.count > policy.claims_max for each in due)


async def cut_now(unit: UnitOfWork, setups: Setups, contents: Contents, policy: CutPolicy) -> list[Submission]:
    """Cuts what waits in the unit's organisation, up to one file for each receiver, after edits that are due."""
    while await recheck(unit, setups, unit.organisation):
        pass
    cut = []
    for waiting in await store.submissions.waiting_claims(unit.connection, unit.organisation):
        submission = await _cut(unit, setups, contents, waiting, policy.claims_max)
        if submission is not None:
            cut.append(submission)
    return cut


async def _cut(unit: UnitOfWork, setups: Setups, contents: Contents, waiting: Waiting, limit: int) -> Submission | None:
    """One file with everything that is to be said about it; none where no claim of it can be written."""
    organisation_id = waiting.organisation_id
    setup = await setups.read_one(unit.connection, organisation_id)
    revision, receiver_id = setup.revision, waiting.receiver_id
    ready = await store.submissions.ready_claims(unit.connection, contents, organisation_id, revision, receiver_id, limit)
    assert setup.organisation is not None, "claims of an organisation that is not set up are never READY"
    number = await store.setup.take_interchange_number(unit.connection, organisation_id)
    envelope = Envelope(setup.organisation, setup.receivers[receiver_id], number, unit.clock.now())
    numbers = new_patient_control_numbers(len(ready))
    to_send = [ToSend(claim, encounter, new) for (claim, encounter), new in zip(ready, numbers, strict=True)]
    content, going, refused = write_claim_file(envelope, setup, to_send)
    await _hold_unwritable(unit, setup, refused)
    if not going:
        return None
    submission = _submission(unit, setup, waiting, number, content, going)
    claims = [each.claim for each in going]
    former = [(organisation_id, c.claim_id, c.patient_control_number) for c in claims if c.patient_control_number]
    bodies = {each.claim.claim_id: _put_in(each, submission, setup) for each in going}
    await store.submissions.insert_submission(
        unit.connection,
        submission,
        content,
        bodies,
        *store.claims.saving_filed(claims),
        store.submissions.keeping_numbers(former),
    )
    events.say_ready(unit, submission)
    replaced = [claim for claim in claims if claim.frequency in REPLACING]
    await close_tasks(unit, replaced, {TaskKind.REPLACEMENT}, f"It stands in {submission.file_name}")
    return submission


def _submission(
    unit: UnitOfWork, setup: Setup, waiting: Waiting, number: int, content: bytes, going: Sequence[ToSend]
) -> Submission:
    assert setup.organisation is not None
    submission_id = new_id()
    return Submission(
        organisation_id=waiting.organisation_id,
        submission_id=submission_id,
        receiver_id=waiting.receiver_id,
        state=SubmissionState.READY,
        control_number=number,
        file_name=file_name(setup.organisation.submitter_id, waiting.receiver_id, number, submission_id),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        claim_count=len(going),
        charge_cents=sum(to_send.claim.charge_cents for to_send in going),
        created_at=unit.clock.now(),
    )


def _put_in(to_send: ToSend, submission: Submission, setup: Setup) -> Struct:
    """Puts a claim into its file; what ClaimSubmitted will say of it."""
    claim, encounter = to_send.claim, to_send.encounter
    place = Filed(
        to_send.patient_control_number,
        claim.frequency,
        claim.charge_cents,
        tuple([line.line_number for line in encounter.lines]),
        submission_id=submission.submission_id,
        at=submission.created_at,
    )
    put_in_file(claim, place)
    return events.sent_body(claim, encounter, setup.billing_providers[encounter.billing_provider.npi])


async def _hold_unwritable(unit: UnitOfWork, setup: Setup, refused: Sequence[Unwritable]) -> None:
    """A claim that 837P has no place for is held with the reason."""
    for unwritable in refused:
        claim = unwritable.to_send.claim
        claim.touch()
        finding = Finding(
            "not-writable",
            "",
            f"The claim can't be written as 837P: {unwritable.where}: {unwritable.why}",
            ENVELOPE_FIX if unwritable.of_envelope else "Correct it at coding-svc.",
        )
        if judge(claim, (finding,), Act(unit.clock.now(), CUTTER), setup.revision):
            events.say_held(unit, claim)
    await store.claims.save_claims(unit.connection, [unwritable.to_send.claim for unwritable in refused])


async def transmit(
    unit: UnitOfWork, submission_id: UUID, transmission: Transmission, setups: Setups
) -> tuple[Submission, bool]:
    """Records a transmission: every claim of the file is submitted, ClaimSubmitted each. False where it was recorded before."""
    found = await store.submissions.read_with_claims(unit.connection, unit.organisation, submission_id)
    if found is None:
        raise NotFound("there is no such submission")
    submission, bodies = found
    if not record_transmission(submission, transmission, unit.clock.now(), unit.cause.actor):
        return submission, False
    for left in await store.submissions.record_sent(unit.connection, submission, bodies.keys()):
        events.say_submitted(unit, submission.organisation_id, left, bodies.pop(left.claim_id))
    if bodies:
        await _submit_answered(unit, submission, bodies, setups)
    return submission, True


async def _submit_answered(unit: UnitOfWork, submission: Submission, bodies: Mapping[UUID, str], setups: Setups) -> None:
    """ClaimSubmitted of claims about which the outside said something before their transmission was recorded; then that."""
    keys = [(submission.organisation_id, claim_id) for claim_id in bodies]
    claims = await store.claims.claims_by_id(unit.connection, keys)
    act = Act(unit.clock.now(), unit.cause.actor, unit.cause.causation_id)
    for claim_id, body in bodies.items():
        claim = claims[claim_id]
        leave_the_house(claim, act.at)
        left = LeftClaim(claim_id, claim.version, claim.encounter_id, claim.next_rank)
        events.say_submitted(unit, claim.organisation_id, left, body)
    known = await store.claims.known_about(unit.connection, claims.values())
    await say_answered(unit, setups, [Answered(claim, known[claim_id], act) for claim_id, claim in claims.items()])


async def find_submission(unit: UnitOfWork, submission_id: UUID) -> Submission:
    """A file of the unit's organisation. Raises NotFound."""
    submission = await store.submissions.read_submission(unit.connection, unit.organisation, submission_id)
    if submission is None:
        raise NotFound("there is no such submission")
    return submission


async def read_file(unit: UnitOfWork, submission_id: UUID) -> tuple[Submission, bytes]:
    """A file with its bytes. Raises NotFound."""
    found = await store.submissions.read_file(unit.connection, unit.organisation, submission_id)
    if found is None:
        raise NotFound("there is no such submission")
    return found


async def list_submissions(unit: UnitOfWork, limit: int, after: UUID | None, state: str | None) -> list[Submission]:
    """A page of files; one more than `limit`."""
    return await store.submissions.submission_page(unit.connection, limit, after, state)
