"""The relay: reads a service's log by a cursor in commit order and publishes; the cursor moves when the bus has it.

One relay per service runs at a time, in whichever process holds the advisory lock; the others stand by.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rcm.database.pool import Database
from rcm.logs import logger
from rcm.messaging import crash
from rcm.messaging.bell import Bell
from rcm.messaging.bus import NotAllHere
from rcm.messaging.log import position_before, read_log
from rcm.messaging.wire import Envelope, Position

if TYPE_CHECKING:
    from asyncpg import Connection as PlainConnection

    Connection = PlainConnection[Any]

RELAY_LOCK = 7_265_002
BATCH_MAX = 500
SWEEP_SECONDS = 1.0
UNSETTLED_SECONDS = 0.003
"""How soon to look again for what is committed but has an older transaction running before it."""
PAUSE_SECONDS_MAX = 5.0

CURSOR = "select epoch, xid::text::bigint as xid8, seq, generation from log_cursor where name = 'relay'"
MOVE = """
update log_cursor set epoch = $1, xid = $2::text::xid8, seq = $3 where name = 'relay' and generation = $4
"""
SEEK = """
update log_cursor set epoch = $1, xid = $2::text::xid8, seq = $3, generation = generation + 1 where name = 'relay'
"""
Publish = Callable[[str, Sequence[Envelope]], Awaitable[None]]


class Relay:
    """One service's relay. `run` until cancelled; `stop` ends it after the batch that it is in."""

    def __init__(self, service: str, database: Database, publish: Publish) -> None:
        self.service = service
        self.observe_lag: Callable[[float], None] | None = None
        self.leading = False
        """Whether this process holds the lock and publishes."""
        self._database = database
        self._publish = publish
        self._bell = Bell()
        self._stopping = False
        self._log = logger(service)

    def wake(self) -> None:
        """Something was committed to the log."""
        self._bell.ring()

    def stop(self) -> None:
        """Ends `run` soon."""
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        """Publishes for ever; what fails is tried again, with growing pauses."""
        pause = 0.05
        while not self._stopping:
            try:
                await self._lead()
                pause = 0.05
            except NotAllHere:
                continue  # only when it is being stopped
            except Exception as error:
                self._log.warning("relay interrupted", pause_seconds=pause, exc_info=error)
                await self._bell.wait(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def _lead(self) -> None:
        """On a connection of its own, whose end gives the lock back."""
        connection = await self._database.connect()
        try:
            # Losing the last moves of the cursor in a crash only publishes again what every inbox knows.
            await connection.execute("set synchronous_commit = off")
            while not self._stopping:
                if await connection.fetchval("select pg_try_advisory_lock($1)", RELAY_LOCK):
                    self.leading = True
                    await self._follow(connection)
                    return
                await self._bell.wait(SWEEP_SECONDS)
        finally:
            self.leading = False
            with suppress(Exception):
                await connection.close(timeout=2)

    async def _follow(self, connection: "Connection") -> None:
        cursor, generation = await _cursor(connection)
        while not self._stopping:
            batch = await read_log(connection, cursor, BATCH_MAX)
            if batch.envelopes:
                await self._carry(batch.envelopes)
                crash.reach("relay.before_cursor")
                cursor = batch.envelopes[-1].position
                moved = await connection.execute(MOVE, cursor.epoch, str(cursor.xid), cursor.seq, generation)
                crash.reach("relay.after_cursor")
                if moved != "UPDATE 1":
                    cursor, generation = await _cursor(connection)
                    continue
            if batch.full:
                continue
            rung = await self._bell.wait(UNSETTLED_SECONDS if batch.unsettled else SWEEP_SECONDS)
            if not rung and not batch.unsettled:
                cursor, generation = await _cursor(connection)

    async def _carry(self, envelopes: list[Envelope]) -> None:
        """To the bus, again and again until it has it: what is not published yet must not be overtaken."""
        pause = 0.05
        crash.reach("relay.before_publish")
        while True:
            try:
                await self._publish(self.service, envelopes)
                break
            except NotAllHere:
                if self._stopping:
                    raise
                await asyncio.sleep(0)
            except Exception as error:
                if self._stopping:
                    raise
                self._log.warning("publishing failed", events=len(envelopes), pause_seconds=pause, exc_info=error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
        crash.reach("relay.after_publish")
        if self.observe_lag is not None:
            now = datetime.now(UTC)
            for envelope in envelopes:
                if envelope.logged_at is not None:
                    self.observe_lag((now - envelope.logged_at).total_seconds())


async def _cursor(connection: "Connection") -> tuple[Position, int]:
    row = await connection.fetchrow(CURSOR)
    assert row is not None, "the relay's cursor is made by the migration"
    return Position(row["epoch"], row["xid8"], row["seq"]), row["generation"]


async def seek(database: Database, since: datetime) -> Position:
    """Sets the relay's cursor back (or ahead) to just before the first event said at `since` or later."""

    async def work(connection: Any) -> Position:
        position = await position_before(connection, since)
        await connection.execute(SEEK, position.epoch, str(position.xid), position.seq)
        return position

    return await database.run(work)


async def cursor_of(database: Database) -> Position:
    """Where the relay stands."""
    row = await database.pool.fetchrow(CURSOR)
    assert row is not None
    return Position(row["epoch"], row["xid8"], row["seq"])
