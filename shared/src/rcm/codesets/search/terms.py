"""Finds the code set's terms in a running text: every entry of the index whose words stand together in one clause.

An entry is looked for where its rarest word stands. Of entries that overlap, those that say more win; of entries with the same
words, the one whose code says the least beyond them (the category's unspecified code), as a coder would take.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rcm.codesets.search.compile import INHERITED_DEFAULT, INHERITED_TERM, OTHER_SPECIFIED, OWN_DEFAULT, UNSPECIFIED
from rcm.codesets.search.index import SearchIndex
from rcm.codesets.search.words import STOP_WORDS, Placed, placed_words

_CLAUSE = re.compile(r"[.;:\n()]|,(?=\s)")
_GAP = 3
"""So many words beyond an entry's own may stand among them."""
_MANY_ENTRIES = 400


class TermMatch(NamedTuple):
    """A term in a text: where, the codes that it names (several: a 7th character parts them), and how much it says."""

    start: int
    end: int
    codes: tuple[str, ...]
    weight: float
    """The sum of its words' rarity."""
    words: int
    inherited: bool
    """The term is a category's, the code a default beneath it."""
    flags: int
    """1 the title leaves something unspecified, 2 it is an "other specified"."""


class _Found(NamedTuple):
    row: int
    span: tuple[int, int]
    places: frozenset[int]
    rank: tuple[float, ...]


def find_terms(index: SearchIndex, text: str) -> list[TermMatch]:
    """All terms of a text, in order; what lies within a longer one is left out."""
    matches: list[TermMatch] = []
    for clause in _clauses(text):
        matches.extend(_Clause(index, clause).matches())
    return matches


def _clauses(text: str) -> Iterator[list[Placed]]:
    first = 0
    for match in _CLAUSE.finditer(text):
        yield [(word, start + first, end + first) for word, start, end in placed_words(text[first : match.start()])]
        first = match.end()
    yield [(word, start + first, end + first) for word, start, end in placed_words(text[first:])]


class _Clause:
    """One clause's words and what is found among them."""

    def __init__(self, index: SearchIndex, words: Sequence[Placed]) -> None:
        self._index = index
        self._words = [word for word in words if word[0] not in STOP_WORDS]
        self._numbers = [index.number_of(word) for word, _, _ in self._words]
        self._places: dict[int, list[int]] = {}
        for place, number in enumerate(self._numbers):
            if number is not None:
                self._places.setdefault(number, []).append(place)

    def matches(self) -> list[TermMatch]:
        """The longest entries, from left to right."""
        best: dict[frozenset[int], _Found] = {}
        for number, places in self._places.items():
            for row in self._index.anchored(number)[:_MANY_ENTRIES]:
                found = self._match(row, places[0])
                if found and (found.places not in best or found.rank > best[found.places].rank):
                    best[found.places] = found
        kept: list[_Found] = []
        for found in sorted(best.values(), key=lambda each: (-len(each.places), each.span)):
            if not any(found.places <= other.places for other in kept):
                kept.append(found)
        return [self._told(found) for found in sorted(kept, key=lambda each: each.span)]

    def _match(self, row: int, anchor: int) -> _Found | None:
        """The entry, where all its words stand near its rarest one."""
        words = self._index.words_of_entry(row)
        places: list[int] = []
        for word in words:
            standing = self._places.get(word)
            if not standing:
                return None
            places.append(min(standing, key=lambda place: abs(place - anchor)))
        first, last = min(places), max(places)
        if last - first >= len(words) + _GAP:
            return None
        optional = self._index.optional_of_entry(row)
        extra = sum(1 for word in optional if word in self._places)
        _, kind, flags, weight = self._index.facts_of_entry(row)
        rank = (
            weight,
            extra,
            kind in (OWN_DEFAULT, INHERITED_DEFAULT),
            bool(flags & UNSPECIFIED),
            -bool(flags & OTHER_SPECIFIED),
            -kind,
            -len(optional),
            -row,
        )
        return _Found(row, (first, last), frozenset(places), rank)

    def _told(self, found: _Found) -> TermMatch:
        target, kind, flags, weight = self._index.facts_of_entry(found.row)
        start = min(self._words[place][1] for place in found.places)
        end = max(self._words[place][2] for place in found.places)
        codes = tuple(self._index.codes_of(target))
        return TermMatch(start, end, codes, weight, len(found.places), kind in (INHERITED_TERM, INHERITED_DEFAULT), flags)
