"""Procedures that a note says were done, by the words of a loaded list (CPT, HCPCS): without a list nothing is suggested.

A sentence that tells what was done is compared with every title: a word weighs as much as it is rare among the titles, and a
title's score is how much of the weight of both is shared. A title needs two words, one of them rare.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from coding_svc.domain.suggestions import Kind, Suggestion
from coding_svc.domain.visits.words import Found, Vocabulary

LEAST_SCORE = 0.45
_WORD = re.compile(r"[a-z]{3,}")
_SENTENCE = re.compile(r"[^.;\n]+")
_COMMON = frozenset(
    {"and", "the", "with", "without", "for", "per", "not", "any", "each", "other", "was", "were", "into", "from"}
)
_RARE_IN = 0.02
"""A word is rare that stands in fewer than this part of the titles."""


@dataclass(frozen=True, slots=True)
class Named:
    """A procedure that a sentence names."""

    code: str
    title: str
    score: float
    place: Found


def words_of(text: str) -> set[str]:
    """Words of three letters and more, plurals without their s."""
    found = _WORD.findall(text.lower())
    return {word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word for word in found} - _COMMON


class ProcedureTerms:
    """The titles of the loaded lists, asked by sentence."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        self._titles = [(code, title, words_of(title)) for code, title in titles]
        counts = Counter(word for _, _, words in self._titles for word in words)
        total = len(self._titles)
        self._weights = {word: math.log((total + 1) / count) for word, count in counts.items()}
        self._sizes = [sum(self._weights[word] for word in words) for _, _, words in self._titles]
        self._of: dict[str, list[int]] = defaultdict(list)
        for place, (_, _, words) in enumerate(self._titles):
            for word in words:
                if counts[word] <= max(_RARE_IN * total, 1):
                    self._of[word].append(place)

    def __bool__(self) -> bool:
        return bool(self._titles)

    def best(self, sentence: str) -> tuple[str, str, float] | None:
        """The title that the sentence is nearest to: code, title and score; None where none is near."""
        said = words_of(sentence) & self._weights.keys()
        weight = sum(self._weights[word] for word in said)
        found = None
        for place in {place for word in said for place in self._of.get(word, ())}:
            code, title, words = self._titles[place]
            shared = said & words
            if len(shared) < 2:
                continue
            score = 2 * sum(self._weights[word] for word in shared) / (self._sizes[place] + weight)
            if score >= LEAST_SCORE and (found is None or score > found[2]):
                found = code, title, score
        return found


def procedures_in(text: str, on: date, vocabulary: Vocabulary, terms: ProcedureTerms) -> Iterator[Named]:
    """Each procedure that a sentence says was done."""
    if not terms:
        return
    for match in _SENTENCE.finditer(text):
        kinds = {each.kind for each in vocabulary.find("procedure", match[0], on)}
        best = terms.best(match[0]) if kinds == {"done"} else None
        if best is not None:
            code, title, score = best
            words = match[0].strip()
            start = match.start() + match[0].index(words)
            yield Named(code, title, round(score, 4), Found("procedure", start, start + len(words), words))


def suggestions_of(found: Sequence[tuple[str, Named]]) -> list[Suggestion]:
    """One suggestion for each code, with all its sentences; `found` has each with its document."""
    by_code: dict[str, list[tuple[str, Named]]] = {}
    for document, named in found:
        by_code.setdefault(named.code, []).append((document, named))
    return [
        Suggestion(
            Kind.PROCEDURE,
            code,
            places[0][1].title,
            max(named.score for _, named in places),
            "affirmed",
            "the words of a loaded list",
            tuple(named.place.evidence(document) for document, named in places),
        )
        for code, places in by_code.items()
    ]
