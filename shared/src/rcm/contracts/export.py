"""The contracts for people and programs that don't read Python: docs/asyncapi.yaml and a JSON Schema for each event's version.

`python -m rcm.contracts.export docs` writes them. It refuses to overwrite a published schema with one that breaks its
promise: then the event needs its next version and an upcast.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import yaml

from rcm.contracts.compatibility import incompatibilities
from rcm.contracts.envelope import Event
from rcm.contracts.registry import EVENTS, TOPICS

OWNERS = {
    "rcm.encounters": "coding-svc",
    "rcm.claims": "claims-svc",
    "rcm.payments": "payments-svc",
    "rcm.patient-accounts": "patient-billing-svc",
}
UUID_TEXT = {"type": "string", "format": "uuid"}
HEADERS: Mapping[str, Mapping[str, Any]] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**UUID_TEXT, "description": "The event's id (UUIDv7). Keep the ids you have handled: an event may come twice."},
    "ce_source": {"type": "string", "description": "The service that says it, as /claims-svc."},
    "ce_type": {"type": "string", "description": "The event with its version, as rcm.claims.ClaimSubmitted.v1."},
    "ce_subject": {**UUID_TEXT, "description": "The aggregate's id: the record's key. Order holds per key within a topic."},
    "ce_sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "The aggregate's version that this event made."},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_dataschema": {"type": "string", "description": "The JSON Schema of the data, relative to this document."},
    "ce_organisationid": {**UUID_TEXT, "description": "Whose event it is."},
    "ce_correlationid": {**UUID_TEXT, "description": "The encounter's id, where there is one, else the aggregate's."},
    "ce_causationid": {**UUID_TEXT, "description": "The event or request that caused it, where one did."},
    "ce_traceparent": {"type": "string", "description": "W3C trace context."},
    "content-type": {"type": "string", "const": "application/json"},
}
OPTIONAL_HEADERS = {"ce_causationid", "ce_traceparent"}


class Incompatible(Exception):
    """A published schema would lose what it promised."""

    def __init__(self, found: Mapping[str, Sequence[str]]) -> None:
        super().__init__("\n".join(f"{name}: {line}" for name, lines in found.items() for line in lines))


def schema_of(event: type[Event]) -> dict[str, Any]:
    """JSON Schema 2020-12 of the event's data, as every reader may rely on it."""
    schema = event.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"schemas/{event.type_name()}.json",
        **schema,
        "title": event.type_name(),
    }


def files() -> dict[str, bytes]:
    """Every file of the documentation by its path."""
    found = {f"schemas/{event.type_name()}.json": _pretty(schema_of(event)) for event in EVENTS}
    text = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120)
    found["asyncapi.yaml"] = f"# Made by `python -m rcm.contracts.export docs`. Don't edit.\n{text}".encode()
    return found


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: a channel per topic, a message per event."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Open revenue cycle: events",
            "version": "1.0.0",
            "description": (
                "CloudEvents 1.0 on Kafka in binary mode: attributes in headers, the JSON data as the value, the aggregate's "
                "id as the key. Delivery is at least once and in order per key within a topic, never across topics. Amounts "
                "are whole US cents (_cents), dates ISO 8601. Fields may be added: pass over those you don't know. The same "
                "events, of one organisation, are at GET /v1/events and /v1/events/stream of each service, structured mode."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": "localhost:9092", "protocol": "kafka", "description": "RCM_KAFKA_BOOTSTRAP"}},
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{OWNERS[topic]}-says": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic}"},
                "messages": [{"$ref": f"#/channels/{topic}/messages/{event.__name__}"} for event in _of(topic)],
            }
            for topic in TOPICS
        },
        "components": {
            "messages": {event.__name__: _message(event) for event in EVENTS},
            "schemas": {
                "Headers": {
                    "type": "object",
                    "properties": {name: dict(schema) for name, schema in HEADERS.items()},
                    "required": [name for name in HEADERS if name not in OPTIONAL_HEADERS],
                }
            },
        },
    }


def _of(topic: str) -> list[type[Event]]:
    return [event for event in EVENTS if topic == event.TOPIC]


def _channel(topic: str) -> dict[str, Any]:
    return {
        "address": topic,
        "title": f"What {OWNERS[topic]} says",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in _of(topic)},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": {"$ref": _path(event)}},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": {**UUID_TEXT, "description": f"The data's {event.KEY}."}}},
    }


def _path(event: type[Event]) -> str:
    return f"./schemas/{event.type_name()}.json"


def _pretty(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def broken_promises(folder: Path, made: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What the published schemas in `folder` would lose by the new files, by file."""
    found: dict[str, list[str]] = {}
    for name, content in made.items():
        place = folder / name
        if name.startswith("schemas/") and place.exists():
            lost = incompatibilities(orjson.loads(place.read_bytes()), orjson.loads(content))
            if lost:
                found[name] = lost
    return found


def export(folder: Path) -> list[str]:
    """Writes what is new or changed; answers those names. Raises Incompatible and writes nothing."""
    made = files()
    if broken := broken_promises(folder, made):
        raise Incompatible(broken)
    changed = []
    for name, content in made.items():
        place = folder / name
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            changed.append(name)
    return changed


def main(arguments: Sequence[str]) -> int:
    """The command; 1 where a promise would be broken."""
    try:
        changed = export(Path(arguments[0] if arguments else "docs"))
    except Incompatible as error:
        sys.stderr.write(f"These changes need the event's next version and an upcast:\n{error}\n")
        return 1
    sys.stdout.write("".join(f"{name}\n" for name in changed) or "nothing changed\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
