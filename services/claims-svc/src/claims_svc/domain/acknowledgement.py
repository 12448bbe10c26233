"""An acknowledgement as it came: kept whole, applied as far as it names what we sent, the rest put aside by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from rcm.errors import Conflict


class AcknowledgementState(StrEnum):
    """What became of it."""

    APPLIED = "APPLIED"
    """All that it says is known at its submissions and claims."""
    QUARANTINED = "QUARANTINED"
    """It names something that we never sent, or not yet; what it says about the rest is applied."""


ACKNOWLEDGEMENT_TRANSITIONS: Mapping[AcknowledgementState, frozenset[AcknowledgementState]] = {
    AcknowledgementState.QUARANTINED: frozenset({AcknowledgementState.APPLIED, AcknowledgementState.QUARANTINED}),
    AcknowledgementState.APPLIED: frozenset(),
}
"""What a retry may do; facts themselves have no states."""


class NothingToRetry(Conflict):
    """Nothing of the acknowledgement is put aside."""

    code = "nothing-to-retry"
    title = "All of this acknowledgement is applied already"


class Unresolved(Struct, frozen=True, gc=False):
    """A part of an acknowledgement that names nothing of ours."""

    kind: str
    """TA1, 999 or 277CA."""
    control_number: str
    """ISA13 (TA1), GS06 (999), patient control number or batch reference (277CA)."""
    reason: str


@dataclass(slots=True)
class Acknowledgement:
    """One X12 body with any number of TA1, 999 and 277CA."""

    organisation_id: UUID
    acknowledgement_id: UUID
    state: AcknowledgementState
    kinds: str
    """In the order of the file, as "TA1 999"."""
    sha256: str
    size: int
    received_at: datetime
    received_by: str
    version: int = 1
    accepted: int = 0
    """Claims that it accepts (277CA)."""
    rejected: int = 0
    """Claims that it rejects."""
    unresolved: tuple[Unresolved, ...] = ()


def may_be_retried(acknowledgement: Acknowledgement) -> None:
    """Raises NothingToRetry where all of it is applied."""
    if not ACKNOWLEDGEMENT_TRANSITIONS[acknowledgement.state]:
        raise NothingToRetry()
