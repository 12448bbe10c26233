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


ORDER = (
    "created",
    "recoded",
    "corrected",
    "resubmitted",
    "held",
    "passed",
    "batched",
    "submitted",
    "interchange acknowledged",
    "functional acknowledged",
    "acknowledged",
    "informed",
    "posted",
    "reversed",
    "cancelled",
    "voided",
    "closed",
    "task opened",
    "task closed",
)
"""The order of what happened at the same instant."""
_PLACE = {kind: place for place, kind in enumerate(ORDER)}


def in_order(moments: Sequence[Moment]) -> list[Moment]:
    """By time, then by ORDER, then as they came."""
    return sorted(moments, key=lambda moment: (moment.at, _PLACE.get(moment.kind, len(ORDER))))
