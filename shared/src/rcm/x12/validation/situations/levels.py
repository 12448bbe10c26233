"""HL segments: they count up, point to an earlier level of the right kind, and tell whether levels follow."""

from collections.abc import Mapping

from rcm.x12.elements import whole_number
from rcm.x12.interchange import Segment
from rcm.x12.validation.report import Report

Levels = Mapping[str, str]
"""HL03 -> the level above; the highest has none."""
CLAIM_LEVELS: Levels = {"20": "", "22": "20", "23": "22"}
"""837."""
ACKNOWLEDGEMENT_LEVELS: Levels = {"20": "", "21": "20", "19": "21", "PT": "19"}
"""277CA."""
ELIGIBILITY_LEVELS: Levels = {"20": "", "21": "20", "22": "21", "23": "22"}
"""270, 271."""
STATUS_LEVELS: Levels = {"20": "", "21": "20", "19": "21", "22": "19", "23": "22"}
"""276, 277."""


class Hierarchy:
    """Takes a transaction set's HLs in order; keeps those alone that may still have levels below."""

    def __init__(self, levels: Levels, report: Report) -> None:
        self._levels = levels
        self._report = report
        self._depth = {code: place for place, code in enumerate(levels)}
        self._open: list[tuple[str, str, str, int, bool]] = []
        """HL01, HL03, HL04, segment number, whether a level came below: from the highest down to the last."""
        self._expected = {1}
        """What HL01 may be: one more than the last that was there, or than the last that should have been."""

    def take(self, elements: Segment) -> None:
        """One HL."""
        report = self._report
        _, own, parent, code, child = elements if len(elements) == 5 else (*elements, "", "", "", "")[:5]
        number = whole_number(own) or 0
        if number not in self._expected:
            report.find("hl-number", "HL", 1, f"{min(self._expected)} is expected")
            self._expected = {min(self._expected) + 1, number + 1}
        else:
            self._expected = {number + 1}
        above = self._levels.get(code)
        if above is None:
            return
        while self._open and self._depth[self._open[-1][1]] >= self._depth[code]:
            self._leave()
        if above:
            self._check_parent(parent, above)
        self._open.append((own, code, child, report.number, False))

    def misplaced(self) -> None:
        """An HL that the walk had no place for: it counts all the same."""
        self._expected |= {number + 1 for number in self._expected}

    def _check_parent(self, parent: str, above: str) -> None:
        """HL02 names the level that is open above: no other can have a level here."""
        last = self._open[-1] if self._open else None
        if last is None or last[1] != above or last[0] != parent:
            self._report.find("hl-parent", "HL", 2)
        if last is not None:
            self._open[-1] = (*last[:4], True)

    def _leave(self) -> None:
        _, _, child, number, below = self._open.pop()
        if child in {"0", "1"} and (child == "1") != below:
            self._report.find("hl-child", "HL", 4, number=number)

    def close(self) -> None:
        """The set's end."""
        while self._open:
            self._leave()
