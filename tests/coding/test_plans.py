"""The intake's transactions keep their plans: each of their statements finds its rows by its own index, come what may."""

import re
from typing import Any

import asyncpg
import orjson
import pytest

from coding_svc.main import Settings, build
from rcm.clock import FixedClock
from rcm.identity import Role
from tests.coding.conftest import TODAY
from tests.coding.making import another
from tests.support.live import Live, LiveService
from tests.support.postgres import Databases

INDEXES = {
    "pk_idempotency_key",
    "uq_encounter_organisation_id_external_id",
    "ix_encounter_patient",
    "uq_quarantine_organisation_id_sha256",
}
"""By which whatever the intake reads is found."""
PLANNED = """select name, statement, cardinality(parameter_types) from pg_prepared_statements
 where generic_plans > 0 and statement !~ 'pg_catalog'"""
"""Without what asyncpg itself asks about types."""


@pytest.mark.parametrize(("stored", "analyzed"), [(0, False), (0, True), (1, True), (3, False), (3, True), (500, True)])
async def test_the_intake_finds_its_rows_by_their_keys(live: Live, databases: Databases, stored: int, analyzed: bool) -> None:
    """Breaks when a plan that was made for an empty or a small table, and is kept, reads all that an organisation has."""
    async with live(build(Settings()), clock=FixedClock(TODAY)) as it:
        await send(it, "first", *(another(number) for number in range(stored)))
        if analyzed:
            await analyze(databases, it)
        for _ in range(2):
            await send(it, "second", another(1_000), {"no": "encounter"}, another(1_001, diagnoses=[]))
            await send(it, "third", another(1_000, note="Other content"))
        plans = await kept_plans(it)
    read = {index for plan in plans.values() for index in re.findall(r"(?:using|Bitmap Index Scan on) (\w+)", plan)}
    assert read == INDEXES
    for statement, plan in plans.items():
        assert "Seq Scan" not in plan, (statement, plan)
        for condition in re.findall(r"Index Cond: (.*)", plan):
            assert " AND " in condition, f"{statement} finds rows by their organisation alone: {plan}"


async def send(it: LiveService, key: str, *bodies: Any) -> None:
    """The bodies as single posts and as a batch, each under a key; what came with the first is there when the batch comes."""
    async with it.client(Role.EHR) as ehr:
        for number, body in enumerate(bodies[:3]):
            answer = await ehr.post("/v1/encounters", json=body, headers={"Idempotency-Key": f"{key}-{number}"})
            assert answer.status_code < 500, answer.text
        headers = {"Idempotency-Key": key, "content-type": "application/x-ndjson"}
        answer = await ehr.post("/v1/encounters/batch", content=b"\n".join(map(orjson.dumps, bodies)), headers=headers)
        assert answer.status_code < 500, answer.text


async def analyze(databases: Databases, it: LiveService) -> None:
    """What autovacuum does some time later."""
    ((name,),) = await it.rows("select current_database()")
    admin = await asyncpg.connect(databases.admin_url, database=name)
    try:
        await admin.execute("vacuum analyze")
    finally:
        await admin.close()


async def kept_plans(it: LiveService) -> dict[str, str]:
    """How PostgreSQL does each statement whose plan is kept."""
    found = {}
    async with it.runtime.api.transaction(it.organisation_id, keep_plans=True) as connection:
        for name, statement, parameters in await connection.fetch(PLANNED):
            given = f"({', '.join(['null'] * parameters)})" if parameters else ""
            lines = await connection.fetch(f'explain execute "{name}"{given}')
            found[statement] = "\n".join(line for (line,) in lines)
    return found
