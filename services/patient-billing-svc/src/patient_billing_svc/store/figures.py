"""The organisation's figures, whatever the number of its accounts (decision 0170)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

FOLD_FROM = 100
"""An organisation's tally is folded when it has so many rows."""


async def read_summary(connection: "Connection") -> "Record":
    """How many accounts and statements, by their last numbers, which have no gaps; what is open and was taken, by the tally."""
    row: Record | None = await connection.fetchrow(
        """select coalesce(sum(patient_open_cents), 0)::bigint as patient_open_cents,
               coalesce(sum(payments_cents), 0)::bigint as payments_cents,
               (select coalesce(sum(accounts), 0)::bigint from numbering) as accounts,
               (select coalesce(sum(statements), 0)::bigint from numbering) as statements
           from tally"""
    )
    assert row is not None
    return row


async def fold_tally(connection: "Connection") -> None:
    """Puts one row in the place of an organisation's many. What is appended meanwhile is not seen and stays."""
    await connection.execute(
        """with many as (select organisation_id from tally group by organisation_id having count(*) >= $1),
           gone as (delete from tally where organisation_id in (select organisation_id from many) returning *)
           insert into tally (organisation_id, patient_open_cents, payments_cents)
           select organisation_id, sum(patient_open_cents), sum(payments_cents) from gone group by organisation_id""",
        FOLD_FROM,
    )
