"""The working set of one transaction: accounts that were loaded, entries that were decided, what is saved at the end."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Entry, EntryKind, Lines
from payments_svc.events import heard
from payments_svc.store import encounters, ledger
from rcm.contracts.envelope import Event, Message, WrittenEvent
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

Key = tuple[UUID, UUID]
CausedBy = Message[Any] | None
"""The message that a step answers; None: the unit's own cause, a request."""
_SHARE_TOO = ", and the patient's share"
"""What the reason of an answer's entry says besides, where the share that the answer made is in it."""


class Book:
    """Collects, then saves everything with one statement for each table. May be saved more than once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.accounts: dict[Key, EncounterAccount] = {}
        self._bills: dict[Key, heard.Bill] = {}
        self._facts: dict[Key, str] = {}
        """Bills as they are kept; read one by one where they are asked for, and not all of a file held at once."""
        self._now = unit.clock.now()
        self._actor = unit.cause.actor.rpartition(" ")[2]
        self._added: dict[Key, EncounterAccount] = {}
        self._said: dict[Key, EncounterAccount] = {}
        self._changed: dict[Key, EncounterAccount] = {}
        self._entries: list[ledger.EntryRow] = []
        self._answers: dict[Key, ledger.EntryRow] = {}
        """By encounter, the last entry for what a payer said, while it is not saved."""

    async def load(self, keys: Iterable[Key]) -> None:
        """Takes these encounters into the book, where they are there and not in it yet."""
        missing = [key for key in dict.fromkeys(keys) if key not in self.accounts]
        if missing:
            self.accounts.update(await encounters.load_accounts(self.unit.connection, missing))

    async def load_with_bills(self, keys: Iterable[Key]) -> set[Key]:
        """The same for encounters of sent claims whose patient's share will be asked for; those of which CLPs may be posted."""
        asked = set(keys)
        missing = [key for key in asked if key not in self.accounts]
        answered = asked.difference(missing)
        if missing:
            found = await encounters.load_sent(self.unit.connection, missing)
            for key, (account, facts) in found.items():
                self.accounts[key], self._facts[key] = account, facts
                if not account.is_untold:
                    answered.add(key)
        return answered

    def adopt(self, accounts: Iterable[EncounterAccount]) -> None:
        """Takes accounts that another query found; one that is in the book already stays as it is."""
        for account in accounts:
            self.accounts.setdefault(account.key, account)

    def add(self, account: EncounterAccount, bill: heard.Bill) -> None:
        """A new encounter."""
        key = account.key
        self.accounts[key] = self._added[key] = account
        self._bills[key] = bill
        account.next_version()

    def say_again(self, account: EncounterAccount, bill: heard.Bill) -> None:
        """An encounter that coding-svc says anew."""
        self._said[account.key], self._bills[account.key] = account, bill
        self.change(account)

    async def load_bills(self, accounts: Iterable[EncounterAccount]) -> None:
        """Loads what the bills of these encounters show, where it is not known here."""
        keys = [account.key for account in accounts]
        missing = [key for key in keys if key not in self._facts and key not in self._bills]
        if missing:
            self._facts.update(await encounters.load_facts(self.unit.connection, missing))

    def bill(self, account: EncounterAccount) -> heard.Bill:
        """What the bill of an encounter shows, which was heard here or loaded."""
        return self._bills.get(account.key) or heard.read_bill(self._facts[account.key])

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
            caused_by, actor = cause.event_id, self._actor
        self._entries.append(ledger.row_of(organisation_id, entry_id, entry, caused_by, actor))
        return entry_id

    def post(self, account: EncounterAccount, entry: Entry, cause: CausedBy) -> UUID:
        """Takes an entry into an encounter's balances, and keeps it."""
        account.take(entry.lines)
        key = account.key
        self._changed[key] = account
        return self.write(key[0], entry, cause)

    def post_answer(self, account: EncounterAccount, entry: Entry, cause: CausedBy) -> UUID:
        """The same for what a payer said, or took back."""
        entry_id = self.post(account, entry, cause)
        self._answers[account.key] = self._entries[-1]
        return entry_id

    def post_share(self, account: EncounterAccount, lines: Lines, cause: CausedBy) -> None:
        """A change of the patient's share: in the entry of the answer that made it, where this transaction posted that."""
        key = account.key
        answer = self._answers.get(key)
        if answer is None:
            reason = "What the patient owes after all payers"
            self.post(account, Entry(EntryKind.RESPONSIBILITY, lines, reason, account.encounter_id), cause)
            return
        account.take(lines)
        self._changed[key] = account
        answer.add(lines)
        answer.reason += _SHARE_TOO

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
        await encounters.insert_accounts(connection, self._with_facts(self._added))
        await encounters.update_said(connection, self._with_facts(self._said))
        changed = self._changed if not self._added else {k: v for k, v in self._changed.items() if k not in self._added}
        await encounters.update_accounts(connection, [changed[key] for key in sorted(changed)])
        await ledger.insert_entries(connection, self._entries, self._now)
        self._added, self._said, self._changed, self._entries, self._answers = {}, {}, {}, [], {}

    def _with_facts(self, accounts: dict[Key, EncounterAccount]) -> list[tuple[EncounterAccount, str]]:
        return [(account, heard.bill_document(self._bills[key])) for key, account in accounts.items()]
