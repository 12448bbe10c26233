"""One service at work: its transactions, relay, consumer, parked messages, periodic work, event stream and figures."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from rcm.clock import Clock
from rcm.database.pool import Database
from rcm.logs import logger
from rcm.messaging import crash, parked
from rcm.messaging.bell import Bell
from rcm.messaging.bus import Bus
from rcm.messaging.consumer import SWEEP_SECONDS, Consumer
from rcm.messaging.flush import flush
from rcm.messaging.log import count_after, last_position
from rcm.messaging.periodics import Periodics
from rcm.messaging.relay import Relay, cursor_of, seek
from rcm.messaging.stream import Tail
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.messaging.wire import START

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from rcm.service import Service

    Connection = PoolConnectionProxy[Any]

T = TypeVar("T")
Work = Callable[[UnitOfWork], Awaitable[T]]
MAINTENANCE_SECONDS = 3600.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Flow:
    """What is on its way in one service: when all but log_events and dead_letters are 0 it has nothing to do."""

    log_events: int
    unpublished: int
    unconsumed: int
    waiting: int
    retrying: int
    dead_letters: int


class Runtime:
    """Everything of a service that is not HTTP."""

    def __init__(
        self,
        service: "Service",
        *,
        api: Database,
        worker: Database,
        clock: Clock,
        bus: Bus,
        log_retention: timedelta | None = None,
        inbox_retention: timedelta | None = None,
    ) -> None:
        """The log is kept whole without a retention; an inbox is kept longer than the logs that can be replayed into it."""
        self.service = service
        self.api = api
        self.worker = worker
        self.clock = clock
        self.bus = bus
        self.tail = Tail(service.name, worker)
        self._relay = Relay(service.name, worker, bus)
        self._consumer = Consumer(service.name, service.subscriptions, worker, clock, self.committed)
        if self._consumer.handlers:
            bus.expect(self._consumer)
        self._periodics = Periodics(service.name, service.periodics, self.run_worker)
        self.retention = (log_retention, inbox_retention)
        """How long log and inbox are kept."""
        self._sweep_bell = Bell()
        self._counted = (START, 0)
        """A place in the log and how many events lie up to it, so that nobody counts them again."""
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._log = logger(service.name)

    @property
    def relay_lag(self) -> Callable[[float], None] | None:
        """Told the seconds from the log to the bus, once for each transaction in a batch of the relay."""
        return self._relay.observe_lag

    @relay_lag.setter
    def relay_lag(self, observe: Callable[[float], None] | None) -> None:
        self._relay.observe_lag = observe

    @property
    def consumed(self) -> Callable[[int, float], None] | None:
        """Told the size of each batch that the consumer took, and the seconds that it took."""
        return self._consumer.observe

    @consumed.setter
    def consumed(self, observe: Callable[[int, float], None] | None) -> None:
        self._consumer.observe = observe

    async def start(self) -> None:
        """Begins to consume and to publish."""
        await self.bus.start()
        if self._consumer.handlers:
            await self.bus.subscribe(self._consumer)
        loops = (
            ("relay", self._relay.run),
            ("sweep", self._sweep),
            ("periodics", self._periodics.run),
            ("log", self._maintain),
        )
        self._tasks = [asyncio.create_task(run(), name=f"{self.service.name} {name}") for name, run in loops]

    async def stop(self) -> None:
        """Ends after the transactions that run; what is not published yet is in the log."""
        self._stopping = True
        await self.stop_tail()
        self._relay.stop()
        self._periodics.stop()
        self._sweep_bell.ring()
        working, self._tasks = self._tasks[:3], self._tasks[3:]
        for task in self._tasks:
            task.cancel()
        if working:
            _, slow = await asyncio.wait(working, timeout=STOP_SECONDS)
            for task in slow:
                task.cancel()
        await asyncio.gather(*working, *self._tasks, return_exceptions=True)
        self._tasks = []
        if self._consumer.handlers:
            await self.bus.unsubscribe(self._consumer)

    async def stop_tail(self) -> None:
        """Ends the open event streams, so that HTTP servers can end."""
        await self.tail.stop()

    def ready(self) -> bool:
        """Whether everything that was started runs and the consumer is being given events."""
        running = bool(self._tasks) and not any(task.done() for task in self._tasks)
        return running and (not self._consumer.handlers or self.bus.ready(self._consumer))

    def wake(self) -> None:
        """The clock was moved, or a dead letter is to be tried again: everything looks at once."""
        self._periodics.wake()
        self._sweep_bell.ring()
        self._relay.wake()
        self.tail.wake()

    def committed(self, unit: UnitOfWork) -> None:
        """After a unit's commit: wakes those who have work by it, also by what it held back while it ran."""
        self._relay.said(unit)
        if unit.pending or self._relay.unsettled:
            self._relay.wake()
        if unit.pending or self.tail.unsettled:
            self.tail.wake()
        if unit.released or unit.waiting:
            self._sweep_bell.ring()
        if unit.woken:
            self._periodics.wake(unit.woken)

    async def run(self, work: Work[T], *, organisation_id: UUID, cause: Cause, keep_plans: bool = False) -> T:
        """`work` in one transaction of an organisation, with what it says; again after serialization failures.

        `keep_plans` as in `Database.transaction`.
        """
        return await self._run(self.api, work, organisation_id, cause, keep_plans=keep_plans)

    async def run_worker(self, work: Work[T], *, cause: Cause) -> T:
        """`work` in one transaction that sees all organisations."""
        return await self._run(self.worker, work, None, cause)

    async def read(self, work: Work[T], *, organisation_id: UUID, cause: Cause | None = None) -> T:
        """`work` in a transaction that can't write."""

        async def reading(connection: "Connection") -> T:
            return await work(UnitOfWork(connection, self.clock, organisation_id=organisation_id, cause=cause or Cause()))

        return await self.api.run(reading, organisation_id=organisation_id, read_only=True)

    async def _run(
        self, database: Database, work: Work[T], organisation_id: UUID | None, cause: Cause, *, keep_plans: bool = False
    ) -> T:
        async def writing(connection: "Connection") -> tuple[UnitOfWork, T]:
            unit = UnitOfWork(connection, self.clock, organisation_id=organisation_id, cause=cause)
            value = await work(unit)
            await flush(unit)
            crash.reach("edge.before_commit")
            return unit, value

        unit, value = await database.run(writing, organisation_id=organisation_id, keep_plans=keep_plans)
        crash.reach("edge.after_commit")
        self.committed(unit)
        return value

    async def flow(self) -> Flow:
        """The service's figures now."""
        cursor = await cursor_of(self.worker)
        async with self.worker.transaction(read_only=True) as connection:
            place, before = self._counted
            everything, settled = await count_after(connection, place)
            everything += before
            if settled:
                self._counted = (await last_position(connection), settled + before)
            unpublished, _ = await count_after(connection, cursor)
            states = await parked.count(connection)
        unconsumed = await self.bus.unconsumed(self._consumer) if self._consumer.handlers else 0
        waiting, retrying, dead = (states.get(state, 0) for state in ("waiting", "retrying", "dead"))
        return Flow(everything, unpublished, unconsumed, waiting, retrying, dead)

    async def replay(self, since: datetime, organisation_id: UUID | None = None) -> int:
        """Publishes the log again from the first event said at `since` on; answers how many events that are.

        Those that an older transaction still holds back count, too: the relay comes to them.
        With an organisation only what it said; what others say meanwhile comes after that.
        """
        position = await seek(self.worker, since, organisation_id)
        self._relay.sought()
        async with self.worker.transaction(read_only=True) as connection:
            everything, _ = await count_after(connection, position, organisation_id=organisation_id)
        return everything

    async def _sweep(self) -> None:
        """Parked messages whose time has come."""
        while not self._stopping:
            try:
                if await self._consumer.sweep():
                    continue
                async with self.worker.pool.acquire() as connection:
                    seconds = await parked.seconds_to_next(connection)
            except Exception as error:
                seconds = None
                self._log.warning("sweep failed", exc_info=error)
            await self._sweep_bell.wait(min(max(seconds, 0.02), SWEEP_SECONDS) if seconds is not None else SWEEP_SECONDS)

    async def _maintain(self) -> None:
        """Next month's partitions before it begins; old ones dropped when their time is over."""
        while True:
            with suppress(OSError):
                try:
                    await self.worker.pool.execute("select maintain_partitions($1, $2)", *self.retention)
                except Exception as error:
                    self._log.warning("log maintenance failed", exc_info=error)
            await asyncio.sleep(MAINTENANCE_SECONDS)
