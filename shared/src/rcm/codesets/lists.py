"""What is loaded besides codes: NCCI pairs, unit limits, add-on codes, fee schedules, coverage policies, exempt lists.

Nothing of it ships with the product. Where no list covers a day, a question is answered with None, which is not "no". Days are
the service's; of two releases that cover a day the newer one answers. Answers are cached: an open file never changes.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from rcm.codesets.systems import System
from rcm.codesets.validity import day_after, number_of

_KNOWN = 65_536


class Setting(StrEnum):
    """Where a service was given: NCCI's lists differ by it."""

    PRACTITIONER = "practitioner"
    OUTPATIENT = "outpatient"
    """A hospital's outpatient departments."""
    SUPPLIER = "supplier"
    """Durable medical equipment; unit limits alone."""


@dataclass(frozen=True, slots=True)
class CodePair:
    """NCCI: of the two on one day for one patient, column 2 is denied."""

    column1: str
    column2: str
    modifier_indicator: str
    """0: no modifier lifts it; 1: an appropriate one does; 9: the pair does not apply."""
    rationale: str


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """NCCI's medically unlikely edit: at most so many units."""

    units: int
    adjudication: str
    """1: for a line; 2: for a day, without exception; 3: for a day, with review."""
    rationale: str


@dataclass(frozen=True, slots=True)
class AddOn:
    """A code that is paid only beside one of its primaries."""

    kind: str
    """1: the primaries are all; 2: the contractor says which; 3: those here and what the contractor adds."""
    primaries: frozenset[str]


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """What Medicare's physician fee schedule says of a code and modifier."""

    status: str
    """Such as A active, B bundled, I not valid for Medicare, N not covered, R restricted, T."""
    global_days: str
    """000, 010, 090; XXX none, YYY the contractor's, ZZZ an add-on code, MMM maternity."""
    facts: dict[str, str] = field(default_factory=dict)
    """All columns by name: work_rvu, non_facility_pe_rvu, pctc, multiple, bilateral, assistant, co_surgeon, team, ..."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A term of the alphabetic index."""

    level: int
    """0 for a main term."""
    path: str
    """The words from the main term down, parted by semicolons."""
    code: str
    """Where it leads; a dash at its end wants more characters. Empty where it leads nowhere by itself."""
    manifestation: str
    see: str
    see_also: str


@dataclass(frozen=True, slots=True)
class _Release:
    file: sqlite3.Connection
    number: int
    kind: str
    setting: str
    first: int
    last: int


class CodeLists:
    """The loaded lists of an open file; without one, every answer is None or nothing."""

    def __init__(self, files: Sequence[sqlite3.Connection]) -> None:
        self._files = tuple(files)
        statement = "SELECT id, kind, setting, effective_from, effective_to FROM release WHERE in_use ORDER BY id DESC"
        self._releases = [
            _Release(file, number, kind, setting, int(first.replace("-", "")), int((last or "9999-12-31").replace("-", "")))
            for file in files
            for number, kind, setting, first, last in file.execute(statement)
        ]
        self._pair = lru_cache(maxsize=_KNOWN)(self._find_pair)
        self._limit = lru_cache(maxsize=_KNOWN)(self._find_limit)
        self._add_on = lru_cache(maxsize=_KNOWN)(self._find_add_on)
        self._covered = lru_cache(maxsize=4_096)(self._find_covered)
        self._facts = lru_cache(maxsize=_KNOWN)(self._find_facts)
        self._member = lru_cache(maxsize=_KNOWN)(self._find_member)
        self._title = lru_cache(maxsize=_KNOWN)(self._find_title)

    def turning_days(self) -> set[int]:
        """The days on which a list, or a code on a list of codes, begins to count or no longer counts."""
        found = {day for release in self._releases for day in (release.first, day_after(release.last))}
        for file in self._files:
            for first, last in file.execute("SELECT DISTINCT first, last FROM member"):
                found |= {first, day_after(last)}
        return found

    def covering(self, kind: str, day: int, setting: str = "") -> _Release | None:
        """The newest release of a kind (and setting) that covers a day."""
        for release in self._releases:
            if release.kind == kind and release.setting in {"", setting} and release.first <= day <= release.last:
                return release
        return None

    def pairs(self, codes: Iterable[str], on: date, setting: Setting) -> list[CodePair]:
        """The NCCI pairs that the procedures of one day make, indicator 9 left out. Empty also where no list covers the day."""
        day = number_of(on)
        if not self._releases or self.covering("ncci-pairs", day, setting) is None:
            return []
        distinct = sorted(set(codes))
        found = (self._pair(one, other, day, setting) for one in distinct for other in distinct if one != other)
        return [pair for pair in found if pair is not None]

    def _find_pair(self, column1: str, column2: str, day: int, setting: str) -> CodePair | None:
        release = self.covering("ncci-pairs", day, setting)
        if release is None:
            return None
        row = release.file.execute(
            "SELECT indicator, rationale FROM pair WHERE column1 = ? AND column2 = ? AND setting = ? AND release = ?"
            " AND first <= ? AND last >= ? AND indicator <> '9'",
            (column1, column2, setting, release.number, day, day),
        ).fetchone()
        return CodePair(column1, column2, *row) if row else None

    def unit_limit(self, code: str, on: date, setting: Setting) -> UnitLimit | None:
        """How many units of a procedure are likely; None where no list covers the day or none limits the code."""
        return self._limit(code, number_of(on), setting) if self._releases else None

    def _find_limit(self, code: str, day: int, setting: str) -> UnitLimit | None:
        release = self.covering("mue", day, setting)
        if release is None:
            return None
        statement = "SELECT units, adjudication, rationale FROM unit_limit WHERE code = ? AND setting = ? AND release = ?"
        row = release.file.execute(statement, (code, setting, release.number)).fetchone()
        return UnitLimit(*row) if row else None

    def add_on(self, code: str, on: date) -> AddOn | None:
        """Whether a procedure is an add-on code, and to what; None where it is none or no list covers the day."""
        return self._add_on(code, number_of(on)) if self._releases else None

    def _find_add_on(self, code: str, day: int) -> AddOn | None:
        release = self.covering("add-on", day)
        if release is None:
            return None
        statement = "SELECT kind, primary_code FROM add_on WHERE code = ? AND release = ? AND first <= ? AND last >= ?"
        rows = release.file.execute(statement, (code, release.number, day, day)).fetchall()
        if not rows:
            return None
        return AddOn(rows[0][0], frozenset(primary for _, primary in rows if primary != "CCCCC"))

    def present_on_admission_exempt(self, code: str, on: date) -> bool | None:
        """Whether a diagnosis needs no present-on-admission indicator; None where no list covers the day."""
        return self._member("poa-exempt", code, number_of(on)) if self._releases else None

    def _find_member(self, name: str, code: str, day: int) -> bool | None:
        editors = name.startswith("mce-")
        release = self.covering("mce-list", day, name.removeprefix("mce-")) if editors else self.covering(name, day)
        if release is None:
            return None
        statement = "SELECT 1 FROM member WHERE list = ? AND code = ? AND release = ? AND first <= ? AND last >= ?"
        return release.file.execute(statement, (name, code, release.number, day, day)).fetchone() is not None

    def covered_diagnoses(self, procedure: str, on: date) -> frozenset[str] | None:
        """The diagnoses that a coverage policy pays a procedure for; None where no policy of the day names the procedure."""
        return self._covered(procedure, number_of(on)) if self._releases else None

    def _find_covered(self, procedure: str, day: int) -> frozenset[str] | None:
        found: set[str] = set()
        for release in self._releases:
            if release.kind == "lcd" and release.first <= day <= release.last:
                statement = "SELECT diagnosis FROM covered WHERE procedure = ? AND release = ? AND first <= ? AND last >= ?"
                rows = release.file.execute(statement, (procedure, release.number, day, day))
                found.update(diagnosis for (diagnosis,) in rows)
        return frozenset(found) if found else None

    def fee_facts(self, code: str, on: date, modifier: str = "") -> FeeFacts | None:
        """What the physician fee schedule of the day says; None where none is loaded or it lacks the code."""
        return self._facts(code, modifier, number_of(on)) if self._releases else None

    def _find_facts(self, code: str, modifier: str, day: int) -> FeeFacts | None:
        release = self.covering("pfs-rvu", day)
        if release is None:
            return None
        statement = "SELECT facts FROM fee_fact WHERE code = ? AND modifier = ? AND release = ?"
        row = release.file.execute(statement, (code, modifier, release.number)).fetchone()
        if row is None:
            return None
        facts: dict[str, Any] = json.loads(row[0])
        return FeeFacts(facts.get("status", ""), facts.get("global_days", ""), facts)

    def fee_cents(
        self, kind: str, code: str, on: date, *, modifier: str = "", carrier: str = "", locality: str = ""
    ) -> tuple[int, int] | None:
        """What Medicare allows, outside and inside of a facility, in cents (kind pfs-amounts or clfs); None if unknown."""
        day = number_of(on)
        release = self.covering(kind, day)
        if release is None:
            return None
        row: tuple[int, int] | None = release.file.execute(
            "SELECT non_facility_cents, facility_cents FROM fee_amount WHERE code = ? AND modifier = ? AND carrier = ?"
            " AND locality = ? AND release = ? AND first <= ? ORDER BY first DESC LIMIT 1",
            (code, modifier, carrier, locality, release.number, day),
        ).fetchone()
        return row

    def index_entries(self, on: date) -> Iterator[IndexEntry]:
        """The alphabetic index of a day, in its order; nothing where none is loaded."""
        release = self.covering("icd-10-cm-index", number_of(on))
        if release is not None:
            statement = (
                "SELECT level, path, code, manifestation, see, see_also FROM index_entry WHERE release = ? ORDER BY position"
            )
            yield from (IndexEntry(*row) for row in release.file.execute(statement, (release.number,)))

    def editor_attributes(self, code: str, day: int) -> dict[str, bool]:
        """What loaded lists of the Medicare Code Editor say of a diagnosis: each list's name, and whether it is on it."""
        names = {release.setting for release in self._releases if release.kind == "mce-list"}
        told = {name: self._member(f"mce-{name}", code, day) for name in sorted(names)}
        return {name: on_it for name, on_it in told.items() if on_it is not None}

    def title(self, system: System, code: str, on: date | None = None) -> str:
        """The words of the list that covers a day, of the newest one without a day; empty where it has none for the code."""
        return self._title(system, code, number_of(on) if on else 0) if self._releases else ""

    def titles(self, system: System) -> Iterator[tuple[str, str]]:
        """Every code of a system's loaded lists with its words, the newest release's first."""
        statement = "SELECT code, long, short FROM title WHERE system = ? ORDER BY release DESC"
        seen: set[str] = set()
        for file in self._files:
            for code, long, short in file.execute(statement, (system,)):
                if code not in seen:
                    seen.add(code)
                    yield code, str(long or short)

    def _find_title(self, system: str, code: str, day: int) -> str:
        statement = "SELECT release, long, short FROM title WHERE system = ? AND code = ?"
        told = {
            (file, release): long or short
            for file in self._files
            for release, long, short in file.execute(statement, (system, code))
        }
        for release in self._releases:
            if (not day or release.first <= day <= release.last) and (release.file, release.number) in told:
                return str(told[release.file, release.number])
        return ""
