"""One CLP of a remittance as this service keeps it: the amounts, adjustments and names that posting needs.

Structs, because a remittance of thousands of claims is made of them, and they are kept as JSON as they stand.
"""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace


class Adjustment(Struct, frozen=True, gc=False):
    """One CAS triplet; positive lowers the payment."""

    group: str
    reason: str
    amount_cents: int


class LinePayment(Struct, frozen=True, gc=False, omit_defaults=True):
    """An adjudicated service line (loop 2110)."""

    procedure: str
    charge_cents: int
    paid_cents: int
    modifiers: tuple[str, ...] = ()
    original_procedure: str = ""
    """SVC06: what was billed, where the payer changed it."""
    original_modifiers: tuple[str, ...] = ()
    date_of_service: date | None = None
    control_number: str = ""
    """REF*6R."""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


class ClaimPayment(Struct, frozen=True, gc=False, omit_defaults=True):
    """An adjudicated claim (loop 2100)."""

    patient_control_number: str
    status: str
    """CLP02."""
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int = 0
    """CLP05."""
    payer_claim_control_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    """Those of loop 2100."""
    lines: tuple[LinePayment, ...] = ()
    remarks: tuple[str, ...] = ()
    member_id: str = ""
    date_of_service: date | None = None
    """Of the first line, else the statement period's first day: for suggestions."""
    line_numbers: tuple[int | None, ...] = ()
    """For each line which of the encounter's lines it answers, once they are matched; None for one that is none of ours."""

    @property
    def is_reversal(self) -> bool:
        """CLP02 22."""
        return self.status == "22"

    @property
    def is_information_only(self) -> bool:
        """CLP02 23 (not our claim, forwarded) and 25 (predetermination) are never posted as a payment."""
        return self.status in {"23", "25"}

    @property
    def is_predetermination(self) -> bool:
        """CLP02 25: what a payer would pay, of a claim that was not made."""
        return self.status == "25"

    @property
    def payer_order(self) -> int:
        """As which payer it was processed, by CLP02: 2 second, 3 third, else first; forwarded or not."""
        return {"2": 2, "20": 2, "3": 3, "21": 3}.get(self.status, 1)

    def negates(self, other: "ClaimPayment") -> bool:
        """Whether this reversal takes back exactly what `other` said: charge, payment, and each reason's sum."""
        if self.charge_cents != -other.charge_cents or self.paid_cents != -other.paid_cents:
            return False
        mine, theirs = self.reasons_cents(), other.reasons_cents()
        return mine.keys() == theirs.keys() and all(amount == -theirs[reason] for reason, amount in mine.items())

    def reasons_cents(self) -> dict[tuple[str, str], int]:
        """The adjustments of claim and lines, summed by group and reason; sums of zero are left out."""
        sums: dict[tuple[str, str], int] = {}
        for adjustments in (self.adjustments, *[line.adjustments for line in self.lines]):
            for each in adjustments:
                sums[each.group, each.reason] = sums.get((each.group, each.reason), 0) + each.amount_cents
        return {reason: amount for reason, amount in sums.items() if amount}

    def stated_responsibility_differs_by(self) -> int:
        """CLP05 less the PR adjustments of claim and lines, in cents: where it is not zero it is worth a warning."""
        difference = self.patient_responsibility_cents
        for adjustments in (self.adjustments, *[line.adjustments for line in self.lines]):
            for each in adjustments:
                if each.group == "PR":
                    difference -= each.amount_cents
        return difference

    def without_line_numbers(self) -> "ClaimPayment":
        """As the payer said it, before its lines were matched with ours."""
        return replace(self, line_numbers=())
