"""The ledger: entries with their lines, written together, read by encounter, claim and remittance."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from payments_svc.domain.ledger import Account, Entry, Lines
from payments_svc.models import LedgerEntry, LedgerLine
from rcm.database.rows import insert_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_IN_SUSPENSE = (Account.UNAPPLIED_CASH, Account.SUSPENSE)


@dataclass(frozen=True, slots=True)
class Written:
    """An entry with its place and its cause."""

    organisation_id: UUID
    entry_id: UUID
    entry: Entry
    posted_at: datetime
    caused_by: UUID | None
    actor: str


async def insert_entries(connection: "Connection", written: Sequence[Written]) -> None:
    """Entries, then all their lines in one statement, as the database demands; encounters' balances are stored before."""
    entries = []
    lines = []
    for each in written:
        entry = each.entry
        entries.append(
            {
                "organisation_id": each.organisation_id,
                "entry_id": each.entry_id,
                "posted_at": each.posted_at,
                "kind": entry.kind,
                "reason": entry.reason,
                "encounter_id": entry.encounter_id,
                "claim_id": entry.claim_id,
                "remittance_id": entry.remittance_id,
                "patient_payment_id": entry.patient_payment_id,
                "reverses": entry.reverses,
                "caused_by": each.caused_by,
                "actor": each.actor,
            }
        )
        for number, (account, amount) in enumerate(entry.lines, 1):
            lines.append(
                {
                    "organisation_id": each.organisation_id,
                    "entry_id": each.entry_id,
                    "line": number,
                    "account": account,
                    "amount_cents": amount,
                    "encounter_id": None if account in _IN_SUSPENSE else entry.encounter_id,
                }
            )
    await insert_rows(connection, LedgerEntry, entries)
    await insert_rows(connection, LedgerLine, lines)


async def lines_of(connection: "Connection", entries: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Lines]:
    """The lines of entries, by entry; asked by (organisation, entry)."""
    wanted = list(entries)
    if not wanted:
        return {}
    rows = await connection.fetch(
        """select l.entry_id, l.account, l.amount_cents
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, entry_id) join ledger_line l using (organisation_id, entry_id)
        order by l.entry_id, l.line""",
        [org for org, _ in wanted],
        [entry for _, entry in wanted],
    )
    found: defaultdict[UUID, list[tuple[Account, int]]] = defaultdict(list)
    for entry_id, account, amount in rows:
        found[entry_id].append((Account(account), amount))
    return {entry_id: tuple(lines) for entry_id, lines in found.items()}


async def applied_payments(
    connection: "Connection", encounters: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[tuple[UUID, int]]]:
    """What each patient's payment has in these encounters, by encounter, in the order of the first application."""
    wanted = list(encounters)
    rows = await connection.fetch(
        """select l.organisation_id, l.encounter_id, e.patient_payment_id, sum(l.amount_cents)::bigint
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join ledger_line l using (organisation_id, encounter_id)
        join ledger_entry e on e.organisation_id = l.organisation_id and e.entry_id = l.entry_id
        where l.account = 'patient_paid'
        group by 1, 2, 3 order by min(e.entry_id::text)""",
        [org for org, _ in wanted],
        [encounter for _, encounter in wanted],
    )
    found: defaultdict[tuple[UUID, UUID], list[tuple[UUID, int]]] = defaultdict(list)
    for organisation_id, encounter_id, payment_id, amount in rows:
        found[organisation_id, encounter_id].append((payment_id, amount))
    return found


async def entries_of_encounter(connection: "Connection", organisation_id: UUID, encounter_id: UUID) -> "list[Record]":
    """All entries that touch an encounter, oldest first, with their lines as JSON."""
    return await connection.fetch(
        """select e.*,
            jsonb_agg(jsonb_build_object('account', l.account, 'amount_cents', l.amount_cents) order by l.line) as lines
        from ledger_entry e
        join ledger_line l on l.organisation_id = e.organisation_id and l.entry_id = e.entry_id
        where e.organisation_id = $1 and e.entry_id in (
            select entry_id from ledger_line where organisation_id = $1 and encounter_id = $2
        )
        group by e.organisation_id, e.entry_id order by e.entry_id""",
        organisation_id,
        encounter_id,
    )
