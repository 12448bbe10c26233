"""Group commit: what arrives while a transaction runs shares the next one.

Nothing waits for company: the first request of an idle lane starts at once (after the turn of the event loop in which others
may have arrived too), and what comes meanwhile is taken together when a place is free.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

SIZE_MAX = 64
"""So many requests share a transaction at most: a longer one holds the readers of the log."""
RUNNING_MAX = 2
"""Transactions of one lane at a time: one computes while the other waits for the disk."""


class Lanes(Generic[Entry]):
    """A lane for each kind of request and organisation. `run` answers all entries of a group and never raises."""

    def __init__(self, *, size_max: int = SIZE_MAX, running_max: int = RUNNING_MAX) -> None:
        self._size_max, self._running_max = size_max, running_max
        self._lanes: dict[Hashable, _Lane[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, key: Hashable, entry: Entry, run: Callable[[Sequence[Entry]], Awaitable[None]]) -> None:
        """Puts `entry` into the lane; `run` is called with it and its company."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane()
        lane.waiting.append(entry)
        if lane.running < self._running_max and lane.running < len(lane.waiting):
            lane.running += 1
            task = asyncio.create_task(self._drive(key, lane, run))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drive(self, key: Hashable, lane: "_Lane[Entry]", run: Callable[[Sequence[Entry]], Awaitable[None]]) -> None:
        try:
            await asyncio.sleep(0)
            while lane.waiting:
                group = [lane.waiting.popleft() for _ in range(min(self._size_max, len(lane.waiting)))]
                await run(group)
        finally:
            lane.running -= 1
            if not lane.running and not lane.waiting and self._lanes.get(key) is lane:
                del self._lanes[key]


class _Lane(Generic[Entry]):
    __slots__ = ("running", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Entry] = deque()
        self.running = 0
