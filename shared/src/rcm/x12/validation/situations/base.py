"""What all situations share: where they report to, and how they read what stands in an element."""

from collections.abc import Mapping

from rcm.money import NotMoney
from rcm.x12.elements import cents
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.validation.report import Report
from rcm.x12.validation.rows import Row, Take
from rcm.x12.validation.walk import Check

COUNTED = frozenset({"AMT", "CAS", "CLM", "CLP", "LX", "PLB", "QTY", "STC", "SV1", "SV2", "SV3", "SVC", "SVD", "TRN"})
"""Segments that a sum, a balance or a total counts."""


class Situations:
    """Rules between elements and segments of one transaction set; this one has none."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        self.report = report
        self.component = delimiters.component
        self.repetition = delimiters.repetition

    def checks(self) -> Mapping[str, Check]:
        """What looks at which segment: by its id, or by its loop and id ("2010AA N4")."""
        return {}

    def rows(self) -> Mapping[Row, Take]:
        """What is looked at as a row where it is one; every row is looked at by `checks` as well where it is none."""
        return {}

    def misplaced(self, elements: list[str]) -> None:
        """A segment that has no place where it stands: what it would have counted for can't be judged."""

    def begin(self, elements: list[str]) -> None:
        """The ST."""

    def trace(self, elements: list[str]) -> None:
        """TRN: what follows belongs to it."""
        self.report.context = f"TRN02:{at(elements, 2)}" if at(elements, 2) else ""

    def close(self) -> None:
        """The set's end."""


def money(text: str) -> int | None:
    """Cents; None where there is no amount, which its element's own rules tell."""
    try:
        return cents(text) if text else None
    except NotMoney:
        return None


def reasons(elements: list[str]) -> int | None:
    """The sum of a CAS segment's amounts; None where one of them is lost."""
    total = 0
    for place in range(2, len(elements), 3):
        amount = money(at(elements, place + 1))
        if amount is None and elements[place]:
            return None
        total += amount or 0
    return total
