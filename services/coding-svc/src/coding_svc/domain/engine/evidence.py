"""Gathers what in a note speaks for which code, and puts it into numbers for the trees."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coding_svc.domain.engine.lexicon import Entry, Meaning, Phrase, phrases
from coding_svc.domain.engine.meanings import NamedTerm
from coding_svc.domain.engine.text import tokens_of

FEATURES = (
    "aligned share", "coded share", "meaning share", "likeness", "words", "free mentions", "mentions", "aligned notes", "notes",
    "any phrase", "best aligned share", "best free share", "phrases", "first place", "notes with code", "length", "a sign",
    "longest free phrase", "best sibling", "siblings", "term weight", "term words", "term mentions", "term inherited",
    "term unspecified", "term other", "term alone",
)  # fmt: skip
"""The trees' columns, in order."""


_TELLING = 0.2
"""A phrase is evidence where at least so many of the notes that hold it have the code; else all are."""


@dataclass(slots=True)
class Candidate:
    """A code with where the note speaks of it."""

    code: str
    spans: list[tuple[int, int]] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)
    """Those spans that lie in no longer phrase of another meaning."""
    term: NamedTerm | None = None
    """The term of the code set that says the most for it."""
    features: list[float] = field(default_factory=list)


class _Seen:
    """A phrase where it stands in the note."""

    def __init__(self, entry: Entry, words: int) -> None:
        self.entry = entry
        self.words = words
        self.places: list[tuple[int, int]] = []


def gather(
    text: str, entries: Mapping[str, Entry], notes_with: Mapping[str, int], terms: Iterable[tuple[str, NamedTerm]]
) -> dict[str, Candidate]:
    """By code all that speaks for it; `terms` are the code set's terms with the one code that each stands for."""
    tokens = tokens_of(text)
    seen: dict[str, _Seen] = {}
    longest: dict[int, int] = {}
    for phrase in phrases(text, tokens):
        entry = entries.get(phrase.key)
        if entry:
            seen.setdefault(phrase.key, _Seen(entry, phrase.words)).places.append((phrase.first, phrase.last))
            _cover(longest, phrase)
    meant: dict[str, list[tuple[_Seen, Meaning]]] = defaultdict(list)
    for each in seen.values():
        for meaning in each.entry.meanings:
            meant[meaning.code].append((each, meaning))
    named: dict[str, list[NamedTerm]] = defaultdict(list)
    for code, term in terms:
        named[code].append(term)
    found: dict[str, Candidate] = {}
    for code in meant.keys() | named.keys():
        candidate = Candidate(code)
        rows = [_row(each, meaning, longest) for each, meaning in meant.get(code, ())]
        candidate.features = _numbers(rows, len(tokens), notes_with.get(code, 0), code)
        told = [each for each, meaning in meant.get(code, ()) if meaning.coded >= _TELLING * each.entry.notes]
        for each in told or [each for each, _ in meant.get(code, ())]:
            for first, last in each.places:
                span = (tokens[first].start, tokens[last].end)
                candidate.spans.append(span)
                if _is_free(first, last, each.words, longest):
                    candidate.free.append(span)
        if rows:
            candidate.features[13] = min(start for start, _ in candidate.spans) / max(1, len(text))
        _add_terms(candidate, named.get(code, ()))
        found[code] = candidate
    _compare_siblings(found)
    return found


def _cover(longest: dict[int, int], phrase: Phrase) -> None:
    for token in range(phrase.first, phrase.last + 1):
        if longest.get(token, 0) < phrase.words:
            longest[token] = phrase.words


def _is_free(first: int, last: int, words: int, longest: Mapping[int, int]) -> bool:
    return all(longest[token] <= words for token in range(first, last + 1))


def _row(each: _Seen, meaning: Meaning, longest: Mapping[int, int]) -> tuple[float, ...]:
    """One phrase's numbers for one code."""
    notes = each.entry.notes
    free = sum(1 for first, last in each.places if _is_free(first, last, each.words, longest))
    share = meaning.aligned / sum(other.aligned for other in each.entry.meanings)
    aligned = (meaning.aligned + 0.2) / (notes + 1.0)
    coded = (meaning.coded + 0.3) / (notes + 1.0)
    return (aligned, coded, share, meaning.likeness, each.words, free, len(each.places), meaning.aligned, notes)


def _numbers(rows: list[tuple[float, ...]], tokens: int, notes_with: int, code: str) -> list[float]:
    """All phrases' numbers for one code, in the order of FEATURES; what is compared later is 0."""
    values = [0.0] * len(FEATURES)
    values[13:17] = [1.0, math.log1p(notes_with), math.log(tokens + 1), float(code[0] == "R")]
    if not rows:
        return values
    best = max(rows, key=lambda row: row[1] * (1.0 if row[5] else 0.5))
    missed = 1.0
    for row in rows:
        missed *= 1 - min(0.95, row[1] * (1.0 if row[5] else 0.4))
    values[:9] = [*best[:7], math.log1p(best[7]), math.log1p(best[8])]
    values[9] = 1 - missed
    values[10] = max(row[0] for row in rows)
    values[11] = max((row[1] for row in rows if row[5]), default=0.0)
    values[12] = len(rows)
    values[17] = max(row[4] if row[5] else 0.0 for row in rows)
    return values


def _add_terms(candidate: Candidate, terms: Sequence[NamedTerm]) -> None:
    """What the code set's own terms add."""
    if not terms:
        return
    best = max(terms, key=lambda term: (term.weight, term.words))
    candidate.term = best
    spans = [(term.start, term.end) for term in terms]
    flags = best.flags
    numbers = [best.weight, best.words, len(spans), best.inherited, bool(flags & 1), bool(flags & 2), not candidate.spans]
    candidate.features[20:27] = [float(number) for number in numbers]
    if not candidate.spans:
        candidate.features[13] = 0.5
    candidate.free.extend(spans)
    candidate.spans.extend(spans)


def _compare_siblings(found: Mapping[str, Candidate]) -> None:
    """Codes of one category rival for the same words."""
    by_category: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found.values():
        by_category[candidate.code[:3]].append(candidate)
    for family in by_category.values():
        strongest = sorted((candidate.features[9] for candidate in family), reverse=True)
        for candidate in family:
            own = candidate.features[9]
            others = strongest[1] if len(strongest) > 1 and own == strongest[0] else strongest[0]
            candidate.features[18] = others if len(family) > 1 else 0.0
            candidate.features[19] = len(family) - 1
