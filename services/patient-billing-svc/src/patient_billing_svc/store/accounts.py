"""Accounts, their numbers and their guarantors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec.structs import astuple

from patient_billing_svc import models
from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.book import Key
from patient_billing_svc.store.rows import ACCOUNT, account_of, columns
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection


GuarantorKey = tuple[UUID, str]
"""An organisation, and the EHR's id of the guarantor in it."""
Stated = tuple[datetime, str]
"""When a guarantor was stated, and how: JSON."""


class _Opened(Account, frozen=True, gc=False, kw_only=True):
    """A new account's columns, but for its guarantor and when it was opened."""

    guarantor_said_at: datetime


async def load_accounts(connection: "Connection", keys: Iterable[Key]) -> list[Account]:
    """These accounts, as far as they exist."""
    organisations, accounts = columns(keys)
    rows = await connection.fetch(
        f"""select {ACCOUNT} from unnest($1::uuid[], $2::uuid[]) as k (organisation_id, account_id)
            join account a using (organisation_id, account_id)""",  # noqa: S608 - constants
        organisations,
        accounts,
    )
    return [account_of(row) for row in rows]


async def load_accounts_of_guarantors(connection: "Connection", keys: Iterable[tuple[UUID, str]]) -> list[Account]:
    """The accounts of these guarantors, as far as they exist."""
    organisations, guarantors = columns(keys)
    rows = await connection.fetch(
        f"""select {ACCOUNT} from unnest($1::uuid[], $2::text[]) as k (organisation_id, guarantor_external_id)
            join account a using (organisation_id, guarantor_external_id)""",  # noqa: S608 - constants
        organisations,
        guarantors,
    )
    return [account_of(row) for row in rows]


async def next_numbers(connection: "Connection", organisation_id: UUID, *, accounts: int = 0, statements: int = 0) -> "Record":
    """Counts on by so many; answers the last `accounts` and `statements` number of the organisation."""
    row: Record | None = await connection.fetchrow(
        """insert into numbering as n (organisation_id, accounts, statements) values ($1, $2, $3)
           on conflict (organisation_id) do update
           set accounts = n.accounts + excluded.accounts, statements = n.statements + excluded.statements
           returning accounts, statements""",
        organisation_id,
        accounts,
        statements,
    )
    assert row is not None
    return row


async def insert_accounts(
    connection: "Connection", accounts: Sequence[Account], guarantors: Mapping[GuarantorKey, Stated], now: datetime
) -> None:
    """Writes new accounts with their guarantor as he was stated, and when."""
    stated = [guarantors[account.organisation_id, account.guarantor_external_id] for account in accounts]
    rows = [
        _Opened(*astuple(account), guarantor_said_at=said_at) for account, (said_at, _) in zip(accounts, stated, strict=True)
    ]
    wide = {"guarantor": [guarantor for _, guarantor in stated]}
    await insert_rows(connection, models.Account, rows, wide=wide, same={"opened_at": now})


async def update_accounts(connection: "Connection", accounts: Sequence[Account]) -> None:
    """Writes the accounts whole; the version is the account's own."""
    await update_rows(connection, models.Account, accounts, key=("organisation_id", "account_id"))


async def restate_guarantors(connection: "Connection", guarantors: Mapping[GuarantorKey, Stated]) -> None:
    """Keeps the newest statement of each guarantor's name and address."""
    if not guarantors:
        return
    organisations, names = columns(guarantors)
    await connection.execute(
        """update account a set guarantor = k.guarantor, guarantor_said_at = k.said_at
           from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[])
             as k (organisation_id, guarantor_external_id, said_at, guarantor)
           where a.organisation_id = k.organisation_id and a.guarantor_external_id = k.guarantor_external_id
             and k.said_at > a.guarantor_said_at and k.guarantor <> a.guarantor""",
        organisations,
        names,
        [said_at for said_at, _ in guarantors.values()],
        [guarantor for _, guarantor in guarantors.values()],
    )


async def load_guarantors(connection: "Connection", accounts: Iterable[Key]) -> dict[Key, str]:
    """The guarantors of these accounts as they were stated last, as JSON."""
    organisations, account_ids = columns(accounts)
    rows = await connection.fetch(
        """select organisation_id, account_id, guarantor from unnest($1::uuid[], $2::uuid[])
           as k (organisation_id, account_id) join account using (organisation_id, account_id)""",
        organisations,
        account_ids,
    )
    return {(row["organisation_id"], row["account_id"]): row["guarantor"] for row in rows}


async def insert_hold_change(connection: "Connection", row: Mapping[str, object]) -> None:
    """Keeps who changed a hold."""
    await insert_rows(connection, models.HoldChange, [row])
