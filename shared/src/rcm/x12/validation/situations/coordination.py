"""Coordination of benefits in an 837: what other payers paid and adjusted, and how it balances with the claim and its lines.

Of each payer (2320): CLM02 = AMT*D + its CAS of claim and lines; and, where it decided lines (2430), of each of them
charge = SVD02 + CAS, and AMT*D = all SVD02 - CAS of the claim.
"""

from msgspec import Struct

from rcm.x12.interchange import at
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations.base import money, reasons

_MEDICARE = frozenset({"MA", "MB"})


class _Payer(Struct):
    """One 2320."""

    number: int
    """Its SBR."""
    paid: int | None = None
    """AMT*D."""
    paid_at: int = 0
    adjusted: int = 0
    """CAS of 2320."""
    identifier: str = ""
    """NM109 of 2330B."""
    decided: bool = False
    """DTP*573 in 2330B."""
    liability_at: int = 0
    """AMT*EAF in 2320."""


class _Decision(Struct):
    """One 2430."""

    number: int
    payer: str
    paid: int
    adjusted: int = 0
    dated_at: int = 0
    liability_at: int = 0


class Coordination:
    """The other payers of the claim at hand."""

    def __init__(self, report: Report, component: str) -> None:
        self._report = report
        self._component = component
        self._sbr: list[str] = []
        self._sbr_at = 0
        self._clear()

    def _clear(self) -> None:
        self._charge: int | None = None
        self._unsure = False
        """An amount or a payer is lost: no balance is judged."""
        self._payers: list[_Payer] = []
        self._ranks: set[str] = set()
        self._line_charge: int | None = None
        self._line_decisions: list[_Decision] = []
        self._decided_lines: dict[str, list[int]] = {}
        """Payer -> SVD02s, CASs and the DTP*573s of all its 2430s."""
        self._liable_lines = 0

    def claim(self, charge: int | None, sbr: list[str], sbr_at: int) -> None:
        """CLM, with the SBR of 2000B and its number."""
        self._charge, self._sbr_at = charge, sbr_at
        self._ranks = {at(sbr, 1)}
        self._sbr = sbr

    def sbr(self, elements: list[str]) -> None:
        """2320."""
        report = self._report
        if not self._payers and at(self._sbr, 9) in _MEDICARE and at(self._sbr, 1) != "P" and not at(self._sbr, 5):
            report.find("medicare-secondary", "SBR", 5, number=self._sbr_at, loop="2000B")
        rank = at(elements, 1)
        if rank in self._ranks and rank != "U":
            report.find("payer-order", "SBR", 1, loop="2320", value=rank)
        self._ranks.add(rank)
        self._payers.append(_Payer(report.number))

    def cas(self, elements: list[str]) -> None:
        """2320."""
        if self._payers:
            self._payers[-1].adjusted += self._sum(elements)

    def _sum(self, elements: list[str]) -> int:
        total = reasons(elements)
        self._unsure |= total is None
        return total or 0

    def amt(self, elements: list[str]) -> None:
        """2320: AMT*D paid, AMT*EAF what the patient still owes."""
        if self._payers:
            payer = self._payers[-1]
            if at(elements, 1) == "D":
                payer.paid, payer.paid_at = money(at(elements, 2)), self._report.number
            elif at(elements, 1) == "EAF":
                payer.liability_at = self._report.number

    def payer(self, elements: list[str]) -> None:
        """NM1 of 2330B."""
        if self._payers:
            self._payers[-1].identifier = at(elements, 9)

    def decided(self, _: list[str]) -> None:
        """DTP*573 of 2330B."""
        if self._payers:
            self._payers[-1].decided = True

    def line(self) -> None:
        """LX: the line before is done with."""
        self._close_line()

    def charge(self, charge: int | None) -> None:
        """The line's own."""
        self._line_charge = charge

    def svd(self, elements: list[str]) -> None:
        """2430."""
        payer = at(elements, 1)
        if all(one.identifier not in {"", payer} for one in self._payers):
            self._report.find("other-payer", "SVD", 1, loop="2430", value=payer)
        self._unsure |= all(one.identifier != payer for one in self._payers)
        self._line_decisions.append(_Decision(self._report.number, payer, money(at(elements, 2)) or 0))

    def line_cas(self, elements: list[str]) -> None:
        """2430."""
        if self._line_decisions:
            self._line_decisions[-1].adjusted += self._sum(elements)

    def line_decided(self, _: list[str]) -> None:
        """DTP*573 of 2430."""
        if self._line_decisions:
            self._line_decisions[-1].dated_at = self._report.number

    def line_amt(self, _: list[str]) -> None:
        """AMT*EAF of 2430."""
        if self._line_decisions:
            self._liable_lines = self._report.number

    def _close_line(self) -> None:
        if not self._line_decisions:
            self._line_charge = None
            return
        by_payer: dict[str, list[_Decision]] = {}
        for one in self._line_decisions:
            by_payer.setdefault(one.payer, []).append(one)
        for payer, decisions in by_payer.items():
            paid, adjusted = sum(one.paid for one in decisions), sum(one.adjusted for one in decisions)
            sums = self._decided_lines.setdefault(payer, [0, 0, 0])
            sums[0] += paid
            sums[1] += adjusted
            sums[2] = sums[2] or next((one.dated_at for one in decisions if one.dated_at), 0)
            if self._line_charge is not None and self._line_charge != paid + adjusted and not self._unsure:
                more = f"{self._line_charge} cents, paid {paid}, adjusted {adjusted}"
                self._report.find("cob-line", "SVD", 2, more, number=decisions[0].number, loop="2430")
        self._line_decisions = []
        self._line_charge = None

    def close(self, *, judged: bool) -> None:
        """The claim's end; `judged`: no amount of it is lost."""
        if not self._payers and not self._unsure:
            # Nobody else pays: an SVD would have left it unsure.
            self._charge = self._line_charge = None
            return
        self._close_line()
        for payer in self._payers if judged and not self._unsure else ():
            self._balance(payer)
        self._clear()

    def _balance(self, payer: _Payer) -> None:
        report = self._report
        lines = self._decided_lines.get(payer.identifier)
        if payer.liability_at and self._liable_lines:
            report.find("liability-twice", "AMT", 1, number=payer.liability_at, loop="2320")
        if payer.decided and lines and lines[2]:
            report.find("adjudication-date", "DTP", 1, "in both", number=lines[2], loop="2430")
        if payer.paid is None:
            return
        if not payer.decided and not lines:
            report.find("adjudication-date", "AMT", 2, "in neither", number=payer.paid_at, loop="2320")
        paid_lines, adjusted_lines = (lines[0], lines[1]) if lines else (0, 0)
        everything = payer.paid + payer.adjusted + adjusted_lines
        if self._charge is not None and everything != self._charge:
            more = f"{self._charge} cents, paid {payer.paid}, adjusted {payer.adjusted + adjusted_lines}"
            report.find("cob-claim", "AMT", 2, more, number=payer.paid_at, loop="2320")
        if lines and payer.paid != paid_lines - payer.adjusted:
            more = f"{payer.paid} cents, lines {paid_lines}, adjusted {payer.adjusted}"
            report.find("cob-paid", "AMT", 2, more, number=payer.paid_at, loop="2320")
