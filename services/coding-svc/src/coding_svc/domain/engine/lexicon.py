"""What was learnt from notes that coders had coded: which words stand for which codes, and how far to trust them.

The file `data/weights.json` holds no text: one to four words in a row are kept as a hash, with counts; `make train-coding`
rebuilds it. Learnt from CodiEsp (Miranda-Escalada 2020, CC BY 4.0), its training notes alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, NamedTuple

from coding_svc.domain.engine.text import Token, clauses

MOST_WORDS = 4
_SLACK = 2
STOP_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "and",
        "to",
        "with",
        "at",
        "on",
        "for",
        "by",
        "from",
        "was",
        "is",
        "were",
        "are",
        "which",
        "that",
        "this",
        "as",
        "it",
        "he",
        "she",
        "his",
        "her",
        "had",
        "has",
        "have",
        "been",
        "be",
        "or",
        "no",
        "not",
        "without",
        "there",
        "patient",
        "who",
        "after",
    ]
)


class Phrase(NamedTuple):
    """One to four words of a clause, stop words aside: what they are kept under, and the tokens that they span."""

    key: str
    first: int
    last: int
    words: int


class Meaning(NamedTuple):
    """What a phrase may stand for, as it was seen in training notes."""

    code: str
    aligned: int
    """Notes in which a coder marked it for the code."""
    coded: int
    """Notes that hold it and have the code."""
    likeness: float
    """How well it matched what the coder marked, 0 to 1."""


class Entry(NamedTuple):
    """A phrase's meanings, and in how many notes it stood."""

    notes: int
    meanings: tuple[Meaning, ...]


def key_of(words: Sequence[str]) -> str:
    """What a phrase is kept under: a hash of 40 bits in 10 digits."""
    return blake2b(" ".join(words).encode(), digest_size=5).hexdigest()


def phrases(text: str, tokens: Sequence[Token]) -> Iterator[Phrase]:
    """All runs of one to four words within a clause; up to two stop words may stand between."""
    for clause in clauses(text, tokens):
        content = [number for number in clause if tokens[number].word not in STOP_WORDS]
        for at, first in enumerate(content):
            for length in range(1, min(MOST_WORDS, len(content) - at) + 1):
                last = content[at + length - 1]
                if last - first > length + _SLACK:
                    break
                yield Phrase(key_of([tokens[number].word for number in content[at : at + length]]), first, last, length)


class Tree(NamedTuple):
    """A decision tree as flat rows: feature, threshold, left, right (a leaf: feature -1 and its value as threshold)."""

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    def value(self, row: Sequence[float]) -> float:
        """The leaf's value that a row of features ends in."""
        at = 0
        while (feature := self.feature[at]) >= 0:
            at = self.left[at] if row[feature] <= self.threshold[at] else self.right[at]
        return self.threshold[at]


class Weights(NamedTuple):
    """All that was learnt."""

    version: str
    entries: Mapping[str, Entry]
    notes_with: Mapping[str, int]
    """By code: in how many training notes it was coded."""
    trees: tuple[Tree, ...]
    base: float
    threshold: float


def read_weights(content: Mapping[str, Any]) -> Weights:
    """The file's content as it is used."""
    codes: list[str] = content["codes"]
    entries = {
        key: Entry(
            row[0], tuple(Meaning(codes[code], aligned, coded, likeness / 100) for code, aligned, coded, likeness in row[1])
        )
        for key, row in content["phrases"].items()
    }
    trees = tuple(Tree(*(tuple(column) for column in tree)) for tree in content["trees"])
    notes_with = dict(zip(codes, content["notes_with"], strict=True))
    return Weights(content["version"], entries, notes_with, trees, content["base"], content["threshold"])


@cache
def installed_weights() -> Weights:
    """The weights that the product ships with."""
    return read_weights(json.loads((files("coding_svc.domain.engine") / "data" / "weights.json").read_bytes()))
