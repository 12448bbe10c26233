"""837: what one claim's segments must say together, and the forms of its codes; the three guides share most of it."""

from collections.abc import Mapping

from rcm.x12.elements import whole_number
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.text import is_npi
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations import forms
from rcm.x12.validation.situations.base import COUNTED, Situations, money
from rcm.x12.validation.situations.coordination import Coordination
from rcm.x12.validation.situations.levels import CLAIM_LEVELS, Hierarchy
from rcm.x12.validation.walk import Check

CLAIM_LIMIT = 5000
_INPATIENT = frozenset({"11", "12", "18", "21", "22", "41"})
"""CLM05-1 of bills for a stay: hospital inpatient, its part B, swing bed, skilled nursing, religious."""
_AMBULANCE = "054"
"""Revenue codes that begin so need no attending provider."""
_WANTED = {"DTP": {"435", "439"}, "REF": {"F8"}, "NM1": {"71"}}
"""What a rule asks a claim for, by segment: one out of place may have been it."""
_POINTED_AT = frozenset({"ABK", "ABF", "BK", "BF", "TQ"})
"""HI01-1 of the diagnoses that pointers count; TQ is dental."""
POINTERS = tuple(str(number) for number in range(1, 13))


class ClaimSituations(Situations):
    """What 837P, 837I and 837D have in common."""

    frequencies = frozenset("178")
    """CLM05-3."""
    line_charge = 2
    """The element of the line's segment that holds its charge."""
    procedure = 1
    """The element that holds its procedure."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._hierarchy = Hierarchy(CLAIM_LEVELS, report)
        self._coordination = Coordination(report, self.component)
        self._entity = self._level = ""
        self._claims = 0
        self._numbers: set[str] = set()
        self._sbr: list[str] = []
        self._sbr_at = 0
        self._sbr_open = False
        self._details: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        self._claim_at = 0
        self._unsure = False
        """An amount or line of the claim is lost: no sum is judged."""
        self._charge: int | None = None
        self._sum = self._diagnoses = 0
        self._charged = True
        """The line at hand told its charge."""
        self._next_lines = {1}
        """What LX01 may be: one more than the last that was there, or than the last that should have been."""
        self._versions: set[bool] = set()
        self._segments: set[str] = set()
        """REF*F8, DTP*439 and the like, as far as a rule asks for them."""
        self._references: set[str] = set()
        self._frequency = self._accident = self._place = ""

    def checks(self) -> Mapping[str, Check]:
        """By segment; a few by their loop."""
        other = self._coordination
        return {
            "HL": self._hl, "2000B SBR": self._subscriber, "2320 SBR": other.sbr, "2320 CAS": other.cas, "2320 AMT": other.amt,
            "2330B NM1": self._other_payer, "2330B DTP": other.decided, "2430 SVD": other.svd, "2430 CAS": other.line_cas,
            "2430 DTP": other.line_decided, "2430 AMT": other.line_amt, "NM1": self._nm1, "2010BA N3": self._detail,
            "2010BA N4": self._subscriber_place, "2010BA DMG": self._detail, "2010AA N3": self._billing_street, "N4": self._n4,
            "PRV": self._prv, "2010AA REF": self._tax_id, "2010AC REF": self._tax_id, "CLM": self._clm, "2300 REF": self._ref,
            "2300 DTP": self._dtp, "HI": self._hi, "LX": self._lx, "2400 REF": self._line_ref, "2410 LIN": self._lin,
        }  # fmt: skip

    def close(self) -> None:
        """The last claim, subscriber and levels."""
        self._close_claim()
        self._close_subscriber()
        self._hierarchy.close()
        if not self._claims:
            self.report.find("no-claim", "CLM", loop="2300")
        if self._claims > CLAIM_LIMIT:
            self.report.find("claim-limit", "ST", more=f"there are {self._claims}")

    def misplaced(self, elements: list[str]) -> None:
        """A line or amount out of place: no sum that it belongs to is judged."""
        if self._claim_at:
            self._unsure |= elements[0] in COUNTED
            self._segments |= _WANTED.get(elements[0], frozenset())
        if elements[0] == "HL":
            self._close_claim()
            self._hierarchy.misplaced()

    def _hl(self, elements: list[str]) -> None:
        self._close_claim()
        self.report.context = ""
        self._level = at(elements, 3)
        if self._level == "23":
            self._patient()
        else:
            self._close_subscriber()
        self._hierarchy.take(elements)

    def _subscriber(self, elements: list[str]) -> None:
        self._sbr, self._sbr_at, self._sbr_open = elements, self.report.number, True
        self._details = set()

    def _patient(self) -> None:
        """HL 23: then the subscriber is not the patient."""
        if self._sbr_open and at(self._sbr, 2):
            self.report.find("patient-level", "SBR", 2, number=self._sbr_at, loop="2000B", value=at(self._sbr, 2))
        self._sbr_open = False

    def _close_subscriber(self) -> None:
        """No patient level came: then the subscriber is the patient."""
        if self._sbr_open and not at(self._sbr, 2):
            self.report.find("patient-level", "SBR", 2, number=self._sbr_at, loop="2000B")
        self._sbr_open = False

    def _detail(self, elements: list[str]) -> None:
        self._details.add(elements[0])

    def _subscriber_place(self, elements: list[str]) -> None:
        self._detail(elements)
        self._n4(elements)

    def _nm1(self, elements: list[str]) -> None:
        self._entity = at(elements, 1)
        if len(elements) > 9:
            if elements[8] == "XX" and not is_npi(elements[9]):
                self.report.find("npi", "NM1", 9, value=elements[9])
            if self._entity == "71":
                self._segments.add("71")

    def _other_payer(self, elements: list[str]) -> None:
        self._entity = "PR"
        self._coordination.payer(elements)

    def _billing_street(self, elements: list[str]) -> None:
        if forms.is_box(at(elements, 1).upper()):
            self.report.find("billing-street", "N3", 1, loop="2010AA")

    def _n4(self, elements: list[str]) -> None:
        if at(elements, 4) not in {"", "US"}:
            return
        code = at(elements, 3)
        if at(elements, 2) and not forms.is_state(elements[2]):
            self.report.find("state-form", "N4", 2, value=elements[2])
        if code and not forms.is_zip(code):
            self.report.find("zip-form", "N4", 3, value=code)
        elif self._entity in {"85", "77"} and not forms.is_full_zip(code):
            self.report.find("billing-zip", "N4", 3, value=code)

    def _prv(self, elements: list[str]) -> None:
        if not forms.is_taxonomy(at(elements, 3)):
            self.report.find("taxonomy", "PRV", 3, value=at(elements, 3))

    def _tax_id(self, elements: list[str]) -> None:
        if at(elements, 1) in {"EI", "SY"} and not forms.is_tax_id(at(elements, 2)):
            self.report.find("tax-id-form", "REF", 2, value=at(elements, 2))

    def _clm(self, elements: list[str]) -> None:
        report = self.report
        self._begin_claim(at(elements, 1))
        self._charge = money(at(elements, 2))
        if self._charge is not None and self._charge < 0:
            report.find("negative-charge", "CLM", 2, loop="2300")
        self._place, _, self._frequency = (*at(elements, 5).split(self.component), "", "", "")[:3]
        if self._place and not forms.is_place(self._place):
            report.find("place-form", "CLM", 5, component=1, loop="2300", value=self._place)
        if self._frequency and self._frequency not in self.frequencies:
            report.find("frequency", "CLM", 5, component=3, loop="2300", value=self._frequency)
        self._accident = at(elements, 11)
        if self._accident:
            cause = [*self._accident.split(self.component), "", "", "", ""]
            if "AA" in cause[:2] and not cause[3]:
                report.find("accident-state", "CLM", 11, component=4, loop="2300")
        self._check_subscriber()
        self._coordination.claim(self._charge, self._sbr, self._sbr_at)

    def _begin_claim(self, number: str) -> None:
        """CLM01."""
        self._close_claim()
        report = self.report
        self._claims += 1
        self._claim_at = report.number
        report.context = f"CLM01:{number}" if number else ""
        if number in self._numbers:
            report.find("claim-number", "CLM", 1, loop="2300")
        self._numbers.add(number)
        if len(self._numbers) > CLAIM_LIMIT:
            self._numbers.clear()

    def _check_subscriber(self) -> None:
        if self._level == "22" and self._sbr_open and at(self._sbr, 2) == "18" and len(self._details) < 3:
            missing = ", ".join(name for name in ("N3", "N4", "DMG") if name not in self._details)
            self.report.find("subscriber-details", "SBR", 2, f"without {missing}", number=self._sbr_at, loop="2000B")
            self._details = {"N3", "N4", "DMG"}

    def _ref(self, elements: list[str]) -> None:
        code, value = at(elements, 1), at(elements, 2)
        if code == "F8" and value:
            self._segments.add("F8")
        elif code == "X4" and not forms.is_clia(value):
            self.report.find("clia-form", "REF", 2, value=value)

    def _dtp(self, elements: list[str]) -> None:
        self._segments.add(at(elements, 1))

    def _hi(self, elements: list[str]) -> None:
        component = self.component
        if at(elements, 1).partition(component)[0] in _POINTED_AT:
            self._diagnoses += len(elements) - 1
        for place, element in enumerate(elements[1:], 1):
            code, _, rest = element.partition(component)
            form = forms.HEALTH_CODES.get(code)
            if form is None:
                continue
            value = rest.partition(component)[0]
            if code in forms.DIAGNOSES:
                self._versions.add(code in forms.NINTH_REVISION)
            if not form(value):
                self.report.find(forms.RULES[code], "HI", place, component=2, loop="2300", value=value)
        if len(self._versions) > 1:
            self.report.find("diagnosis-version", "HI", 1, component=1, loop="2300")
            self._versions = set()

    def _lx(self, elements: list[str]) -> None:
        self._entity = ""
        number = whole_number(at(elements, 1)) or 0
        if number not in self._next_lines:
            self.report.find("line-number", "LX", 1, f"{min(self._next_lines)} is expected", value=at(elements, 1))
            self._next_lines = {min(self._next_lines) + 1, number + 1}
        else:
            self._next_lines = {number + 1}
        self._unsure |= not self._charged
        self._charged = False
        self._coordination.line()

    def _line(self, elements: list[str]) -> None:
        """SV1, SV2 or SV3: the charge and the procedure."""
        name = elements[0]
        charge = money(at(elements, self.line_charge))
        self._sum += charge or 0
        self._charged = True
        self._unsure |= charge is None
        if charge is not None and charge < 0:
            self.report.find("negative-charge", name, self.line_charge, loop="2400")
        self._coordination.charge(charge)
        check_procedure(self.report, at(elements, self.procedure).split(self.component), name, self.procedure, "2400")

    def _pointers(self, text: str, segment: str, place: int) -> None:
        """Each names a diagnosis of the claim; where HI is missing that is told of once."""
        if not self._diagnoses:
            return
        for number, pointer in enumerate(text.split(self.component), 1):
            digits = pointer.lstrip("0")
            if pointer and (digits not in POINTERS or int(digits) > self._diagnoses):
                self.report.find("pointer", segment, place, component=number, value=pointer)

    def _line_ref(self, elements: list[str]) -> None:
        code, value = at(elements, 1), at(elements, 2)
        if code == "6R":
            if value in self._references:
                self.report.find("line-reference", "REF", 2, loop="2400", value=value)
            self._references.add(value)
        elif code in {"X4", "F4"} and not forms.is_clia(value):
            self.report.find("clia-form", "REF", 2, loop="2400", value=value)

    def _lin(self, elements: list[str]) -> None:
        if at(elements, 2) == "N4" and not forms.is_ndc(at(elements, 3)):
            self.report.find("ndc-form", "LIN", 3, loop="2410", value=at(elements, 3))

    def _close_claim(self) -> None:
        """What only a claim's end tells."""
        if not self._claim_at:
            return
        self._unsure |= not self._charged
        if self._charge is not None and self._charge != self._sum and not self._unsure:
            self._of_claim("claim-sum", 2, f"{self._charge} cents, lines {self._sum} cents")
        if self._frequency in {"7", "8"} and "F8" not in self._segments:
            self._of_claim("original-reference", 5, component=3)
        if self._accident and "439" not in self._segments and {"AA", "OA"} & set(self._accident.split(self.component)[:2]):
            self._of_claim("accident-date", 11)
        self._close_more()
        self._coordination.close(judged=not self._unsure)
        self._clear()

    def _close_more(self) -> None:
        """What one guide alone asks of a claim's end."""

    def _of_claim(self, rule: str, element: int, more: str = "", *, component: int = 0) -> None:
        self.report.find(rule, "CLM", element, more, number=self._claim_at, component=component, loop="2300")


def check_procedure(report: Report, procedure: list[str], segment: str, place: int, loop: str) -> None:
    """A procedure's code by its qualifier, and its modifiers."""
    form = forms.PROCEDURES.get(procedure[0])
    if form is not None and not form(at(procedure, 1)):
        report.find("procedure-form", segment, place, component=2, loop=loop, value=at(procedure, 1))
    for number, modifier in enumerate(procedure[2:6], 3):
        if modifier and not forms.is_modifier(modifier):
            report.find("modifier-form", segment, place, component=number, loop=loop, value=modifier)


class DentalSituations(ClaimSituations):
    """837D."""

    def checks(self) -> Mapping[str, Check]:
        """SV3 besides."""
        return {**super().checks(), "SV3": self._sv3}

    def _sv3(self, elements: list[str]) -> None:
        self._line(elements)
        if at(elements, 11) and not self._diagnoses and "HI" not in self._segments:
            self._segments.add("HI")
            self.report.find("no-diagnosis", "SV3", 11)
        self._pointers(at(elements, 11), "SV3", 11)


class InstitutionalSituations(ClaimSituations):
    """837I."""

    frequencies = frozenset("0123456789ABCDEFGHIJKMOPQXYZ")
    line_charge = 3
    procedure = 2

    def _clear(self) -> None:
        super()._clear()
        self._attended = False

    def checks(self) -> Mapping[str, Check]:
        """SV2 besides."""
        return {**super().checks(), "SV2": self._sv2}

    def _sv2(self, elements: list[str]) -> None:
        self._line(elements)
        code = at(elements, 1)
        if not forms.is_revenue_code(code):
            self.report.find("revenue-form", "SV2", 1, loop="2400", value=code)
        if not code.startswith(_AMBULANCE):
            self._attended = True

    def _close_more(self) -> None:
        if self._place in _INPATIENT and "435" not in self._segments:
            self._of_claim("admission-date", 5, component=1)
        if self._attended and "71" not in self._segments:
            self._of_claim("attending", 5)
