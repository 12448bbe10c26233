"""What coding-svc says becomes claims: made, changed, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from claims_svc import events, store
from claims_svc.domain.claim import (
    Act,
    ChangedDetails,
    Claim,
    follow_encounter,
    follow_next_payer,
    open_claim,
)
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import ADJUDICATED, REJECTED, State
from claims_svc.domain.tasks import CLOSED_BY_WITHDRAWAL, Task, TaskKind
from claims_svc.events import SaidEncounter
from claims_svc.handlers.answers import Answered, say_answered
from claims_svc.handlers.editing import run_edits
from claims_svc.handlers.tasks import close_tasks
from claims_svc.handlers.withdrawing import PRIMARY, WITHDRAWN, lose_coverage, withdraw
from claims_svc.store.contents import Contents
from claims_svc.store.setup import Setups
from rcm.contracts.encounters import EncounterCancelled
from rcm.contracts.envelope import Message
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

CODED = "coding-svc EncounterCoded"
RECODED = "coding-svc EncounterRecoded"
CANCELLED = "coding-svc EncounterCancelled"


async def create_claims(
    unit: UnitOfWork, messages: Sequence[Message[SaidEncounter]], setups: Setups, contents: Contents
) -> None:
    """A claim to the first payer of each encounter; self-pay has none. What has come before changes nothing."""
    billed = {message.data.encounter.encounter_id: message for message in messages if message.data.encounter.coverages}
    new = await store.claims.insert_encounters(
        unit.connection, [(m.organisation_id, encounter_id, m.data.content) for encounter_id, m in billed.items()]
    )
    now = unit.clock.now()
    fresh = [message for encounter_id, message in billed.items() if encounter_id in new]
    pairs = [(_first_claim(m.organisation_id, m.data.encounter, now), m.data.encounter) for m in fresh]
    held = await run_edits(unit, setups, pairs, [Act(now, CODED, m.event_id) for m in fresh])
    await store.claims.insert_claims(unit.connection, [claim for claim, _ in pairs])
    for claim, encounter in pairs:
        if claim.state is State.READY:
            contents.keep(claim, encounter)
    for claim in held:
        events.say_held(unit, claim, billed[claim.encounter_id])


def _first_claim(organisation_id: UUID, encounter: Encounter, now: datetime) -> Claim:
    found = encounter.coverage(PRIMARY)
    return open_claim(organisation_id, new_id(), encounter, found[1] if found else encounter.coverages[0], now)


@dataclass(slots=True)
class _Work:
    """What a batch of changed encounters comes to."""

    to_edit: dict[UUID, tuple[Claim, Encounter, Act]] = field(default_factory=dict)
    made: dict[UUID, Claim] = field(default_factory=dict)
    changed: dict[UUID, Claim] = field(default_factory=dict)
    voided: list[tuple[Claim, str, Message[EncounterCancelled]]] = field(default_factory=list)
    withdrawn: list[Claim] = field(default_factory=list)
    """Claims that are VOIDED or CLOSED now: nothing is to be done for them any more."""
    completed: list[tuple[Claim, Message[Any]]] = field(default_factory=list)
    """Claims that were out, whose payers let go and whose coverages are gone: no payer is left."""
    reopened: list[tuple[Claim, Message[SaidEncounter]]] = field(default_factory=list)
    """Claims that were sent as the last payer's, who is asked still, and another comes after him now."""
    reconsidered: dict[UUID, tuple[Claim, Act, Message[Any]]] = field(default_factory=dict)
    """Adjudicated claims after which another payer is asked than before, or none."""
    tasks: list[Task] = field(default_factory=list)


async def recode_claims(unit: UnitOfWork, messages: Sequence[Message[SaidEncounter]], setups: Setups) -> None:
    """The claims follow their encounters: edited again, closed where the coverage is gone, a task where a payer holds them."""
    keys = {(message.organisation_id, message.data.encounter.encounter_id) for message in messages}
    claims = await store.claims.claims_of_encounters(unit.connection, keys)
    work = _Work()
    contents = []
    now = unit.clock.now()
    for message in messages:
        encounter = message.data.encounter
        contents.append((message.organisation_id, encounter.encounter_id, message.data.content))
        ranks = claims.setdefault(encounter.encounter_id, {})
        act = Act(now, RECODED, message.event_id)
        if PRIMARY not in ranks and encounter.coverages:
            ranks[PRIMARY] = made = _first_claim(message.organisation_id, encounter, act.at)
            work.made[made.claim_id] = made
        for claim in ranks.values():
            _recode(work, claim, encounter, act, message)
    await store.claims.put_encounters(unit.connection, contents)
    await _finish(unit, setups, work)


def _recode(work: _Work, claim: Claim, encounter: Encounter, act: Act, message: Message[SaidEncounter]) -> None:
    changed = message.data.changed
    if claim.state is State.VOIDED:
        return
    work.changed[claim.claim_id] = claim
    found = encounter.coverage_to_bill(claim.rank)
    was_last = not claim.next_rank
    if follow_next_payer(claim, encounter):
        if claim.state in ADJUDICATED:
            work.reconsidered[claim.claim_id] = (claim, act, message)
        if was_last and claim.payer_holds and not claim.sequence_completed:
            claim.touch()
            work.reopened.append((claim, message))
    ours = claim.state in {State.DRAFT, State.EDIT_FAILED, State.READY, State.CLOSED} or claim.state in REJECTED
    if found is None:
        _lose_coverage(work, claim, act, message)
        return
    follow_encounter(claim, encounter, found)
    claim.updated_at = act.at
    if claim.state is not State.DRAFT:
        claim.touch()
        claim.note("recoded", act, f"coding-svc changed {', '.join(changed)}", ChangedDetails(changed))
    if ours:
        work.to_edit[claim.claim_id] = (claim, encounter, act)
    else:
        _needs_replacement(work, claim, act, "The encounter changed after its claim went to the payer")


def _lose_coverage(work: _Work, claim: Claim, act: Act, message: Message[SaidEncounter]) -> None:
    if claim.state is State.CLOSED:
        return
    if claim.payer_holds or claim.state is State.BATCHED:
        _needs_replacement(work, claim, act, "The encounter lost this coverage while the payer holds its claim")
        return
    work.to_edit.pop(claim.claim_id, None)
    work.withdrawn.append(claim)
    if lose_coverage(claim, act):
        work.completed.append((claim, message))


def _needs_replacement(work: _Work, claim: Claim, act: Act, title: str) -> None:
    claim.changed_since_file = True
    work.tasks.append(_task(claim, act, TaskKind.REPLACEMENT, title))


def _task(claim: Claim, act: Act, kind: TaskKind, title: str) -> Task:
    assert act.cause_id is not None
    return Task(
        claim.organisation_id,
        new_id(),
        claim.claim_id,
        claim.encounter_id,
        kind,
        act.cause_id,
        title,
        {"state": claim.state},
        act.at,
    )


async def cancel_claims(unit: UnitOfWork, messages: Sequence[Message[EncounterCancelled]], setups: Setups) -> None:
    """Withdraws what no payer holds, and opens a task for the rest. An encounter without claims is none of ours."""
    keys = {(message.organisation_id, message.data.encounter_id): message for message in messages}
    claims = await store.claims.claims_of_encounters(unit.connection, keys)
    encounters = await store.claims.encounters_by_id(unit.connection, [key for key in keys if key[1] in claims])
    work = _Work()
    now = unit.clock.now()
    for (_, encounter_id), message in keys.items():
        act = Act(now, CANCELLED, message.event_id)
        for claim in claims.get(encounter_id, {}).values():
            _cancel(work, claim, encounters[encounter_id], act, message)
    await _finish(unit, setups, work)


def _cancel(work: _Work, claim: Claim, encounter: Encounter, act: Act, message: Message[EncounterCancelled]) -> None:
    if claim.state in {State.VOIDED, State.CLOSED}:
        return
    claim.cancelled = True
    work.changed[claim.claim_id] = claim
    reason = f"The encounter was cancelled: {message.data.reason}"
    if not claim.payer_holds and claim.state is not State.BATCHED:
        work.withdrawn.append(claim)
        if withdraw(claim, act, reason):
            work.voided.append((claim, reason, message))
        return
    claim.touch()
    claim.note("cancelled", act, reason)
    work.tasks.append(_task(claim, act, TaskKind.CANCELLATION, "The encounter was cancelled while a payer holds its claim"))
    if claim.state in {State.READY, State.EDIT_FAILED}:
        work.to_edit[claim.claim_id] = (claim, encounter, act)


async def _finish(unit: UnitOfWork, setups: Setups, work: _Work) -> None:
    """Runs the edits, saves everything in a statement for each table, and says it."""
    edited = list(work.to_edit.values())
    held = await run_edits(unit, setups, [(claim, encounter) for claim, encounter, _ in edited], [act for _, _, act in edited])
    stored = [claim for claim in work.changed.values() if claim.claim_id not in work.made]
    await store.claims.insert_claims(unit.connection, list(work.made.values()))
    await store.claims.save_claims(unit.connection, stored, store.tasks.opening_tasks(work.tasks))
    await close_tasks(unit, work.withdrawn, CLOSED_BY_WITHDRAWAL, WITHDRAWN)
    for claim in held:
        events.say_held(unit, claim)
    for claim, reason, message in work.voided:
        events.say_voided(unit, claim, reason, message)
    for claim, message in work.completed:
        events.say_completed(unit, claim, message)
    for claim, caused_by in work.reopened:
        events.say_reopened(unit, claim, caused_by)
    await _ask_next_payers(unit, setups, work)


async def _ask_next_payers(unit: UnitOfWork, setups: Setups, work: _Work) -> None:
    """The turn of a payer that has answered ends anew where the coverages after it are others now."""
    claims = [claim for claim, _, _ in work.reconsidered.values()]
    known = await store.claims.known_about(unit.connection, claims) if claims else {}
    answered = [Answered(claim, known[claim.claim_id], act, message) for claim, act, message in work.reconsidered.values()]
    await say_answered(unit, setups, answered)
