"""Many rows in one statement, as one JSON parameter; the SQL is made once from a table's own columns.

One parameter of JSON costs a fifth of arrays by column, whose every cell asyncpg looks at. Only wide columns
(documents, files) go as a parameter each: PostgreSQL need not read through them to find where they end (decision 0014).

A row is a mapping, or on a hot path a `Row`, a Struct whose fields are the columns: made and written in a third of the time,
and read by PostgreSQL in half of it.
"""

# ruff: noqa: S608 - names are those of our own tables; every value is a parameter

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import sqlalchemy
from msgspec import Struct
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from rcm.database.texts_of_rows import BETWEEN, JOINED, Rows, encoded, recordset

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

_SHORT: dict[str, str] = {}


def _short(name: str) -> str:
    """A column's name in JSON: a letter or two, the same wherever the name stands."""
    if name not in _SHORT:
        first, last = divmod(len(_SHORT), len(ascii_lowercase))
        _SHORT[name] = f"{ascii_lowercase[first - 1] if first else ''}{ascii_lowercase[last]}"
    return _SHORT[name]


class Row(Struct, gc=False, omit_defaults=True, rename=_short):
    """The base of rows that are written often. Their names are short in JSON, and a field that is its default is left out.

    PostgreSQL reads JSON by the letter and by the name, which is half of what an insert costs it (decision 0014). A default is
    None, a number, a truth value or a text; SQL puts it back.
    """


Kind = tuple[str, ...] | type[Struct]
"""What the rows of a statement are: the keys of mappings, or the class of Structs."""
Wide = Mapping[str, Sequence[object]]
"""Columns whose values are long, about a kilobyte or more: they stand beside the rows, in the rows' order."""
Same = Mapping[str, object]
"""Columns whose value is the same in all rows of a statement, such as an instant: given once and not read again for each."""
_NONE: Mapping[str, Any] = MappingProxyType({})
_PLACE = re.compile(r"\$(\d+)")
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def insert_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Rows,
    *,
    on_conflict: str = "",
    returning: str = "",
    wide: Wide = _NONE,
    same: Same = _NONE,
) -> "list[Record]":
    """Inserts all rows in one statement; their keys or fields are columns of `table`, the same in all of them.

    `on_conflict` is what follows those words in SQL ("do nothing", "(organisation_id, claim_id) do update set ..."),
    `returning` a list of columns. JSON columns (JSONB) take any value that orjson encodes, or a pydantic model. `wide` are
    the columns of text, bytes or JSON whose values are long (`Wide`), `same` those that all rows have in common, JSON excepted.
    Nothing is done for no rows.
    """
    if not rows:
        return []
    kind, beside, parameters = _split(table, rows, wide)
    sql = _insert(table, kind, on_conflict, returning, beside, tuple(same))
    return await connection.fetch(sql, *parameters, *same.values())


async def update_rows(
    connection: "Connection",
    table: type[SQLModel],
    rows: Rows,
    *,
    key: Sequence[str],
    returning: str = "",
    wide: Wide = _NONE,
) -> "list[Record]":
    """Updates many rows in one statement: each row's `key` columns find it, its other columns are set.

    Keys hold no NULL. `returning` names columns of the table, with their new values; rows and `wide` as in `insert_rows`.
    """
    if not rows:
        return []
    kind, beside, parameters = _split(table, rows, wide)
    return await connection.fetch(_update(table, kind, tuple(key), returning, beside, ()), *parameters)


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, with its parameters; for `write_together`."""

    sql: str
    parameters: Sequence[object]


def inserting(
    table: type[SQLModel], rows: Rows, *, on_conflict: str = "", wide: Wide = _NONE, same: Same = _NONE
) -> Write | None:
    """What `insert_rows` would do; None for no rows."""
    if not rows:
        return None
    kind, beside, parameters = _split(table, rows, wide)
    return Write(_insert(table, kind, on_conflict, "", beside, tuple(same)), [*parameters, *same.values()])


def updating(table: type[SQLModel], rows: Rows, *, key: Sequence[str], wide: Wide = _NONE, same: Same = _NONE) -> Write | None:
    """What `update_rows` would do; None for no rows. What is the `same` in all rows may be of the key."""
    if not rows:
        return None
    kind, beside, parameters = _split(table, rows, wide)
    return Write(_update(table, kind, tuple(key), "", beside, tuple(same)), [*parameters, *same.values()])


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


class _Beside(NamedTuple):
    """A wide column, and how its values become rows: `{}` stands for the parameter."""

    name: str
    rows: str


_TEXTS, _BYTES = "unnest({}::text[])", "unnest({}::bytea[])"


def _split(table: type[SQLModel], rows: Rows, wide: Wide) -> tuple[Kind, tuple[_Beside, ...], list[object]]:
    """What the rows are, what stands beside them, and the parameters: the narrow columns as JSON, then each wide one."""
    parameters: list[object] = [recordset(rows)]
    if any(len(values) != len(rows) for values in wide.values()):
        raise ValueError(f"not a value for each row in the wide columns {sorted(wide)}")
    beside = []
    for name, given in wide.items():
        column = _table(table).columns[name].type
        values = [encoded(value) for value in given] if isinstance(column, sqlalchemy.JSON) else given
        is_bytes = isinstance(column, sqlalchemy.LargeBinary)
        joined = None if is_bytes else _joined(cast("Sequence[str | None]", values))
        beside.append(_Beside(name, JOINED if joined is not None else _BYTES if is_bytes else _TEXTS))
        parameters.append(values if joined is None else joined)
    return _kind(rows), tuple(beside), parameters


def _joined(values: Sequence[str | None]) -> str | None:
    """The values in one text, which costs a tenth of an array; None where one of them is NULL or holds what parts them."""
    if None in values:
        return None
    joined = BETWEEN.join(cast("Sequence[str]", values))
    return joined if joined and joined.count(BETWEEN) == len(values) - 1 else None


def _kind(rows: Rows) -> Kind:
    """What the rows are. A row with other keys than the first is a mistake: ValueError."""
    first = rows[0]
    if isinstance(first, Struct):
        return type(first)
    names = first.keys()
    for row in cast("Sequence[Mapping[str, object]]", rows):
        if row.keys() != names:
            raise ValueError(f"rows with different keys in one statement: {sorted(row.keys() ^ names)}")
    return tuple(names)


class _Column(NamedTuple):
    """A column of the table, its name in the JSON, and what is taken where it is left out there, in SQL."""

    name: str
    key: str
    default: str = ""


def _narrow(kind: Kind) -> list[_Column]:
    """The columns that stand in the JSON."""
    if isinstance(kind, tuple):
        return [_Column(name, name) for name in kind]
    names, keys = kind.__struct_fields__, kind.__struct_encode_fields__
    if not kind.__struct_config__.omit_defaults:
        return [_Column(*pair) for pair in zip(names, keys, strict=True)]
    given = kind.__struct_defaults__
    defaults = ["" for _ in range(len(names) - len(given))] + [_literal(value) for value in given]
    return [_Column(*triple) for triple in zip(names, keys, defaults, strict=True)]


def _literal(value: object) -> str:
    """A field's default in SQL; empty where there is none, and for None, as which a name that is left out is read."""
    if value is None or value is msgspec.NODEFAULT:
        return ""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return str(value).lower()
    raise TypeError(f"{type(value).__name__} can't be a column's default")


@lru_cache(maxsize=1024)
def _insert(
    table: type[SQLModel], kind: Kind, on_conflict: str, returning: str, wide: tuple[_Beside, ...], same: tuple[str, ...]
) -> str:
    """The statement."""
    narrow = _narrow(kind)
    values = _values(table, narrow, wide) + _common(table, wide, same)
    columns = ", ".join(f'"{name}"' for name, _ in values)
    chosen = ", ".join(value for _, value in values)
    sql = f"insert into {_name(table)} ({columns}) select {chosen} from {_source(table, narrow, wide)}"
    if on_conflict:
        sql += f" on conflict {on_conflict}"
    return sql + (f" returning {returning}" if returning else "")


@lru_cache(maxsize=1024)
def _update(
    table: type[SQLModel],
    kind: Kind,
    key: tuple[str, ...],
    returning: str,
    wide: tuple[_Beside, ...],
    same: tuple[str, ...],
) -> str:
    """The statement; the new values' columns are renamed, so that `returning` is never ambiguous."""
    narrow = _narrow(kind)
    values = _values(table, narrow, wide)
    renamed = ", ".join(f"{value} as new_{position}" for position, (_, value) in enumerate(values))
    place = {name: f"n.new_{position}" for position, (name, _) in enumerate(values)} | dict(_common(table, wide, same))
    changes = ", ".join(f'"{name}" = {new}' for name, new in place.items() if name not in key)
    found = " and ".join(f't."{name}" = {place[name]}' for name in key)
    sql = f"update {_name(table)} t set {changes} from (select {renamed} from {_source(table, narrow, wide)}) n where {found}"
    return sql + (f" returning {returning}" if returning else "")


def _values(table: type[SQLModel], narrow: Sequence[_Column], wide: Sequence[_Beside]) -> list[tuple[str, str]]:
    """The statement's columns, each with its value as the table wants it."""
    kinds = {name: column.type for name, column in _table(table).columns.items()}
    found = []
    for name, key, default in narrow:
        value = f'coalesce("{key}", {default})' if default else f'"{key}"'
        found.append((name, f"decode({value}, 'base64')" if isinstance(kinds[name], sqlalchemy.LargeBinary) else value))
    for name, _ in wide:
        cast_to = f"::{_sql_type(kinds[name])}" if isinstance(kinds[name], sqlalchemy.JSON) else ""
        found.append((name, f'"{name}"{cast_to}'))
    return found


def _common(table: type[SQLModel], wide: Sequence[_Beside], same: Sequence[str]) -> list[tuple[str, str]]:
    """The columns whose value is the same in all rows, with their parameters, which stand behind those of the rows."""
    kinds = _table(table).columns
    return [(name, f"${place}::{_sql_type(kinds[name].type)}") for place, name in enumerate(same, start=len(wide) + 2)]


def _name(table: type[SQLModel]) -> str:
    return f'"{_table(table).name}"'


def _table(table: type[SQLModel]) -> sqlalchemy.Table:
    found: sqlalchemy.Table = table.__table__  # type: ignore[attr-defined]
    return found


def _source(table: type[SQLModel], narrow: Sequence[_Column], wide: Sequence[_Beside]) -> str:
    """The parameters as rows with the columns' own types, by their names in the JSON; wide JSON is text still."""
    columns = ", ".join(f'"{column.key}" {_json_type(_table(table).columns[column.name].type)}' for column in narrow)
    if not wide:
        return f"json_to_recordset($1::json) as u({columns})"
    others = ", ".join(column.rows.format(f"${place}") for place, column in enumerate(wide, start=2))
    every = ", ".join(f'"{name}"' for name in (*(column.key for column in narrow), *(column.name for column in wide)))
    return f"rows from (json_to_recordset($1::json) as ({columns}), {others}) as u({every})"


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
