"""What the database itself refuses, whatever the code does; and that the models are what the migrations make."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from payments_svc.domain.ledger import Account
from payments_svc.main import Settings, build
from payments_svc.models import Base
from tests.payments.making import Case
from tests.support.live import ORGANISATION, STRANGER, LiveService
from tests.support.models import differences
from tests.support.postgres import Databases


async def write(it: LiveService, *, encounter_id: UUID | None = None, **amounts: int) -> None:
    """An entry that adds these amounts to these accounts."""
    columns = {f"{account.value}_cents": amounts.get(account.value, 0) for account in Account}
    places = ", ".join(f"${place}" for place in range(4, 4 + len(columns)))
    async with it.runtime.worker.transaction() as connection:
        await connection.execute(
            f"""insert into ledger_entry (organisation_id, entry_id, encounter_id, posted_at, kind, reason, actor,
            {", ".join(columns)}) values ($1, $2, $3, now(), 'charge', '', '', {places})""",
            ORGANISATION,
            uuid4(),
            encounter_id,
            *columns.values(),
        )


async def test_an_entry_is_in_balance_or_it_is_refused(payments: LiveService) -> None:
    await write(payments, unapplied_cash=5, suspense=-5)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_ledger_entry_balance"):
        await write(payments, unapplied_cash=5, suspense=-4)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_ledger_entry_moves"):
        await write(payments)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_ledger_entry_place"):
        await write(payments, charges=-5, suspense=5)


async def test_an_encounters_balances_are_the_sums_of_its_entries(payments: LiveService) -> None:
    case = Case()
    await payments.deliver(case.coded())
    with pytest.raises(asyncpg.CheckViolationError, match="not the sums"):
        await write(payments, encounter_id=case.encounter_id, patient_open=5, insurance_open=-5)
    with pytest.raises(asyncpg.CheckViolationError, match="not the sums"):
        await write(payments, encounter_id=uuid4(), charges=-5, insurance_open=5)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_encounter_identity"):
        await payments.rows("update encounter set charges_cents = 1 where encounter_id = $1 returning 1", case.encounter_id)
    with pytest.raises(asyncpg.CheckViolationError, match="patient_open_not_negative"):
        await payments.rows("update encounter set patient_open_cents = -1, insurance_open_cents = insurance_open_cents + 1")


async def test_the_ledger_is_read_by_account(payments: LiveService) -> None:
    case = Case()
    await payments.deliver(case.coded())
    query = "select account, sum(amount_cents)::bigint as cents from ledger_line where encounter_id = $1 group by 1 order by 1"
    lines = {row["account"]: row["cents"] for row in await payments.rows(query, case.encounter_id)}
    assert lines == {"charges": -12500, "insurance_open": 12500}
    async with payments.runtime.api.transaction(STRANGER) as connection:
        assert await connection.fetch("select * from ledger_line") == []


@pytest.mark.parametrize("table", ["ledger_entry", "remittance_file", "submitted_claim"])
@pytest.mark.parametrize("statement", ["update {} set organisation_id = organisation_id", "delete from {}", "truncate {}"])
async def test_what_is_written_stays(payments: LiveService, table: str, statement: str) -> None:
    for database in (payments.runtime.worker, payments.runtime.api):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(ORGANISATION) as connection:
                await connection.execute(statement.format(table))


async def test_the_models_are_what_the_migrations_make(databases: Databases) -> None:
    assert await differences(databases, build(Settings()), Base.metadata) == []
