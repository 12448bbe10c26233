"""Injuries: which encounter it is (7th character), and what they came from (chapters 19 and 20)."""

import re
from functools import cache

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.domain.engine.guidelines.tables import holds as within_ranges
from coding_svc.domain.engine.guidelines.tables import ranges_of, rows
from coding_svc.domain.engine.reader import NoteReader
from coding_svc.domain.engine.text import sentences

_INJURIES = ranges_of("S00-T34 T66-T79 M80 M84.3-M84.6")
_WITH_SEVENTH = ranges_of("S00-T88 M80 M84.3-M84.6 V00-Y38")
_LENGTH = 8
_LATER = (
    ("P", re.compile(r"\bmalunion\b", re.IGNORECASE)),
    ("K", re.compile(r"\bnon-?union\b", re.IGNORECASE)),
    ("G", re.compile(r"\bdelayed (?:union|healing)\b", re.IGNORECASE)),
    ("S", re.compile(r"\bsequelae?\b|\blate effects?\b|\bdue to (?:an )?old\b", re.IGNORECASE)),
    (
        "D",
        re.compile(
            r"\bsubsequent (?:encounter|visit)\b|\b(?:is |are )?heal(?:ing|ed)\b|\bcast (?:was )?(?:removed|removal|change)"
            r"|\bsutures? (?:were )?remov|\bpost-?op(?:erative)? (?:visit|check|day)"
            r"|\b(?:s/p|status post) (?:ORIF|open reduction)"
            r"|\bfollow[- ]?up (?:visit |evaluation )?(?:of|for|after|on|regarding)\b",
            re.IGNORECASE,
        ),
    ),
    ("B", re.compile(r"\b(?:open|compound) (?:[\w'-]+ ){0,4}fractures?\b", re.IGNORECASE)),
)
"""What tells that it is not the first treatment of a closed fracture, the most telling first (guideline I.C.19.a, c)."""
_NEXT_TIME = re.compile(r"\bin (?:\d+|one|two|three|a few) ?(?:to \d+ |- ?\d+ )?(?:days?|weeks?|months?)\b", re.IGNORECASE)
_SURE = 0.8


def encounters(findings: list[Finding], note: Note) -> None:
    """The 7th character is the encounter that the note tells; without a word of it the first treatment, closed."""
    spans = sentences(note.text)
    first = note.text[slice(*spans[0])] if spans else ""
    for finding in kept(findings):
        if len(finding.code) != _LENGTH or finding.code[-1] not in "AB" or not within_ranges(_WITH_SEVENTH, finding.code):
            continue
        near = " ".join(note.text[start:end] for start, end in spans if any(start <= place < end for place, _ in finding.spans))
        character = _character(near, note.text) or ("D" if _character(first, "") == "D" else "")
        other = finding.code[:-1] + character
        if character and note.codes.is_billable(other, note.on) and not any(each.code == other for each in findings):
            finding.code = other
            finding.why += f"; the note's words for the encounter are 7th character {character}"


def _character(near: str, note: str) -> str:
    for character, pattern in _LATER:
        found = pattern.search(near) or (pattern.search(note) if character in "PKGS" else None)
        if found and not (character == "D" and _NEXT_TIME.search(near, found.start())):
            return character
    return ""


@cache
def _causes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in rows("causes.txt"))


def causes(findings: list[Finding], note: Note) -> None:
    """What an injury came from is coded after it, and never without one (guideline I.C.20)."""
    injured = [each for each in kept(findings) if within_ranges(_INJURIES, each.code)]
    told = [each for each in kept(findings) if each.code[0] in "VWXY"]
    if not injured:
        for each in told:
            each.dropped = "an external cause is coded after the injury that it led to, and none is coded"
        return
    if any(each.code[0] in "VWX" and not each.code.startswith("W19") for each in told):
        return
    reader = NoteReader(note.text)
    for code, pattern in _causes():
        found = pattern.search(note.text)
        if found and reader.one(found.span()) in (Assertion.AFFIRMED, Assertion.HISTORY):
            _name_cause(findings, injured[0], code, found.span(), note)
            return


def _name_cause(findings: list[Finding], injury: Finding, code: str, span: tuple[int, int], note: Note) -> None:
    """The cause has its injury's encounter: first, subsequent or sequela."""
    character = {"A": "A", "B": "A", "S": "S"}.get(injury.code[-1], "D") if len(injury.code) == _LENGTH else "A"
    form = note.codes.billable_form(code[:-1] + character, note.on)
    if form and not any(each.code == form and not each.dropped for each in findings):
        why = f"“{' '.join(note.text[slice(*span)].split())}”: what {injury.code} came from"
        findings.append(Finding(form, _SURE, Assertion.AFFIRMED, [span], why, stated=True))
