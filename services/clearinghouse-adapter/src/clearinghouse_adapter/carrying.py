"""Files carried side by side: a slow one holds up no other, and one that has to wait comes again by itself.

What a file waits for is remembered, told to the log the first time and each n-th, and shown to whoever asks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass

from clearinghouse_adapter.services import Unreachable
from rcm.logs import logger

AT_ONCE = 8
"""Files of one organisation and direction that are carried together."""
PAUSE_SECONDS = 0.5
PAUSE_SECONDS_MAX = 2.0
TELL_EVERY = 50
"""Of a wait that goes on, each so many-th try is told again."""

Key = Hashable
Work = Callable[[], Awaitable[bool]]
"""Takes a file as far as it goes; True where nothing is left to do. Raises Unreachable or OSError where it has to wait."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a file, or the event stream, can't go on now."""

    reason: str
    status: int | None = None
    """The service's last answer; None where there was none."""
    tries: int = 1


class Waits:
    """What waits, for whom, and how often it was tried."""

    def __init__(self) -> None:
        self._log = logger("clearinghouse-adapter")
        self._known: dict[Key, Wait] = {}

    def note(self, key: Key, what: str, reason: str, status: int | None = None) -> bool:
        """One try more was in vain; True where that is worth writing down: it is new, or has gone on for long."""
        before = self._known.get(key)
        tries = before.tries + 1 if before else 1
        self._known[key] = Wait(reason, status, tries)
        news = before is None or (before.reason, before.status) != (reason, status) or tries % TELL_EVERY == 0
        if news:
            self._log.warning(f"{what} waits", subject=str(key), status=status, reason=reason, tries=tries)
        return news

    def clear(self, key: Key) -> None:
        """It went on."""
        self._known.pop(key, None)

    def tries(self, key: Key) -> int:
        """How often in vain so far."""
        wait = self._known.get(key)
        return wait.tries if wait else 0

    def all(self) -> Iterable[Wait]:
        """Everything that waits now."""
        return list(self._known.values())


class Crew:
    """Carries files, each in a task of its own, so many at once."""

    def __init__(self, waits: Waits, wake: Callable[[], None]) -> None:
        self._waits = waits
        self._wake = wake
        self._log = logger("clearinghouse-adapter")
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[Key, asyncio.Task[None]] = {}

    def busy_with(self) -> frozenset[Key]:
        """What is under way. Ask before looking what there is to carry: a file that ends meanwhile is not begun again."""
        return frozenset(self._under_way)

    def start(self, key: Key, work: Work) -> None:
        """Carries a file; wakes who started it where something is left, after a pause."""
        self._under_way[key] = asyncio.create_task(self._carry(key, work))

    async def once(self, works: Iterable[tuple[Key, Work]]) -> bool:
        """All of them as far as they go now; True where something is left."""

        async def gated(work: Work) -> bool:
            async with self._gate:
                return await work()

        results = await asyncio.gather(*(gated(work) for _, work in works), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Unreachable | OSError):
                raise result
        return not all(result is True for result in results)

    async def stop(self) -> None:
        """Leaves everything where it stands."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, key: Key, work: Work) -> None:
        done = False
        try:
            async with self._gate:
                done = await work()
        except (Unreachable, OSError) as error:
            self._log.info("file waits", reason=str(error))
        except Exception:
            self._log.exception("carrying failed")
        try:
            if not done:
                await asyncio.sleep(min(PAUSE_SECONDS * 2 ** min(self._waits.tries(key) // 4, 4), PAUSE_SECONDS_MAX))
        finally:
            del self._under_way[key]
        if not done:
            self._wake()
