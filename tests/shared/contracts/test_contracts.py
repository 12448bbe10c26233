"""Contracts keep their promises: what is published stays readable, old versions are read as the newest."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import jsonschema
import orjson
import pydantic
import pytest
import yaml

from rcm.contracts.compatibility import incompatibilities
from rcm.contracts.envelope import Event, Payload
from rcm.contracts.export import Incompatible, asyncapi, broken_promises, export, files, schema_of
from rcm.contracts.registry import BY_TYPE, EVENTS, TOPICS, Registry, UnknownEvent, event_class

DOCS = Path(__file__).resolve().parents[3] / "docs"
COMMAND = "run `python -m rcm.contracts.export docs`"


class Money(Payload):
    amount_cents: int
    note: str = ""


class ThingMoved(Event):
    """A toy in its second version: `place` was split in `room` and `shelf`."""

    TOPIC: ClassVar[str] = "rcm.things"
    KEY: ClassVar[str] = "thing_id"
    VERSION: ClassVar[int] = 3

    thing_id: UUID
    room: str
    shelf: int
    money: Money

    @classmethod
    def upcast(cls, data: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        if version == 1:
            room, _, shelf = data["place"].partition("/")
            return {key: value for key, value in data.items() if key != "place"} | {"room": room, "shelf": int(shelf)}
        return {**data, "money": {"amount_cents": data["amount_cents"]}}


def test_older_versions_pass_through_all_upcasts() -> None:
    registry = Registry([ThingMoved])
    newest = ThingMoved(thing_id=UUID(int=7), room="hall", shelf=3, money=Money(amount_cents=5))
    first = b'{"thing_id": "00000000-0000-0000-0000-000000000007", "place": "hall/3", "amount_cents": 5}'
    second = b'{"thing_id": "00000000-0000-0000-0000-000000000007", "room": "hall", "shelf": 3, "amount_cents": 5}'
    assert registry.decode("rcm.things.ThingMoved.v1", first) == newest
    assert registry.decode("rcm.things.ThingMoved.v2", second) == newest
    assert registry.decode("rcm.things.ThingMoved.v3", newest.model_dump_json()) == newest


@pytest.mark.parametrize("name", ["rcm.things.ThingMoved.v4", "rcm.things.ThingMoved.v0", "rcm.things.Other.v1", "x", ""])
def test_what_no_contract_describes_is_refused(name: str) -> None:
    with pytest.raises(UnknownEvent):
        Registry([ThingMoved]).decode(name, b"{}")


def test_data_that_breaks_its_contract_is_refused_and_unknown_fields_are_passed_over() -> None:
    registry = Registry([ThingMoved])
    good = ThingMoved(thing_id=UUID(int=7), room="hall", shelf=3, money=Money(amount_cents=5))
    assert registry.decode("rcm.things.ThingMoved.v3", orjson.dumps(good.model_dump(mode="json") | {"new": 1})) == good
    with pytest.raises(pydantic.ValidationError):
        registry.decode("rcm.things.ThingMoved.v3", b'{"room": 1}')


def changed(path: str, value: Any) -> dict[str, Any]:
    """The toy's schema with one place set (or removed with ...)."""
    schema = copy.deepcopy(schema_of(ThingMoved))
    *steps, last = path.split("/")
    place: Any = schema
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("properties/room", ..., "/room: removed"),
        ("properties/shelf/type", "string", "/shelf: type was 'integer' and is 'string'"),
        ("properties/thing_id/format", "date", "/thing_id: format"),
        ("required", ["thing_id", "room", "shelf", "money", "new"], "/new: newly required"),
        ("required", ["thing_id", "room", "shelf"], "/money: may now be missing"),
        ("$defs/Money/properties/amount_cents/type", "string", "/money/amount_cents: type"),
        ("$defs/Money/required", ["amount_cents", "note"], "/money/note: newly required"),
        ("properties/room/enum", ["hall"], "/room: enum"),
    ],
)
def test_a_broken_promise_is_named(path: str, value: Any, said: str) -> None:
    found = incompatibilities(schema_of(ThingMoved), changed(path, value))
    assert len(found) == 1
    assert found[0].startswith(said)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/new", {"type": "string", "default": ""}),
        ("properties/room/description", "Where it stands"),
        ("title", "other words"),
        ("$defs/Money/properties/currency", {"type": "string", "default": "USD"}),
    ],
)
def test_what_may_change_may_change(path: str, value: Any) -> None:
    assert incompatibilities(schema_of(ThingMoved), changed(path, value)) == []


def test_export_refuses_to_break_what_is_published(tmp_path: Path) -> None:
    export(tmp_path)
    assert export(tmp_path) == []
    name = f"schemas/{EVENTS[0].type_name()}.json"
    published = orjson.loads((tmp_path / name).read_bytes())
    published["properties"]["once_promised"] = {"type": "string"}
    (tmp_path / name).write_bytes(orjson.dumps(published))
    with pytest.raises(Incompatible, match="once_promised: removed"):
        export(tmp_path)
    assert orjson.loads((tmp_path / name).read_bytes()) == published


def test_no_published_promise_is_broken() -> None:
    assert broken_promises(DOCS, files()) == {}, "make the next version of the event, with an upcast"


def test_the_documentation_is_what_the_code_says() -> None:
    for name, content in files().items():
        assert (DOCS / name).exists(), COMMAND
        assert (DOCS / name).read_bytes() == content, COMMAND


def test_every_version_ever_published_can_still_be_read() -> None:
    for file in (DOCS / "schemas").glob("*.json"):
        assert event_class(file.stem).__name__ == file.stem.split(".")[-2]


def test_schemas_are_valid_and_asyncapi_refers_to_all_of_them() -> None:
    for event in EVENTS:
        jsonschema.Draft202012Validator.check_schema(schema_of(event))
    document = yaml.safe_load(yaml.safe_dump(asyncapi()))
    assert set(document["channels"]) == set(TOPICS)
    for message in document["components"]["messages"].values():
        assert (DOCS / message["payload"]["schema"]["$ref"]).exists()
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        place: Any = document
        for step in reference.split("/"):
            place = place[step]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_event_says_what_it_is_and_has_its_key(event: type[Event]) -> None:
    assert event.KEY in event.model_fields
    assert event.model_fields[event.KEY].annotation is UUID
    assert (event.__doc__ or "").strip()
    assert BY_TYPE[event.type_name()] is event
    for name, field in event.model_fields.items():
        assert field.annotation is not float, f"{name}: no float in a contract"
