"""What goes wrong on purpose: processes die at random moments, and on Kafka everything is published once more."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from random import Random

from rcm_deploy.demo.system import OwnSystem
from rcm_deploy.remote import SERVICES, NotRunningError, Remote, Running

PAUSE_SECONDS = {"direct": (0.05, 0.4), "kafka": (0.2, 1.4)}
"""Between two kills, from when the system was ready again."""
KILLS_MAX = 25
"""Then it is left alone: a run that is killed for ever never ends."""
EMBEDDED = "system"
"""All services in one process; PostgreSQL and the sandbox payer, its children, die with it."""
VICTIMS = ("coding", "claims", "payments", "patient-billing", "adapter", "sandbox", "kafka", "postgres")
"""Of the Kafka shape. Consumers and relays live in their service's process."""


class Killer:
    """Kills until it is told to stop; `kills` counts by victim what really died."""

    def __init__(self, system: OwnSystem, bus: str, seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self._system = system
        self._bus = bus
        self._random = Random(f"kill {seed}")  # noqa: S311  # a schedule, no secret
        self._victims = self._in_turn()
        self._victim = next(self._victims)
        self._stop = asyncio.Event()
        self._has_ended = False
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Kills at random moments until `stop`, but each victim at least once."""
        try:
            while self.kills.total() < KILLS_MAX:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), self._random.uniform(*PAUSE_SECONDS[self._bus]))
                    if self._everyone_died():
                        return
                    await asyncio.sleep(self._random.uniform(*PAUSE_SECONDS[self._bus]))
                await asyncio.to_thread(self.kill_once)
                await self._tell()
        finally:
            self._has_ended = True
            await self._tell()

    async def one_more(self) -> None:
        """Waits until one more has died, or nobody will: a run has its kills however fast the system is."""
        before = self.kills.total()
        async with self._news:
            await self._news.wait_for(lambda: self._has_ended or self.kills.total() > before)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def kill_once(self) -> None:
        """One kill; the embedded process is started again, the Kafka shape's supervisor does that by itself."""
        if self._bus == "direct":
            self._system.kill()
            self._system.start()
        else:
            try:
                os.kill(Running.read(self._system.data_folder).processes[self._victim], signal.SIGKILL)
            except (ProcessLookupError, NotRunningError, KeyError):
                return  # it lies dead already, or is listed no more; its turn comes when it is up again
        self.kills[self._victim] += 1
        self._victim = next(self._victims)

    def stop(self) -> None:
        self._stop.set()

    def _everyone_died(self) -> bool:
        return self._bus == "direct" or all(self.kills[victim] for victim in VICTIMS)

    def _in_turn(self) -> Iterator[str]:
        """Round after round of all victims, each in an order of its own."""
        victims = [EMBEDDED] if self._bus == "direct" else list(VICTIMS)
        while True:
            yield from self._random.sample(victims, k=len(victims))


@asynccontextmanager
async def killing(system: OwnSystem, bus: str, seed: int) -> AsyncIterator[Killer]:
    """Kills while the block runs; afterwards the system is whole again."""
    killer = Killer(system, bus, seed)
    task = asyncio.create_task(killer.run())
    try:
        yield killer
    finally:
        killer.stop()
        await task


async def publish_again(remote: Remote, since: datetime, time: int) -> None:
    """Every service's log from the beginning once more: on Kafka each consumer then sees each event again."""
    body = {"since": since.isoformat()}
    for service in SERVICES:
        await remote.json("POST", service, "/v1/admin/replay", key=f"replay-{time}", json=body)
