"""A whole file as one JSON object, what `rcm x12 read --json` prints: written while it is read, nothing is kept."""

from collections.abc import Iterator
from typing import Any

from msgspec import json

from rcm.x12.grammar import Source
from rcm.x12.report.events import Begin, End, Event, Member, read_events

__all__ = ["Begin", "End", "Event", "Member", "read_events", "read_report", "report_json"]

_HOLDS = {"file": "interchanges", "interchange": "groups", "group": "transactions"}
"""Which list stands open in what."""


def read_report(source: Source) -> dict[str, Any]:
    """Interchanges, groups, transactions with what they hold, and every fault with its place. Raises NotX12."""
    found: dict[str, Any] = json.decode(b"".join(report_json(source)))
    return found


def report_json(source: Source) -> Iterator[bytes]:
    """The same as JSON, in pieces as the file is read. Raises NotX12 before the first piece."""
    events = read_events(source)
    first = next(events)
    yield b'{"interchanges":['
    writer = _Writer()
    yield from writer.piece(first)
    for event in events:
        yield from writer.piece(event)


class _Writer:
    """Knows which list stands open and whether a comma is due."""

    def __init__(self) -> None:
        self._comma = False
        self._list = ""
        """The transaction's list that stands open."""

    def piece(self, event: Event) -> Iterator[bytes]:
        """The event's JSON."""
        if isinstance(event, Member):
            yield self._member(event)
        elif isinstance(event, Begin):
            opened = f',"{_HOLDS[event.what]}":[' if event.what in _HOLDS else ""
            yield (b"," if self._comma else b"") + json.encode(event.fields)[:-1] + opened.encode()
            self._comma = False
        else:
            closed = b"]" if event.what in _HOLDS or self._list else b""
            fields = json.encode(event.fields)
            yield closed + (b"," + fields[1:] if len(fields) > 2 else b"}")
            self._comma, self._list = True, ""

    def _member(self, event: Member) -> bytes:
        value = json.encode(event.value)
        if self._list == event.of:
            return b"," + value
        closed = b"]" if self._list else b""
        self._list = event.of
        return closed + f',"{event.of}":['.encode() + value
