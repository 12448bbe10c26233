"""The public event stream: one organisation's events of one service's log, from any kept point on, by an opaque cursor."""

import asyncio
import base64
import binascii
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.database.pool import Database
from rcm.errors import InvalidBody
from rcm.logs import logger
from rcm.messaging.bell import Bell
from rcm.messaging.log import BY_ITS_ORDER, LogBatch, last_position, read_log, reading
from rcm.messaging.wire import START, Envelope, Position, structured

if TYPE_CHECKING:
    from asyncpg import Connection as PlainConnection
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any] | PlainConnection[Any]

RING_EVENTS = 5_000
READ_EVENTS = 500
SWEEP_SECONDS = 0.5
UNSETTLED_SECONDS = 0.02
"""How soon to look again for what an older transaction holds back, if that is another process's."""
FOLLOWERS_MAX = 1_000


class BadCursor(InvalidBody):
    """The cursor is none of ours."""

    code = "bad-cursor"
    title = "The cursor is none that this stream gave out"
    pointer = "?after"
    fix = "Use the cursor of an earlier page or event, unchanged."


class TooManyFollowers(InvalidBody):
    """Each open stream costs a connection; there are no more."""

    code = "too-many-streams"
    status = 503
    retryable = True
    title = "Too many event streams are open; poll GET /v1/events instead"


@dataclass(slots=True, eq=False)
class PublicEvent:
    """An event as it goes out: `cursor` continues behind it, `body` is CloudEvents in JSON."""

    cursor: str
    type: str
    subject: str
    body: bytes
    organisation_id: UUID
    position: Position


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in order. `cursor` goes on behind them, also where there are none."""

    events: list[PublicEvent]
    cursor: str
    more: bool


def cursor_text(position: Position) -> str:
    """A position as a text that nobody needs to read."""
    return base64.urlsafe_b64encode(f"{position.epoch}.{position.xid}.{position.seq}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """The position behind a cursor's text. Raises BadCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        epoch, xid, seq = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
    if not (0 <= epoch < 2**31 and 0 <= xid < 2**63 and 0 <= seq < 2**63):
        raise BadCursor
    return Position(epoch, xid, seq)


def public(envelope: Envelope, source: str) -> PublicEvent:
    """The event as it goes out."""
    position = envelope.position
    return PublicEvent(
        cursor_text(position),
        envelope.type,
        str(envelope.subject),
        structured(envelope, source),
        envelope.organisation_id,
        position,
    )


async def read_events(
    connection: "Connection",
    organisation_id: UUID,
    after: str | None,
    limit: int,
    *,
    source: str,
    types: Sequence[str] | None = None,
) -> EventPage:
    """The organisation's next events (of some types) behind the cursor, or from the beginning.

    `source` as in CloudEvents: `/claims-svc`.
    """
    batch = await _read_own(connection, position_of(after) if after else START, limit, organisation_id, types)
    events = [public(envelope, source) for envelope in batch.envelopes]
    return EventPage(events, cursor_text(batch.end), more=batch.full)


async def _read_own(
    connection: "Connection", after: Position, limit: int, organisation_id: UUID, types: Sequence[str] | None
) -> LogBatch:
    """One organisation's next events, in a transaction that reads nothing else."""
    await connection.execute(BY_ITS_ORDER.format("local"))
    return await read_log(connection, after, limit, organisation_id=organisation_id, types=types)


@dataclass(frozen=True, slots=True)
class Follower:
    """Who reads along: one organisation's events, of some types or (None) of all."""

    organisation_id: UUID
    types: frozenset[str] | None

    def wants(self, event: PublicEvent) -> bool:
        """Whether the event is one of these."""
        return event.organisation_id == self.organisation_id and (self.types is None or event.type in self.types)


@dataclass(frozen=True, slots=True)
class News:
    """What a follower gets: events, and the cursor behind them and behind everything that was passed over."""

    events: list[PublicEvent]
    cursor: str


class Tail:
    """One reader of the log's end for all open streams of a process, with the newest events in memory, encoded once.

    It reads those types alone that somebody follows: most events are wanted by other services and by nobody outside.
    """

    def __init__(self, service: str, database: Database) -> None:
        self._source = f"/{service}"
        self._database = database
        self._ring: deque[PublicEvent] = deque(maxlen=RING_EVENTS)
        self._since = START
        """Everything after this position that is settled and of the types that are read is in the ring."""
        self._position = START
        self._types: frozenset[str] | None = frozenset()
        """What is read; None: everything. It only grows."""
        self.unsettled = False
        """Whether something is committed that an older transaction holds back."""
        self._grown = asyncio.Condition()
        self._bell = Bell()
        self._followers = 0
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._log = logger(service)

    def wake(self) -> None:
        """Something was committed to the log."""
        if self._task is not None:
            self._bell.ring()

    async def stop(self) -> None:
        """Ends all streams."""
        self._stopped = True
        async with self._grown:
            self._grown.notify_all()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def now(self) -> str:
        """The cursor behind everything that can be read already: who follows from there is given what comes."""
        return cursor_text(await self._end_of_log())

    async def follow(
        self, organisation_id: UUID, after: str, *, types: frozenset[str] | None = None, beat_seconds: float = 15.0
    ) -> AsyncIterator[News]:
        """The organisation's events behind the cursor, as they come, until `stop`.

        News without events is a sign of life, every `beat_seconds` without an event.
        """
        place = position_of(after)
        if self._followers >= FOLLOWERS_MAX:
            raise TooManyFollowers
        follower = Follower(organisation_id, types)
        self._followers += 1
        try:
            await self._started(types)
            while not self._stopped:
                if place < self._since:
                    events, place = await self._from_log(follower, place)
                    silent = False
                else:
                    events, place = await self._from_ring(follower, place, beat_seconds)
                    silent = not events and not self._stopped
                if events or silent:
                    yield News(events, cursor_text(place))
        finally:
            self._followers -= 1

    async def _from_log(self, follower: Follower, place: Position) -> tuple[list[PublicEvent], Position]:
        since = self._since  # the ring may go on, and forget, while the log is read
        async with self._database.transaction(read_only=True) as connection:
            page = await _read_own(connection, place, READ_EVENTS, follower.organisation_id, _listed(follower.types))
        events = [public(envelope, self._source) for envelope in page.envelopes]
        if page.full:
            return events, page.end
        # All that the organisation had so far is read, up to the ring's beginning at least.
        return events, max(since, events[-1].position if events else place)

    async def _from_ring(self, follower: Follower, place: Position, seconds: float) -> tuple[list[PublicEvent], Position]:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._stopped and self._since <= place:
                    newest = self._position
                    if newest > place:
                        found = self._newer(follower, place)
                        place = newest
                        if found:
                            return found, place
                    async with self._grown:
                        if self._position == newest and not self._stopped:
                            await self._grown.wait()
        return [], place

    def _newer(self, follower: Follower, place: Position) -> list[PublicEvent]:
        found: list[PublicEvent] = []
        for event in reversed(self._ring):
            if event.position <= place:
                break
            if follower.wants(event):
                found.append(event)
        found.reverse()
        return found

    async def _started(self, types: frozenset[str] | None) -> None:
        """Reads from now on, these types too: what the ring holds lacks those that nobody followed so far."""
        if self._task is None:
            place = await self._end_of_log()
            if self._task is None and not self._stopped:  # another follower may have begun meanwhile
                self._since = self._position = place
                self._task = asyncio.create_task(self._run(), name="event tail")
        if self._types is not None and (types is None or not types <= self._types):
            self._types = None if types is None else self._types | types
            self._ring.clear()
            self._since = self._position

    async def _end_of_log(self) -> Position:
        async with self._database.pool.acquire() as connection:
            return await last_position(connection)

    async def _run(self) -> None:
        while not self._stopped:
            try:
                await self._read_along()
            except Exception as error:
                self.unsettled = False
                self._log.warning("event tail interrupted", exc_info=error)
                await self._bell.wait(SWEEP_SECONDS)

    async def _read_along(self) -> None:
        """On a connection of its own, until it is stopped or the connection fails."""
        async with reading(self._database) as connection:
            while not self._stopped:
                self.unsettled = await self._read(connection)
                await self._bell.wait(UNSETTLED_SECONDS if self.unsettled and self._followers else SWEEP_SECONDS)

    async def _read(self, connection: "Connection") -> bool:
        """Takes what is new into the ring; whether more is committed but not settled."""
        while True:
            types, position = self._types, self._position
            batch = await read_log(connection, position, READ_EVENTS, types=_listed(types))
            if types != self._types:
                continue  # somebody came meanwhile who wants more than was read
            for envelope in batch.envelopes:
                if len(self._ring) == RING_EVENTS:
                    self._since = self._ring[0].position
                self._ring.append(public(envelope, self._source))
            if batch.end > self._position:
                self._position = batch.end
                async with self._grown:
                    self._grown.notify_all()
            if not batch.full:
                return batch.unsettled


def _listed(types: frozenset[str] | None) -> list[str] | None:
    return None if types is None else sorted(types)
