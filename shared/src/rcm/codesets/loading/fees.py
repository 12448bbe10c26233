"""Medicare's fee schedules: the physician fee schedule's relative values and amounts, the laboratory's rates."""

import json
import re

from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System

_PROCEDURE = (System.CPT, System.HCPCS, System.CDT)
_HEADINGS: tuple[tuple[str, str], ...] = (
    ("status", r"STATUS"),
    ("not_used_for_medicare", r"NOT USED"),
    ("work_rvu", r"WORK"),
    ("non_facility_total", r"NON-? ?FAC.*TOTAL"),
    ("facility_total", r"(?<!NON-)(?<!NON )FAC.*TOTAL"),
    ("non_facility_not_applicable", r"NON-? ?FAC.*(?:NA|INDICATOR)\b"),
    ("facility_not_applicable", r"(?<!NON-)(?<!NON )FAC.*(?:NA|INDICATOR)\b"),
    ("non_facility_pe_rvu", r"NON-? ?FAC.*PE"),
    ("facility_pe_rvu", r"(?<!NON-)(?<!NON )FAC.*PE"),
    ("malpractice_rvu", r"\bMP\b"),
    ("pctc", r"PCTC"),
    ("global_days", r"GLOB"),
    ("preoperative", r"\bPRE\b"),
    ("intraoperative", r"\bINTRA\b"),
    ("postoperative", r"\bPOST\b"),
    ("multiple", r"\bMULT"),
    ("bilateral", r"\bBILAT"),
    ("assistant", r"\bASST"),
    ("co_surgeon", r"\bCO-"),
    ("team", r"\bTEAM"),
    ("endoscopic_base", r"\bENDO"),
    ("conversion_factor", r"\bCONV"),
    ("description", r"DESCRIPTION"),
)
"""What a column of PPRRVU is, by its headings of all rows read downwards; the first that fits, each taken once."""


def load_relative_values(rows: Rows, source: Source) -> None:
    """`PPRRVU*.csv`: headings over several rows, the last begins with HCPCS, MOD; then a row for each code and modifier.

    A CPT code's description is licensed, and dropped.
    """
    above: list[list[str]] = []
    places: dict[str, int] = {}
    for number, cells in source.cells(","):
        if not places:
            above.append(cells)
            if [cell.upper() for cell in cells[:2]] == ["HCPCS", "MOD"]:
                places = _places(above)
                if "status" not in places:
                    raise source.refuse("the headings name no column for the status", number)
            continue
        code = source.code(number, cells[0], *_PROCEDURE)
        if code is None:
            continue
        facts = {name: cells[place] for name, place in places.items() if place < len(cells) and cells[place]}
        if not facts.get("status"):
            source.bad(number, f"{code} has no status")
        if code[0].isdigit():
            facts.pop("description", None)
        rows.add("fee_fact", number, code, cells[1] if len(cells) > 1 else "", json.dumps(facts))
    if not places:
        raise source.refuse("no row begins with the headings HCPCS, MOD")


def _places(above: list[list[str]]) -> dict[str, int]:
    """Which column means what. Headings stand over several rows ("NON-FAC" over "PE" over "RVU")."""
    width = len(above[-1])
    labels = [
        " ".join(" ".join(row[place] for row in above[-6:] if place < len(row)).upper().split()) for place in range(width)
    ]
    places: dict[str, int] = {}
    for place, label in enumerate(labels[2:], 2):
        for name, pattern in _HEADINGS:
            if name not in places and re.search(pattern, label):
                places[name] = place
                break
    return places


def load_amounts(rows: Rows, source: Source) -> None:
    """`PFALL*.txt`: no headings; year, carrier, locality, code, modifier, amount outside and inside of a facility, more."""
    for number, cells in source.cells(","):
        if cells[0].upper().startswith("TRL"):
            continue
        if len(cells) < 7 or not re.fullmatch(r"[0-9]{4}", cells[0]):
            source.bad(number, "a row begins with year, carrier, locality, code, modifier and two amounts")
            continue
        code = source.code(number, cells[3], *_PROCEDURE)
        amounts = [source.cents(number, cell, "the amount") for cell in cells[5:7]]
        if code:
            rows.add("fee_amount", number, code, cells[4], cells[1], cells[2], source.first, *amounts)


def load_laboratory(rows: Rows, source: Source) -> None:
    """`CLFS*.csv`: a preamble, then YEAR, HCPCS, MOD, EFF_DATE, INDICATOR, RATE, and descriptions, which are dropped."""
    wanted = {"code": ("HCPCS",), "modifier": ("MOD",), "effective": ("EFF_DATE",), "rate": ("RATE",), "year": ("YEAR",)}
    for number, row in source.table(wanted, ("year", "code", "rate")):
        code = source.code(number, row["code"], *_PROCEDURE)
        cents = source.cents(number, row["rate"], "the rate")
        first = source.day(number, row.get("effective", ""), source.first)
        if code:
            rows.add("fee_amount", number, code, row.get("modifier", ""), "", "", first, cents, cents)
