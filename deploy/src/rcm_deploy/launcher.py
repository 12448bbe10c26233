"""`rcm up`: a whole system on this machine, in one process or in one each."""

import asyncio
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich.console import Console

from rcm.tokens import SigningKey, make_signing_key
from rcm_deploy.announce import greet, say_fallback, write_running
from rcm_deploy.data_folder import DEFAULT, DataFolder, await_ports
from rcm_deploy.databases import create_service_database, new_passwords
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.postgres import PostgresFailed, PostgresServer
from rcm_deploy.practice import connected, set_up, trickle, write_sample
from rcm_deploy.programs import PARTS, PORTS, Whole
from rcm_deploy.remote import Running
from rcm_deploy.samples.practice import ORGANISATION_ID
from rcm_deploy.supervisor import LOOK_SECONDS, Supervised, Supervisor

DATABASE_URL = "RCM_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Options:
    """What `rcm up` was asked for."""

    data_folder: Path = DEFAULT
    bus: str = "direct"
    free_ports: bool = False
    simulation: bool = False
    samples_per_second: float = 0.0
    chaos: str = ""
    chaos_seed: int = 0
    without: Collection[str] = ()
    """The places of those that are not started: somebody else's program stands in for them."""
    as_json: bool = False
    """Says it to programs: what `running.json` holds, as one line."""


class Launcher:
    """One start of a system, from the folder's lock to the last child's end."""

    def __init__(self, options: Options, out: Console) -> None:
        self._options = options
        self._out = out
        self._began = time.monotonic()
        self._folder = DataFolder(options.data_folder)

    def run(self) -> None:
        """Starts everything, says so, and runs until a signal.

        Raises AlreadyRunning, FolderUnusable, PortTaken, NoSystemUser, PostgresFailed, KafkaFailed, JarsMissing, PartFailed.
        """
        # As Ctrl-C: everything is stopped in order. SIGINT too, which a shell's background job inherits as ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        self._folder.make()
        with self._folder.held(), suppress(KeyboardInterrupt):
            key = make_signing_key(self._folder.keys)
            write_sample(self._folder.path / "sample-encounter.json")
            ports = self._folder.ports(PORTS, free=self._options.free_ports)
            kafka = KafkaServer(self._folder.kafka, ports["kafka"]) if self._options.bus == "kafka" else None
            await_ports({place: port for place, port in ports.items() if self._options.bus == "kafka" or place != "kafka"})
            with _prepared(kafka) as prepared, self._database_server() as (server, admin_url, passwords):
                whole = Whole(
                    folder=self._folder,
                    bus=self._options.bus,
                    ports=ports,
                    simulation=self._options.simulation,
                    chaos=self._options.chaos,
                    chaos_seed=self._options.chaos_seed,
                    admin_url=admin_url,
                    passwords=passwords,
                    without=self._options.without,
                )
                if kafka is not None:
                    _make_databases(whole, server)
                    prepared.result()
                    self._run_processes(whole, server, kafka, key)
                else:
                    self._run_embedded(whole, server, key)
        self._out.print("Stopped; the data stay.")

    @contextmanager
    def _database_server(self) -> Iterator[tuple[PostgresServer | None, str, dict[str, str]]]:
        """Our own PostgreSQL, which is starting, or the one that RCM_DATABASE_URL names, with passwords for our roles."""
        if named := os.environ.get(DATABASE_URL):
            yield None, named, self._folder.passwords(new_passwords([part.name for part in PARTS if part.has_database]))
            return
        place = self._folder.postgres()
        say_fallback(self._out, self._folder, place)
        server = PostgresServer(place)
        try:
            server.launch()
            yield server, server.url(), {}
        finally:
            server.stop()

    def _run_embedded(self, whole: Whole, server: PostgresServer | None, key: SigningKey) -> None:
        playing: list[asyncio.Task[None]] = []
        supervisor = Supervisor(whole, _named(server), lambda: self._write(whole, processes(), key))

        def processes() -> dict[str, int]:
            return {part.place: os.getpid() for part in whole.embedded} | supervisor.processes

        async def on_ready() -> None:
            running = _running(whole, processes())
            await _set_up(running)  # the claims service is here; those outside get ready meanwhile
            await asyncio.to_thread(supervisor.await_parts)
            self._announce(whole, processes(), key)
            if self._options.samples_per_second:
                playing.append(asyncio.create_task(trickle(running, self._options.samples_per_second)))

        try:
            supervisor.launch_parts([part for part in whole.processes if not part.has_database])  # while PostgreSQL starts
            _make_databases(whole, server)
            supervisor.launch_parts([part for part in whole.processes if part.has_database])
            load_parts(whole)
            import uvloop  # noqa: PLC0415 - not on Windows

            from rcm_deploy.embedded import run_embedded  # noqa: PLC0415 - the Kafka shape needs nothing of it

            uvloop.run(run_embedded(whole, supervisor.look, on_ready))
        finally:
            supervisor.stop()

    def _run_processes(self, whole: Whole, server: PostgresServer | None, kafka: KafkaServer, key: SigningKey) -> None:
        servers = {**_named(server), "kafka": kafka}
        supervisor = Supervisor(whole, servers, lambda: self._write(whole, supervisor.processes, key))
        try:
            kafka.launch()  # the parts get ready meanwhile; a service starts also while no broker answers
            supervisor.launch_parts(whole.processes)
            kafka.await_ready()
            supervisor.await_parts()
            running = _running(whole, supervisor.processes)
            asyncio.run(_set_up(running))
            self._announce(whole, supervisor.processes, key)
            if self._options.samples_per_second:
                _play_beside(running, self._options.samples_per_second)
            while True:
                supervisor.look()
                time.sleep(LOOK_SECONDS)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends us at once, and Linux our children
            self._folder.running.unlink(missing_ok=True)
            supervisor.stop()

    def _write(self, whole: Whole, processes: dict[str, int], key: SigningKey) -> None:
        write_running(whole, processes, os.getpid(), key)

    def _announce(self, whole: Whole, processes: dict[str, int], key: SigningKey) -> None:
        self._write(whole, processes, key)
        if self._options.as_json:
            sys.stdout.write(json.dumps(whole.folder.read(whole.folder.running.name)) + "\n")
            sys.stdout.flush()
            return
        samples = self._options.samples_per_second
        greet(self._out, whole, key, seconds=time.monotonic() - self._began, samples=samples)


def load_parts(whole: Whole) -> None:
    """Loads what runs in it into this process while its children load theirs; what is loaded stays, and is no garbage."""
    gc.disable()  # rcm.hosting enables it when all is ready
    for part in whole.embedded:
        _ = part.main


def _named(server: PostgresServer | None) -> dict[str, Supervised]:
    return {} if server is None else {"postgres": server}


@contextmanager
def _prepared(kafka: KafkaServer | None) -> Iterator["Future[None]"]:
    """Kafka's jars are verified and its storage made while PostgreSQL starts: the result of that, or what it raised."""
    with ThreadPoolExecutor(1, "kafka") as pool:
        yield pool.submit(kafka.prepare if kafka is not None else lambda: None)


def _make_databases(whole: Whole, server: PostgresServer | None) -> None:
    """Raises PostgresFailed where the server can't be asked: one that RCM_DATABASE_URL names may be down or another's."""
    if server is not None:
        server.await_ready()
    try:
        asyncio.run(make_databases(whole))
    except (
        OSError,
        asyncpg.InterfaceError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.CannotConnectNowError,
    ) as error:
        where = f"The server that {DATABASE_URL} names" if os.environ.get(DATABASE_URL) else "PostgreSQL"
        raise PostgresFailed(f"{where} can't be used: {error}") from error


async def make_databases(whole: Whole) -> None:
    """A database and three roles for each part that has one; what is there stays."""
    admin = await asyncpg.connect(whole.admin_url)
    try:
        for part in whole.parts:
            if part.has_database:
                await create_service_database(admin, part.name, passwords=whole.passwords)
    finally:
        await admin.close()


def _running(whole: Whole, processes: dict[str, int]) -> Running:
    return Running(whole.bus, whole.urls, processes, str(whole.folder.keys), ORGANISATION_ID)


async def _set_up(running: Running) -> None:
    async with connected(running) as remote:
        await set_up(remote)


def _play_beside(running: Running, per_second: float) -> None:
    """The trickle in a thread of its own; the main thread starts children, whose end hangs on it."""
    threading.Thread(target=lambda: asyncio.run(trickle(running, per_second)), name="samples", daemon=True).start()
