"""A note cut into what was addressed and what is history, and the findings of each element in it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from coding_svc.domain.visits.words import Found, Vocabulary

_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|\n")
MOST_FOUND = 300
"""So many places of an element are taken; a note that says more says nothing new."""
_BEFORE = 60
"""So many characters before a finding are looked at for words that take it back."""


class Note:
    """One document, read for a visit's level."""

    def __init__(self, text: str, vocabulary: Vocabulary, on: date) -> None:
        self.text, self._vocabulary, self._on = text, vocabulary, on
        self._addressed = self._parts()
        self._ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]

    def _parts(self) -> Sequence[tuple[int, int]]:
        """Where the assessment and the plan stand; the whole note where it has no such heading."""
        heads = sorted(self._vocabulary.find("section", self.text, self._on), key=lambda head: head.start)
        ends = [*(head.start for head in heads[1:]), len(self.text)]
        parts = [(head.start, end) for head, end in zip(heads, ends, strict=False) if head.kind == "addressed"]
        return parts or [(0, len(self.text))]

    def find(self, element: str, *, addressed: bool = False) -> list[Found]:
        """What is said of an element and not taken back; `addressed`: in the assessment and plan alone. Longer words first."""
        found: list[Found] = []
        for each in self._vocabulary.find(element, self.text, self._on):
            if len(found) >= MOST_FOUND:
                break
            inside = not addressed or any(start <= each.start < end for start, end in self._addressed)
            covered = any(one.start < each.end and each.start < one.end for one in found)
            if inside and not covered and not self._negated(each):
                found.append(each)
        return found

    def _negated(self, each: Found) -> bool:
        before = self.text[max(self.sentence(each)[0], each.start - _BEFORE) : each.start]
        return next(iter(self._vocabulary.find("negation", before, self._on)), None) is not None

    def sentence(self, each: Found) -> tuple[int, int]:
        """The sentence or line in which a finding stands."""
        start = self._ends[bisect_right(self._ends, each.start) - 1]
        return start, self._ends[min(bisect_left(self._ends, each.end), len(self._ends) - 1)]

    def beside(self, each: Found, element: str, kinds: Sequence[str]) -> bool:
        """Whether another word of these kinds stands in the finding's sentence."""
        start, end = self.sentence(each)
        return any(
            other.kind in kinds and not self._negated(Found(other.kind, start + other.start, start + other.end, other.text))
            for other in self._vocabulary.find(element, self.text[start:end], self._on)
        )
