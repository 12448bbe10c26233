"""From what a check found to the TA1 and the 999s that a payer sends."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rcm.x12.acknowledgement.values import (
    ElementError,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
    SetAcknowledgement,
)
from rcm.x12.acknowledgement.writer import write_acknowledgements
from rcm.x12.elements import has_digits, instant
from rcm.x12.text import clean
from rcm.x12.validation import CheckedGroup, CheckedInterchange, CheckedSet, Finding
from rcm.x12.validation.dictionary import segments
from rcm.x12.validation.envelopes import GS_CODES, ISA_NOTES, is_qualifier
from rcm.x12.validation.findings import RULES
from rcm.x12.values import InterchangeHeader

ACCEPTED, REJECTED, PARTIALLY = "A", "R", "P"
_NO_NOTE = "000"
_SEGMENTS_MAX = 1_000
"""IK3s of one set: who has more errors than these is not helped by their list."""
_CODES_MAX = 5
"""IK502 to IK506, AK905 to AK909."""
_SEGMENT_ERRORS = "5"
_TRAILER_CODES = {("ST", 1): "6", ("ST", 2): "7", ("ST", 3): "I6", ("SE", 1): "4", ("SE", 2): "3"}
"""IK502 for the elements of ST and SE, which no IK3 names."""
_ELEMENT_ERRORS = "8"
_DEPENDENT_MISSING = "I6"
_NOBODY = "UNKNOWN"
"""Sender or receiver of whom ISA tells nothing that could be written."""
_UNREADABLE = "ZZZ"
"""IK301 where a segment's id has no letter that could be written."""


def answer(interchange: CheckedInterchange, header: InterchangeHeader) -> bytes:
    """The TA1, and where the interchange is taken a 999 for each of its groups, in one interchange back."""
    ta1 = interchange_answer(interchange, header.created)
    groups = [] if ta1.rejected else [group_answer(group) for group in interchange.groups if group.functional_id != "FA"]
    return write_acknowledgements(header, [ta1], groups)


def header_back(interchange: CheckedInterchange, control_number: int, created: datetime) -> InterchangeHeader:
    """The envelope of an answer: sender and receiver change places, as far as they can be written."""
    return InterchangeHeader(
        _party(interchange.receiver),
        _party(interchange.sender),
        control_number,
        created,
        interchange.receiver_qualifier if is_qualifier(interchange.receiver_qualifier) else "ZZ",
        interchange.sender_qualifier if is_qualifier(interchange.sender_qualifier) else "ZZ",
        interchange.usage if interchange.usage in {"P", "T"} else "T",
        acknowledgement_requested=False,
    )


def _party(text: str) -> str:
    """ISA06 or ISA08 of the answer."""
    name = _plain(text, 15)
    return name if len(name) > 1 else _NOBODY


def interchange_answer(interchange: CheckedInterchange, now: datetime) -> InterchangeAcknowledgement:
    """TA1: refused for the first thing that is wrong with the envelope itself."""
    number = interchange.control_number if has_digits(interchange.control_number, *range(1, 10)) else "0"
    created = instant(interchange.date[:6], interchange.date[6:]) or now
    errors = [one for one in interchange.findings if one.severity == "error"]
    note = _note(errors[0]) if errors else _NO_NOTE
    return InterchangeAcknowledgement(number, created, REJECTED if errors else ACCEPTED, note)


def _note(finding: Finding) -> str:
    if finding.rule == "isa-element" and finding.segment == "ISA":
        return ISA_NOTES[finding.element - 1]
    return RULES[finding.rule].code or _NO_NOTE


def group_answer(group: CheckedGroup) -> FunctionalAcknowledgement:
    """999 of one group: refused whole for its own envelope, else as its sets went."""
    errors = [one for one in group.findings if one.severity == "error"]
    sets = tuple([set_answer(one, group.version) for one in group.sets])
    accepted = 0 if errors else sum(not one.rejected for one in sets)
    code = REJECTED if errors or not accepted else ACCEPTED if accepted == len(sets) else PARTIALLY
    if not sets and not errors:
        code = ACCEPTED
    codes = tuple(sorted({_group_code(one) for one in errors}, key=int)[:_CODES_MAX])
    included = group.received if group.included is None else group.included
    names = (_plain(group.functional_id, 2), _plain(group.control_number, 9), code, _plain(group.version, 12))
    return FunctionalAcknowledgement(*names, included, group.received, accepted, codes, sets)


def _plain(text: str, longest: int) -> str:
    """What another wrote, as we can write it."""
    return clean(text)[:longest].strip()


def _group_code(finding: Finding) -> str:
    if finding.rule == "gs-element":
        return GS_CODES.get(finding.element, "1")
    return RULES[finding.rule].code


def set_answer(checked: CheckedSet, version: str) -> SetAcknowledgement:
    """AK2 to IK5 of one set: its errors; warnings refuse nothing and are not told."""
    errors = [one for one in checked.findings if one.severity == "error"]
    within = tuple(_segment_errors(errors, checked))
    codes = sorted({_set_code(one) for one in errors if _of_set(one)})
    if within or (checked.rejected and not codes):
        codes.append(_SEGMENT_ERRORS)
    code = REJECTED if checked.rejected else ACCEPTED
    names = (_plain(checked.identifier, 3), _plain(checked.control_number, 9), code, _plain(checked.version or version, 35))
    return SetAcknowledgement(*names, tuple(codes[:_CODES_MAX]), within)


def _of_set(one: Finding) -> bool:
    """IK5 tells it, and no IK3."""
    return RULES[one.rule].level == "set" or (one.segment, one.element) in _TRAILER_CODES


def _set_code(one: Finding) -> str:
    known = RULES[one.rule]
    return known.code if known.level == "set" else _TRAILER_CODES[one.segment, one.element]


def _segment_errors(errors: Sequence[Finding], checked: CheckedSet) -> Iterator[SegmentError]:
    """An IK3 for each segment and what is wrong with it: 8 with all its IK4s, another code alone."""
    inner = [one for one in errors if not _of_set(one)]
    count = 0
    for (number, name, loop), members in groupby(inner, lambda one: (one.segment_number, one.segment, one.loop)):
        mine = list(members)
        place = number - checked.first_segment + 1
        segment = _plain(name, 3) or _UNREADABLE
        for code in dict.fromkeys(RULES[one.rule].code for one in mine if RULES[one.rule].level == "segment"):
            yield SegmentError(segment, place, loop, code, _contexts(mine))
            count += 1
        for one in mine:
            level = RULES[one.rule].level
            if level.isupper():
                trigger = ("SITUATIONAL TRIGGER", segment, str(place), loop, _place(one), _reference(one))
                yield SegmentError(level, place, loop, _DEPENDENT_MISSING, (trigger, *_contexts(mine)))
                count += 1
        elements = tuple([_element_error(one) for one in mine if RULES[one.rule].level == "element"])
        if elements:
            yield SegmentError(segment, place, loop, _ELEMENT_ERRORS, _contexts(mine), elements)
            count += 1
        if count >= _SEGMENTS_MAX:
            return


def _contexts(findings: Sequence[Finding]) -> tuple[tuple[str, ...], ...]:
    """Whose claim or trace it is."""
    name, _, value = findings[0].context.partition(":")
    return ((f"{name}:{clean(value)}",),) if clean(value) else ()


def _element_error(one: Finding) -> ElementError:
    code = RULES[one.rule].code
    return ElementError(one.element, one.component, one.repetition, _reference(one), code, one.value)


def _place(one: Finding) -> str:
    return f"{one.element}:{one.component}" if one.component else str(one.element)


def _reference(one: Finding) -> str:
    """The data element's number by the dictionary; a composite has none of digits."""
    if one.reference.isdigit():
        return one.reference
    entry = segments().get(one.segment)
    if entry is None or not 0 < one.element <= len(entry.elements):
        return ""
    element = entry.elements[one.element - 1]
    if one.component and one.component <= len(element.components):
        element = element.components[one.component - 1]
    return element.number if element.number.isdigit() else ""
