"""Faults that are put into good files, one each: where they stand, and which rule must find them there.

A line of a table is (what is done, rule, segment, element, component). SE01 is set right behind every fault, so that it
is the only one that was made; sums and totals may break with it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.shared.x12 import faults_of_answers, faults_of_claims
from tests.shared.x12.faulty import Edit, Line

GOOD = {path.name: path.read_text().splitlines() for path in sorted((Path(__file__).parent / "good").iterdir())}
TABLES: dict[str, list[Line]] = {**faults_of_claims.TABLES, **faults_of_answers.TABLES}


class Fault(NamedTuple):
    """One fault in one good file."""

    base: str
    edit: Edit
    rule: str
    segment: str
    element: int
    component: int

    @property
    def name(self) -> str:
        """As pytest shows it."""
        return f"{self.base}: {self.edit.name}"

    def made(self) -> tuple[bytes, int]:
        """The faulty file, and the number of the segment where the fault must be found."""
        lines, number = self.edit.apply(list(GOOD[self.base]))
        return content(lines, recount=not self.edit.envelope), number


def content(lines: list[str], *, recount: bool = True) -> bytes:
    """Lines as a file; SE01 counts what is there."""
    if recount:
        start = 0
        for place, line in enumerate(lines):
            if line.startswith("ST*"):
                start = place
            elif line.startswith("SE*"):
                lines[place] = f"SE*{place - start + 1}*{line.split('*')[2]}"
    return "".join(f"{line}~" for line in lines).encode()


def faults() -> Iterator[Fault]:
    """All of them."""
    for base, table in TABLES.items():
        for edit, rule, segment, element, component in table:
            yield Fault(base, edit, rule, segment, element, component)
