"""Double entry: an entry's lines sum to zero, an entry is never changed, a correction mirrors it.

Debit is positive. `charges` and `suspense` are credit accounts, all others debit accounts.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from rcm.errors import RcmError


class Account(StrEnum):
    """The accounts. The first seven are an encounter's; the last two hold money that is in no encounter yet."""

    __hash__ = str.__hash__  # that of enumerations is Python's own and ten times slower

    CHARGES = "charges"
    INSURANCE_PAID = "insurance_paid"
    CONTRACTUAL = "contractual"
    OTHER_ADJUSTMENTS = "other_adjustments"
    PATIENT_PAID = "patient_paid"
    PATIENT_OPEN = "patient_open"
    INSURANCE_OPEN = "insurance_open"
    UNAPPLIED_CASH = "unapplied_cash"
    SUSPENSE = "suspense"


OF_ENCOUNTER = (
    Account.CHARGES,
    Account.INSURANCE_PAID,
    Account.CONTRACTUAL,
    Account.OTHER_ADJUSTMENTS,
    Account.PATIENT_PAID,
    Account.PATIENT_OPEN,
    Account.INSURANCE_OPEN,
)
"""charges = insurance_paid + contractual + other_adjustments + patient_paid + patient_open + insurance_open, always."""


class EntryKind(StrEnum):
    """Why money moved."""

    CHARGE = "charge"
    CHARGE_REVERSAL = "charge_reversal"
    INSURANCE_PAYMENT = "insurance_payment"
    INSURANCE_REVERSAL = "insurance_reversal"
    REVERSAL_DIFFERENCE = "reversal_difference"
    HELD_PAYMENT = "held_payment"
    HELD_PAYMENT_RELEASE = "held_payment_release"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    RESPONSIBILITY = "responsibility"
    PATIENT_DEPOSIT = "patient_deposit"
    PATIENT_PAYMENT = "patient_payment"
    PATIENT_PAYMENT_RETURN = "patient_payment_return"


Lines = tuple[tuple[Account, int], ...]
"""Account and amount in cents, debit positive."""


class UnbalancedEntry(RcmError):
    """Lines that don't sum to zero: a fault of ours, never of the input."""

    code = "unbalanced-entry"
    title = "A ledger entry does not sum to zero"


class Entry(Struct, frozen=True, gc=False):
    """One movement of money. Written once, never changed."""

    kind: EntryKind
    lines: Lines
    reason: str
    """In words, for whoever reads the ledger; names no patient."""
    encounter_id: UUID | None = None
    claim_id: UUID | None = None
    remittance_id: UUID | None = None
    patient_payment_id: UUID | None = None
    reverses: UUID | None = None
    """The entry that this one mirrors."""

    def __post_init__(self) -> None:
        total = sum([amount for _, amount in self.lines])
        if total or not self.lines:
            raise UnbalancedEntry(f"{self.kind}: {self.lines}")


def balanced(amounts: Iterable[tuple[Account, int]], against: Account) -> Lines:
    """Lines for the amounts that are not zero, and what `against` must take so that all sum to zero; () for nothing."""
    lines = []
    total = 0
    for account, amount in amounts:
        if amount:
            lines.append((account, amount))
            total += amount
    if total:
        lines.append((against, -total))
    return tuple(lines)


def mirrored(lines: Iterable[tuple[Account, int]]) -> Lines:
    """The lines that undo these."""
    return tuple([(account, -amount) for account, amount in lines])


def together(lines: Lines, more: Lines) -> Lines:
    """What two balanced entries move in sum, an account once; accounts that end where they were are left out."""
    sums = dict(lines)
    for account, amount in more:
        sums[account] = sums.get(account, 0) + amount
    return tuple([(account, amount) for account, amount in sums.items() if amount])


def of_payer(lines: Lines) -> Lines:
    """What a payer's answer moved in an entry that also made the patient's share the patient's."""
    share = sum([amount for account, amount in lines if account is Account.PATIENT_OPEN])
    return together(lines, ((Account.PATIENT_OPEN, -share), (Account.INSURANCE_OPEN, share)))


def into_suspense(amount: int) -> Lines:
    """Cash that came and is in no encounter yet; a negative amount is cash that was taken. () for nothing."""
    return balanced(((Account.UNAPPLIED_CASH, amount),), Account.SUSPENSE)
