"""Of several codes for one thing the one that says the most (guideline I.B.2), and none that says the contrary of the note."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.domain.engine.guidelines.tables import Range, holds, ranges_of, rows
from coding_svc.domain.engine.wording import Said, contradiction, plain, said, title_words

_OPEN = re.compile(r"unspecified|without complication|uncomplicated|not specified|, nos\b")
_SITES = frozenset("CDMRSTHLI")
"""Chapters whose codes name a place or a sign: two of a category may be two diseases."""
_MEANT = 0.6
"""A code that is looked up in place of a contradicted one fits the clause at least so well."""
_CLAUSE_END = re.compile(r"[.;:\n,()]")
_LONGEST_CLAUSE = 120


def contradicted(findings: list[Finding], note: Note) -> None:
    """A title that says the contrary of the words around its evidence is not what the note means; one like it may be."""
    for finding in kept(findings):
        if finding.stated:
            continue
        clauses = [_clause(note, start, end) for start, end in finding.spans]
        reasons = [_contrary(finding.code, clause, note) for clause in clauses]
        if not reasons or not all(reasons):
            continue
        finding.dropped = reasons[0]
        instead = _instead(finding.code, clauses[0], note)
        if instead and not any(each.code == instead for each in findings):
            why = f"{finding.why}; not {finding.code}: {reasons[0]}"
            findings.append(Finding(instead, finding.score, finding.assertion, list(finding.spans), why))


class _Clause(NamedTuple):
    """The clause in which a finding stands, and the words that are its evidence."""

    text: str
    evidence: Said


def _contrary(code: str, clause: _Clause, note: Note) -> str:
    """What the title says against the clause; that the finding itself is denied is told by its assertion."""
    title = said(note.codes.words(title_words(note.codes.description(code))))
    read = said(note.codes.words(plain(clause.text)))
    return contradiction(title, read._replace(absent=read.absent - clause.evidence.present))


def _instead(code: str, clause: _Clause, note: Note) -> str:
    """The code like it that the clause means: E10.9 in place of E11.9 where it says type 1; "" for none."""
    for hit, score in note.codes.search(clause.text, note.on, 8):
        if score >= _MEANT and hit[:2] == code[:2] and not _contrary(hit, clause, note):
            return hit
    return ""


def _clause(note: Note, start: int, end: int) -> _Clause:
    """From the last punctuation before a place to the next one after it."""
    first = max(
        (match.end() for match in _CLAUSE_END.finditer(note.text, max(0, start - _LONGEST_CLAUSE), start)), default=None
    )
    if first is None:
        first = max(0, start - _LONGEST_CLAUSE)
        first = note.text.find(" ", first, start) + 1 if first else 0
    after = _CLAUSE_END.search(note.text, end, end + _LONGEST_CLAUSE)
    last = after.start() if after else min(len(note.text), note.text.rfind(" ", end, end + _LONGEST_CLAUSE) + 1 or end)
    return _Clause(note.text[first : max(last, end)], said(note.codes.words(plain(note.text[start:end]))))


def contained(findings: list[Finding], note: Note) -> None:
    """A code for a part of the words that another states as a whole ("infection" in "lower respiratory infection")."""
    for inner in kept(findings):
        for outer in kept(findings):
            if outer is inner or outer.code == inner.code or not outer.stated or outer.assertion is not inner.assertion:
                continue
            if _leaves_open(outer, inner, note):
                continue
            longer = [span for span in outer.spans if not inner.stated or _longest(inner) < span[1] - span[0]]
            if within(inner.spans, longer):
                inner.dropped = f"{outer.code} says more of the same"
                break


def _leaves_open(vague: Finding, other: Finding, note: Note) -> bool:
    """Whether a code leaves open, or denies, what another of its category says, and the note too."""
    if vague.code[:3] != other.code[:3]:
        return False
    ours, theirs = (note.codes.description(each.code).lower() for each in (vague, other))
    less, more = (said(note.codes.words(title_words(each))) for each in (ours, theirs))
    opener = len(_OPEN.findall(ours)) > len(_OPEN.findall(theirs)) or not less.absent.isdisjoint(more.present)
    return opener and _is_said(ours, theirs, other, note)


def _longest(finding: Finding) -> int:
    return max(end - start for start, end in finding.spans)


def within(spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    """Whether every one of the spans lies in one of the others."""
    return all(any(first <= start and end <= last for first, last in others) for start, end in spans)


def siblings(findings: list[Finding], note: Note) -> None:
    """A code that leaves open, or denies, what another of its category says falls: E11.9 beside E11.42, N18.9 beside N18.4."""
    for vague in kept(findings):
        for other in kept(findings):
            if other is vague or other.code == vague.code:
                continue
            if _says_less(vague, other, note):
                vague.dropped = f"{other.code} says more of the same"
                break


def _says_less(vague: Finding, other: Finding, note: Note) -> bool:
    touching = _touch(vague.spans, other.spans)
    if (touching or other.stated) and any(holds(left, vague.code) and holds(right, other.code) for left, right in _across()):
        return True
    if not _leaves_open(vague, other, note):
        return False
    if vague.code[0] not in _SITES:
        return True
    if vague.code[0] == "R" and not (touching or other.stated):
        return False
    titles = (note.codes.description(each.code).lower() for each in (vague, other))
    less, more = (said(note.codes.words(title_words(_OPEN.sub("", each)))) for each in titles)
    return less.present <= more.present


def _is_said(ours: str, theirs: str, other: Finding, note: Note) -> bool:
    """Whether the note says what the longer title adds: "in remission", "with foreign body", "other" are not taken unsaid."""
    if other.stated:
        return True
    less, more = (said(note.codes.words(title_words(_OPEN.sub("", each)))) for each in (ours, theirs))
    adds = more.present - less.present
    told = said(note.codes.words(plain(note.text))).present
    return "other" not in theirs.split() and 2 * len(adds & told) >= len(adds)


@cache
def _across() -> tuple[tuple[tuple[Range, ...], tuple[Range, ...]], ...]:
    return tuple((ranges_of(left), ranges_of(right)) for left, right in rows("siblings.txt"))


def excluded(findings: list[Finding], note: Note) -> None:
    """Of two codes for the same words that may not stand together (Excludes1) the likelier one."""
    for lesser in kept(findings):
        for other in kept(findings):
            if other is lesser or lesser.stated or not (other.stated or _longest(other) > _longest(lesser)):
                continue
            if within(lesser.spans, other.spans) and note.codes.excluded(lesser.code, other.code, note.on):
                lesser.dropped = f"not beside {other.code}, which excludes it"
                break


def _touch(spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    return any(start < last and first < end for start, end in spans for first, last in others)
