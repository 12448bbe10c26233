"""What a CLP means for the ledger: what is paid, what is adjusted away, what is denied, what is left to the patient."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Literal

from msgspec import Struct

from payments_svc.domain.adjustment_reasons import UNLISTED, AdjustmentReasons, Kind, Reason
from payments_svc.domain.claim_payment import Adjustment, ClaimPayment
from payments_svc.domain.ledger import Account, Lines, balanced

Denied = Literal["none", "lines", "all"]


class ClassedAdjustment(Struct, frozen=True, gc=False):
    """An adjustment with the account that it went to."""

    group: str
    reason: str
    amount_cents: int
    account: Account


class AdjudicatedLine(Struct, frozen=True, gc=False):
    """One line, or the claim's own level where `line_number` is None and the charge zero."""

    line_number: int | None
    charge_cents: int
    paid_cents: int
    adjustments: tuple[ClassedAdjustment, ...]
    denied: bool
    contractual_cents: int = 0
    other_cents: int = 0
    patient: tuple[tuple[str, int], ...] = ()
    """Reason and amount of what is the next payer's, else the patient's."""


class Adjudication(Struct, frozen=True, gc=False):
    """A CLP, classed."""

    paid_cents: int
    own: AdjudicatedLine
    """What stands at the claim alone: its own adjustments, and what CLP04 differs from the lines' payments.

    Where adjustments stand at the claim's level the lines' payments are larger than CLP04 (DOMAIN 1, the second balance), so
    the payment here is negative: in sum the lines show what was really paid.
    """
    lines: tuple[AdjudicatedLine, ...]
    denied: Denied
    denial_category: str = ""
    denial_reasons: tuple[ClassedAdjustment, ...] = ()

    def ledger_lines(self) -> Lines:
        """What is posted: paid and adjusted amounts against insurance open; () where nothing moves."""
        contractual, other = self.own.contractual_cents, self.own.other_cents
        for line in self.lines:
            contractual += line.contractual_cents
            other += line.other_cents
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
        for line in (self.own, *self.lines):
            settled += line.contractual_cents + line.other_cents + sum([amount for _, amount in line.patient])
        return settled

    def by_line(self) -> tuple[AdjudicatedLine, ...]:
        """The lines, and what stands at the claim alone, where that is anything."""
        own = self.own
        return (*self.lines, own) if own.paid_cents or own.adjustments else self.lines


class _Classed(Struct, gc=False):
    """The adjustments of one level, and what they come to."""

    adjustments: tuple[ClassedAdjustment, ...] = ()
    contractual_cents: int = 0
    other_cents: int = 0
    patient: tuple[tuple[str, int], ...] = ()
    refused: tuple[tuple[ClassedAdjustment, str], ...] = ()
    """For what something was refused, each with its category; an amount of zero refuses nothing."""


_NOTHING = _Classed()


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
    rows = reasons.rows_for(on, remarks, payer_id)
    own = _classed(payment.adjustments, rows) if payment.adjustments else _NOTHING
    lines, refused, unallocated = [], [], payment.paid_cents
    for line, number in zip(payment.lines, payment.line_numbers or repeat(None), strict=False):
        of = _classed(line.adjustments, rows) if line.adjustments else _NOTHING
        charge, paid = line.charge_cents, line.paid_cents
        unallocated -= paid
        denied = bool(of.refused) and paid == 0
        lines.append(
            AdjudicatedLine(number, charge, paid, of.adjustments, denied, of.contractual_cents, of.other_cents, of.patient)
        )
        if of.refused:
            refused.append((denied, of.refused))
    at_claim = AdjudicatedLine(
        None, 0, unallocated, own.adjustments, False, own.contractual_cents, own.other_cents, own.patient
    )  # fmt: skip
    whole = _denied(payment, own, lines)
    if whole == "none":
        return Adjudication(payment.paid_cents, at_claim, tuple(lines), whole)
    grounds = [*own.refused, *[each for denied, found in refused if denied or whole == "all" for each in found]]
    return Adjudication(
        payment.paid_cents, at_claim, tuple(lines), whole, _category(grounds), tuple([each for each, _ in grounds])
    )


def _classed(adjustments: Sequence[Adjustment], rows: Mapping[tuple[str, str], Reason]) -> _Classed:
    """Adjustments of one level by what the table says of them."""
    found, patient, refused = [], [], []
    contractual = other = 0
    for each in adjustments:
        group, reason, amount = each.group, each.reason, each.amount_cents
        row = rows[group, reason]
        classed = ClassedAdjustment(group, reason, amount, row.account)
        found.append(classed)
        kind = row.kind
        if kind is Kind.CONTRACTUAL:
            contractual += amount
        elif kind is Kind.PATIENT:
            patient.append((reason, amount))
        elif kind is Kind.OTHER:
            other += amount
        elif amount and (kind is Kind.DENIAL or kind is Kind.REVIEW):
            refused.append((classed, row.denial_category))
    return _Classed(tuple(found), contractual, other, tuple(patient), tuple(refused))


def _denied(payment: ClaimPayment, own: _Classed, lines: Sequence[AdjudicatedLine]) -> Denied:
    """By line; CLP02 4, or a refusal at the claim's level with nothing paid, denies all."""
    if payment.status == "4" or (own.refused and payment.paid_cents == 0):
        return "all"
    count = sum([line.denied for line in lines])
    if not count:
        return "none"
    return "all" if count == len(lines) else "lines"


def _category(grounds: Sequence[tuple[ClassedAdjustment, str]]) -> str:
    """The category of the largest refused amount, the first among equals."""
    if not grounds:
        return UNLISTED
    return max(grounds, key=lambda each: abs(each[0].amount_cents))[1] or UNLISTED
