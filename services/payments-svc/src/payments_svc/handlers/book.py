"""The working set of one transaction: accounts that were loaded, entries that were decided, what is saved at the end."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Entry
from payments_svc.store import encounters, ledger
from rcm.contracts.envelope import Event, Message, WrittenEvent
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

Key = tuple[UUID, UUID]
CausedBy = Message[Any] | None
"""The message that a step answers; None: the unit's own cause, a request."""


class Book:
    """Collects, then saves everything with one statement for each table. May be saved more than once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.accounts: dict[Key, EncounterAccount] = {}
        self._now = unit.clock.now()
        self._added: list[tuple[EncounterAccount, Mapping[str, object]]] = []
        self._said: list[tuple[EncounterAccount, Mapping[str, object]]] = []
        self._changed: dict[Key, EncounterAccount] = {}
        self._entries: list[ledger.Written] = []

    async def load(self, keys: Iterable[Key]) -> None:
        """Takes these encounters into the book, where they are there and not in it yet."""
        missing = [key for key in dict.fromkeys(keys) if key not in self.accounts]
        self.accounts.update(await encounters.load_accounts(self.unit.connection, missing))

    def adopt(self, accounts: Iterable[EncounterAccount]) -> None:
        """Takes accounts that another query found; one that is in the book already stays as it is."""
        for account in accounts:
            self.accounts.setdefault(account.key, account)

    def add(self, account: EncounterAccount, facts: Mapping[str, object]) -> None:
        """A new encounter."""
        self.accounts[account.key] = account
        account.next_version()
        self._added.append((account, facts))

    def say_again(self, account: EncounterAccount, facts: Mapping[str, object]) -> None:
        """An encounter that coding-svc says anew."""
        self._said.append((account, facts))
        self.change(account)

    def change(self, account: EncounterAccount) -> None:
        """The account is written with a new version."""
        account.next_version()
        self._changed[account.key] = account

    def write(self, organisation_id: UUID, entry: Entry, cause: CausedBy) -> UUID:
        """Keeps an entry whose lines are in the balances already, or are in no encounter."""
        entry_id = new_id()
        if cause is None:
            caused_by, actor = self.unit.cause.causation_id, self.unit.cause.actor
        else:
            caused_by, actor = cause.event_id, type(cause.data).__name__
        self._entries.append(ledger.Written(organisation_id, entry_id, entry, self._now, caused_by, actor))
        return entry_id

    def post(self, account: EncounterAccount, entry: Entry, cause: CausedBy) -> UUID:
        """Takes an entry into an encounter's balances, and keeps it."""
        account.take(entry.lines)
        self._changed[account.key] = account
        return self.write(account.organisation_id, entry, cause)

    def say(self, account: EncounterAccount, event: Event | WrittenEvent, cause: CausedBy) -> None:
        """Says something about an encounter or its claim, under a version of its own."""
        self.change(account)
        self.unit.emit(
            event,
            organisation_id=account.organisation_id,
            sequence=account.version,
            correlation_id=account.encounter_id,
            caused_by=cause,
        )

    async def save(self) -> None:
        """Writes what was decided: encounters first, because the ledger's guard compares their balances with the lines."""
        connection = self.unit.connection
        await encounters.insert_accounts(connection, self._added)
        await encounters.update_said(connection, self._said)
        for account, _ in self._added:
            self._changed.pop(account.key, None)
        await encounters.update_accounts(connection, [self._changed[key] for key in sorted(self._changed)])
        await ledger.insert_entries(connection, self._entries)
        self._added, self._said, self._changed, self._entries = [], [], {}, []
