"""What the engine asks of codes, answered by the compiled code sets and their search index."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rcm.codesets.book import CodeSets
from rcm.codesets.search.index import SearchIndex
from rcm.codesets.search.terms import TermMatch, find_terms
from rcm.codesets.search.words import placed_words

_KNOWN = 32_768
_CLAUSE = re.compile(r"[,;:.](?!\d)")


class InstalledMeanings:
    """The engine's CodeMeanings, over this installation's code sets. Any thread may ask."""

    def __init__(self, sets: CodeSets, index: SearchIndex) -> None:
        self._sets = sets
        self._index = index
        self.billable_form = lru_cache(maxsize=_KNOWN)(self._billable_form)
        self.sided = lru_cache(maxsize=_KNOWN)(self._sided)
        self.description = lru_cache(maxsize=_KNOWN)(sets.description)
        self.search = lru_cache(maxsize=_KNOWN)(self._search)
        self.words = lru_cache(maxsize=_KNOWN)(self._words)

    def is_billable(self, code: str, on: date) -> bool:
        """Whether a diagnosis may be billed on the day."""
        return self._sets.is_billable(code, on)

    def terms(self, text: str) -> Sequence[TermMatch]:
        """The code set's terms in a text."""
        return find_terms(self._index, text)

    def _search(self, phrase: str, on: date, limit: int) -> Sequence[tuple[str, float]]:
        """The codes that a phrase may mean, the likeliest first, with how well each fits."""
        return [(hit.code, hit.score) for hit in self._index.search(phrase, self._sets, on, limit)]

    def excluded(self, one: str, other: str, on: date) -> bool:
        """Whether an Excludes1 note keeps them apart."""
        return self._sets.excludes1_between(one, other, on) is not None

    def attributes(self, code: str, on: date) -> frozenset[str]:
        """What the Medicare Code Editor says of who may have it."""
        return self._sets.attributes(code, on)

    def is_manifestation(self, code: str, on: date) -> bool:
        """A code that may only follow the disease behind it."""
        return "manifestation" in self._sets.attributes(code, on)

    def _billable_form(self, code: str, on: date) -> str:
        """The code, its unspecified (else first) billable descendant, or its nearest billable ancestor, as the day has it."""
        if self._sets.is_billable(code, on):
            return code
        below = list(self._below(code, on))
        if below:
            return next((each for each in below if "unspecified" in self.description(each).lower()), below[0])
        plain = code.replace(".", "")
        while len(plain) > 3:
            plain = plain[:-1]
            shorter = plain if len(plain) == 3 else f"{plain[:3]}.{plain[3:]}"
            if self._sets.is_billable(shorter, on):
                return shorter
        return ""

    def _words(self, text: str) -> Sequence[str]:
        return tuple(word for clause in _CLAUSE.split(text) for word in (*(each for each, _, _ in placed_words(clause)), ","))

    def _below(self, code: str, on: date) -> Sequence[str]:
        found: list[str] = []
        waiting = [code]
        while waiting:
            entry = self._sets.diagnosis(waiting.pop(0))
            for child in entry.children if entry else ():
                if self._sets.is_billable(child, on):
                    found.append(child)
                else:
                    waiting.append(child)
        return found

    def _sided(self, code: str, side: str, on: date) -> str:
        """The sibling whose title names the side where the code's says "unspecified"."""
        ending = code[7:] if len(code) == 8 else ""
        base = self._sets.diagnosis(code[:7] if ending else code)
        parent = self._sets.diagnosis(base.parent) if base and base.parent else None
        if base is None or parent is None:
            return ""
        parts = base.description.lower().split("unspecified")
        wanted = {"unspecified".join(parts[:at]) + side + "unspecified".join(parts[at:]) for at in range(1, len(parts))}
        for sibling in parent.children:
            if self.description(sibling).lower() in wanted and self._sets.is_billable(sibling + ending, on):
                return sibling + ending
        return ""
