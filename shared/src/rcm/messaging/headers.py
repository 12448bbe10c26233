"""An envelope as a Kafka record: CloudEvents 1.0, binary mode. Attributes in headers, the data alone as the value."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from rcm.ids import id_of
from rcm.messaging.wire import Envelope, schema_address

Headers = Sequence[tuple[str, bytes]]
NOBODY = UUID(int=0)


class MalformedRecord(ValueError):
    """A record on one of our topics that is no event of ours: an attribute is missing or has no form."""

    code = "malformed-record"


def headers_of(envelope: Envelope, source: str) -> list[tuple[str, bytes]]:
    """All attributes of the event; nothing in them tells who a patient is."""
    said: list[tuple[str, str | None]] = [
        ("ce_specversion", "1.0"),
        ("ce_id", str(envelope.event_id)),
        ("ce_source", source),
        ("ce_type", envelope.type),
        ("ce_subject", str(envelope.subject)),
        ("ce_sequence", str(envelope.sequence)),
        ("ce_time", envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z")),
        ("ce_dataschema", schema_address(envelope.type)),
        ("ce_organisationid", str(envelope.organisation_id)),
        ("ce_correlationid", str(envelope.correlation_id)),
        ("ce_causationid", str(envelope.causation_id) if envelope.causation_id else None),
        ("ce_traceparent", envelope.traceparent),
        ("content-type", "application/json"),
    ]
    return [(name, value.encode()) for name, value in said if value is not None]


def envelope_of_record(topic: str, place: str, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Envelope:
    """The envelope of a record. One that is malformed gets an id of its `place` and carries the fault with it."""
    found = dict(headers)
    try:
        text = {name: content.decode() for name, content in found.items() if name.startswith("ce_")}
        causation = text.get("ce_causationid")
        return Envelope(
            id_of(text["ce_id"]),
            id_of(text["ce_organisationid"]),
            topic,
            text["ce_type"],
            id_of(text["ce_subject"]),
            int(text["ce_sequence"]),
            datetime.fromisoformat(text["ce_time"]),
            id_of(text["ce_correlationid"]),
            id_of(causation) if causation else None,
            text.get("ce_traceparent"),
            value or b"",
        )
    except (KeyError, ValueError) as error:
        made_up = uuid5(NAMESPACE_URL, f"kafka:{place}")
        said = found.get("ce_type", b"").decode(errors="replace") or f"{topic}.Malformed.v1"
        fault = MalformedRecord(f"{place}: {type(error).__name__} {error}")
        return Envelope(
            made_up, NOBODY, topic, said, made_up, 0, datetime.now(UTC), made_up, None, None, value or b"", fault=fault
        )
