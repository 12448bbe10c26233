"""An event between the log and a handler: its envelope in columns or headers, its data still bytes."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct

from rcm.contracts.envelope import Event, Message
from rcm.contracts.registry import decode, newest_json

T = TypeVar("T")


class Position(NamedTuple):
    """A place in one service's log: commit order. `epoch` counts the clusters that a dump was restored into."""

    epoch: int
    xid: int
    seq: int


START = Position(0, 0, 0)


class Envelope(Struct, eq=False):
    """One event as it lies in the log or on a bus."""

    event_id: UUID
    organisation_id: UUID
    topic: str
    type: str
    subject: UUID
    sequence: int
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: str | bytes
    position: Position = START
    logged_at: datetime | None = None
    fault: ValueError | None = None
    """Why this is no event, where a bus brought something else."""
    _message: Message[Event] | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        """What order holds for: one aggregate's events on one topic."""
        return (self.topic, self.subject)

    def message(self, reads: Callable[[str | bytes], Any] | None = None) -> Message[Any]:
        """The event as its model, decoded once for all who take it so, or what `reads` makes of its newest version's JSON.

        Raises its fault, UnknownEvent, pydantic.ValidationError or what `reads` raises: all ValueErrors.
        """
        if self.fault is not None:
            raise self.fault
        if reads is not None:
            return self._with(reads(newest_json(self.type, self.data)))
        if self._message is None:
            self._message = self._with(decode(self.type, self.data))
        return self._message

    def _with(self, data: Any) -> Message[Any]:
        return Message(
            self.event_id,
            self.organisation_id,
            self.sequence,
            self.time,
            self.correlation_id,
            self.causation_id,
            self.traceparent,
            data,
        )


def one_for_all(column: list[T]) -> list[T]:
    """A column of a batch's rows, or one value where all are the same (an organisation mostly): in SQL what is missing is the
    first."""
    return column[:1] if column.count(column[0]) == len(column) else column


@lru_cache(maxsize=1024)
def topic_of(type_name: str) -> str:
    """`rcm.claims.ClaimVoided.v1` -> `rcm.claims`."""
    return type_name.rsplit(".", 2)[0]


@lru_cache(maxsize=1024)
def base_of(type_name: str) -> str:
    """`rcm.claims.ClaimVoided.v1` -> `rcm.claims.ClaimVoided`: the event in all its versions."""
    return type_name.rpartition(".v")[0]


def structured(envelope: Envelope, source: str) -> bytes:
    """CloudEvents 1.0 in JSON, structured mode."""
    from orjson import Fragment, dumps  # noqa: PLC0415 - only readers of the public stream need it

    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.event_id,
        "source": source,
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time,
        "datacontenttype": "application/json",
        "dataschema": schema_address(envelope.type),
        "sequence": str(envelope.sequence),
        "organisationid": envelope.organisation_id,
        "correlationid": envelope.correlation_id,
        "causationid": envelope.causation_id,
        "traceparent": envelope.traceparent,
        "data": Fragment(envelope.data),
    }
    return dumps({name: value for name, value in attributes.items() if value is not None}, default=str)


def schema_address(type_name: str) -> str:
    """Where the JSON Schema of a type lies: relative to the documentation's root."""
    return f"/schemas/{type_name}.json"
