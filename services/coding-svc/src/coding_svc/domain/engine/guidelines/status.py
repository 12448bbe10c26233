"""What is coded besides diseases: drugs that are taken for long, what was measured, why the patient came (chapter 21)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.domain.engine.guidelines.people import age_of
from coding_svc.domain.engine.guidelines.tables import Range, holds, lines, ranges_of
from coding_svc.domain.engine.reader import NoteReader

_SURE = 0.9
_WEIGHT_DISEASES = ranges_of("E66 E40-E46 E43-E45 R63.4 R63.5 R63.6 F50")
_PREGNANT = ranges_of("O00-O99 Z34 Z33")
_BODY_MASS = re.compile(r"\b(?:BMI|body mass index)\b[^\d.;\n]{0,12}(\d{2}(?:\.\d{1,2})?)", re.IGNORECASE)
_WEEKS = re.compile(
    r"\b(\d{1,2})(?: ?\d/7|\+\d)?[ -]?(?:weeks?|wks?)(?:['’]? (?:of )?(?:gestation|pregnan|IUP|EGA))"
    r"|(?:pregnan\w+|gestation\w*|EGA|IUP|G\dP\d)[^.;\n]{0,20}?\b(\d{1,2})(?: ?\d/7)?[ -]?(?:weeks?|wks?)",
    re.IGNORECASE,
)
_CHILDS_EXAMINATION = re.compile(r"\bwell[- ](?:child|baby)|routine child health exam", re.IGNORECASE)
_EXAMINATION = re.compile(
    r"\bannual (?:physical|wellness|health|preventive|check-?up|exam)|\bwellness (?:exam|visit)"
    r"|\b(?:routine|general|preventive|yearly|complete)(?: adult)?(?: medical| health)? (?:exam|physical|check-?up)",
    re.IGNORECASE,
)
_ABNORMAL = re.compile(r"(?<!without )(?<!no )\babnormal findings?\b", re.IGNORECASE)
_FOUND = ranges_of("R01 R03 R19 R22 R59 R70-R97")
"""Signs that an examination finds."""
_FULL_AGE = 18


class _Status(NamedTuple):
    code: str
    beside: tuple[Range, ...]
    pattern: re.Pattern[str]


@cache
def _table() -> tuple[_Status, ...]:
    found = []
    for line in lines("status.txt"):
        code, beside, pattern = (part.strip() for part in line.split(" | ", 2))
        found.append(
            _Status(code, ranges_of(beside.replace("-", "", 1) if beside == "-" else beside), re.compile(pattern, re.I))
        )
    return tuple(found)


def status(findings: list[Finding], note: Note) -> None:
    """Adds what the note says of drugs, measures and reasons, where the code beside which it belongs is given."""
    reader = NoteReader(note.text)
    _examination(findings, note, reader)
    for row in _table():
        if not row.beside or any(holds(row.beside, each.code) for each in kept(findings)):
            _add(findings, row.code, list(_spans(row.pattern, note, reader)), note)
    for code, span in (*_body_mass(findings, note), *_weeks(findings, note)):
        _add(findings, code, [span], note)


def _spans(pattern: re.Pattern[str], note: Note, reader: NoteReader) -> Iterator[tuple[int, int]]:
    """Where the pattern stands and is neither denied nor somebody else's."""
    for match in pattern.finditer(note.text):
        if reader.one(match.span()) not in (Assertion.NEGATED, Assertion.FAMILY, Assertion.HYPOTHETICAL):
            yield match.span()


def _add(findings: list[Finding], code: str, spans: list[tuple[int, int]], note: Note) -> None:
    form = note.codes.billable_form(code, note.on) if spans else ""
    if not form or any(each.code == form and not each.dropped for each in findings):
        return
    start, end = spans[0]
    words = " ".join(note.text[start:end].split())
    for each in kept(findings):
        if each.assertion is not Assertion.AFFIRMED or each.code[0] in "CBJF":
            inside = all(any(first <= a and b <= last for first, last in spans) for a, b in each.spans)
            if inside and each.code[0] != "Z":
                each.dropped = f"“{words}” is {form}"
    findings.append(Finding(form, _SURE, Assertion.AFFIRMED, spans, f"“{words}”", stated=True))


def _body_mass(findings: list[Finding], note: Note) -> Iterator[tuple[str, tuple[int, int]]]:
    """The index is coded beside a disease of weight alone (I.B.14), from 20 years on."""
    found = _BODY_MASS.search(note.text)
    age = age_of(note.text)
    if found and (age is None or age >= 20) and any(holds(_WEIGHT_DISEASES, each.code) for each in kept(findings)):
        index = float(found[1])
        tens = next(
            (code for least, code in ((70, "45"), (60, "44"), (50, "43"), (45, "42"), (40, "41")) if index >= least), ""
        )
        yield f"Z68.{tens or ('1' if index < 20 else int(index))}", found.span()


def _weeks(findings: list[Finding], note: Note) -> Iterator[tuple[str, tuple[int, int]]]:
    """The week of a pregnancy, and its trimester in codes that leave it open (I.C.15.a.3)."""
    found = _WEEKS.search(note.text)
    pregnant = [each for each in kept(findings) if holds(_PREGNANT, each.code)]
    if found and pregnant:
        week = int(found[1] or found[2])
        trimester = "first" if week < 14 else "second" if week < 28 else "third"
        for each in pregnant:
            each.code = note.codes.sided(each.code, trimester, note.on) or each.code
        if 8 <= week <= 42:
            yield f"Z3A.{week:02}", found.span()


def _examination(findings: list[Finding], note: Note, reader: NoteReader) -> None:
    """An examination without a complaint, a child's or an adult's, with or without abnormal findings (I.C.21.c.13)."""
    childs = list(_spans(_CHILDS_EXAMINATION, note, reader))
    spans = childs or list(_spans(_EXAMINATION, note, reader))
    if not spans:
        return
    age = age_of(note.text)
    is_child = bool(childs) if age is None else age < _FULL_AGE
    abnormal = _ABNORMAL.search(note.text) or any(holds(_FOUND, each.code) for each in kept(findings))
    told = [match.span() for match in _ABNORMAL.finditer(note.text)]
    for each in kept(findings):
        only_told = bool(told) and all(any(a <= start and end <= b for a, b in told) for start, end in each.spans)
        if only_told or each.code.startswith(("Z00.0", "Z00.12")):
            each.dropped = "the examination is coded by the age, and by whether anything abnormal was found"
    _add(findings, ("Z00.121" if abnormal else "Z00.129") if is_child else ("Z00.01" if abnormal else "Z00.00"), spans, note)
