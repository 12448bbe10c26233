"""`make bench`: one JSON object; every ratio in it comes from this one run."""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson

from rcm_deploy.bench import codes, real
from rcm_deploy.bench.floor import HOPS, Shape, create_databases
from rcm_deploy.bench.floor_main import Settings, create_topics
from rcm_deploy.bench.load import post_all, until
from rcm_deploy.demo.quiescence import settle
from rcm_deploy.demo.system import own_system
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.ports import free_port
from rcm_deploy.postgres import PostgresServer
from rcm_deploy.remote import SERVICES, Remote, remote

WARM_UP = 200
STORED_AT_ONCE = 5_000
FEW = 1_000
"""Claims that the new system of the growth's measure holds at first."""
GROWTH_COUNT = 3_000
CLIENTS = (8, 16, 32)
BATCHED = 2
"""So many times the encounters in batches: they are faster, and the second that files and payers wait must count for little."""
GROWTH_ROUNDS = 3
PARTS = ("coding", "claims", "payments", "patient-billing")
Rates = dict[str, float]
"""Encounters a second, by way of intake: "single 8" (clients), ..., "batch"."""


async def bench_real(bus: str, count: int) -> tuple[dict[str, Any], real.Writes, Rates]:
    """The real path on one bus: its figures, what it writes for an encounter, encounters a second by way of intake."""
    with own_system(bus=bus, environment=real.ENVIRONMENT) as system:
        running = system.start()
        async with remote(system.data_folder) as connected:
            await real.measure(connected, count=WARM_UP, first=0, batch=1, clients=8)
            first = WARM_UP
            result: dict[str, Any] = {"single": {}}
            rates: Rates = {}
            looks = [await _written(connected, system.data_folder)]
            for clients in CLIENTS:
                run = await real.measure(connected, count=count, first=first, batch=1, clients=clients)
                first += count
                result["single"][clients] = {**_figures(run), **real.latencies(run.load)}
                rates[f"single {clients}"] = run.per_second
            looks.append(await _written(connected, system.data_folder))
            run = await real.measure(connected, count=BATCHED * count, first=first, batch=real.BATCH, clients=2)
            rates["batch"] = run.per_second
            looks.append(await _written(connected, system.data_folder))
            writes = real.per_encounter(looks[0], looks[1], count * len(CLIENTS))
            result |= {
                "batch": _figures(run),
                "writes_per_encounter_single": writes,
                "writes_per_encounter_batch": real.per_encounter(looks[1], looks[2], BATCHED * count),
                "relay_lag_p95_ms": await real.relay_lag_p95_ms(connected),
                "memory_mib": real.memory_mib(running.processes),
            }
            return result, writes, rates


async def _written(connected: Remote, data_folder: Path) -> real.Writes:
    await settle(connected)
    await real.settle_statistics()
    admin_url = orjson.loads((data_folder / "running.json").read_bytes())["admin_database_url"]
    return await real.written(admin_url, real.service_databases(), "event_log")


def _figures(run: real.Measured) -> dict[str, Any]:
    return {"encounters_per_second": round(run.per_second, 1), "refused": run.load.refused, "cpu_us_per_encounter": run.cpu_us}


def same_writes(path: real.Writes, bare: real.Writes) -> Shape:
    """A floor that writes what the real path writes; `bare` is what the floor of `Shape()` was seen to write.

    The floor counts inbox and idempotency rows and its relay's place by itself. The adapter's rows are part of the path too:
    the floor has no fifth hop, so its second one writes them.
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


async def bench_floor(bus: str, count: int, shape: Shape) -> tuple[real.Writes, Rates]:
    """A floor of a shape: what it writes for an encounter posted singly, encounters a second for each way of intake."""
    rates: Rates = {}
    folder = Path(tempfile.mkdtemp(prefix="rcm-bench-"))
    folder.chmod(0o755)  # noqa: ASYNC240  # once
    postgres = PostgresServer(folder / "postgres")
    postgres.start()
    databases = {f"hop {hop}": f"floor_{hop}" for hop in range(HOPS)}

    async def look() -> real.Writes:
        await real.settle_statistics()
        return await real.written(postgres.url(), databases, "log")

    try:
        await create_databases(postgres.url())
        async with _floor(bus, folder, postgres.url(), shape) as (front, last):
            await _through_floor(front, last, WARM_UP, 0, batch=1, clients=8)
            done = WARM_UP
            before = await look()
            for clients in CLIENTS:
                rates[f"single {clients}"] = await _through_floor(front, last, count, done, batch=1, clients=clients)
                done += count
            after = await look()
            rates["batch"] = await _through_floor(front, last, BATCHED * count, done, batch=real.BATCH, clients=2)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return real.per_encounter(before, after, count * len(CLIENTS)), rates


@asynccontextmanager
async def _floor(bus: str, folder: Path, admin_url: str, shape: Shape) -> AsyncIterator[tuple[str, str]]:
    """A running floor: the addresses of its front and of its last hop."""
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
            processes.append(subprocess.Popen(command))  # noqa: S603, ASYNC220  # our own program, once
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


async def _through_floor(front: str, last: str, count: int, done: int, *, batch: int, clients: int) -> float:
    sent = real.bodies(count, done, batch=batch)
    content_type = "application/json" if batch == 1 else "application/x-ndjson"
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient() as client:

        async def arrived() -> int:
            return int((await client.get(f"{last}/count")).text)

        began = loop.time()
        await post_all(front, "/encounters", "none", content_type, sent, clients=clients, run=f"floor-{done}")
        await until(arrived, done + count)
        return count / (loop.time() - began)


async def bench_growth(stored: int, count: int) -> dict[str, float]:
    """The seconds that a claim takes with many stored claims against few, direct bus.

    Two systems live at once and are measured in turns, for a machine's speed changes while 100,000 claims are made.
    """
    with (
        own_system(bus="direct", environment=real.ENVIRONMENT) as full,
        own_system(bus="direct", environment=real.ENVIRONMENT) as new,
    ):
        full.start()
        async with remote(full.data_folder) as many:
            for first in range(0, stored, STORED_AT_ONCE):
                await real.measure(many, count=STORED_AT_ONCE, first=first, batch=real.BATCH, clients=2)
            new.start()
            async with remote(new.data_folder) as few:
                await real.measure(few, count=FEW, first=0, batch=real.BATCH, clients=2)
                seconds = {"few": 0.0, "many": 0.0}
                for turn in range(GROWTH_ROUNDS):
                    first = stored + turn * count
                    for name, connected in (("few", few), ("many", many)):
                        run = await real.measure(connected, count=count, first=first, batch=real.BATCH, clients=2)
                        seconds[name] += run.seconds
    each = {name: round(spent / (GROWTH_ROUNDS * count) * 1e6, 1) for name, spent in seconds.items()}
    return {
        "stored": stored,
        "microseconds_few": each["few"],
        "microseconds_many": each["many"],
        "ratio": round(seconds["many"] / seconds["few"], 3),
    }


async def bench(buses: Sequence[str], count: int, stored: int) -> dict[str, Any]:
    """Everything, bus by bus, the floors right after the real path they are held against."""
    result: dict[str, Any] = {"processors": os.cpu_count(), "encounters": count}
    for bus in buses:
        figures, writes, rates = await bench_real(bus, count)
        bare, bare_rates = await bench_floor(bus, count, Shape())
        shape = same_writes(writes, bare)
        same, same_rates = await bench_floor(bus, count, shape)
        floors = {"four_hops": bare_rates, "same_writes": same_rates}
        result[bus] = {
            **figures,
            "floor_shape": asdict(shape),
            "floor_writes_per_encounter": {"four_hops": bare, "same_writes": same},
            "floors_encounters_per_second": {n: {w: round(r, 1) for w, r in f.items()} for n, f in floors.items()},
            "ratios": {n: {way: round(rates[way] / rate, 3) for way, rate in f.items()} for n, f in floors.items()},
        }
    if stored:
        result["growth"] = await bench_growth(stored, GROWTH_COUNT)
    return result


def main() -> None:
    """Prints the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buses", default="direct,kafka")
    parser.add_argument("--encounters", type=int, default=10_000, help="posted singly, for each number of clients")
    parser.add_argument("--stored", type=int, default=100_000, help="stored claims for the cost of growth; 0 leaves it out")
    arguments = parser.parse_args()
    assert set(SERVICES) == set(PARTS)
    code_sets = codes.measure()
    result = asyncio.run(bench(arguments.buses.split(","), arguments.encounters, arguments.stored))
    result["codes"] = code_sets
    sys.stdout.write(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")


if __name__ == "__main__":
    main()
