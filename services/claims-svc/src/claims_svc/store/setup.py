"""What organisations set up. Read as a whole and kept in memory by revision; written one thing at a time."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from sqlmodel import SQLModel

from claims_svc import models
from claims_svc.domain.setup import BillingProvider, Enrolment, Organisation, Payer, Receiver, Setup
from rcm.database.rows import insert_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

NOTHING = Setup()
Table = type[SQLModel]


class Setups:
    """Organisations' set-ups, kept in memory. A set-up of a revision never changes, so a kept one is right or unused.

    It is never read in a transaction that changes a set-up: what is not committed yet must not be kept.
    """

    def __init__(self) -> None:
        self._kept: dict[UUID, Setup] = {}

    async def read(self, connection: "Connection", organisations: Collection[UUID]) -> dict[UUID, Setup]:
        """The set-up of each of these organisations, as the transaction sees it."""
        rows = await connection.fetch(
            "select organisation_id, revision from setup_revision where organisation_id = any($1::uuid[])", list(organisations)
        )
        found = dict.fromkeys(organisations, NOTHING)
        for organisation_id, revision in rows:
            kept = self._kept.get(organisation_id)
            if kept is None or kept.revision != revision:
                kept = self._kept[organisation_id] = await _read_whole(connection, organisation_id, revision)
            found[organisation_id] = kept
        return found

    async def read_one(self, connection: "Connection", organisation_id: UUID) -> Setup:
        """One organisation's."""
        return (await self.read(connection, [organisation_id]))[organisation_id]


async def _read_whole(connection: "Connection", organisation_id: UUID, revision: int) -> Setup:
    async def rows(table: str) -> "list[Record]":
        return await connection.fetch(f"select * from {table} where organisation_id = $1", organisation_id)  # noqa: S608

    organisations = [msgspec.convert(dict(row), Organisation) for row in await rows("organisation")]
    payers = [msgspec.convert(dict(row), Payer) for row in await rows("payer")]
    receivers = [msgspec.convert(dict(row), Receiver) for row in await rows("receiver")]
    providers = [msgspec.convert(dict(row), BillingProvider) for row in await rows("billing_provider")]
    return Setup(
        revision,
        organisations[0] if organisations else None,
        {payer.payer_id: payer for payer in payers},
        {receiver.receiver_id: receiver for receiver in receivers},
        {provider.npi: provider for provider in providers},
        {(row["payer_id"], row["npi"]): msgspec.convert(dict(row), Enrolment) for row in await rows("enrolment")},
    )


async def organisations_set_up(connection: "Connection") -> list[UUID]:
    """All organisations that ever set something up."""
    return [row[0] for row in await connection.fetch("select organisation_id from setup_revision order by organisation_id")]


async def next_revision(connection: "Connection", organisation_id: UUID) -> None:
    """Counts a change of the set-up; two changes of one organisation follow each other."""
    await connection.execute(
        """insert into setup_revision (organisation_id, revision) values ($1, 1)
           on conflict (organisation_id) do update set revision = setup_revision.revision + 1""",
        organisation_id,
    )


async def read_thing(connection: "Connection", organisation_id: UUID, table: Table, key: Mapping[str, Any]) -> "Record | None":
    """One row of a set-up table."""
    found = "".join(f" and {name} = ${place}" for place, name in enumerate(key, 2))
    return await connection.fetchrow(
        f"select * from {table.__tablename__} where organisation_id = $1{found}",  # noqa: S608 - names of our columns
        organisation_id,
        *key.values(),
    )


async def list_things(connection: "Connection", table: Table, order: str, limit: int, after: str | None) -> "list[Record]":
    """Rows of a set-up table of the unit's organisation, by `order`; one more than `limit`."""
    return await connection.fetch(
        f"""select * from {table.__tablename__} where ($2::text is null or {order} > $2)
            order by {order} limit $1""",  # noqa: S608 - names of our columns
        limit + 1,
        after,
    )


async def list_enrolments(connection: "Connection", limit: int, after: tuple[str, str] | None) -> "list[Record]":
    """Enrolments of the unit's organisation by payer and NPI; one more than `limit`."""
    payer_id, npi = after or ("", "")
    return await connection.fetch(
        "select * from enrolment where (payer_id, npi) > ($2, $3) order by payer_id, npi limit $1", limit + 1, payer_id, npi
    )


async def put_thing(connection: "Connection", table: Table, key: tuple[str, ...], row: Mapping[str, Any]) -> None:
    """Writes one row of a set-up table, new or changed."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in row if name not in key)
    await insert_rows(connection, table, [row], on_conflict=f"({', '.join(key)}) do update set {changes}")


async def take_interchange_number(connection: "Connection", organisation_id: UUID) -> int:
    """The next ISA13 of this organisation; its row is locked until the transaction ends, and a rollback gives it back.

    It goes round after nine digits; the unique key of submissions refuses one that is in use still.
    """
    number: int = await connection.fetchval(
        """insert into interchange_number (organisation_id, last) values ($1, 1)
           on conflict (organisation_id) do update set last = interchange_number.last % 999999999 + 1
           returning last""",
        organisation_id,
    )
    return number


ORGANISATION, RECEIVER, PAYER = models.Organisation, models.Receiver, models.Payer
BILLING_PROVIDER, ENROLMENT = models.BillingProvider, models.Enrolment
