"""Collects findings: at most so many, the rest counted, so that memory does not grow with a bad file."""

from rcm.x12.validation.findings import RULES, STRUCTURE, Finding

FINDINGS_MAX = 10_000
"""Findings that are kept of one file."""
_VALUE_MAX = 99
"""IK404."""


ITSELF = frozenset(rule for rule in STRUCTURE if rule.startswith("element-"))
"""Rules of elements alone."""


def _place(one: Finding) -> tuple[int, str, int]:
    return one.segment_number, one.segment, one.element


class Report:
    """The findings of a file, and where the walk is at."""

    def __init__(self, findings_max: int = FINDINGS_MAX) -> None:
        self.findings: list[Finding] = []
        self.number = 0
        """The segment at hand."""
        self.loop = ""
        """The loop that it stands in, as far as the walk told."""
        self.context = ""
        """The claim or trace at hand, as CTX names it."""
        self.errors = 0
        """All errors, kept or not."""
        self.count = 0
        """All findings, kept or not."""
        self._max = findings_max

    def find(
        self,
        rule: str,
        segment: str,
        element: int = 0,
        more: str = "",
        *,
        number: int = 0,
        loop: str = "",
        component: int = 0,
        repetition: int = 0,
        reference: str = "",
        value: str = "",
    ) -> None:
        """A fault by its rule, at the segment at hand or at `number`; `more` never holds a patient's data."""
        known = RULES[rule]
        self.count += 1
        self.errors += known.severity == "error"
        if self.count > self._max:
            return
        message = f"{known.message}: {more}" if more else known.message
        if not loop and number in {0, self.number}:
            loop = self.loop
        self.findings.append(
            Finding(
                known.snip, rule, number or self.number, segment, element, message, known.severity, loop, component,
                repetition, reference, value[:_VALUE_MAX], self.context[:_VALUE_MAX],
            )
        )  # fmt: skip

    def settle(self, start: int) -> None:
        """Of the findings from `start` on: an element that is wrong in itself is not told of for what it breaks besides."""
        plain = {_place(one) for one in self.findings[start:] if one.rule in ITSELF}
        if not plain:
            return
        gone = [one for one in self.findings[start:] if one.rule not in ITSELF and _place(one) in plain]
        kept = [one for one in self.findings[start:] if one.rule in ITSELF or _place(one) not in plain]
        self.errors -= sum(one.severity == "error" for one in gone)
        self.count -= len(gone)
        self.findings[start:] = kept

    def sorted(self) -> list[Finding]:
        """The findings in the order of the file; the last tells how many more there are, if there are."""
        found = sorted(self.findings, key=lambda one: (one.segment_number, one.element, one.component, one.rule))
        if self.count > self._max:
            known = RULES["too-many-findings"]
            message = f"{known.message}: {self.count - self._max} more"
            found.append(Finding(known.snip, "too-many-findings", self.number, "", 0, message, known.severity))
        return found
