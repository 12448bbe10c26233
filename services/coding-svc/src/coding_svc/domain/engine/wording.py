"""What words say and deny, and whether a title says the contrary: chronic where the note says acute.

Both sides are compared in the code set's one form of words (synonyms, abbreviations, spelling); the words that exclude each
other are data (`data/opposites.txt`).
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOTHING_MORE = re.compile(
    r",? ?\b(?:initial|subsequent) encounter\b.*|,? ?\bsequela\b|\bnot elsewhere classified\b|\bnot specified as traumatic\b"
    r"|\bencounter for\b|\bnot having achieved remission\b"
)
_SIDE = re.compile(r"(?<![\w/])(?:(R)|(L)|(?i:(rt)|(lt)|(b/l|bilat|both)))\.?(?![\w/'])")
_WITHOUT = re.compile(r"\bw/o\b|\bwo\b", re.IGNORECASE)
_SIDED = re.compile(r"\b(left|right)[- ]sided\b", re.IGNORECASE)
_SIDES = ("right", "left", "right", "left", "bilateral")
_DENYING = frozenset(("without", "no", "not", "non"))
_DENIAL_ENDS = frozenset(("with", "but", ",", "in", "due", "of"))
_OF_WHAT = frozenset(("evidence", "sign", "symptom", "mention", "history", "finding", "any"))
"""In "without evidence of edema" edema is denied; in "without damage of the left eye" the eye is not."""
_NUMBERED = re.compile(r"(?:[1-5][abc]?|i{1,3}|iv|v)")
_COUNTED = frozenset(("type", "stage", "class", "grade", "degree"))
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_STOP_WORDS = """
    a an and are as at be by due for from has have having his her in into is it of on or other specified the this to type which
    patient unspecified nos disorder disease condition syndrome use part region side site current
"""
_STOPS = frozenset(_STOP_WORDS.split())


class Said(NamedTuple):
    """The words of a text: what it says, and what it says is not there."""

    present: frozenset[str]
    absent: frozenset[str]


def plain(text: str) -> str:
    """A text with its short words for sides and denials spelled out: "R wrist w/o" is "right wrist without"."""
    text = _SIDED.sub(r"\1", text)
    return _WITHOUT.sub("without", _SIDE.sub(lambda match: _SIDES[(match.lastindex or 1) - 1], text))


def title_words(title: str) -> str:
    """What of a title counts: neither what stands in brackets nor which encounter it is."""
    return _NOTHING_MORE.sub("", _BRACKETS.sub(" ", title.lower()))


def said(words: Sequence[str]) -> Said:
    """Parts what is there from what is denied; a denial holds to the next comma, "with" or "but"."""
    present: set[str] = set()
    absent: set[str] = set()
    denied = False
    counted = last = ""
    for word in words:
        before, last = last, word
        if word in _DENYING:
            denied, counted = True, ""
            continue
        if word in _DENIAL_ENDS:
            denied = denied and (word in ("in", "due") or (word == "of" and before in _OF_WHAT))
            counted = ""
            continue
        whole = f"{counted} {_number(word)}" if counted and _NUMBERED.fullmatch(word) else word
        counted = word if word in _COUNTED else ""
        if not counted and whole not in _STOPS:
            (absent if denied else present).add(whole)
    return Said(frozenset(present), frozenset(absent - present))


def _number(word: str) -> str:
    letters = word.rstrip("abc") if not word.isalpha() else word
    return _ROMAN.get(letters, letters) + word[len(letters) :]


@cache
def _opposites() -> dict[str, list[tuple[str, ...]]]:
    """By word: the groups of which one excludes the others."""
    table: dict[str, list[tuple[str, ...]]] = {}
    text = (files("coding_svc.domain.engine") / "data" / "opposites.txt").read_text("utf-8")
    for line in text.splitlines():
        group = tuple(line.partition("#")[0].split())
        for word in group:
            table.setdefault(word, []).append(group)
    return table


def contradiction(title: Said, note: Said) -> str:
    """What the title says against the note's words, for people; empty where it says nothing against them."""
    for word in sorted(title.present):
        if word in note.absent and note.absent.isdisjoint(title.absent):
            return f"the note says without {word}"
        for group in _opposites().get(word, ()):
            others = [other for other in group if other != word and other in note.present and other not in title.present]
            if others and word not in note.present:
                return f"the note says {others[0]}, the code {word}"
        kind, _, number = word.partition(" ")
        if number and (against := _other_number(kind, number, note)) and not _within(against, kind, title):
            return f"the note says {against}, the code {word}"
    denied = sorted(title.absent & note.present)
    return f"the code says without {' '.join(denied)}" if denied and 2 * len(denied) >= len(title.absent) else ""


def _other_number(kind: str, number: str, note: Said) -> str:
    """A number of the same kind that the note says, and neither is a part of the other ("3" and "3a" are no contraries)."""
    told = [each for each in note.present if each.startswith(f"{kind} ")]
    if not told or any(
        each.partition(" ")[2][:1] == number[:1] and _compatible(each.partition(" ")[2], number) for each in told
    ):
        return ""
    return told[0]


def _within(counted: str, kind: str, title: Said) -> bool:
    """Whether a title names a range ("stage 1 through stage 4") and the number lies in it."""
    places = sorted(word.partition(" ")[2][:1] for word in title.present if word.startswith(f"{kind} "))
    return len(places) > 1 and places[0] <= counted.partition(" ")[2][:1] <= places[-1]


def _compatible(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
