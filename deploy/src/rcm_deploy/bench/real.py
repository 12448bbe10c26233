"""The real path: a system of its own, encounters posted to it, and the clock stopped when the last one owes its copay."""

import asyncio
import os
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import orjson

from rcm.identity import Role
from rcm_deploy.bench.load import Load, percentile, post_all, until
from rcm_deploy.databases import database_name
from rcm_deploy.remote import SERVICES, Remote, local_token
from rcm_deploy.samples.encounters import sample_encounter

PATIENT_OWES = "001"
"""The sandbox's scenario whose claims all end in a patient's balance."""
BATCH = 100
ENVIRONMENT = {
    "RCM_SUBMISSION_SECONDS": "0.5",
    "RCM_SANDBOX_DAY_SECONDS": "0.02",
    "RCM_LOG_LEVEL": "warning",
}
"""A file waits half a second for more claims, and payers pay after 0.3 s: little enough that what is measured is ours, and no
payer answers before our own log has said that the claim is out."""
STATISTICS_SECONDS = 10.5
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run from the first post to the last patient balance."""

    encounters: int
    seconds: float
    load: Load
    cpu_us: Mapping[str, float]
    """User and system time of each process per encounter, in microseconds."""

    @property
    def per_second(self) -> float:
        return self.encounters / self.seconds


def bodies(count: int, first: int, *, batch: int) -> list[bytes]:
    """Encounters as request bodies; each with a patient of its own, so that accounts count encounters."""
    today = datetime.now(UTC).date()
    single = [
        orjson.dumps(sample_encounter(number, 1, PATIENT_OWES, today, patient_number=number))
        for number in range(first, first + count)
    ]
    return single if batch == 1 else [b"\n".join(single[at : at + batch]) for at in range(0, count, batch)]


async def measure(remote: Remote, *, count: int, first: int, batch: int, clients: int) -> Measured:
    """Posts `count` encounters from number `first` on and waits for their patients' balances."""
    before = cpu_seconds(remote.running.processes)
    sent = bodies(count, first, batch=batch)
    token = local_token(remote.running, Role.EHR)
    path, content_type = (
        ("/v1/encounters", "application/json") if batch == 1 else ("/v1/encounters/batch", "application/x-ndjson")
    )
    accounts = await _accounts(remote)
    began = time.perf_counter()
    load = await post_all(
        remote.running.urls["coding"], path, token, content_type, sent, clients=clients, run=f"bench-{first}-{batch}"
    )
    await until(lambda: _accounts(remote), accounts + count)
    seconds = time.perf_counter() - began
    after = cpu_seconds(remote.running.processes)
    cpu = {name: round((after[name] - before[name]) / count * 1_000_000, 1) for name in after if name in before}
    return Measured(count, seconds, load, cpu)


async def _accounts(remote: Remote) -> int:
    return int((await remote.json("GET", "patient-billing", "/v1/summary"))["accounts"])


def cpu_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """User and system time so far of each process that lives, with its children's; one that is many at once is named once."""
    found = {}
    for name, pid in _distinct(processes).items():
        counted = [_cpu_ticks(each) for each in (pid, *(_children(pid) if name == "postgres" else ()))]
        found[name] = sum(counted) / TICKS_PER_SECOND
    return found


def _distinct(processes: Mapping[str, int]) -> dict[str, int]:
    """The embedded process bears every service's name: it stands here once, under its first."""
    first: dict[int, str] = {}
    for name, pid in processes.items():
        first.setdefault(pid, name)
    return {name: pid for pid, name in first.items()}


def _cpu_ticks(pid: int) -> int:
    """User and system time of a process and of its children that have ended, as Linux counts it; 0 for one that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(field) for field in fields[11:15])


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except FileNotFoundError:
        return []


def memory_mib(processes: Mapping[str, int]) -> dict[str, float]:
    """Resident memory of each process in MiB."""
    page = resource.getpagesize()
    found = {}
    for name, pid in _distinct(processes).items():
        try:
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                found[name] = round(int(file.read().split()[1]) * page / 2**20, 1)
        except FileNotFoundError:
            continue
    return found


Writes = dict[str, dict[str, float]]
"""By database: rows, events (log rows, among the rows) and committed transactions."""


async def written(admin_url: str, databases: Mapping[str, str], log: str) -> Writes:
    """Rows written and transactions committed so far in each database, from PostgreSQL's own statistics.

    `databases` are their names by what we call them, `log` the beginning of the name of the log's tables.
    """
    counts: Writes = {}
    for service, name in databases.items():
        connection = await asyncpg.connect(admin_url, database=name)
        try:
            await connection.execute("select pg_stat_clear_snapshot()")
            rows = await connection.fetchval("select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables")
            events = await connection.fetchval(
                "select coalesce(sum(n_tup_ins), 0) from pg_stat_user_tables where starts_with(relname, $1)", log
            )
            transactions = await connection.fetchval(
                "select xact_commit from pg_stat_database where datname = current_database()"
            )
        finally:
            await connection.close()
        counts[service] = {"rows": int(rows), "events": int(events), "transactions": int(transactions)}
    return counts


def service_databases() -> dict[str, str]:
    """The real path's databases."""
    return {service: database_name(service) for service in (*SERVICES, "adapter")}


def per_encounter(before: Writes, after: Writes, count: int) -> Writes:
    """What was written between two looks, for each encounter."""
    return {
        service: {kind: round((after[service][kind] - before[service][kind]) / count, 2) for kind in after[service]}
        for service in after
    }


async def relay_lag_p95_ms(remote: Remote) -> dict[str, float]:
    """The 95th percentile of commit to published, from each service's own histogram, in ms (the bucket's upper edge)."""
    found = {}
    for service in SERVICES:
        text = (await remote.call("GET", service, "/metrics")).text
        buckets = [
            (float(line.split('le="')[1].split('"')[0]), float(line.rsplit(" ", 1)[1]))
            for line in text.splitlines()
            if line.startswith("rcm_relay_lag_seconds_bucket")
        ]
        total = buckets[-1][1] if buckets else 0
        if total:
            found[service] = next(edge for edge, seen in buckets if seen >= 0.95 * total) * 1000
    return found


def latencies(load: Load) -> dict[str, float]:
    """Intake's percentiles in milliseconds."""
    return {"p50_ms": round(percentile(load.latencies_ms, 0.5), 1), "p95_ms": round(percentile(load.latencies_ms, 0.95), 1)}


async def settle_statistics() -> None:
    """PostgreSQL's backends report what is left to count when they have been idle for ten seconds."""
    await asyncio.sleep(STATISTICS_SECONDS)
