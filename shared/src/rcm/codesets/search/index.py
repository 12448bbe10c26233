"""Opens the search index and finds codes for a phrase.

A phrase's words are looked up with what may stand for them (the same root, learnt synonyms, the parts of a compound, a slip's
neighbours); the entries that hold the rarest of them are gathered, and the best few hundred weighed: how much of the phrase
they hold, how much they say beyond it, what their code's title leaves unspecified.
"""

import heapq
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from rcm.codesets.compiled import CodesUnreadable, compiled_path
from rcm.codesets.search.compile import ELSEWHERE, FILE_NAME, OTHER_SPECIFIED, UNSPECIFIED
from rcm.codesets.search.context import unsaid_chapters
from rcm.codesets.search.exact import letters_key, letters_of, named, words_key
from rcm.codesets.search.file_format import NotAnIndex, Sections
from rcm.codesets.search.related import PART, SAME_ROOT
from rcm.codesets.search.source import PALE
from rcm.codesets.search.wordforms import likeness, parts, root, trigrams
from rcm.codesets.search.words import raw_tokens, readings, words_of

_UNKNOWN_RARITY = 9.0
_ENOUGH_POSTINGS = 12_000
_UNLIKELY, _COMMON = 0.35, 1_500
"""A word that hardly stands for what was said, and that very many entries hold, gathers nothing; it is weighed all the same."""
_FEW = 300
_LONGEST_PHRASE = 400


class CodesByDate(Protocol):
    """What the search asks of the code set."""

    def is_billable(self, code: str, on: date) -> bool: ...

    def description(self, code: str) -> str: ...


class Hit(NamedTuple):
    """A code that a phrase may mean; the score is 1 where an entry says just the phrase, and may pass it by a little."""

    code: str
    description: str
    score: float


class Unit(NamedTuple):
    """One word of a phrase: its weight, and by word number how well that word stands for it (1: itself)."""

    weight: float
    likely: dict[int, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What the ranking was tuned to, on phrases of codes whose own terms were held back (docs/decisions/0122)."""

    missed: float = 1.0
    """Weight of what the phrase says and the entry doesn't."""
    beyond: float = 0.4
    """Weight of what the entry says and the phrase doesn't."""
    optional: float = 0.7
    flags: tuple[tuple[int, float], ...] = ((UNSPECIFIED, 0.03), (OTHER_SPECIFIED, 0.0), (ELSEWHERE, -0.04))
    """By what a target's title says; a code that another disease is coded before is seldom what is looked up."""
    kinds: tuple[float, ...] = (0.0, 0.0, -0.02, -0.02, 0.06, 0.02)
    """By where an entry's text stands, in the order of `compile`."""
    unsaid: float = -0.05
    """For a chapter of whose matter the phrase says nothing (`context`)."""
    exact_letters: float = 1.3
    exact_words: float = 1.15
    """For a phrase that is a code's title or inclusion term; what is a category's counts a little less."""
    of_category: float = 0.05
    exact_share: float = 0.05
    """How much the score by words, some 1, adds to that."""
    each_optional: float = -0.002
    later_reading: float = -0.05
    pale: float = 0.3


class SearchIndex:
    """An open index. It holds no state of a search and may be shared by threads."""

    def __init__(self, path: Path, weights: Weights | None = None) -> None:
        sections = Sections(path)
        self.weights = weights or Weights()
        self._vocabulary = sections.text("vocabulary").split("\n")
        self._number = {word: number for number, word in enumerate(self._vocabulary)}
        self._rarity = sections.floats("rarity")
        self._targets = sections.text("targets").split("\n")
        self._flags = sections.integers("target_flags")
        self._entry_target = sections.integers("entry_target")
        self._entry_kind = sections.integers("entry_kind")
        self._entry_weight = sections.floats("entry_weight")
        self._trigram_number = {piece: number for number, piece in enumerate(sections.text("trigrams").split("\n"))}
        self._rows = {
            name: (sections.integers(f"{name}_starts"), sections.integers(name))
            for name in (
                "postings",
                "anchored",
                "entry_words",
                "entry_optional",
                "trigram_words",
                "related",
                "related_likeness",
            )
        }
        self._exact = (sections.integers("exact_key"), sections.integers("exact_first"), sections.integers("exact_last"))
        self._target_seventh = sections.integers("target_seventh")
        self._seventh = [frozenset(words.split()) for words in sections.text("seventh_words").split("\n")]

    def search(self, phrase: str, codes: CodesByDate, on: date, limit: int = 10) -> list[Hit]:
        """The codes that are billable on the day and that the phrase may mean, the likeliest first."""
        best = self._readings(phrase)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        hits: list[Hit] = []
        for target, (score, reading) in ranked:
            code = self._code_of(target, reading, codes, on)
            if code:
                hits.append(Hit(code, codes.description(code), round(max(0.0, score), 4)))
                if len(hits) == limit:
                    break
        return hits

    def targets(self, phrase: str, limit: int) -> list[tuple[str, Sequence[str], float]]:
        """As `search`, whatever the date: each target's key, its codes, its score."""
        best = self._readings(phrase)
        found: list[tuple[str, Sequence[str], float]] = []
        for target, (score, _) in heapq.nsmallest(limit, best.items(), key=lambda item: (-item[1][0], item[0])):
            key, *members = self._targets[target].split(" ")
            found.append((key, members, score))
        return found

    def _readings(self, phrase: str) -> dict[int, tuple[float, str]]:
        """By target: its best score, and the reading of the phrase that it comes from."""
        cut = phrase[:_LONGEST_PHRASE]
        best: dict[int, tuple[float, str]] = {}
        for place, reading in enumerate(readings(cut)):
            found = self._one_reading(reading)
            self._prefer_exact(reading, found)
            if place == 0 and reading != cut:
                self._prefer_exact(cut, found)
            for target, score in found.items():
                worth = score + place * self.weights.later_reading
                if target not in best or worth > best[target][0]:
                    best[target] = (worth, reading if place else cut)
        return best

    def _prefer_exact(self, text: str, found: dict[int, float]) -> None:
        """Raises what the text names to the letter, or with its words in another order, above all else."""
        weights, by_words = self.weights, dict(found)
        for key, worth in ((words_key(text), weights.exact_words), (letters_key(text), weights.exact_letters)):
            for targets in named(*self._exact, key):
                whole = len(targets) == 1
                score = worth if whole else worth - weights.of_category
                for target in targets if whole else [target for target in by_words if target in targets]:
                    found[target] = score + weights.exact_share * by_words.get(target, 0.0)

    def number_of(self, word: str) -> int | None:
        """A word's number in the vocabulary."""
        return self._number.get(word)

    def anchored(self, word: int) -> "memoryview[int]":
        """The entries whose rarest word it is."""
        return self._row("anchored", word)

    def words_of_entry(self, row: int) -> tuple["memoryview[int]", "memoryview[int]"]:
        """The words that count in an entry, and those that may be there or not."""
        return self._row("entry_words", row), self._row("entry_optional", row)

    def facts_of_entry(self, row: int) -> tuple[int, int, int, float]:
        """An entry's target, its kind, its target's title flags, and the sum of its words' rarity."""
        target = self._entry_target[row]
        return target, self._entry_kind[row], self._flags[target], self._entry_weight[row]

    def codes_of(self, target: int) -> list[str]:
        """A target's codes; several where a 7th character parts them."""
        return self._targets[target].split(" ")[1:]

    def _row(self, name: str, number: int) -> "memoryview[int]":
        starts, values = self._rows[name]
        return values[starts[number] : starts[number + 1]]

    def _code_of(self, target: int, phrase: str, codes: CodesByDate, on: date) -> str:
        """The target's code on the day: of several (7th character) the one whose words the phrase holds, else the default."""
        valid = [code for code in self.codes_of(target) if codes.is_billable(code, on)]
        if len(valid) < 2:
            return valid[0] if valid else ""
        titles = [(code, codes.description(code)) for code in valid]
        said = self._seventh[self._target_seventh[target]] & set(words_of(phrase).present)
        letters = letters_of(phrase)

        def fit(each: tuple[str, str]) -> tuple[bool, int, int]:
            title = each[1]
            held = len(said & set(words_of(title).present)) if said else 0
            return bool(said) and letters_of(title) == letters, held, title.count("unspecified")

        return max(titles, key=fit)[0]

    def _unit(self, word: str) -> Unit:
        """A word with all that may stand for it."""
        number = self._number.get(word)
        likely: dict[int, float] = {}
        if number is not None:
            for other, share in zip(self._row("related", number), self._row("related_likeness", number), strict=True):
                likely[other] = share / 255
            likely[number] = 1.0
        else:
            likely = self._unknown_word(word)
        weight = max((self._rarity[other] * share for other, share in likely.items()), default=_UNKNOWN_RARITY)
        return Unit(weight * (self.weights.pale if word in PALE else 1.0), likely)

    def _unknown_word(self, word: str) -> dict[int, float]:
        """What a word outside the vocabulary may be: another form, a compound, a slip of the keyboard."""
        likely: dict[int, float] = {}
        stem = root(word)
        at = bisect_left(self._vocabulary, stem)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(stem):
            if root(self._vocabulary[at]) == stem:
                likely[at] = SAME_ROOT
            at += 1
        for part in parts(word):
            for other in part:
                if other in self._number:
                    likely.setdefault(self._number[other], PART)
        if not likely and len(word) > 3:
            likely = self._mistyped(word)
        return likely

    def _mistyped(self, word: str) -> dict[int, float]:
        pieces = trigrams(word)
        shared: dict[int, int] = {}
        for piece in pieces:
            number = self._trigram_number.get(piece)
            if number is not None:
                for other in self._row("trigram_words", number):
                    shared[other] = shared.get(other, 0) + 1
        close = heapq.nlargest(12, (item for item in shared.items() if item[1] >= 0.3 * len(pieces)), key=lambda item: item[1])
        scored = {other: likeness(word, self._vocabulary[other]) for other, _ in close}
        return {other: share for other, share in scored.items() if share >= 0.5}

    def _one_reading(self, text: str) -> dict[int, float]:
        """By target: the score of its best entry for one reading of a phrase."""
        words = words_of(text).present
        units = [self._unit(word) for word in words]
        total = sum(unit.weight for unit in units)
        gathered = self._gather(units)
        if not gathered:
            return {}
        beyond, weight = self.weights.beyond, self._entry_weight
        least = 0.3 * max(gathered.values())
        best_rows = heapq.nlargest(
            _FEW, ((held / (total + beyond * weight[row]), row) for row, held in gathered.items() if held >= least)
        )
        meant: dict[int, list[tuple[int, float, float]]] = {}
        for place, unit in enumerate(units):
            for word, share in unit.likely.items():
                meant.setdefault(word, []).append((place, share, share * unit.weight))
        unsaid = unsaid_chapters((*raw_tokens(text), *words))
        said = {word: (place, units[place].weight) for place, word in enumerate(words)}
        found: dict[int, float] = {}
        for _, row in best_rows:
            target = self._entry_target[row]
            score = self._weigh(row, meant, total, said)
            if self._targets[target][0] in unsaid:
                score += self.weights.unsaid
            if score > found.get(target, -1.0):
                found[target] = score
        return found

    def _gather(self, units: Sequence[Unit]) -> dict[int, float]:
        """By entry: roughly how much of the phrase it holds. Rare words gather; common ones then add to what is there."""
        starts, postings = self._rows["postings"]
        gathered: dict[int, float] = {}
        size: Callable[[Unit], int] = lambda unit: sum(starts[word + 1] - starts[word] for word in unit.likely)  # noqa: E731
        spent = 0
        for unit in sorted(units, key=size):
            reached: dict[int, float] = {}
            for word, share in sorted(unit.likely.items(), key=lambda item: item[1]):
                if share < _UNLIKELY and starts[word + 1] - starts[word] > _COMMON:
                    continue
                rows = postings[starts[word] : starts[word + 1]]
                reached.update(dict.fromkeys(rows, unit.weight * share))
            if spent + len(reached) > _ENOUGH_POSTINGS and gathered:
                for row in gathered.keys() & reached.keys():
                    gathered[row] += reached[row]
                continue
            spent += len(reached)
            if not gathered:
                gathered = reached
                continue
            for row, held in reached.items():
                gathered[row] = gathered.get(row, 0.0) + held
        return gathered

    def _weigh(
        self,
        row: int,
        meant: Mapping[int, Sequence[tuple[int, float, float]]],
        total: float,
        said: Mapping[str, tuple[int, float]],
    ) -> float:
        """How well one entry fits the phrase.

        `meant`: by word of the index, the units that it may stand for, with share and worth; `said`: by word of the phrase, its
        unit and that one's weight.
        """
        weights, rarity = self.weights, self._rarity
        worth: dict[int, float] = {}
        beyond = 0.0
        starts, values = self._rows["entry_words"]
        for word in values[starts[row] : starts[row + 1]]:
            explains = False
            for unit, share, value in meant.get(word, ()):
                if value > worth.get(unit, 0.0):
                    worth[unit] = value
                    explains = True
                elif share > PART:
                    explains = True
            if not explains:
                beyond += rarity[word]
        starts, values = self._rows["entry_optional"]
        optional = values[starts[row] : starts[row + 1]]
        for word in optional:
            for unit, _, value in meant.get(word, ()):
                worth[unit] = max(worth.get(unit, 0.0), value * weights.optional)
        target = self._entry_target[row]
        for said_word in self._seventh[self._target_seventh[target]] & said.keys():
            worth.setdefault(*said[said_word])
        held = sum(worth.values())
        score = held / (held + weights.missed * (total - held) + weights.beyond * beyond + 1e-9)
        score += sum(value for flag, value in weights.flags if self._flags[target] & flag)
        return score + weights.kinds[self._entry_kind[row]] + weights.each_optional * len(optional)


@cache
def installed_search() -> SearchIndex:
    """This installation's index, one for the process. Raises CodesUnreadable where the set-up has made none."""
    path = compiled_path().parent / FILE_NAME
    try:
        return SearchIndex(path)
    except (OSError, NotAnIndex) as error:
        raise CodesUnreadable(
            f"there is no search index at {path} ({error}); `python -m rcm.codesets.compile` makes it"
        ) from error
