"""What everything stands on dies under load: broker, database. When it is back the same processes go on."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from rcm.ids import new_id
from rcm.messaging.bus import Bus
from rcm.messaging.direct import DirectBus
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.postgres import PostgresServer
from tests.shared.messaging.system import Pair, pair
from tests.support.kafka import running_broker
from tests.support.postgres import Databases, running_server, temporary_folder

TURNS = 60
PATIENCE_SECONDS = 240.0
"""A client of Kafka's that hangs after an outage is found and begun anew after a minute."""


async def say_through(two: Pair, things: list[UUID], trouble: "asyncio.Task[None]") -> None:
    """Says event after event, trying again while the database is away, until well after the trouble is over."""
    turns = 0
    while turns < TURNS or not trouble.done():
        try:
            await two.say(things)
        except Exception:
            await asyncio.sleep(0.05)
        turns += 1
        await asyncio.sleep(0.01)
    await trouble


async def judged(two: Pair, things: list[UUID]) -> None:
    """All that was committed took effect, once and in order."""
    said = {
        row["thing_id"]: row["version"] for row in await two.producer.worker.pool.fetch("select thing_id, version from thing")
    }
    await two.quiet(PATIENCE_SECONDS)
    taken = await two.taken()
    assert len(taken) == sum(said.values())
    for thing in things:
        assert [row["sequence"] for row in taken if row["subject"] == thing] == list(range(1, said[thing] + 1))
    assert [(await runtime.flow()).dead_letters for runtime in (two.producer, two.consumer)] == [0, 0]


async def run_through(server: PostgresServer, bus: Bus, trouble: Callable[[], Coroutine[Any, Any, None]]) -> None:
    things: list[UUID] = [new_id() for _ in range(10)]
    async with pair(Databases(server), bus) as two:
        await two.say(things)
        await say_through(two, things, asyncio.create_task(trouble()))
        await judged(two, things)


async def killed(server: PostgresServer | KafkaServer) -> None:
    """SIGKILL, and it is gone."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.poll() is None:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)


async def kill_and_start(server: PostgresServer) -> None:
    """SIGKILL to the postmaster, twice, while events are on their way."""
    for _ in range(2):
        await asyncio.sleep(0.4)
        await killed(server)
        await asyncio.sleep(0.3)
        server.start()


async def test_postgresql_dies_on_the_direct_bus() -> None:
    with temporary_folder() as folder:
        server = PostgresServer(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            await run_through(server, DirectBus(), partial(kill_and_start, server))
        finally:
            server.stop()


async def test_kafka_and_then_postgresql_die() -> None:
    from rcm.messaging.kafka import KafkaBus

    with running_broker() as broker, running_server() as server:

        async def trouble() -> None:
            await asyncio.sleep(1.0)
            await killed(broker)
            await asyncio.sleep(0.5)
            # From this thread: the broker would die with another one. The loop stands still meanwhile, which must do no harm.
            broker.start()
            await kill_and_start(server)

        await run_through(server, KafkaBus(broker.bootstrap), trouble)
