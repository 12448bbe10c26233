"""What a CLP means for the ledger: what is paid, what is adjusted away, what is denied, what is left to the patient."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from payments_svc.domain.adjustment_reasons import UNLISTED, AdjustmentReasons, Kind
from payments_svc.domain.claim_payment import Adjustment, ClaimPayment, LinePayment
from payments_svc.domain.ledger import Account, Lines, balanced

Denied = Literal["none", "lines", "all"]


class ClassedAdjustment(Struct, frozen=True, gc=False):
    """An adjustment with what the table says of it."""

    group: str
    reason: str
    amount_cents: int
    account: Account
    kind: Kind
    denial_category: str

    @property
    def denies(self) -> bool:
        """Whether something was refused for this reason; an amount of zero refuses nothing."""
        return self.amount_cents != 0 and (self.kind is Kind.DENIAL or self.kind is Kind.REVIEW)


class AdjudicatedLine(Struct, frozen=True, gc=False):
    """One line, or the claim's own level where `line_number` is None and the charge zero."""

    line_number: int | None
    charge_cents: int
    paid_cents: int
    adjustments: tuple[ClassedAdjustment, ...]
    denied: bool


class Adjudication(Struct, frozen=True, gc=False):
    """A CLP, classed."""

    paid_cents: int
    adjustments: tuple[ClassedAdjustment, ...]
    """Those of the claim's level."""
    lines: tuple[AdjudicatedLine, ...]
    denied: Denied
    denial_category: str = ""
    denial_reasons: tuple[ClassedAdjustment, ...] = ()

    def ledger_lines(self) -> Lines:
        """What is posted: paid and adjusted amounts against insurance open; () where nothing moves."""
        contractual = other = 0
        for adjustments in (self.adjustments, *[line.adjustments for line in self.lines]):
            for each in adjustments:
                if each.account is Account.CONTRACTUAL:
                    contractual += each.amount_cents
                elif each.account is Account.OTHER_ADJUSTMENTS:
                    other += each.amount_cents
        amounts = (
            (Account.INSURANCE_PAID, self.paid_cents),
            (Account.CONTRACTUAL, contractual),
            (Account.OTHER_ADJUSTMENTS, other),
        )
        return balanced(amounts, Account.INSURANCE_OPEN)

    @property
    def settled_cents(self) -> int:
        """What it says for good of the charge: paid, adjusted away, or the patient's; what is denied or reviewed stays open."""
        settled = self.paid_cents
        for adjustments in (self.adjustments, *[line.adjustments for line in self.lines]):
            for each in adjustments:
                if each.kind is Kind.PATIENT or each.account is not Account.INSURANCE_OPEN:
                    settled += each.amount_cents
        return settled

    def by_line(self) -> tuple[AdjudicatedLine, ...]:
        """The lines, and what stands at the claim alone: its own adjustments, and what CLP04 differs from the lines' payments.

        Where adjustments stand at the claim's level the lines' payments are larger than CLP04 (DOMAIN 1, the second
        balance), so the payment here is negative: in sum the lines show what was really paid.
        """
        unallocated = self.paid_cents - sum([line.paid_cents for line in self.lines])
        if not unallocated and not self.adjustments:
            return self.lines
        return (*self.lines, AdjudicatedLine(None, 0, unallocated, self.adjustments, denied=False))


def settles_anew(answer: Adjudication, standing: Sequence[Adjudication], charge_cents: int) -> bool:
    """Whether an answer settles what was settled before: together more than the charge, or the very same once more.

    Else what stands was denied, or was of other lines: a payer may answer in pieces, and pay what it has denied. An answer that
    settles nothing, and the first that settles anything, never settles anew.
    """
    before = sum([each.settled_cents for each in standing])
    if before <= 0 or answer.settled_cents <= 0:
        return False
    return before + answer.settled_cents > charge_cents or answer in standing


def adjudicate(payment: ClaimPayment, reasons: AdjustmentReasons, on: date, payer_id: str = "") -> Adjudication:
    """Classes a CLP by the table as it stood on the payment's date. A lone CO-45 or PR-1/2/3 denies nothing."""
    remarks = payment.remarks
    for line in payment.lines:
        if line.remarks:
            remarks += line.remarks

    def classed(adjustments: Sequence[Adjustment]) -> tuple[ClassedAdjustment, ...]:
        found = []
        for each in adjustments:
            of = reasons.of(each.group, each.reason, on, remarks, payer_id)
            found.append(ClassedAdjustment(each.group, each.reason, each.amount_cents, of.account, of.kind, of.denial_category))
        return tuple(found)

    own = classed(payment.adjustments) if payment.adjustments else ()
    lines = tuple([_adjudicated(line, classed(line.adjustments)) for line in payment.lines])
    denied = _denied(payment, own, lines)
    if denied == "none":
        return Adjudication(payment.paid_cents, own, lines, denied)
    refused = [line for line in lines if line.denied] if denied == "lines" else lines
    grounds = tuple(each for each in (*own, *(each for line in refused for each in line.adjustments)) if each.denies)
    return Adjudication(payment.paid_cents, own, lines, denied, _category(grounds), grounds)


def _adjudicated(line: LinePayment, adjustments: tuple[ClassedAdjustment, ...]) -> AdjudicatedLine:
    denied = line.paid_cents == 0 and any(each.denies for each in adjustments)
    return AdjudicatedLine(line.line_number, line.charge_cents, line.paid_cents, adjustments, denied)


def _denied(payment: ClaimPayment, own: Sequence[ClassedAdjustment], lines: Sequence[AdjudicatedLine]) -> Denied:
    """By line; CLP02 4, or a refusal at the claim's level with nothing paid, denies all."""
    if payment.status == "4" or (payment.paid_cents == 0 and any(each.denies for each in own)):
        return "all"
    count = sum([line.denied for line in lines])
    if not count:
        return "none"
    return "all" if count == len(lines) else "lines"


def _category(grounds: Sequence[ClassedAdjustment]) -> str:
    """The category of the largest refused amount, the first among equals."""
    if not grounds:
        return UNLISTED
    return max(grounds, key=lambda each: abs(each.amount_cents)).denial_category or UNLISTED
