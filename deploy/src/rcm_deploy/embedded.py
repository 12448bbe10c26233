"""The embedded shape: the services and the page in this process, on the direct bus.

PostgreSQL is a child, and so is what knows the services from outside alone.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

from rcm import logs
from rcm.hosting import Seat, meanwhile, running
from rcm_deploy.children import go_first
from rcm_deploy.programs import Part, Whole, log_file, values_of

LOOK_SECONDS = 0.2


async def run_embedded(whole: Whole, look: Callable[[], None], on_ready: Callable[[], Awaitable[None]]) -> None:
    """Runs everything until a signal. `look` starts children again that died; `on_ready` is awaited when all answer."""
    # Open to the process's end: what ends last still has something to say.
    stream = log_file(whole.folder, "system").open("a", encoding="utf-8", buffering=1)
    settings = [part.main.Settings(**dict(values_of(whole.environment(part)))) for part in whole.embedded]
    logs.configure(settings[0].log_level, stream)
    go_first()
    async with running([_seat(part, values) for part, values in zip(whole.embedded, settings, strict=True)]) as house:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, house.stopping.set)
        signalled = asyncio.create_task(house.until_signalled())
        async with meanwhile(_keep_alive(look), name="children"):
            await _first_of(on_ready(), signalled)
            await signalled


def _seat(part: Part, settings: object) -> Seat:
    return Seat(part.main.build(settings), settings)  # type: ignore[arg-type] # each part's own class of settings


async def _first_of(work: Awaitable[None], stop: "asyncio.Task[None]") -> None:
    """Awaits `work`, but not past the signal to stop."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    else:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_alive(look: Callable[[], None]) -> None:
    """Starts children again that have died; the services' pools wait for PostgreSQL and connect anew.

    All in the main thread, whose end the children's own end hangs on.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        look()
