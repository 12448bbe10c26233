"""835: the three balances, and what its payment, claims and lines must say together. Nothing of a claim is kept behind it."""

from collections.abc import Mapping

from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import at
from rcm.x12.text import is_npi
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations import forms
from rcm.x12.validation.situations.base import COUNTED, Situations, money
from rcm.x12.validation.situations.claims import check_procedure
from rcm.x12.validation.walk import Check

_ACCOUNTS = (6, 7, 8, 9, 10, 12, 13, 14, 15)
"""BPR's elements that a payment by ACH needs."""


class RemittanceSituations(Situations):
    """One 835. Line: SVC02 - CAS = SVC03. Claim: CLP03 - all CAS = CLP04, and with lines the sums of SVC02 and SVC03.
    Transaction: all CLP04 - all PLB amounts = BPR02, which a debit (BPR03 D) takes from the provider."""

    def __init__(self, report: Report, delimiters: Delimiters) -> None:
        super().__init__(report, delimiters)
        self._payment: int | None = None
        self._payment_at = 0
        self._debit = False
        self._paid = self._provider = 0
        self._unsure = False
        """An amount of the transaction set is lost."""
        self._clear_claim()

    def _clear_claim(self) -> None:
        self._claim_at = self._line_at = 0
        self._unsure_claim = False
        """An amount of the claim is lost."""
        self._claim: list[str] = []
        self._adjusted = self._responsible = 0
        self._lines = self._line_charges = self._line_payments = self._line_adjustments = 0
        self._clear_line()

    def _clear_line(self) -> None:
        self._line_at = 0
        self._charge = self._line_paid = self._line_adjusted = 0
        self._dates: set[str] = set()
        self._dates_at = 0

    def checks(self) -> Mapping[str, Check]:
        """By segment; CAS and DTM by their loop."""
        return {
            "BPR": self._bpr, "TRN": self.trace, "1000B N1": self._payee, "2100 NM1": self._nm1, "CLP": self._clp,
            "2100 CAS": self._claim_cas, "SVC": self._svc, "2110 CAS": self._line_cas, "2110 DTM": self._dtm, "LQ": self._lq,
            "MOA": self._moa, "MIA": self._mia, "PLB": self._plb, "N4": self._n4,
        }  # fmt: skip

    def begin(self, elements: list[str]) -> None:
        """ST03 is not for an 835."""
        if at(elements, 3):
            self.report.find("st03-unused", "ST", 3, value=elements[3])

    def misplaced(self, elements: list[str]) -> None:
        """A claim, line or amount out of place: no balance that it belongs to is judged."""
        if elements[0] in COUNTED:
            self._unsure_claim = True
            self._unsure |= elements[0] in {"CLP", "PLB"}

    def _amount(self, text: str) -> int:
        """Cents; where there are none, as its element's own rules tell, the claim's balances are not judged."""
        value = money(text)
        self._unsure_claim |= value is None
        return value or 0

    def close(self) -> None:
        """The last claim, and the third balance."""
        self._close_claim()
        expected = self._paid - self._provider
        if self._debit:
            expected = -expected
        if self._payment is not None and not self._unsure and self._payment != expected:
            more = f"expected {expected} cents, found {self._payment}"
            self.report.find("balance-transaction", "BPR", 2, more, number=self._payment_at)

    def _bpr(self, elements: list[str]) -> None:
        report = self.report
        self._payment, self._payment_at = money(at(elements, 2)), report.number
        self._debit = at(elements, 3) == "D"
        method = at(elements, 4)
        if self._payment is not None and self._payment < 0:
            report.find("payment-negative", "BPR", 2)
        if method == "ACH":
            missing = next((place for place in _ACCOUNTS if not at(elements, place)), 0)
            if missing:
                report.find("payment-account", "BPR", missing)
        if self._payment is not None and (method == "NON") != (self._payment == 0):
            report.find("payment-none", "BPR", 4)

    def _payee(self, elements: list[str]) -> None:
        if at(elements, 3) == "XX" and not is_npi(at(elements, 4)):
            self.report.find("npi", "N1", 4, loop="1000B", value=at(elements, 4))

    def _nm1(self, elements: list[str]) -> None:
        if at(elements, 8) == "XX" and not is_npi(at(elements, 9)):
            self.report.find("npi", "NM1", 9, loop="2100", value=at(elements, 9))

    def _n4(self, elements: list[str]) -> None:
        if at(elements, 4) in {"", "US"} and at(elements, 3) and not forms.is_zip(elements[3]):
            self.report.find("zip-form", "N4", 3, value=elements[3])

    def _clp(self, elements: list[str]) -> None:
        self._close_claim()
        self._claim_at, self._claim = self.report.number, elements
        paid = money(at(elements, 4))
        self._paid += paid or 0
        self._unsure |= paid is None
        self._unsure_claim = paid is None

    def _claim_cas(self, elements: list[str]) -> None:
        self._adjusted += self._cas(elements, "2100")

    def _line_cas(self, elements: list[str]) -> None:
        self._line_adjusted += self._cas(elements, "2110")

    def _cas(self, elements: list[str], loop: str) -> int:
        total = 0
        for place in range(2, len(elements), 3):
            reason = elements[place]
            if reason and not forms.is_reason(reason):
                self.report.find("reason-form", "CAS", place, loop=loop, value=reason)
            if reason:
                total += self._amount(at(elements, place + 1))
        if elements[1:2] == ["PR"]:
            self._responsible += total
        return total

    def _svc(self, elements: list[str]) -> None:
        self._close_line()
        self._line_at = self.report.number
        self._charge = self._amount(at(elements, 2))
        self._line_paid = self._amount(at(elements, 3))
        self._lines += 1
        check_procedure(self.report, at(elements, 1).split(self.component), "SVC", 1, "2110")

    def _dtm(self, elements: list[str]) -> None:
        self._dates.add(at(elements, 1))
        self._dates_at = self.report.number

    def _close_line(self) -> None:
        if not self._line_at:
            return
        expected = self._charge - self._line_adjusted
        if expected != self._line_paid and not self._unsure_claim:
            more = f"expected {expected} cents, found {self._line_paid}"
            self.report.find("balance-line", "SVC", 3, more, number=self._line_at, loop="2110")
        if len(self._dates & {"150", "151"}) == 1:
            self.report.find("service-period", "DTM", 1, number=self._dates_at, loop="2110")
        self._line_charges += self._charge
        self._line_payments += self._line_paid
        self._line_adjustments += self._line_adjusted
        self._clear_line()

    def _close_claim(self) -> None:
        if not self._claim_at:
            return
        self._close_line()
        charge, paid = (self._amount(at(self._claim, place)) for place in (3, 4))
        told = money(at(self._claim, 5)) or 0
        if self._unsure_claim:
            self._clear_claim()
            return
        expected = charge - self._adjusted - self._line_adjustments
        if expected != paid:
            self._unbalanced(4, f"expected {expected} cents, found {paid}")
        elif self._lines and self._line_charges != charge:
            self._unbalanced(3, f"lines {self._line_charges} cents, found {charge}")
        elif self._lines and self._line_payments - self._adjusted != paid:
            self._unbalanced(4, f"lines {self._line_payments - self._adjusted} cents, found {paid}")
        if told != self._responsible:
            more = f"expected {self._responsible} cents, found {told}"
            self.report.find("responsibility", "CLP", 5, more, number=self._claim_at, loop="2100")
        self._clear_claim()

    def _unbalanced(self, element: int, more: str) -> None:
        self.report.find("balance-claim", "CLP", element, more, number=self._claim_at, loop="2100")

    def _lq(self, elements: list[str]) -> None:
        if at(elements, 1) == "HE" and not forms.is_remark(at(elements, 2)):
            self.report.find("remark-form", "LQ", 2, loop="2110", value=at(elements, 2))

    def _moa(self, elements: list[str]) -> None:
        self._remarks(elements, range(3, 8))

    def _mia(self, elements: list[str]) -> None:
        self._remarks(elements, (5, 20, 21, 22, 23))

    def _remarks(self, elements: list[str], places: "range | tuple[int, ...]") -> None:
        for place in places:
            value = at(elements, place)
            if value and not forms.is_remark(value):
                self.report.find("remark-form", elements[0], place, loop="2100", value=value)

    def _plb(self, elements: list[str]) -> None:
        self._close_claim()
        for place in range(3, len(elements), 2):
            amount = money(at(elements, place + 1))
            self._provider += amount or 0
            self._unsure |= amount is None
