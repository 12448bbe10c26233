"""Slips of the keyboard: a word that the classification and our tables don't know becomes the nearest one that they do."""

import heapq
import re

from rcm.codesets.search.file_format import Sections
from rcm.codesets.search.wordforms import likeness, parts, trigrams
from rcm.codesets.search.words import fold, singular

_WORD = re.compile(r"[a-z]{4,}")
_CANDIDATES = 24
_SHARED_PIECES = 0.3
_ALIKE = 0.62
"""Shorter words bear one slip, longer ones two; the first letter is seldom one."""


class Spelling:
    """The words that are spelled rightly, with their three-letter pieces."""

    def __init__(self, sections: Sections) -> None:
        self._words = sections.text("spellings").split("\n")
        self._known = frozenset(self._words)
        self._pieces = {piece: number for number, piece in enumerate(sections.text("trigrams").split("\n"))}
        self._starts, self._numbers = sections.integers("trigram_words_starts"), sections.integers("trigram_words")

    def mended(self, text: str) -> str:
        """The text with its unknown words as they were probably meant; the same text where all are known."""
        return _WORD.sub(lambda found: self._mend(found[0]), fold(text)) if self._unknown(text) else text

    def _unknown(self, text: str) -> bool:
        return any(singular(word) not in self._known for word in _WORD.findall(fold(text)))

    def _mend(self, word: str) -> str:
        one = singular(word)
        if one in self._known or any(parts(one)):
            return word
        pieces = trigrams(one)
        shared: dict[int, int] = {}
        for piece in pieces:
            number = self._pieces.get(piece)
            if number is not None:
                for other in self._numbers[self._starts[number] : self._starts[number + 1]]:
                    shared[other] = shared.get(other, 0) + 1
        least = _SHARED_PIECES * len(pieces)
        near_enough = [(-count, other) for other, count in shared.items() if count >= least and self._words[other][0] == one[0]]
        close = heapq.nsmallest(_CANDIDATES, near_enough)
        near = max(((likeness(one, self._words[other]), -other) for _, other in close), default=(0.0, 0))
        return self._words[-near[1]] if near[0] >= _ALIKE else word
