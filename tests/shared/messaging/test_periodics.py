"""Work by the clock runs, runs again at once while more is due, in one process at a time, and goes on after a failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from rcm.messaging import crash
from rcm.messaging.direct import DirectBus
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.service import Periodic
from tests.shared.messaging.system import eventually, running
from tests.shared.messaging.toy.service import producer
from tests.support.postgres import Databases


@asynccontextmanager
async def doing(
    databases: Databases, work: Callable[[UnitOfWork], Awaitable[bool]], every: float, processes: int = 1
) -> AsyncIterator[list[Runtime]]:
    service = replace(producer(), periodics=(Periodic("test", timedelta(seconds=every), work),))
    async with databases.fresh(service) as place, AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(running(service, place.api_url, place.worker_url, DirectBus()))
            for _ in range(processes)
        ]


async def test_more_runs_at_once_and_waking_does_not_wait(databases: Databases) -> None:
    runs: list[bool] = []

    async def work(unit: UnitOfWork) -> bool:
        runs.append(await unit.connection.fetchval("select true"))
        return len(runs) < 4

    async def seen(number: int) -> bool:
        return len(runs) >= number

    async with doing(databases, work, every=3600) as [runtime]:
        await eventually(lambda: seen(4))
        await asyncio.sleep(0.2)
        assert len(runs) == 4
        runtime.wake()
        await eventually(lambda: seen(5))


async def test_a_commit_wakes_the_work_that_it_made(databases: Databases) -> None:
    runs = 0

    async def work(unit: UnitOfWork) -> bool:
        nonlocal runs
        runs += 1
        return False

    async def seen(number: int) -> bool:
        return runs >= number

    async def making(unit: UnitOfWork, name: str, *, fails: bool = False) -> None:
        unit.wake(name)
        if fails:
            raise RuntimeError("nothing is committed")

    async with doing(databases, work, every=3600) as [runtime]:
        await eventually(lambda: seen(1))
        await runtime.run_worker(lambda unit: making(unit, "another"), cause=Cause())
        with pytest.raises(RuntimeError):
            await runtime.run_worker(lambda unit: making(unit, "test", fails=True), cause=Cause())
        await asyncio.sleep(0.2)
        assert runs == 1
        await runtime.run_worker(lambda unit: making(unit, "test"), cause=Cause())
        await eventually(lambda: seen(2))


async def test_a_failure_is_not_the_end(databases: Databases) -> None:
    runs = 0

    async def work(unit: UnitOfWork) -> bool:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise RuntimeError("once")
        return False

    async def again() -> bool:
        return runs >= 2

    async with doing(databases, work, every=0.05) as [runtime]:
        await eventually(again)
        assert runtime.ready()


async def test_two_processes_never_do_it_at_once(databases: Databases) -> None:
    inside = most = runs = 0

    async def work(unit: UnitOfWork) -> bool:
        nonlocal inside, most, runs
        inside += 1
        runs += 1
        most = max(most, inside)
        await asyncio.sleep(0.02)
        inside -= 1
        return False

    async def enough() -> bool:
        return runs >= 8

    async with doing(databases, work, every=0.01, processes=2):
        await eventually(enough)
    assert most == 1


def test_crash_points_have_names() -> None:
    with pytest.raises(ValueError, match="no crash point"):
        crash.arm("somewhere")
    crash.arm("relay.after_publish:2")
    crash.arm("")
    for point in crash.POINTS:
        crash.reach(point)
