"""The words by which a note's elements are found: dated rows, so that what counts can change without code.

A file is tab-separated with a heading: element, kind, from, to, pattern (a regular expression, any case), source.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from coding_svc.domain.lists import ListBroken
from coding_svc.domain.suggestions import Evidence

HEADING = ("element", "kind", "from", "to", "pattern", "source")


@dataclass(frozen=True, slots=True)
class Words:
    """One row."""

    element: str
    kind: str
    effective_from: date
    effective_to: date
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Found:
    """One place of a note that says something; `number` is what it counts, where it does."""

    kind: str
    start: int
    end: int
    text: str
    number: int = 0

    def evidence(self, document: str) -> Evidence:
        """As suggestions have it."""
        return Evidence(document, self.start, self.end, self.text)


def read_words(text: str) -> Sequence[Words]:
    """The rows of a file. Raises ListBroken with the row's number."""
    heading, *lines = text.splitlines() or [""]
    if tuple(heading.split("\t")) != HEADING:
        raise ListBroken(f"row 1: the heading is not {', '.join(HEADING)}")
    return [_row(number, line) for number, line in enumerate(lines, 2) if line.strip()]


def _row(number: int, line: str) -> Words:
    cells = line.split("\t")
    if len(cells) != len(HEADING):
        raise ListBroken(f"row {number}: it has {len(cells)} cells of {len(HEADING)}")
    element, kind, start, end, pattern, _ = cells
    try:
        first = date.fromisoformat(start) if start else date.min
        last = date.fromisoformat(end) if end else date.max
        return Words(element, kind, first, last, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    except (ValueError, re.error) as error:
        raise ListBroken(f"row {number}: {error}") from error


class Vocabulary:
    """All rows, asked by element and day."""

    def __init__(self, words: Sequence[Words]) -> None:
        self._words = words

    def find(self, element: str, text: str, on: date) -> Iterator[Found]:
        """Every place where a row of the element holds, in the order of the rows, then of the text."""
        for words in self._words:
            if words.element == element and words.effective_from <= on <= words.effective_to:
                for match in words.pattern.finditer(text):
                    number = int(match[1]) if words.pattern.groups and match[1] and match[1].isdigit() else 0
                    yield Found(words.kind, match.start(), match.end(), match[0].strip(), number)
