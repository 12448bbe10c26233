"""Floors as systems that run: started as processes of their own, gone through like the real path."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from rcm_deploy.bench import real
from rcm_deploy.bench.floor import HOPS, Shape, create_databases
from rcm_deploy.bench.floor_main import Settings, create_topics
from rcm_deploy.bench.load import post_all, until
from rcm_deploy.bench.ways import Leg, Way, Writes
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.ports import free_port
from rcm_deploy.postgres import PostgresServer

PARTS = ("coding", "claims", "payments", "patient-billing")


class FloorPath:
    """A running floor: the address of its front and that of its last hop."""

    def __init__(self, admin_url: str, front: str, last: str) -> None:
        self._admin_url, self._front, self._last = admin_url, front, last
        self._posted = 0

    async def go(self, way: Way) -> Leg:
        """Posts the encounters of a way and waits until the last hop has committed as many more."""
        first, self._posted = self._posted, self._posted + way.count
        sent = real.bodies(way.count, first, batch=way.batch)
        content_type = "application/json" if way.batch == 1 else "application/x-ndjson"
        loop = asyncio.get_running_loop()
        async with httpx.AsyncClient() as client:

            async def arrived() -> int:
                return int((await client.get(f"{self._last}/count")).text)

            began = loop.time()
            load = await post_all(
                self._front, "/encounters", "none", content_type, sent, clients=way.clients, run=f"floor-{first}"
            )
            await until(arrived, self._posted)
            return Leg(way.count, loop.time() - began, load)

    async def written(self) -> Writes:
        """What each hop has written."""
        return await real.written(self._admin_url, {f"hop {hop}": f"floor_{hop}" for hop in range(HOPS)}, "log")


@asynccontextmanager
async def running_floor(bus: str, shape: Shape) -> AsyncIterator[FloorPath]:
    """A floor of a shape, on a PostgreSQL and, for Kafka, a broker of its own."""
    folder = Path(tempfile.mkdtemp(prefix="rcm-bench-"))
    folder.chmod(0o755)  # noqa: ASYNC240  # once
    postgres = PostgresServer(folder / "postgres")
    postgres.start()
    try:
        await create_databases(postgres.url())
        async with _processes(bus, folder, postgres.url(), shape) as (front, last):
            yield FloorPath(postgres.url(), front, last)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _processes(bus: str, folder: Path, admin_url: str, shape: Shape) -> AsyncIterator[tuple[str, str]]:
    """The hops, one process or one each: the addresses of the first and of the last."""
    kafka = KafkaServer(folder / "kafka", free_port()) if bus == "kafka" else None
    if kafka:
        kafka.start()
        await create_topics(kafka.bootstrap)
    hops: Sequence[int] = range(HOPS) if kafka else (0,)
    ports = [free_port() for _ in hops]
    processes = []
    try:
        for hop, port in zip(hops, ports, strict=True):
            settings = Settings(admin_url, port, bus, hop, kafka.bootstrap if kafka else "", shape)
            command = [sys.executable, "-m", "rcm_deploy.bench.floor_main", msgspec.json.encode(settings).decode()]
            # A session of its own, as the real path's launcher has: what goes first is the floor and not who posts to it.
            processes.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603, ASYNC220  # our own, once
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        async with httpx.AsyncClient() as client:
            for address in addresses:
                await _until_up(client, address)
        yield addresses[0], addresses[-1]
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        if kafka:
            kafka.stop()


async def _until_up(client: httpx.AsyncClient, address: str) -> None:
    for _ in range(200):
        try:
            await client.get(f"{address}/openapi.json")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the floor at {address} did not start")


def same_writes(path: Writes, bare: Writes) -> Shape:
    """A floor that writes what the real path writes; `bare` is what the floor of `Shape()` was seen to write.

    The floor counts inbox and idempotency rows and its relay's place by itself. The adapter's rows are part of the path too:
    the floor has no fifth hop, so its second one writes them. It is taken of single posts: batches write the same rows and
    events but for the keys of requests, which the floor writes by itself.
    """
    rows, events, transactions = [], [], []
    for hop, part in enumerate(PARTS):
        own = bare[f"hop {hop}"]
        besides = own["rows"] - Shape().rows[hop] - Shape().events[hop]
        said = max(1, round(path[part]["events"]))
        adapter = path["adapter"]["rows"] if hop == 1 else 0
        events.append(said)
        rows.append(max(1, round(path[part]["rows"] + adapter - said - besides)))
        transactions.append(max(1, round(path[part]["transactions"] / own["transactions"])))
    return Shape(tuple(rows), tuple(events), tuple(transactions))
