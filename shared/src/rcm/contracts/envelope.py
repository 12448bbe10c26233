"""The envelope of every event: CloudEvents 1.0 attributes around a typed payload (EVENTS in docs/ARCHITECTURE.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from msgspec import Struct
from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """A part of an event's data. Readers are tolerant: a field that they don't know is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


_TYPE_NAMES: dict[type, str] = {}


class Event(Payload):
    """The base of all events. A subclass names its topic, its name and its version.

    A published version never changes meaning and never loses or retypes a field; a new field has a default.
    Anything else is the next version, with an `upcast` from the one before.
    """

    TOPIC: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KEY: ClassVar[str]
    """The field that holds the aggregate's id: the key on Kafka, `ce_subject`."""

    @classmethod
    def type_name(cls) -> str:
        """`rcm.claims.ClaimSubmitted.v1`, the CloudEvents type."""
        name = _TYPE_NAMES.get(cls)
        if name is None:
            name = _TYPE_NAMES[cls] = f"{cls.TOPIC}.{cls.__name__}.v{cls.VERSION}"
        return name

    @classmethod
    def upcast(cls, data: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        """Data of an earlier `version` in the shape of the next one; called once for each step."""
        raise NotImplementedError(f"{cls.__name__} has no version {version}")

    @property
    def key(self) -> UUID:
        """The aggregate's id."""
        value = getattr(self, self.KEY)
        assert isinstance(value, UUID)
        return value


class WrittenEvent(Struct, frozen=True, gc=False):
    """An event whose JSON stands already, made from values that were validated: for a hot path that need not do it twice.

    Whoever makes one tests that the JSON is what the event's own model would write.
    """

    event: type[Event]
    key: UUID
    """The aggregate's id."""
    json: str

    def type_name(self) -> str:
        """The CloudEvents type."""
        return self.event.type_name()

    def model_dump_json(self) -> str:
        """The data."""
        return self.json


DataT_co = TypeVar("DataT_co", covariant=True)


class Message(Struct, Generic[DataT_co], frozen=True, gc=False):
    """An event with its envelope, as a consumer gets it; `data` is the event, or what its service reads of it."""

    event_id: UUID
    organisation_id: UUID
    sequence: int
    """The aggregate's version that this event made."""
    time: datetime
    correlation_id: UUID
    """The encounter's id, where there is one."""
    causation_id: UUID | None
    """The event or request that caused it."""
    traceparent: str | None
    data: DataT_co
