"""Which words stand for which: learnt from the code set itself, where a code's inclusion terms say its title in other words.

IBM's first translation model, run over (term, title) and (term, sibling term): a word that a pair shares explains itself, the
rest is shared out among the words that are left. What comes out is p(title word | term word).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from rcm.codesets.search.data_files import pairs
from rcm.codesets.search.source import PALE, SourceCode, pointed_at, split_brackets
from rcm.codesets.search.wordforms import parts, root
from rcm.codesets.search.words import words_of

_ROUNDS = 3
_NULL = 0.02
_LEAST = 0.08
_MOST_RELATED = 12
SAME_ROOT = 0.8
"""How much a word of the same root counts."""
PART = 0.45
"""How much half of a compound counts."""
NEAR = 0.6
"""How much a word counts that our own table names for another."""
_MANY_TERMS = 12

Pair = tuple[frozenset[str], frozenset[str]]


def _plain(text: str) -> frozenset[str]:
    return frozenset(words_of(split_brackets(text)[0]).present) - PALE


def term_pairs(codes: Iterable[SourceCode]) -> list[Pair]:
    """Pairs of texts that mean the same code."""
    by_code = {code.code: code for code in codes}
    pointed = pointed_at(by_code)
    pairs: list[Pair] = []
    for code in by_code.values():
        terms = [_plain(term) for term in code.terms]
        outside = [_plain(text) for text in pointed.get(code.code, ())]
        if terms or outside:
            title = _plain(code.title)
            pairs.extend((words, title) for words in (*terms, *outside))
        if len(terms) <= _MANY_TERMS:
            pairs.extend((one, other) for one in terms for other in terms if one is not other)
    return pairs


def translations(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """By word: the words it may stand for, each with its probability."""
    said: dict[str, int] = defaultdict(int)
    for said_words, _ in pairs:
        for word in said_words:
            said[word] += 1
    unexplained = [(tuple(source - target), tuple(target - source)) for source, target in pairs]
    likely: dict[tuple[str, str], float] = {}
    start = 0.01
    for _ in range(_ROUNDS):
        counts: dict[tuple[str, str], float] = defaultdict(float)
        for words, targets in unexplained:
            for target in targets:
                shares = [likely.get((word, target), start) for word in words]
                total = _NULL + sum(shares)
                for word, share in zip(words, shares, strict=True):
                    counts[word, target] += share / total
        likely = {pair: count / (said[pair[0]] + 1.0) for pair, count in counts.items()}
        start = 0.0
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for (word, target), probability in likely.items():
        if probability > _LEAST:
            table[word][target] = probability
    return table


@cache
def near_words() -> dict[str, tuple[str, ...]]:
    """Words of ours that may stand for others, with these."""
    return {word: tuple(others.split()) for word, others in pairs("near_words.txt")}


def related_words(codes: Iterable[SourceCode], vocabulary: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """By word of the vocabulary: other words of it that may stand for it, the likeliest first."""
    known = set(vocabulary)
    same_root: dict[str, list[str]] = defaultdict(list)
    for word in vocabulary:
        same_root[root(word)].append(word)
    learnt = translations(term_pairs(codes))
    table: dict[str, list[tuple[str, float]]] = {}
    for word in vocabulary:
        likely = {other: min(0.77, 0.9 * probability) for other, probability in learnt.get(word, {}).items() if other in known}
        for part in parts(word):
            for other in part:
                if other in known:
                    likely[other] = max(likely.get(other, 0.0), PART)
        for other in near_words().get(word, ()):
            if other in known:
                likely[other] = max(likely.get(other, 0.0), NEAR)
        for other in same_root[root(word)]:
            likely[other] = max(likely.get(other, 0.0), SAME_ROOT)
        likely.pop(word, None)
        if likely:
            table[word] = sorted(likely.items(), key=lambda item: (-item[1], item[0]))[:_MOST_RELATED]
    return table
