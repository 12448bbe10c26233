"""The states of a remittance and of each of its CLPs, the balances' verdict, and the exits from quarantine and holding."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from rcm.errors import Conflict


class RemittanceState(StrEnum):
    """What became of a remittance as a whole."""

    POSTED = "posted"
    """Its cash is in the ledger; single CLPs may be held or unmatched, in suspense."""
    QUARANTINED = "quarantined"
    """Nothing of it is posted."""
    SUPERSEDED = "superseded"
    """Another content of the same check was posted instead."""
    CORRECTED = "corrected"
    """Its content mended held CLPs of the remittance that came first."""
    POSTED_BY_HAND = "posted_by_hand"
    DISMISSED = "dismissed"


class ClaimState(StrEnum):
    """What became of one CLP."""

    __hash__ = str.__hash__  # that of enumerations is Python's own and ten times slower

    POSTED = "posted"
    REVERSED = "reversed"
    """It was posted, and a later CLP took it back."""
    REVERSAL = "reversal"
    """It took another CLP back."""
    INFORMATION = "information"
    """CLP02 23 of a claim of ours, or 25, without money."""
    HELD = "held"
    """It does not balance by itself; its payment is in suspense."""
    UNMATCHED = "unmatched"
    """It is no claim that we know yet, a reversal of nothing that we know, or a second answer of what was answered; its payment
    is in suspense.
    """
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    """A corrected file's content was posted in its place."""
    POSTED_BY_HAND = "posted_by_hand"
    DISMISSED = "dismissed"


REMITTANCE_TRANSITIONS: Mapping[RemittanceState, frozenset[RemittanceState]] = {
    RemittanceState.QUARANTINED: frozenset(RemittanceState) - {RemittanceState.QUARANTINED},
    RemittanceState.POSTED: frozenset(),
    RemittanceState.SUPERSEDED: frozenset(),
    RemittanceState.CORRECTED: frozenset(),
    RemittanceState.POSTED_BY_HAND: frozenset(),
    RemittanceState.DISMISSED: frozenset(),
}
_EXITS = frozenset({ClaimState.SUPERSEDED, ClaimState.CORRECTED, ClaimState.POSTED_BY_HAND, ClaimState.DISMISSED})
CLAIM_TRANSITIONS: Mapping[ClaimState, frozenset[ClaimState]] = {
    ClaimState.HELD: _EXITS | {ClaimState.POSTED, ClaimState.REVERSAL},
    ClaimState.UNMATCHED: _EXITS | {ClaimState.POSTED, ClaimState.REVERSAL, ClaimState.INFORMATION},
    ClaimState.POSTED: frozenset({ClaimState.REVERSED}),
    ClaimState.REVERSED: frozenset(),
    ClaimState.REVERSAL: frozenset(),
    ClaimState.INFORMATION: frozenset(),
    **{state: frozenset() for state in _EXITS},
}
WAITING = frozenset({ClaimState.HELD, ClaimState.UNMATCHED})
"""Their money is in suspense, and a person or a later fact has to do something."""


class Exit(StrEnum):
    """How a person ends quarantine or holding without posting here."""

    SUPERSEDED = "superseded"
    CORRECTED_FILE = "corrected_file"
    POSTED_BY_HAND = "posted_by_hand"
    DISMISSED = "dismissed"


class Reason(StrEnum):
    """Why something is quarantined, held or unmatched."""

    TRANSACTION_UNBALANCED = "transaction-unbalanced"
    PAYEE_UNKNOWN = "payee-unknown"
    SAME_CHECK_OTHER_CONTENT = "same-check-other-content"
    UNREADABLE = "unreadable"
    LINE_UNBALANCED = "line-unbalanced"
    CLAIM_UNBALANCED = "claim-unbalanced"
    UNMATCHED = "unmatched"
    REVERSAL_WITHOUT_ORIGINAL = "reversal-without-original"
    ANSWERED_BEFORE = "answered-before"
    """Another answer of the same claim stands, and both together would settle more than was charged."""
    NOT_A_PAYMENT = "not-a-payment"
    """CLP02 23 or 25 that carries money."""


class NotPossibleNow(Conflict):
    """The state does not allow this step."""

    code = "not-possible-in-this-state"
    title = "This is not possible in the state it is in"


S = TypeVar("S", RemittanceState, ClaimState)


def move(table: Mapping[S, frozenset[S]], state: S, to: S) -> S:
    """The new state. Raises NotPossibleNow where the table has no such step."""
    if to not in table[state]:
        raise NotPossibleNow(f"{state.value} can't become {to.value}")
    return to
