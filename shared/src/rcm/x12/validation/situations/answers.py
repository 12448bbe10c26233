"""999, 277CA, 270, 271, 276 and 277: what levels, counts, totals and statuses must say together."""

from collections.abc import Mapping

from rcm.x12.elements import whole_number
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.text import is_npi
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations import forms
from rcm.x12.validation.situations.base import COUNTED, Situations, money
from rcm.x12.validation.situations.levels import (
    ACKNOWLEDGEMENT_LEVELS,
    ELIGIBILITY_LEVELS,
    STATUS_LEVELS,
    Hierarchy,
    Levels,
)
from rcm.x12.validation.walk import Check

_REJECTING = frozenset({"A3", "A4", "A6", "A7", "A8"})
_ACCEPTED = frozenset({"A", "E"})


class FunctionalSituations(Situations):
    """999: codes and counts agree with what is told of the sets."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._sets = self._refused = 0
        self._numbers: set[str] = set()
        self._errors = False
        self._segment_at = 0
        self._segment_code = ""
        self._elements = 0

    def checks(self) -> Mapping[str, Check]:
        """AK2, IK3, IK4, IK5, AK9."""
        return {"AK2": self._ak2, "IK3": self._ik3, "IK4": self._ik4, "IK5": self._ik5, "AK9": self._ak9}

    def _ak2(self, elements: list[str]) -> None:
        self._sets += 1
        self._errors = False
        number = at(elements, 2)
        if number in self._numbers:
            self.report.find("trace-twice", "AK2", 2, loop="2000", value=number)
        self._numbers.add(number)

    def _ik3(self, elements: list[str]) -> None:
        self._close_segment()
        self._errors = True
        self._segment_at, self._segment_code, self._elements = self.report.number, at(elements, 4), 0

    def _ik4(self, _: list[str]) -> None:
        self._elements += 1

    def _close_segment(self) -> None:
        if self._segment_at and (self._segment_code == "8") != bool(self._elements):
            self.report.find("segment-errors", "IK3", 4, number=self._segment_at, loop="2100")
        self._segment_at = 0

    def _ik5(self, elements: list[str]) -> None:
        self._close_segment()
        code = at(elements, 1)
        told = self._errors or any(elements[2:])
        if (code == "A" and told) or (code in {"E", "R", "M", "W", "X"} and not told):
            self.report.find("set-code", "IK5", 1, loop="2000", value=code)
        self._refused += code not in _ACCEPTED

    def _ak9(self, elements: list[str]) -> None:
        """Sets may be named all, or only those that are refused; a group that is refused for itself counts none."""
        code = at(elements, 1)
        included, received, accepted = (whole_number(at(elements, place)) or 0 for place in (2, 3, 4))
        if self._sets > received:
            self._count(3, f"{self._sets} are named")
        elif accepted > received or (self._sets and not at(elements, 5) and received - accepted != self._refused):
            self._count(4, f"{received - self._refused} is expected")
        elif included < received:
            self._count(2, f"{received} were received")
        everything = "A" if accepted == received else "R" if not accepted else "P"
        if (code in {"A", "P", "R"} and code != everything) or (code == "E" and everything != "A"):
            self.report.find("group-code", "AK9", 1, f"{everything} is expected", value=code)

    def _count(self, element: int, more: str) -> None:
        self.report.find("group-counts", "AK9", element, more)


class _Leveled(Situations):
    """A transaction set with HLs, NPIs and ZIPs."""

    levels: Levels = ELIGIBILITY_LEVELS

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self.hierarchy = Hierarchy(self.levels, report)

    def checks(self) -> Mapping[str, Check]:
        """HL, NM1, N4."""
        return {"HL": self.hl, "NM1": self._nm1, "N4": self._n4, "TRN": self.trace}

    def misplaced(self, elements: list[str]) -> None:
        """A level out of place counts all the same."""
        if elements[0] == "HL":
            self.hierarchy.misplaced()

    def hl(self, elements: list[str]) -> None:
        """A level."""
        self.report.context = ""
        self.hierarchy.take(elements)

    def close(self) -> None:
        """The last levels."""
        self.hierarchy.close()

    def _nm1(self, elements: list[str]) -> None:
        if at(elements, 8) == "XX" and not is_npi(at(elements, 9)):
            self.report.find("npi", "NM1", 9, value=at(elements, 9))

    def _n4(self, elements: list[str]) -> None:
        if at(elements, 4) in {"", "US"} and at(elements, 3) and not forms.is_zip(elements[3]):
            self.report.find("zip-form", "N4", 3, value=elements[3])

    def check_status(self, elements: list[str]) -> None:
        """STC: its one to three composites."""
        for place in (1, 10, 11):
            text = at(elements, place)
            if not text:
                continue
            category, code = (*text.split(self.component), "")[:2]
            if not forms.is_status_category(category):
                self.report.find("status-form", "STC", place, component=1, value=category)
            elif code and not forms.is_status_code(code):
                self.report.find("status-form", "STC", place, component=2, value=code)


class _Totals:
    """How many claims of one provider or file were accepted and refused, with their amounts; and what totals say of it."""

    def __init__(self) -> None:
        self.counts = [0, 0]
        self.amounts = [0, 0]
        self.told: list[tuple[str, int, int]] = []
        """Segment, whether refused, what it tells, in the order of the file."""
        self.places: list[int] = []


class ClaimAcknowledgementSituations(_Leveled):
    """277CA: levels, statuses, totals of provider and file."""

    levels = ACKNOWLEDGEMENT_LEVELS

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._file, self._provider = _Totals(), _Totals()
        self._claim: tuple[bool, int] | None = None
        self._counted = False
        self._unsure = False
        """A claim or status is out of place: totals are not judged."""

    def misplaced(self, elements: list[str]) -> None:
        """A level or status out of place: totals are not judged."""
        super().misplaced(elements)
        self._unsure |= elements[0] == "HL" or elements[0] in COUNTED

    def checks(self) -> Mapping[str, Check]:
        """STC, QTY, AMT and TRN besides."""
        return {
            **super().checks(), "STC": self._stc, "2200B QTY": self._file_total, "2200B AMT": self._file_total,
            "2200C QTY": self._provider_total, "2200C AMT": self._provider_total, "2200D TRN": self._trn,
            "2200D STC": self._claim_status,
        }  # fmt: skip

    def hl(self, elements: list[str]) -> None:
        """A level: what came before is counted."""
        super().hl(elements)
        self._close_claim()
        if at(elements, 3) == "19":
            self._close_provider()

    def close(self) -> None:
        """The last claim, provider and file."""
        super().close()
        self._close_claim()
        self._close_provider()
        if self._counted:
            self._compare(self._file, "2200B")

    def _stc(self, elements: list[str]) -> None:
        self.check_status(elements)
        category, action = at(elements, 1).partition(self.component)[0], at(elements, 3)
        if (category in _REJECTING and action == "WQ") or (category in {"A0", "A1", "A2"} and action == "U"):
            self.report.find("status-action", "STC", 3, value=action)

    def _trn(self, elements: list[str]) -> None:
        self._close_claim()
        self.trace(elements)
        self._claim = (False, 0)

    def _claim_status(self, elements: list[str]) -> None:
        self._stc(elements)
        if self._claim is None:
            return
        refused, amount = self._claim
        category = at(elements, 1).partition(self.component)[0]
        refused |= category in _REJECTING or at(elements, 3) == "U"
        self._claim = (refused, amount or money(at(elements, 4)) or 0)

    def _close_claim(self) -> None:
        if self._claim is None:
            return
        refused, amount = self._claim
        self._claim, self._counted = None, True
        for totals in (self._file, self._provider):
            totals.counts[refused] += 1
            totals.amounts[refused] += amount

    def _file_total(self, elements: list[str]) -> None:
        self._total(self._file, elements, ("90", "AA"))

    def _provider_total(self, elements: list[str]) -> None:
        self._total(self._provider, elements, ("QA", "QC"))

    def _total(self, totals: _Totals, elements: list[str], quantities: tuple[str, str]) -> None:
        name, code = elements[0], at(elements, 1)
        kinds = quantities if name == "QTY" else ("YU", "YY")
        value = money(at(elements, 2))
        if code in kinds and value is not None:
            totals.told.append((name, kinds.index(code), value))
            totals.places.append(self.report.number)

    def _close_provider(self) -> None:
        self._compare(self._provider, "2200C")
        self._provider = _Totals()

    def _compare(self, totals: _Totals, loop: str) -> None:
        for (name, refused, value), place in zip(totals.told, totals.places, strict=True):
            expected = totals.counts[refused] * 100 if name == "QTY" else totals.amounts[refused]
            if value != expected and not self._unsure:
                shown = totals.counts[refused] if name == "QTY" else f"{expected} cents"
                self.report.find("status-totals", name, 2, f"{shown} is expected", number=place, loop=loop)


class StatusSituations(_Leveled):
    """276 and 277."""

    levels = STATUS_LEVELS

    def checks(self) -> Mapping[str, Check]:
        """STC besides."""
        return {**super().checks(), "STC": self.check_status}


class EligibilitySituations(_Leveled):
    """270 and 271."""

    levels = ELIGIBILITY_LEVELS

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._loop_name = ""

    def checks(self) -> Mapping[str, Check]:
        """EB, EQ, LS and LE besides."""
        return {**super().checks(), "EB": self._eb, "EQ": self._eq, "LS": self._ls, "LE": self._le}

    def _eq(self, elements: list[str]) -> None:
        self._service_types(elements, 1)

    def _eb(self, elements: list[str]) -> None:
        self._service_types(elements, 3)
        percent = money(at(elements, 8))
        if percent is not None and percent > 100:
            self.report.find("percent", "EB", 8, value=elements[8])

    def _service_types(self, elements: list[str], place: int) -> None:
        text = at(elements, place)
        for code in text.split(self.repetition) if self.repetition else [text]:
            if code and not forms.is_service_type(code):
                self.report.find("service-type-form", elements[0], place, value=code)

    def _ls(self, elements: list[str]) -> None:
        self._loop_name = at(elements, 1)
        if self._loop_name != "2120":
            self.report.find("benefit-loop", "LS", 1, value=self._loop_name)

    def _le(self, elements: list[str]) -> None:
        if at(elements, 1) != self._loop_name:
            self.report.find("benefit-loop", "LE", 1, value=at(elements, 1))
