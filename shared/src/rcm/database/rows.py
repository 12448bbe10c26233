"""Many rows in one statement: inserts and updates as unnest over asyncpg, made once from a table's own columns."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import SQLModel

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]


async def insert_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Sequence[Mapping[str, object]],
    *,
    on_conflict: str = "",
    returning: str = "",
) -> "list[Record]":
    """Inserts all rows in one statement; all rows have the same keys, which are columns of `table`.

    `on_conflict` is what follows those words in SQL ("do nothing", "(organisation_id, claim_id) do update set ..."),
    `returning` a list of columns. JSON columns (JSONB) take any value that orjson encodes, or a pydantic model. Nothing is
    done for no rows.
    """
    raise NotImplementedError


async def update_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Sequence[Mapping[str, object]],
    *,
    key: Sequence[str],
    returning: str = "",
) -> "list[Record]":
    """Updates many rows in one statement: each row's `key` columns find it, its other columns are set."""
    raise NotImplementedError
