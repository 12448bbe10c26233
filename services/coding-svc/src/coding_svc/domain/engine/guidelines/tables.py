"""The guidelines' tables: code ranges left, codes or words right. A range counts over its own length: J12-J18, I50, E11.4."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Range(NamedTuple):
    """Codes from `first` to `last` and all beneath them, without dots."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        """Whether a code lies in it."""
        plain = code.replace(".", "")
        return self.first <= plain[: len(self.first)] and plain[: len(self.last)] <= self.last


def ranges_of(text: str) -> tuple[Range, ...]:
    """Ranges parted by blanks: "J12-J18 I50"."""
    found = []
    for part in text.split():
        first, _, last = part.replace(".", "").partition("-")
        found.append(Range(first, last or first))
    return tuple(found)


def holds(ranges: tuple[Range, ...], code: str) -> bool:
    """Whether a code lies in one of the ranges."""
    return any(each.holds(code) for each in ranges)


def lines(name: str) -> list[str]:
    """A file's lines; # begins a comment."""
    text = (files("coding_svc.domain.engine.guidelines") / "data" / name).read_text("utf-8")
    return [line for line in (line.partition("#")[0].strip() for line in text.splitlines()) if line]


@cache
def rows(name: str) -> tuple[tuple[str, str], ...]:
    """A table's lines, left and right of the =; # begins a comment."""
    return tuple((left.strip(), right.strip()) for left, sep, right in (line.partition("=") for line in lines(name)) if sep)
