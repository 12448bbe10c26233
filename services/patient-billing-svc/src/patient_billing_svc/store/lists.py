"""What the API reads: lists, one account, figures. All of the unit's own organisation, by row-level security."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from patient_billing_svc.store.rows import ACCOUNT, RESPONSIBILITY

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

STATEMENT = "s.statement_id, s.account_id, s.number, s.issued_on, s.due_on, s.balance_cents, a.guarantor"
PAYMENT = """p.organisation_id, p.patient_payment_id, p.account_id, p.amount_cents, p.method, p.reference, p.received_on,
 p.recorded_at, p.recorded_by, p.encounter_id, p.applied_cents"""


async def list_accounts(
    connection: "Connection", limit: int, after: UUID | None, guarantor_external_id: str | None, *, owing: bool
) -> "list[Record]":
    """Accounts, the newest first; `owing`: only those with something open."""
    return await connection.fetch(
        f"""select {ACCOUNT}, a.guarantor from account a
            where ($2::uuid is null or a.account_id < $2) and ($3::text is null or a.guarantor_external_id = $3)
              and (not $4 or a.responsibility_cents > a.applied_cents)
            order by a.account_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        guarantor_external_id,
        owing,
    )


async def read_account(connection: "Connection", account_id: UUID) -> "Record | None":
    """One account with its guarantor."""
    return await connection.fetchrow(
        f"select {ACCOUNT}, a.guarantor, a.opened_at from account a where a.account_id = $1",  # noqa: S608
        account_id,
    )


async def read_encounters(connection: "Connection", account_id: UUID, limit: int) -> "list[Record]":
    """The account's encounters, the latest date of service first, each with what payments-svc said."""
    return await connection.fetch(
        f"""select {RESPONSIBILITY}, r.assignment from responsibility r where r.account_id = $1
            order by r.date_of_service desc, r.encounter_id desc limit $2""",  # noqa: S608 - constants
        account_id,
        limit,
    )


async def account_of_encounter(connection: "Connection", encounter_id: UUID) -> UUID | None:
    """The account that an encounter stands on; None where nothing is known of it yet."""
    found: UUID | None = await connection.fetchval(
        "select account_id from responsibility where encounter_id = $1", encounter_id
    )
    return found


async def read_payments(connection: "Connection", account_id: UUID, limit: int) -> "list[Record]":
    """The account's payments, the newest first."""
    return await connection.fetch(
        f"select {PAYMENT} from patient_payment p where p.account_id = $1 order by p.patient_payment_id desc limit $2",  # noqa: S608
        account_id,
        limit,
    )


async def read_applications(connection: "Connection", payment_ids: list[UUID]) -> "dict[UUID, list[Record]]":
    """By payment, where it went, in order."""
    rows = await connection.fetch(
        """select patient_payment_id, encounter_id, applied_cents, applied_at from application
           where patient_payment_id = any($1::uuid[]) order by applied_at, event_id""",
        payment_ids,
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row["patient_payment_id"], []).append(row)
    return found


async def read_holds(connection: "Connection", account_id: UUID) -> "list[Record]":
    """Who put the account on hold or released it, the newest first."""
    return await connection.fetch(
        """select hold, note, changed_by, changed_at from hold_change where account_id = $1
           order by hold_change_id desc limit 200""",
        account_id,
    )


async def list_statements(connection: "Connection", limit: int, after: UUID | None, account_id: UUID | None) -> "list[Record]":
    """Statements, the newest first."""
    return await connection.fetch(
        f"""select {STATEMENT} from statement s join account a using (organisation_id, account_id)
            where ($2::uuid is null or s.statement_id < $2) and ($3::uuid is null or s.account_id = $3)
            order by s.statement_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        account_id,
    )


async def read_statement(connection: "Connection", statement_id: UUID) -> "dict[str, Any] | None":
    """A statement's document, word for word as it was issued."""
    found: dict[str, Any] | None = await connection.fetchval(
        "select document from statement where statement_id = $1", statement_id
    )
    return found


async def list_figures(connection: "Connection", limit: int, after: UUID | None) -> "list[Record]":
    """Each encounter's figures, by encounter id."""
    return await connection.fetch(
        """select encounter_id, total_cents, applied_cents from responsibility
           where $2::uuid is null or encounter_id > $2 order by encounter_id limit $1""",
        limit + 1,
        after,
    )
