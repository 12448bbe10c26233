"""Looks at one segment element by element: what is missing, not used, too long, no code, no date; and the conditions."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct

from rcm.x12.elements import day
from rcm.x12.grammar import Delimiters
from rcm.x12.validation.guide import ElementUse, SegmentUse

_NUMBER = re.compile(r"-?[0-9]+").fullmatch
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
_DIGITS = re.compile(r"[0-9]+").fullmatch
_PRINTABLE = re.compile(r"[ -~]*").fullmatch
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?").fullmatch
_AMOUNT = "782"


class Fault(Struct, frozen=True):
    """One element that is wrong."""

    rule: str
    place: int
    component: int = 0
    repetition: int = 0
    reference: str = ""
    """The data element's number."""
    value: str = ""


def faults(use: SegmentUse, elements: Sequence[str], delimiters: Delimiters) -> list[Fault]:
    """Everything that is wrong within a segment."""
    found = list(_elements(use, elements, delimiters))
    found += _conditions(use, elements)
    if len(elements) > 1 and (not elements[-1] or elements[-1].endswith(delimiters.component)):
        found.append(Fault("trailing-empty", len(elements) - 1))
    return found


def _elements(use: SegmentUse, elements: Sequence[str], delimiters: Delimiters) -> Iterator[Fault]:
    longest = len(use.elements)
    if any(elements[longest + 1 :]):
        yield Fault("element-too-many", longest + 1, value=elements[longest + 1])
    period = ""
    for place, (text, one) in enumerate(zip_longest(elements[1 : longest + 1], use.elements, fillvalue=""), 1):
        assert not isinstance(one, str)
        texts = [text]
        if delimiters.repetition and use.name != "ISA" and delimiters.repetition in text:
            texts = text.split(delimiters.repetition)
            if len(texts) > one.repeat and one.usage != "-":
                yield Fault("element-repeats", place, 0, len(texts), one.element.number, text)
                continue
        for repetition, single in enumerate(texts, 1):
            told = repetition if one.repeat > 1 else 0
            if one.components:
                yield from _composite(one, place, told, single, delimiters.component)
            else:
                yield from _element(one, place, 0, told, single, period)
        period = text if one.element.number == "1250" and (not one.codes or text in one.codes) else ""


def _composite(use: ElementUse, place: int, repetition: int, text: str, separator: str) -> Iterator[Fault]:
    components = text.split(separator)
    if not any(components):
        if use.usage == "R":
            yield Fault("element-missing", place, 0, repetition, use.element.number)
        return
    if use.usage == "-":
        yield Fault("element-unused", place, 0, repetition, use.element.number, text)
        return
    count = len(use.components)
    if any(components[count:]):
        yield Fault("component-too-many", place, count + 1, repetition, use.element.number, text)
    period = ""
    for number, (single, one) in enumerate(zip_longest(components[:count], use.components, fillvalue=""), 1):
        assert not isinstance(one, str)
        yield from _element(one, place, number, repetition, single, period)
        period = single if one.element.number == "1250" and (not one.codes or single in one.codes) else ""


def _element(use: ElementUse, place: int, component: int, repetition: int, text: str, period: str) -> Iterator[Fault]:
    """One element or component; `period` is the format that stands before it, where it is a date or period."""
    reference = use.element.number
    if not text:
        if use.usage == "R":
            yield Fault("element-missing", place, component, repetition, reference)
        return
    rules = ["element-unused"] if use.usage == "-" else _wrong(use, text, period)
    for rule in rules:
        yield Fault(rule, place, component, repetition, reference, text)


def _wrong(use: ElementUse, text: str, period: str) -> list[str]:
    """The rules that a value breaks."""
    element, found = use.element, []
    length = len(text.replace("-", "").replace(".", "")) if element.kind in {"R", "N0"} else len(text)
    if length < element.shortest:
        found.append("element-short")
    if length > element.longest:
        found.append("element-long")
    if not _PRINTABLE(text):
        return [*found, "element-characters"]
    if element.kind in {"AN", "ID"} and text[-1] == " ":
        found.append("element-spaces")
    if use.codes and text not in use.codes:
        found.append("element-code")
    if (rule := _of_kind(use, text)) and rule not in found:
        found.append(rule)
    if period and element.number == "1251" and (rule := _of_period(period, text)):
        found.append(rule)
    return found


def _of_kind(use: ElementUse, text: str) -> str:
    kind = use.element.kind
    if kind == "N0" and not _NUMBER(text):
        return "element-number"
    if kind == "R":
        if not _DECIMAL(text):
            return "element-number"
        if use.element.number == _AMOUNT and len(text.partition(".")[2]) > 2:
            return "element-cents"
    if kind == "DT" and not is_day(text):
        return "element-date"
    if kind == "TM" and not _TIME(text):
        return "element-time"
    return ""


def _of_period(form: str, text: str) -> str:
    """1251 by its 1250: D8, RD8, DT (day and time), TM, D6; other formats are not looked into."""
    if form == "TM":
        return "" if _TIME(text) else "element-time"
    if form == "RD8":
        first, _, last = text.partition("-")
        good = len(first) == len(last) == 8 and is_day(first) and is_day(last)
        if good and last < first:
            return "element-period"
    elif form == "D8":
        good = len(text) == 8 and is_day(text)
    elif form == "D6":
        good = len(text) == 6 and is_day(text)
    elif form == "DT":
        good = len(text) in {12, 14} and is_day(text[:8]) and bool(_TIME(text[8:]))
    else:
        good = True
    return "" if good else "element-date"


def is_day(text: str) -> bool:
    """A day that the calendar has."""
    return _DIGITS(text) is not None and day(text) is not None and (len(text) == 6 or text > "1800")


def _conditions(use: SegmentUse, elements: Sequence[str]) -> Iterator[Fault]:
    """P all or none, R one at least, E one at most, C the first needs all others, L the first needs one of them."""
    for condition in use.conditions:
        present = [place for place in condition.places if place < len(elements) and elements[place]]
        first, count = condition.places[0], len(condition.places)
        missing = next((place for place in condition.places if place not in present), first)
        leads = first in present
        broken = (
            (condition.kind == "P" and 0 < len(present) < count)
            or (condition.kind == "R" and not present)
            or (condition.kind == "C" and leads and len(present) < count)
            or (condition.kind == "L" and leads and len(present) == 1)
        )
        if condition.kind == "E" and len(present) > 1:
            yield Fault("element-excluded", present[1], reference=use.elements[present[1] - 1].element.number)
        elif broken and use.elements[missing - 1].usage != "R":
            yield Fault("element-conditional", missing, reference=use.elements[missing - 1].element.number)
