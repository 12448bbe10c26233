"""Files, checks and tasks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from payments_svc.domain.check import Identity
from payments_svc.models import Remittance, RemittanceFile, Task
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection

Row = Mapping[str, Any]


async def insert_file(connection: "Connection", row: Row, content: bytes) -> None:
    """A file as it came. Two that arrive at once meet here: one of them is run again and finds the other."""
    await insert_rows(connection, RemittanceFile, [row], on_conflict="do nothing", wide={"content": [content]})


async def file_by_hash(connection: "Connection", organisation_id: UUID, sha256: str) -> UUID | None:
    """The file with these bytes."""
    found: UUID | None = await connection.fetchval(
        "select file_id from remittance_file where organisation_id = $1 and sha256 = $2", organisation_id, sha256
    )
    return found


async def file_content(connection: "Connection", organisation_id: UUID, file_id: UUID) -> bytes:
    """A file's bytes."""
    found: bytes = await connection.fetchval(
        "select content from remittance_file where organisation_id = $1 and file_id = $2", organisation_id, file_id
    )
    return found


async def remittances_of_file(connection: "Connection", organisation_id: UUID, file_id: UUID) -> list[Row]:
    """A file's checks, in its order."""
    rows = await connection.fetch(
        "select * from remittance where organisation_id = $1 and file_id = $2 order by first_place", organisation_id, file_id
    )
    return [dict(row) for row in rows]


async def remittances_of_identities(
    connection: "Connection", organisation_id: UUID, identities: Sequence[Identity]
) -> list[Row]:
    """All remittances of these checks, the holders of the identities first."""
    rows = await connection.fetch(
        """select r.*
        from unnest($2::text[], $3::text[], $4::date[], $5::bigint[]) as w(payer, trace, day, cents)
        join remittance r on r.organisation_id = $1 and r.payer_identifier = w.payer and r.trace_number = w.trace
            and r.payment_date is not distinct from w.day and r.payment_cents = w.cents
        order by r.holds_identity desc, r.remittance_id""",
        organisation_id,
        [each.payer_identifier for each in identities],
        [each.trace_number for each in identities],
        [each.payment_date for each in identities],
        [each.payment_cents for each in identities],
    )
    return [dict(row) for row in rows]


async def load_remittance(connection: "Connection", organisation_id: UUID, remittance_id: UUID) -> Row | None:
    """One remittance."""
    row = await connection.fetchrow(
        "select * from remittance where organisation_id = $1 and remittance_id = $2", organisation_id, remittance_id
    )
    return dict(row) if row is not None else None


async def insert_remittances(connection: "Connection", rows: Sequence[Row]) -> None:
    """New checks. Two of one identity that arrive at once meet here."""
    await insert_rows(connection, Remittance, rows, on_conflict="do nothing")


async def update_remittances(connection: "Connection", rows: Sequence[Row]) -> None:
    """Changes of checks, by remittance_id."""
    await update_rows(connection, Remittance, rows, key=("organisation_id", "remittance_id"))


async def quarantined_for_payees(connection: "Connection", payees: Iterable[tuple[UUID, str]]) -> list[Row]:
    """Quarantined remittances to payees that were not known when they came."""
    wanted = list(payees)
    rows = await connection.fetch(
        """select distinct r.* from unnest($1::uuid[], $2::text[]) as w(organisation_id, value)
        join remittance r on r.organisation_id = w.organisation_id and r.state = 'quarantined'
            and (r.payee_npi = w.value or r.payee_tax_ids ? w.value)
        where r.reasons ? 'payee-unknown' order by r.remittance_id""",
        [org for org, _ in wanted],
        [value for _, value in wanted],
    )
    return [dict(row) for row in rows]


async def insert_tasks(connection: "Connection", rows: Sequence[Row]) -> None:
    """Things for a person."""
    await insert_rows(connection, Task, rows)


async def load_task(connection: "Connection", organisation_id: UUID, task_id: UUID) -> Row | None:
    """One task."""
    row = await connection.fetchrow("select * from task where organisation_id = $1 and task_id = $2", organisation_id, task_id)
    return dict(row) if row is not None else None


async def update_task(connection: "Connection", row: Row) -> None:
    """A change of one task."""
    await update_rows(connection, Task, [row], key=("organisation_id", "task_id"))


async def page_of_tasks(
    connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int, *, is_open: bool | None
) -> list[Row]:
    """Tasks, oldest first."""
    rows = await connection.fetch(
        """select * from task where organisation_id = $1 and ($2::uuid is null or task_id > $2)
        and ($3::boolean is null or (closed_at is null) = $3) order by task_id limit $4""",
        organisation_id,
        after,
        is_open,
        limit,
    )
    return [dict(row) for row in rows]


async def page_of_remittances(
    connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int, state: str | None
) -> list[Row]:
    """Remittances, newest first."""
    rows = await connection.fetch(
        """select * from remittance where organisation_id = $1 and ($2::uuid is null or remittance_id < $2)
        and ($3::text is null or state = $3) order by remittance_id desc limit $4""",
        organisation_id,
        after,
        state,
        limit,
    )
    return [dict(row) for row in rows]
