"""What the patient owes for an encounter after all payers, and how it stands line by line on the bill."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from payments_svc.domain.adjudication import Adjudication
from rcm.money import split_exactly

RANKS = "PSTABCDEFGH"
"""SBR01 in the order in which payers are asked."""
SELF_PAY = "self_pay"
PAID, ADJUSTED, PATIENT = range(3)
"""Places in a share while it is summed up."""


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
    """One for each line that is charged, in their order."""

    @property
    def total_cents(self) -> int:
        """The sum of the parts."""
        return sum([amount for _, amount in self.parts])


def of_self_payer(lines: Sequence[ChargedLine], adjudicated: Sequence[tuple[str, Adjudication]]) -> Responsibility:
    """Everything that is charged, less what a payer that was asked before has paid and adjusted."""
    stands = after_payers(lines, adjudicated).lines
    left = [
        line.charge_cents - share.insurance_paid_cents - share.adjusted_cents for line, share in zip(lines, stands, strict=True)
    ]
    total = sum(left)
    if total <= 0:
        return Responsibility((), tuple([replace(share, patient_cents=0) for share in stands]))
    shares = tuple([replace(share, patient_cents=cents) for share, cents in zip(stands, left, strict=True)])
    return Responsibility(((SELF_PAY, total),), shares)


def nothing(lines: Sequence[ChargedLine]) -> Responsibility:
    """No share: payers have still to answer, or nothing is charged."""
    return Responsibility((), tuple(LineShare(line.line_number, 0, 0, 0) for line in lines))


def after_payers(lines: Sequence[ChargedLine], adjudicated: Sequence[tuple[str, Adjudication]]) -> Responsibility:
    """Exactly PR-1/2/3 of the last payer that answered, as (rank, CLP) pairs of what stands in the ledger.

    A payer's PR amounts go to the next payer, so only the last rank's are the patient's; payments and adjustments of all
    ranks show on the lines. What stands at the claim's level, or at a line that is none of ours, is divided among the lines
    in proportion to their charges.
    """
    divided: dict[int | None, list[int]] = {line.line_number: [0, 0, 0] for line in lines}
    unallocated = [0, 0, 0]
    parts: dict[str, int] = {}
    last = max([RANKS.find(rank) for rank, _ in adjudicated], default=-1)
    for rank, adjudication in adjudicated:
        counts = RANKS.find(rank) == last
        for line in adjudication.by_line():
            share = divided.get(line.line_number, unallocated)
            share[PAID] += line.paid_cents
            share[ADJUSTED] += line.contractual_cents + line.other_cents
            if counts:
                for reason, amount in line.patient:
                    parts[reason] = parts.get(reason, 0) + amount
                    share[PATIENT] += amount
    for place, rest in enumerate(unallocated):
        if rest and lines:
            for charged, more in zip(lines, _proportional(rest, lines), strict=True):
                divided[charged.line_number][place] += more
    if sum(parts.values()) <= 0:
        parts.clear()
        for share in divided.values():
            share[PATIENT] = 0
    shares = tuple([LineShare(line.line_number, *divided[line.line_number]) for line in lines])
    return Responsibility(tuple(sorted([(reason, amount) for reason, amount in parts.items() if amount])), shares)


def _proportional(amount: int, lines: Sequence[ChargedLine]) -> Sequence[int]:
    weights = [max(line.charge_cents, 0) for line in lines]
    return split_exactly(amount, weights if any(weights) else [1] * len(lines))
