"""Random histories: whatever happens in whatever order, the books are right; and where facts commute, they end the same."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rcm.contracts.envelope import Event, Message
from rcm.identity import Role
from rcm.x12.remittance import ClaimPayment
from tests.payments.auditing import Figures, audit, deposits, suspense, totals, waiting
from tests.payments.making import Case, check, file_of, negated
from tests.support.live import LiveService

DENIED: Sequence[tuple[str, str, int]] = [("CO", "50", 10000)]
ADJUSTMENTS: Sequence[Sequence[tuple[str, str, int]]] = (
    [("CO", "45", 2000)],
    [("CO", "45", 1000), ("PR", "3", 2000)],
    [("PR", "1", 10000)],
    DENIED,
    [("CO", "253", 150), ("PR", "2", 1000), ("OA", "94", -500)],
    [("OA", "23", 4000), ("PR", "2", 700)],
    [],
)
X12 = {"content-type": "application/edi-x12"}


@dataclass
class Story:
    """The facts of one encounter, grouped into queues; order holds within a queue only, as it does on the bus."""

    case: Case
    encounter: list[Event] = field(default_factory=list)
    claim: list[Event] = field(default_factory=list)
    completed: list[Event] = field(default_factory=list)
    payments: list[Event] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)

    def queues(self) -> list[list[Any]]:
        alone: list[list[Any]] = [[each] for each in (*self.payments, *self.files)]
        return [queue for queue in (self.encounter, self.claim, self.completed, *alone) if queue]


@st.composite
def stories(draw: st.DrawFn) -> list[Story]:
    """One to three encounters of one or two guarantors."""
    told = []
    for number in range(draw(st.integers(1, 3))):
        case = Case(charges=(10000,), guarantor=draw(st.sampled_from(["G-1", "G-2"])), self_pay=draw(st.integers(0, 4)) == 0)
        story = Story(case, encounter=[case.coded()])
        if not case.self_pay:
            story.claim.append(case.submitted(last_payer=draw(st.booleans())))
            _pay(draw, story, f"E{number}")
            if draw(st.booleans()):
                story.completed = [case.completed()] * draw(st.integers(1, 2))
        for _ in range(draw(st.integers(0, 2))):
            cents = draw(st.sampled_from([100, 2000, 12000]))
            story.payments.append(case.pays(cents, named=draw(st.booleans())))
        _change(draw, story)
        told.append(story)
    return told


def _pay(draw: st.DrawFn, story: Story, trace: str) -> None:
    """Remittances: paid once, denied and then paid, taken back, corrected. What is paid twice ends by who came first."""
    what = draw(st.sampled_from(["once", "twice", "taken back", "corrected"]))
    first = story.case.paid(DENIED if what == "twice" else draw(st.sampled_from(ADJUSTMENTS)))
    story.files.append(_file(trace, first))
    other = story.case.paid(draw(st.sampled_from(ADJUSTMENTS)))
    if what == "twice":
        story.files.append(_file(trace + "B", other))
    elif what == "taken back":
        story.files.append(_file(trace + "B", negated(first), pad=first.paid_cents))
    elif what == "corrected":
        story.files.append(_file(trace + "B", negated(first), other, pad=first.paid_cents))


def _change(draw: st.DrawFn, story: Story) -> None:
    """Recoded, also to self-pay while a payer may have the claim; voided; cancelled and voided."""
    what = draw(st.sampled_from(["nothing", "nothing", "recoded", "withdrawn", "voided", "self-pay", "self-pay and voided"]))
    if what.startswith("self-pay") and not story.case.self_pay:
        story.payments.clear()  # its excess may be elsewhere already when the claim turns out to be with a payer
        story.encounter.append(story.case.recoded(self_pay=True))
    if what.endswith("voided") and story.claim:
        story.claim.append(story.case.voided())
    if what == "recoded":
        story.encounter.append(story.case.recoded((draw(st.sampled_from([4000, 10000, 15000])),)))
    elif what == "withdrawn":
        story.encounter.append(story.case.cancelled())
        if not story.case.self_pay:
            story.claim.append(story.case.voided())


def _file(trace: str, *claims: ClaimPayment, pad: int = 0) -> bytes:
    """A check; `pad` is paid on top by PLB, so that BPR02 is not negative."""
    return file_of(check(*claims, trace=trace, provider_adjustments=[("CS", "", -pad)] if pad else []))


async def live_through(it: LiveService, told: Sequence[Story], dice: random.Random | None) -> tuple[UUID, Figures]:
    """Lets the facts happen in an organisation of its own, in order or shuffled with repetitions; audits after each."""
    organisation_id = uuid4()
    queues = [list(queue) for story in told for queue in story.queues()]
    seen: list[Message[Any]] = []
    async with it.client(Role.BILLER, organisation_id) as biller:
        while queues:
            queue = dice.choice(queues) if dice else queues[0]
            fact = queue.pop(0)
            if not queue:
                queues.remove(queue)
            if isinstance(fact, bytes):
                for _ in range(dice.randint(1, 2) if dice else 1):
                    answer = await biller.post("/v1/remittances", content=fact, headers=X12)
                    assert answer.status_code in {200, 201}, answer.text
            else:
                seen += await it.deliver(fact, organisation_id=organisation_id)
            if dice and seen and dice.random() < 0.3:
                await it.redeliver([dice.choice(seen)])
            await audit(it, organisation_id)
    return organisation_id, await audit(it, organisation_id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=stories(), seed=st.integers(0, 2**32))
async def test_any_order_ends_in_the_same_books(payments: LiveService, told: list[Story], seed: int) -> None:
    first, in_order = await live_through(payments, told, None)
    second, shuffled = await live_through(payments, told, random.Random(seed))
    assert [_fixed(each) for each in in_order.values()] == [_fixed(shuffled[key]) for key in in_order]
    assert totals(in_order) == totals(shuffled)
    assert await deposits(payments, first) == await deposits(payments, second)
    assert await waiting(payments, first) == await waiting(payments, second)
    assert await suspense(payments, first) == await suspense(payments, second)


def _fixed(figures: Any) -> dict[str, int]:
    """What does not depend on which of a guarantor's debts was there first."""
    return {**figures, "patient_paid": 0, "patient_open": figures["patient_paid"] + figures["patient_open"]}
