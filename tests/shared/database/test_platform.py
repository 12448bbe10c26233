"""Migrations, row-level security and the log's partitions, on the toy service's database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from rcm.database.migrations import NoSingleHead, head, migrate
from rcm.database.pool import Database, RetriesExhausted, is_transient
from rcm.ids import new_id
from rcm_deploy.databases import ServiceDatabase
from tests.shared.messaging.toy.service import producer
from tests.support.postgres import Databases

ROOT = Path(__file__).resolve().parents[3]
ONE, OTHER = new_id(), new_id()


@pytest_asyncio.fixture
async def place(databases: Databases) -> AsyncIterator[ServiceDatabase]:
    async with databases.fresh(producer()) as found:
        yield found


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url, maximum=3)
    try:
        yield database
    finally:
        await database.close()


async def test_an_organisation_sees_and_writes_its_own_rows_only(place: ServiceDatabase) -> None:
    async with opened(place.api_url) as api, opened(place.worker_url) as worker:
        for organisation in (ONE, OTHER):
            async with api.transaction(organisation) as connection:
                await connection.execute("insert into thing values ($1, $2, 1)", organisation, new_id())
        async with api.transaction(ONE) as connection:
            assert await connection.fetchval("select count(*) from thing") == 1
            assert await connection.execute("update thing set version = 2 where organisation_id = $1", OTHER) == "UPDATE 0"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("insert into thing values ($1, $2, 1)", OTHER, new_id())
        async with api.transaction() as connection:
            assert await connection.fetchval("select count(*) from thing") == 0
        async with worker.transaction() as connection:
            assert await connection.fetchval("select count(*) from thing") == 2


APPEND_ONLY = ["event_log", "inbox", "access_log", "taken"]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["delete from {}", "update {} set organisation_id = organisation_id", "truncate {}"])
async def test_nobody_changes_or_deletes_what_is_append_only(place: ServiceDatabase, table: str, statement: str) -> None:
    for url in (place.api_url, place.worker_url):
        async with opened(url) as database:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await database.pool.execute(statement.format(table))


async def test_every_table_with_organisations_has_forced_row_security(place: ServiceDatabase) -> None:
    async with opened(place.owner_url) as owner:
        rows = await owner.pool.fetch(
            """
            select c.relname, c.relrowsecurity and c.relforcerowsecurity as secured from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """
        )
        assert {row["relname"] for row in rows} >= {"thing", "taken", "event_log", "inbox", "parked_message"}
        assert [row["relname"] for row in rows if not row["secured"]] == []


async def test_partitions_are_closed_to_the_roles(place: ServiceDatabase) -> None:
    async with opened(place.api_url) as api:
        parts = "select relname from pg_class where relname like 'event_log_y%' and relkind = 'r'"
        part = await api.pool.fetchval(parts)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await api.pool.fetch(f"select * from {part}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await api.pool.execute("select maintain_partitions()")


async def test_old_partitions_are_dropped_and_coming_ones_made(place: ServiceDatabase) -> None:
    parts = "select relname from pg_class where relname ~ '^(event_log|inbox)_y' and relkind = 'r'"
    async with opened(place.owner_url) as owner, opened(place.worker_url) as worker:
        await worker.pool.execute("select maintain_partitions()")  # the copied database may be of another month
        made = {row["relname"] for row in await owner.pool.fetch(parts)}
        assert len([name for name in made if name.startswith("event_log")]) >= 4
        for table, low, high in (
            ("event_log_y2020m01", "'2020-01-01'", "'2020-02-01'"),
            ("inbox_y2020m01", "uuid7_floor('2020-01-01')", "uuid7_floor('2020-02-01')"),
        ):
            parent = table[:-9]
            await owner.pool.execute(f"create table {table} partition of {parent} for values from ({low}) to ({high})")
        await worker.pool.execute("select maintain_partitions()")
        assert {row["relname"] for row in await owner.pool.fetch(parts)} == made | {"event_log_y2020m01", "inbox_y2020m01"}
        await worker.pool.execute("select maintain_partitions(interval '400 days', interval '30 years')")
        assert {row["relname"] for row in await owner.pool.fetch(parts)} == made | {"inbox_y2020m01"}


async def test_an_inbox_row_lies_in_the_month_of_its_events_id(place: ServiceDatabase) -> None:
    async with opened(place.worker_url) as worker, opened(place.owner_url) as owner:
        for event_id in (new_id(), UUID(int=7)):
            async with worker.transaction() as connection:
                await connection.execute("insert into inbox values ($1, 'x', $2)", event_id, ONE)
        async with owner.transaction() as connection:
            await connection.execute("alter table inbox no force row level security")
            parts = [row["part"] for row in await connection.fetch("select tableoid::regclass::text as part from inbox")]
    assert sorted(part[:7] for part in parts) == ["inbox_o", "inbox_y"]


async def test_a_dump_in_another_cluster_begins_an_epoch(place: ServiceDatabase) -> None:
    async with opened(place.owner_url) as owner, opened(place.api_url) as api:
        await owner.pool.execute("update log_epoch set system_identifier = 1")
        await migrate(producer(), place.owner_url)
        assert [row["epoch"] for row in await owner.pool.fetch("select epoch from log_epoch order by epoch")] == [1, 2]
        await migrate(producer(), place.owner_url)
        assert await owner.pool.fetchval("select max(epoch) from log_epoch") == 2
        async with api.transaction(ONE) as connection:
            made: Any = await connection.fetchval(
                """insert into event_log (organisation_id, event_id, type, subject, sequence, "time", correlation_id, data)
                values ($1, $2, 'x', $2, 1, now(), $2, '{}') returning epoch""",
                ONE,
                new_id(),
            )
            assert made == 2


async def test_a_database_that_is_up_to_date_loads_no_alembic(place: ServiceDatabase) -> None:
    code = (
        "import asyncio, sys\n"
        "from rcm.database.migrations import migrate\n"
        "from tests.shared.messaging.toy.service import producer\n"
        f"asyncio.run(migrate(producer(), {place.owner_url!r}))\n"
        "assert 'alembic' not in sys.modules\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT)
    assert await process.wait() == 0


def test_the_last_revision_is_read_from_the_files(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    with pytest.raises(NoSingleHead):
        head(tmp_path)
    (versions / "a.py").write_text('revision: str = "a"\ndown_revision: str | None = None\n')
    assert head(tmp_path) == "a"
    (versions / "b.py").write_text("revision, down_revision = 'b', 'a'\n")
    assert head(tmp_path) == "b"
    (versions / "c.py").write_text('revision = "c"\ndown_revision = "a"\n')
    with pytest.raises(NoSingleHead):
        head(tmp_path)
    assert head(producer().migrations) == "0001"


async def test_a_migration_that_fails_leaves_nothing(databases: Databases, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    first = (producer().migrations / "versions" / "0001_toy.py").read_text()
    (tmp_path / "versions" / "0001.py").write_text(first)
    (tmp_path / "versions" / "0002.py").write_text(
        "from alembic import op\nrevision, down_revision = '0002', '0001'\n"
        "def upgrade():\n    op.execute('create table half (x int)')\n    op.execute('select 1 / 0')\n"
    )
    async with databases.fresh(producer()) as place, opened(place.owner_url) as owner:
        with pytest.raises(Exception, match="division by zero"):
            await migrate(replace(producer(), migrations=tmp_path), place.owner_url)
        assert await owner.pool.fetchval("select version_num from alembic_version") == "0001"
        assert await owner.pool.fetchval("select to_regclass('half')") is None


async def test_connections_are_at_repeatable_read_and_bounded(place: ServiceDatabase) -> None:
    async with opened(place.api_url) as api, api.transaction(ONE) as connection:
        for setting, wanted in (
            ("transaction_isolation", "repeatable read"),
            ("statement_timeout", "20s"),
            ("transaction_timeout", "30s"),
            ("synchronous_commit", "on"),
        ):
            assert await connection.fetchval(f"show {setting}") == wanted
        assert await connection.fetchval("select $1::jsonb", {"a": [1, None]}) == {"a": [1, None]}


async def test_work_that_meets_another_writer_is_done_anew(place: ServiceDatabase) -> None:
    async with opened(place.worker_url) as worker:
        thing = new_id()
        async with worker.transaction() as connection:
            await connection.execute("insert into thing values ($1, $2, 0)", ONE, thing)
        tries = 0

        async def work(connection: Any) -> int:
            nonlocal tries
            tries += 1
            version: int = await connection.fetchval("select version from thing where thing_id = $1", thing)
            if tries == 1:
                async with worker.transaction() as other:
                    await other.execute("update thing set version = version + 10 where thing_id = $1", thing)
            await connection.execute("update thing set version = $2 where thing_id = $1", thing, version + 1)
            return version + 1

        assert await worker.run(work) == 11
        assert tries == 2

        async def never(connection: Any) -> None:
            raise asyncpg.SerializationError("again")

        with pytest.raises(RetriesExhausted):
            await worker.run(never)


async def test_what_fails_is_rolled_back_and_the_connection_lives_on(place: ServiceDatabase) -> None:
    async with opened(place.worker_url) as worker:

        async def fails(connection: Any) -> None:
            await connection.execute("insert into thing values ($1, $2, 0)", ONE, new_id())
            await connection.fetchval("select 1 / 0")

        for _ in range(5):
            with pytest.raises(asyncpg.DivisionByZeroError):
                await worker.run(fails)
        assert await worker.pool.fetchval("select count(*) from thing") == 0
        assert worker.pool.get_size() <= 2


async def test_no_statement_keeps_a_plan_that_was_made_for_an_empty_table(place: ServiceDatabase) -> None:
    async with opened(place.worker_url) as worker, worker.pool.acquire() as connection:
        for _ in range(10):
            await connection.fetch("select * from thing where thing_id = $1", ONE)
        (plans,) = await connection.fetch(
            "select generic_plans, custom_plans from pg_prepared_statements where statement like 'select * from thing %'"
        )
        assert tuple(plans) == (0, 10)


async def test_rows_of_a_young_table_are_found_by_their_keys(place: ServiceDatabase) -> None:
    """Breaks when a statement about some hundred rows reads all that an organisation has until the first analyze."""
    things = [new_id() for _ in range(5_000)]
    async with opened(place.owner_url) as owner, opened(place.worker_url) as worker:
        await owner.pool.execute("create index ix_thing_version on thing (organisation_id, version)")
        await worker.pool.execute("insert into thing select $1, unnest($2::uuid[]), 1", ONE, things)
        plan = await worker.pool.fetch(
            "explain update thing set version = 2 where organisation_id = $1 and thing_id = any($2)", ONE, things[:800]
        )
        conditions = [line for (line,) in plan if "Index Cond" in line]
        assert conditions
        assert all("thing_id = ANY" in line for line in conditions)


async def test_a_transaction_waits_for_a_free_connection_only_so_long(place: ServiceDatabase) -> None:
    database = await Database.open(place.api_url, maximum=1, wait_seconds=0.05)
    try:
        async with database.transaction(ONE):
            with pytest.raises(TimeoutError) as waited:
                async with database.transaction(ONE):
                    pytest.fail("there is one connection only")
        assert is_transient(waited.value), "a request is told to come again"
        async with database.transaction(ONE) as connection:
            assert await connection.fetchval("select 1") == 1
    finally:
        await database.close()
