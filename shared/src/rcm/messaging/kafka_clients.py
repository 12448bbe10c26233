"""Ending a client of Kafka's in good order, whatever state it is in, without waiting for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

LONGEST_SECONDS = 60.0
"""Longer than any request of a client's may take."""
_ending: set[asyncio.Task[None]] = set()


async def ended(end: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Awaits a client's own end, at most so long; a slow one goes on beside.

    One that is cut off leaves its connections open, and its membership of a group alive, for as long as the process lives.
    """
    task = asyncio.create_task(_quietly(end))
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.wait({task}, timeout=seconds)


async def _quietly(end: Callable[[], Awaitable[object]]) -> None:
    with suppress(Exception):
        async with asyncio.timeout(LONGEST_SECONDS):
            await end()
