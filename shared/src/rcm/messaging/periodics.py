"""Work by the clock: each piece in a transaction of its own, in one process at a time, for ever."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from rcm.logs import logger
from rcm.messaging.bell import Bell
from rcm.messaging.unit_of_work import Cause, UnitOfWork

if TYPE_CHECKING:
    from rcm.service import Periodic

RunWorker = Callable[..., Awaitable[bool]]
PAUSE_SECONDS_MAX = 30.0
LOCK_SPACE = 7_265
TRY_LOCK = "select pg_try_advisory_xact_lock($1::integer, $2::integer)"


class Periodics:
    """The periodic work of one service."""

    def __init__(self, service: str, periodics: "Sequence[Periodic]", run_worker: RunWorker) -> None:
        self._service = service
        self._periodics = periodics
        self._run_worker = run_worker
        self._bells = [Bell() for _ in periodics]
        self._stopping = False
        self._log = logger(service)

    def wake(self, names: Collection[str] | None = None) -> None:
        """These look at once what is due; without names all of them: the clock was moved."""
        for periodic, bell in zip(self._periodics, self._bells, strict=True):
            if names is None or periodic.name in names:
                bell.ring()

    def stop(self) -> None:
        """Ends each after its transaction."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """All of them, until `stop`."""
        async with asyncio.TaskGroup() as group:
            for periodic, bell in zip(self._periodics, self._bells, strict=True):
                group.create_task(self._repeat(periodic, bell))

    async def _repeat(self, periodic: "Periodic", bell: Bell) -> None:
        seconds = periodic.every.total_seconds()
        pause = seconds
        while not self._stopping:
            try:
                more = await self._once(periodic)
                pause = 0.0 if more else seconds
            except Exception as error:
                pause = min(max(pause, 0.5) * 2, PAUSE_SECONDS_MAX)
                self._log.warning("periodic work failed", periodic=periodic.name, pause_seconds=pause, exc_info=error)
            if pause and not self._stopping:
                await bell.wait(pause)

    async def _once(self, periodic: "Periodic") -> bool:
        lock = zlib.crc32(periodic.name.encode()) - 2**31

        async def work(unit: UnitOfWork) -> bool:
            mine = await unit.connection.fetchval(
                "select pg_try_advisory_xact_lock($1::integer, $2::integer)", LOCK_SPACE, lock
            )
            return bool(mine) and await periodic.work(unit)

        return await self._run_worker(work, cause=Cause(actor=f"{self._service} {periodic.name}"))
