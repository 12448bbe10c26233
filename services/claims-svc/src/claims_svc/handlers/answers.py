"""What the outside said about claims: folded, kept, said, and followed by the next step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from uuid import UUID

from msgspec import Struct

from claims_svc import events, store
from claims_svc.domain.answers import Next, apply, reopens, what_follows
from claims_svc.domain.claim import AcceptedClaim, Act, Claim, open_claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.facts import Acknowledged, Heard, Posted, Reversed, fold
from claims_svc.domain.states import OURS, REJECTED, WITHDRAWN_STATES, State
from claims_svc.domain.tasks import CLOSED_BY_WITHDRAWAL, Task, TaskKind
from claims_svc.handlers.editing import run_edits
from claims_svc.handlers.tasks import close_tasks
from claims_svc.handlers.withdrawing import WITHDRAWN, lose_coverage, withdraw
from claims_svc.store.claims import Known
from claims_svc.store.setup import Setups
from claims_svc.store.writing import Write, write_together
from rcm.contracts.envelope import Message
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

REJECTED_AND_CANCELLED = "The claim was rejected, and its encounter is cancelled"
TAKEN_BACK_AND_CANCELLED = "The payer took the claim back as the void asked, and its encounter is cancelled"


class Answered(Struct, gc=False):
    """A claim about which something new is known, with everything that is known."""

    claim: Claim
    known: Known
    act: Act
    cause: Message[Any] | None = None
    heard: list[tuple[Acknowledged | Posted | Reversed, Act, bool]] = []
    """What is new, who said it, and whether it counts."""

    def hear(self, fact: Acknowledged | Posted | Reversed, act: Act, *, decides: bool = True) -> None:
        """Takes a fact in; one that does not decide is kept for people to read."""
        if decides:
            self.known.facts.add(fact)
        self.heard.append((fact, act, decides))


@dataclass(slots=True)
class _Following:
    """What the answers of a batch lead to."""

    whole: dict[UUID, Claim] = field(default_factory=dict)
    """Claims of which more changed than their progress."""
    next_payer: list[Answered] = field(default_factory=list)
    let_go: list[Answered] = field(default_factory=list)
    """Claims that no payer holds any more: rejected ones whose encounter was corrected meanwhile, and voided ones."""
    withdrawn: list[Claim] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


async def say_answered(
    unit: UnitOfWork, setups: Setups, answered: Sequence[Answered], others: Sequence[Write | None] = ()
) -> None:
    """Folds each claim's facts, saves and says what became of it, and takes the next step.

    `others` is what else is to be written, in the same statement.
    """
    following = _Following()
    for answer in answered:
        _settle(unit, answer, following)
    await _go_on(unit, setups, following)
    await close_tasks(unit, following.withdrawn, CLOSED_BY_WITHDRAWAL, WITHDRAWN)
    whole = following.whole
    await write_together(
        unit.connection,
        store.claims.saving(list(whole.values())),
        *store.claims.saving_answered([a.claim for a in answered if a.claim.claim_id not in whole]),
        store.claims.history([a.claim for a in answered]),
        store.tasks.opening_tasks(following.tasks),
        *others,
    )
    if following.next_payer:
        await _make_next_claims(unit, setups, following.next_payer)


def _settle(unit: UnitOfWork, answer: Answered, following: _Following) -> None:
    claim = answer.claim
    ours_before = claim.state in OURS
    outcome = fold(answer.known.facts, answer.known.sent)
    change = apply(claim, outcome, answer.act.at)
    claim.touch()
    for fact, act, decides in answer.heard:
        claim.facts_new.append(Heard(fact, decides, act.at, act.actor, claim.state, act.cause_id))
        if isinstance(fact, Acknowledged):
            claim.accepted_on = answer.known.facts.accepted_on()
    if outcome.deciding is not None and change.accepted:
        taken = AcceptedClaim(claim.claim_id, claim.version, claim.encounter_id, claim.patient_control_number)
        events.say_accepted(unit, claim.organisation_id, taken, outcome.deciding, answer.cause)
    if outcome.deciding is not None and change.rejected:
        events.say_rejected(unit, claim, outcome.deciding, answer.cause)
        _after_rejection(unit, answer, following)
    if outcome.void_answered and claim.state is State.REVERSED:
        if claim.cancelled:
            _withdraw(unit, answer, following, TAKEN_BACK_AND_CANCELLED)
        else:
            following.let_go.append(answer)
    step = what_follows(claim, outcome)
    if step is Next.PATIENT:
        claim.touch()
        events.say_completed(unit, claim, answer.cause)
    elif step is Next.NEXT_PAYER:
        following.next_payer.append(answer)
        if reopens(claim, step):
            claim.touch()
            events.say_reopened(unit, claim, answer.cause)
    if claim.state in WITHDRAWN_STATES:
        following.tasks += [_paid_after_withdrawal(claim, fact, act) for fact, act, _ in answer.heard if _pays(fact)]
    if ours_before and change.before is not change.after:
        following.whole[claim.claim_id] = claim


def _pays(fact: Acknowledged | Posted | Reversed) -> TypeGuard[Posted]:
    return isinstance(fact, Posted) and fact.paid_cents != 0


def _paid_after_withdrawal(claim: Claim, fact: Posted, act: Act) -> Task:
    return Task(
        organisation_id=claim.organisation_id,
        task_id=new_id(),
        claim_id=claim.claim_id,
        encounter_id=claim.encounter_id,
        kind=TaskKind.PAYMENT_AFTER_WITHDRAWAL,
        source_id=UUID(fact.remittance_id),
        title="A payer paid for a claim that is withdrawn: ask it to take the money back",
        details={"state": claim.state, "paid_cents": fact.paid_cents},
        opened_at=act.at,
    )


def _after_rejection(unit: UnitOfWork, answer: Answered, following: _Following) -> None:
    """A rejected claim of a cancelled encounter is withdrawn; one whose encounter was corrected meanwhile goes out again."""
    claim = answer.claim
    if claim.payer_holds:
        return
    if claim.cancelled:
        _withdraw(unit, answer, following, REJECTED_AND_CANCELLED)
    elif claim.changed_since_file:
        following.let_go.append(answer)


def _withdraw(unit: UnitOfWork, answer: Answered, following: _Following, reason: str) -> None:
    claim = answer.claim
    following.whole[claim.claim_id] = claim
    following.withdrawn.append(claim)
    if withdraw(claim, answer.act, reason):
        events.say_voided(unit, claim, reason, answer.cause)


async def _go_on(unit: UnitOfWork, setups: Setups, following: _Following) -> None:
    """What no payer holds any more is closed where its coverage is gone; a rejected claim goes out again as corrected."""
    if not following.let_go:
        return
    keys = {(answer.claim.organisation_id, answer.claim.encounter_id) for answer in following.let_go}
    encounters = await store.claims.encounters_by_id(unit.connection, keys)
    resent: list[tuple[Answered, Encounter]] = []
    for answer in following.let_go:
        claim, encounter = answer.claim, encounters[answer.claim.encounter_id]
        if encounter.coverage_to_bill(claim.rank) is None:
            following.whole[claim.claim_id] = claim
            following.withdrawn.append(claim)
            if lose_coverage(claim, answer.act):
                events.say_completed(unit, claim, answer.cause)
        elif claim.state in REJECTED:
            resent.append((answer, encounter))
    claims = [answer.claim for answer, _ in resent]
    pairs = [(answer.claim, encounter) for answer, encounter in resent]
    for claim in await run_edits(unit, setups, pairs, [answer.act for answer, _ in resent]):
        events.say_held(unit, claim)
    following.whole.update({claim.claim_id: claim for claim in claims})
    await close_tasks(unit, claims, {TaskKind.REPLACEMENT}, "The claim was rejected and goes out again as corrected")


async def _make_next_claims(unit: UnitOfWork, setups: Setups, answers: Sequence[Answered]) -> None:
    """The next payer's claim of each encounter, made once and held: its money stays open to insurance."""
    keys = {(a.claim.organisation_id, a.claim.encounter_id) for a in answers}
    encounters = await store.claims.encounters_by_id(unit.connection, keys)
    there = await store.claims.claims_of_encounters(unit.connection, keys)
    made: list[tuple[Claim, Encounter]] = []
    acts, causes = [], {}
    for answer in answers:
        encounter = encounters[answer.claim.encounter_id]
        coverage = encounter.next_coverage(answer.claim.rank)
        if coverage is None or coverage.rank in there[answer.claim.encounter_id]:
            continue
        claim = open_claim(answer.claim.organisation_id, new_id(), encounter, coverage, answer.act.at)
        made.append((claim, encounter))
        acts.append(answer.act)
        causes[claim.claim_id] = answer.cause
    held = await run_edits(unit, setups, made, acts)
    await store.claims.insert_claims(unit.connection, [claim for claim, _ in made])
    for claim in held:
        events.say_held(unit, claim, causes[claim.claim_id])
