"""Starting, killing and judging the toy processes."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from rcm_deploy.databases import ServiceDatabase
from tests.faults.toy_process import VERSIONS, things_of
from tests.shared.messaging.system import eventually

ROOT = Path(__file__).resolve().parents[2]


def urls(database: ServiceDatabase) -> dict[str, str]:
    """What a toy process is told of its database."""
    return {"api": database.api_url, "worker": database.worker_url}


@asynccontextmanager
async def toy(settings: dict[str, Any], crash_point: str = "") -> AsyncIterator[Process]:
    """A toy process; killed at the end, if it still lives."""
    environment = {**os.environ, "RCM_CRASH_POINT": crash_point}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.toy_process", orjson.dumps(settings).decode(), cwd=ROOT, env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def died(process: Process) -> int:
    """How it ended; a minute and a half is enough for it to get there."""
    return await asyncio.wait_for(process.wait(), 90)


async def arrived(consumer: ServiceDatabase, seed: str) -> None:
    """Waits until everything that was to be said has taken effect, then checks: each once, each key in order."""
    connection = await asyncpg.connect(consumer.worker_url)
    things = things_of(seed)
    wanted = len(things) * VERSIONS

    async def enough() -> bool:
        return bool(await connection.fetchval("select count(*) >= $1 from taken where subject = any($2)", wanted, things))

    try:
        await eventually(enough, seconds=60)
        # What is delivered again after a crash would show as more.
        await asyncio.sleep(0.5)
        taken = await connection.fetch("select subject, sequence from taken where subject = any($1) order by position", things)
        assert await connection.fetchval("select count(*) from parked_message") == 0
    finally:
        await connection.close()
    assert len(taken) == wanted
    for thing in things:
        assert [row["sequence"] for row in taken if row["subject"] == thing] == list(range(1, VERSIONS + 1))
