"""Work for people that an event opens: a denial, a correction that the payer needs, a cancelled encounter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rcm.errors import Conflict


class TaskKind(StrEnum):
    """What is to be done."""

    DENIAL = "denial"
    """A payer denied a claim or lines of it: correct, appeal or write off."""
    REPLACEMENT = "replacement"
    """The encounter changed after its claim went to the payer: send a replacement."""
    CANCELLATION = "cancellation"
    """The encounter was cancelled after its claim went into a file: send a void."""
    PAYMENT_AFTER_WITHDRAWAL = "payment-after-withdrawal"
    """A payer paid for a claim that is VOIDED or CLOSED: ask it to take the money back."""


CLOSED_BY_WITHDRAWAL = frozenset({TaskKind.DENIAL, TaskKind.REPLACEMENT, TaskKind.CANCELLATION})
"""What nobody needs to do for a claim that is VOIDED or CLOSED."""


CLOSED_BY_REVERSAL = frozenset({TaskKind.DENIAL, TaskKind.PAYMENT_AFTER_WITHDRAWAL})
"""What is settled when the payer takes back the remittance that opened it."""


class TaskState(StrEnum):
    """Open until a person, or the event that makes it needless, closes it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


TASK_TRANSITIONS: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.OPEN: frozenset({TaskState.CLOSED}),
    TaskState.CLOSED: frozenset(),
}


class TaskClosed(Conflict):
    """The task is closed already."""

    code = "task-closed"
    title = "The task is closed already"


@dataclass(slots=True)
class Task:
    """One piece of work. `source_id` is what opened it: the same cause opens it once."""

    organisation_id: UUID
    task_id: UUID
    claim_id: UUID
    encounter_id: UUID
    kind: TaskKind
    source_id: UUID
    title: str
    details: dict[str, object]
    opened_at: datetime
    state: TaskState = TaskState.OPEN
    version: int = 1
    closed_at: datetime | None = None
    closed_by: str = ""
    resolution: str = ""


def close_task(task: Task, now: datetime, by: str, resolution: str) -> None:
    """OPEN -> CLOSED. Raises TaskClosed."""
    if TaskState.CLOSED not in TASK_TRANSITIONS[task.state]:
        raise TaskClosed()
    task.state = TaskState.CLOSED
    task.closed_at = now
    task.closed_by = by
    task.resolution = resolution
    task.version += 1
