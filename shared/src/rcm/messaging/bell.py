"""Waking a loop: work told of by a commit in this process is seen at once, all other work by a look every now and then."""

import asyncio


class Bell:
    """Rung by whoever made work; a loop waits for it, at most so long."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wakes the waiter, or lets the next wait pass at once."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Until the bell rings, or the time is over."""
        if not self._event.is_set():
            handle = asyncio.get_running_loop().call_later(seconds, self._event.set)
            try:
                await self._event.wait()
            finally:
                handle.cancel()
        self._event.clear()
