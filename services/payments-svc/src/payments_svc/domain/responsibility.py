"""What the patient owes for an encounter after all payers, and how it stands line by line on the bill."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from payments_svc.domain.adjudication import AdjudicatedLine, Adjudication
from rcm.money import split_exactly

RANKS = "PSTABCDEFGH"
"""SBR01 in the order in which payers are asked."""
SELF_PAY = "self_pay"


class ChargedLine(Struct, frozen=True, gc=False):
    """A line of the encounter as it is charged now."""

    line_number: int
    charge_cents: int


class LineShare(Struct, frozen=True, gc=False):
    """How a line's charge is divided; what is in none of the three is still insurance's."""

    line_number: int
    insurance_paid_cents: int
    adjusted_cents: int
    patient_cents: int


class Responsibility(Struct, frozen=True, gc=False):
    """The patient's whole share, before what the patient has paid of it."""

    parts: tuple[tuple[str, int], ...]
    """By reason, smallest reason first: 1 deductible, 2 coinsurance, 3 copay; or self_pay."""
    lines: tuple[LineShare, ...]

    @property
    def total_cents(self) -> int:
        return sum(amount for _, amount in self.parts)


def of_self_payer(lines: Sequence[ChargedLine]) -> Responsibility:
    """Everything that is charged."""
    total = sum(line.charge_cents for line in lines)
    shares = tuple(LineShare(line.line_number, 0, 0, line.charge_cents) for line in lines)
    return Responsibility(((SELF_PAY, total),) if total else (), shares)


def nothing(lines: Sequence[ChargedLine]) -> Responsibility:
    """No share: payers have still to answer, or nothing is charged."""
    return Responsibility((), tuple(LineShare(line.line_number, 0, 0, 0) for line in lines))


def after_payers(lines: Sequence[ChargedLine], adjudicated: Sequence[tuple[str, Adjudication]]) -> Responsibility:
    """Exactly PR-1/2/3 of the last payer that answered, as (rank, CLP) pairs of what stands in the ledger.

    A payer's PR amounts go to the next payer, so only the last rank's are the patient's; payments and adjustments of all
    ranks show on the lines. What stands at the claim's level, or at a line that is none of ours, is divided among the lines
    in proportion to their charges.
    """
    paid: defaultdict[int, int] = defaultdict(int)
    adjusted: defaultdict[int, int] = defaultdict(int)
    patient: defaultdict[int, int] = defaultdict(int)
    parts: defaultdict[str, int] = defaultdict(int)
    ours = {line.line_number for line in lines}
    last = max((RANKS.find(rank) for rank, _ in adjudicated), default=-1)
    unallocated = [0, 0, 0]
    for rank, adjudication in adjudicated:
        for line in (*adjudication.lines, adjudication.claim_level()):
            share = _share(line, parts if RANKS.find(rank) == last else None)
            number = line.line_number
            if number is not None and number in ours:
                paid[number] += share[0]
                adjusted[number] += share[1]
                patient[number] += share[2]
            else:
                unallocated = [total + more for total, more in zip(unallocated, share, strict=True)]
    for amounts, rest in zip((paid, adjusted, patient), unallocated, strict=True):
        if rest:
            for charged, more in zip(lines, _divided(rest, lines), strict=True):
                amounts[charged.line_number] += more
    if sum(parts.values()) <= 0:
        parts.clear()
        patient.clear()
    numbers = [line.line_number for line in lines]
    shares = tuple(LineShare(each, paid[each], adjusted[each], patient[each]) for each in numbers)
    return Responsibility(tuple(sorted((reason, amount) for reason, amount in parts.items() if amount)), shares)


def _share(line: AdjudicatedLine, parts: defaultdict[str, int] | None) -> tuple[int, int, int]:
    """Paid, adjusted and the patient's part of a line; the part is added to `parts` by reason. None: not the last payer."""
    owed = 0
    if parts is not None:
        for reason, amount in line.patient_parts():
            parts[reason] += amount
            owed += amount
    return line.paid_cents, line.adjusted_cents, owed


def _divided(amount: int, lines: Sequence[ChargedLine]) -> Sequence[int]:
    weights = [max(line.charge_cents, 0) for line in lines]
    return split_exactly(amount, weights if any(weights) else [1] * len(lines))
