"""Many rows in one statement: inserts and updates as unnest over asyncpg, made once from a table's own columns."""

# ruff: noqa: S608 - names are those of our own tables; every value is a parameter

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from rcm.database.pool import encode_json

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

Encoder = Callable[[Any], object]
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


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
    if not rows:
        return []
    sql, encoders = _insert(table, tuple(rows[0]), on_conflict, returning)
    return await connection.fetch(sql, *_columns(rows, encoders))


async def update_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Sequence[Mapping[str, object]],
    *,
    key: Sequence[str],
    returning: str = "",
) -> "list[Record]":
    """Updates many rows in one statement: each row's `key` columns find it, its other columns are set.

    Keys hold no NULL. `returning` names columns of the table, with their new values.
    """
    if not rows:
        return []
    sql, encoders = _update(table, tuple(rows[0]), tuple(key), returning)
    return await connection.fetch(sql, *_columns(rows, encoders))


def _columns(rows: Sequence[Mapping[str, object]], encoders: Sequence[tuple[str, Encoder | None]]) -> list[list[object]]:
    """The rows turned: a list for each column. A row that lacks a key raises KeyError; one that has more is a mistake too."""
    width = len(encoders)
    for row in rows:
        if len(row) != width:
            raise ValueError(f"rows with different keys in one statement: {sorted(set(row) ^ {name for name, _ in encoders})}")
    return [[row[name] for row in rows] if encode is None else [encode(row[name]) for row in rows] for name, encode in encoders]


@lru_cache(maxsize=1024)
def _insert(
    table: type[SQLModel], names: tuple[str, ...], on_conflict: str, returning: str
) -> tuple[str, list[tuple[str, Encoder | None]]]:
    """The statement, and for each parameter its column and encoder."""
    source, selected, encoders = _source(table, names)
    columns = ", ".join(f'"{name}"' for name in names)
    sql = f"insert into {_name(table)} ({columns}) select {', '.join(selected)} from {source}"
    if on_conflict:
        sql += f" on conflict {on_conflict}"
    return sql + (f" returning {returning}" if returning else ""), encoders


@lru_cache(maxsize=1024)
def _update(
    table: type[SQLModel], names: tuple[str, ...], key: tuple[str, ...], returning: str
) -> tuple[str, list[tuple[str, Encoder | None]]]:
    """The statement; the new values' columns are renamed, so that `returning` is never ambiguous."""
    source, selected, encoders = _source(table, names)
    renamed = ", ".join(f"{expression} as new_{position}" for position, expression in enumerate(selected))
    place = {name: f"n.new_{position}" for position, name in enumerate(names)}
    changes = ", ".join(f'"{name}" = {place[name]}' for name in names if name not in key)
    found = " and ".join(f't."{name}" = {place[name]}' for name in key)
    sql = f"update {_name(table)} t set {changes} from (select {renamed} from {source}) n where {found}"
    return sql + (f" returning {returning}" if returning else ""), encoders


def _name(table: type[SQLModel]) -> str:
    return f'"{_table(table).name}"'


def _table(table: type[SQLModel]) -> sqlalchemy.Table:
    found: sqlalchemy.Table = table.__table__  # type: ignore[attr-defined]
    return found


def _source(table: type[SQLModel], names: tuple[str, ...]) -> tuple[str, list[str], list[tuple[str, Encoder | None]]]:
    """`unnest(...) as u(...)`, each column's expression over it, each column's encoder."""
    casts: list[str] = []
    selected: list[str] = []
    encoders: list[tuple[str, Encoder | None]] = []
    for position, name in enumerate(names):
        cast, expression, encode = _carried(_table(table).columns[name].type, f"u.c{position}")
        casts.append(f"${position + 1}::{cast}[]")
        selected.append(expression)
        encoders.append((name, encode))
    aliases = ", ".join(f"c{position}" for position in range(len(names)))
    return f"unnest({', '.join(casts)}) as u({aliases})", selected, encoders


def _carried(kind: Any, place: str) -> tuple[str, str, Encoder | None]:
    """How a column's values travel: the parameter's element type, the expression that makes the column of it, the encoder.

    A cast to varchar(n) or numeric(p, s) would cut silently; the length is left to the column itself, which refuses.
    """
    if isinstance(kind, sqlalchemy.types.TypeDecorator) and not isinstance(kind.impl_instance, sqlalchemy.types.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, postgresql.ARRAY | sqlalchemy.ARRAY):
        # unnest flattens arrays of arrays, so each travels as a JSON list.
        element = _sql_type(kind.item_type)
        source = f"jsonb_array_elements_text({place}::jsonb) with ordinality as e(v, n)"
        made = f"array(select e.v::{element} from {source} order by e.n)"
        return "text", f"case when {place} is not null then {made} end", _json_text
    if isinstance(kind, sqlalchemy.JSON):
        return "text", f"{place}::{_sql_type(kind)}", _json_text
    if isinstance(kind, sqlalchemy.Enum):
        names = kind.enums
        labels = dict(zip(kind.enum_class, names, strict=True)) if kind.enum_class else {}
        cast = f"{place}::{_sql_type(kind)}" if kind.native_enum else place
        return "text", cast, lambda value: labels.get(value, value)
    if isinstance(kind, sqlalchemy.String):
        return "text", place, _plain_text
    return _sql_type(kind), place, None


def _sql_type(kind: Any) -> str:
    """The column's type without a length."""
    return str(kind.compile(dialect=_DIALECT)).partition("(")[0] if not _is_time(kind) else kind.compile(dialect=_DIALECT)


def _is_time(kind: Any) -> bool:
    return isinstance(kind, sqlalchemy.DateTime | sqlalchemy.Time)


def _json_text(value: object) -> str | None:
    return None if value is None else encode_json(value).decode()


def _plain_text(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def json_of(value: object) -> object:
    """A Python value as `connection.fetch` reads it back from a jsonb column."""
    return orjson.loads(encode_json(value))
