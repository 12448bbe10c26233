"""Starting, killing and judging the toy processes."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.messaging.consumer import Consumer
from rcm.messaging.kafka import KafkaBus
from rcm_deploy.databases import ServiceDatabase
from tests.faults.toy_process import VERSIONS, things_of
from tests.shared.messaging.system import eventually
from tests.shared.messaging.toy.service import Moods, consumer

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240.0
"""Ends only what would never end. A client of Kafka's that hangs is found and begun anew after a minute."""


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
    """How it ended."""
    return await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)


async def arrived(taking: ServiceDatabase, seed: str, kafka: str = "") -> None:
    """Waits until everything that was to be said has taken effect, then checks: each once, each key in order.

    On Kafka also until the group's offsets say so: who comes next on this broker begins where they stand.
    """
    worker = await Database.open(taking.worker_url, maximum=1)
    things = things_of(seed)
    wanted = len(things) * VERSIONS

    async def enough() -> bool:
        return bool(await worker.pool.fetchval("select count(*) >= $1 from taken where subject = any($2)", wanted, things))

    try:
        await eventually(enough, PATIENCE_SECONDS)
        # What is delivered again after a crash would show as more.
        await asyncio.sleep(0.5)
        if kafka:
            await read_to_the_end(kafka, worker)
        taken = await worker.pool.fetch("select subject, sequence from taken where subject = any($1) order by position", things)
        assert await worker.pool.fetchval("select count(*) from parked_message") == 0
    finally:
        await worker.close()
    assert len(taken) == wanted
    for thing in things:
        assert [row["sequence"] for row in taken if row["subject"] == thing] == list(range(1, VERSIONS + 1))


async def read_to_the_end(kafka: str, worker: Database) -> None:
    """Waits until the toy consumer's group has no record before it."""
    service = consumer(Moods())
    member = Consumer(service.name, service.subscriptions, worker, SystemClock(), lambda _: None)
    bus = KafkaBus(kafka)

    async def nothing_left() -> bool:
        return await bus.unconsumed(member) == 0

    try:
        await eventually(nothing_left, PATIENCE_SECONDS)
    finally:
        await bus.close()
