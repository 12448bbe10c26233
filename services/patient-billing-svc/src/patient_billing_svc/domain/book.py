"""The accounts and encounters that one batch of facts touches, and what the facts do to them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.cycle import StatementPolicy, earliest
from patient_billing_svc.domain.responsibility import Applied, Assigned, Responsibility, replaced_by

Key = tuple[UUID, UUID]
"""An organisation and an id within it."""


class Book:
    """Loaded once, changed in memory, written once: `changed_accounts` and `changed_responsibilities` name what to write."""

    def __init__(
        self, accounts: Iterable[Account], responsibilities: Iterable[Responsibility], policy: StatementPolicy
    ) -> None:
        self.accounts: dict[Key, Account] = {(each.organisation_id, each.account_id): each for each in accounts}
        self.account_ids: dict[tuple[UUID, str], UUID] = {
            (each.organisation_id, each.guarantor_external_id): each.account_id for each in self.accounts.values()
        }
        self.responsibilities: dict[Key, Responsibility] = {
            (each.organisation_id, each.encounter_id): each for each in responsibilities
        }
        self.policy = policy
        self.changed_accounts: set[Key] = set()
        self.changed_responsibilities: set[Key] = set()

    def open_account(self, account: Account) -> None:
        """Adds a new account; it is written with the version that it has."""
        key = (account.organisation_id, account.account_id)
        self.account_ids[account.organisation_id, account.guarantor_external_id] = account.account_id
        self.accounts[key] = account
        self.changed_accounts.add(key)

    def assign(self, said: Assigned, key: Key) -> bool:
        """Sets what the patient of the encounter `key` owes; False where something later is known already.

        The guarantor's account must be in the book. Where the encounter has another guarantor now, it leaves the account
        it was on and takes along what is applied to it.
        """
        account_id = self.account_ids[said.organisation_id, said.guarantor_external_id]
        held = self.responsibilities.get(key)
        after = replaced_by(held, said, account_id)
        if after is None:
            return False
        self.responsibilities[key] = after
        self.changed_responsibilities.add(key)
        rested_at = said.said_at + self.policy.grace
        if held is not None:
            self._change((said.organisation_id, held.account_id), -held.total_cents, -held.applied_cents, rested_at)
        self._change((said.organisation_id, account_id), after.total_cents, after.applied_cents, rested_at)
        return True

    def apply(self, said: Applied) -> None:
        """Counts an applied payment to its encounter and to the account the money was taken on; both are in the book."""
        key = (said.organisation_id, said.encounter_id)
        held = self.responsibilities[key]
        self.responsibilities[key] = replace(held, applied_cents=held.applied_cents + said.applied_cents)
        self.changed_responsibilities.add(key)
        self._change((said.organisation_id, held.account_id), 0, said.applied_cents, said.said_at)
        payer_key = (said.organisation_id, said.account_id)
        payer = self._touch(payer_key)
        self.accounts[payer_key] = replace(payer, payments_applied_cents=payer.payments_applied_cents + said.applied_cents)

    def _change(self, key: Key, responsibility_cents: int, applied_cents: int, rested_at: datetime) -> None:
        account = self._touch(key)
        look_at = earliest(account, rested_at, self.policy)
        if account.look_at is not None and account.look_at < look_at:
            look_at = account.look_at
        self.accounts[key] = replace(
            account,
            responsibility_cents=account.responsibility_cents + responsibility_cents,
            applied_cents=account.applied_cents + applied_cents,
            look_at=look_at,
        )

    def _touch(self, key: Key) -> Account:
        """The account, to be changed: with the next version, once for all that the batch does to it."""
        account = self.accounts[key]
        if key in self.changed_accounts:
            return account
        self.changed_accounts.add(key)
        return replace(account, version=account.version + 1)
