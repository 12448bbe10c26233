"""The fold: facts in any order, several times, give one answer and never an error."""

import random
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_svc.domain.answers import Next, apply, what_follows
from claims_svc.domain.facts import Acknowledged, Facts, Filed, Heard, Outcome, Posted, Reversed, SentClaim, Stage, fold
from claims_svc.domain.states import State
from claims_svc.store.rows import as_lines
from tests.claims.test_states import claim_in
from tests.support.live import NOW

FIRST = SentClaim("PCN1", "1", 16100, (1, 2))
AGAIN = SentClaim("PCN2", "1", 16100, (1, 2))
REPLACEMENT = SentClaim("PCN2", "7", 16100, (1, 2))
Fact = Acknowledged | Posted | Reversed


def folded(*facts: Fact, sent: tuple[SentClaim, ...] = (FIRST,)) -> Outcome:
    known = Facts()
    for fact in facts:
        known.add(fact)
    return fold(known, sent)


def said(stage: Stage, *, accepted: bool, on: date | None = date(2025, 9, 2), number: str = "PCN1") -> Acknowledged:
    return Acknowledged(stage, accepted, number, on, "A2" if accepted else "A7")


def posted(fact_id: str = "E1", *, paid: int = 11000, remittance: str = "R1", number: str = "PCN1", **more: Any) -> Posted:
    values: dict[str, Any] = {
        "fact_id": fact_id,
        "remittance_id": remittance,
        "patient_control_number": number,
        "status_code": "1",
        "charge_cents": 16100,
        "paid_cents": paid,
        "settled_cents": 16100,
        "line_numbers": (1, 2),
    }
    return Posted(**(values | more))


def taken_back(fact_id: str = "V1", *, remittance: str = "R1", paid: int = 11000) -> Reversed:
    return Reversed(fact_id, remittance, paid)


YES, NO = True, False


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((), State.SUBMITTED),
        ((said(Stage.INTERCHANGE, accepted=YES),), State.SUBMITTED),
        ((said(Stage.INTERCHANGE, accepted=NO),), State.INTERCHANGE_REJECTED),
        ((said(Stage.FUNCTIONAL, accepted=NO),), State.FUNCTIONAL_REJECTED),
        ((said(Stage.CLEARINGHOUSE, accepted=YES),), State.CLEARINGHOUSE_ACCEPTED),
        ((said(Stage.CLEARINGHOUSE, accepted=NO),), State.CLEARINGHOUSE_REJECTED),
        ((said(Stage.CLEARINGHOUSE, accepted=YES), said(Stage.PAYER, accepted=NO)), State.PAYER_REJECTED),
        ((said(Stage.PAYER, accepted=YES), said(Stage.CLEARINGHOUSE, accepted=YES)), State.PAYER_ACCEPTED),
        ((said(Stage.PAYER, accepted=YES), said(Stage.PAYER, accepted=NO)), State.PAYER_REJECTED),
        ((said(Stage.PAYER, accepted=NO), said(Stage.PAYER, accepted=YES, on=date(2025, 9, 3))), State.PAYER_ACCEPTED),
        ((said(Stage.PAYER, accepted=NO, number="OLD"),), State.SUBMITTED),
        ((posted(), said(Stage.PAYER, accepted=NO)), State.PAID),
        ((posted(paid=0, settled_cents=0, responsibility=(("1", 16100),)),), State.PAID),
        ((posted(denied="lines"),), State.PARTIALLY_PAID),
        ((posted(paid=0, denied="all"),), State.DENIED),
        ((posted(denied="all"),), State.PARTIALLY_PAID),
        ((posted(line_numbers=(1,), charge_cents=13200),), State.PARTIALLY_PAID),
        ((posted(line_numbers=()),), State.PAID),
        ((posted(status_code="23", paid=0),), State.FORWARDED),
        ((posted(), taken_back()), State.REVERSED),
        ((posted(), taken_back(), posted("E2", remittance="R2", paid=9000)), State.PAID),
        ((taken_back(),), State.REVERSED),
    ],
)
def test_what_facts_make_of_a_claim(facts: tuple[Fact, ...], state: State) -> None:
    assert folded(*facts).state is state


def test_a_correction_in_the_same_remittance_stands_when_the_first_posting_is_taken_back() -> None:
    outcome = folded(posted("E1"), taken_back(), posted("E2", paid=9000))
    assert (outcome.state, outcome.insurance_paid_cents) == (State.PAID, 9000)
    assert [fact.fact_id for fact in outcome.live] == ["E2"]


def test_a_late_answer_to_an_old_submission_moves_nothing() -> None:
    assert folded(said(Stage.PAYER, accepted=NO), sent=(FIRST, AGAIN)).state is State.SUBMITTED


def test_money_for_an_old_original_counts_but_not_while_it_is_replaced() -> None:
    assert folded(posted(), sent=(FIRST, AGAIN)).state is State.PAID
    replaced = folded(posted(), sent=(FIRST, REPLACEMENT))
    assert (replaced.state, replaced.insurance_paid_cents) == (State.SUBMITTED, 11000)
    corrected = folded(posted(), taken_back(), posted("E2", remittance="R2", number="PCN2"), sent=(FIRST, REPLACEMENT))
    assert (corrected.state, corrected.insurance_paid_cents) == (State.PAID, 11000)


CONTROL_NUMBERS = st.sampled_from(["PCN1", "PCN2", "OLD", ""])
ACKNOWLEDGED = st.builds(
    Acknowledged,
    st.sampled_from(Stage),
    st.booleans(),
    CONTROL_NUMBERS,
    st.sampled_from([None, date(2025, 9, 1), date(2025, 9, 2)]),
    st.sampled_from(["", "A1", "A7", "Z9"]),
)
POSTED = st.builds(
    Posted,
    st.sampled_from([f"E{place}" for place in range(6)]),
    st.sampled_from(["R1", "R2", "R3"]),
    CONTROL_NUMBERS,
    st.sampled_from(["1", "4", "19", "23", "?"]),
    st.integers(0, 20000),
    st.integers(-20000, 20000),
    st.integers(-20000, 20000),
    st.sampled_from(["none", "lines", "all"]),
    st.lists(st.integers(1, 3), max_size=3).map(tuple),
)
REVERSED = st.builds(
    Reversed,
    st.sampled_from([f"V{place}" for place in range(4)]),
    st.sampled_from(["R1", "R2", "R3", "R9"]),
    st.integers(-20000, 20000),
)
SENT = st.sampled_from([(), (FIRST,), (FIRST, AGAIN), (FIRST, REPLACEMENT)])


@given(st.lists(ACKNOWLEDGED | POSTED | REVERSED, max_size=12), SENT, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(facts: list[Fact], sent: tuple[SentClaim, ...], dice: random.Random) -> None:
    unique = list({_name(fact): fact for fact in facts}.values())
    shuffled = unique + dice.choices(unique, k=len(unique)) if unique else []
    dice.shuffle(shuffled)
    expected = folded(*unique, sent=sent)
    found = folded(*shuffled, sent=sent)
    assert (found.state, found.insurance_paid_cents, found.whole, found.deciding, found.payer_claim_control_number) == (
        expected.state,
        expected.insurance_paid_cents,
        expected.whole,
        expected.deciding,
        expected.payer_claim_control_number,
    )
    assert sorted(fact.fact_id for fact in found.live) == sorted(fact.fact_id for fact in expected.live)
    assert found.insurance_paid_cents == sum(f.paid_cents for f in unique if isinstance(f, Posted)) - sum(
        f.paid_cents for f in unique if isinstance(f, Reversed)
    )


def _name(fact: Fact) -> object:
    return fact if isinstance(fact, Acknowledged) else fact.fact_id


@given(st.lists(ACKNOWLEDGED | POSTED | REVERSED, max_size=8), SENT, st.sampled_from(State))
def test_no_state_of_a_claim_makes_facts_fail(facts: list[Fact], sent: tuple[SentClaim, ...], state: State) -> None:
    claim = claim_in(state)
    outcome = folded(*facts, sent=sent)
    apply(claim, outcome, NOW)
    assert what_follows(claim, outcome) in Next
    assert claim.insurance_paid_cents == outcome.insurance_paid_cents


def test_the_patients_part_is_said_once_and_again_after_a_reversal() -> None:
    claim = claim_in(State.SUBMITTED)
    first = folded(posted(responsibility=(("3", 2000),), settled_cents=14100))
    apply(claim, first, NOW)
    assert what_follows(claim, first) is Next.PATIENT
    assert what_follows(claim, first) is Next.NOTHING
    undone = folded(posted(), taken_back())
    apply(claim, undone, NOW)
    assert what_follows(claim, undone) is Next.NOTHING
    again = folded(posted(), taken_back(), posted("E2", remittance="R2", responsibility=(("3", 2000),), settled_cents=14100))
    apply(claim, again, NOW)
    assert what_follows(claim, again) is Next.PATIENT


@pytest.mark.parametrize(
    ("settled", "next_rank", "step"),
    [(16100, "S", Next.PATIENT), (14100, "S", Next.NEXT_PAYER), (14100, "", Next.PATIENT)],
)
def test_who_is_asked_next(settled: int, next_rank: str, step: Next) -> None:
    claim = claim_in(State.SUBMITTED)
    claim.next_rank = next_rank
    outcome = folded(posted(settled_cents=settled))
    apply(claim, outcome, NOW)
    assert what_follows(claim, outcome) is step


def test_a_part_of_the_lines_ends_no_turn() -> None:
    claim = claim_in(State.SUBMITTED)
    outcome = folded(posted(line_numbers=(1,), charge_cents=13200))
    apply(claim, outcome, NOW)
    assert what_follows(claim, outcome) is Next.NOTHING
    both = folded(posted(line_numbers=(1,), charge_cents=13200), posted("E2", line_numbers=(2,), charge_cents=2900))
    apply(claim, both, NOW)
    assert (claim.state, what_follows(claim, both)) == (State.PAID, Next.PATIENT)


def test_what_is_kept_stands_in_the_order_of_its_fields() -> None:
    """What lies in a database is read by its places: a field that moves, or goes, would be read as another."""
    facts = (
        '[["acknowledged","payer",true,"A1","2025-08-20","A2","20","PR","","EM1"],true,"2025-09-01T15:00:00Z","x",'
        '"PAYER_ACCEPTED",null]\n'
        '[["posted","E1","R1","A1","1",16100,12000,15000,"lines",[1,2],[["3",1100]],"EM1"],true,'
        '"2025-09-01T15:00:00Z","x","PAID",null]\n'
        '[["reversed","E2","R1",12000],false,"2025-09-01T15:00:00Z","x","REVERSED",null]\n'
    )
    first, second, third = msgspec.json.Decoder(Heard).decode_lines(facts)
    assert first.fact == Acknowledged(Stage.PAYER, True, "A1", date(2025, 8, 20), "A2", "20", "PR", "", "EM1")
    assert isinstance(second.fact, Posted)
    assert (second.fact.charge_cents, second.fact.paid_cents, second.fact.settled_cents) == (16100, 12000, 15000)
    assert (third.fact, third.decides, third.state) == (Reversed("E2", "R1", 12000), False, State.REVERSED)
    assert as_lines([first, second, third]) == facts
    places = '["A1","1",16100,[1,2],"00000000-0000-0000-0000-000000000001","2025-09-01T15:00:00Z"]\n'
    assert as_lines(msgspec.json.Decoder(Filed).decode_lines(places)) == places
    assert msgspec.json.Decoder(SentClaim).decode_lines(places) == [SentClaim("A1", "1", 16100, (1, 2))]
