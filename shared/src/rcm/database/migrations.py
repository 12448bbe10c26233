"""Migrations as a call: each service's Alembic versions, applied at its start by the owner's role; rights on each table.

A service's versions/0001_*.py:

    revision, down_revision = "0001", None

    def upgrade() -> None:
        create_platform_tables(op)
        op.create_table("claim", ...)
        secure(op, "claim", "mutable")
"""

import re
from pathlib import Path
from typing import Any

import asyncpg

from rcm.database.platform import platform_sql
from rcm.database.security import Kind, security_sql
from rcm.service import Service

MIGRATION_LOCK = 7_265_001
_REVISION = re.compile(r"""^revision\b[^=]*=\s*["']([^"']+)["']""", re.MULTILINE)
_DOWN_REVISION = re.compile(r"""^down_revision\b[^=]*=\s*["']([^"']+)["']""", re.MULTILINE)
_BOTH = re.compile(r"""^revision, down_revision = ["']([^"']+)["'], (?:None|["']([^"']+)["'])""", re.MULTILINE)


class NoSingleHead(RuntimeError):
    """The folder's revisions have no last one, or several."""


async def migrate(service: Service, owner_database_url: str) -> None:
    """Brings the service's database to the newest revision and its log's partitions up to date; safe to call at once from many.

    A database that is there already is left alone without loading Alembic. Roles are named after the owner's
    (`rcm_coding_owner` -> `rcm_coding_api`, `rcm_coding_worker`) and exist before.
    """
    connection = await asyncpg.connect(owner_database_url, server_settings={"application_name": f"{service.name} migrate"})
    try:
        await connection.fetchval("select pg_advisory_lock($1)", MIGRATION_LOCK)
        if await _current(connection) != head(service.migrations):
            await _upgrade(service, owner_database_url)
        await connection.execute("select log_epoch_check(), maintain_partitions()")
    finally:
        await connection.close()


def head(folder: Path) -> str:
    """The last revision in `folder`/versions, read from the files' text: nothing is imported."""
    revisions: set[str] = set()
    earlier: set[str] = set()
    for file in (folder / "versions").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        if both := _BOTH.search(text):
            revisions.add(both[1])
            earlier.update({both[2]} - {None})
        elif found := _REVISION.search(text):
            revisions.add(found[1])
            earlier.update(_DOWN_REVISION.findall(text))
    last = revisions - earlier
    if len(last) != 1:
        raise NoSingleHead(f"{folder}: {sorted(last) or 'no revision'}")
    return last.pop()


async def _current(connection: "asyncpg.Connection[Any]") -> str | None:
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("select version_num from alembic_version")
    return found


async def _upgrade(service: Service, url: str) -> None:
    """Alembic's own steps, without its configuration file and env.py."""
    from sqlalchemy import Connection  # noqa: PLC0415 - none of this is loaded at an ordinary start

    def steps(connection: Connection) -> None:
        from alembic.migration import MigrationContext  # noqa: PLC0415
        from alembic.operations import Operations  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        script = ScriptDirectory(str(service.migrations))
        context = MigrationContext.configure(
            connection, opts={"fn": lambda revision, _: script._upgrade_revs("head", revision)}
        )
        with Operations.context(context), context.begin_transaction():
            context.run_migrations()

    await on_sqlalchemy(url, steps)


async def on_sqlalchemy(url: str, work: Any) -> Any:
    """Runs `work(connection)` with a synchronous SQLAlchemy connection in one transaction: for Alembic only."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    async def connect() -> Any:
        return await asyncpg.connect(url)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def roles(op: Any) -> tuple[str, str]:
    """The api's and the worker's role, named after the owner who runs the migration."""
    owner: str = op.get_bind().exec_driver_sql("select current_user").scalar_one()
    base = owner.removesuffix("_owner")
    return f"{base}_api", f"{base}_worker"


def create_platform_tables(op: Any) -> None:
    """The log with its partitions, cursors, inbox, parked messages, idempotency keys, access log, simulated clock."""
    api, worker = roles(op)
    for statement in platform_sql(api, worker):
        op.get_bind().exec_driver_sql(statement)


def secure(op: Any, table: str, kind: Kind) -> None:
    """Row-level security for a table with organisation_id, and what each role may do with it.

    The api's role sees the rows of the organisation that its transaction has set (`app.org`), and none without; the
    worker's sees all. Neither may change or delete rows of an append-only table. The owner is held by it as well
    (FORCE): a migration that moves data says `set_config('app.org', ...)` or lifts it for its own transaction.
    """
    api, worker = roles(op)
    for statement in security_sql(table, kind, api, worker):
        op.get_bind().exec_driver_sql(statement)
