"""Reads the claims of an 837P that look as most do, several times as fast as loop by loop.

One expression takes the claim up to its first line (2300 and its providers), one a whole line (2400); all amounts of a claim
are converted together. A claim or line with anything else in it, or with a fault, is left to the reader of loops: `read` and
`line` give None. Both make the same of what both can read, which a test holds them to.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rcm.money import NotMoney
from rcm.x12.claim.parties_reader import PartyReader
from rcm.x12.claim.values import Accident, Drug, Patient, Payer, PayTo, Provider, Subscriber
from rcm.x12.elements import cents, day, many_cents
from rcm.x12.grammar import Delimiters
from rcm.x12.professional_claim.values import ProfessionalClaim, ServiceLine
from rcm.x12.values import Dated, Reference

_ROLES = frozenset({"82", "DN", "77", "DQ"})
_NAMED_REFERENCES = ("G1", "9F", "F8", "D9", "EA")
_NAMED_DATES = ("431", "435", "096")
_BLOCKS_KEPT = 512
_NOTHING_NAMED: tuple[str, str, str, str, str, tuple[Reference, ...]] = ("", "", "", "", "", ())
_Days = tuple[date | None, date | None, date | None, tuple[Dated, ...], date | None]
_NO_DAYS: _Days = (None, None, None, (), None)

Parties = tuple[Provider, Subscriber, Payer, Patient | None, tuple[PayTo, ...]]
"""Whose the claim is: billing provider, subscriber, payer, patient, and where the payment goes."""
_Row = tuple[str, ...]


def _head_pattern(e: str, c: str, t: str) -> re.Pattern[str]:
    """2300 and 2310, up to the first LX."""
    text, value = f"[^{e}{t}]*+", f"[^{e}{t}]++"
    return re.compile(
        rf"""
        ([^{e}{c}{t}]+){e}({value}){e}{e}{e}(\w\w){c}B{c}(\w){e}([YN]?){e}(\w?){e}(\w?){e}(\w?)(?:{e}{e}(\w\w)(?:{c}{c}{c}(\w\w)|)|){t}
        ((?:DTP{e}\w\w\w{e}D8{e}\d{{8}}{t})+|)
        (?:AMT{e}F5{e}({value}){t}|)
        ((?:REF{e}{text}{e}{text}{t})+|)
        (?:NTE{e}ADD{e}({text}){t}|)
        HI{e}ABK{c}([^{e}{c}{t}]+)((?:{e}ABF{c}[^{e}{c}{t}]+)+|){t}
        (?:NM1{e}((?:(?!LX{e}|SBR{e})[^{t}]*{t})+)|)
        (?=LX{e})
        """,
        re.VERBOSE,
    )


def _line_pattern(e: str, c: str, t: str) -> str:
    """2400 behind "LX*"."""
    value = f"[^{e}{t}]++"
    return rf"""
        (\d+){t}
        SV1{e}HC{c}([^{e}{c}{t}]++)([{c}\w]*+){e}({value}){e}(UN|MJ){e}({value}){e}(\w*){e}{e}([{c}\d]*+)(?:{e}{e}([YN])|){t}
        DTP{e}472{e}(?:D8|RD8){e}(\d{{8}})(?:-(\d{{8}})|){t}
        (?:REF{e}6R{e}({value}){t}|)
        (?:LIN{e}{e}N4{e}({value}){t}CTP{e}{e}{e}{e}({value}){e}(\w\w){t}(?:REF{e}XZ{e}({value}){t}|)|)
        """


class _Otherwise(Exception):
    """The claim is not one of those that are read here."""


@lru_cache(4096)
def _pointers(text: str, component: str) -> tuple[int, ...]:
    """SV107."""
    pointers = text.split(component)
    if not all(0 < len(one) < 3 for one in pointers):
        raise _Otherwise
    return tuple([int(one) for one in pointers])


class QuickClaims:
    """Reads claims of one transaction set."""

    def __init__(self, delimiters: Delimiters, parties: PartyReader) -> None:
        self._parties = parties
        self._element, self._component, self._terminator = delimiters.element, delimiters.component, delimiters.terminator
        e, c, t = map(re.escape, (delimiters.element, delimiters.component, delimiters.terminator))
        self._head = _head_pattern(e, c, t).match
        line = _line_pattern(e, c, t)
        self._line = re.compile(line, re.VERBOSE).fullmatch
        self._rows = re.compile(rf"LX{e}{line} | ([^{t}]+{t})", re.VERBOSE).findall
        """The last group is a segment that fits no line."""
        self._name_mark = f"{self._terminator}NM1{self._element}"
        self._blocks: dict[str, dict[str, Provider]] = {}
        self._other_diagnosis = f"{self._element}ABF{self._component}"

    def read(self, text: str, number: int, parties: Parties) -> ProfessionalClaim | None:
        """The claim whose text is that after "CLM*", whose first segment has this number; None where it is one for the reader
        of loops."""
        text += self._terminator
        found = self._head(text)
        if found is None:
            return None
        (
            control_number, charge, place, frequency, signature, assignment, benefits, release, accident, state, dates, paid,
            references, note, principal, others, loops,
        ) = found.groups()  # fmt: skip
        rows = self._rows(text, found.end())
        try:
            amounts = many_cents([charge, paid or "0", *[row[3] for row in rows]])
            named = self._references(references) if references else _NOTHING_NAMED
            days = self._dates(dates, "439" if accident else "") if dates else _NO_DAYS
            providers = self._providers(loops) if loops else {}
            place_of_first = number + text.count(self._terminator, 0, found.end())
            lines = self._lines(rows, amounts, place_of_first)
        except (_Otherwise, NotMoney):
            return None
        billing, subscriber, payer, patient, pay_to = parties
        return ProfessionalClaim(
            control_number, amounts[0], billing, subscriber, payer, patient, frequency, assignment, benefits, release, "",
            *named[:5], note or "", providers.get("82"), providers.get("DN"), providers.get("77"), named[5], days[3], (), (),
            (), (), (), pay_to,
            place_of_service=place,
            diagnoses=(principal, *others.split(self._other_diagnosis)[1:]) if others else (principal,),
            lines=lines,
            signature_on_file=signature == "Y",
            accident=Accident((accident,), state or "", days[4]) if accident else None,
            onset_on=days[0],
            admitted_on=days[1],
            discharged_on=days[2],
            patient_paid_cents=amounts[1],
            supervising_provider=providers.get("DQ"),
        )  # fmt: skip

    def line(self, text: str, number: int) -> ServiceLine | None:
        """The line whose text is that after "LX*", which has this number; None where it is one for the reader of loops."""
        found = self._line(text + self._terminator)
        if found is None:
            return None
        try:
            return self._whole_line(found.groups(""), cents(found[4]), number)
        except (_Otherwise, NotMoney):
            return None

    def _lines(self, rows: Sequence[_Row], amounts: list[int], number: int) -> tuple[ServiceLine, ...]:
        lines: list[ServiceLine] = []
        place = 2
        for row in rows:
            if row[-1]:
                raise _Otherwise
            lines.append(self._whole_line(row[:-1], amounts[place], number))
            place += 1
            number += 3 + (1 if row[11] else 0)
            if row[12]:
                number += 2 + (1 if row[15] else 0)
        return tuple(lines)

    def _whole_line(self, row: Sequence[str], charge: int, number: int) -> ServiceLine:
        (
            lx, procedure, marks, _, unit, units, where, pointers, emergency, begin, end, control_number, ndc, quantity, of,
            prescription,
        ) = row  # fmt: skip
        first, last = day(begin), day(end) if end else None
        if first is None or (end and last is None):
            raise _Otherwise
        return ServiceLine(
            procedure, charge, control_number, self._modifiers(marks) if marks else (), units, "", "HC",
            Drug(ndc, quantity, of, prescription) if ndc else None, "", "", int(lx), segment_number=number,
            diagnosis_pointers=_pointers(pointers, self._component), date_of_service=first, date_of_service_to=last, unit=unit,
            place_of_service=where, emergency=emergency == "Y",
        )  # fmt: skip

    def _modifiers(self, marks: str) -> tuple[str, ...]:
        """Those of ":25:59"."""
        modifiers = tuple(marks[1:].split(self._component))
        if len(modifiers) > 4 or "" in modifiers or marks[0] != self._component:
            raise _Otherwise
        return modifiers

    def _references(self, block: str) -> tuple[str, str, str, str, str, tuple[Reference, ...]]:
        """The first REF of each kind that has a field, and the others."""
        named: dict[str, str] = {}
        others: list[Reference] = []
        for raw in block[:-1].split(self._terminator):
            _, qualifier, value = raw.split(self._element)
            if qualifier in _NAMED_REFERENCES and not named.get(qualifier):
                named[qualifier] = value
            else:
                others.append(Reference(qualifier, value))
        get = named.get
        return get("G1", ""), get("9F", ""), get("F8", ""), get("D9", ""), get("EA", ""), tuple(others)

    def _dates(self, block: str, of_accident: str) -> _Days:
        """Onset, admission, discharge, the other DTP, the accident's day."""
        named: dict[str, date] = {}
        others: list[Dated] = []
        for raw in block[:-1].split(self._terminator):
            _, qualifier, _, text = raw.split(self._element)
            on = day(text)
            if on is None:
                raise _Otherwise
            if (qualifier in _NAMED_DATES or qualifier == of_accident) and qualifier not in named:
                named[qualifier] = on
            else:
                others.append(Dated(qualifier, on))
        return named.get("431"), named.get("435"), named.get("096"), tuple(others), named.get("439")

    def _providers(self, block: str) -> dict[str, Provider]:
        """2310 by role; the same block is taken apart once."""
        known = self._blocks.get(block)
        if known is not None:
            return known
        if len(self._blocks) >= _BLOCKS_KEPT:
            self._blocks.clear()
        found: dict[str, Provider] = {}
        for loop in block[:-1].split(self._name_mark):
            role = loop[:2]
            if role not in _ROLES or role in found or loop[2:3] != self._element:
                raise _Otherwise
            found[role] = self._parties.provider(loop)
        self._blocks[block] = found
        return found
