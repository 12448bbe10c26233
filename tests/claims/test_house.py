"""Models against migrations, rights on tables, control numbers."""

import re
from datetime import timedelta

import httpx
import pytest

from claims_svc.domain.states import WORKLIST
from claims_svc.domain.submission import (
    PATIENT_CONTROL_NUMBER_LENGTH,
    Waiting,
    file_name,
    is_due,
    line_control_number,
    new_patient_control_numbers,
)
from claims_svc.main import Settings, build
from claims_svc.models import Base
from rcm.ids import new_id
from tests.claims.making import Case, acknowledge, claim_acknowledgement, submit
from tests.support.live import NOW, ORGANISATION, LiveService
from tests.support.models import differences
from tests.support.postgres import Databases


async def test_the_migration_makes_the_models_tables(databases: Databases) -> None:
    assert await differences(databases, build(Settings()), Base.metadata) == []


@pytest.mark.parametrize("table", ["claim_entry", "former_number", "submission_fact"])
async def test_history_and_files_can_not_be_changed(claims: LiveService, table: str) -> None:
    import asyncpg

    for statement in (f"update {table} set organisation_id = organisation_id", f"delete from {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await claims.rows(statement)


@pytest.mark.parametrize("change", ["content = ''", "sha256 = ''", "size = 0", "claims = '{}'", "kinds = ''"])
async def test_what_was_written_and_what_came_stays_as_it_is(claims: LiveService, change: str) -> None:
    import asyncpg

    tables = {"claims": ["submission"], "kinds": ["acknowledgement"]}.get(
        change.split(" ", maxsplit=1)[0], ["submission", "acknowledgement"]
    )
    for table in tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await claims.rows(f"update {table} set {change}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await claims.rows(f"delete from {table}")


async def test_what_stands_on_the_worklist_is_what_the_domain_says(claims: LiveService) -> None:
    (expression,) = await claims.rows(
        """select generation_expression from information_schema.columns
           where table_name = 'claim' and column_name = 'worklist'"""
    )
    assert set(re.findall("'([A-Z_]+)'", expression[0])) == WORKLIST


async def test_facts_about_a_claim_are_only_added_to(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    import asyncpg

    (each,) = await submit(claims, biller, adapter, Case())
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    await claims.deliver(each.posted(9000, 2000))
    ((kept,),) = await claims.rows("select facts from claim")
    assert kept.count("\n") == 2
    for change in ("''", "'[]'", "replace(facts, '11000', '11001')", "left(facts, 40)", "replace(facts, 'A2', 'A7')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await claims.rows(f"update claim set facts = {change}")
    for change in ("''", "replace(places, '16100', '16101')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await claims.rows(f"update claim set places = {change}")


async def test_every_table_keeps_organisations_apart(claims: LiveService, biller: httpx.AsyncClient) -> None:
    rows = await claims.rows(
        """select c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
           where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname = any($1::text[])""",
        list(Base.metadata.tables),
    )
    assert len(rows) == len(Base.metadata.tables)
    assert all(row[1] and row[2] for row in rows)


def test_control_numbers_have_their_form() -> None:
    numbers = set(new_patient_control_numbers(1000))
    assert len(numbers) == 1000
    assert all(len(number) == PATIENT_CONTROL_NUMBER_LENGTH <= 17 for number in numbers)
    assert all(number.isascii() and number.isalnum() and number.upper() == number for number in numbers)
    number = numbers.pop()
    lines = {line_control_number(number, line) for line in range(1, 51)}
    assert len(lines) == 50
    assert all(len(line) <= 30 for line in lines)


def test_file_names_are_unique_and_say_nothing_of_patients() -> None:
    name = file_name("MAPLE412", "RCMSANDBOX", 12, new_id())
    assert name.startswith("MAPLE412-RCMSANDBOX-000000012-")
    assert name.endswith(".837")


@pytest.mark.parametrize(("count", "age", "due"), [(1, 0, False), (1, 2, True), (500, 0, True), (499, 1, False)])
def test_when_a_file_is_cut(count: int, age: int, *, due: bool) -> None:
    waiting = Waiting(ORGANISATION, "RCMSANDBOX", count, NOW - timedelta(seconds=age))
    assert is_due(waiting, NOW, claims_wanted=500, oldest=timedelta(seconds=2)) is due
