"""Whether a phrase says a text of the classification to the letter, or with its words in another order.

Synonyms make "neuropathy" and "polyneuropathy" one word, and a title would no longer be found before its neighbour's. So each
title and inclusion term is kept in two keys besides: of its letters, and of its words in any order.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from rcm.codesets.search.source import split_brackets
from rcm.codesets.search.words import STOP_WORDS, fold, raw_tokens, singular

_UNSAID = (STOP_WORDS | {"unspecified", "nos", "nec", "disease", "disorder", "with"}) - {"elsewhere"}
_NOT_SAID = re.compile(r"\bnot (?:elsewhere classified|otherwise specified)\b", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^a-z0-9]+")


class Keyed(NamedTuple):
    """A text's key, and the targets that it names: from `first` to before `last`."""

    key: int
    first: int
    last: int


def _number(text: str) -> int:
    """64 bits of a text; 0 where there is none, which is the key of nothing."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") if text else 0


def letters_of(text: str) -> str:
    """Letters and digits alone, folded: two texts that differ in nothing else are the same text."""
    return _NO_LETTER.sub("", fold(text))


def letters_key(text: str) -> int:
    """The key of a text's letters and digits."""
    return _number(letters_of(text))


def words_key(text: str) -> int:
    """The key of a text's words, whatever their order and number, less those that say nothing ("unspecified", NOS)."""
    words = {singular(token) for token in raw_tokens(_NOT_SAID.sub(" ", text))}
    return _number(" ".join(sorted(words - _UNSAID)))


def keyed(texts: Iterable[tuple[str, int, int]]) -> list[Keyed]:
    """The keys of (text, first target, target after the last), in rising order, each once."""
    found: set[Keyed] = set()
    for text, first, last in texts:
        keys = {letters_key(text), *map(words_key, {text, split_brackets(text)[0]})}
        found.update(Keyed(key, first, last) for key in keys if key)
    return sorted(found)


def named(keys: "Sequence[int]", firsts: "Sequence[int]", lasts: "Sequence[int]", key: int) -> Iterator[range]:
    """The targets that a key names, one range for each text."""
    at = bisect_left(keys, key)
    while at < len(keys) and keys[at] == key:
        yield range(firsts[at], lasts[at])
        at += 1
