"""A file as events in its order: interchanges, groups, transactions, what these hold, and their ends. Nothing is kept."""

from collections.abc import Callable, Generator, Iterator
from typing import Any

from msgspec import Struct

from rcm.x12.elements import day
from rcm.x12.grammar import Source
from rcm.x12.interchange import Group, Interchange, Loose, TransactionSet, Walker, at
from rcm.x12.loops import kind_of
from rcm.x12.problems import Problem
from rcm.x12.report.answers import (
    claim_acknowledgement,
    eligibility_answers,
    eligibility_inquiries,
    functional_acknowledgement,
    status_answers,
    status_inquiries,
)
from rcm.x12.report.claims import claims
from rcm.x12.report.payments import remittance
from rcm.x12.report.segments import untyped

Json = dict[str, Any]
Body = Generator[tuple[str, Json], None, Json]
"""Hands out members of lists, each with its list's name, and ends with the fields that are told once."""

PROBLEMS_MAX = 10_000
"""Faults that a report names; of those beyond it tells how many there are."""
_BODIES: dict[str, Callable[[Walker, TransactionSet, list[Problem]], Body]] = {
    "835": remittance,
    "837P": claims,
    "837I": claims,
    "837D": claims,
    "999": functional_acknowledgement,
    "997": functional_acknowledgement,
    "277CA": claim_acknowledgement,
    "277": status_answers,
    "276": status_inquiries,
    "271": eligibility_answers,
    "270": eligibility_inquiries,
}


class Begin(Struct, frozen=True, gc=False):
    """An interchange, group or transaction begins."""

    what: str
    """interchange, group or transaction."""
    fields: Json


class Member(Struct, frozen=True, gc=False):
    """One more of a transaction's list, such as a claim."""

    of: str
    value: Json


class End(Struct, frozen=True, gc=False):
    """An interchange, group, transaction or the file ends; what is known only now."""

    what: str
    fields: Json


Event = Begin | Member | End


def read_events(source: Source) -> Iterator[Event]:
    """The file's events; the last is the file's end with `segments` and `problems`. Raises NotX12."""
    return _Reading(source).events()


class _Reading:
    """Walks a file and tells what begins and ends, also where a group holds nothing."""

    def __init__(self, source: Source) -> None:
        self._walker = Walker(source)
        self._problems: list[Problem] = []
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._seen = 0
        """Interchanges begun."""
        self._groups_seen = 0
        """Groups of the interchange at hand begun."""
        self._answers: list[Json] = []
        """TA1 of the interchange at hand."""

    def events(self) -> Iterator[Event]:
        """Everything in the file's order."""
        walker = self._walker
        for item in walker:
            if isinstance(item, Loose):
                yield from self._up_to(item.interchange, None)
                if item.elements[0] == "TA1":
                    ta1 = item.elements
                    self._answers.append({"control_number": at(ta1, 1), "code": at(ta1, 4), "note": at(ta1, 5)})
                continue
            yield from self._up_to(item.interchange, item.group)
            yield from self._transaction(item)
        if walker.interchanges:
            yield from self._up_to(walker.interchanges[-1], None)
            yield from self._end_interchange()
        yield End("file", {"segments": walker.number, "problems": self._told_problems()})

    def _up_to(self, interchange: Interchange, group: Group | None) -> Iterator[Event]:
        """Ends and begins interchanges and groups until these stand open."""
        while self._interchange is not interchange:
            yield from self._end_interchange()
            self._interchange = self._walker.interchanges[self._seen]
            self._seen, self._groups_seen = self._seen + 1, 0
            yield Begin("interchange", _interchange(self._interchange))
        while group is not None and self._group is not group:
            yield from self._next_group(interchange)

    def _next_group(self, interchange: Interchange) -> Iterator[Event]:
        """Begins the interchange's next group, which may hold nothing."""
        yield from self._end_group()
        self._group = told = interchange.groups[self._groups_seen]
        self._groups_seen += 1
        fields = {"functional_id": told.functional_id, "version": told.version, "control_number": told.control_number}
        yield Begin("group", fields)

    def _end_group(self) -> Iterator[Event]:
        if self._group is not None:
            self._group = None
            yield End("group", {})

    def _end_interchange(self) -> Iterator[Event]:
        """Ends the interchange at hand, after the groups that hold nothing and come last."""
        if self._interchange is None:
            return
        while self._groups_seen < len(self._interchange.groups):
            yield from self._next_group(self._interchange)
        yield from self._end_group()
        yield End("interchange", {"acknowledgements": self._answers})
        self._interchange, self._answers = None, []

    def _transaction(self, item: TransactionSet) -> Iterator[Event]:
        kind = kind_of(item.identifier, item.version)
        head = {"type": item.identifier, "kind": kind, "control_number": item.control_number, "version": item.version}
        yield Begin("transaction", head)
        body = _BODIES.get(kind, untyped)(self._walker, item, self._problems)
        while True:
            try:
                name, value = next(body)
            except StopIteration as stop:
                yield End("transaction", {**stop.value, "segments": self._walker.number - item.first_segment + 1})
                return
            yield Member(name, value)

    def _told_problems(self) -> list[Json]:
        """Every fault once, in the file's order."""
        found = sorted({*self._problems, *self._walker.problems}, key=lambda one: (one.segment_number, one.element, one.code))
        told = [{name: getattr(one, name) for name in one.__struct_fields__} for one in found[:PROBLEMS_MAX]]
        if len(found) > PROBLEMS_MAX:
            beyond = f"{len(found) - PROBLEMS_MAX} more faults are not named"
            last = found[PROBLEMS_MAX]
            told.append({"segment_number": last.segment_number, "segment": last.segment, "element": 0, "code": "more-faults",
                         "message": beyond})  # fmt: skip
        return told


def _interchange(interchange: Interchange) -> Json:
    on = day(interchange.date[:6])
    return {
        "control_number": interchange.control_number,
        "sender": interchange.sender,
        "receiver": interchange.receiver,
        "version": interchange.version,
        "date": on.isoformat() if on else interchange.date,
        "delimiters": str(interchange.delimiters),
    }
