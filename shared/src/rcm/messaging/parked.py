"""Messages that are taken but not done: waiting for a fact, waiting for another try, dead until somebody decides, or dropped.

One table holds them all. A key with a message that waits or is retried is blocked: what follows on it is parked behind.
What was dropped stays, with who and when: no input is ever lost, and a drop can be taken back by a retry.
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is a parameter

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.contracts.envelope import Event, Message
from rcm.ids import new_id
from rcm.messaging.unit_of_work import Waiting
from rcm.messaging.wire import Envelope, topic_of

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

ATTEMPTS_MAX = 20
"""Tries of what is transient before it becomes a dead letter: with the pauses about an hour and a half."""
FIRST_PAUSE_SECONDS = 0.5
PAUSE_SECONDS_MAX = 300.0
BEHIND_SECONDS = 60.0
"""A message that is behind another goes with it; this only bounds how long it can be overlooked."""

OPEN = "state in ('waiting', 'retrying')"
"""What still has its time to come, in the words of the table's partial indexes."""

PARK = f"""
insert into parked_message (organisation_id, parked_id, state, kind, awaited_id, attempts, next_at, code, reason, failed_at,
    topic, event_id, type, subject, sequence, "time", correlation_id, causation_id, traceparent, data)
select o, i, st, k, w, 1, clock_timestamp() + pause * interval '1 second', co, re,
    case when co <> '' then clock_timestamp() end,
    tp, e, t, s, n, at, c, a, p, d
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::float8[], $7::text[], $8::text[], $9::text[],
    $10::uuid[], $11::text[], $12::uuid[], $13::bigint[], $14::timestamptz[], $15::uuid[], $16::uuid[], $17::text[],
    $18::bytea[])
    as u(o, i, st, k, w, pause, co, re, tp, e, t, s, n, at, c, a, p, d)
on conflict (organisation_id, event_id) do update set
    state = case when excluded.state = 'retrying' and parked_message.attempts >= {ATTEMPTS_MAX} then 'dead'
        else excluded.state end,
    kind = excluded.kind, awaited_id = excluded.awaited_id, code = excluded.code, reason = excluded.reason,
    failed_at = excluded.failed_at,
    attempts = parked_message.attempts + case when excluded.kind = 'behind' then 0 else 1 end,
    next_at = clock_timestamp() + interval '1 second' * case when excluded.kind = 'behind' then {BEHIND_SECONDS}
        else least({FIRST_PAUSE_SECONDS} * power(2, least(parked_message.attempts, 20)), {PAUSE_SECONDS_MAX}) end
"""
RELEASE = """
update parked_message p set next_at = '-infinity' from unnest($1::text[], $2::uuid[]) as u(kind, id)
where p.state = 'waiting' and p.awaited_id = u.id and p.kind = u.kind
"""
ENVELOPE = 'event_id, organisation_id, topic, type, subject, sequence, "time", correlation_id, causation_id, traceparent, data'
DUE = f"""
with due as (
    select topic, subject from parked_message where {OPEN} and next_at <= clock_timestamp() order by next_at limit $1
)
select {ENVELOPE} from parked_message
where {OPEN} and (topic, subject) in (select topic, subject from due)
order by position limit $2
"""
STILL_PARKED = f"""
select event_id, exists (
    select from parked_message q
    where q.{OPEN} and q.topic = p.topic and q.subject = p.subject and q.position < p.position
        and q.event_id <> all($1)
) as behind
from parked_message p where {OPEN} and event_id = any($1::uuid[]) for update of p
"""
NEXT_DUE = f"""
select extract(epoch from min(next_at) - clock_timestamp())::float8
from parked_message where {OPEN} and next_at > '-infinity'
"""
DONE = "delete from parked_message where event_id = any($1::uuid[])"
COUNT = "select state, count(*) as number from parked_message group by state"
DEAD = """
select parked_id, event_id, type, subject, sequence, "time", correlation_id, code, reason, attempts, parked_at, failed_at, data,
    dropped_at, dropped_by
from parked_message
where organisation_id = $1 and state = $4 and ($2::uuid is null or parked_id > $2) order by parked_id limit $3
"""
RETRY = """
update parked_message set state = 'retrying', next_at = '-infinity', attempts = 0, dropped_at = null, dropped_by = null
where organisation_id = $1 and parked_id = $2 and state in ('dead', 'dropped')
"""
DROP = """
update parked_message set state = 'dropped', dropped_at = clock_timestamp(), dropped_by = $3
where organisation_id = $1 and parked_id = $2 and state = 'dead'
"""


@dataclass(frozen=True, slots=True)
class Parking:
    """Why one message is put aside."""

    envelope: Envelope
    state: str
    """waiting, retrying or dead; dropped is what somebody makes of a dead one."""
    kind: str = ""
    awaited_id: UUID | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not succeed. `reason` and `code` say why; `data` is its payload as it came."""

    dead_letter_id: UUID
    event_id: UUID
    type: str
    subject: UUID
    sequence: int
    time: datetime
    correlation_id: UUID
    code: str
    reason: str
    attempts: int
    parked_at: datetime
    failed_at: datetime | None
    data: bytes
    dropped_at: datetime | None = None
    dropped_by: str | None = None
    """Who gave it up."""


def waiting(found: Waiting) -> Parking:
    """What a handler's `wait_for` asks for."""
    return Parking(found.envelope or envelope_of_message(found.message), "waiting", found.kind, found.awaited_id)


def behind(envelope: Envelope) -> Parking:
    """A message whose key is blocked by an earlier one."""
    return Parking(envelope, "waiting", "behind", envelope.subject)


def envelope_of_message(message: Message[Event]) -> Envelope:
    """The envelope of a decoded message, in its event's newest version."""
    data = message.data
    kind = data.type_name()
    return Envelope(
        message.event_id,
        message.organisation_id,
        topic_of(kind),
        kind,
        data.key,
        message.sequence,
        message.time,
        message.correlation_id,
        message.causation_id,
        message.traceparent,
        data.model_dump_json(),
    )


async def park(connection: "Connection", parkings: Sequence[Parking]) -> None:
    """Writes them down, or again where they were parked before: then the pause doubles."""
    rows = [
        (
            p.envelope.organisation_id,
            new_id(),
            p.state,
            p.kind,
            p.awaited_id,
            BEHIND_SECONDS if p.kind == "behind" else FIRST_PAUSE_SECONDS,
            p.code,
            p.reason,
            p.envelope.topic,
            p.envelope.event_id,
            p.envelope.type,
            p.envelope.subject,
            p.envelope.sequence,
            p.envelope.time,
            p.envelope.correlation_id,
            p.envelope.causation_id,
            p.envelope.traceparent,
            p.envelope.data.encode() if isinstance(p.envelope.data, str) else p.envelope.data,
        )
        for p in parkings
    ]
    await connection.execute(PARK, *(list(column) for column in zip(*rows, strict=True)))


async def release(connection: "Connection", arrivals: Collection[tuple[str, UUID]]) -> bool:
    """Makes due what waits for these facts; whether there was any."""
    told = await connection.execute(RELEASE, [kind for kind, _ in arrivals], [identity for _, identity in arrivals])
    return told != "UPDATE 0"


async def due(connection: "Connection", keys: int, limit: int) -> list[Envelope]:
    """Messages whose time has come with all that is parked on their keys, in order."""
    return [_envelope(row) for row in await connection.fetch(DUE, keys, limit)]


async def seconds_to_next(connection: "Connection") -> float | None:
    """When the next parked message is due."""
    found: float | None = await connection.fetchval(NEXT_DUE)
    return found


async def still_parked(connection: "Connection", event_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Those of the messages that are parked and not dead, locked; True where an earlier one of its key is not among them."""
    return {row["event_id"]: row["behind"] for row in await connection.fetch(STILL_PARKED, list(event_ids))}


async def done(connection: "Connection", event_ids: Collection[UUID]) -> None:
    """Forgets parked messages that are handled now."""
    await connection.execute(DONE, list(event_ids))


async def count(connection: "Connection") -> dict[str, int]:
    """How many messages are parked, by state."""
    return {row["state"]: row["number"] for row in await connection.fetch(COUNT)}


async def dead_letters(
    connection: "Connection", organisation_id: UUID, after: UUID | None, limit: int, *, state: str = "dead"
) -> list[DeadLetter]:
    """An organisation's dead letters (or those that were dropped), oldest first, after the given one."""
    return [DeadLetter(*row.values()) for row in await connection.fetch(DEAD, organisation_id, after, limit, state)]


async def retry_dead_letter(connection: "Connection", organisation_id: UUID, dead_letter_id: UUID) -> bool:
    """Hands it to its handler again, also when it was dropped; False where there is no such dead letter."""
    return await connection.execute(RETRY, organisation_id, dead_letter_id) == "UPDATE 1"


async def drop_dead_letter(connection: "Connection", organisation_id: UUID, dead_letter_id: UUID, actor: str) -> bool:
    """Gives it up, and keeps it with who did and when; False where there is no such dead letter."""
    return await connection.execute(DROP, organisation_id, dead_letter_id, actor) == "UPDATE 1"


def _envelope(row: "Record") -> Envelope:
    return Envelope(*row.values())
