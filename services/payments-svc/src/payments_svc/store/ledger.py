"""The ledger: entries, read by encounter, claim and remittance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from payments_svc.domain.ledger import Account, Entry, Lines
from payments_svc.models import LedgerEntry
from rcm.database.rows import Row, insert_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection

_COLUMN = {account: f"{account.value}_cents" for account in Account}


class EntryRow(Row):
    """An entry's columns: most have two or three amounts of nine, and half of the references."""

    organisation_id: UUID
    entry_id: UUID
    kind: str
    reason: str
    actor: str
    encounter_id: UUID | None = None
    claim_id: UUID | None = None
    remittance_id: UUID | None = None
    patient_payment_id: UUID | None = None
    reverses: UUID | None = None
    caused_by: UUID | None = None
    charges_cents: int = 0
    insurance_paid_cents: int = 0
    contractual_cents: int = 0
    other_adjustments_cents: int = 0
    patient_paid_cents: int = 0
    patient_open_cents: int = 0
    insurance_open_cents: int = 0
    unapplied_cash_cents: int = 0
    suspense_cents: int = 0

    def add(self, lines: Lines) -> None:
        """Takes more lines into the entry, which balance as its own do."""
        for account, amount in lines:
            column = _COLUMN[account]
            setattr(self, column, getattr(self, column) + amount)


def row_of(organisation_id: UUID, entry_id: UUID, entry: Entry, caused_by: UUID | None, actor: str) -> EntryRow:
    """An entry with its place and its cause."""
    row = EntryRow(
        organisation_id,
        entry_id,
        entry.kind,
        entry.reason,
        actor,
        entry.encounter_id,
        entry.claim_id,
        entry.remittance_id,
        entry.patient_payment_id,
        entry.reverses,
        caused_by,
    )
    row.add(entry.lines)
    return row


async def insert_entries(connection: "Connection", rows: Sequence[EntryRow], posted_at: datetime) -> None:
    """Entries; encounters' balances are stored before, because the database compares them."""
    await insert_rows(connection, LedgerEntry, rows, same={"posted_at": posted_at})


def lines_in(row: Mapping[str, Any]) -> Lines:
    """The lines of a stored entry, in the accounts' order."""
    return tuple([(account, row[column]) for account, column in _COLUMN.items() if row[column]])


async def lines_of(connection: "Connection", entries: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Lines]:
    """The lines of entries, by entry; asked by (organisation, entry)."""
    wanted = list(entries)
    if not wanted:
        return {}
    rows = await connection.fetch(
        """select e.* from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, entry_id)
        join ledger_entry e using (organisation_id, entry_id)""",
        [org for org, _ in wanted],
        [entry for _, entry in wanted],
    )
    return {row["entry_id"]: lines_in(row) for row in rows}


async def applied_payments(
    connection: "Connection", encounters: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[tuple[UUID, int]]]:
    """What each patient's payment has in these encounters, by encounter, in the order of the first application."""
    wanted = list(encounters)
    rows = await connection.fetch(
        """select e.organisation_id, e.encounter_id, e.patient_payment_id, sum(e.patient_paid_cents)::bigint
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join ledger_entry e using (organisation_id, encounter_id)
        where e.patient_paid_cents <> 0
        group by 1, 2, 3 order by min(e.entry_id::text)""",
        [org for org, _ in wanted],
        [encounter for _, encounter in wanted],
    )
    found: defaultdict[tuple[UUID, UUID], list[tuple[UUID, int]]] = defaultdict(list)
    for organisation_id, encounter_id, payment_id, amount in rows:
        found[organisation_id, encounter_id].append((payment_id, amount))
    return found


async def entries_of_encounter(connection: "Connection", organisation_id: UUID, encounter_id: UUID) -> list[Mapping[str, Any]]:
    """All entries of an encounter, oldest first."""
    rows = await connection.fetch(
        "select * from ledger_entry where organisation_id = $1 and encounter_id = $2 order by entry_id",
        organisation_id,
        encounter_id,
    )
    return [dict(row) for row in rows]
