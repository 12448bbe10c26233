"""The kinds of lists that can be loaded: what each is, whose licence it stands under, and for which days a release of it is."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rcm.codesets.lists import Setting
from rcm.codesets.loading.fees import load_amounts, load_laboratory, load_relative_values
from rcm.codesets.loading.hcpcs import load_hcpcs
from rcm.codesets.loading.icd import load_icd_9, load_index, load_order, load_tabular
from rcm.codesets.loading.ncci import load_add_ons, load_pairs, load_unit_limits
from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.loading.tables import load_codes, load_coverage, load_members, load_taxonomy
from rcm.codesets.systems import System

ALWAYS_FROM = date(1900, 1, 1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Span(StrEnum):
    """How long a release of a kind counts, unless it is said."""

    FISCAL_YEAR = "October 1 to September 30"
    YEAR = "a calendar year"
    QUARTER = "a quarter"
    OPEN = "until the next release"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list."""

    name: str
    about: str
    layout: str
    """The file that it is known by."""
    span: Span
    load: Callable[[sqlite3.Connection, int, Source], int]
    licensed: str = ""
    """Whose licence somebody must have accepted; empty where the list may be used by anybody."""
    needs_setting: str = ""
    """What --setting says of it, where the file's name does not."""
    settings: tuple[str, ...] = ()
    """What it may say; empty: anything."""
    dated: bool = False
    """Its rows bear days of their own: where nothing says from when a release counts, they do."""
    parts: bool = False
    """A release comes in several files, which add up."""


def _rows(load: Callable[[Rows, Source], None]) -> Callable[[sqlite3.Connection, int, Source], int]:
    """A loader of rows, as one that answers how many there were."""

    def run(connection: sqlite3.Connection, release: int, source: Source) -> int:
        rows = Rows(connection, release, source)
        load(rows, source)
        return rows.finish()

    return run


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "icd-10-cm-order",
            "ICD-10-CM: which codes are billable, with their words",
            "icd10cm_order_YYYY.txt",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_order(rows, source, System.ICD_10_CM)),
        ),
        Kind(
            "icd-10-cm-tabular",
            "ICD-10-CM: the tabular list with its notices",
            "icd10cm_tabular_YYYY.xml",
            Span.FISCAL_YEAR,
            load_tabular,
        ),
        Kind(
            "icd-10-cm-index", "ICD-10-CM: the alphabetic index", "icd10cm_index_YYYY.xml", Span.FISCAL_YEAR, _rows(load_index)
        ),
        Kind(
            "icd-10-pcs-order",
            "ICD-10-PCS: which codes are valid, with their words",
            "icd10pcs_order_YYYY.txt",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_order(rows, source, System.ICD_10_PCS)),
        ),
        Kind(
            "icd-9-cm-order",
            "ICD-9-CM: diagnoses with their words",
            "CMS32_DESC_LONG_DX.txt",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_icd_9(rows, source, System.ICD_9_CM)),
        ),
        Kind(
            "icd-9-cm-procedures-order",
            "ICD-9-CM: procedures with their words",
            "CMS32_DESC_LONG_SG.txt",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_icd_9(rows, source, System.ICD_9_PROCEDURES)),
        ),
        Kind(
            "hcpcs", "HCPCS Level II codes and modifiers", "HCPC2026_OCT_ANWEB.txt", Span.QUARTER, _rows(load_hcpcs), dated=True
        ),
        Kind(
            "cpt",
            "CPT, column by column",
            "the licensed file",
            Span.OPEN,
            _rows(lambda rows, source: load_codes(rows, source, System.CPT)),
            licensed="the American Medical Association",
        ),
        Kind(
            "cdt",
            "CDT, column by column",
            "the licensed file",
            Span.OPEN,
            _rows(lambda rows, source: load_codes(rows, source, System.CDT)),
            licensed="the American Dental Association",
        ),
        Kind(
            "ncci-pairs",
            "NCCI: pairs of procedures; all files of a release",
            "ccipra-v*-f*.txt, ccioph-v*-f*.txt",
            Span.QUARTER,
            _rows(load_pairs),
            needs_setting="practitioner or outpatient",
            settings=(Setting.PRACTITIONER, Setting.OUTPATIENT),
            dated=True,
            parts=True,
        ),
        Kind(
            "mue",
            "NCCI: medically unlikely edits",
            "MCR_MUE_PractitionerServices_Eff_MM-DD-YYYY.csv",
            Span.QUARTER,
            _rows(load_unit_limits),
            needs_setting="practitioner, outpatient or supplier",
            settings=tuple(Setting),
        ),
        Kind(
            "add-on", "NCCI: add-on codes and their primaries", "AOC_V2026Q4.txt", Span.QUARTER, _rows(load_add_ons), dated=True
        ),
        Kind(
            "pfs-rvu",
            "Physician fee schedule: status, relative values, global days",
            "PPRRVU26_OCT.csv",
            Span.QUARTER,
            _rows(load_relative_values),
        ),
        Kind("pfs-amounts", "Physician fee schedule: amounts by locality", "PFALL26.txt", Span.YEAR, _rows(load_amounts)),
        Kind("clfs", "Clinical laboratory fee schedule", "CLFS2026Q4.csv", Span.QUARTER, _rows(load_laboratory)),
        Kind(
            "taxonomy",
            "NUCC's provider taxonomy",
            "nucc_taxonomy_261.csv",
            Span.OPEN,
            _rows(load_taxonomy),
            licensed="the National Uniform Claim Committee",
        ),
        Kind(
            "carc",
            "Claim adjustment reason codes",
            "a table: code, description, start, stop",
            Span.OPEN,
            _rows(lambda rows, source: load_codes(rows, source, System.ADJUSTMENT_REASON)),
            licensed="X12",
        ),
        Kind(
            "rarc",
            "Remittance advice remark codes",
            "a table: code, description, start, stop",
            Span.OPEN,
            _rows(lambda rows, source: load_codes(rows, source, System.REMARK)),
            licensed="X12",
        ),
        Kind(
            "poa-exempt",
            "Diagnoses exempt from present on admission",
            "POAexemptCodesYYYY.txt",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_members(rows, source, "poa-exempt")),
        ),
        Kind(
            "mce-list",
            "A list of the Medicare Code Editor",
            "a table: code, effective, termination",
            Span.FISCAL_YEAR,
            _rows(lambda rows, source: load_members(rows, source, f"mce-{source.setting}")),
            needs_setting="the list's name: manifestation, unacceptable, newborn, ...",
        ),
        Kind(
            "lcd",
            "Coverage policies",
            "a table: policy, procedure, diagnosis, effective, termination",
            Span.OPEN,
            _rows(load_coverage),
        ),
    )
}
_ALIASES = {
    "order": "icd-10-cm-order",
    "icd10cm": "icd-10-cm-order",
    "tabular": "icd-10-cm-tabular",
    "index": "icd-10-cm-index",
    "icd9": "icd-9-cm-order",
    "icd9order": "icd-9-cm-order",
    "icd10order": "icd-10-cm-order",
    "icd9cm": "icd-9-cm-order",
    "anweb": "hcpcs",
    "hcpcsanweb": "hcpcs",
    "ptp": "ncci-pairs",
    "ncciptp": "ncci-pairs",
    "ncci": "ncci-pairs",
    "nccimue": "mue",
    "aoc": "add-on",
    "ncciaoc": "add-on",
    "ncciaddon": "add-on",
    "addoncodes": "add-on",
    "addons": "add-on",
    "pprrvu": "pfs-rvu",
    "pfs": "pfs-rvu",
    "pfall": "pfs-amounts",
    "nucc": "taxonomy",
    "nucctaxonomy": "taxonomy",
    "poa": "poa-exempt",
    "mce": "mce-list",
    "ncd": "lcd",
}


class UnknownKind(ValueError):
    """No kind of list goes by that name; the text names those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name[:40]!r} is no kind of list; there are {', '.join(KINDS)}")


def kind_of(name: str) -> Kind:
    """The kind of a name, however it is written, or by what its file is called (ptp, aoc, pprrvu). Raises UnknownKind."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    by_name = {re.sub(r"[^a-z0-9]", "", known): kind for known, kind in KINDS.items()}
    found = by_name.get(plain) or KINDS.get(_ALIASES.get(plain, ""))
    if found is None:
        raise UnknownKind(name)
    return found


def first_day(kind: Kind, *names: str) -> date | None:
    """From when a release counts, as its file's name or its own name says; None where neither does, and its rows don't."""
    if kind.span is Span.OPEN:
        return ALWAYS_FROM
    for name in (name.lower() for name in names):
        found = _day_in(name, kind.span)
        if found is not None:
            return found
    return ALWAYS_FROM if kind.dated else None


_DAY = re.compile(r"(20[0-9]{2})[-_]?([01][0-9])[-_]?([0-3][0-9])(?![0-9])")
_AMERICAN_DAY = re.compile(r"([01][0-9])-([0-3][0-9])-(20[0-9]{2})")
_MONTH = re.compile(rf"(20[0-9]{{2}}|(?<![0-9])[0-9]{{2}})[-_ ]?({'|'.join(_MONTHS)})")
_QUARTER = re.compile(r"(20[0-9]{2})[-_ ]?q([1-4])")
_YEAR = re.compile(r"(?:(?<![0-9])20|fy|pfall)([0-9]{2})(?![0-9])")
_ICD_9_VERSION = re.compile(r"cms(2[0-9]|3[0-2])_desc")
"""Version 32 of ICD-9-CM is fiscal year 2015's, its last."""


def _day_in(name: str, span: Span) -> date | None:
    """2026-10-01, Eff_10-01-2026; of a quarter HCPC2026_OCT, PPRRVU26_OCT, V2026Q4; of a year icd10cm_order_2026, PFALL26."""
    if found := _DAY.search(name):
        return _date(found[1], found[2], found[3])
    if found := _AMERICAN_DAY.search(name):
        return _date(found[3], found[1], found[2])
    if span is Span.QUARTER:
        if found := _MONTH.search(name):
            return _date(found[1], str(_MONTHS.index(found[2]) + 1), "1")
        found = _QUARTER.search(name)
        return _date(found[1], str(int(found[2]) * 3 - 2), "1") if found else None
    if found := _YEAR.search(name):
        year = int(found[1]) + 2000
    elif found := _ICD_9_VERSION.search(name):
        year = int(found[1]) + 1983
    else:
        return None
    return date(year - 1, 10, 1) if span is Span.FISCAL_YEAR else date(year, 1, 1)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year[-2:]) + 2000, int(month), int(day))
    except ValueError:
        return None


def last_day(kind: Kind, first: date) -> date | None:
    """Until when a release counts that begins on a day, the day included; None: until the next one."""
    if kind.span is Span.OPEN or first == ALWAYS_FROM:
        return None
    if kind.span is Span.QUARTER:
        month = (first.month - 1) // 3 * 3 + 4
        return date(first.year + (month > 12), (month - 1) % 12 + 1, 1) - timedelta(days=1)
    if kind.span is Span.YEAR:
        return date(first.year, 12, 31)
    return date(first.year + (first.month >= 10), 9, 30)
