"""What the engine answers: codes to give, each with its evidence, and what it read and would not code."""

from dataclasses import dataclass

from coding_svc.domain.engine.assertion import Assertion


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the note, from `start` to before `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that the note supports; `score` is how likely a coder gives it, 0 to 1."""

    code: str
    description: str
    score: float
    assertion: Assertion
    evidence: tuple[Span, ...]
    why: str


@dataclass(frozen=True, slots=True)
class NotCoded:
    """What the note speaks of and is not to be coded, and why."""

    code: str
    description: str
    assertion: Assertion
    evidence: tuple[Span, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that one note says, in the order in which it would be coded."""

    suggestions: tuple[Suggestion, ...]
    not_coded: tuple[NotCoded, ...]
    problem: str = ""
    """Why nothing, or not all, was read; empty where there is nothing to say."""


@dataclass(slots=True)
class Finding:
    """A code on its way through the guidelines: each may change, drop or explain it."""

    code: str
    score: float
    assertion: Assertion
    spans: list[tuple[int, int]]
    why: str
    dropped: str = ""
    """Why it is not coded; empty while it is."""
    stated: bool = False
    """The note states the whole of the title."""
