"""`rcm x12 read`: what a file holds, as JSON that is written while it is read, or as counts and sums for people."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from rcm.money import dollars
from rcm.x12.report import End, Event, Member, read_events, report_json
from rcm.x12.show.text import printable
from rcm_deploy.cli.output import AsJson, people
from rcm_deploy.cli.x12_files import File, opened, put

SETS_SHOWN = 200
"""Transaction sets that get a line of their own."""
Json = dict[str, Any]
_SINGULAR = {"inquiries": "inquiry", "statuses": "status"}
_PLURAL = {one: many for many, one in _SINGULAR.items()}


def read(
    file: File,
    as_json: AsJson = False,
    summary: Annotated[bool, typer.Option("--summary", help="Counts and sums alone, without the faults.")] = False,
) -> None:
    """Shows what a file holds. Exit 1 where it is no X12 at all."""
    with opened(file, streams=as_json) as source:
        if as_json:
            put(report_json(source))
            put([b"\n"])
            return
        shown = _Summary(read_events(source))
    shown.show()
    if not summary:
        _show_problems(shown.problems)


class _Set:
    """A transaction set's counts and sums."""

    def __init__(self, fields: Json) -> None:
        self.fields = fields
        self.counts: dict[str, int] = {}
        self.charged = self.paid = 0
        self.segments = 0

    def take(self, member: Member) -> None:
        """One more of a list of it."""
        value = member.value
        self._count(member.of, 1)
        if member.of == "claims":
            lines = value["lines"]
            self.charged += value["charge_cents"]
            self.paid += value.get("paid_cents", 0)
            self._count("lines", len(lines))
            everything = [*value.get("adjustments", ()), *(item for line in lines for item in line.get("adjustments", ()))]
            self._count("adjustments", len(everything))

    def end(self, fields: Json) -> None:
        """What is known at its end."""
        self.fields = {**self.fields, **fields}
        self.segments = fields["segments"]
        self._count("rejections", len(fields.get("rejections", ())))

    def _count(self, name: str, count: int) -> None:
        if count:
            self.counts[name] = self.counts.get(name, 0) + count

    @property
    def told(self) -> str:
        """It in one line: what it is, its counts, its sums, whether it balances."""
        fields = self.fields
        parts = [_counted(self.segments, "segment")]
        parts += [_counted(count, _SINGULAR.get(name, name.removesuffix("s"))) for name, count in self.counts.items()]
        if "claims" in self.counts:
            parts.append(f"{dollars(self.charged)} charged")
        if "balances" in fields:
            failed = len(fields["balances"]["differences"])
            parts.append(f"{dollars(fields['payment_cents'])} paid")
            parts.append(
                f"{_counted(failed, 'balance')} {'fails' if failed == 1 else 'fail'}" if failed else "all balances hold"
            )
        if "accepted" in fields:
            parts.append("accepted" if fields["accepted"] else "not accepted")
        return f"{fields['kind']} {fields['control_number']} ({fields['version'] or 'no guide'}): {', '.join(parts)}"


class _Summary:
    """Takes a file's events and keeps counts and sums."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._lines: list[str] = []
        self._totals: dict[str, int] = {}
        self._sets_count = self._charged = self._paid = self._segments = 0
        self.problems: list[Json] = []
        current = _Set({})
        for event in events:
            if isinstance(event, Member):
                current.take(event)
            elif isinstance(event, End):
                self._end(event, current)
            elif event.what == "transaction":
                current = _Set(event.fields)
            elif event.what == "interchange" and self._sets_count < SETS_SHOWN:
                one = event.fields
                parties = f"from {one['sender']} to {one['receiver']}"
                self._lines.append(f"Interchange {one['control_number']} {parties}, {one['date']}")

    def _end(self, event: End, current: _Set) -> None:
        if event.what == "transaction":
            current.end(event.fields)
            self._sets_count += 1
            self._charged += current.charged
            self._paid += current.fields.get("payment_cents", 0)
            for name, count in current.counts.items():
                self._totals[name] = self._totals.get(name, 0) + count
            if self._sets_count <= SETS_SHOWN:
                self._lines.append(f"  {current.told}")
        elif event.what == "interchange":
            answers = event.fields["acknowledgements"]
            self._lines += [f"  TA1 {one['control_number']}: code {one['code']}, note {one['note']}" for one in answers]
        elif event.what == "file":
            self.problems, self._segments = event.fields["problems"], event.fields["segments"]

    def show(self) -> None:
        """A line for each interchange and transaction set, and the totals."""
        for line in self._lines:
            people.print(printable(line), markup=False, highlight=False, soft_wrap=True)
        if self._sets_count > SETS_SHOWN:
            people.print(f"and {self._sets_count - SETS_SHOWN:,} more transaction sets")
        told = [_counted(self._sets_count, "transaction set"), _counted(self._segments, "segment")]
        told += [_counted(count, _SINGULAR.get(name, name.removesuffix("s"))) for name, count in self._totals.items()]
        if "claims" in self._totals:
            told.append(f"{dollars(self._charged)} charged")
        if self._paid:
            told.append(f"{dollars(self._paid)} paid")
        people.print(f"In all {', '.join([*told, _counted(len(self.problems), 'problem')])}", soft_wrap=True, highlight=False)


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing if count == 1 else _PLURAL.get(thing, f'{thing}s')}"


def _show_problems(problems: list[Json]) -> None:
    for problem in problems:
        place = f"segment {problem['segment_number']} {problem['segment']}"
        element = f", element {problem['element']}" if problem["element"] else ""
        told = printable(f"{place}{element}: {problem['message']} ({problem['code']})")
        people.print(told, markup=False, highlight=False, soft_wrap=True)
