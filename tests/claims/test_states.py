"""Our own work is a table: every state tried with every step."""

import itertools
from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest

from claims_svc.domain.claim import Act, Claim, ReplacementNeeded, close, judge, leave_the_house, put_in_file, void
from claims_svc.domain.claim import Finding as Held
from claims_svc.domain.correction import correct, resend
from claims_svc.domain.facts import Filed
from claims_svc.domain.states import (
    ADJUDICATED,
    OURS,
    OUTSIDE,
    REJECTED,
    TRANSITIONS,
    State,
    TransitionRefused,
    move,
    share,
)
from tests.support.live import NOW

ACT = Act(NOW, "pat (biller)")
PLACE = Filed("A1", "1", 16100, (1, 2), submission_id=uuid4(), at=NOW)


def cancelled(claim: Claim) -> Claim:
    """Its encounter is cancelled."""
    claim.cancelled = True
    return claim


HELD = Held("payer-unknown", "/coverages/0/payer_id", "no payer", "set it up")


def claim_in(state: State, *, payer_holds: bool | None = None, frequency: str = "1") -> Claim:
    """A claim that stands there; who left the house and was not refused is held by a payer."""
    out = state in OUTSIDE
    return Claim(
        organisation_id=uuid4(),
        claim_id=uuid4(),
        encounter_id=uuid4(),
        rank="P",
        state=state,
        version=3,
        payer_id="SBX01",
        payer_name="Evergreen Mutual",
        member_id="ABC123456001",
        billing_npi="1993999998",
        receiver_id="RCMSANDBOX",
        charge_cents=16100,
        date_of_service=date(2025, 8, 20),
        duplicate_key=b"",
        next_rank="",
        created_at=NOW,
        updated_at=NOW,
        frequency=frequency,
        submissions=int(out or state is State.BATCHED),
        payer_holds=(out and state not in REJECTED and state is not State.REVERSED) if payer_holds is None else payer_holds,
    )


@pytest.mark.parametrize(("state", "to"), list(itertools.product(State, State)))
def test_every_move_is_in_the_table_or_refused(state: State, to: State) -> None:
    if to in TRANSITIONS[state]:
        assert move(state, to) is to
    else:
        with pytest.raises(TransitionRefused):
            move(state, to)


def test_the_table_names_every_state_and_no_outside_one_is_reached_by_us() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = frozenset().union(*TRANSITIONS.values())
    assert reached & OUTSIDE == {State.SUBMITTED}
    assert set(State) == OURS | OUTSIDE
    assert not OURS & OUTSIDE
    assert not REJECTED & ADJUDICATED


STEPS: dict[str, tuple[Callable[[Claim], object], State]] = {
    "edits fail": (lambda claim: judge(claim, (HELD,), ACT, 1), State.EDIT_FAILED),
    "edits pass": (lambda claim: judge(claim, (), ACT, 1), State.READY),
    "file": (lambda claim: put_in_file(claim, PLACE), State.BATCHED),
    "transmission": (lambda claim: leave_the_house(claim, NOW), State.SUBMITTED),
    "void": (lambda claim: void(cancelled(claim), ACT, "twice"), State.VOIDED),
    "close": (lambda claim: close(claim, ACT, "gone"), State.CLOSED),
}


@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, STEPS)))
def test_every_step_in_every_state_goes_by_the_table(state: State, step: str) -> None:
    act, to = STEPS[step]
    claim = claim_in(state, payer_holds=False)
    if to in TRANSITIONS[state]:
        act(claim)
        assert claim.state is to
    else:
        with pytest.raises(TransitionRefused):
            act(claim)
        assert claim.state is state


@pytest.mark.parametrize("state", State)
def test_a_correction_needs_a_replacement_where_a_payer_holds_the_claim(state: State) -> None:
    claim = claim_in(state)
    change = {"authorisation_number": "A1"}
    if state in {State.BATCHED, State.VOIDED, State.CLOSED}:
        with pytest.raises(TransitionRefused):
            correct(claim, change, ACT)
    elif claim.payer_holds:
        with pytest.raises(ReplacementNeeded):
            correct(claim, change, ACT)
        assert correct(claim, change | {"frequency": "7"}, ACT) == ("/authorisation_number", "/frequency")
    else:
        assert correct(claim, change, ACT) == ("/authorisation_number",)


@pytest.mark.parametrize("state", State)
def test_only_a_rejected_claim_is_sent_again_as_it_is(state: State) -> None:
    claim = claim_in(state)
    if state in REJECTED:
        resend(claim, ACT, "the payer mended its file")
        assert [entry.kind for entry in claim.entries] == ["resubmitted"]
    else:
        with pytest.raises(TransitionRefused):
            resend(claim, ACT, "again")


@pytest.mark.parametrize("state", State)
def test_what_a_payer_holds_is_not_withdrawn(state: State) -> None:
    claim = claim_in(state)
    if claim.payer_holds:
        with pytest.raises(ReplacementNeeded):
            void(cancelled(claim), ACT, "twice")


@pytest.mark.parametrize(
    ("state", "part"),
    [
        (State.SUBMITTED, "open"),
        (State.PAYER_ACCEPTED, "open"),
        (State.PAYER_REJECTED, "rejected"),
        (State.INTERCHANGE_REJECTED, "rejected"),
        (State.FUNCTIONAL_REJECTED, "rejected"),
        (State.CLEARINGHOUSE_REJECTED, "rejected"),
        (State.PAID, "paid"),
        (State.PARTIALLY_PAID, "paid"),
        (State.DENIED, "denied"),
        (State.REVERSED, "open"),
        (State.FORWARDED, "open"),
        (State.READY, "open"),
        (State.EDIT_FAILED, "open"),
        (State.BATCHED, "open"),
        (State.VOIDED, ""),
        (State.CLOSED, ""),
    ],
)
def test_the_partition_of_submitted_claims(state: State, part: str) -> None:
    assert share(state) == part


def test_the_same_findings_again_are_no_news() -> None:
    claim = claim_in(State.DRAFT)
    assert judge(claim, (HELD,), ACT, 1)
    assert not judge(claim, (HELD,), ACT, 2)
    assert judge(claim, (HELD, HELD), ACT, 3)
    assert not judge(claim, (), ACT, 4)
    assert claim.ready_at == datetime.fromisoformat(NOW.isoformat())
    assert [entry.kind for entry in claim.entries] == ["held", "held", "passed"]
