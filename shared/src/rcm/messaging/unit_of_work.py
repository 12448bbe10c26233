"""One transaction of a service: its connection, its clock, and what it will say when it commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from rcm.clock import Clock
from rcm.contracts.envelope import Event, Message, WrittenEvent
from rcm.ids import new_id
from rcm.messaging.wire import Envelope

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]


class Cause(Struct, frozen=True, gc=False):
    """Why something is written: the request or the event, and the trace it belongs to."""

    causation_id: UUID | None = None
    traceparent: str | None = None
    actor: str = ""
    """Who: a token's subject and role, or the service and event type; for timelines."""


class PendingEvent(Struct, frozen=True, gc=False):
    """An event that the transaction's end appends to the log."""

    event_id: UUID
    organisation_id: UUID
    sequence: int
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: Event | WrittenEvent


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that arrived before the fact it refers to."""

    message: Message[Any]
    kind: str
    awaited_id: UUID
    envelope: Envelope | None = None
    """The message as it came, where its data is not its event's own model."""


class UnitOfWork:
    """What a handler is given. The edge (rcm.web, rcm.messaging) begins it, commits it, retries it.

    The connection is in a REPEATABLE READ transaction; with `organisation_id` row-level security shows that organisation's
    rows alone, without one (consumers, periodic work) all rows are seen and each row written names its organisation.
    """

    def __init__(self, connection: "Connection", clock: Clock, *, organisation_id: UUID | None, cause: Cause) -> None:
        self.connection = connection
        self.clock = clock
        self.organisation_id = organisation_id
        self.cause = cause
        self.pending: list[PendingEvent] = []
        self.said_at: datetime | None = None
        """The time of what it says, once that is in the log."""
        self.waiting: list[Waiting] = []
        self.arrivals: set[tuple[str, UUID]] = set()
        self.released = False
        """Whether something waited for the arrivals, once they are flushed."""
        self.woken: set[str] = set()

    @property
    def organisation(self) -> UUID:
        """The request's organisation; only in a unit that serves one."""
        assert self.organisation_id is not None, "this unit of work serves no single organisation"
        return self.organisation_id

    def emit(
        self,
        event: Event | WrittenEvent,
        *,
        organisation_id: UUID,
        sequence: int,
        correlation_id: UUID,
        caused_by: Message[Any] | None = None,
    ) -> UUID:
        """Says `event` when this transaction commits; answers its id.

        `sequence` is the aggregate's version that this transaction wrote: whoever says something about an aggregate updates
        that aggregate's row. Several events of one aggregate in one transaction have several versions. `correlation_id` is
        the encounter's id, where there is one, else the aggregate's. `caused_by` overrides the unit's own cause: in a batch
        each event names the message that caused it.
        """
        event_id = new_id()
        self.pending.append(
            PendingEvent(
                event_id,
                organisation_id,
                sequence,
                correlation_id,
                caused_by.event_id if caused_by else self.cause.causation_id,
                caused_by.traceparent if caused_by else self.cause.traceparent,
                event,
            )
        )
        return event_id

    def wait_for(self, message: Message[Any], kind: str, awaited_id: UUID) -> None:
        """Parks a message until the fact (`kind`, `awaited_id`) has arrived, e.g. ("claim", claim_id).

        The message counts as taken; it comes to its handler again, in a batch with others, when a transaction of this
        service has `arrived` it, and besides on every sweep.
        """
        self.waiting.append(Waiting(message, kind, awaited_id))

    def wake(self, periodic: str) -> None:
        """Lets the service's periodic work of this name look right after the commit: this transaction may have made some."""
        self.woken.add(periodic)

    def arrived(self, kind: str, ids: Iterable[UUID]) -> None:
        """Says that these facts are written now: what waits for them is handled after this transaction's own work."""
        self.arrivals.update((kind, identity) for identity in ids)
