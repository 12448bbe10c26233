"""The relay: reads a service's log by a cursor in commit order and publishes; the cursor moves when the bus has it.

One relay per service runs at a time, in whichever process holds the advisory lock; the others stand by.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.database.pool import Database
from rcm.logs import logger
from rcm.messaging import crash
from rcm.messaging.bell import Bell
from rcm.messaging.bus import GATHER_SECONDS, Bus, NotAllHere
from rcm.messaging.just_said import JustSaid
from rcm.messaging.log import LogBatch, position_before, read_heard, read_replayed, reading
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.messaging.wire import Envelope, Position

if TYPE_CHECKING:
    from asyncpg import Connection as PlainConnection

    Connection = PlainConnection[Any]

RELAY_LOCK = 7_265_002
FORGETFUL = "set synchronous_commit = off"
"""Losing the last moves of the cursor in a crash only publishes again what every inbox knows."""
BATCH_MAX = 500
SWEEP_SECONDS = 1.0
UNSETTLED_SECONDS = 0.02
"""How soon to look again for what is committed but has an older transaction running before it, if that is another process's."""
PAUSE_SECONDS_MAX = 5.0

CURSOR = """
select epoch, xid, seq, generation, replayed_organisations, replayed_epoch, replayed_xid, replayed_seq
from log_cursor where name = 'relay'
"""
MOVE = """
update log_cursor set epoch = $1, xid = $2::xid8, seq = $3, replayed_organisations = $5
where name = 'relay' and generation = $4
"""
SEEK = """
update log_cursor set epoch = $1, xid = $2::xid8, seq = $3, generation = generation + 1, replayed_organisations = '{}'
where name = 'relay'
"""
SEEK_FOR_ONE = """
update log_cursor set epoch = $1, xid = $2::xid8, seq = $3, generation = generation + 1,
    replayed_organisations = array(select distinct o from unnest(replayed_organisations || $4::uuid) o),
    replayed_epoch = case when replayed_organisations = '{}' then epoch else replayed_epoch end,
    replayed_xid = case when replayed_organisations = '{}' then xid else replayed_xid end,
    replayed_seq = case when replayed_organisations = '{}' then seq else replayed_seq end
where name = 'relay' and (epoch, xid, seq) > ($1::integer, $2::xid8, $3::bigint)
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the relay stands: up to here everything is published.

    In a replay for some organisations theirs alone is published again, up to where the cursor stood before (`until`).
    """

    position: Position
    generation: int
    """Moved by every replay: a relay that moves the cursor of an earlier one has missed it."""
    replayed: tuple[UUID, ...]
    until: Position


class Relay:
    """One service's relay. `run` until cancelled; `stop` ends it after the batch that it is in."""

    def __init__(self, service: str, database: Database, bus: Bus) -> None:
        self.service = service
        self.observe_lag: Callable[[float], None] | None = None
        self.leading = False
        """Whether this process holds the lock and publishes."""
        self.unsettled = False
        """Whether what was read last has an older transaction running before it, whose end is worth a look."""
        self._database = database
        self._bus, self._publish = bus, bus.publish
        self._just_said = JustSaid()
        self._bell = Bell()
        self._stopping = False
        self._sought = False
        self._log = logger(service)

    def said(self, unit: UnitOfWork) -> None:
        """What a unit of this process has committed."""
        if unit.pending and self.leading and self._bus.in_process:
            self._just_said.add(unit, self._bus.unheard())

    def wake(self) -> None:
        """Something was committed to the log."""
        self._bell.ring()

    def sought(self) -> None:
        """The cursor was set back: nothing more is published before it is read again."""
        self._sought = True
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
        async with reading(self._database) as connection:
            await connection.execute(FORGETFUL)
            while not self._stopping:
                if await connection.fetchval("select pg_try_advisory_lock($1)", RELAY_LOCK):
                    self._just_said.clear()
                    self.leading = True
                    try:
                        await self._follow(connection)
                    finally:
                        self.leading = False
                    return
                await self._bell.wait(SWEEP_SECONDS)

    async def _follow(self, connection: "Connection") -> None:
        cursor = await _cursor(connection)
        while not self._stopping:
            if self._sought:
                self._sought = False
                self._just_said.clear()
                cursor = await _cursor(connection)
            batch = await self._read(connection, cursor)
            self.unsettled = batch.unsettled
            if batch.envelopes:
                await self._carry(batch.envelopes)
                self._just_said.forget(batch.envelopes)
                crash.reach("relay.before_cursor")
            after = _after(cursor, batch)
            if after is not cursor:
                position = after.position
                moved = await connection.execute(MOVE, *position, after.generation, after.replayed)
                crash.reach("relay.after_cursor")
                replay_ended = cursor.replayed != after.replayed
                cursor = after if moved == "UPDATE 1" else await _cursor(connection)
                if moved != "UPDATE 1" or batch.full or replay_ended:
                    continue
                await asyncio.sleep(GATHER_SECONDS)
            rung = await self._bell.wait(UNSETTLED_SECONDS if batch.unsettled else SWEEP_SECONDS)
            if not rung and not batch.unsettled:
                self._just_said.clear()  # of what was read before this process knew that it had said it
                cursor = await _cursor(connection)

    async def _read(self, connection: "Connection", cursor: Cursor) -> LogBatch:
        if cursor.replayed:
            return await read_replayed(connection, cursor.position, cursor.until, BATCH_MAX, cursor.replayed)
        return await read_heard(connection, cursor.position, BATCH_MAX, self._bus.unheard(), self._just_said)

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
            for logged_at in {envelope.logged_at for envelope in envelopes}:
                if logged_at is not None:
                    self.observe_lag((now - logged_at).total_seconds())


async def _cursor(connection: "Connection") -> Cursor:
    row = await connection.fetchrow(CURSOR)
    assert row is not None, "the relay's cursor is made by the migration"
    epoch, xid, seq, generation, replayed, *until = row
    return Cursor(Position(epoch, xid, seq), generation, tuple(replayed), Position(*until))


def _after(cursor: Cursor, batch: LogBatch) -> Cursor:
    """Where the relay stands when it has published a batch, and passed over what nobody hears; the same where nothing came."""
    if cursor.replayed and not batch.full:
        return replace(cursor, position=cursor.until, replayed=())
    return replace(cursor, position=batch.end) if batch.end > cursor.position else cursor


async def seek(database: Database, since: datetime, organisation_id: UUID | None = None) -> Position:
    """Sets the relay's cursor back to just before the first event said at `since` or later, for all or for one organisation.

    For all, `since` may also lie ahead of the cursor; for one nothing is changed then.
    """

    async def work(connection: Any) -> Position:
        position = await position_before(connection, since)
        if organisation_id is None:
            await connection.execute(SEEK, *position)
        else:
            await connection.execute(SEEK_FOR_ONE, *position, organisation_id)
        return position

    return await database.run(work)


async def cursor_of(database: Database) -> Position:
    """Where the relay stands."""
    row = await database.pool.fetchrow(CURSOR)
    assert row is not None
    return Position(row["epoch"], row["xid"], row["seq"])
