"""How well an entry fits a phrase: what it holds of it, what it says beyond, and what it says to the contrary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rcm.codesets.search.compile import ELSEWHERE, PARTLY, RESIDUAL, UNSPECIFIED
from rcm.codesets.search.related import PART


@dataclass(frozen=True, slots=True)
class Weights:
    """What the ranking was tuned to, on phrases of codes whose own terms were held back (docs/decisions/0122)."""

    missed: float = 1.0
    """Weight of what the phrase says and the entry doesn't."""
    beyond: float = 0.4
    """Weight of what the entry says and the phrase doesn't."""
    optional: float = 0.7
    flags: tuple[tuple[int, float], ...] = ((UNSPECIFIED, 0.03), (PARTLY, 0.01), (RESIDUAL, 0.02), (ELSEWHERE, -0.04))
    """By what a target's title says; a code that another disease is coded before is seldom what is looked up."""
    kinds: tuple[float, ...] = (0.0, 0.0, -0.02, -0.02, 0.06, 0.02)
    """By where an entry's text stands, in the order of `compile`."""
    unsaid: float = -0.05
    """For a chapter of whose matter the phrase says nothing (`context`)."""
    astray: float = -0.15
    outside: float = -0.06
    """For a neoplasm of another behavior than the phrase's, and for what is no neoplasm where the phrase names one."""
    contrary: float = -0.12
    """For an entry that says what the phrase denies, or its opposite: the other side, acute for chronic."""
    agreed: float = 0.1
    """For an entry that denies what the phrase denies."""
    exact_letters: float = 1.3
    exact_words: float = 1.15
    """For a phrase that is a code's title or inclusion term; what is a category's, or only a reading's, counts less."""
    of_category: float = 0.05
    of_reading: float = 0.1
    exact_share: float = 0.05
    """How much the score by words, some 1, adds to that."""
    residual: float = 0.5
    """What a category's residual code is given to that score where the phrase is the category's text."""
    each_optional: float = -0.002
    later_reading: float = -0.05
    enough: float = 0.95
    """From here on a phrase is not read in another way."""
    pale: float = 0.3


class Unit(NamedTuple):
    """One word of a phrase: its weight, and by word number how well that word stands for it (1: itself)."""

    weight: float
    likely: dict[int, float]


_OPPOSITES = (
    ("left", "right", "bilateral"),
    ("upper", "lower"),
    ("acute", "chronic"),
    ("male", "female"),
    ("benign", "cancer"),
    ("open", "closed"),
    ("primary", "secondary"),
    ("mild", "moderate", "severe"),
)
_SURE = 0.6
_NEVER = -1


class Said:
    """A reading of a phrase, ready to be held against entries."""

    def __init__(
        self, words: Sequence[str], units: Sequence[Unit], denied: Iterable[Unit], number: Mapping[str, int], weights: Weights
    ) -> None:
        self.units = units
        self.total = sum(unit.weight for unit in units)
        self.place = {word: (place, units[place].weight) for place, word in enumerate(words)}
        self.denied = {word for unit in denied for word, share in unit.likely.items() if share > _SURE}
        self._weights = weights
        self._meant: dict[int, list[tuple[int, float, float]]] = {}
        for place, unit in enumerate(units):
            for word, share in unit.likely.items():
                self._meant.setdefault(word, []).append((place, share, share * unit.weight))
        self._contrary = dict.fromkeys(self.denied, _NEVER)
        for group in _OPPOSITES:
            of_group = [word for word in group if word in self.place]
            if len(of_group) == 1:
                said = number.get(of_group[0], _NEVER)
                self._contrary.update((number[word], said) for word in group if word != of_group[0] and word in number)

    def holds(self, words: Iterable[int], rarity: Sequence[float]) -> tuple[dict[int, float], float, bool]:
        """By unit how much of it an entry's words say; what they say beyond; whether they say the contrary."""
        worth: dict[int, float] = {}
        beyond = 0.0
        contrary: list[int] = []
        held = list(words)
        for word in held:
            explains = False
            for unit, share, value in self._meant.get(word, ()):
                if value > worth.get(unit, 0.0):
                    worth[unit] = value
                    explains = True
                elif share > PART:
                    explains = True
            if not explains:
                beyond += rarity[word]
            if word in self._contrary:
                contrary.append(self._contrary[word])
        return worth, beyond, any(said not in held for said in contrary)

    def add_optional(self, worth: dict[int, float], words: Iterable[int]) -> None:
        """Adds what the words say that an entry may do without."""
        for word in words:
            for unit, _, value in self._meant.get(word, ()):
                worth[unit] = max(worth.get(unit, 0.0), value * self._weights.optional)

    def on_absent(self, words: Iterable[int]) -> float:
        """What it counts that an entry says of these words that they are absent."""
        weights = self._weights
        score = 0.0
        for word in words:
            if word in self.denied:
                score += weights.agreed
            elif any(share > _SURE for _, share, _ in self._meant.get(word, ())):
                score += weights.contrary
        return max(weights.contrary, min(score, weights.agreed))
