"""An envelope as a Kafka record: CloudEvents 1.0, binary mode. Attributes in headers, the data alone as the value."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from rcm.clock import instant_of
from rcm.ids import id_of
from rcm.messaging.wire import Envelope, schema_address

Headers = Sequence[tuple[str, bytes]]
NOBODY = UUID(int=0)


class MalformedRecord(ValueError):
    """A record on one of our topics that is no event of ours: an attribute is missing or has no form."""

    code = "malformed-record"


def headers_of(envelope: Envelope, source: str) -> list[tuple[str, bytes]]:
    """All attributes of the event; nothing in them tells who a patient is."""
    said = [
        *_of_type(envelope.type, source),
        ("ce_id", str(envelope.event_id).encode()),
        ("ce_subject", str(envelope.subject).encode()),
        ("ce_sequence", str(envelope.sequence).encode()),
        ("ce_time", _instant(envelope.time)),
        ("ce_organisationid", str(envelope.organisation_id).encode()),
        ("ce_correlationid", str(envelope.correlation_id).encode()),
    ]
    if envelope.causation_id is not None:
        said.append(("ce_causationid", str(envelope.causation_id).encode()))
    if envelope.traceparent is not None:
        said.append(("ce_traceparent", envelope.traceparent.encode()))
    return said


@lru_cache(maxsize=256)
def _of_type(type_name: str, source: str) -> Headers:
    """What all events of a type have in common."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", type_name.encode()),
        ("ce_dataschema", schema_address(type_name).encode()),
        ("content-type", b"application/json"),
    )


@lru_cache(maxsize=64)
def _instant(time: datetime) -> bytes:
    """RFC 3339 in UTC; all events of a transaction have the same."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()


def _trace(given: bytes | None) -> str | None:
    """A trace that can't be one, with a control character or none at all, is no reason to lose the event: it has none then."""
    trace = given.decode() if given is not None else ""
    return trace if trace and trace.isprintable() else None


def envelope_of_record(topic: str, place: str, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Envelope:
    """The envelope of a record. One that is malformed gets an id of its `place` and carries the fault with it."""
    found = dict(headers)
    try:
        causation, traceparent = found.get("ce_causationid"), found.get("ce_traceparent")
        return Envelope(
            id_of(found["ce_id"].decode()),
            id_of(found["ce_organisationid"].decode()),
            topic,
            found["ce_type"].decode(),
            id_of(found["ce_subject"].decode()),
            int(found["ce_sequence"]),
            instant_of(found["ce_time"].decode()),
            id_of(found["ce_correlationid"].decode()),
            id_of(causation.decode()) if causation else None,
            _trace(traceparent),
            value or b"",
        )
    except (KeyError, ValueError) as error:
        made_up = uuid5(NAMESPACE_URL, f"kafka:{place}")
        said = found.get("ce_type", b"").decode(errors="replace") or f"{topic}.Malformed.v1"
        fault = MalformedRecord(f"{place}: {type(error).__name__} {error}")
        return Envelope(
            made_up, NOBODY, topic, said, made_up, 0, datetime.now(UTC), made_up, None, None, value or b"", fault=fault
        )
