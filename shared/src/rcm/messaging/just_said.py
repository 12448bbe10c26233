"""What this process has said of late: of that its relay reads the places from the log alone, and not the content once more.

The log decides what was said and in which order. Nothing is here that it does not hold, and what is not here is read from it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from rcm.messaging.unit_of_work import UnitOfWork
from rcm.messaging.wire import Envelope, topic_of

KEPT_MAX = 10_000
"""Events of a service, about a kilobyte each: where its relay is so far behind it reads the log."""


class JustSaid:
    """One service's events that are committed and not published yet, by their ids."""

    def __init__(self) -> None:
        self._envelopes: dict[UUID, Envelope] = {}

    def __len__(self) -> int:
        return len(self._envelopes)

    def add(self, unit: UnitOfWork, unheard: Collection[str]) -> None:
        """What a unit has said that is committed now, without those types."""
        if len(self._envelopes) + len(unit.pending) > KEPT_MAX:
            self.clear()
        if unit.said_at is None or len(unit.pending) > KEPT_MAX:
            return
        now = datetime.now(UTC)
        for event in unit.pending:
            data = event.data
            if (kind := data.type_name()) not in unheard:
                self._envelopes[event.event_id] = Envelope(
                    event.event_id,
                    event.organisation_id,
                    topic_of(kind),
                    kind,
                    data.key,
                    event.sequence,
                    unit.said_at,
                    event.correlation_id,
                    event.causation_id,
                    event.traceparent or None,
                    data.model_dump_json(),
                    logged_at=now,
                )

    def all_of(self, event_ids: Sequence[UUID]) -> list[Envelope] | None:
        """These events in their order; None where one of them is not here."""
        found = [self._envelopes.get(event_id) for event_id in event_ids]
        return [envelope for envelope in found if envelope is not None] if None not in found else None

    def forget(self, envelopes: Iterable[Envelope]) -> None:
        """They are published."""
        for envelope in envelopes:
            self._envelopes.pop(envelope.event_id, None)

    def clear(self) -> None:
        """What was said is to be looked up in the log."""
        self._envelopes.clear()
