"""The log: appended in the deciding transaction, read in commit order, never changed.

Order is (epoch, xid, seq), and only rows whose xid lies below every running transaction's are read: nothing can appear
before a cursor later (decision 0011).
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is a parameter

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.database.pool import Database
from rcm.database.texts_of_rows import BETWEEN, JOINED
from rcm.messaging.just_said import JustSaid
from rcm.messaging.unit_of_work import PendingEvent
from rcm.messaging.wire import START, Envelope, Position, one_for_all, topic_of

if TYPE_CHECKING:
    from asyncpg import Connection as PlainConnection
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any] | PlainConnection[Any]

APPEND = f"""
insert into event_log
    (organisation_id, event_id, type, subject, sequence, "time", correlation_id, causation_id, traceparent, data)
select coalesce(o, ($4::uuid[])[1]), e, t, s, coalesce(n, ($7::bigint[])[1]), $1, coalesce(c, s),
    case when cardinality($6::uuid[]) = 1 then ($6::uuid[])[1] else a end, nullif(p, ''), d
from rows from (
    unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::uuid[]), unnest($7::bigint[]),
    {JOINED.format("$8")}, {JOINED.format("$9")}, {JOINED.format("$10")}
) as u(e, s, o, c, a, n, t, p, d)
"""
"""A parameter for each column: most of them are UUIDs, which cost PostgreSQL much less so than in JSON, and Python little more
(decision 0014)."""
BY_ITS_ORDER = "set {0} enable_seqscan = off; set {0} enable_sort = off"
"""The log is read by its index of the order, however long it is and however few are of the types that are asked for: else the
planner reads all of it to find them (decision 0018)."""
COLUMNS = """
    l.event_id, l.organisation_id, l.type, l.subject, l.sequence, l."time", l.correlation_id, l.causation_id, l.traceparent,
    l.data, l.logged_at"""
SETTLED = "(l.epoch < e.epoch or l.xid < pg_snapshot_xmin(pg_current_snapshot()))"
NOW = "(select max(epoch) as epoch from log_epoch) e"
AFTER = "(l.epoch, l.xid, l.seq) > ($1::integer, $2::xid8, $3::bigint)"


def _read(whose: str = "true", which: str = "true", columns: str = COLUMNS) -> str:
    """First the last committed event's place, and whether it is settled; then the next settled events.

    Where the last one is settled everything is: all smaller xids stand before it. The rows come in this order: PostgreSQL runs
    the parts of a UNION ALL one after the other, and never in parallel where they have a LIMIT.
    """
    nothing = ", ".join(["null"] * len(columns.split(",")))
    return f"""
(select l.epoch, l.xid, l.seq, {SETTLED} as settled, {nothing} from {NOW}, event_log l where {whose}
    order by l.epoch desc, l.xid desc, l.seq desc limit 1)
union all
(select l.epoch, l.xid, l.seq, null, {columns} from {NOW}, event_log l where {whose} and {AFTER} and {SETTLED} and {which}
    order by l.epoch, l.xid, l.seq limit $4)
"""


READ = _read()
READ_TYPES = _read(which="l.type = any($5::text[])")
READ_OTHERS = _read(which="l.type <> all($5::text[])")
READ_PLACES = _read(which="l.type <> all($5::text[])", columns="l.event_id")
READ_ORGANISATION = _read("l.organisation_id = $5")
READ_ORGANISATION_TYPES = _read("l.organisation_id = $5", "l.type = any($6::text[])")
READ_REPLAYED = _read(
    which="l.organisation_id = any($5::uuid[]) and (l.epoch, l.xid, l.seq) <= ($6::integer, $7::xid8, $8::bigint)"
)
COUNT_AFTER = f"""
select count(*) as all, count(*) filter (where {SETTLED}) as settled
from {NOW}, event_log l where {AFTER} and ($4::uuid is null or l.organisation_id = $4)
"""
LAST_SETTLED = f"""
select l.epoch, l.xid, l.seq from {NOW}, event_log l where {SETTLED}
order by l.epoch desc, l.xid desc, l.seq desc limit 1
"""
BEFORE = """
select l.epoch, l.xid, l.seq from event_log l where l."time" >= $1
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
    end: Position
    """Up to here nothing more is to be found: the last event's place, or the log's end where that is known."""


@asynccontextmanager
async def reading(database: Database) -> "AsyncIterator[PlainConnection[Any]]":
    """A connection of its own for one who reads the log again and again: one plan serves always, where planning each read
    would take as long as reading."""
    connection = await database.connect()
    try:
        await connection.execute(f"set plan_cache_mode = force_generic_plan; {BY_ITS_ORDER.format('')}")
        yield connection
    finally:
        with suppress(Exception):
            await connection.close(timeout=2)


async def append(connection: "Connection", pending: Sequence[PendingEvent], time: datetime) -> None:
    """Writes all events of a transaction in one statement, in the order they were said."""
    said = [event.data for event in pending]
    subjects = [data.key for data in said]
    organisations = one_for_all([event.organisation_id for event in pending])
    correlations = [event.correlation_id for event in pending]
    if correlations == subjects:
        correlations = []  # what is missing is the subject
    # Texts as one text: asyncpg looks at each element of an array, and makes its buffer anew for each that is long.
    await connection.execute(
        APPEND,
        time,
        [event.event_id for event in pending],
        subjects,
        organisations,
        correlations,
        one_for_all([event.causation_id for event in pending]),
        one_for_all([event.sequence for event in pending]),
        BETWEEN.join([data.type_name() for data in said]),
        BETWEEN.join([event.traceparent or "" for event in pending]),
        BETWEEN.join([data.model_dump_json() for data in said]),
    )


async def read_log(
    connection: "Connection",
    after: Position,
    limit: int,
    *,
    organisation_id: UUID | None = None,
    types: Sequence[str] | None = None,
) -> LogBatch:
    """The next events after a position in commit order, at most `limit`; of one organisation, of some types, or of all."""
    place = (*after, limit)
    if organisation_id is None:
        rows = await (connection.fetch(READ, *place) if types is None else connection.fetch(READ_TYPES, *place, types))
    elif types is None:
        rows = await connection.fetch(READ_ORGANISATION, *place, organisation_id)
    else:
        rows = await connection.fetch(READ_ORGANISATION_TYPES, *place, organisation_id, types)
    return _batch(rows, limit, after)


async def read_heard(
    connection: "Connection", after: Position, limit: int, unheard: Collection[str], just_said: JustSaid
) -> LogBatch:
    """The next events after a position in commit order, at most `limit`, without those types.

    Their content comes from memory where all of them are there; they have no `position` of their own then.
    """
    if just_said:
        rows = await connection.fetch(READ_PLACES, *after, limit, unheard)
        envelopes = just_said.all_of([row[-1] for row in rows[1:]])
        if envelopes is not None:
            return _batch(rows, limit, after, envelopes)
    if not unheard:
        return await read_log(connection, after, limit)
    return _batch(await connection.fetch(READ_OTHERS, *after, limit, unheard), limit, after)


async def read_replayed(
    connection: "Connection", after: Position, until: Position, limit: int, organisations: Sequence[UUID]
) -> LogBatch:
    """The next events of these organisations after a position, up to another: what is published once more."""
    rows = await connection.fetch(READ_REPLAYED, *after, limit, organisations, *until)
    return _batch(rows, limit, after)


def _batch(rows: Sequence["Record"], limit: int, after: Position, known: list[Envelope] | None = None) -> LogBatch:
    if not rows:
        return LogBatch([], unsettled=False, full=False, end=after)
    newest, *found = rows
    settled = newest["settled"]
    envelopes = [envelope_of(row) for row in found] if known is None else known
    full = len(envelopes) == limit
    end = Position(*found[-1][:3]) if found else after
    if settled and not full:
        end = max(after, Position(*newest[:3]))
    return LogBatch(envelopes, unsettled=not settled, full=full, end=end)


def envelope_of(row: "Record") -> Envelope:
    """A row of the log that holds an event."""
    (
        epoch,
        xid,
        seq,
        _,
        event_id,
        organisation_id,
        kind,
        subject,
        sequence,
        time,
        correlation,
        causation,
        trace,
        data,
        logged,
    ) = row
    place = Position(epoch, xid, seq)
    topic = topic_of(kind)
    return Envelope(
        event_id, organisation_id, topic, kind, subject, sequence, time, correlation, causation, trace, data, place, logged
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
    row = await connection.fetchrow(COUNT_AFTER, *after, organisation_id)
    assert row is not None
    return row["all"], row["settled"]
