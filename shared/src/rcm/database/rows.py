"""Many rows in one statement, as one JSON parameter; the SQL is made once from a table's own columns.

One parameter of JSON costs a fifth of arrays by column, whose every cell asyncpg looks at. Only wide columns
(documents, files) go as an array each: PostgreSQL need not read through them to find where they end (decision 0014).

A row is a mapping, or on a hot path a msgspec Struct whose fields are the columns: made and written in a third of the time.
"""

# ruff: noqa: S608 - names are those of our own tables; every value is a parameter

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import msgspec
import sqlalchemy
from msgspec import Struct
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

Rows = Sequence[Mapping[str, object]] | Sequence[Struct]
"""Mappings of the same keys, or Structs of one class."""
Wide = Mapping[str, Sequence[object]]
"""Columns whose values are long, about a kilobyte or more: they stand beside the rows, in the rows' order."""
_NONE_WIDE: Wide = MappingProxyType({})
_PLACE = re.compile(r"\$(\d+)")
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def recordset(rows: Rows) -> str:
    """Rows as the JSON that `json_to_recordset` takes; bytes are written in base64.

    By msgspec, which takes asyncpg's UUIDs for what they are: orjson asks Python about each of them.
    """
    return _ROWS.encode(rows).decode()


def _cell(value: object) -> object:
    """What msgspec does not know itself: pydantic's models, mappings, and values of classes made from str and int."""
    if isinstance(value, BaseModel):
        return msgspec.Raw(value.model_dump_json().encode())
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_ROWS = msgspec.json.Encoder(enc_hook=_cell)


async def insert_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Rows,
    *,
    on_conflict: str = "",
    returning: str = "",
    wide: Wide = _NONE_WIDE,
) -> "list[Record]":
    """Inserts all rows in one statement; their keys or fields are columns of `table`, the same in all of them.

    `on_conflict` is what follows those words in SQL ("do nothing", "(organisation_id, claim_id) do update set ..."),
    `returning` a list of columns. JSON columns (JSONB) take any value that orjson encodes, or a pydantic model. `wide` are
    the columns of text, bytes or JSON whose values are long (`Wide`). Nothing is done for no rows.
    """
    if not rows:
        return []
    names, parameters = _split(table, rows, wide)
    return await connection.fetch(_insert(table, names, on_conflict, returning, tuple(wide)), *parameters)


async def update_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Rows,
    *,
    key: Sequence[str],
    returning: str = "",
    wide: Wide = _NONE_WIDE,
) -> "list[Record]":
    """Updates many rows in one statement: each row's `key` columns find it, its other columns are set.

    Keys hold no NULL. `returning` names columns of the table, with their new values; rows and `wide` as in `insert_rows`.
    """
    if not rows:
        return []
    names, parameters = _split(table, rows, wide)
    return await connection.fetch(_update(table, names, tuple(key), returning, tuple(wide)), *parameters)


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, with its parameters; for `write_together`."""

    sql: str
    parameters: Sequence[object]


def inserting(table: type[SQLModel], rows: Rows, *, on_conflict: str = "", wide: Wide = _NONE_WIDE) -> Write | None:
    """What `insert_rows` would do; None for no rows."""
    if not rows:
        return None
    names, parameters = _split(table, rows, wide)
    return Write(_insert(table, names, on_conflict, "", tuple(wide)), parameters)


def updating(table: type[SQLModel], rows: Rows, *, key: Sequence[str], wide: Wide = _NONE_WIDE) -> Write | None:
    """What `update_rows` would do; None for no rows."""
    if not rows:
        return None
    names, parameters = _split(table, rows, wide)
    return Write(_update(table, names, tuple(key), "", tuple(wide)), parameters)


async def write_together(connection: "Connection", *writes: Write | None) -> None:
    """All of them in one statement: one round trip, where each costs about as much as the rows of a small batch.

    They all see the database as it was before, so no two of them may touch the same row.
    """
    there = [write for write in writes if write is not None]
    if there:
        sql = _together(tuple((write.sql, len(write.parameters)) for write in there))
        await connection.fetch(sql, *(parameter for write in there for parameter in write.parameters))


@lru_cache(maxsize=1024)
def _together(statements: tuple[tuple[str, int], ...]) -> str:
    """The statements as parts of the last one, each with its parameters after those of the ones before."""
    numbered: list[str] = []
    used = 0
    for sql, count in statements:
        numbered.append(_PLACE.sub(lambda found, used=used: f"${int(found[1]) + used}", sql))  # type: ignore[misc]
        used += count
    parts = [f"w{place} as ({sql})" for place, sql in enumerate(numbered[:-1])]
    return f"with {', '.join(parts)} {numbered[-1]}" if parts else numbered[-1]


def _split(table: type[SQLModel], rows: Rows, wide: Wide) -> tuple[tuple[str, ...], list[object]]:
    """The names of all columns, and the statement's parameters: the narrow columns as JSON, each wide one as an array."""
    names = _names(rows)
    if not wide:
        return names, [recordset(rows)]
    if any(len(values) != len(rows) for values in wide.values()):
        raise ValueError(f"not a value for each row in the wide columns {sorted(wide)}")
    columns = _table(table).columns
    arrays = [
        [_ROWS.encode(value).decode() for value in values] if isinstance(columns[name].type, sqlalchemy.JSON) else values
        for name, values in wide.items()
    ]
    return (*names, *wide), [recordset(rows), *arrays]


def _names(rows: Rows) -> tuple[str, ...]:
    """The rows' columns. A row with other keys than the first is a mistake: ValueError."""
    first = rows[0]
    if isinstance(first, Struct):
        return first.__struct_fields__
    names = first.keys()
    for row in cast("Sequence[Mapping[str, object]]", rows):
        if row.keys() != names:
            raise ValueError(f"rows with different keys in one statement: {sorted(row.keys() ^ names)}")
    return tuple(names)


@lru_cache(maxsize=1024)
def _insert(table: type[SQLModel], names: tuple[str, ...], on_conflict: str, returning: str, wide: tuple[str, ...]) -> str:
    """The statement."""
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(_value(table, name, wide) for name in names)
    sql = f"insert into {_name(table)} ({columns}) select {values} from {_source(table, names, wide)}"
    if on_conflict:
        sql += f" on conflict {on_conflict}"
    return sql + (f" returning {returning}" if returning else "")


@lru_cache(maxsize=1024)
def _update(table: type[SQLModel], names: tuple[str, ...], key: tuple[str, ...], returning: str, wide: tuple[str, ...]) -> str:
    """The statement; the new values' columns are renamed, so that `returning` is never ambiguous."""
    renamed = ", ".join(f"{_value(table, name, wide)} as new_{position}" for position, name in enumerate(names))
    place = {name: f"n.new_{position}" for position, name in enumerate(names)}
    changes = ", ".join(f'"{name}" = {place[name]}' for name in names if name not in key)
    found = " and ".join(f't."{name}" = {place[name]}' for name in key)
    sql = f"update {_name(table)} t set {changes} from (select {renamed} from {_source(table, names, wide)}) n where {found}"
    return sql + (f" returning {returning}" if returning else "")


def _name(table: type[SQLModel]) -> str:
    return f'"{_table(table).name}"'


def _table(table: type[SQLModel]) -> sqlalchemy.Table:
    found: sqlalchemy.Table = table.__table__  # type: ignore[attr-defined]
    return found


def _source(table: type[SQLModel], names: tuple[str, ...], wide: tuple[str, ...]) -> str:
    """The parameters as rows with the columns' own types; wide JSON is text still."""
    narrow = [name for name in names if name not in wide]
    columns = ", ".join(f'"{name}" {_json_type(_table(table).columns[name].type)}' for name in narrow)
    if not wide:
        return f"json_to_recordset($1::text::json) as u({columns})"
    arrays = ", ".join(f"unnest(${place}::{_wide_type(table, name)}[])" for place, name in enumerate(wide, start=2))
    every = ", ".join(f'"{name}"' for name in (*narrow, *wide))
    return f"rows from (json_to_recordset($1::text::json) as ({columns}), {arrays}) as u({every})"


def _value(table: type[SQLModel], name: str, wide: tuple[str, ...]) -> str:
    """A column of the source as its table wants it."""
    if name in wide and isinstance(_table(table).columns[name].type, sqlalchemy.JSON):
        return f'"{name}"::{_sql_type(_table(table).columns[name].type)}'
    if name not in wide and isinstance(_table(table).columns[name].type, sqlalchemy.LargeBinary):
        return f"decode(\"{name}\", 'base64')"
    return f'"{name}"'


def _wide_type(table: type[SQLModel], name: str) -> str:
    return "bytea" if isinstance(_table(table).columns[name].type, sqlalchemy.LargeBinary) else "text"


def _json_type(kind: Any) -> str:
    """As what a cell of the JSON is read: bytes as the text that they are written in."""
    return "text" if isinstance(kind, sqlalchemy.LargeBinary) else _sql_type(kind)


def _sql_type(kind: Any) -> str:
    """A column's type without a length: what is too long is refused by the column itself and not cut by a cast."""
    if isinstance(kind, sqlalchemy.types.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sqlalchemy.ARRAY):
        return f"{_sql_type(kind.item_type)}[]"
    if isinstance(kind, sqlalchemy.String):
        return "text"
    if isinstance(kind, sqlalchemy.Numeric) and not isinstance(kind, sqlalchemy.Float):
        return "numeric"
    return str(kind.compile(dialect=_DIALECT))
