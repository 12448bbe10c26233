"""837P: its own rules, and the rows that most claims are: a subscriber's level, the head of a claim, and its lines."""

import re
from collections.abc import Mapping
from functools import lru_cache

from rcm.money import NotMoney
from rcm.x12.elements import many_cents
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.text import is_npi
from rcm.x12.validation.report import Report
from rcm.x12.validation.rows import Row, Take
from rcm.x12.validation.situations import forms
from rcm.x12.validation.situations.base import money
from rcm.x12.validation.situations.claims import POINTERS, ClaimSituations
from rcm.x12.validation.walk import Check

_NO_DIAGNOSIS = 99
"""Beyond all that a claim can have."""


def _marks(delimiters: Delimiters) -> tuple[str, str, str]:
    """Element, component and terminator, as an expression has them."""
    e, c, t = map(re.escape, (delimiters.element, delimiters.component, delimiters.terminator))
    return e, c, t


def _level(delimiters: Delimiters) -> str:
    """HL01, HL02, HL04 and SBR; an address within the United States in its right form."""
    e, _, t = _marks(delimiters)
    place = rf"N4{e}[^{e}{t}]*{e}{forms.STATE}{e}{forms.ZIP}{t}"
    return rf"HL{e}(\d+){e}(\d+){e}22{e}(\d?){t}(SBR[^{t}]*){t}NM1[^{t}]*{t}N3[^{t}]*{t}{place}"


def _head(delimiters: Delimiters) -> str:
    """CLM01, CLM02, CLM05-1, CLM05-3, HI and NM109 of a claim without an accident; ICD-10 and the taxonomy in their right
    forms."""
    e, c, t = _marks(delimiters)
    frequencies = "".join(sorted(ClaimSituations.frequencies))
    clm = rf"CLM{e}([^{e}{t}]+){e}([\d.]+){e}{e}{e}({forms.PLACE}){c}B{c}([{frequencies}])(?:{e}[^{e}{t}]*){{0,5}}{t}"
    hi = rf"(HI(?:{e}AB[KF]{c}{forms.DIAGNOSIS})+){t}"
    return rf"{clm}{hi}NM1{e}82(?:{e}[^{e}{t}]*){{6}}{e}XX{e}(\d{{10}}){t}PRV{e}PE{e}PXC{e}{forms.TAXONOMY}{t}"


def _line(delimiters: Delimiters) -> str:
    """LX01, SV102, SV107 and REF02; the procedure, its modifiers and the place in their right forms."""
    e, c, t = _marks(delimiters)
    procedure = rf"HC{c}{forms.PROCEDURE}(?:{c}{forms.MODIFIER}){{0,4}}"
    middle = rf"{e}[^{e}{t}]*{e}[^{e}{t}]*{e}(?:{forms.PLACE})?{e}{e}"
    sv1 = rf"SV1{e}{procedure}{e}([\d.]+){middle}([\d{c}]+)[^{t}]*{t}"
    return rf"LX{e}(\d+){t}{sv1}DTP[^{t}]*{t}REF{e}6R{e}([^{e}{t}]*){t}"


_LEVEL = Row("2000B HL", (("SBR", ""), ("NM1", "IL"), ("N3", ""), ("N4", ""), ("DMG", ""), ("NM1", "PR")), _level)
_HEAD = Row("2300 CLM", (("HI", "ABK"), ("NM1", "82"), ("PRV", "")), _head)
_LINES = Row("2400 LX", (("SV1", ""), ("DTP", "472"), ("REF", "6R")), repeats=True)


@lru_cache(64)
def _all_lines(delimiters: Delimiters) -> re.Pattern[str]:
    """Finds what is told of each line of a row of lines."""
    return re.compile(_line(delimiters), re.ASCII)


@lru_cache(4096)
def _highest(pointers: str, component: str) -> int:
    """The highest diagnosis that SV107 points to; past all of them where one of its pointers is none."""
    highest = 0
    for pointer in filter(None, pointers.split(component)):
        highest = max(highest, int(pointer) if pointer.lstrip("0") in POINTERS else _NO_DIAGNOSIS)
    return highest


class ProfessionalSituations(ClaimSituations):
    """837P."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._element, self._terminator = delimiters.element, delimiters.terminator
        self._find_lines = _all_lines(delimiters).findall

    def checks(self) -> Mapping[str, Check]:
        """SV1 besides."""
        return {**super().checks(), "SV1": self._sv1}

    def rows(self) -> Mapping[Row, Take]:
        """A subscriber who is perhaps the patient, with the payer; CLM to the rendering provider; lines."""
        return {_LEVEL: self._take_level, _HEAD: self._take_head, _LINES: self._take_lines}

    def _sv1(self, elements: list[str]) -> None:
        self._line(elements)
        self._pointers(at(elements, 7), "SV1", 7)
        place = at(elements, 5)
        if place and not forms.is_place(place):
            self.report.find("place-form", "SV1", 5, loop="2400", value=place)

    def _take_level(self, whole: re.Match[str]) -> bool:
        number, parent, child, sbr = whole.groups()
        self._hl(["HL", number, parent, "22", child])
        self.report.number += 1
        self._subscriber(sbr.split(self._element))
        self._details = {"N3", "N4", "DMG"}
        self._entity, self.report.loop = "PR", "2010BB"
        return True

    def _take_head(self, whole: re.Match[str]) -> bool:
        number, charge, place, frequency, diagnoses, npi = whole.groups()
        amount = money(charge)
        if amount is None or not is_npi(npi):
            return False
        self._begin_claim(number)
        self._charge, self._place, self._frequency = amount, place, frequency
        self._check_subscriber()
        self._coordination.claim(amount, self._sbr, self._sbr_at)
        self._diagnoses += diagnoses.count(self._element)
        self._versions.add(False)
        self._entity, self.report.loop = "82", "2310B"
        return True

    def _take_lines(self, whole: re.Match[str]) -> bool:
        lines = self._find_lines(whole.string, whole.start(), whole.end())
        count, first, known = len(lines), min(self._next_lines), self._references
        if len(_LINES.others) * count + count != whole.string.count(self._terminator, whole.start(), whole.end()):
            return False
        numbers, charges, pointers, references = zip(*lines, strict=True)
        if (
            numbers != tuple(map(str, range(first, first + count)))
            or not self._charged
            or len(known.union(references)) < len(known) + count
            or max([_highest(one, self.component) for one in pointers]) > self._diagnoses
        ):
            return False
        try:
            amounts = many_cents(list(charges))
        except NotMoney:
            return False
        self._entity = ""
        self._next_lines = {first + count}
        self._sum += sum(amounts)
        known.update(references)
        self._coordination.line()
        self._coordination.charge(amounts[-1])
        return True
