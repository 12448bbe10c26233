"""Group commit: what arrives while a transaction runs shares the next one.

Nothing waits for company: the first request of an idle lane starts at once (after the turn of the event loop in which others
may have arrived too), and what comes meanwhile is taken together when it has ended. One transaction of a lane at a time: a
second one beside it would halve the company of both (decision 0022).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

SIZE_MAX = 64
"""So many requests share a transaction at most: a longer one holds the readers of the log."""


class Lanes(Generic[Entry]):
    """A lane for each kind of request and organisation. `run` answers all entries of a group and never raises."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, deque[Entry]] = {}
        """What waits, of each lane that runs."""
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, key: Hashable, entry: Entry, run: Callable[[Sequence[Entry]], Awaitable[None]]) -> None:
        """Puts `entry` into the lane; `run` is called with it and its company."""
        waiting = self._lanes.get(key)
        if waiting is not None:
            waiting.append(entry)
            return
        self._lanes[key] = deque([entry])
        task = asyncio.create_task(self._drive(key, run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, key: Hashable, run: Callable[[Sequence[Entry]], Awaitable[None]]) -> None:
        waiting = self._lanes[key]
        try:
            await asyncio.sleep(0)
            while waiting:
                await run([waiting.popleft() for _ in range(min(SIZE_MAX, len(waiting)))])
        finally:
            del self._lanes[key]
