"""Who waits for files looks often while some come, seldom while none do, and at once when told that there is something to do.

A folder tells nobody what another process or machine put there, so it is looked into.
"""

import asyncio
from contextlib import suppress

FIRST_SECONDS = 0.005
"""The next look after something was there; twice as long after each look in vain."""


class Bell:
    """One reader's waiting between its looks."""

    def __init__(self, longest_seconds: float) -> None:
        self._longest_seconds = longest_seconds
        self._pause_seconds = longest_seconds
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """The next wait, or the one that goes on, ends at once. From the reader's own thread."""
        self._rung.set()

    async def wait(self, *, busy: bool, at_most_seconds: float | None = None) -> None:
        """Until it is rung, or time to look again: soon where there was something to do (`busy`), later and later where not."""
        self._pause_seconds = min(FIRST_SECONDS if busy else self._pause_seconds * 2, self._longest_seconds)
        pause = self._pause_seconds if at_most_seconds is None else min(self._pause_seconds, at_most_seconds)
        # Not asyncio.wait_for: before Python 3.12 it takes no notice of being cancelled where it is rung at the same moment.
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._rung.wait()
        self._rung.clear()
