"""What all situations share: where they report to, and how they read what stands in an element."""

from collections.abc import Mapping

from rcm.money import NotMoney
from rcm.x12.elements import cents
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.validation.report import Report
from rcm.x12.validation.walk import Check


class Situations:
    """Rules between elements and segments of one transaction set; this one has none."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        self.report = report
        self.component = delimiters.component
        self.repetition = delimiters.repetition

    def checks(self) -> Mapping[str, Check]:
        """What looks at which segment: by its id, or by its loop and id ("2010AA N4")."""
        return {}

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


def reasons(elements: list[str]) -> int:
    """The sum of a CAS segment's amounts."""
    total = 0
    for text in elements[3::3]:
        if text:
            total += money(text) or 0
    return total
