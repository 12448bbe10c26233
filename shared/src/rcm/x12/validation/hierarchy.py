"""HL segments: they count up, point to an earlier level of the right kind, and tell whether levels follow."""

from collections.abc import Mapping

from rcm.x12.interchange import Segment, at
from rcm.x12.validation.findings import Finding, finding

CLAIM_LEVELS: Mapping[str, frozenset[str]] = {
    "20": frozenset(),
    "22": frozenset({"20"}),
    "23": frozenset({"22"}),
}
"""837: which level may stand above which (HL03)."""
ACKNOWLEDGEMENT_LEVELS: Mapping[str, frozenset[str]] = {
    "20": frozenset(),
    "21": frozenset({"20"}),
    "19": frozenset({"21"}),
    "PT": frozenset({"19"}),
}
"""277CA."""


class Hierarchy:
    """Takes a transaction set's HLs in order."""

    def __init__(self, levels: Mapping[str, frozenset[str]]) -> None:
        self._levels = levels
        self._seen: dict[str, tuple[str, str, int]] = {}
        """HL01 -> HL03, HL04, segment number."""
        self._parents: set[str] = set()
        self._count = 0
        self.findings: list[Finding] = []

    def take(self, elements: Segment, number: int) -> None:
        """One HL."""
        own, parent, code, child = (at(elements, place) for place in (1, 2, 3, 4))
        self._count += 1
        if own != str(self._count):
            self.findings.append(finding("hl-number", number, "HL", 1))
        allowed = self._levels.get(code)
        if allowed is None:
            self.findings.append(finding("hl-parent", number, "HL", 3, f"level {code[:3]} has no place here"))
        elif not allowed:
            if parent:
                self.findings.append(finding("hl-parent", number, "HL", 2, "the highest level has no parent"))
        elif parent not in self._seen or self._seen[parent][0] not in allowed:
            self.findings.append(finding("hl-parent", number, "HL", 2))
        self._parents.add(parent)
        self._seen[own] = (code, child, number)

    def close(self) -> list[Finding]:
        """All faults, with those of HL04, which only the end tells."""
        for own, (_, child, number) in self._seen.items():
            if own in self._parents and child == "0":
                self.findings.append(finding("hl-child", number, "HL", 4))
            if own not in self._parents and child == "1":
                self.findings.append(finding("hl-child", number, "HL", 4))
        return self.findings
