"""Waking a loop: work told of by a commit in this process is seen at once, all other work by a look every now and then."""

import asyncio


class Bell:
    """Rung by whoever made work; a loop waits for it, at most so long."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._rung = False

    def ring(self) -> None:
        """Wakes the waiter, or lets the next wait pass at once."""
        self._rung = True
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Until the bell rings (True), or the time is over (False)."""
        if not self._rung:
            handle = asyncio.get_running_loop().call_later(seconds, self._event.set)
            try:
                await self._event.wait()
            finally:
                handle.cancel()
        rung, self._rung = self._rung, False
        self._event.clear()
        return rung
