"""One regular expression for each segment of a guide that matches only what is certainly right.

Most segments of most files match, at the price of one call; what does not is looked at element by element (`segments`), which
alone decides. A pattern may therefore be stricter than the guide: a leap day or a rare combination costs time, nothing else.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from rcm.x12.grammar import Delimiters
from rcm.x12.validation.guide import ElementUse, SegmentUse

Matcher = Callable[[str], re.Match[str] | None]

_DAY = r"(?:19|20)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))"
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d"
_PERIODS = {"D8": _DAY, "RD8": f"({_DAY})-({_DAY})", "TM": _TIME, "DT": _DAY + _TIME}
"""1251 by its 1250; the ends of a period are groups, for their order is nothing that a pattern tells."""
_MOMENTS = {form: pattern for form, pattern in _PERIODS.items() if form != "RD8"}


class _NoPattern(Exception):
    """A condition that no pattern tells."""


class _Builder:
    """Patterns for one set of delimiters."""

    def __init__(self, delimiters: Delimiters, periods: Mapping[str, str] = _PERIODS) -> None:
        self._delimiters = delimiters
        self._periods = periods
        marks = str(delimiters)
        kept = "".join(re.escape(chr(code)) for code in range(33, 127) if chr(code) not in marks)
        self._plain = f"[{kept}]"
        self._spaced = f"[ {kept}]" if " " not in marks else self._plain

    def segment(self, use: SegmentUse) -> str:
        """The whole segment with its id. Raises _NoPattern where it must always be looked at."""
        body = self._sequence(_without(use), self._delimiters.element, _pairs(use))
        ends = "".join(map(re.escape, (self._delimiters.element, self._delimiters.component)))
        return f"{re.escape(use.name)}{body}(?<![{ends}])"

    def _sequence(self, uses: Sequence[ElementUse], separator: str, groups: dict[int, str]) -> str:
        """The elements (or components) each behind a separator; `groups` tells which go together with those behind them."""
        mark = re.escape(separator)
        rest, free = "", True
        place = len(uses)
        while place:
            place -= 1
            use = uses[place]
            if place - 1 in groups and groups[place - 1] == "P":
                place -= 1
                first, second = self._pair(uses[place], use)
                both = "|".join(f"{one}{mark}{other}" for one, other in zip(first, second, strict=True))
                if use.usage == "R" or uses[place].usage == "R":
                    rest, free = f"{mark}(?:{both}){rest}", False
                elif rest:
                    rest = f"(?:{mark}(?:{both}|{mark}){rest})?" if free else f"{mark}(?:{both}|{mark}){rest}"
                else:
                    rest = f"(?:{mark}(?:{both}))?"
            elif place - 2 in groups and groups[place - 2] == "L":
                third = f"(?:{mark}(?:{self._value(use)})?{rest})?"
                place -= 2
                rest = f"(?:{mark}{self._value(uses[place])}{mark}{self._value(uses[place + 1])}{third})?"
            elif use.usage == "R":
                rest, free = f"{mark}{self._value(use)}{rest}", False
            elif use.usage == "S":
                one = f"{mark}(?:{self._value(use)})?{rest}"
                rest = f"(?:{one})?" if free else one
            elif rest:
                rest = f"(?:{mark}{rest})?" if free else f"{mark}{rest}"
        return rest

    def _pair(self, first: ElementUse, second: ElementUse) -> tuple[list[str], list[str]]:
        """Two elements of which none stands alone: for a period's format and value each of its forms."""
        if first.element.number == "1250" and second.element.number == "1251":
            forms = sorted(code for code in first.codes if code in self._periods)
            if not forms:
                raise _NoPattern
            return forms, [self._periods[form] for form in forms]
        return [self._value(first)], [self._value(second)]

    def _value(self, use: ElementUse) -> str:
        element = use.element
        if use.components:
            one = self._sequence(use.components, self._delimiters.component, _component_pairs(use.components))
            one = one.removeprefix(re.escape(self._delimiters.component))
            if one.startswith("(?:" + re.escape(self._delimiters.component)):
                raise _NoPattern
        elif use.codes:
            one = f"(?:{'|'.join(map(re.escape, sorted(use.codes)))})"
        else:
            one = self._form(element.kind, element.shortest, element.longest)
        if use.repeat > 1 and self._delimiters.repetition:
            one = f"{one}(?:{re.escape(self._delimiters.repetition)}{one}){{0,{use.repeat - 1}}}"
        return one

    def _form(self, kind: str, shortest: int, longest: int) -> str:
        if kind in {"AN", "ID"}:
            return f"{self._spaced}{{{shortest - 1},{longest - 1}}}{self._plain}"
        if kind == "N0":
            return f"\\d{{{shortest},{longest}}}"
        if kind == "R":
            return rf"-?(?:\d{{1,{max(longest - 8, longest // 2)}}}(?:\.\d{{1,2}})?|\.\d{{1,2}})" if longest > 3 else r"\d"
        if kind == "DT":
            return _DAY if longest == 8 else r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])"
        return _TIME + r"(?:[0-5]\d(?:\d\d)?)?" if longest == 8 else _TIME


def _without(use: SegmentUse) -> list[ElementUse]:
    """The elements, without those that a condition would forbid or demand in ways that no pattern tells."""
    uses = list(use.elements)
    for condition in use.conditions:
        places = [place - 1 for place in condition.places if place <= len(uses)]
        used = [place for place in places if uses[place].usage != "-"]
        required = [place for place in places if uses[place].usage == "R"]
        if condition.kind == "R" and not required:
            raise _NoPattern
        if condition.kind == "E":
            for place in used[1:]:
                uses[place] = _blank(uses[place])
        if condition.kind in {"C", "L"} and not _given(condition.kind, places, uses) and places[0] not in _pairs(use):
            uses[places[0]] = _blank(uses[places[0]])
        if condition.kind == "P" and used and len(required) < len(places) and places[0] not in _pairs(use):
            for place in used:
                uses[place] = _blank(uses[place])
    return uses


def _given(kind: str, places: list[int], uses: list[ElementUse]) -> bool:
    """Whether a condition C or L can't be broken, as the guide uses its elements."""
    first, *others = places
    if uses[first].usage == "-":
        return True
    in_triple = kind == "C" and any(one.element.number == "1034" for one in (uses[other] for other in others))
    return in_triple or (all if kind == "C" else any)(uses[other].usage == "R" for other in others)


def _blank(use: ElementUse) -> ElementUse:
    if use.usage == "R":
        raise _NoPattern
    return ElementUse(use.element, "-", components=use.components)


def _pairs(use: SegmentUse) -> dict[int, str]:
    """Places (from 0) that go together with the next (P) or the next two (L: the triplets of CAS)."""
    found: dict[int, str] = {}
    for condition in use.conditions:
        first = condition.places[0] - 1
        own = [use.elements[place - 1] for place in condition.places if place <= len(use.elements)]
        close = condition.places == tuple(range(first + 1, first + 1 + len(own)))
        if condition.kind == "P" and close and len(own) == 2 and all(one.usage != "-" for one in own):
            found[first] = "P"
        if condition.kind == "L" and close and len(own) == 3 and all(one.usage == "S" for one in own):
            found[first] = "L"
    for place, (one, other) in enumerate(pairwise(use.elements)):
        if one.element.number == "1250" and other.element.number == "1251" and one.usage != "-":
            found[place] = "P"
    return found


def _component_pairs(uses: Sequence[ElementUse]) -> dict[int, str]:
    return {
        place: "P"
        for place, (one, other) in enumerate(pairwise(uses))
        if one.element.number == "1250" and other.element.number == "1251" and one.usage != "-"
    }


def in_order(days: Sequence[str | None]) -> bool:
    """Whether each period of a match begins before it ends; those that did not take part are None."""
    return all(first is None or (last is not None and first <= last) for first, last in zip(days[::2], days[1::2], strict=True))


def matcher(use: SegmentUse, delimiters: Delimiters) -> Matcher | None:
    """The pattern of a segment; None where none tells enough."""
    try:
        return re.compile(_Builder(delimiters).segment(use), re.ASCII).fullmatch
    except _NoPattern:
        return None


def in_a_row(uses: Sequence[SegmentUse], delimiters: Delimiters) -> str:
    """The expression of segments that follow each other, each with its terminator, without groups; of periods those alone
    that have no order to look at. Raises ValueError where one of them has no pattern."""
    builder, end = _Builder(delimiters, _MOMENTS), re.escape(delimiters.terminator)
    try:
        return "".join(f"(?>{builder.segment(use)}{end})" for use in uses)
    except _NoPattern as error:
        raise ValueError("no pattern tells enough of a segment of the row") from error
