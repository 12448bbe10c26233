"""The adapter's composition root: everything it is, and nothing decided."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from clearinghouse_adapter.accounts import accounts_of
from clearinghouse_adapter.api import router
from clearinghouse_adapter.desk import Desk
from clearinghouse_adapter.settings import AdapterSettings as Settings
from clearinghouse_adapter.store import Store
from rcm.clock import SystemClock
from rcm.database.migrations import migrate
from rcm.database.pool import Database, connection_failed
from rcm.hosting import DATABASE_WAIT_SECONDS, Program, run_alone
from rcm.service import Service
from rcm.tokens import Verifier
from rcm.web.app import plain_app

__all__ = ["SCHEMA", "Settings", "build"]
NAME = "clearinghouse-adapter"
TITLE = "Clearinghouse adapter"
SCHEMA = Service(NAME, TITLE, "rcm.adapter", (), Path(__file__).parent / "migrations")
"""The adapter's database, for those who migrate it; it says no events."""


def build(settings: Settings) -> Program:
    """The adapter as hosting runs it."""
    app = plain_app(
        NAME,
        TITLE,
        settings,
        description="Carries claim files to mailboxes and payers' answers to the services, by their public HTTP alone.",
        openapi_tags=[{"name": "files", "description": "What was sent and fetched"}],
    )
    app.router.routes.extend(router.routes)
    verifier = Verifier(settings.jwks, issuer=settings.token_issuer, audience=settings.token_audience)
    app.state.verifier = verifier

    @asynccontextmanager
    async def background() -> AsyncIterator[None]:
        await verifier.load()
        database = await _database(settings)
        desk = Desk(accounts_of(settings), settings, Store(database), SystemClock())
        app.state.desk = desk
        try:
            async with desk.running():
                yield
        finally:
            await database.close()

    return Program(NAME, app, background)


async def _database(settings: Settings) -> Database:
    """The database, migrated; one that is still starting is waited for."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DATABASE_WAIT_SECONDS
    while True:
        try:
            if settings.owner_database_url:
                await migrate(SCHEMA, settings.owner_database_url)
            url = settings.worker_database_url
            return await Database.open(url, maximum=settings.worker_connections, application_name=NAME)
        except Exception as error:
            if not connection_failed(error) or loop.time() > until:
                raise
            await asyncio.sleep(0.2)


if __name__ == "__main__":
    run_alone(build, Settings())
