"""A note's sections: which heading a place stands beneath, and what that says of a finding there."""

import re
from bisect import bisect_right
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Section(StrEnum):
    """What a part of a note is about."""

    COMPLAINT = "complaint"
    PRESENT = "history of present illness"
    PAST = "past history"
    FAMILY = "family history"
    SOCIAL = "social history"
    REVIEW = "review of systems"
    MEDICATION = "medication"
    ALLERGY = "allergies"
    EXAM = "examination"
    RESULTS = "results"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    INSTRUCTIONS = "instructions"
    OTHER = "other"


@cache
def _pattern() -> re.Pattern[str]:
    text = (files("coding_svc.domain.engine") / "data" / "sections.txt").read_text("utf-8")
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    choices = "|".join(f"(?P<{Section(name.strip()).name}>{headings.strip()})" for name, _, headings in lines)
    return re.compile(rf"^[ \t•*#\d.)-]*(?:{choices})[ \t]*(?::|-(?=\s)|$)", re.IGNORECASE | re.MULTILINE)


class Sections:
    """Where each section of a text begins."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        self._names = [Section.OTHER]
        for match in _pattern().finditer(text):
            self._starts.append(match.start())
            self._names.append(Section[match.lastgroup or "OTHER"])

    def at(self, place: int) -> Section:
        """The section in which a character stands."""
        return self._names[bisect_right(self._starts, place) - 1]

    def since(self, place: int) -> int:
        """How many characters before a place its section began."""
        return place - self._starts[bisect_right(self._starts, place) - 1]
