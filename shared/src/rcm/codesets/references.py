"""The codes that a note of the tabular list refers to.

Such as `(E08.-)`, `N18.1-N18.6`, `(E08-E13 with .44)`, `(T36-T50 with fifth or sixth character 6)`. A note is prose: what in it
has the form of a code and names a category that exists is a reference; what follows it until the bracket closes may narrow it
down. A reference is resolved into the codes that it means, each standing for all codes beneath it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_CODE = r"[A-Z][0-9][0-9A-Z](?:\.(?:[0-9A-Z]{1,4})?)?"
_REFERENCE = re.compile(rf"(?<![0-9A-Za-z.])({_CODE})-?(?:\s?(?:-|–)\s?({_CODE})-?)?(?![0-9A-Za-z])")
_SHORT_RANGE = re.compile(r"-\.?([0-9A-Z]{1,3})-?(?![0-9A-Za-z.])")
_ORDINALS = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "six": 6, "6th": 6, "seventh": 7, "7th": 7}
_OPEN_FRACTURE = "BCEFHJMNQR"
"""The seventh characters of open fractures, at their first, routine, delayed, nonunited and malunited encounters."""
_ORDINAL = "|".join(_ORDINALS)
_CHARACTERS = re.compile(
    rf"with (?P<places>(?:{_ORDINAL})(?:(?:,? (?:or|to|and) |-)(?:{_ORDINAL}))*)[ -]characters? (?P<values>[-.0-9A-Z, or]+)"
)
_ENDINGS = re.compile(r",? with (?:final characters? )?(?P<values>[-.][0-9A-Z][-.0-9A-Z, or]*)")

_FINAL = re.compile(r"with final character ([0-9A-Z])\b")
"""Said of T36-T50 alone: the last character before the seventh."""
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Reference:
    """From a code to a code (the same where it is one), all that is beneath them, narrowed down by characters.

    `places` and `characters`: one of the places (counted from 1, without the dot) holds one of the characters.
    `endings`: what follows the category's three characters, dot left out, begins so.
    """

    first: str
    last: str
    endings: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    characters: str = ""

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def references(text: str, exists: Callable[[str], bool]) -> list[Reference]:
    """The references of a note, in order; `exists` tells a category (three characters) that there is from a vitamin."""
    matches = [match for match in _REFERENCE.finditer(text) if exists(match[1][:3])]
    found = []
    for place, match in enumerate(matches):
        until = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        tail = text[match.end() : until]
        closing = tail.find(")")
        # What narrows down stands behind the last code of a list, and counts for the whole list.
        shared = text[match.end() :].partition(")")[0]
        narrowing = _narrowing(tail if closing >= 0 else shared)
        first = match[1].rstrip(".")
        last = (match[2] or match[1]).rstrip(".")
        short = _SHORT_RANGE.match(text, match.end()) if not match[2] and match[0][-1] != "-" else None
        if short and "." in first:
            last = first[: -len(short[1])] + short[1]
        found.append(Reference(first, last, *narrowing) if last >= first else Reference(first, first, *narrowing))
    return found


def _narrowing(tail: str) -> tuple[tuple[str, ...], tuple[int, ...], str]:
    """Endings, places and characters that the words behind a reference ask for; all empty where they ask for nothing."""
    if found := _CHARACTERS.search(tail):
        return _characters(found["places"], _values(found["values"]))
    if found := _FINAL.search(tail):
        return (), (5, 6), found[1]
    if "with open fracture 7th character" in tail:
        return (), (7,), _OPEN_FRACTURE
    if found := _ENDINGS.search(tail):
        # "I69. with final characters -23": the fourth character is free.
        free = "." if found["values"].startswith("-") else ""
        return tuple(free + value for value in _values(found["values"])), (), ""
    return (), (), ""


def _characters(places: str, values: list[str]) -> tuple[tuple[str, ...], tuple[int, ...], str]:
    """ "Fifth or sixth" are places of one character; "fifth to sixth" are one ending of two."""
    named = [_ORDINALS[word] for word in re.findall(_ORDINAL, places)]
    if " to " in places or "-" in places:
        return tuple("." * (named[0] - 4) + value for value in values), (), ""
    return ((), tuple(named), "".join(values)) if values else ((), (), "")


def _values(text: str) -> list[str]:
    """`1-4 or 6` is 1, 2, 3, 4, 6; `.51-.52` is 51, 52; `-23` is 23; `.62-` is 62."""
    values: list[str] = []
    for part in re.split(r",|\bor\b|\s", text):
        pieces = [piece for piece in part.replace(".", "").split("-") if piece]
        if len(pieces) == 2 and len(pieces[0]) == len(pieces[1]) and all(piece.isdigit() for piece in pieces):
            width = len(pieces[0])
            values.extend(str(value).zfill(width) for value in range(int(pieces[0]), int(pieces[1]) + 1))
        else:
            values.extend(pieces)
    return values


class CodeTree:
    """The codes of a tabular list in order, to resolve references against."""

    def __init__(self, codes: Sequence[str], children: Mapping[str, Sequence[str]]) -> None:
        self._categories = sorted(code for code in codes if len(code) == 3)
        self._known = frozenset(codes)
        self._children = children
        self._resolved: dict[Reference, list[str]] = {}

    def exists(self, category: str) -> bool:
        return category in self._known

    def resolve(self, reference: Reference) -> list[str]:
        """The codes that a reference means, each with all beneath it; the fewest that say it. Many notes say the same one."""
        if reference not in self._resolved:
            self._resolved[reference] = self._resolve(reference)
        return self._resolved[reference]

    def _resolve(self, reference: Reference) -> list[str]:
        tops = list(self._range(reference.first, reference.last))
        if reference.endings:
            patterns = [re.compile(re.escape(ending).replace(r"\.", ".")) for ending in reference.endings]
            return [code for top in tops for code in self._first_beneath(top, lambda code: _ends(code, patterns))]
        if reference.places:
            return [code for top in tops for code in self._first_beneath(top, lambda code: self._holds(code, reference))]
        return tops

    def _range(self, first: str, last: str) -> Iterator[str]:
        """The codes from first to last at their own level; one that the list lacks is taken as it is written."""
        if first == last:
            yield first
        elif len(first) == 3 and len(last) == 3:
            yield from (code for code in self._categories if first <= code <= last)
        else:
            yield from self._between(first, last)

    def _between(self, first: str, last: str) -> Iterator[str]:
        top, bottom = first.ljust(_WIDTH, "\0"), last.ljust(_WIDTH, "~")
        for category in (code for code in self._categories if first[:3] <= code <= last[:3]):
            yield from self._first_beneath(
                category, lambda code: top <= code.ljust(_WIDTH, "\0") and code.ljust(_WIDTH, "~") <= bottom
            )

    def _first_beneath(self, top: str, wanted: Callable[[str], bool]) -> Iterator[str]:
        """Walking down from `top`, the first codes that are wanted."""
        if wanted(top):
            yield top
            return
        for child in self._children.get(top, ()):
            yield from self._first_beneath(child, wanted)

    def _holds(self, code: str, reference: Reference) -> bool:
        """Whether the character that counts is one of those asked for: of several places, the last that the code has."""
        bare = code.replace(".", "")
        place = max((place for place in reference.places if place <= len(bare)), default=0)
        if not place or bare[place - 1] not in reference.characters:
            return False
        longer = any(len(child.replace(".", "")) == len(bare) + 1 for child in self._children.get(code, ()))
        return not (longer and len(bare) < max(reference.places))


def _ends(code: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    rest = code[3:].replace(".", "")
    return any(pattern.match(rest) for pattern in patterns)
