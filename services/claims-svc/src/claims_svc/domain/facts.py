"""What the outside said about a claim, kept as facts, and the one place where facts become a state.

Facts come several times, in any order, late and from submissions that are long replaced. `fold` takes all of them as a set:
the answer is the same for every order and repetition, and it never raises.

Facts and places in files are kept as JSON arrays of their fields, in the order that stands here: half as long, and read in a
third of the time. So a field is never taken away or moved, and a new one stands last and has a default: a place's in `Filed`,
never in `SentClaim`, behind which it would push the others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from claims_svc.domain.states import State

ACCEPTING_CATEGORIES = frozenset({"A0", "A1", "A2", "A5"})
"""277CA STC01-1 that take the claim: forwarded, received, accepted into adjudication, split."""


class Stage(StrEnum):
    """Who answered; a later stage's word outweighs an earlier one's, as the claim must have got that far."""

    INTERCHANGE = "interchange"
    FUNCTIONAL = "functional"
    CLEARINGHOUSE = "clearinghouse"
    PAYER = "payer"


_WEIGHT = {Stage.INTERCHANGE: 1, Stage.FUNCTIONAL: 2, Stage.CLEARINGHOUSE: 3, Stage.PAYER: 4}
_STATE = {
    (Stage.INTERCHANGE, True): State.SUBMITTED,
    (Stage.INTERCHANGE, False): State.INTERCHANGE_REJECTED,
    (Stage.FUNCTIONAL, True): State.SUBMITTED,
    (Stage.FUNCTIONAL, False): State.FUNCTIONAL_REJECTED,
    (Stage.CLEARINGHOUSE, True): State.CLEARINGHOUSE_ACCEPTED,
    (Stage.CLEARINGHOUSE, False): State.CLEARINGHOUSE_REJECTED,
    (Stage.PAYER, True): State.PAYER_ACCEPTED,
    (Stage.PAYER, False): State.PAYER_REJECTED,
}
_TAKING = (Stage.CLEARINGHOUSE, Stage.PAYER)
SOURCE = {Stage.INTERCHANGE: "TA1", Stage.FUNCTIONAL: "999", Stage.CLEARINGHOUSE: "277CA", Stage.PAYER: "277CA"}


class Acknowledged(Struct, frozen=True, gc=False, tag="acknowledged", array_like=True):
    """One answer before adjudication: TA1 and 999 about a whole submission, 277CA about a claim in it."""

    stage: Stage
    accepted: bool
    patient_control_number: str
    """Of the claim in that submission; TA1 and 999 stand for every claim of their file."""
    on: date | None = None
    """The day the answer names (277CA), none in TA1 and 999."""
    category: str = ""
    code: str = ""
    entity: str = ""
    message: str = ""
    payer_claim_control_number: str = ""

    def weight(self) -> tuple[int, date, bool, str, str]:
        """A total order: the stage, then the day, then a refusal before an acceptance of the same day."""
        return (_WEIGHT[self.stage], self.on or date.min, not self.accepted, self.category, self.code)


def state_after(fact: Acknowledged) -> State:
    """What a claim that left the house is, where nothing else was heard of it."""
    return _STATE[fact.stage, fact.accepted]


class Posted(Struct, frozen=True, gc=False, tag="posted", array_like=True):
    """One CLP of a remittance that payments-svc posted."""

    fact_id: str
    """The event's id: the same event twice is one fact."""
    remittance_id: str
    patient_control_number: str
    status_code: str
    """CLP02."""
    charge_cents: int
    paid_cents: int
    settled_cents: int
    """Paid, and adjusted for good (contractual, other adjustments)."""
    denied: Literal["none", "lines", "all"] = "none"
    line_numbers: tuple[int, ...] = ()
    """The lines it answers; empty where it has no lines or none could be matched."""
    responsibility: tuple[tuple[str, int], ...] = ()
    """PR adjustments as (reason, cents)."""
    payer_claim_control_number: str = ""


class Reversed(Struct, frozen=True, gc=False, tag="reversed", array_like=True):
    """CLP02 22: postings of a remittance are taken back."""

    fact_id: str
    reversed_remittance_id: str
    paid_cents: int
    """What is taken back, positive."""


class Heard(Struct, frozen=True, gc=False, array_like=True):
    """A fact, who said it and when, and what the claim was after it."""

    fact: Acknowledged | Posted | Reversed
    decides: bool
    """Whether it counts; a 277CA that neither takes nor refuses the claim is for people to read."""
    at: datetime
    actor: str
    state: State
    cause_id: UUID | None = None
    """The acknowledgement or event that brought it."""


class SentClaim(Struct, frozen=True, gc=False, array_like=True):
    """A claim's place in one file: what the outside's words refer to."""

    patient_control_number: str
    frequency: str
    charge_cents: int
    line_numbers: tuple[int, ...]


class Filed(SentClaim, frozen=True, kw_only=True, gc=False, array_like=True):
    """The same, in which file that is and when it was written: what a claim keeps of each."""

    submission_id: UUID
    at: datetime


class Outcome(Struct, frozen=True, gc=False):
    """What all facts together say."""

    state: State
    insurance_paid_cents: int = 0
    live: tuple[Posted, ...] = ()
    """The postings that stand for what is with the payer now, none reversed."""
    whole: bool = False
    """Every line that was sent is adjudicated."""
    deciding: Acknowledged | None = None
    """The acknowledgement that decides, where nothing is adjudicated."""
    payer_claim_control_number: str = ""
    void_answered: bool = False
    """The newest submission asked for a void, and the payer holds the claim no more."""


class Facts(Struct, gc=False):
    """All facts about one claim. Adding one that is known already changes nothing."""

    acknowledged: list[Acknowledged] = []
    posted: dict[str, Posted] = {}
    reversed: dict[str, Reversed] = {}

    def accepted_on(self) -> date | None:
        """The first day on which a clearinghouse or payer took the claim."""
        return min([f.on for f in self.acknowledged if f.accepted and f.on and f.stage in _TAKING], default=None)

    def add(self, fact: Acknowledged | Posted | Reversed) -> None:
        """Takes a fact in."""
        if isinstance(fact, Acknowledged):
            self.acknowledged.append(fact)
        elif isinstance(fact, Posted):
            self.posted[fact.fact_id] = fact
        else:
            self.reversed[fact.fact_id] = fact


def fold(facts: Facts, sent: Sequence[SentClaim]) -> Outcome:
    """The state of a claim that left the house, from all facts and from all its places in files, the last one last.

    Adjudication counts where it answers the newest original, replacement or void: a replacement (7) or void (8) puts what was
    adjudicated before it aside until the payer answers it. A void is answered when nothing stands any more, or when the payer
    takes it and there is no money to come back. Acknowledgements count for the last submission alone. Money counts always.
    """
    last = sent[-1] if sent else None
    if not facts.posted and not facts.reversed:
        return _acknowledged(facts, last, [], 0, _payer_number(facts, frozenset()))
    paid = sum([fact.paid_cents for fact in facts.posted.values()]) - sum([fact.paid_cents for fact in facts.reversed.values()])
    standing = _standing(facts)
    asked = _asked(sent)
    live = tuple([fact for fact in standing if fact.patient_control_number in asked])
    number = _payer_number(facts, asked)
    if live:
        whole = last is not None and _covers(live, last)
        return Outcome(_adjudicated(live, whole), paid, live, whole, None, number)
    answered = any(fact.patient_control_number in asked for fact in facts.posted.values())
    if answered or (facts.reversed and not facts.posted) or (_asks_for_void(last) and facts.reversed and not standing):
        return Outcome(State.REVERSED, paid, payer_claim_control_number=number, void_answered=_asks_for_void(last))
    return _acknowledged(facts, last, standing, paid, number)


def _acknowledged(
    facts: Facts, last: SentClaim | None, standing: Sequence[Posted], paid_cents: int, payer_number: str
) -> Outcome:
    """Where nothing of the present claim is adjudicated: by the weightiest acknowledgement of its last submission."""
    current = last.patient_control_number if last else ""
    deciding = _weightiest([fact for fact in facts.acknowledged if fact.patient_control_number == current])
    state = state_after(deciding) if deciding else State.SUBMITTED
    if _asks_for_void(last) and state is State.PAYER_ACCEPTED and all(_without_money(fact) for fact in standing):
        return Outcome(
            State.REVERSED, paid_cents, deciding=deciding, payer_claim_control_number=payer_number, void_answered=True
        )
    return Outcome(state, paid_cents, (), False, deciding, payer_number)


def _weightiest(said: Sequence[Acknowledged]) -> Acknowledged | None:
    """The one that outweighs the others."""
    if len(said) < 2:
        return said[0] if said else None
    return max(said, key=Acknowledged.weight)


def _asks_for_void(last: SentClaim | None) -> bool:
    return last is not None and last.frequency == "8"


def _without_money(fact: Posted) -> bool:
    """No reversal comes for it: nothing was paid."""
    return fact.denied == "all" and fact.paid_cents == 0


def _asked(sent: Sequence[SentClaim]) -> frozenset[str]:
    """The patient control numbers that an adjudication of the present claim can name."""
    if len(sent) == 1:
        return frozenset((sent[0].patient_control_number,))
    numbers: set[str] = set()
    for place in reversed(sent):
        numbers.add(place.patient_control_number)
        if place.frequency in ("7", "8"):
            break
    return frozenset(numbers)


def _standing(facts: Facts) -> list[Posted]:
    """Postings that no reversal takes back. A reversal names a remittance; of several CLPs there it takes one of its amount."""
    if not facts.reversed:
        return list(facts.posted.values())
    amounts = Counter((fact.reversed_remittance_id, fact.paid_cents) for fact in facts.reversed.values())
    left: list[Posted] = []
    for fact in sorted(facts.posted.values(), key=lambda fact: (fact.remittance_id, fact.paid_cents, fact.fact_id)):
        if amounts[fact.remittance_id, fact.paid_cents]:
            amounts[fact.remittance_id, fact.paid_cents] -= 1
        else:
            left.append(fact)
    others = Counter({remittance: 0 for remittance, _ in amounts})
    for (remittance, _), count in amounts.items():
        others[remittance] += count
    standing = []
    for fact in left:
        if others[fact.remittance_id] > 0:
            others[fact.remittance_id] -= 1
        else:
            standing.append(fact)
    return standing


def _payer_number(facts: Facts, asked: frozenset[str]) -> str:
    """The payer's claim control number: from the remittances that answer the present claim, else from its acknowledgements."""
    posted = [fact.payer_claim_control_number for fact in facts.posted.values() if fact.patient_control_number in asked]
    number = max(posted, default="")
    if number:
        return number
    named = [fact for fact in facts.acknowledged if fact.payer_claim_control_number]
    if len(named) < 2:
        return named[0].payer_claim_control_number if named else ""
    return max([(fact.weight(), fact.payer_claim_control_number) for fact in named])[1]


def _covers(live: Iterable[Posted], sent: SentClaim) -> bool:
    """Whether every line that was sent has its answer: by number, or by amount where the payer gave none or changed them."""
    answered: set[int] = set()
    charge_cents = 0
    for fact in live:
        answered.update(fact.line_numbers)
        charge_cents += fact.charge_cents
    return answered.issuperset(sent.line_numbers) or charge_cents >= sent.charge_cents


def _adjudicated(live: Sequence[Posted], whole: bool) -> State:
    if {fact.status_code for fact in live} == {"23"}:
        return State.FORWARDED
    denied = {fact.denied for fact in live}
    if denied == {"all"}:
        return State.DENIED if sum([fact.paid_cents for fact in live]) <= 0 else State.PARTIALLY_PAID
    return State.PAID if denied == {"none"} and whole else State.PARTIALLY_PAID
