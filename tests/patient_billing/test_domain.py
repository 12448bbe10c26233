"""The rules of the patient's bill, each in a table or as a property."""

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from patient_billing_svc.domain.account import TRANSITIONS, Account, AccountState, Hold, HoldNotPossible, move
from patient_billing_svc.domain.book import Book
from patient_billing_svc.domain.cycle import NotDue, StatementPolicy, not_due, owed_cents
from patient_billing_svc.domain.payment import Method, check_payment
from patient_billing_svc.domain.responsibility import Applied, Assigned, Responsibility
from patient_billing_svc.domain.statement import account_number, insurance_pending_cents, statement_number
from rcm.errors import InvalidBody
from tests.patient_billing.making import (
    NOON,
    ORGANISATION,
    POLICY,
    account,
    assigned,
    bill,
    days,
    line,
    responsibility,
    statement,
)

GUARANTORS = ("G-1", "G-2", "G-3")
ENCOUNTERS = tuple(UUID(int=number) for number in range(1, 5))


@pytest.mark.parametrize("state", AccountState)
@pytest.mark.parametrize("wanted", [None, *Hold])
def test_every_hold_and_release_from_every_state(state: AccountState, wanted: Hold | None) -> None:
    before = account(hold=Hold.DISPUTE if state is AccountState.ON_HOLD else None, version=4)
    target = AccountState.ON_HOLD if wanted else AccountState.BILLABLE
    if target not in TRANSITIONS[state]:
        with pytest.raises(HoldNotPossible):
            move(before, wanted, NOON)
        return
    after = move(before, wanted, NOON)
    assert (after.hold, after.state, after.version) == (wanted, target, 5)
    assert after.look_at == (None if wanted else NOON)


@pytest.mark.parametrize(
    ("total", "changes", "hours", "expected"),
    [
        (2500, {}, 24, None),
        (2500, {}, 23.9, (NotDue.RESTING, NOON + days(1))),
        (2500, {"hold": Hold.BANKRUPTCY}, 24, (NotDue.ON_HOLD, None)),
        (0, {}, 24, (NotDue.NOTHING_OWED, None)),
        (-100, {}, 24, (NotDue.NOTHING_OWED, None)),
        (2500, {"payments_cents": 2500}, 24, (NotDue.NOTHING_OWED, None)),
        (2500, {"payments_cents": 2499}, 24, None),
        (2500, {"payments_cents": 2500, "payments_applied_cents": 2500}, 24, None),
        (2500, {"last_statement_at": NOON}, 24, (NotDue.RESTING, NOON + days(30))),
        (2500, {"last_statement_at": NOON}, 30 * 24, None),
    ],
)
def test_when_a_statement_is_due(
    total: int, changes: dict[str, object], hours: float, expected: tuple[NotDue, object] | None
) -> None:
    of = account(**changes)
    owed = [responsibility(of, total)] if total else []
    assert not_due(of, owed, POLICY, NOON + timedelta(hours=hours)) == expected


def test_one_rested_encounter_brings_all_open_ones_onto_the_statement() -> None:
    of = account()
    old = responsibility(of, 1000)
    new = responsibility(of, 500, assigned_at=NOON + days(1), date_of_service=date(2025, 2, 20))
    assert not_due(of, [new, old], POLICY, NOON + days(1)) is None
    issued = statement(of, (new, bill(line(1, 2000, 1000, 500, 500))), (old, bill(line(1, 3000, 1500, 500, 1000))))
    assert [each.due_cents for each in issued.encounters] == [1000, 500]
    assert issued.balance_cents == 1500


@pytest.mark.parametrize(
    ("amount", "method", "reference", "received_on", "pointers"),
    [
        (1, Method.CASH, "", NOON.date(), []),
        (0, Method.CASH, "", NOON.date(), ["/amount_cents"]),
        (-1, Method.CHECK, "", NOON.date() + timedelta(1), ["/amount_cents", "/reference", "/received_on"]),
        (10**12, Method.CHECK, "7", NOON.date(), []),
        (10**12 + 1, Method.CASH, "", NOON.date(), ["/amount_cents"]),
    ],
)
def test_what_is_a_payment(amount: int, method: Method, reference: str, received_on: date, pointers: list[str]) -> None:
    if not pointers:
        check_payment(amount, method, reference, received_on, NOON.date())
        return
    with pytest.raises(InvalidBody) as refused:
        check_payment(amount, method, reference, received_on, NOON.date())
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_numbers_as_people_write_them() -> None:
    assert (statement_number(31), account_number(12)) == ("00000031", "A0000012")


LINES = st.lists(st.tuples(*[st.integers(0, 10**7)] * 3, st.integers(-(10**6), 10**6)), min_size=1, max_size=5)


@given(visits=st.lists(st.tuples(LINES, st.integers(-500, 10**7)), min_size=1, max_size=5), deposit=st.integers(0, 10**7))
def test_a_statement_never_asks_for_more_than_is_open_and_its_equation_sums_to_the_cent(
    visits: list[tuple[list[tuple[int, int, int, int]], int]], deposit: int
) -> None:
    of = account(payments_cents=deposit)
    billed = []
    for lines, applied in visits:
        made = bill(
            *[
                line(n, paid + adjusted + owed + more, paid, adjusted, owed)
                for n, (paid, adjusted, owed, more) in enumerate(lines)
            ]
        )
        total = sum(each.owed_cents for each in made.lines)
        billed.append((responsibility(of, total, applied_cents=applied), made))
    open_cents = sum(each.open_cents for each, _ in billed)
    assert owed_cents(of, [each for each, _ in billed]) == open_cents - deposit
    issued = statement(of, *billed)
    assert issued.balance_cents <= open_cents
    assert issued.balance_cents == sum(each.due_cents for each in issued.encounters) - issued.unapplied_cents
    assert issued.balance_cents == (
        issued.charges_cents
        - issued.insurance_paid_cents
        - issued.adjusted_cents
        - issued.insurance_pending_cents
        - issued.patient_paid_cents
        - issued.unapplied_cents
    )
    for each in issued.encounters:
        for row in each.lines:
            pending = insurance_pending_cents(row.charge_cents, row.insurance_paid_cents, row.adjusted_cents, row.owed_cents)
            assert row.insurance_pending_cents == pending


FACTS = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.sampled_from(ENCOUNTERS), st.sampled_from(GUARANTORS), st.integers(0, 10**5)),
        st.tuples(st.just("apply"), st.sampled_from(ENCOUNTERS), st.sampled_from(GUARANTORS), st.integers(-(10**4), 10**4)),
    ),
    max_size=25,
)
ACCOUNTS = {name: UUID(int=100 + number) for number, name in enumerate(GUARANTORS)}


def facts_of(drawn: list[tuple[str, UUID, str, int]]) -> list[Assigned | Applied]:
    """Facts in an order that payments-svc could say: an application never before its encounter's first assignment."""
    made: list[Assigned | Applied] = []
    known: set[UUID] = set()
    for sequence, (kind, encounter_id, guarantor, cents) in enumerate(drawn, start=1):
        at = NOON + timedelta(minutes=sequence)
        if kind == "assign":
            known.add(encounter_id)
            made.append(assigned(guarantor, encounter_id, sequence, cents, at))
        elif encounter_id in known:
            made.append(Applied(ORGANISATION, encounter_id, ACCOUNTS[guarantor], uuid4(), cents, at))
    return made


def book_of(facts: list[Assigned | Applied]) -> Book:
    book = Book([], [], POLICY)
    for name in GUARANTORS:
        book.open_account(Account(ORGANISATION, ACCOUNTS[name], 1, name))
    for fact in facts:
        if isinstance(fact, Assigned):
            book.assign(fact, (fact.organisation_id, fact.encounter_id))
        else:
            book.apply(fact)
    return book


def sums(book: Book) -> dict[object, object]:
    """All that must not depend on the order across encounters."""
    return {
        **{key: replace(each, look_at=None) for key, each in book.accounts.items()},
        **{("encounter", key): each for key, each in book.responsibilities.items()},
    }


@given(drawn=FACTS, seed=st.integers(0, 1000))
def test_shuffled_across_encounters_and_replayed_the_accounts_are_the_same(
    drawn: list[tuple[str, UUID, str, int]], seed: int
) -> None:
    facts = facts_of(drawn)
    by_encounter: dict[UUID, list[Assigned | Applied]] = {}
    for fact in facts:
        by_encounter.setdefault(fact.encounter_id, []).append(fact)
    queues = list(by_encounter.values())
    shuffled: list[Assigned | Applied] = []
    chance = random.Random(seed)
    while queues:
        queue = chance.choice(queues)
        shuffled.append(queue.pop(0))
        queues = [each for each in queues if each]
    straight = book_of(facts)
    assert sums(book_of(shuffled)) == sums(straight)
    before = sums(straight)
    for fact in facts:
        if isinstance(fact, Assigned):
            assert straight.assign(fact, (fact.organisation_id, fact.encounter_id)) is False
    assert sums(straight) == before


@given(drawn=FACTS)
def test_an_accounts_sums_are_its_encounters_and_it_is_looked_at_in_time(drawn: list[tuple[str, UUID, str, int]]) -> None:
    book = book_of(facts_of(drawn))
    for (_, account_id), each in book.accounts.items():
        own: list[Responsibility] = [r for r in book.responsibilities.values() if r.account_id == account_id]
        assert each.responsibility_cents == sum(r.total_cents for r in own)
        assert each.applied_cents == sum(r.applied_cents for r in own)
        reason = not_due(each, own, POLICY, NOON)
        if reason is None or reason[0] is NotDue.RESTING:
            due_at = NOON if reason is None else reason[1]
            assert each.look_at is not None
            assert due_at is not None
            assert each.look_at <= due_at


def test_the_grace_and_the_interval_are_the_policys() -> None:
    quick = StatementPolicy(grace=timedelta(), interval=timedelta(days=1), term=timedelta(days=10))
    of = account(last_statement_at=NOON)
    assert not_due(of, [responsibility(of, 5)], quick, NOON + days(1)) is None
