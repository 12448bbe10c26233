"""The floor: four hops that write rows and say events, and decide nothing. HTTP in front, a database for each hop.

The best pipeline of this shape that we know: own asyncpg connections, group commit of requests that arrive together, an
inbox, rows and log rows by unnest, up to 500 events a transaction, a log read in commit order, row-level security. What the
real path takes longer is its own Python and whatever it writes more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

HOPS = 4
TAKE = 500
IDLE_SECONDS = 0.01
IDLE_SECONDS_MAX = 1.0
"""A log that says nothing is looked at less and less: the real path is measured while the floor idles."""
ORGANISATION = UUID("0198f5d0-5c00-7000-8000-0000000000f1")

TABLES = """
create table idempotency (organisation_id uuid, key text, answer text, primary key (organisation_id, key));
create table item (organisation_id uuid, id uuid, part int, body text, primary key (organisation_id, id, part));
create table inbox (event_id uuid primary key);
create table log (xid xid8 default pg_current_xact_id(), seq bigint generated always as identity, event_id uuid,
  key uuid, part int, body text, primary key (xid, seq));
create table place (id int primary key, xid xid8, seq bigint);
insert into place values (1, '0', 0);
alter table item enable row level security;
alter table idempotency enable row level security;
create policy own on item using (organisation_id = (select nullif(current_setting('app.org', true), '')::uuid));
create policy own on idempotency using (organisation_id = (select nullif(current_setting('app.org', true), '')::uuid));
grant all on all tables in schema public to floor;
"""
INSERT_ITEMS = (
    """insert into item select $1, id, part, body from unnest($2::uuid[], $3::int[], $4::text[]) as t(id, part, body)"""
)
INSERT_LOG = """insert into log (event_id, key, part, body)
  select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[])"""
READ_LOG = """select cast(l.xid as text) as at, l.seq, l.event_id, l.key, l.part, l.body from log l
  where (l.xid, l.seq) > (select xid, seq from place) and l.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by l.xid, l.seq limit $1"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What each hop writes for an encounter: domain rows and log rows (the first of which travels on)."""

    rows: Sequence[int] = (1, 1, 1, 1)
    events: Sequence[int] = (1, 1, 1, 1)
    transactions: Sequence[int] = (1, 1, 1, 1)
    """Into how many transactions a hop splits what it does for a batch."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event between two hops."""

    event_id: UUID
    key: UUID
    body: str


class Carrier(Protocol):
    """Takes what a hop said to the next one."""

    async def carry(self, events: Sequence[Said]) -> None: ...


async def create_databases(admin_url: str) -> None:
    """Fresh databases floor_0 to floor_3 on a server."""
    admin = await asyncpg.connect(admin_url)
    if not await admin.fetchval("select 1 from pg_roles where rolname = 'floor'"):
        await admin.execute("create role floor login")
    for hop in range(HOPS):
        await admin.execute(f"drop database if exists floor_{hop} with (force)")
        await admin.execute(f"create database floor_{hop}")
        database = await asyncpg.connect(admin_url, database=f"floor_{hop}")
        await database.execute(TABLES)
        await database.close()
    await admin.close()


class Hop:
    """One service without logic."""

    def __init__(self, number: int, pool: "asyncpg.Pool[Any]", shape: Shape) -> None:
        self.number = number
        self.spoke = asyncio.Event()
        self.arrived = 0
        """How many encounters have come this far: counted here, for a table's rows take longer to count the more there are."""
        self._pool = pool
        self._rows, self._events = shape.rows[number], shape.events[number]
        self._transactions = shape.transactions[number]

    async def intake(self, bodies: Sequence[str], keys: Sequence[str]) -> None:
        """Requests of one group commit: an idempotency row for each key, rows and log rows for each body."""
        async with self._pool.acquire() as connection:
            await connection.execute(f"begin isolation level repeatable read; set local app.org = '{ORGANISATION}'")
            await connection.execute(
                "insert into idempotency select $1, unnest($2::text[]), 'created'", ORGANISATION, list(keys)
            )
            await self._write(connection, [(uuid7(), body) for body in bodies])
            await connection.execute("commit")
        self.spoke.set()

    async def consume(self, events: Sequence[Said]) -> None:
        """A batch of events: the inbox tells which are new; all of it in `transactions` equal parts."""
        size = -(-len(events) // self._transactions)
        for first in range(0, len(events), size):
            await self._consume_part(events[first : first + size])
        self.spoke.set()

    async def _consume_part(self, events: Sequence[Said]) -> None:
        async with self._pool.acquire() as connection:
            await connection.execute(f"begin isolation level repeatable read; set local app.org = '{ORGANISATION}'")
            fresh = await connection.fetch(
                "insert into inbox select unnest($1::uuid[]) on conflict do nothing returning event_id",
                [event.event_id for event in events],
            )
            new = {row["event_id"] for row in fresh}
            await self._write(connection, [(event.key, event.body) for event in events if event.event_id in new])
            await connection.execute("commit")
        self.arrived += len(new)

    async def _write(self, connection: Any, items: Sequence[tuple[UUID, str]]) -> None:
        def columns(copies: int) -> tuple[list[UUID], list[int], list[str]]:
            keys = [key for key, _ in items for _ in range(copies)]
            return keys, list(range(copies)) * len(items), [body for _, body in items for _ in range(copies)]

        if self._rows:
            await connection.execute(INSERT_ITEMS, ORGANISATION, *columns(self._rows))
        if self._events:
            keys, parts, bodies = columns(self._events)
            await connection.execute(INSERT_LOG, [uuid7() for _ in keys], keys, parts, bodies)

    async def relay(self, carrier: Carrier) -> None:
        """Carries the log on in commit order, for ever."""
        idle = IDLE_SECONDS
        async with self._pool.acquire() as connection:
            while True:
                rows = await connection.fetch(READ_LOG, TAKE)
                if rows:
                    idle = IDLE_SECONDS
                    # Only an encounter's first log row travels on: each hop has its own number of them.
                    await carrier.carry([Said(r["event_id"], r["key"], r["body"]) for r in rows if r["part"] == 0])
                    await connection.execute(
                        "update place set xid = cast(cast($1 as text) as xid8), seq = $2", rows[-1]["at"], rows[-1]["seq"]
                    )
                if len(rows) < TAKE:
                    self.spoke.clear()
                    idle = IDLE_SECONDS if await _woken(self.spoke, idle) else min(2 * idle, IDLE_SECONDS_MAX)


async def _woken(spoke: asyncio.Event, idle_seconds: float) -> bool:
    """Whether something was said before so many seconds had passed."""
    try:
        await asyncio.wait_for(spoke.wait(), idle_seconds)
    except TimeoutError:
        return False
    return True


async def open_hop(admin_url: str, number: int, shape: Shape) -> Hop:
    """A hop with its pool of connections as the role that obeys row-level security."""
    pool = await asyncpg.create_pool(admin_url, user="floor", database=f"floor_{number}", min_size=4, max_size=8)
    return Hop(number, pool, shape)


class GroupCommit:
    """Requests that arrive together share one transaction."""

    def __init__(self, work: Callable[[Sequence[str], Sequence[str]], Awaitable[None]]) -> None:
        self._work = work
        self._queue: list[tuple[list[str], str, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def submit(self, bodies: list[str], key: str) -> None:
        """Answers when the transaction that holds these bodies is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((bodies, key, done))
        self._wake.set()
        await done

    async def run(self) -> None:
        """Commits whatever waits, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            taken, self._queue = self._queue, []
            await self._work([body for bodies, _, _ in taken for body in bodies], [key for _, key, _ in taken])
            for _, _, done in taken:
                done.set_result(None)
