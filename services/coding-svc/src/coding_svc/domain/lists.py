"""Our own short lists, as dated rows: what a rule says of which codes from when on is data, and no code changes with it.

A file is tab-separated with a heading: list, first, last, from, to, value, source. A row holds for the codes from `first` to
`last` (compared as text over the length of each, so that "B90" to "B94" holds for "B90.1") and for the days `from` to `to`,
both inclusive, open where they are empty. The last row that holds counts, so that a later file can change an earlier one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

HEADING = ("list", "first", "last", "from", "to", "value", "source")
_CACHED = 65_536


class ListBroken(ValueError):
    """A row of a list can't be read: which, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a list says of a range of codes in a span of days."""

    first: str
    last: str
    effective_from: date
    effective_to: date
    value: str

    def names(self, code: str) -> bool:
        """Whether it speaks of this code."""
        return self.first <= code[: len(self.first)] and code[: len(self.last)] <= self.last


class DatedLists:
    """The rows of all lists."""

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for name, row in rows:
            self._rows[name].append(row)
        self._of = lru_cache(maxsize=_CACHED)(self._rows_of)

    def value(self, name: str, code: str, on: date) -> str | None:
        """What a list says of a code on a day: its value, "" where the row has none; None where no row holds."""
        for row in self._of(name, code):
            if row.effective_from <= on <= row.effective_to:
                return row.value
        return None

    def _rows_of(self, name: str, code: str) -> tuple[Row, ...]:
        """The rows that speak of a code, the last first: whatever the day, they are looked for once."""
        return tuple(row for row in reversed(self._rows.get(name, ())) if row.names(code))

    def turning_days(self) -> set[date]:
        """The days on which a row begins to hold, or no longer holds."""
        rows = [row for rows in self._rows.values() for row in rows]
        ended = {row.effective_to + timedelta(days=1) for row in rows if row.effective_to < date.max}
        return ended | {row.effective_from for row in rows}

    def rows(self, name: str, on: date) -> list[tuple[str, str]]:
        """(first code, value) of every row of a list that holds on a day, in the order of its file."""
        return [(row.first, row.value) for row in self._rows.get(name, ()) if row.effective_from <= on <= row.effective_to]


def read_lists(text: str) -> Iterable[tuple[str, Row]]:
    """The rows of one file. Raises ListBroken with the row's number."""
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != HEADING:
        raise ListBroken(f"row 1: the heading is not {', '.join(HEADING)}")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(HEADING):
            raise ListBroken(f"row {number}: it has {len(cells)} cells of {len(HEADING)}")
        name, first, last, start, end, value, source = cells
        if not (name and first and last and source):
            raise ListBroken(f"row {number}: list, first, last and source are needed")
        try:
            yield name, Row(first, last, _day(start, date.min), _day(end, date.max), value)
        except ValueError as error:
            raise ListBroken(f"row {number}: {error}") from error


def _day(text: str, absent: date) -> date:
    return date.fromisoformat(text) if text else absent
