"""The life of a claim (DOMAIN.md 2): what we may do ourselves, and what only the outside can say."""

from collections.abc import Mapping
from enum import StrEnum

from rcm.errors import Conflict


class State(StrEnum):
    """Where a claim stands."""

    DRAFT = "DRAFT"
    """Made, its edits not run."""
    EDIT_FAILED = "EDIT_FAILED"
    """Held: at least one edit refuses it."""
    READY = "READY"
    """Waits for its receiver's next file."""
    BATCHED = "BATCHED"
    """Stands in a file whose transmission is not recorded yet."""
    SUBMITTED = "SUBMITTED"
    """Left the house."""
    INTERCHANGE_REJECTED = "INTERCHANGE_REJECTED"
    """TA1 R: nothing of the file was taken."""
    FUNCTIONAL_REJECTED = "FUNCTIONAL_REJECTED"
    """999: its transaction set was refused."""
    CLEARINGHOUSE_ACCEPTED = "CLEARINGHOUSE_ACCEPTED"
    CLEARINGHOUSE_REJECTED = "CLEARINGHOUSE_REJECTED"
    PAYER_ACCEPTED = "PAYER_ACCEPTED"
    PAYER_REJECTED = "PAYER_REJECTED"
    PAID = "PAID"
    """Adjudicated and nothing denied, be it for $0 with a full deductible."""
    PARTIALLY_PAID = "PARTIALLY_PAID"
    """Adjudicated, some lines denied or not yet answered."""
    DENIED = "DENIED"
    """Adjudicated, all of it denied."""
    FORWARDED = "FORWARDED"
    """CLP02 23: not this payer's claim, sent on by it."""
    REVERSED = "REVERSED"
    """Its adjudication was taken back and no correction has come."""
    VOIDED = "VOIDED"
    """Withdrawn by us; the charges are reversed."""
    CLOSED = "CLOSED"
    """Nothing is left to bill to this payer, and no money moved."""


REJECTED = frozenset(
    {
        State.INTERCHANGE_REJECTED,
        State.FUNCTIONAL_REJECTED,
        State.CLEARINGHOUSE_REJECTED,
        State.PAYER_REJECTED,
    }
)
"""Refused before adjudication: no remittance will come for this submission."""
ADJUDICATED = frozenset({State.PAID, State.PARTIALLY_PAID, State.DENIED, State.FORWARDED, State.REVERSED})
OUTSIDE = REJECTED | ADJUDICATED | {State.SUBMITTED, State.CLEARINGHOUSE_ACCEPTED, State.PAYER_ACCEPTED}
"""The claim is, or was last, with a payer: its state follows from what the outside said."""
OURS = frozenset(State) - OUTSIDE
"""The state follows from our own work alone."""

WORKLIST = REJECTED | {
    State.EDIT_FAILED,
    State.READY,
    State.PARTIALLY_PAID,
    State.DENIED,
    State.FORWARDED,
    State.REVERSED,
}
"""Somebody, or the cutter of files, has something to do: claims in these states are found by an index."""

_CORRECTABLE = frozenset({State.READY, State.EDIT_FAILED})
WITHDRAWN_STATES = frozenset({State.VOIDED, State.CLOSED})

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.DRAFT: _CORRECTABLE | WITHDRAWN_STATES,
    State.EDIT_FAILED: _CORRECTABLE | WITHDRAWN_STATES,
    State.READY: _CORRECTABLE | WITHDRAWN_STATES | {State.BATCHED},
    State.BATCHED: frozenset({State.SUBMITTED}),
    State.SUBMITTED: _CORRECTABLE,
    State.INTERCHANGE_REJECTED: _CORRECTABLE | WITHDRAWN_STATES,
    State.FUNCTIONAL_REJECTED: _CORRECTABLE | WITHDRAWN_STATES,
    State.CLEARINGHOUSE_REJECTED: _CORRECTABLE | WITHDRAWN_STATES,
    State.PAYER_REJECTED: _CORRECTABLE | WITHDRAWN_STATES,
    State.CLEARINGHOUSE_ACCEPTED: _CORRECTABLE,
    State.PAYER_ACCEPTED: _CORRECTABLE,
    State.PAID: _CORRECTABLE,
    State.PARTIALLY_PAID: _CORRECTABLE,
    State.DENIED: _CORRECTABLE,
    State.FORWARDED: _CORRECTABLE,
    State.REVERSED: _CORRECTABLE | WITHDRAWN_STATES,
    State.VOIDED: frozenset(),
    State.CLOSED: _CORRECTABLE,
}
"""Our own work. From SUBMITTED, the accepted and the adjudicated states a claim becomes READY only as a replacement or a
void of what the payer holds (frequency 7 or 8: `claim.correct` sees to it). What acknowledgements and remittances say is
no transition: it is folded (`facts.fold`)."""


class TransitionRefused(Conflict):
    """The claim's state does not allow this step."""

    code = "claim-state"
    title = "The claim's state does not allow this"


def move(state: State, to: State) -> State:
    """`to`, where our own work may go there from `state`. Raises TransitionRefused."""
    if to not in TRANSITIONS[state]:
        raise TransitionRefused(f"a claim can't go from {state} to {to}")
    return to


def share(state: State) -> str:
    """A submitted claim's part in the partition of all submitted ones: rejected, paid, denied or open.

    Partly denied claims and $0 with a deductible are paid; whatever is unanswered, forwarded, taken back or in correction is
    open. Withdrawn claims (VOIDED, CLOSED) take no part: "".
    """
    if state in REJECTED:
        return "rejected"
    if state in {State.PAID, State.PARTIALLY_PAID}:
        return "paid"
    if state is State.DENIED:
        return "denied"
    return "" if state in WITHDRAWN_STATES else "open"
