"""Beneath the code: what each service's request role can see and do, asked of PostgreSQL itself."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.conformance.subjects import SERVICES, service
from tests.support.live import ORGANISATION, STRANGER
from tests.support.postgres import Databases

ALL = pytest.mark.parametrize("package", SERVICES)
NO_ORGANISATION = frozenset({"alembic_version", "log_cursor", "log_epoch", "simulated_clock"})
"""The only tables that belong to no organisation: the platform's own."""
APPEND_ONLY = ("event_log", "access_log")
TABLES = """
select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced, c.relispartition as partition,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id') as has_organisation,
    has_table_privilege($1, c.oid, 'select, insert, update, delete, truncate') as api_may,
    has_table_privilege($1, c.oid, 'insert, update, delete, truncate') as api_writes,
    (select array_agg(p.polroles::regrole[]::text[]) from pg_policy p where p.polrelid = c.oid) is not null as has_policy
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""
KEYS = """
select c.conrelid::regclass::text as table, c.conname as name, pg_get_constraintdef(c.oid) as definition
from pg_constraint c join pg_class t on t.oid = c.conrelid
where c.connamespace = 'public'::regnamespace and c.contype in ('p', 'u', 'f') and not t.relispartition
"""
INDEXES = """
select tablename as table, indexname as name, indexdef as definition from pg_indexes
where schemaname = 'public' and indexdef ~ '^CREATE UNIQUE'
"""


@asynccontextmanager
async def opened(databases: Databases, package: str, role: str) -> "AsyncIterator[tuple[asyncpg.Connection[Any], str]]":
    """A connection to a fresh database of the service as one of its roles, and the request role's name."""
    async with databases.fresh(service(package)) as database:
        connection = await asyncpg.connect(getattr(database, f"{role}_url"))
        api = await asyncpg.connect(database.api_url)
        try:
            yield connection, await api.fetchval("select current_user")
        finally:
            await connection.close()
            await api.close()


@ALL
async def test_every_table_of_an_organisation_has_row_level_security_forced(databases: Databases, package: str) -> None:
    async with opened(databases, package, "owner") as (connection, api):
        for table in await connection.fetch(TABLES, api):
            name = table["name"]
            if table["partition"]:
                assert not table["api_may"], f"{name} can be read past its parent's policy"
            elif table["has_organisation"]:
                assert table["forced"], f"{name} has no forced row-level security"
                assert table["has_policy"], f"{name} has no policy"
            else:
                assert name in NO_ORGANISATION, f"{name} has no organisation_id"
                assert not table["api_writes"], f"the request role may write {name}"


@ALL
async def test_the_request_role_is_bound_by_it(databases: Databases, package: str) -> None:
    async with opened(databases, package, "api") as (connection, api):
        role = await connection.fetchrow("select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = $1", api)
        assert role is not None
        assert tuple(role) == (False, False, False)
        owned = await connection.fetchval("select count(*) from pg_class where relowner = current_user::regrole")
        assert owned == 0, "an owner could switch it off"


@ALL
async def test_no_key_crosses_organisations_or_reveals_one(databases: Databases, package: str) -> None:
    async with opened(databases, package, "owner") as (connection, api):
        tables = {t["name"]: t for t in await connection.fetch(TABLES, api)}
        checked = 0
        for key in [*await connection.fetch(KEYS), *await connection.fetch(INDEXES)]:
            table = tables.get(key["table"].strip('"'))
            if table is None or not table["has_organisation"] or not table["api_may"] or table["partition"]:
                continue
            columns = re.search(r"\(([^)]*)\)", key["definition"])
            assert columns is not None
            assert "organisation_id" in columns[1], f"{key['table']}.{key['name']}: {key['definition']}"
            checked += 1
        assert checked


@ALL
async def test_without_an_organisation_nothing_is_seen_and_nothing_written(databases: Databases, package: str) -> None:
    async with opened(databases, package, "api") as (connection, _):
        assert await connection.fetch("select * from event_log") == []
        for organisation in ("", str(STRANGER)):
            await connection.execute("begin; select set_config('app.org', $$" + organisation + "$$, true)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(
                    "insert into access_log (organisation_id, access_id, at, subject, role, method, path, request_id)"
                    " values ($1, gen_random_uuid(), now(), '', '', '', '', gen_random_uuid())",
                    ORGANISATION,
                )
            await connection.execute("rollback")


@ALL
@pytest.mark.parametrize("role", ["api", "worker"])
async def test_log_and_audit_are_never_changed(databases: Databases, package: str, role: str) -> None:
    async with opened(databases, package, role) as (connection, _):
        for table in APPEND_ONLY:
            for change in (f"update {table} set organisation_id = null", f"delete from {table}", f"truncate {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(change)
