"""Each guideline as a function over findings. They run in the order of `ALL`; none knows another."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.injuries import causes, encounters
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.domain.engine.guidelines.people import whose
from coding_svc.domain.engine.guidelines.specific import contained, contradicted, excluded, siblings, within
from coding_svc.domain.engine.guidelines.status import status
from coding_svc.domain.engine.guidelines.tables import Range, holds, ranges_of, rows
from coding_svc.domain.engine.sections import Section, Sections


def denied(findings: list[Finding], note: Note) -> None:  # noqa: ARG001 - the rules' common form
    """What is not there is not coded, nor what might come."""
    for finding in kept(findings):
        if finding.assertion is Assertion.NEGATED:
            finding.dropped = "the note says that it is not there"
        elif finding.assertion is Assertion.HYPOTHETICAL:
            finding.dropped = "the note speaks of what might come, or is to be watched for"


def uncertain(findings: list[Finding], note: Note) -> None:
    """A diagnosis called probable, suspected, likely is coded for inpatients (II.H) and not for outpatients (IV.H)."""
    for finding in kept(findings):
        if finding.assertion is Assertion.POSSIBLE:
            if note.setting == "inpatient":
                finding.why += "; uncertain, and for an inpatient coded as if it were there"
            else:
                finding.dropped = "uncertain: for an outpatient the signs that led to it are coded, not the diagnosis"


@cache
def _mapping(name: str) -> tuple[tuple[tuple[Range, ...], str], ...]:
    return tuple((ranges_of(left), right) for left, right in rows(name))


@cache
def _over() -> tuple[Range, ...]:
    return tuple(each for left, _ in rows("over.txt") for each in ranges_of(left))


_NEOPLASMS, _SPREAD, _SIGNS = ranges_of("C00-C96"), ranges_of("C77-C79"), ranges_of("R00-R99")


def past(findings: list[Finding], note: Note) -> None:
    """A disease that lasts is coded although the history names it; one that is over is a personal history.

    A sign in the history of the present illness belongs to that illness; a neoplasm that has spread is not over.
    """
    sections = Sections(note.text)
    has_spread = any(holds(_SPREAD, each.code) for each in kept(findings))
    for finding in kept(findings):
        if finding.assertion is not Assertion.HISTORY or finding.code[0] == "Z":
            continue
        told_now = holds(_SIGNS, finding.code) and all(sections.at(start) is not Section.PAST for start, _ in finding.spans)
        if told_now or (has_spread and holds(_NEOPLASMS, finding.code)) or not holds(_over(), finding.code):
            finding.why += "; named in the history, and not said to be over"
        else:
            _replace(findings, finding, "past.txt", note, "over: coded as a personal history where that matters")


def relatives(findings: list[Finding], note: Note) -> None:
    """A relative's disease is a family history."""
    for finding in kept(findings):
        if finding.assertion is Assertion.FAMILY and not finding.code.startswith("Z8"):
            _replace(findings, finding, "family.txt", note, "a relative's, not the patient's")


def _replace(findings: list[Finding], finding: Finding, table: str, note: Note, reason: str) -> None:
    """Drops the disease; a Z code takes its place where there is one."""
    finding.dropped = reason
    for ranges, code in _mapping(table):
        if holds(ranges, finding.code):
            instead = note.codes.billable_form(code, note.on)
            if instead and not any(each.code == instead and not each.dropped for each in findings):
                why = f"in place of {finding.code}: {reason}"
                findings.append(Finding(instead, finding.score, finding.assertion, list(finding.spans), why, stated=True))
            return


class Combination(NamedTuple):
    """Findings in these ranges together are these codes; `stay` are the parts (from 0) that are coded besides."""

    parts: tuple[tuple[Range, ...], ...]
    codes: tuple[str, ...]
    stay: frozenset[int]


@cache
def combinations() -> tuple[Combination, ...]:
    """The table, in its order: three together before two."""
    found = []
    for left, right in rows("combination.txt"):
        codes, _, stay = right.partition("|")
        parts = tuple(ranges_of(part) for part in left.split("+"))
        found.append(
            Combination(parts, tuple(codes.split()), frozenset(int(digit) - 1 for digit in stay.strip() if digit.isdigit()))
        )
    return tuple(found)


def combined(findings: list[Finding], note: Note) -> None:
    """Two diseases that one code says together are coded as that."""
    for rule in combinations():
        parts = [next((each for each in kept(findings) if holds(ranges, each.code)), None) for ranges in rule.parts]
        found = [each for each in parts if each is not None]
        if len(found) < len(parts) or len({id(each) for each in found}) < len(found):
            continue
        names = " and ".join(each.code for each in found)
        first = found[0]
        for number, ranges in enumerate(rule.parts):
            for each in kept(findings):
                if number not in rule.stay and each.code not in rule.codes and holds(ranges, each.code):
                    each.dropped = f"said by {' '.join(rule.codes)}, which combines {names}"
        spans = [span for each in found for span in each.spans]
        for code in rule.codes:
            form = note.codes.billable_form(code, note.on)
            score = max(each.score for each in found)
            there = next((each for each in kept(findings) if each.code == form), None)
            if there is not None:
                there.score = max(there.score, score)
            elif form:
                findings.append(Finding(form, score, first.assertion, spans, f"combines {names}"))


def integral(findings: list[Finding], note: Note) -> None:  # noqa: ARG001 - the rules' common form
    """Signs that belong to a disease as a rule are not coded beside it (I.B.5)."""
    diseases = [each for each in kept(findings) if each.assertion in (Assertion.AFFIRMED, Assertion.POSSIBLE)]
    for ranges, signs in _mapping("integral.txt"):
        disease = next((each for each in diseases if holds(ranges, each.code) and not each.dropped), None)
        if disease is None:
            continue
        for sign in kept(findings):
            if sign is not disease and holds(_signs(signs), sign.code):
                sign.dropped = f"belongs to {disease.code} as a rule"


@cache
def _signs(text: str) -> tuple[Range, ...]:
    return ranges_of(text)


_SIDES = re.compile(r"\b(left|right|bilateral|both|lt|rt)\b", re.IGNORECASE)
_SIDE_WORDS = {"lt": "left", "rt": "right", "both": "bilateral"}
_NEAR = 30


def sides(findings: list[Finding], note: Note) -> None:
    """A side that the note names beside the finding is in the code."""
    for finding in kept(findings):
        if "unspecified" not in note.codes.description(finding.code).lower():
            continue
        said = {
            _side(match[1])
            for start, end in finding.spans
            for match in _SIDES.finditer(note.text, max(0, start - _NEAR), end + _NEAR)
        }
        if said == {"left", "right"}:
            said = {"bilateral"}
        if len(said) == 1:
            side = said.pop()
            code = note.codes.sided(finding.code, side, note.on)
            if code and not any(each.code == code for each in findings):
                finding.why += f"; the note says {side}"
                finding.code = code


def _side(word: str) -> str:
    return _SIDE_WORDS.get(word.lower(), word.lower())


def most_specific(findings: list[Finding], note: Note) -> None:
    """Of two codes for the same words the one that says more, where it is as likely; so with a sign in a longer phrase."""
    standing = kept(findings)
    for vague in standing:
        if "unspecified" not in note.codes.description(vague.code).lower():
            continue
        for other in standing:
            if other is vague or other.dropped or other.score < vague.score:
                continue
            open_too = "unspecified" in note.codes.description(other.code).lower()
            same = other.code[:3] == vague.code[:3] and not open_too and within(vague.spans, other.spans)
            if same or (vague.code[0] == "R" and within(vague.spans, _longer(vague.spans, other.spans))):
                vague.dropped = f"{other.code} says more of the same"
                break


def _longer(spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the others that say more than any of the spans."""
    longest = max(end - start for start, end in spans)
    return [(start, end) for start, end in others if end - start > longest]


@cache
def _wanted() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(left), right) for left, right in rows("specificity.txt"))


def specificity(findings: list[Finding], note: Note) -> None:
    """A code that leaves something open says what the note would have to say."""
    for finding in kept(findings):
        title = note.codes.description(finding.code).lower()
        for pattern, wanted in _wanted():
            if pattern.search(title):
                finding.why += f"; unspecified: a more specific code would need {wanted}"
                break


def in_order(findings: list[Finding], note: Note) -> None:
    """Diseases before signs, the disease before its manifestation, injuries before their external causes, Z codes late.

    Among these as the assessment names them, since the first of it is the reason for the visit; else the likeliest first.
    """
    sections = Sections(note.text)

    def assessed(finding: Finding) -> int:
        return min((start for start, _ in finding.spans if sections.at(start) is Section.ASSESSMENT), default=len(note.text))

    findings.sort(key=lambda finding: (_place(finding, note), assessed(finding), -finding.score, finding.code))


def _place(finding: Finding, note: Note) -> int:
    letter = finding.code[0]
    if letter in "VWXY":
        return 4
    if letter == "Z":
        return 3
    if note.codes.is_manifestation(finding.code, note.on):
        return 1
    return 2 if letter == "R" else 0


ALL = (
    denied,
    contradicted,
    whose,
    uncertain,
    relatives,
    past,
    sides,
    contained,
    combined,
    integral,
    siblings,
    excluded,
    most_specific,
    encounters,
    causes,
    status,
    specificity,
    in_order,
)
"""The guidelines, in the order in which they are applied."""
