"""CMS's HCPCS Level II file (`HCPC2026_OCT_ANWEB.txt`): codes and modifiers with their words and dates.

Fixed columns, 320 wide with its filler trimmed or not, Latin-1; counted from 1: 1-5 code (a modifier in 4-5), 6-10 sequence, 11
kind of record (3 code, 4 its continuation, 7 modifier, 8 its continuation), 12-91 long description, 92-119 short, 128 multiple
pricing, 230 coverage, 256-259 type of service group, 269-276 added, 277-284 action effective, 285-292 terminated (inclusive),
293 action.
"""

import json
from dataclasses import dataclass

from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System
from rcm.codesets.validity import ALWAYS

_CODE, _CODE_CONTINUED, _MODIFIER, _MODIFIER_CONTINUED = "3", "4", "7", "8"


@dataclass(slots=True)
class _Entry:
    row: int
    system: System
    code: str
    long: str
    line: str


def load_hcpcs(rows: Rows, source: Source) -> None:
    """Codes and modifiers; CPT and CDT codes don't belong into this file, and are refused."""
    entry: _Entry | None = None
    for number, line in source.lines():
        kind = line[10:11]
        if kind in {_CODE, _MODIFIER}:
            _write(rows, source, entry)
            entry = _begin(source, number, line, System.HCPCS if kind == _CODE else System.MODIFIER)
        elif kind in {_CODE_CONTINUED, _MODIFIER_CONTINUED}:
            if entry is None or _code(line, entry.system) != entry.code:
                source.bad(number, "this continues a code that does not stand before it")
            else:
                entry.long = f"{entry.long} {line[11:91].strip()}".strip()
        else:
            source.bad(number, f"the kind of record in column 11 is {kind!r}, not 3, 4, 7 or 8")
    _write(rows, source, entry)
    rows.cover(System.HCPCS)


def _code(line: str, system: System) -> str:
    return line[:5].strip() if system is System.HCPCS else line[3:5].strip()


def _begin(source: Source, number: int, line: str, system: System) -> _Entry | None:
    code = _code(line, system)
    if system is System.HCPCS and (code[:1].isdigit() or code[:1] == "D"):
        source.bad(
            number, f"{code} is a code of {'CDT' if code[0] == 'D' else 'CPT'}, which is licensed and not loaded from here"
        )
        return None
    if source.code(number, code, system) is None:
        return None
    return _Entry(number, system, code, line[11:91].strip(), line)


def _write(rows: Rows, source: Source, entry: _Entry | None) -> None:
    """What a first line and its continuations say."""
    if entry is None:
        return
    line = entry.line
    first = source.day(entry.row, line[268:276], 0)
    last = source.day(entry.row, line[284:292], ALWAYS)
    if last < first:
        source.bad(entry.row, f"{entry.code} ends before it begins")
        return
    facts = {
        "multiple_pricing": line[127:128].strip(),
        "coverage": line[229:230].strip(),
        "betos": line[255:259].strip(),
        "action_effective": line[276:284].strip(),
        "action": line[292:293].strip(),
    }
    told = json.dumps({name: value for name, value in facts.items() if value})
    rows.add("validity", entry.row, entry.system, entry.code, first, last, "")
    rows.add("title", entry.row, entry.system, entry.code, 1, line[91:119].strip(), entry.long, told)
