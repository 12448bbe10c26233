"""insert_rows and update_rows carry every type that our tables have, and refuse what a column refuses."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
import pytest_asyncio
import sqlalchemy
from pydantic import BaseModel
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.database.pool import Database
from rcm.database.rows import Row, insert_rows, inserting, update_rows, updating, write_together
from rcm.ids import new_id
from rcm_deploy.postgres import PostgresServer


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Part(BaseModel):
    amount_cents: int
    on: date


class Base(SQLModel, registry=registry(metadata=MetaData())): ...


class Everything(Base, table=True):
    __tablename__ = "everything"
    organisation_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    text: str
    short: str = Field(max_length=5)
    colour: str
    number: int
    big: int = Field(sa_type=sqlalchemy.BigInteger)
    yes: bool
    day: date | None
    instant: datetime
    raw: bytes
    decimal: Decimal = Field(max_digits=9, decimal_places=2)
    words: list[str] = Field(sa_type=ARRAY(sqlalchemy.Text))
    numbers: list[int] | None = Field(sa_type=ARRAY(sqlalchemy.BigInteger))
    ids: list[UUID] = Field(sa_type=ARRAY(sqlalchemy.Uuid))
    json_value: Any = Field(sa_type=JSONB)
    note: str | None = None


CREATE = """
create table everything (organisation_id uuid, id uuid, text varchar not null, short varchar(5), colour varchar, number integer,
  big bigint, yes boolean, day date, instant timestamptz, raw bytea, decimal numeric(9,2), words text[], numbers bigint[],
  ids uuid[], json_value jsonb, note varchar, primary key (organisation_id, id))
"""


@pytest_asyncio.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[Database]:
    admin = await asyncpg.connect(postgres.url())
    await admin.execute("drop database if exists rows_test with (force)")
    await admin.execute("create database rows_test")
    await admin.close()
    database = await Database.open(postgres.url("rows_test"), maximum=2)
    await database.pool.execute(CREATE)
    yield database
    await database.close()


def row(**values: object) -> dict[str, object]:
    return {
        "organisation_id": new_id(),
        "id": new_id(),
        "text": 'O\'Brien "x" \\ {a,b} \n é',
        "short": "abcde",
        "colour": Colour.DARK_BLUE,
        "number": 7,
        "big": 10**12,
        "yes": True,
        "day": date(2026, 2, 28),
        "instant": datetime(2026, 2, 28, 12, 30, 1, 5, tzinfo=UTC),
        "raw": b"\x00\xff",
        "decimal": Decimal("12.34"),
        "words": ["a,b", '"', "\\", "", "NULL", "{x}", "new\nline"],
        "numbers": [3, 1, 2],
        "ids": [new_id(), new_id()],
        "json_value": {"a": [1, {"b": None}], "é": "ü"},
        "note": None,
    } | values


async def test_every_type_comes_back(database: Database) -> None:
    rows = [
        row(),
        row(colour=Colour.RED, day=None, words=[], numbers=None, json_value=[[1, 2], [3]], note="n"),
        row(json_value="x"),
    ]
    await database.run(lambda c: insert_rows(c, Everything, rows))
    found = await database.pool.fetch("select * from everything order by id")
    assert [r["words"] for r in found] == [r["words"] for r in rows]
    for expected, got in zip(rows, found, strict=True):
        assert dict(got) == expected


async def test_models_become_json(database: Database) -> None:
    one = row(json_value=[Part(amount_cents=1, on=date(2026, 1, 2)), {"part": Part(amount_cents=2, on=date(2026, 1, 3))}])
    await database.run(lambda c: insert_rows(c, Everything, [one]))
    assert await database.pool.fetchval("select json_value from everything") == [
        {"amount_cents": 1, "on": "2026-01-02"},
        {"part": {"amount_cents": 2, "on": "2026-01-03"}},
    ]


class Few(Row):
    """Some of the columns; most rows have the defaults."""

    organisation_id: UUID
    id: UUID
    text: str
    colour: str = "it's red"
    number: int = 7
    big: int = 0
    yes: bool = False
    day: date | None = None
    raw: bytes | None = None


async def test_rows_leave_out_defaults_and_the_database_puts_them_back(database: Database) -> None:
    usual = Few(new_id(), new_id(), "")
    other = Few(new_id(), new_id(), "t", "", 0, 10**12, yes=True, day=date(2026, 2, 28), raw=b"\xff")
    assert "colour" not in (written := msgspec.json.encode(usual).decode())
    assert len(msgspec.json.decode(written)) == 3
    await database.run(lambda c: insert_rows(c, Everything, [usual, other]))
    columns = ", ".join(Few.__struct_fields__)
    found = await database.pool.fetch(f"select {columns} from everything order by id")
    assert [Few(*row) for row in found] == [usual, other]
    assert (found[0]["colour"], found[0]["yes"]) == ("it's red", False)

    changed = [msgspec.structs.replace(usual, number=0), msgspec.structs.replace(other, number=7, yes=False, day=None)]
    key = ("organisation_id", "id")
    await database.run(lambda c: update_rows(c, Everything, changed, key=key, wide={"note": ["n", None]}))
    found = await database.pool.fetch(f"select {columns}, note from everything order by id")
    assert [(Few(*row[:-1]), row["note"]) for row in found] == [(changed[0], "n"), (changed[1], None)]


async def test_what_all_rows_have_in_common_is_given_once(database: Database) -> None:
    rows = [Few(new_id(), new_id(), str(number)) for number in range(3)]
    at, notes = datetime(2026, 2, 28, 12, 30, 1, 5, tzinfo=UTC), {"note": ["a", "b", None]}
    same = {"instant": at, "short": "abc", "ids": [rows[0].id]}
    await database.run(lambda c: insert_rows(c, Everything, rows, wide=notes, same=same))
    found = await database.pool.fetch("select text, note, instant, short, ids from everything order by text")
    assert [tuple(row) for row in found] == [
        (str(number), note, at, "abc", [rows[0].id]) for number, note in enumerate(notes["note"])
    ]


async def test_what_rows_of_several_writes_have_in_common_stands_behind_each_ones_own(database: Database) -> None:
    ours, theirs = new_id(), new_id()
    at = datetime(2026, 2, 28, 12, 30, 1, 5, tzinfo=UTC)
    for organisation_id in (ours, theirs):
        rows = [Few(organisation_id, new_id(), f"{number}") for number in range(2)]
        await database.run(lambda c, rows=rows: insert_rows(c, Everything, rows))  # type: ignore[misc]
    ids = [row["id"] for row in await database.pool.fetch("select id from everything order by id")]
    key = ("organisation_id", "id")
    writes = [
        updating(
            Everything,
            [{"id": found, "number": number} for number, found in enumerate(ids)],
            key=key,
            wide={"note": ["a", "b", "c", "d"]},
            same={"organisation_id": ours, "instant": at},
        ),
        inserting(Everything, [{"id": new_id(), "text": "new", "number": 9}], same={"organisation_id": ours, "short": "abc"}),
        updating(Everything, [{"id": ids[2]}], key=key, same={"number": 5, "organisation_id": theirs}),
    ]
    await database.run(lambda c: write_together(c, *writes))
    found = await database.pool.fetch("select text, number, note, instant, short from everything order by id")
    assert [tuple(row) for row in found[:2]] == [("0", 0, "a", at, None), ("1", 1, "b", at, None)]
    assert [(row["number"], row["note"]) for row in found[2:4]] == [(5, None), (7, None)], "theirs, found by their key alone"
    assert tuple(found[4])[1:] == (9, None, None, "abc")


@pytest.mark.parametrize("notes", [["a", "b"], ["", ""], ["a\x1eb", "c"], [None, "b"], ["\x1e", None], ["\n", "é\u2028"]])
async def test_wide_texts_come_back_whatever_they_hold(database: Database, notes: list[str | None]) -> None:
    rows = [Few(new_id(), new_id(), str(number)) for number in range(2)]
    for given, kept in ((rows[:1], notes[:1]), (rows, notes), (rows[1:], notes[1:])):
        await database.run(lambda c, given=given, kept=kept: insert_rows(c, Everything, given, wide={"note": kept}))  # type: ignore[misc]
        assert [row["note"] for row in await database.pool.fetch("select note from everything order by text")] == kept
        await database.pool.execute("delete from everything")


async def test_a_default_that_has_no_form_in_sql_is_refused(database: Database) -> None:
    class Odd(Row):
        organisation_id: UUID
        decimal: Decimal = Decimal(1)

    with pytest.raises(TypeError, match="Decimal can't be a column's default"):
        await database.run(lambda c: insert_rows(c, Everything, [Odd(new_id())]))


async def test_many_rows_are_updated_by_key(database: Database) -> None:
    rows = [row(number=n) for n in range(5)]
    await database.run(lambda c: insert_rows(c, Everything, rows))
    changes = [
        {"organisation_id": r["organisation_id"], "id": r["id"]}
        | {"number": 100 + n, "words": [str(n)], "json_value": {"n": n}, "day": None}
        for n, r in enumerate(rows[:4])
    ]
    key = ("organisation_id", "id")
    told = await database.run(lambda c: update_rows(c, Everything, changes, key=key, returning="id, number"))
    assert {(r["id"], r["number"]) for r in told} == {(r["id"], 100 + n) for n, r in enumerate(rows[:4])}
    found = await database.pool.fetch("select number, words, json_value, text from everything order by number")
    assert [tuple(r)[:3] for r in found] == [(4, rows[4]["words"], rows[4]["json_value"])] + [
        (100 + n, [str(n)], {"n": n}) for n in range(4)
    ]
    assert {r["text"] for r in found} == {rows[0]["text"]}


async def test_conflicts_and_returning(database: Database) -> None:
    one = row(number=1)
    await database.run(lambda c: insert_rows(c, Everything, [one]))
    again = await database.run(
        lambda c: insert_rows(
            c,
            Everything,
            [one | {"number": 2}],
            on_conflict="(organisation_id, id) do update set number = excluded.number",
            returning="number",
        )
    )
    assert [r["number"] for r in again] == [2]
    assert await database.run(lambda c: insert_rows(c, Everything, [one], on_conflict="do nothing", returning="id")) == []
    assert await database.run(lambda c: insert_rows(c, Everything, [])) == []


async def test_what_is_too_long_is_refused_and_not_cut(database: Database) -> None:
    with pytest.raises(asyncpg.StringDataRightTruncationError):
        await database.run(lambda c: insert_rows(c, Everything, [row(short="abcdef")]))


async def test_rows_with_different_keys_are_a_mistake(database: Database) -> None:
    rows = [row(), {k: v for k, v in row().items() if k != "day"}]
    with pytest.raises(ValueError, match="different keys"):
        await database.run(lambda c: insert_rows(c, Everything, rows))
    with pytest.raises(ValueError, match="not a value for each row"):
        await database.run(lambda c: insert_rows(c, Everything, rows[:1], wide={"note": []}))


class Short(msgspec.Struct):
    """Some columns of `everything`, as a hot path would write them."""

    organisation_id: UUID
    id: UUID
    text: str
    colour: str
    number: int


async def test_structs_are_rows(database: Database) -> None:
    rows = [Short(new_id(), new_id(), f"text {number}", Colour.RED, number) for number in range(3)]
    documents = [{"n": number} for number in range(3)]
    await database.run(lambda c: insert_rows(c, Everything, rows, wide={"json_value": documents, "raw": [b"\x00", b"", b"x"]}))
    rows[1].text = "changed"
    key = ("organisation_id", "id")
    await database.run(lambda c: update_rows(c, Everything, rows[1:], key=key, wide={"raw": [b"new", b"y"]}))
    found = await database.pool.fetch("select text, colour, number, json_value, raw from everything order by number")
    assert [tuple(each) for each in found] == [
        ("text 0", "red", 0, {"n": 0}, b"\x00"),
        ("changed", "red", 1, {"n": 1}, b"new"),
        ("text 2", "red", 2, {"n": 2}, b"y"),
    ]


async def test_several_writes_are_one_statement(database: Database) -> None:
    first, second = row(text="one"), row(text="two")
    await insert_rows(database.pool, Everything, [first])  # type: ignore[arg-type]
    change = {"organisation_id": first["organisation_id"], "id": first["id"], "text": "one, changed"}
    text = [second.pop("text")]
    await write_together(
        database.pool,  # type: ignore[arg-type]
        updating(Everything, [change], key=("organisation_id", "id"), wide={"raw": [b"\x01" * 2000]}),
        inserting(Everything, []),
        inserting(Everything, [second], on_conflict="do nothing", wide={"text": text}),
    )
    await write_together(database.pool, None)  # type: ignore[arg-type]
    found = await database.pool.fetch("select text, length(raw) from everything order by text")
    assert [tuple(each) for each in found] == [("one, changed", 2000), ("two", len(second["raw"]))]  # type: ignore[arg-type]
