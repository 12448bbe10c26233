"""What the engine asks of the code sets. `main.py` hands in who answers; the engine itself knows no list of codes."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class NamedTerm(Protocol):
    """A term of the code set in a text: where it stands, the codes that it may be, and how much it says."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def codes(self) -> Sequence[str]:
        """The codes; several where a 7th character parts them."""

    @property
    def weight(self) -> float:
        """The sum of its words' rarity: "pain" 2, "iron deficiency anemia" 15."""

    @property
    def words(self) -> int: ...
    @property
    def inherited(self) -> bool:
        """The term is a category's, the code a default beneath it."""

    @property
    def flags(self) -> int:
        """1 the title leaves something unspecified, 2 it is an "other specified"."""


class CodeMeanings(Protocol):
    """The code sets, by date."""

    def is_billable(self, code: str, on: date) -> bool: ...

    def description(self, code: str) -> str:
        """A code's title; empty where none is known."""

    def billable_form(self, code: str, on: date) -> str:
        """The code, or the one that says the same on the day (unspecified successor, first 7th character); "" for none."""

    def terms(self, text: str) -> Sequence[NamedTerm]:
        """The code set's terms in a text."""

    def sided(self, code: str, side: str, on: date) -> str:
        """The sibling for "left", "right" or "bilateral" of a code whose title leaves the side open; "" for none."""

    def is_manifestation(self, code: str, on: date) -> bool:
        """A code that may only follow the disease behind it."""

    def search(self, phrase: str, on: date, limit: int) -> Sequence[tuple[str, float]]:
        """The codes that a phrase may mean, the likeliest first, each with how well it fits (1: the words say just that)."""

    def words(self, text: str) -> Sequence[str]:
        """A text's words in the code set's one form, a "," wherever a clause ends."""

    def excluded(self, one: str, other: str, on: date) -> bool:
        """Whether the code set forbids that both stand beside each other (Excludes1)."""

    def attributes(self, code: str, on: date) -> frozenset[str]:
        """Who alone may have it: "newborn", "pediatric", "maternity", "adult"; "female", "male"."""
