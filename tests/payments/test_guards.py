"""What the database itself refuses, whatever the code does; and that the models are what the migrations make."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from payments_svc.main import Settings, build
from tests.payments.making import Case
from tests.support.live import ORGANISATION, LiveService
from tests.support.models import differences
from tests.support.postgres import Databases

ENTRY = """insert into ledger_entry (organisation_id, entry_id, posted_at, kind, reason, actor)
values ($1, $2, now(), 'charge', '', '')"""
LINES = """insert into ledger_line (organisation_id, entry_id, line, account, amount_cents, encounter_id)
select $1, $2, * from unnest($3::int[], $4::text[], $5::bigint[], $6::uuid[])"""
Line = tuple[int, str, int, UUID | None]


async def write(it: LiveService, *statements: Sequence[Line], entry: bool = True, entry_id: UUID | None = None) -> None:
    """An entry and its lines, in one statement for each sequence."""
    own = entry_id or uuid4()
    async with it.runtime.worker.transaction() as connection:
        if entry:
            await connection.execute(ENTRY, ORGANISATION, own)
        for lines in statements:
            columns = [list(column) for column in zip(*lines, strict=True)]
            await connection.execute(LINES, ORGANISATION, own, *columns)


GOOD: Sequence[Line] = [(1, "unapplied_cash", 5, None), (2, "suspense", -5, None)]


async def test_an_entry_is_whole_or_it_is_refused(payments: LiveService) -> None:
    entry_id = uuid4()
    await write(payments, GOOD, entry_id=entry_id)
    for lines in (
        [(1, "unapplied_cash", 5, None), (2, "suspense", -4, None)],
        [(2, "unapplied_cash", 5, None), (3, "suspense", -5, None)],
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="not whole"):
            await write(payments, lines)
    with pytest.raises(asyncpg.CheckViolationError, match="not whole"):
        await write(payments, [(3, "unapplied_cash", 5, None), (4, "suspense", -5, None)], entry=False, entry_id=entry_id)
    with pytest.raises(asyncpg.CheckViolationError, match="not whole"):
        await write(payments, GOOD[:1], GOOD[1:])
    with pytest.raises(asyncpg.CheckViolationError, match="not whole"):
        await write(payments, GOOD, entry=False)
    with pytest.raises(asyncpg.CheckViolationError, match="has no lines"):
        await write(payments)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_ledger_line_account"):
        await write(payments, [(1, "petty_cash", 0, None)])
    with pytest.raises(asyncpg.CheckViolationError, match="ck_ledger_line_place"):
        await write(payments, [(1, "suspense", 0, uuid4())])


async def test_an_encounters_balances_are_the_sums_of_its_lines(payments: LiveService) -> None:
    case = Case()
    await payments.deliver(case.coded())
    lines = [(1, "patient_open", 5, case.encounter_id), (2, "insurance_open", -5, case.encounter_id)]
    with pytest.raises(asyncpg.CheckViolationError, match="not the sums"):
        await write(payments, lines)
    with pytest.raises(asyncpg.CheckViolationError, match="not the sums"):
        await write(payments, [(1, "charges", 0, uuid4())])
    with pytest.raises(asyncpg.CheckViolationError, match="ck_encounter_identity"):
        await payments.rows("update encounter set charges_cents = 1 where encounter_id = $1 returning 1", case.encounter_id)
    with pytest.raises(asyncpg.CheckViolationError, match="patient_open_not_negative"):
        await payments.rows("update encounter set patient_open_cents = -1, insurance_open_cents = insurance_open_cents + 1")


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_line", "remittance_file", "submitted_claim"])
@pytest.mark.parametrize("statement", ["update {} set organisation_id = organisation_id", "delete from {}", "truncate {}"])
async def test_what_is_written_stays(payments: LiveService, table: str, statement: str) -> None:
    for database in (payments.runtime.worker, payments.runtime.api):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(ORGANISATION) as connection:
                await connection.execute(statement.format(table))


async def test_the_models_are_what_the_migrations_make(databases: Databases) -> None:
    assert await differences(databases, build(Settings())) == []
