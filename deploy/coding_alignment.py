"""Which English words of a note are what a coder marked in its Spanish original.

Only the marked Spanish words and their places are known. The place tells roughly where in the translation to look (both texts
run alike, by a ratio that words common to both languages give); which words there are meant is told by IBM's first translation
model over all marks, with a liking for words that look alike in both languages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from coding_corpus import Note, plain

from coding_svc.domain.engine.lexicon import STOP_WORDS, Phrase, phrases
from coding_svc.domain.engine.text import Token, tokens_of

_WORD = re.compile(r"[^\W_]+")
_SPANISH_STOPS = frozenset(
    "de la el en los las con y del al a por sin que se un una su o e no lo para como es le mas muy".split()  # noqa: SIM905 - a list to read
)
_SOUNDS = (
    ("ph", "f"),
    ("th", "t"),
    ("y", "i"),
    ("rrh", "rr"),
    ("qu", "k"),
    ("ch", "k"),
    ("c", "k"),
    ("z", "k"),
    ("x", "s"),
    ("h", ""),
)
_MARGIN = 120
_USUAL_RATIO = 0.97
_ROUNDS = 8
_LEAST_LIKENESS = 0.15
_LEAST_WORD = 0.12
_BEST = 3


class Aligned(NamedTuple):
    """A run of English words that stands for a code in a note."""

    code: str
    phrase: Phrase
    likeness: float


class _Mark(NamedTuple):
    """A marked place: its Spanish words, and the English tokens among which they are looked for."""

    note: int
    code: str
    spanish: tuple[str, ...]
    window: tuple[int, ...]
    middle: float


def skeleton(word: str) -> str:
    """A word as both languages would spell it."""
    word = plain(word)
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return re.sub(r"(.)\1", r"\1", word)


def look_alike(one: str, other: str) -> float:
    """0 to 1: the share of their letters that two words begin with alike, from a little over half on."""
    left, right = skeleton(one), skeleton(other)
    if min(len(left), len(right)) < 4 or left[:2] != right[:2]:
        return 0.0
    same = 0
    while same < min(len(left), len(right)) and left[same] == right[same]:
        same += 1
    share = 2 * same / (len(left) + len(right))
    return share if share > 0.55 else 0.0


class Alignment:
    """All marks of the training notes, aligned."""

    def __init__(self, notes: list[Note]) -> None:
        self.notes = notes
        self.tokens: list[list[Token]] = [tokens_of(note.text) for note in notes]
        self._alike: dict[tuple[str, str], float] = {}
        self._marks = list(self._find_marks())
        self._share = self._associations(self._translations())

    def aligned(self) -> list[list[Aligned]]:
        """By note: for each mark the few runs of words that say it best."""
        found: list[list[Aligned]] = [[] for _ in self.notes]
        runs = [list(phrases(note.text, tokens)) for note, tokens in zip(self.notes, self.tokens, strict=True)]
        for mark in self._marks:
            found[mark.note].extend(self._best_runs(mark, runs[mark.note]))
        return found

    def _find_marks(self) -> Iterator[_Mark]:
        for number, note in enumerate(self.notes):
            tokens = self.tokens[number]
            ratio = self._ratio(note, tokens)
            for marked in note.marked:
                spanish = tuple(word for word in _WORD.findall(marked.words) if word not in _SPANISH_STOPS)
                places = [(first * ratio - _MARGIN, last * ratio + _MARGIN) for first, last in marked.places]
                near = [
                    at
                    for at, token in enumerate(tokens)
                    if token.word not in STOP_WORDS and any(first <= token.start <= last for first, last in places)
                ]
                window = near or [at for at, token in enumerate(tokens) if token.word not in STOP_WORDS]
                middle = (places[0][0] + places[-1][1]) / 2
                if spanish and window:
                    yield _Mark(number, marked.code, spanish, tuple(window), middle)

    def _ratio(self, note: Note, tokens: list[Token]) -> float:
        """How much longer or shorter the translation is, by words that stand in both languages and once in the note."""
        places: dict[str, list[int]] = defaultdict(list)
        for token in tokens:
            places[skeleton(token.word)[:5]].append(token.start)
        ratios = []
        for marked in note.marked:
            for word in _WORD.findall(marked.words):
                key = skeleton(word)[:5]
                if len(key) == 5 and len(places.get(key, ())) == 1 and marked.places[0][0] > 200:
                    ratios.append(places[key][0] / marked.places[0][0])
        ratio = median(ratios) if len(ratios) >= 3 else _USUAL_RATIO
        return ratio if 0.6 < ratio < 1.4 else _USUAL_RATIO

    def _liking(self, spanish: str, english: str) -> float:
        key = (spanish, english)
        if key not in self._alike:
            self._alike[key] = 1 + 20 * look_alike(spanish, english) ** 2
        return self._alike[key]

    def _window_words(self, mark: _Mark) -> set[str]:
        return {self.tokens[mark.note][at].word for at in mark.window}

    def _translations(self) -> dict[tuple[str, str], float]:
        """p(Spanish word | English word): every marked word is said by one word of its window."""
        likely: dict[tuple[str, str], float] = {}
        for turn in range(_ROUNDS):
            counts: dict[tuple[str, str], float] = defaultdict(float)
            totals: Counter[str] = Counter()
            for mark in self._marks:
                words = self._window_words(mark)
                for spanish in mark.spanish:
                    shares = {w: (likely.get((spanish, w), 1e-5) if turn else 1.0) * self._liking(spanish, w) for w in words}
                    total = sum(shares.values()) + (1e-3 if turn else 0.0)
                    for word, share in shares.items():
                        if share / total > 0.003:
                            counts[spanish, word] += share / total
                            totals[word] += share / total  # type: ignore[assignment]
            likely = {pair: count / (totals[pair[1]] + 1.0) for pair, count in counts.items() if count > 0.02}
        return likely

    def _associations(self, likely: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        """The share of a Spanish word's marks in which an English word says it."""
        seen: Counter[str] = Counter()
        said: dict[tuple[str, str], float] = defaultdict(float)
        for mark in self._marks:
            words = self._window_words(mark)
            for spanish in set(mark.spanish):
                seen[spanish] += 1
                shares = {w: likely[spanish, w] * self._liking(spanish, w) for w in words if (spanish, w) in likely}
                total = sum(shares.values()) + 1e-3
                for word, share in shares.items():
                    said[spanish, word] += share / total
        return {pair: count / (seen[pair[0]] + 0.5) for pair, count in said.items()}

    def _best_runs(self, mark: _Mark, runs: list[Phrase]) -> Iterator[Aligned]:
        tokens = self.tokens[mark.note]
        best_for = {
            at: max((self._share.get((spanish, tokens[at].word), 0.0), spanish) for spanish in mark.spanish)
            for at in mark.window
        }
        scored: list[tuple[float, int, Phrase]] = []
        low, high = mark.window[0], mark.window[-1]
        for number, run in enumerate(runs):
            if run.first < low or run.last > high:
                continue
            content = [
                best_for.get(at, (0.0, "")) for at in range(run.first, run.last + 1) if tokens[at].word not in STOP_WORDS
            ]
            if any(share < _LEAST_WORD for share, _ in content):
                continue
            covered = len({spanish for _, spanish in content}) / len(set(mark.spanish))
            distance = abs((tokens[run.first].start + tokens[run.last].end) / 2 - mark.middle)
            scored.append((sum(share for share, _ in content) / len(content) * covered**0.5 - 0.0005 * distance, number, run))
        for likeness, _, run in sorted(scored, reverse=True)[:_BEST]:
            if likeness > _LEAST_LIKENESS:
                yield Aligned(mark.code, run, min(1.0, likeness))
