"""Checks of one 837P, segment by segment: what a receiver would refuse and outside validators miss."""

import re
from collections.abc import Callable

from rcm.money import NotMoney
from rcm.x12.elements import cents, has_digits
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.professional_claim.values import CLAIM_LIMIT, DIAGNOSIS_LIMIT, LINE_LIMIT
from rcm.x12.text import is_npi
from rcm.x12.validation.findings import Finding, finding
from rcm.x12.validation.hierarchy import CLAIM_LEVELS, Hierarchy

_PROCEDURE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}").fullmatch
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](?:[0-9A-Z]{0,4})").fullmatch
_TAXONOMY = re.compile(r"[0-9A-Z]{10}").fullmatch
_MODIFIER = re.compile(r"[0-9A-Z]{2}").fullmatch
_POINTERS = tuple(str(number) for number in range(1, DIAGNOSIS_LIMIT + 1))


class ProfessionalChecker:
    """Is shown the segments of one transaction set in order."""

    def __init__(self, walker: Walker, transaction: TransactionSet) -> None:
        self._walker = walker
        self._transaction = transaction
        self._component = walker.delimiters.component
        self._findings: list[Finding] = []
        self._hierarchy = Hierarchy(CLAIM_LEVELS)
        self._level = ""
        self._entity = ""
        self._claims = 0
        self._subscriber_at = 0
        self._self_subscriber = self._has_address = self._has_birth = False
        self._forget_claim()
        self._checks: dict[str, Callable[[Segment], None]] = {
            "HL": self._hl, "SBR": self._sbr, "NM1": self._nm1, "N3": self._n3, "N4": self._n4, "DMG": self._dmg,
            "PRV": self._prv, "REF": self._ref, "CLM": self._clm, "HI": self._hi, "LX": self._lx, "SV1": self._sv1,
            "LIN": self._lin,
        }  # fmt: skip

    def take(self, elements: Segment) -> None:
        """The segment at hand."""
        check = self._checks.get(elements[0])
        if check is not None:
            check(elements)

    def walk(self) -> None:
        """Takes the whole set, where nobody else reads it."""
        checks = self._checks
        for elements in self._transaction:
            check = checks.get(elements[0])
            if check is not None:
                check(elements)

    def findings(self) -> list[Finding]:
        """All faults, once the set was taken."""
        transaction = self._transaction
        if transaction.implementation != transaction.group.version:
            self._findings.append(finding("st03", transaction.first_segment, "ST", 3))
        self._close_claim()
        if self._claims > CLAIM_LIMIT:
            self._findings.append(finding("claim-limit", transaction.first_segment, "ST"))
        if not self._claims:
            self._findings.append(finding("missing-loop", transaction.first_segment, "ST", 0, "no claim (2300)"))
        return [*self._findings, *self._hierarchy.close()]

    def _find(self, rule: str, segment: str, element: int = 0, more: str = "", *, number: int = 0) -> None:
        self._findings.append(finding(rule, number or self._walker.number, segment, element, more))

    def _forget_claim(self) -> None:
        self._claim_at = 0
        self._charge: int | None = None
        self._lines = self._line_sum = self._diagnoses = 0
        self._needs_original = False
        self._other_payer = False

    def _close_claim(self) -> None:
        """What only a claim's end tells."""
        if not self._claim_at:
            return
        if self._charge is not None and self._charge != self._line_sum:
            self._find("claim-sum", "CLM", 2, f"{self._charge} cents, lines {self._line_sum} cents", number=self._claim_at)
        if self._needs_original:
            self._find("original-reference", "CLM", 5, number=self._claim_at)
        if not self._lines:
            self._find("missing-loop", "CLM", 0, "no line (2400)", number=self._claim_at)
        if self._lines > LINE_LIMIT:
            self._find("line-limit", "CLM", 0, f"{self._lines} lines", number=self._claim_at)
        if not self._diagnoses:
            self._find("missing-loop", "CLM", 0, "no HI", number=self._claim_at)
        self._forget_claim()

    def _hl(self, elements: Segment) -> None:
        self._close_claim()
        self._hierarchy.take(elements, self._walker.number)
        self._level, self._entity = at(elements, 3), ""

    def _sbr(self, elements: Segment) -> None:
        if self._claim_at:
            self._other_payer = True
            return
        self._subscriber_at = self._walker.number
        self._self_subscriber = at(elements, 2) == "18"
        self._has_address = self._has_birth = False

    def _nm1(self, elements: Segment) -> None:
        self._entity = at(elements, 1)
        if at(elements, 8) == "XX" and not is_npi(at(elements, 9)):
            self._find("npi", "NM1", 9)

    def _n3(self, _: Segment) -> None:
        self._has_address |= self._entity == "IL"

    def _n4(self, elements: Segment) -> None:
        if self._entity == "85" and not at(elements, 4) and not has_digits(at(elements, 3), 9):
            self._find("billing-zip", "N4", 3)

    def _dmg(self, _: Segment) -> None:
        self._has_birth |= self._entity == "IL"

    def _prv(self, elements: Segment) -> None:
        if not _TAXONOMY(at(elements, 3)):
            self._find("taxonomy", "PRV", 3)

    def _ref(self, elements: Segment) -> None:
        qualifier, value = at(elements, 1), at(elements, 2)
        if qualifier == "F8" and self._claim_at and value:
            self._needs_original = False
        digits = value.replace("-", "")
        if qualifier in {"EI", "SY"} and self._entity == "85" and not has_digits(digits, 9):
            self._find("tax-id-form", "REF", 2)

    def _clm(self, elements: Segment) -> None:
        self._close_claim()
        self._claims += 1
        self._claim_at = self._walker.number
        self._charge = self._money(elements, 2, "CLM")
        if self._self_subscriber and self._level == "22" and not (self._has_address and self._has_birth):
            self._find("subscriber-details", "SBR", 2, number=self._subscriber_at)
            self._self_subscriber = False
        _, kind, frequency = (*at(elements, 5).split(self._component), "", "", "")[:3]
        if kind != "B":
            self._find("claim-kind", "CLM", 5)
        if frequency not in {"1", "7", "8"}:
            self._find("frequency", "CLM", 5)
        self._needs_original = frequency in {"7", "8"}
        accident = [*at(elements, 11).split(self._component), "", "", "", ""]
        if "AA" in accident[:3] and not accident[3]:
            self._find("accident-state", "CLM", 11)

    def _hi(self, elements: Segment) -> None:
        for place, element in enumerate(elements[1:], 1):
            qualifier, _, rest = element.partition(self._component)
            if qualifier not in {"ABK", "ABF", "BK", "BF"}:
                continue
            self._diagnoses += 1
            if qualifier in {"ABK", "ABF"} and not _DIAGNOSIS(rest.partition(self._component)[0]):
                self._find("diagnosis-form", "HI", place)
        if self._diagnoses > DIAGNOSIS_LIMIT:
            self._find("diagnosis-limit", "HI", 0)

    def _lx(self, _: Segment) -> None:
        self._lines += 1
        self._entity = ""

    def _sv1(self, elements: Segment) -> None:
        procedure = at(elements, 1).split(self._component)
        if procedure[0] == "HC" and not _PROCEDURE(at(procedure, 1)):
            self._find("procedure-form", "SV1", 1)
        for modifier in procedure[2:6]:
            if modifier and not _MODIFIER(modifier):
                self._find("modifier-form", "SV1", 1)
                break
        self._line_sum += self._money(elements, 2, "SV1") or 0
        known = _POINTERS[: min(self._diagnoses, DIAGNOSIS_LIMIT)]
        for pointer in at(elements, 7).split(self._component)[:4]:
            if pointer not in known and not (len(pointer) == 2 and pointer[0] == "0" and pointer[1] in known):
                self._find("pointer", "SV1", 7)
                return

    def _lin(self, elements: Segment) -> None:
        value = at(elements, 3)
        if at(elements, 2) == "N4" and not has_digits(value, 11):
            self._find("ndc-form", "LIN", 3)

    def _money(self, elements: Segment, place: int, segment: str) -> int | None:
        try:
            return cents(at(elements, place))
        except NotMoney:
            self._find("not-an-amount", segment, place)
            return None
