"""A claim's whole story: its own history, its files and what was said about them, and the work it gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: who, what, when, why; and where it can be read in X12."""

    at: datetime
    actor: str
    kind: str
    """What happened."""
    reason: str
    """Why, or how."""
    state: str = ""
    """The claim's state after it, where it is known."""
    details: Any = None
    submission_id: UUID | None = None
    acknowledgement_id: UUID | None = None
    cause_id: UUID | None = None
    """The event that brought it."""
    patient_control_number: str = ""
    segments: Sequence[str] = ()


_FIRST = ("created", "held", "passed", "corrected", "recoded", "resubmitted")
_FILES = ("batched", "submitted", "interchange acknowledged", "functional acknowledged")
_LAST = ("task opened", "task closed")


def in_order(moments: Sequence[Moment]) -> list[Moment]:
    """By time; what happened at the same instant in the order of a claim's way, else as it came."""
    return sorted(moments, key=lambda moment: (moment.at, _place(moment.kind)))


def _place(kind: str) -> int:
    if kind in _FIRST:
        return 0
    if kind in _FILES:
        return 1 + _FILES.index(kind)
    return 6 if kind in _LAST else 5
