"""The real path: a system of its own, encounters posted to it, and the clock stopped when the last one owes its copay."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import orjson

from rcm.identity import Role
from rcm_deploy.bench.load import post_all, until
from rcm_deploy.bench.processes import cpu_seconds
from rcm_deploy.bench.ways import Leg, Way, Writes
from rcm_deploy.databases import database_name
from rcm_deploy.demo.quiescence import settle
from rcm_deploy.remote import SERVICES, Remote, local_token
from rcm_deploy.samples.encounters import sample_encounter

PATIENT_OWES = "001"
"""The sandbox's scenario whose claims all end in a patient's balance."""
ENVIRONMENT = {
    "RCM_SUBMISSION_SECONDS": "0.5",
    "RCM_SANDBOX_DAY_SECONDS": "0.02",
    "RCM_LOG_LEVEL": "warning",
}
"""A file waits half a second for more claims, and payers pay after 0.3 s: little enough that what is measured is ours, and no
payer answers before our own log has said that the claim is out. With 0.2 s batches are 3 % faster, but single posts make files
of a hundred claims, and each file has costs of its own.
"""
STATISTICS_SECONDS = 10.5


@dataclass(frozen=True, slots=True)
class RealLeg(Leg):
    """A leg of the real path, from the first post to the last patient balance."""

    cpu_seconds: Mapping[str, float]
    """User and system time of each process."""


class RealPath:
    """A system of ours with nothing in it yet."""

    def __init__(self, remote: Remote, admin_url: str) -> None:
        self.remote = remote
        self._admin_url = admin_url
        self._posted = 0

    @classmethod
    def of(cls, remote: Remote, data_folder: Path) -> "RealPath":
        """The one that has this data folder."""
        return cls(remote, orjson.loads((data_folder / "running.json").read_bytes())["admin_database_url"])

    async def go(self, way: Way) -> RealLeg:
        """Posts the encounters of a way and waits for their patients' balances; then until nothing is under way any more, for
        what is left of this leg must not fall into another's. That is not timed, and its CPU is this leg's."""
        processes = self.remote.running.processes
        before = cpu_seconds(processes)
        first, self._posted = self._posted, self._posted + way.count
        sent = bodies(way.count, first, batch=way.batch)
        token = local_token(self.remote.running, Role.EHR)
        path, content_type = (
            ("/v1/encounters", "application/json") if way.batch == 1 else ("/v1/encounters/batch", "application/x-ndjson")
        )
        accounts = await self._accounts()
        began = time.perf_counter()
        url = self.remote.running.urls["coding"]
        load = await post_all(url, path, token, content_type, sent, clients=way.clients, run=f"bench-{first}")
        await until(self._accounts, accounts + way.count)
        seconds = time.perf_counter() - began
        await settle(self.remote)
        after = cpu_seconds(processes)
        return RealLeg(way.count, seconds, load, {name: after[name] - before[name] for name in after if name in before})

    async def written(self) -> Writes:
        """What the services and the adapter have written, when nothing is under way any more."""
        await settle(self.remote)
        databases = {service: database_name(service) for service in (*SERVICES, "adapter")}
        return await written(self._admin_url, databases, "event_log")

    async def relay_lag_p95_ms(self) -> dict[str, float]:
        """The 95th percentile of commit to published, from each service's own histogram, in ms (the bucket's upper edge)."""
        found = {}
        for service in SERVICES:
            text = (await self.remote.call("GET", service, "/metrics")).text
            buckets = [
                (float(line.split('le="')[1].split('"')[0]), float(line.rsplit(" ", 1)[1]))
                for line in text.splitlines()
                if line.startswith("rcm_relay_lag_seconds_bucket")
            ]
            total = buckets[-1][1] if buckets else 0
            if total:
                found[service] = next(edge for edge, seen in buckets if seen >= 0.95 * total) * 1000
        return found

    async def _accounts(self) -> int:
        return int((await self.remote.json("GET", "patient-billing", "/v1/summary"))["accounts"])


def bodies(count: int, first: int, *, batch: int) -> list[bytes]:
    """Encounters as request bodies; each with a patient of its own, so that accounts count encounters."""
    today = datetime.now(UTC).date()
    single = [
        orjson.dumps(sample_encounter(number, 1, PATIENT_OWES, today, patient_number=number))
        for number in range(first, first + count)
    ]
    return single if batch == 1 else [b"\n".join(single[at : at + batch]) for at in range(0, count, batch)]


async def written(admin_url: str, databases: Mapping[str, str], log: str) -> Writes:
    """Rows written and transactions committed so far in each database, from PostgreSQL's own statistics.

    `databases` are their names by what we call them, `log` the beginning of the name of the log's tables. PostgreSQL's
    sessions report what is left to count when they have been idle for ten seconds.
    """
    await asyncio.sleep(STATISTICS_SECONDS)
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
