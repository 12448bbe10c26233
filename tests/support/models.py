"""Models against migrations: what a migrated database has and what models.py says must be the same."""

from typing import Any

from sqlalchemy import MetaData

from rcm.database.migrations import on_sqlalchemy
from rcm.service import Service
from tests.support.postgres import Databases


async def differences(databases: Databases, service: Service, models: MetaData) -> list[str]:
    """What Alembic would still change to make the migrated tables the models'; the platform's own tables are passed over."""

    def compare(connection: Any) -> list[str]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        own = set(models.tables)

        def ours(name: str | None, kind: str, parents: Any) -> bool:
            return name in own if kind == "table" else parents.get("table_name", name) in own or kind == "schema"

        options = {"include_name": ours, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return [str(change) for change in compare_metadata(context, models)]

    async with databases.fresh(service) as database:
        found: list[str] = await on_sqlalchemy(database.owner_url, compare)
    return found
