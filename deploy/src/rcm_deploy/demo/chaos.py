"""Killing at random moments: the embedded process as a whole, or one of the processes of the Kafka shape."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random

from rcm_deploy.demo.system import OwnSystem
from rcm_deploy.remote import NotRunningError, Running

PAUSE_SECONDS = (0.3, 2.5)
"""Between two kills, from when the system was ready again."""
VICTIMS = ("coding", "claims", "payments", "patient-billing", "adapter", "sandbox", "kafka", "postgres")
"""Consumers and relays live in their service's process."""


class Killer:
    """Kills until it is told to stop, and counts."""

    def __init__(self, system: OwnSystem, bus: str, seed: int) -> None:
        self.kills = 0
        self._system = system
        self._bus = bus
        self._random = Random(f"kill {seed}")  # noqa: S311  # a schedule, no secret
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Kills at random moments until `stop`."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self._random.uniform(*PAUSE_SECONDS))
                return
            await asyncio.to_thread(self.kill_once)

    def kill_once(self) -> None:
        """One kill; the embedded process is started again, the Kafka shape's supervisor does that by itself."""
        if self._bus == "direct":
            self._system.kill()
            self._system.start()
        else:
            with suppress(ProcessLookupError, NotRunningError):
                os.kill(Running.read(self._system.data_folder).processes[self._random.choice(VICTIMS)], signal.SIGKILL)
        self.kills += 1

    def stop(self) -> None:
        self._stop.set()


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
