"""Runs services: all in one process on the direct bus, or one alone on Kafka; the same code either way.

    # services/coding-svc/src/coding_svc/main.py
    if __name__ == "__main__":
        run_alone(build, CodingSettings())

    # the launcher, all in one process
    async with running([Seat(coding.build(a), a), Seat(claims.build(b), b), Seat(console.build(c), c)]) as house:
        print(house.urls["coding-svc"]); await house.until_signalled()

Start: migrate, open the pools, start relays and consumers, then HTTP. Stop: programs' own work, event streams, HTTP, then
relays and consumers after the transaction that they are in, then the bus, then the pools.
"""

import asyncio
import ctypes
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

import uvicorn
import uvloop
from fastapi import FastAPI

from rcm import logs
from rcm.clock import Clock, SimulatedClock, SystemClock
from rcm.database.migrations import migrate
from rcm.database.pool import Database, connection_failed
from rcm.messaging.bus import Bus
from rcm.messaging.direct import Chaos as DirectChaos
from rcm.messaging.direct import DirectBus
from rcm.messaging.runtime import Runtime
from rcm.service import Service
from rcm.settings import Bus as BusName
from rcm.settings import Chaos, PlatformSettings
from rcm.tokens import Verifier
from rcm.web.app import Plumbing, build_app
from rcm.web.idempotency import FORGETTING
from rcm.web.simulation import kept_ahead

DATABASE_WAIT_SECONDS = 30.0
"""At a start everything may start at once: a database that is not there yet is waited for."""
GRACEFUL_SECONDS = 3
KEEP_ALIVE_SECONDS = 75
GC_THRESHOLDS = (200_000, 20, 50)
"""A batch of 500 events holds some ten thousand objects until it is committed, which are freed without the collector: looking
through them every 20,000 took a sixth of the time."""
GARBAGE_SECONDS = 60.0
"""So often garbage is looked for whatever was made meanwhile: an HTTP client's answers go in circles and hold what was sent.
The adapter makes too few objects for the thresholds, and kept the files of all claims that it had carried (1.1 KB a claim)."""

MALLOC_OPTIONS = {
    "M_TRIM_THRESHOLD": (-1, 64 * 1024 * 1024),
    "M_TOP_PAD": (-2, 1024 * 1024),
    "M_MMAP_THRESHOLD": (-3, 32 * 1024 * 1024),
}
"""glibc's numbers of its options, and their values in bytes. A batch's statements are buffers of some 100 KB, which asyncpg
makes larger by a KB at a time: each time anew where a buffer is mapped by itself (500 texts of 1.2 KB in an array: 1.3 ms
instead of 0.25)."""


def _nothing() -> AbstractAsyncContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Program:
    """What is hosted beside the services: adapter, sandbox payer, console. An app made by `rcm.web.app.plain_app`."""

    name: str
    app: FastAPI
    background: Callable[[], AbstractAsyncContextManager[object]] = _nothing
    """Its own work (pools, tasks): entered before its HTTP begins, left before any HTTP ends."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A service or program and where it sits; a launcher may hand in a socket that it has bound already."""

    program: Service | Program
    settings: PlatformSettings
    listening: socket.socket | None = None


@dataclass
class House:
    """What runs in this process."""

    urls: dict[str, str] = field(default_factory=dict)
    """The address of each, by name."""
    apps: dict[str, FastAPI] = field(default_factory=dict)
    runtimes: dict[str, Runtime] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_signalled(self) -> None:
        """Returns on SIGINT, SIGTERM, or when a server ended by itself; a second signal ends the process at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled, number)
        await self.stopping.wait()

    def _signalled(self, number: int) -> None:
        self.stopping.set()
        asyncio.get_running_loop().remove_signal_handler(number)


class _Server(uvicorn.Server):
    """One of several in a process: the process handles the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


S = TypeVar("S", bound=PlatformSettings)


def run_alone(build: Callable[[S], Service | Program], settings: S) -> None:
    """The whole of a service's own process: runs until it is told to stop."""
    logs.configure(settings.log_level)
    uvloop.run(_until_signalled([Seat(build(settings), settings)]))


async def _until_signalled(seats: Sequence[Seat]) -> None:
    async with running(seats) as house:
        for name, url in house.urls.items():
            logs.logger(name).info("ready", url=url)
        await house.until_signalled()


@asynccontextmanager
async def running(seats: Sequence[Seat]) -> AsyncIterator[House]:
    """All seats, up and ready; on leaving all are stopped in order."""
    house = House()
    sockets = [seat.listening or listen(seat.settings.host, seat.settings.port) for seat in seats]
    async with AsyncExitStack() as pools, AsyncExitStack() as stack:
        for listening in sockets:
            stack.callback(listening.close)
        bus = await _bus(seats)
        if bus is not None:
            stack.push_async_callback(bus.close)
        await _furnish(seats, bus, house, stack, pools)
        for runtime in house.runtimes.values():
            await runtime.start()
        for seat in seats:
            if isinstance(seat.program, Program):
                house.apps[seat.program.name] = seat.program.app
        names = [seat.program.name for seat in seats]
        for name, listening in zip(names, sockets, strict=True):
            await stack.enter_async_context(serving(house.apps[name], listening, house))
            house.urls[name] = url_of(listening)
        stack.push_async_callback(_stop_tails, house)
        for seat in seats:
            if isinstance(seat.program, Program):
                await stack.enter_async_context(seat.program.background())
        tune_garbage_collection()
        keep_memory()
        await stack.enter_async_context(meanwhile(_look_for_garbage()))
        yield house


def listen(host: str, port: int) -> socket.socket:
    """A bound and listening socket; port 0 takes a free one. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def url_of(listening: socket.socket) -> str:
    """Where a client on this machine finds it."""
    host, port = listening.getsockname()[:2]
    told = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared only
    return f"http://{told}:{port}"


def tune_garbage_collection() -> None:
    """After the start: what is loaded stays (freeze), and the young are looked at less often. A fifth of the time.

    The garbage of the start stays as well: looking for it would take longer than the rest of this, and find 1 of 100 objects.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()  # the launcher and its children load everything without


async def _look_for_garbage() -> None:
    while True:
        await asyncio.sleep(GARBAGE_SECONDS)
        gc.collect()


@asynccontextmanager
async def meanwhile(work: Coroutine[object, object, None], *, name: str | None = None) -> AsyncIterator[None]:
    """Does endless work in a task of that name for as long as the block lasts. An error that ended it is raised at the end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def keep_memory() -> None:
    """Keeps memory that is free for the next batch instead of giving it back to the system; where the C library is glibc."""
    with suppress(OSError, AttributeError):
        adjust = ctypes.CDLL(None).mallopt
        for option, value in MALLOC_OPTIONS.values():
            adjust(option, value)


async def _bus(seats: Sequence[Seat]) -> Bus | None:
    """The bus of this process's services; None where it has programs only."""
    settings = next((seat.settings for seat in seats if isinstance(seat.program, Service)), None)
    if settings is None:
        return None
    if settings.bus is BusName.KAFKA:
        from rcm.messaging.kafka import KafkaBus  # noqa: PLC0415 - aiokafka need not be installed for the direct bus

        return KafkaBus(settings.kafka_bootstrap)
    chaos = None
    if settings.chaos:
        chaos = DirectChaos(
            duplicate=Chaos.DUPLICATE in settings.chaos, reorder=Chaos.REORDER in settings.chaos, seed=settings.chaos_seed
        )
    return DirectBus(chaos=chaos)


async def _furnish(seats: Sequence[Seat], bus: Bus | None, house: House, stack: AsyncExitStack, pools: AsyncExitStack) -> None:
    """Databases, clock, runtime and app of every service; migrations one after the other."""
    verifiers: dict[tuple[str, str, str], Verifier] = {}
    services = [(seat.program, seat.settings) for seat in seats if isinstance(seat.program, Service)]
    for service, settings in services:  # one after the other: Alembic's `op` is one for the process
        await _migrated(service, settings)
    for service, settings in services:
        assert bus is not None
        trust = (settings.jwks, settings.token_issuer, settings.token_audience)
        if trust not in verifiers:
            verifiers[trust] = Verifier(trust[0], issuer=trust[1], audience=trust[2])
            await verifiers[trust].load()
        runtime, plumbing = await plumb(service, settings, bus, verifiers[trust])
        pools.push_async_callback(runtime.worker.close)
        pools.push_async_callback(runtime.api.close)
        stack.push_async_callback(runtime.stop)
        house.runtimes[service.name] = runtime
        house.apps[service.name] = build_app(service, plumbing)


async def plumb(
    service: Service, settings: PlatformSettings, bus: Bus, verifier: Verifier, clock: Clock | None = None
) -> tuple[Runtime, Plumbing]:
    """A service's pools, clock and runtime (not started); the database is migrated."""
    api = await Database.open(
        settings.api_database_url,
        maximum=settings.api_connections,
        application_name=f"{service.name} api",
        wait_seconds=settings.connection_wait_seconds,
    )
    worker = await Database.open(
        settings.worker_database_url, maximum=settings.worker_connections, application_name=f"{service.name} worker"
    )
    if clock is None:
        clock = SimulatedClock() if settings.simulation else SystemClock()
    service = replace(service, periodics=[*service.periodics, FORGETTING])
    runtime = Runtime(
        service,
        api=api,
        worker=worker,
        clock=clock,
        bus=bus,
        log_retention=days(settings.log_retention_days),
        inbox_retention=days(settings.inbox_retention_days),
    )
    if settings.simulation and isinstance(clock, SimulatedClock):
        clock.set_ahead(await kept_ahead(runtime))
    return runtime, Plumbing(runtime, clock, verifier, settings)


def days(number: int | None) -> timedelta | None:
    """A retention; None keeps everything."""
    return None if number is None else timedelta(days=number)


async def _migrated(service: Service, settings: PlatformSettings) -> None:
    """Migrates, where this process is given the owner's role; waits for a database that is still starting."""
    if not settings.owner_database_url:
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + DATABASE_WAIT_SECONDS
    while True:
        try:
            await migrate(service, settings.owner_database_url)
        except Exception as error:
            if not connection_failed(error) or loop.time() > until:
                raise
            await asyncio.sleep(0.2)
        else:
            return


@asynccontextmanager
async def serving(app: FastAPI, listening: socket.socket, house: House) -> AsyncIterator[None]:
    """HTTP on a socket; on leaving requests that run are answered first."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http="httptools",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    task.add_done_callback(lambda _: house.stopping.set())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _stop_tails(house: House) -> None:
    """Ends the event streams, which would hold up the end of HTTP."""
    for runtime in house.runtimes.values():
        await runtime.stop_tail()
