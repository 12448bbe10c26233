"""The embedded shape: all services and programs in this process on the direct bus; only PostgreSQL is a child."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

from rcm import logs
from rcm.hosting import Seat, running
from rcm_deploy.postgres import PostgresFailed, PostgresServer
from rcm_deploy.programs import Part, Whole, log_file, values_of

LOOK_SECONDS = 0.2


async def run_embedded(whole: Whole, server: PostgresServer | None, on_ready: Callable[[], Awaitable[None]]) -> None:
    """Runs everything until a signal. `on_ready` is awaited when all answer; a PostgreSQL that dies is started again."""
    # Open to the process's end: what ends last still has something to say.
    stream = log_file(whole.folder, "system").open("a", encoding="utf-8", buffering=1)
    settings = [part.main.Settings(**dict(values_of(whole.environment(part)))) for part in whole.parts]
    logs.configure(settings[0].log_level, stream)
    async with running([_seat(part, values) for part, values in zip(whole.parts, settings, strict=True)]) as house:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, house.stopping.set)
        signalled = asyncio.create_task(house.until_signalled())
        async with _kept_alive(server):
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


@contextlib.asynccontextmanager
async def _kept_alive(server: PostgresServer | None) -> AsyncIterator[None]:
    """Starts PostgreSQL again when it has died; the services' pools wait for it and connect anew."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if server is not None and server.poll() is not None:
                with contextlib.suppress(PostgresFailed):
                    server.start()  # in the main thread, whose end its own end hangs on; it takes some 50 ms

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
