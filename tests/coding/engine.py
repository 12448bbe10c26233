"""An engine for tests of what is around it: it knows three phrases, and how a note denies them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

PHRASES = {"type 2 diabetes": ("E11.9", 0.9), "hypertension": ("I10", 0.97), "cough": ("R05.9", 0.6)}


@dataclass(frozen=True)
class Words:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Found:
    code: str
    description: str
    score: float
    assertion: str
    evidence: Sequence[Words]
    why: str = "named"
    reason: str = ""


@dataclass(frozen=True)
class Read:
    suggestions: Sequence[Found]
    not_coded: Sequence[Found]
    problem: str = ""


class PhraseEngine:
    """Finds its phrases; raises for a note that says so."""

    version = "phrases 1"

    def suggest(self, text: str, on: date, setting: str) -> Read:
        assert setting in ("inpatient", "outpatient")
        assert on.year > 2000
        if "break the engine" in text:
            raise RuntimeError(text)
        if text.startswith("¿"):
            return Read([], [], "the document is not in English")
        found, passed = [], []
        for phrase, (code, score) in PHRASES.items():
            for match in re.finditer(rf"(denies )?({phrase})", text, re.IGNORECASE):
                words = [Words(match.start(2), match.end(2), match[2])]
                if match[1]:
                    passed.append(Found(code, phrase, score, "negated", words, reason="the note denies it"))
                else:
                    found.append(Found(code, phrase, score, "affirmed", words))
        return Read(found, passed)
