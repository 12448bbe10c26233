"""When a statement is due: by the clock that is handed in, never while money waits or nothing is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from patient_billing_svc.domain.account import Account, AccountState
from patient_billing_svc.domain.responsibility import Responsibility


@dataclass(frozen=True, slots=True)
class StatementPolicy:
    """The organisation's timing of statements."""

    grace: timedelta = timedelta(hours=24)
    """How long a newly assigned responsibility rests before it is billed, so that a correction comes first."""
    interval: timedelta = timedelta(days=30)
    """The least time between two statements of an account."""
    term: timedelta = timedelta(days=30)
    """From the day of issue to the day the payment is due."""


class NotDue(StrEnum):
    """Why no statement goes out now."""

    ON_HOLD = "on_hold"
    NOTHING_OWED = "nothing_owed"
    RESTING = "resting"
    """Within the grace, or within the interval after the last statement."""


def earliest(account: Account, rested_at: datetime, policy: StatementPolicy) -> datetime:
    """When the account's next statement may go out, for money whose grace is over at `rested_at`."""
    if account.last_statement_at is None:
        return rested_at
    return max(rested_at, account.last_statement_at + policy.interval)


def unapplied_cents(account: Account, kept_cents: int) -> int:
    """Money of the guarantor that we hold for whatever he owes; `kept_cents` of it is for visits that are not billed yet."""
    return max(account.deposit_cents - kept_cents, 0)


def owed_cents(account: Account, responsibilities: Sequence[Responsibility], kept_cents: int = 0) -> int:
    """What a statement may ask for: the open responsibility less money we hold that is not applied yet."""
    return sum(each.open_cents for each in responsibilities) - unapplied_cents(account, kept_cents)


def not_due(
    account: Account, responsibilities: Sequence[Responsibility], policy: StatementPolicy, now: datetime, kept_cents: int = 0
) -> tuple[NotDue, datetime | None] | None:
    """None where a statement is due now; else why not, and when to look again (None: when something changes).

    `responsibilities` are all of the account's encounters with a balance other than zero; `kept_cents` was paid for visits
    that are not billed yet (a copay at the desk): it is theirs, and lowers no other visit's bill.
    """
    if account.state is AccountState.ON_HOLD:
        return NotDue.ON_HOLD, account.look_at
    if owed_cents(account, responsibilities, kept_cents) <= 0:
        return NotDue.NOTHING_OWED, None
    rested_at = min(each.assigned_at for each in responsibilities if each.open_cents > 0) + policy.grace
    due_at = earliest(account, rested_at, policy)
    return (NotDue.RESTING, due_at) if due_at > now else None
