"""Opens the search index and finds codes for a phrase.

A phrase's words are looked up with what may stand for them (the same root, learnt synonyms, the parts of a compound, a slip's
neighbours); the entries that hold the rarest of them are gathered, and the best few hundred weighed: how much of the phrase
they hold, how much they say beyond it, what their code's title leaves unspecified.
"""

import heapq
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from rcm.codesets.compiled import CodesUnreadable, compiled_path
from rcm.codesets.search.compile import FILE_NAME, RESIDUAL
from rcm.codesets.search.context import unsaid_chapters
from rcm.codesets.search.exact import letters_key, letters_of, named, words_key
from rcm.codesets.search.file_format import NotAnIndex, Sections
from rcm.codesets.search.neoplasms import Ranges, is_neoplasm, meant_ranges
from rcm.codesets.search.related import PART, SAME_ROOT
from rcm.codesets.search.source import PALE
from rcm.codesets.search.spelling import Spelling
from rcm.codesets.search.weighing import Said, Unit, Weights
from rcm.codesets.search.wordforms import parts, root
from rcm.codesets.search.words import raw_tokens, readings, words_of

_UNKNOWN_RARITY = 9.0
_ENOUGH_POSTINGS = 8_000
_UNLIKELY, _COMMON = 0.35, 1_500
"""A word that hardly stands for what was said, and that very many entries hold, gathers nothing; it is weighed all the same."""
_FEW = 220
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
        self._spelling = Spelling(sections)
        self._rows = {
            name: (sections.integers(f"{name}_starts"), sections.integers(name))
            for name in (
                "postings",
                "anchored",
                "entry_words",
                "entry_optional",
                "entry_absent",
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
        cut = self._spelling.mended(phrase[:_LONGEST_PHRASE])
        best: dict[int, tuple[float, str]] = {}
        for place, reading in enumerate(readings(cut)):
            if place and max((score for score, _ in best.values()), default=0.0) > self.weights.enough:
                break
            found = self._one_reading(reading)
            self._prefer_exact(reading, phrase, found)
            for target, score in found.items():
                worth = score + place * self.weights.later_reading
                if target not in best or worth > best[target][0]:
                    best[target] = (worth, reading if place else cut)
        return best

    def _prefer_exact(self, reading: str, phrase: str, found: dict[int, float]) -> None:
        """Raises what the phrase names to the letter, or with its words in another order, above all else; then its reading."""
        weights, by_words = self.weights, dict(found)
        keys = {words_key(reading): weights.exact_words - weights.of_reading}
        keys[letters_key(reading)] = weights.exact_letters - weights.of_reading
        keys.update({words_key(phrase): weights.exact_words, letters_key(phrase): weights.exact_letters})
        for key, worth in keys.items():
            for targets in named(*self._exact, key):
                whole = len(targets) == 1
                score = worth if whole else worth - weights.of_category
                for target in targets if whole else [target for target in by_words if target in targets]:
                    by_word = by_words.get(target, 0.0) + (0.0 if whole else self._residual(target, targets))
                    found[target] = max(found.get(target, 0.0), score + weights.exact_share * by_word)

    def _residual(self, target: int, beneath: range) -> float:
        """What a category's residual code is given: J20.9 beneath J20; beneath a wider or narrower place, none."""
        first, last = (self._targets[place][:3] for place in (beneath[0], beneath[-1]))
        return self.weights.residual if first == last and self._flags[target] & RESIDUAL else 0.0

    def number_of(self, word: str) -> int | None:
        """A word's number in the vocabulary."""
        return self._number.get(word)

    def anchored(self, word: int) -> "memoryview[int]":
        """The entries whose rarest word it is."""
        return self._row("anchored", word)

    def words_of_entry(self, row: int) -> "memoryview[int]":
        """The words that count in an entry."""
        return self._row("entry_words", row)

    def optional_of_entry(self, row: int) -> list[int]:
        """The words that may be said of an entry or not, those that it says are absent among them."""
        return [*self._row("entry_optional", row), *self._row("entry_absent", row)]

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
        """What a word outside the vocabulary may be: another form, a compound."""
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
        return likely

    def _one_reading(self, text: str) -> dict[int, float]:
        """By target: the score of its best entry for one reading of a phrase."""
        words = words_of(text)
        units = [self._unit(word) for word in words.present]
        gathered = self._gather(units)
        if not gathered:
            return {}
        said = Said(words.present, units, map(self._unit, words.absent), self._number, self.weights)
        beyond, weight = self.weights.beyond, self._entry_weight
        least = 0.3 * max(gathered.values())
        best_rows = heapq.nlargest(
            _FEW, ((held / (said.total + beyond * weight[row]), row) for row, held in gathered.items() if held >= least)
        )
        unsaid = unsaid_chapters((*raw_tokens(text), *words.present))
        ranges = meant_ranges(words.present)
        found: dict[int, float] = {}
        for _, row in best_rows:
            target = self._entry_target[row]
            score = self._weigh(row, said) + self._place(self._targets[target], unsaid, ranges)
            if score > found.get(target, -1.0):
                found[target] = score
        return found

    def _place(self, code: str, unsaid: Collection[str], ranges: Ranges) -> float:
        """What it counts where a code stands in the classification."""
        score = self.weights.unsaid if code[0] in unsaid else 0.0
        if not ranges or any(first <= code[:3] <= last for first, last in ranges):
            return score
        if is_neoplasm(code):
            return score + self.weights.astray
        return score if code[0] == "Z" else score + self.weights.outside

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

    def _weigh(self, row: int, said: Said) -> float:
        """How well one entry fits the phrase."""
        weights = self.weights
        worth, beyond, contrary = said.holds(self._row("entry_words", row), self._rarity)
        optional = self._row("entry_optional", row)
        said.add_optional(worth, optional)
        target = self._entry_target[row]
        for word in self._seventh[self._target_seventh[target]] & said.place.keys():
            worth.setdefault(*said.place[word])
        held = sum(worth.values())
        score = held / (held + weights.missed * (said.total - held) + weights.beyond * beyond + 1e-9)
        score += sum(value for flag, value in weights.flags if self._flags[target] & flag)
        score += said.on_absent(self._row("entry_absent", row)) + (weights.contrary if contrary else 0.0)
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
