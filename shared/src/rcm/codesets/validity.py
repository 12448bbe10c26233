"""When a code is valid: from the compiled sets and every loaded list, the newest that covers a day deciding about it."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from rcm.codesets.schema import COMPILED_RELEASE
from rcm.codesets.systems import System

_KNOWN = 32_768
ALWAYS = 99_991_231
"""A last day that stands for none."""


class Standing(StrEnum):
    """What a code is on a day."""

    BILLABLE = "billable"
    NOT_YET = "not yet"
    EXPIRED = "expired"
    HEADER = "header"
    """It needs more characters."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, both inclusive, as YYYYMMDD."""

    first: int
    last: int

    def __contains__(self, day: int) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Coverage:
    """A release says of a system which codes are valid from a day to a day, and is asked for no other day."""

    release: int
    period: Period


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a code may be used on a day, and why not. `None`: nothing that is loaded covers the day."""

    code: str
    """As it was asked."""
    system: str | None
    """None where no system has codes of this form."""
    valid: bool | None
    """The code stands in the set on that day, as a code or as a heading of codes."""
    billable: bool | None
    """It may stand on a claim."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Inclusive; None where no end is known. Of a code that is not valid on the day: its nearest time before, else after."""
    reason: str | None = None
    """Why it is not both; None where it is."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "code": self.code,
            "system": self.system,
            "valid": self.valid,
            "billable": self.billable,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "reason": self.reason,
        }


class DatedCodes:
    """The validity rows of both files. `CodeSets` keeps answers; only what does not depend on a day is kept here."""

    def __init__(self, files: Iterable[sqlite3.Connection]) -> None:
        self._files = tuple(files)
        self._editor_rows = lru_cache(maxsize=_KNOWN)(self._find_editor_rows)
        self._coverage: dict[str, list[Coverage]] = {}
        for file in self._files:
            for release, system, first, last in file.execute(
                "SELECT release, system, first, last FROM coverage ORDER BY release"
            ):
                self._coverage.setdefault(system, []).append(Coverage(release, Period(first, last)))
        self._compiled_to = {
            system: each.period.last
            for system, told in self._coverage.items()
            for each in told
            if each.release == COMPILED_RELEASE
        }

    def last_day(self, system: System) -> int:
        """The last day that anything covers; 0 where nothing does."""
        return max((coverage.period.last for coverage in self._coverage.get(system, ())), default=0)

    def covers(self, system: System, day: int) -> bool:
        """Whether any release says which codes of the system are valid on that day."""
        return any(day in coverage.period for coverage in self._coverage.get(system, ()))

    def turning_days(self, system: System) -> set[int]:
        """The days on which a code or a release of the system begins to count, or no longer counts."""
        statement = (
            "SELECT DISTINCT first FROM validity WHERE system = ? UNION SELECT DISTINCT -last FROM validity WHERE system = ?"
        )
        bounds = {bound for file in self._files for (bound,) in file.execute(statement, (system, system))}
        bounds |= {bound for each in self.covered(system) for bound in (each.period.first, -each.period.last)}
        return {bound if bound > 0 else day_after(-bound) for bound in bounds}

    def judged_by(self, system: System, day: int) -> int:
        """The day itself where a release covers it, else the last one before it that one covers; itself where there is none."""
        if self.covers(system, day):
            return day
        before = (each.period.last for each in self._coverage.get(system, ()) if each.period.last < day)
        return max(before, default=day)

    def covered(self, system: System) -> list[Coverage]:
        """What is known of a system, oldest release first."""
        return list(self._coverage.get(system, ()))

    def periods(self, system: System, code: str) -> tuple[Period, ...]:
        """When the code is billable, in order, neighbours joined."""
        rows = [
            row
            for file in self._files
            for row in file.execute("SELECT release, first, last FROM validity WHERE system = ? AND code = ?", (system, code))
        ]
        if len(rows) == 1 and len(self._coverage.get(system, ())) <= 1:
            return (Period(rows[0][1], rows[0][2]),)
        found: list[Period] = []
        seen = set()
        for coverage in self._coverage.get(system, ()):
            found = [piece for period in found for piece in _without(period, coverage.period)]
            found.extend(Period(first, last) for release, first, last in rows if release == coverage.release)
            seen.add(coverage.release)
        found.extend(Period(first, last) for release, first, last in rows if release not in seen)
        return _joined(found)

    def beneath(self, system: System, code: str, day: int) -> Period | None:
        """From when to when codes beneath a heading are billable; None where none is on that day."""
        low, high = code + "!", code + "~"
        first, last, on_the_day = ALWAYS, 0, 0
        statement = (
            "SELECT min(first), max(last), coalesce(max(first <= ? AND last >= ?), 0) FROM validity"
            " WHERE system = ? AND code > ? AND code < ?"
        )
        for file in self._files:
            row = file.execute(statement, (day, day, system, low, high)).fetchone()
            if row[0] is not None:
                first, last, on_the_day = min(first, row[0]), max(last, row[1]), on_the_day or row[2]
        return Period(first, last) if on_the_day else None

    def has_beneath(self, system: System, code: str) -> bool:
        """Whether codes were ever billable beneath it."""
        statement = "SELECT 1 FROM validity WHERE system = ? AND code > ? AND code < ? LIMIT 1"
        return any(file.execute(statement, (system, code + "!", code + "~")).fetchone() for file in self._files)

    def beneath_on(self, system: System, code: str, day: int, limit: int) -> list[str]:
        """Codes beneath a heading that are billable on a day, in order, at most `limit`."""
        statement = (
            "SELECT DISTINCT code FROM validity WHERE system = ? AND code > ? AND code < ? AND first <= ? AND last >= ?"
            " ORDER BY code LIMIT ?"
        )
        asked = (system, code + "!", code + "~", day, day, limit)
        return sorted({found for file in self._files for (found,) in file.execute(statement, asked)})[:limit]

    def attributes(self, system: System, code: str, day: int) -> frozenset[str]:
        """What CMS's Medicare Code Editor says of the code on a day, as it names it ("manifestation", "newborn").

        Only the compiled sets know it: later days are judged by the last that they cover, whatever newer codes were loaded.
        """
        known = min(day, self._compiled_to.get(system, day))
        return next((names for first, last, names in self._editor_rows(system, code) if first <= known <= last), frozenset())

    def _find_editor_rows(self, system: System, code: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
        """What the editor says of a code over all days: read once, whatever the days that are asked for."""
        statement = "SELECT first, last, attributes FROM validity WHERE system = ? AND code = ? AND release = ?"
        return tuple(
            (first, last, frozenset(names.split()))
            for file in self._files
            for first, last, names in file.execute(statement, (system, code, COMPILED_RELEASE))
        )

    def billable_on(self, system: System, day: int) -> Iterator[str]:
        """Every code that is billable on a day, in order."""
        newest = [coverage for coverage in self._coverage.get(system, ()) if day in coverage.period]
        if not newest:
            return
        release = newest[-1].release
        statement = (
            "SELECT DISTINCT code FROM validity WHERE system = ? AND first <= ? AND last >= ? AND release = ? ORDER BY code"
        )
        for file in self._files:
            for (code,) in file.execute(statement, (system, day, day, release)):
                yield code


def _without(period: Period, hole: Period) -> Iterator[Period]:
    """What of a period lies outside of another."""
    if period.last < hole.first or period.first > hole.last:
        yield period
        return
    if period.first < hole.first:
        yield Period(period.first, day_before(hole.first))
    if period.last > hole.last:
        yield Period(day_after(hole.last), period.last)


def _joined(periods: list[Period]) -> tuple[Period, ...]:
    """In order, those that touch or overlap made one."""
    joined: list[Period] = []
    for period in sorted(periods, key=lambda period: (period.first, period.last)):
        if joined and period.first <= day_after(joined[-1].last):
            joined[-1] = Period(joined[-1].first, max(joined[-1].last, period.last))
        else:
            joined.append(period)
    return tuple(joined)


def number_of(day: date) -> int:
    """A day as YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date | None:
    """YYYYMMDD as a day; None where the number stands for no bound."""
    if number <= 0 or number >= ALWAYS:
        return None
    return date(number // 10_000, number // 100 % 100, number % 100)


def day_after(number: int) -> int:
    """The next day, as YYYYMMDD; the last day of all is followed by itself."""
    day = day_of(number)
    return number if day is None else number_of(date.fromordinal(day.toordinal() + 1))


def day_before(number: int) -> int:
    """The day before, as YYYYMMDD."""
    day = day_of(number)
    return number if day is None else number_of(date.fromordinal(day.toordinal() - 1))
