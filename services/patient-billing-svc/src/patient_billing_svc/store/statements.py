"""The statement cycle's queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from patient_billing_svc import models
from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.statement import Statement
from patient_billing_svc.store.rows import ACCOUNT, account_of
from rcm.database.rows import insert_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection


async def accounts_to_look_at(
    connection: "Connection", now: datetime, limit: int, organisation_id: UUID | None = None
) -> list[Account]:
    """Accounts whose time has come, the longest waiting first; held ones are passed over."""
    rows = await connection.fetch(
        f"""select {ACCOUNT} from account a where a.look_at <= $1 and a.hold is null
              and ($3::uuid is null or a.organisation_id = $3) order by a.look_at, a.account_id limit $2""",  # noqa: S608
        now,
        limit,
        organisation_id,
    )
    return [account_of(row) for row in rows]


async def insert_statements(connection: "Connection", statements: Sequence[tuple[UUID, Statement]], now: datetime) -> None:
    """Keeps issued statements (by organisation) word for word."""
    await insert_rows(
        connection,
        models.Statement,
        [
            {
                "organisation_id": organisation_id,
                "statement_id": statement.statement_id,
                "account_id": statement.account_id,
                "number": statement.number,
                "issued_at": now,
                "issued_on": statement.issued_on,
                "due_on": statement.due_on,
                "balance_cents": statement.balance_cents,
                "document": statement,
            }
            for organisation_id, statement in statements
        ],
    )
