"""The toy services as a process that can die: `python -m tests.faults.toy_process SETTINGS_JSON`.

It says events about its things until each has the wanted version, publishes and consumes, until it is killed.
RCM_CRASH_POINT arms a crash point.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid5

import orjson

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.messaging.bus import Bus
from rcm.messaging.direct import DirectBus
from rcm.messaging.kafka import KafkaBus
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.service import Service
from tests.shared.messaging.toy.service import Moods, consumer, producer, say

ORGANISATION = UUID("0198f5d0-5c00-7000-8000-0000000000cc")
THINGS = 25
VERSIONS = 30
ONE_BY_ONE = 6


def things_of(seed: str) -> list[UUID]:
    """The things of one test: tests share a broker, and with it what others left there."""
    return [uuid5(ORGANISATION, f"{seed} {number}") for number in range(THINGS)]


async def say_all(runtime: Runtime, things: list[UUID]) -> None:
    """One event about each thing in a transaction, until each thing has its last version: also after a crash in between.

    The first few transactions wait until the relay has carried the one before: however slow it is beside us, it makes several
    batches, and gets to its crash points as often as the tests count.
    """

    async def work(unit: UnitOfWork) -> bool:
        found = await unit.connection.fetch("select thing_id from thing where version >= $1", VERSIONS)
        finished = {row["thing_id"] for row in found}
        left = [thing for thing in things if thing not in finished]
        if left:
            await say(unit, ORGANISATION, left)
        return bool(left)

    more, turns = True, 0
    while more:
        more = await runtime.run(work, organisation_id=ORGANISATION, cause=Cause(actor="toy"))
        turns += 1
        await asyncio.sleep(0.005)
        while turns < ONE_BY_ONE and (await runtime.flow()).unpublished:  # noqa: ASYNC110 - its figures are a database
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(service: Service, urls: dict[str, str], bus: Bus) -> AsyncIterator[Runtime]:
    """A runtime that is not stopped in good order: the process dies."""
    api, worker = await Database.open(urls["api"], maximum=3), await Database.open(urls["worker"], maximum=4)
    runtime = Runtime(service, api=api, worker=worker, clock=SystemClock(), bus=bus)
    await runtime.start()
    yield runtime


async def main(settings: dict[str, Any]) -> None:
    """Runs what the settings name: `producer`, `consumer` (their database urls), `kafka` (bootstrap; else direct), `seed`."""
    bus: Bus = KafkaBus(settings["kafka"]) if settings.get("kafka") else DirectBus()
    async with contextlib.AsyncExitStack() as stack:
        if "consumer" in settings:
            await stack.enter_async_context(running(consumer(Moods()), settings["consumer"], bus))
        if "producer" in settings:
            runtime = await stack.enter_async_context(running(producer(), settings["producer"], bus))
            await say_all(runtime, things_of(settings["seed"]))
        await asyncio.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(main(orjson.loads(sys.argv[1])))
