"""A producer and a consumer on one bus, with real databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.errors import Unavailable
from rcm.ids import new_id
from rcm.messaging.bus import Bus
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause
from rcm.service import Service
from tests.shared.messaging.toy.service import Moods, consumer, producer, say
from tests.support.postgres import Databases

ORGANISATION = new_id()
PATIENCE_SECONDS = 60.0
"""Waiting is for a condition: this only ends a test that would never end, so it is far more than a busy machine needs."""


@asynccontextmanager
async def running(service: Service, api_url: str, worker_url: str, bus: Bus) -> AsyncIterator[Runtime]:
    """A service's runtime on its database, started."""
    api = await Database.open(api_url, maximum=4)
    worker = await Database.open(worker_url, maximum=6)
    runtime = Runtime(service, api=api, worker=worker, clock=SystemClock(), bus=bus)
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()
        await api.close()
        await worker.close()


@dataclass
class Pair:
    """A producer and a consumer."""

    producer: Runtime
    consumer: Runtime
    moods: Moods

    async def say(self, things: Sequence[UUID], reason: str = "") -> list[UUID]:
        """One transaction that says one event about each thing."""
        return await self.producer.run(
            lambda unit: say(unit, ORGANISATION, things, reason), organisation_id=ORGANISATION, cause=Cause(actor="test")
        )

    async def taken(self) -> list[asyncpg.Record]:
        """What took effect, in order."""
        return list(await self.consumer.worker.pool.fetch("select * from taken order by position"))

    async def quiet(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Waits until nothing is on its way (what waits for a fact excepted)."""

        async def still() -> bool:
            flows = [await self.producer.flow(), await self.consumer.flow()]
            return not any(flow.unpublished or flow.unconsumed or flow.retrying for flow in flows)

        await eventually(still, seconds)


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Waits until `check` is true, at most so long. A broker that can't tell yet how far it is read is asked again."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(Unavailable):
                if await check():
                    return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def pair(databases: Databases, bus: Bus) -> AsyncIterator[Pair]:
    """Producer and consumer, both running, on fresh databases; the bus is closed at the end."""
    moods = Moods()
    one, two = producer(), consumer(moods)
    async with databases.fresh(one) as first, databases.fresh(two) as second:
        try:
            async with (
                running(two, second.api_url, second.worker_url, bus) as taking,
                running(one, first.api_url, first.worker_url, bus) as saying,
            ):
                yield Pair(saying, taking, moods)
        finally:
            await bus.close()
