"""A real PostgreSQL for the tests: one server a session, one migrated template per service, a copy of it per test in 20 ms."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from rcm.database.migrations import migrate
from rcm.service import Service
from rcm_deploy.databases import ServiceDatabase, create_service_database, service_database
from rcm_deploy.postgres import PostgresServer

STILL = {"autovacuum": "off"}
"""An analyze that the server begins by itself holds back every reader of the log (decision 0011), in all databases: what a
test has just written it would not see. And plans would depend on when it came."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can pass through, too; pytest's tmp_path is closed to it when we are root."""
    with tempfile.TemporaryDirectory(prefix="rcm-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server on a folder of its own, without fsync and without work of its own."""
    with temporary_folder() as folder:
        server = PostgresServer(folder / "postgres", durable=False, settings=STILL)
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Databases:
    """Hands out databases of services, each with all migrations applied."""

    def __init__(self, server: PostgresServer) -> None:
        self.admin_url = server.url()
        self._templates: dict[tuple[str, Path], str] = {}
        self._numbers = itertools.count(1)

    async def create(self, service: Service) -> ServiceDatabase:
        """A new database of this service: a copy of its template, which is migrated once a session."""
        admin = await asyncpg.connect(self.admin_url)
        try:
            kind = (service.name, service.migrations)  # a toy service bears the name of a real one
            if kind not in self._templates:
                template = f"{service_database(self.admin_url, service.name).name}_{next(self._numbers)}"
                await create_service_database(admin, service.name, name=template)
                await migrate(service, service_database(self.admin_url, service.name, name=template).owner_url)
                self._templates[kind] = template
            name = f"{self._templates[kind]}_{next(self._numbers)}"
            await create_service_database(admin, service.name, name=name, template=self._templates[kind])
        finally:
            await admin.close()
        return service_database(self.admin_url, service.name, name=name)

    async def drop(self, database: ServiceDatabase) -> None:
        """Removes it, whoever is still connected."""
        admin = await asyncpg.connect(self.admin_url)
        try:
            await admin.execute(f'drop database if exists "{database.name}" with (force)')
        finally:
            await admin.close()

    @asynccontextmanager
    async def fresh(self, service: Service) -> AsyncIterator[ServiceDatabase]:
        """A database for the length of a `with`."""
        database = await self.create(service)
        try:
            yield database
        finally:
            await self.drop(database)
