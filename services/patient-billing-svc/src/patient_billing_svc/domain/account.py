"""A patient account: one organisation and one guarantor, what the guarantor owes, and whether we may bill."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from rcm.errors import Conflict


class Hold(StrEnum):
    """Why an account is not billed (DOMAIN 7, the patient's bill). A dispute stops dunning until it is resolved."""

    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    HARDSHIP = "hardship"
    IN_COLLECTIONS = "in_collections"
    BAD_ADDRESS = "bad_address"
    PROFESSIONAL_COURTESY = "professional_courtesy"
    DISPUTE = "dispute"


class AccountState(StrEnum):
    """Whether statements go out."""

    BILLABLE = "billable"
    ON_HOLD = "on_hold"


TRANSITIONS: Mapping[AccountState, frozenset[AccountState]] = {
    AccountState.BILLABLE: frozenset({AccountState.ON_HOLD}),
    AccountState.ON_HOLD: frozenset({AccountState.BILLABLE, AccountState.ON_HOLD}),
}
"""A hold may be exchanged for another; an account that is on none can't be released."""


class HoldNotPossible(Conflict):
    """The account's state does not allow this hold or release."""

    code: ClassVar[str] = "account-hold-not-possible"
    title: ClassVar[str] = "The account is on no hold"


class Account(Struct, frozen=True, gc=False, omit_defaults=True):
    """One account's balances in cents. `look_at` is when the statement cycle looks at it next; None: nothing is owed.

    `look_at` is never later than the instant a statement becomes due; the cycle decides then from the whole account.
    """

    organisation_id: UUID
    account_id: UUID
    number: int
    guarantor_external_id: str
    version: int = 0
    hold: Hold | None = None
    responsibility_cents: int = 0
    """What patients of this guarantor owe after all payers, before their payments."""
    applied_cents: int = 0
    """Patient payments that payments-svc applied to this account's encounters."""
    payments_cents: int = 0
    """Payments that were taken on this account."""
    payments_applied_cents: int = 0
    """What of those payments is applied, to whatever encounter."""
    last_statement_at: datetime | None = None
    look_at: datetime | None = None

    @property
    def state(self) -> AccountState:
        return AccountState.ON_HOLD if self.hold else AccountState.BILLABLE

    @property
    def open_cents(self) -> int:
        """What is still owed for the account's encounters; deposits are not taken off."""
        return self.responsibility_cents - self.applied_cents

    @property
    def deposit_cents(self) -> int:
        """Money of the guarantor that is not applied: just taken, or an excess that waits in payments-svc's suspense."""
        return self.payments_cents - self.payments_applied_cents


def move(account: Account, hold: Hold | None, now: datetime) -> Account:
    """The account with another hold, or with none; a released one is looked at by the cycle at once.

    Raises HoldNotPossible where TRANSITIONS does not allow it.
    """
    target = AccountState.ON_HOLD if hold else AccountState.BILLABLE
    if target not in TRANSITIONS[account.state]:
        raise HoldNotPossible(f"the account is {account.state}; it can't become {target}")
    return replace(account, hold=hold, version=account.version + 1, look_at=account.look_at if hold else now)
