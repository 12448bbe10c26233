"""CMS's National Correct Coding Initiative: procedure-to-procedure pairs, medically unlikely edits, add-on codes."""

import re

from rcm.codesets.lists import Setting
from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System
from rcm.codesets.validity import ALWAYS, day_before

_PAIR = re.compile(r"[0-9A-Z]{5}\t[0-9A-Z]{5}\t")
_SETTINGS = (
    ("ccipra", Setting.PRACTITIONER),
    ("practitioner", Setting.PRACTITIONER),
    ("ccioph", Setting.OUTPATIENT),
    ("outpatient", Setting.OUTPATIENT),
    ("dme", Setting.SUPPLIER),
    ("supplier", Setting.SUPPLIER),
)
_PROCEDURE = (System.CPT, System.HCPCS, System.CDT)


def setting_of(name: str) -> str:
    """For whom CMS made a list, by its file's name; empty where the name does not say."""
    plain = name.lower()
    return next((setting for mark, setting in _SETTINGS if mark in plain), "")


def load_pairs(rows: Rows, source: Source) -> None:
    """`ccipra-v*.txt`, `ccioph-v*.txt`: a preamble, then column 1, column 2, `*`, effective, deletion, indicator, rationale.

    The deletion day is the first on which the pair no longer counts; one that is its effective day says that it never did.
    """
    begun = False
    for number, line in source.lines():
        begun = begun or _PAIR.match(line) is not None
        if not begun:
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 6:
            source.bad(number, f"{len(cells)} cells, not 7")
            continue
        column1, column2 = (source.code(number, cell, *_PROCEDURE) for cell in cells[:2])
        first = source.day(number, cells[3], 0)
        deleted = source.day(number, cells[4], ALWAYS)
        if not cells[3].strip("*"):
            source.bad(number, "there is no effective date")
        if cells[5] not in {"0", "1", "9"}:
            source.bad(number, f"the modifier indicator is {cells[5][:5]!r}, not 0, 1 or 9")
        if column1 and column2 and deleted != first:
            rationale = cells[6] if len(cells) > 6 else ""
            rows.add("pair", number, column1, column2, source.setting, first, day_before(deleted), cells[5], rationale)
    if not begun:
        raise source.refuse("no line begins with two codes of five characters and tabs")


def load_unit_limits(rows: Rows, source: Source) -> None:
    """`MCR_MUE_*.csv`: a preamble, then code, value, adjudication indicator ("2 Date of Service Edit: Policy"), rationale."""
    begun = False
    for number, cells in source.cells(","):
        if not begun and not re.fullmatch(r"[0-9A-Z]{5}", cells[0]):
            continue
        begun = True
        if len(cells) < 3:
            source.bad(number, f"{len(cells)} cells, not 4")
            continue
        code = source.code(number, cells[0], *_PROCEDURE)
        units = source.whole(number, cells[1], "the value")
        adjudication = cells[2][:1]
        if adjudication not in {"1", "2", "3"}:
            source.bad(number, f"the adjudication indicator is {cells[2][:20]!r}; it begins with 1, 2 or 3")
        if code:
            rows.add("unit_limit", number, code, source.setting, units, adjudication, cells[3] if len(cells) > 3 else "")
    if not begun:
        raise source.refuse("no row begins with a code of five characters")


def load_add_ons(rows: Rows, source: Source) -> None:
    """`AOC_V*.txt`: a notice, headings, then rows; days are YYYYDDD, deletion days the first that no longer count.

    `CCCCC` as a primary stands for those that the contractor names.
    """
    wanted = {
        "kind": ("AOC_Edit_Type", "Edit_Type"),
        "code": ("Add-On_Code", "AddOn_Code"),
        "deleted": ("AOC_DelDT", "Add-On_Code_DelDT"),
        "primary": ("Primary_Code",),
        "primary_deleted": ("Primary_Code_DelDT",),
        "effective": ("AOC_Edit_EffDT", "Edit_EffDT"),
        "ended": ("AOC_Edit_DelDT", "Edit_DelDT"),
    }
    for number, row in source.table(wanted, ("kind", "code", "primary")):
        code = source.code(number, row["code"], *_PROCEDURE)
        primary = row["primary"] if row["primary"] == "CCCCC" else source.code(number, row["primary"], *_PROCEDURE)
        if row["kind"] not in {"1", "2", "3"}:
            source.bad(number, f"the type is {row['kind'][:5]!r}, not 1, 2 or 3")
        first = source.ordinal_day(number, row.get("effective", ""), 0)
        ends = [source.ordinal_day(number, row.get(name, ""), ALWAYS) for name in ("deleted", "primary_deleted", "ended")]
        last = day_before(min(ends))
        if code and primary and last >= first:
            rows.add("add_on", number, code, row["kind"], primary, first, last)
