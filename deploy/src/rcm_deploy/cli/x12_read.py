"""`rcm x12 read`: what a file holds, as JSON that is written while it is read, or as counts and sums for people."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm.money import dollars
from rcm.x12.report import Begin, End, Event, Member, read_events, report_json
from rcm_deploy.cli.output import AsJson, people
from rcm_deploy.cli.x12_files import File, opened, put

SETS_SHOWN = 200
"""Transaction sets that get a line of their own."""
Json = dict[str, Any]


def read(
    file: File,
    as_json: AsJson = False,
    summary: Annotated[bool, typer.Option("--summary", help="Counts and sums alone, without the faults.")] = False,
) -> None:
    """Shows what a file holds. Exit 1 where it is no X12 at all."""
    with opened(file) as source:
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

    def __init__(self, interchange: Json, fields: Json) -> None:
        self.interchange = interchange
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
    def held(self) -> str:
        """Its counts in words."""
        return ", ".join(f"{count:,} {name if count > 1 else name.removesuffix('s')}" for name, count in self.counts.items())

    @property
    def sums(self) -> tuple[str, str, str]:
        """Charged, paid, and whether it balances, as far as it has them."""
        balances = self.fields.get("balances")
        charged = dollars(self.charged) if "claims" in self.counts else ""
        if balances is None:
            return charged, "", ""
        failed = len(balances["differences"])
        return charged, dollars(self.fields["payment_cents"]), "yes" if not failed else f"{failed:,} fail"


class _Summary:
    """Takes a file's events and keeps counts and sums."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._sets: list[_Set] = []
        self._totals: dict[str, int] = {}
        self._sets_count = self._charged = self._paid = 0
        self._answers: list[tuple[str, Json]] = []
        self.problems: list[Json] = []
        self._segments = 0
        self._interchange: Json = {}
        current: _Set | None = None
        for event in events:
            if isinstance(event, Member):
                if current is not None:
                    current.take(event)
            elif isinstance(event, Begin):
                if event.what == "interchange":
                    self._interchange = event.fields
                elif event.what == "transaction":
                    current = _Set(self._interchange, event.fields)
            else:
                self._end(event, current)

    def _end(self, event: End, current: _Set | None) -> None:
        if event.what == "transaction" and current is not None:
            current.end(event.fields)
            self._sets_count += 1
            self._charged += current.charged
            self._paid += current.fields.get("payment_cents", 0)
            for name, count in current.counts.items():
                self._totals[name] = self._totals.get(name, 0) + count
            if len(self._sets) < SETS_SHOWN:
                self._sets.append(current)
        elif event.what == "interchange":
            number = self._interchange["control_number"]
            self._answers += [(number, answer) for answer in event.fields["acknowledgements"]]
        elif event.what == "file":
            self.problems, self._segments = event.fields["problems"], event.fields["segments"]

    def show(self) -> None:
        """A line for each transaction set, and the totals."""
        table = Table("Interchange", "From, to", "Set", "Version", "Segments", "It holds", "Charged", "Paid", "Balances")
        for column in table.columns:
            column.overflow = "fold"
        for one in self._sets:
            parties = escape(f"{one.interchange['sender']}, {one.interchange['receiver']}")
            name = f"{one.fields['kind']} {one.fields['control_number']}"
            version = escape(one.fields["version"])
            table.add_row(
                one.interchange["control_number"], parties, escape(name), version, f"{one.segments:,}", one.held, *one.sums
            )
        for number, answer in self._answers:
            table.add_row(number, "", f"TA1 {escape(answer['control_number'])}", "", "1", f"code {escape(answer['code'])}")
        people.print(table)
        if self._sets_count > len(self._sets):
            people.print(f"and {self._sets_count - len(self._sets):,} more transaction sets")
        told = [_counted(self._sets_count, "transaction set"), _counted(self._segments, "segment")]
        told += [_counted(count, name.removesuffix("s")) for name, count in self._totals.items()]
        if "claims" in self._totals:
            told.append(f"{dollars(self._charged)} charged")
        if self._paid:
            told.append(f"{dollars(self._paid)} paid")
        people.print(", ".join([*told, _counted(len(self.problems), "problem")]))


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _show_problems(problems: list[Json]) -> None:
    for problem in problems:
        place = f"segment {problem['segment_number']} {problem['segment']}"
        element = f", element {problem['element']}" if problem["element"] else ""
        people.print(f"{place}{element}: {problem['message']} ({problem['code']})", markup=False)
