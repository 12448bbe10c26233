"""What a claim becomes when the outside has spoken: facts folded, money kept, the next step found."""

from datetime import datetime
from enum import Enum

from msgspec import Struct

from claims_svc.domain.claim import REPLACING, Claim
from claims_svc.domain.facts import Acknowledged, Outcome, Posted, Reversed, Stage
from claims_svc.domain.states import OUTSIDE, REJECTED, State
from rcm.money import dollars

CATEGORY_WORDING = {
    "A0": "forwarded to another entity",
    "A1": "received",
    "A2": "accepted into adjudication",
    "A3": "returned as unprocessable",
    "A4": "not found",
    "A5": "split for processing",
    "A6": "refused: information is missing",
    "A7": "refused: information is invalid",
    "A8": "refused: information contradicts itself",
}
"""Our own words for 277CA STC01-1."""


DENIED_WORDING = {"none": "", "lines": "; lines are denied", "all": "; the claim is denied"}


_WAITING = frozenset({State.READY, State.EDIT_FAILED})
_TAKEN = frozenset({State.CLEARINGHOUSE_ACCEPTED, State.PAYER_ACCEPTED})


class Next(Enum):
    """What follows from an adjudication."""

    NOTHING = "nothing"
    NEXT_PAYER = "next payer"
    """A balance remains and another coverage is there: its claim is made."""
    PATIENT = "patient"
    """No payer is left: what remains by PR-1/2/3 is the patient's. To be said."""


class Change(Struct, frozen=True, gc=False):
    """What folding did to a claim."""

    before: State
    after: State

    @property
    def rejected(self) -> bool:
        """The claim became rejected, or was rejected otherwise before."""
        return self.after in REJECTED and self.before is not self.after

    @property
    def accepted(self) -> bool:
        """A clearinghouse or payer newly has the claim."""
        return self.after in _TAKEN and self.before is not self.after


def apply(claim: Claim, outcome: Outcome, now: datetime) -> Change:
    """Takes over what the facts say. Our own work (a claim held, waiting or in an unsent file) is not moved by it, but for
    one thing: money for a claim that we were about to send again as an original.
    """
    before = claim.state
    paid_meanwhile = bool(outcome.live) and before in _WAITING and claim.frequency not in REPLACING
    if before in OUTSIDE or paid_meanwhile:
        claim.state = outcome.state
        claim.payer_holds = _held_by_payer(claim, outcome)
        if paid_meanwhile:
            claim.findings, claim.ready_at = (), None
    claim.insurance_paid_cents = outcome.insurance_paid_cents
    claim.payer_claim_control_number = outcome.payer_claim_control_number or claim.payer_claim_control_number
    claim.updated_at = now
    return Change(before, claim.state)


def _held_by_payer(claim: Claim, outcome: Outcome) -> bool:
    if outcome.state in REJECTED:
        return claim.frequency in REPLACING
    return outcome.state is not State.REVERSED


def what_follows(claim: Claim, outcome: Outcome) -> Next:
    """The step after an adjudication, and what the claim remembers of it.

    Where an adjudication is taken back, what was said to the patient's account is undone: the correction says it anew.
    """
    if claim.state not in OUTSIDE:
        return Next.NOTHING
    if not outcome.live or not outcome.whole or outcome.state is State.FORWARDED:
        claim.responsibility = None
        return Next.NOTHING
    if claim.next_rank and sum([fact.charge_cents - fact.settled_cents for fact in outcome.live]) > 0:
        claim.responsibility = None
        return Next.NEXT_PAYER
    parts: dict[str, int] = {}
    for fact in outcome.live:
        for reason, amount in fact.responsibility:
            parts[reason] = parts.get(reason, 0) + amount
    responsibility = tuple(sorted([(reason, amount) for reason, amount in parts.items() if amount]))
    if claim.responsibility == responsibility:
        return Next.NOTHING
    claim.responsibility = responsibility
    claim.sequence_completed = True
    return Next.PATIENT


def reopens(claim: Claim, step: Next) -> bool:
    """Whether a payer's turn was said to be the last one, and is not: True once, and it is to be said."""
    if step is not Next.NEXT_PAYER or not claim.sequence_completed:
        return False
    claim.sequence_completed = False
    return True


def wording(fact: Acknowledged | Posted | Reversed) -> str:
    """One sentence about what the outside said, in our words."""
    if isinstance(fact, Posted):
        return f"The remittance pays {dollars(fact.paid_cents)}{DENIED_WORDING[fact.denied]}"
    if isinstance(fact, Reversed):
        return f"The payer takes back {dollars(fact.paid_cents)}"
    if fact.stage is Stage.INTERCHANGE:
        return "The receiver took the interchange" if fact.accepted else "The receiver refused the interchange (TA1)"
    if fact.stage is Stage.FUNCTIONAL:
        return "The receiver's syntax check passed" if fact.accepted else "The receiver refused the transaction set (999)"
    what = CATEGORY_WORDING.get(fact.category, "answered")
    status = f", status {fact.code}" if fact.code else ""
    entity = f" about entity {fact.entity}" if fact.entity else ""
    said = f": {fact.message}" if fact.message else ""
    return f"The {fact.stage.value} says {what} ({fact.category}{status}{entity}){said}"
