"""The log: appended in the deciding transaction, read in commit order, never changed.

Order is (epoch, xid, seq), and only rows whose xid lies below every running transaction's are read: nothing can appear
before a cursor later (decision 0011).
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is a parameter

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.database.pool import encode_json
from rcm.messaging.unit_of_work import PendingEvent
from rcm.messaging.wire import START, Envelope, Position, topic_of

if TYPE_CHECKING:
    from asyncpg import Connection as PlainConnection
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any] | PlainConnection[Any]

APPEND = """
insert into event_log
    (organisation_id, event_id, type, subject, sequence, "time", correlation_id, causation_id, traceparent, data)
select o, e, t, s, n, $2, c, a, p, d
from json_to_recordset($1::text::json)
    as u(o uuid, e uuid, t text, s uuid, n bigint, c uuid, a uuid, p text, d text)
"""
COLUMNS = """
    l.event_id, l.organisation_id, l.type, l.subject, l.sequence, l."time", l.correlation_id, l.causation_id, l.traceparent,
    l.data, l.logged_at, l.epoch, l.xid::text::bigint as xid8, l.seq"""
SETTLED = "(l.epoch < e.epoch or l.xid < pg_snapshot_xmin(pg_current_snapshot()))"
NOW = "(select max(epoch) as epoch from log_epoch) e"
READ = f"""
select {COLUMNS}, {SETTLED} as settled
from {NOW}, event_log l
where (l.epoch, l.xid, l.seq) > ($1::integer, $2::text::xid8, $3::bigint)
order by l.epoch, l.xid, l.seq limit $4
"""
READ_ORGANISATION = f"""
select {COLUMNS}, {SETTLED} as settled
from {NOW}, event_log l
where l.organisation_id = $5 and (l.epoch, l.xid, l.seq) > ($1::integer, $2::text::xid8, $3::bigint)
order by l.epoch, l.xid, l.seq limit $4
"""
READ_REPLAYED = f"""
select {COLUMNS}, {SETTLED} as settled
from {NOW}, event_log l
where l.organisation_id = any($5::uuid[]) and (l.epoch, l.xid, l.seq) > ($1::integer, $2::text::xid8, $3::bigint)
    and (l.epoch, l.xid, l.seq) <= ($6::integer, $7::text::xid8, $8::bigint)
order by l.epoch, l.xid, l.seq limit $4
"""
COUNT_AFTER = f"""
select count(*) as all, count(*) filter (where {SETTLED}) as settled
from {NOW}, event_log l where (l.epoch, l.xid, l.seq) > ($1::integer, $2::text::xid8, $3::bigint)
    and ($4::uuid is null or l.organisation_id = $4)
"""
LAST_SETTLED = f"""
select l.epoch, l.xid::text::bigint as xid8, l.seq from {NOW}, event_log l where {SETTLED}
order by l.epoch desc, l.xid desc, l.seq desc limit 1
"""
BEFORE = """
select l.epoch, l.xid::text::bigint as xid8, l.seq from event_log l where l."time" >= $1
order by l.epoch, l.xid, l.seq limit 1
"""


@dataclass(frozen=True, slots=True)
class LogBatch:
    """What a reader found after its cursor."""

    envelopes: list[Envelope]
    unsettled: bool
    """More is committed, but a transaction that began before it still runs: look again in a moment."""
    full: bool
    """The limit was reached."""


async def append(connection: "Connection", pending: Sequence[PendingEvent], time: datetime) -> None:
    """Writes all events of a transaction in one statement, in the order they were said."""
    rows = [
        {
            "o": event.organisation_id,
            "e": event.event_id,
            "t": event.data.type_name(),
            "s": event.data.key,
            "n": event.sequence,
            "c": event.correlation_id,
            "a": event.causation_id,
            "p": event.traceparent,
            "d": event.data.model_dump_json(),
        }
        for event in pending
    ]
    await connection.execute(APPEND, encode_json(rows).decode(), time)


async def read_log(connection: "Connection", after: Position, limit: int, *, organisation_id: UUID | None = None) -> LogBatch:
    """The next events after a position in commit order, at most `limit`, of all organisations or of one."""
    if organisation_id is None:
        rows = await connection.fetch(READ, after.epoch, str(after.xid), after.seq, limit)
    else:
        rows = await connection.fetch(READ_ORGANISATION, after.epoch, str(after.xid), after.seq, limit, organisation_id)
    return _batch(rows, limit)


async def read_replayed(
    connection: "Connection", after: Position, until: Position, limit: int, organisations: Sequence[UUID]
) -> LogBatch:
    """The next events of these organisations after a position, up to another: what is published once more."""
    rows = await connection.fetch(
        READ_REPLAYED, after.epoch, str(after.xid), after.seq, limit, organisations, until.epoch, str(until.xid), until.seq
    )
    return _batch(rows, limit)


def _batch(rows: Sequence["Record"], limit: int) -> LogBatch:
    envelopes = [envelope_of(row) for row in rows if row["settled"]]
    return LogBatch(envelopes, unsettled=len(envelopes) < len(rows), full=len(rows) == limit)


def envelope_of(row: "Record") -> Envelope:
    """A row of the log."""
    event_id, organisation_id, kind, subject, sequence, time, correlation, causation, trace, data, *rest = row
    logged_at, epoch, xid, seq, _ = rest
    return Envelope(
        event_id,
        organisation_id,
        topic_of(kind),
        kind,
        subject,
        sequence,
        time,
        correlation,
        causation,
        trace,
        data,
        Position(epoch, xid, seq),
        logged_at,
    )


async def last_position(connection: "Connection") -> Position:
    """The newest settled event's place: where one starts who wants only what comes."""
    row = await connection.fetchrow(LAST_SETTLED)
    return Position(*row) if row else START


async def position_before(connection: "Connection", since: datetime) -> Position:
    """The place just before the first event that was said at `since` or later."""
    row = await connection.fetchrow(BEFORE, since)
    if row is None:
        return await last_position(connection)
    first = Position(*row)
    return first._replace(seq=first.seq - 1)


async def count_after(connection: "Connection", after: Position, *, organisation_id: UUID | None = None) -> tuple[int, int]:
    """How many events lie after a position (of one organisation, or of all): all, and those that are settled."""
    row = await connection.fetchrow(COUNT_AFTER, after.epoch, str(after.xid), after.seq, organisation_id)
    assert row is not None
    return row["all"], row["settled"]
