"""A note's words where they stand: tokens with their places, sentences, clauses, sections."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['’](?:s|t)\b)?")
_KEEP_S = ("ss", "us", "is")
_CLAUSE_END = re.compile(r"[.;:\n,()]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n+|;")
_ABBREVIATED = re.compile(r"(?:\b(?:dr|mr|mrs|ms|vs|st|no|approx|etc|e\.g|i\.e|fig|dept|prof)|\b[a-z]|\d)$", re.I)


class Token(NamedTuple):
    """A word: as it is compared, and where it stands."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def comparable(word: str) -> str:
    """A word in lower case, without accents and without a plural's s."""
    plain = word.lower()
    if not plain.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    plain = plain.removesuffix("'s").removesuffix("’s")
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith(_KEEP_S):
        return plain[:-3] + "y" if plain.endswith("ies") else plain[:-1]
    return plain


def tokens_of(text: str) -> list[Token]:
    """All words of a text, in order."""
    return [Token(comparable(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def clauses(text: str, tokens: Sequence[Token]) -> Iterator[Sequence[int]]:
    """The tokens' numbers, parted by punctuation."""
    first = 0
    for number in range(1, len(tokens)):
        if _CLAUSE_END.search(text, tokens[number - 1].end, tokens[number].start):
            yield range(first, number)
            first = number
    if tokens:
        yield range(first, len(tokens))


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends; a line end ends one, an abbreviation's or a number's dot doesn't."""
    spans: list[tuple[int, int]] = []
    first = 0
    for match in _SENTENCE_END.finditer(text):
        dot = match[0] == "."
        if (
            dot
            and match.end() < len(text)
            and _ABBREVIATED.search(text, max(0, match.start() - 8), match.start())
            and (text[match.end() : match.end() + 2].strip()[:1].islower())
        ):
            continue
        if text[first : match.start()].strip():
            spans.append((first, match.end()))
        first = match.end()
    if text[first:].strip():
        spans.append((first, len(text)))
    return spans
