"""What a sentence says of a finding in it: that it is there, is not, was, may be, would be, or is somebody else's.

After NegEx (Chapman 2001) and ConText (Harkema 2009), with three differences: a denial reaches along a list ("no fever, chills,
night sweats or weight loss") as long as no new subject or verb begins; its reach is counted from the last separator; a phrase
that only sounds like a denial ("not only", "cannot be ruled out") is taken out first. Triggers are data (`data/triggers.txt`).
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_WORD = re.compile(r"\(-\)|[\w'’]+(?:/[\w]+)*|[^\w\s]")
_REACH = 8
"""So many words after a trigger or a separator, a finding begins."""
_REACH_BACK = 7
_SEPARATORS = frozenset((",", "or", "and", "nor", "/", "and/or", "&", "-"))
_PASSIVE = frozenset(("is", "was", "are", "were", "be", "been"))
"""After one of these, "not seen" is said of what stands before; else ("has not seen") of what follows."""
_PEOPLE = frozenset(("he", "she", "patient", "pt", "they", "i"))
_SAID_OF_EITHER = frozenset(("not", "ruled", "excluded", "denied", "absent"))
_BARE_NEGATIVE = (("negative",), ("neg",))
_VERBS = """
    is was are were has have had persists persisted continues continued improved resolved occurred developed began worsened
    present
"""
_FINITE = frozenset(_VERBS.split())
"""After a finding that follows a separator, one of these makes it the subject of a clause of its own."""
_HAVING_WORDS = """
    had has have having with died suffered suffers suffering diagnosed history of who affected presented presents :
"""
_HAVING = frozenset(_HAVING_WORDS.split())
_RELATIVE_WORDS = """
    mother father sister brother grandmother grandfather aunt uncle cousin cousins son daughter parents parent sibling siblings
    maternal paternal husband wife niece nephew relatives
"""
_RELATIVES = frozenset(_RELATIVE_WORDS.split())
_STOPS = frozenset((";", ".", "!", "?", "|"))


class Assertion(StrEnum):
    """How a finding is asserted."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    FAMILY = "family"
    HISTORY = "history"
    POSSIBLE = "possible"
    HYPOTHETICAL = "hypothetical"


_ORDER = (Assertion.NEGATED, Assertion.FAMILY, Assertion.HYPOTHETICAL, Assertion.POSSIBLE, Assertion.HISTORY)
"""Which counts where several hold: what is denied is denied, whoever's or whenever it would be."""


class Mark(NamedTuple):
    """A trigger in a sentence: what it is, and the words that it takes."""

    kind: str
    first: int
    last: int


@cache
def _triggers() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """By a phrase's first word: phrases with their kinds, the longest first, what only sounds like a denial before all."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    text = (files("coding_svc.domain.engine") / "data" / "triggers.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#") or "=" not in line:
            continue
        kind, _, phrases = line.partition("=")
        for phrase in phrases.split(";"):
            words = tuple(match[0] for match in _WORD.finditer(phrase.strip()))
            if words:
                table.setdefault(words[0], []).append((words, kind.strip()))
    for entries in table.values():
        entries.sort(key=lambda entry: (-len(entry[0]), entry[1] != "pseudo"))
    return table


class Sentence:
    """A sentence's words and triggers; ask `of` for any span in it."""

    def __init__(self, text: str) -> None:
        low = text.lower().replace("’", "'")
        found = [(match[0], match.start(), match.end()) for match in _WORD.finditer(low)]
        self.words = [word for word, _, _ in found]
        self._starts = [start for _, start, _ in found]
        self._ends = [end for _, _, end in found]
        self._marks = list(self._find_marks())

    def _find_marks(self) -> Iterator[Mark]:
        """The longest phrase at each place, in all its kinds; what lies within a longer phrase is a part of that."""
        table = _triggers()
        reached = -1
        for at, word in enumerate(self.words):
            longest = 0
            for phrase, kind in table.get(word, ()):
                if len(phrase) < longest or at + len(phrase) - 1 <= reached:
                    break
                if tuple(self.words[at : at + len(phrase)]) == phrase:
                    longest = len(phrase)
                    if kind != "negated_before" or self._denies_what_follows(phrase, at):
                        yield Mark(kind, at, at + longest - 1)
            reached = max(reached, at + longest - 1)

    def _denies_what_follows(self, phrase: tuple[str, ...], at: int) -> bool:
        """Whether words that may deny either side are said of what follows: neither "was ruled out and" nor "B negative, C"."""
        before = self.words[at - 1] if at else ""
        if phrase in _BARE_NEGATIVE:
            return not before or not before[0].isalnum() or before in ("and", "or")
        if before not in _PASSIVE or phrase[0] not in _SAID_OF_EITHER:
            return True
        if (phrase, "negated_after") not in _triggers()[phrase[0]]:
            return True
        return phrase[0] != "not" and at > 1 and self.words[at - 2] in _PEOPLE

    def of(self, start: int, end: int) -> Assertion:
        """The assertion of what stands from `start` to before `end` in the sentence's text."""
        first = next((at for at, ends in enumerate(self._ends) if ends > start), len(self.words))
        last = next((at for at in range(len(self.words) - 1, -1, -1) if self._starts[at] < end), first)
        holding = {kind.rpartition("_")[0] for kind in self._before(first, last)} | {
            kind.rpartition("_")[0] for kind in self._after(last)
        }
        return next((assertion for assertion in _ORDER if assertion.value in holding), Assertion.AFFIRMED)

    def _before(self, first: int, last: int) -> Iterator[str]:
        for mark in self._marks:
            if not mark.kind.endswith("_before") or mark.last >= first:
                continue
            if self._begins_anew(mark, first, last) or not self._is_theirs(mark, first):
                continue
            if self._reaches(mark, first):
                yield mark.kind

    def _begins_anew(self, mark: Mark, first: int, last: int) -> bool:
        """ "No fever, cough has improved": a finding after a separator that has a verb of its own; "non-" reaches one word."""
        if self.words[mark.first] == "non":
            return first > mark.last + 2
        follows = self.words[last + 1 : last + 2]
        return bool(follows) and follows[0] in _FINITE and first > mark.last + 1 and self.words[first - 1] in (",", "and")

    def _is_theirs(self, mark: Mark, first: int) -> bool:
        """A relative who is only named ("brought by her mother for a rash") has not the disease."""
        if mark.kind != "family_before" or mark.first != mark.last or self.words[mark.first] not in _RELATIVES:
            return True
        return first == mark.last + 1 or not _HAVING.isdisjoint(self.words[mark.last + 1 : first])

    def _reaches(self, mark: Mark, first: int) -> bool:
        """Whether what a trigger says still holds where the finding begins."""
        grading = {m.first for m in self._marks if m.kind == "grades"}
        ends = ("ends", "parts") if mark.kind == "negated_before" else ("ends",)
        ending = {m.first for m in self._marks if m.kind in ends and m.last < first}
        turning = {m.first: m for m in self._marks if m.kind == "turns"}
        distance = 0
        separated = False
        for at in range(mark.last + 1, first):
            word = self.words[at]
            if word in _STOPS or at in ending:
                return False
            if word == ":" and at > mark.last + 1:
                return False
            if word in _SEPARATORS:
                distance, separated = 0, True
                continue
            if at in grading and self.words[at - 1] == ",":
                return False
            if at in turning and separated and self._turns(mark, at, turning[at]):
                return False
            separated = False
            distance += 1
            if distance > _REACH:
                return False
        return not ((first in turning and separated) or (first in grading and self.words[first - 1] == ","))

    def _turns(self, mark: Mark, at: int, turn: Mark) -> bool:
        """A new subject or verb after a separator ends a denial; a possessive or a plain "with" in a list of family doesn't."""
        return not (mark.kind == "family_before" and self.words[at] in ("with", "has", "had", "is")) and turn.first == at

    def _after(self, last: int) -> Iterator[str]:
        for mark in self._marks:
            if not mark.kind.endswith("_after") or mark.first <= last:
                continue
            between = self.words[last + 1 : mark.first]
            if len(between) > _REACH_BACK or any(word in _STOPS for word in between):
                continue
            if any(m.kind == "ends" and last < m.first < mark.first for m in self._marks):
                continue
            if self._is_said_of(between, mark):
                yield mark.kind

    def _is_said_of(self, between: Sequence[str], mark: Mark) -> bool:
        """A trigger after a finding is about it when only its own clause, or a list with it, stands between."""
        words = self.words[mark.first : mark.last + 1]
        if len(words) == 1 and words[0] in _BARE:
            # "fever: no", "fever no", "nausea and vomiting - negative"; not "fever, no chills".
            follows = self.words[mark.last + 1 : mark.last + 2]
            return not follows or follows[0] in (*_STOPS, ",", ")") if set(between) <= _LIST_BETWEEN else False
        several = words[0] in ("are", "were") or self.words[mark.first - 1] in ("are", "were")
        return "," not in between or (several and bool(_JOINS.intersection(between)))


_BARE = frozenset(
    (
        "no",
        "negative",
        "neg",
        "none",
        "nil",
        "absent",
        "denied",
        "denies",
        "free",
        "excluded",
        "likely",
        "possible",
        "suspected",
        "family",
    )
)
_JOINS = frozenset(("and", "or", "nor"))
_LIST_BETWEEN = frozenset((":", "-", "(", ",", "is", "was", "are", "were", "and", "or"))


def find_concept(concept: str, sentence: str) -> list[tuple[int, int]]:
    """Where the concept stands in the sentence, blanks and case aside: as whole words, else within words."""
    words = [re.escape(word) for word in concept.split()]
    if not words:
        return []
    pattern = r"\s+".join(words)
    found = list(re.finditer(rf"(?<!\w){pattern}(?!\w)", sentence, re.IGNORECASE))
    return [match.span() for match in found or re.finditer(pattern, sentence, re.IGNORECASE)]


def assert_concept(concept: str, sentence: str) -> Assertion | None:
    """The assertion of a concept that a sentence names; named twice ("hepatitis panel negative for hepatitis") a denial counts.

    None where the sentence doesn't name it.
    """
    read = Sentence(sentence)
    found = [read.of(start, end) for start, end in find_concept(concept, sentence)]
    return Assertion.NEGATED if Assertion.NEGATED in found else found[0] if found else None
