"""Who waits for files looks often while some come, seldom while none do, and at once when its own process put one there.

A folder that another machine fills tells nobody, so it is looked into. Where both sides of a mailbox run in one process (the
adapter and the sandbox payer under `make run`), whoever puts a file there rings, and nobody waits for the next look.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

FIRST_SECONDS = 0.005
"""The next look after something was there; twice as long after each look in vain."""
_LISTENING: "WeakSet[Bell]" = WeakSet()


class Bell:
    """One reader's bell for one folder. Use it as a context while listening."""

    def __init__(self, folder: Path | None, longest_seconds: float) -> None:
        self._folder = folder.resolve() if folder else None
        self._longest_seconds = longest_seconds
        self._pause_seconds = longest_seconds
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        _LISTENING.add(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _LISTENING.discard(self)

    def ring(self) -> None:
        """The next wait, or the one that goes on, ends at once. From the reader's own thread."""
        self._rung.set()

    def ring_from(self, folder: Path) -> None:
        """The same from any thread, where it is this folder's bell."""
        if folder == self._folder and self._loop is not None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, *, busy: bool, at_most_seconds: float | None = None) -> None:
        """Until it is rung, or time to look again: soon where there was something to do (`busy`), later and later where not."""
        self._pause_seconds = min(FIRST_SECONDS if busy else self._pause_seconds * 2, self._longest_seconds)
        pause = self._pause_seconds if at_most_seconds is None else min(self._pause_seconds, at_most_seconds)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), pause)
        self._rung.clear()


def ring(folder: Path) -> None:
    """A file was put into `folder`: tells those of this process who wait for it. From any thread."""
    here = folder.resolve()
    for bell in list(_LISTENING):
        bell.ring_from(here)
