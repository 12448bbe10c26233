"""The inbox: which events a consumer has taken, written in the transaction of their effect; a repeat does nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from rcm.messaging.wire import Envelope, one_for_all

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

TAKE = """
insert into inbox (event_id, consumer, organisation_id) select e, $2, coalesce(o, ($3::uuid[])[1])
from unnest($1::uuid[], $3::uuid[]) as u(e, o) on conflict do nothing
"""
"""Arrays and no JSON, unlike rows of many columns: for one or two of UUIDs it costs less (decision 0014)."""
TAKEN = """
select event_id from inbox where event_id = any($1::uuid[]) and consumer = $2 and xmin = pg_current_xact_id()::xid
"""
"""What this transaction has written."""
PARKED = "select topic, subject from parked_message where state in ('waiting', 'retrying') limit 100"
"""Mostly nothing is parked, or little; and without a parameter it is planned once a connection."""
PARKED_MAX = 100
PARKED_OF = "select topic, subject from parked_message where state in ('waiting', 'retrying') and subject = any($1::uuid[])"


class Taken(NamedTuple):
    """What a consumer has to do of a batch."""

    fresh: list[Envelope]
    """Those that are new to it, in their order."""
    blocked: set[tuple[str, UUID]]
    """The keys that a parked message blocks: all there are, or where those are many the batch's."""
    is_any_parked: bool


async def take(connection: "Connection", consumer: str, envelopes: Sequence[Envelope]) -> Taken:
    """Writes down those that are new to this consumer, and looks what is parked.

    Most batches are new as a whole: only of the others it is asked which of them are. Statements of a line each, for one that
    answered everything was planned for longer than it took a hundred events.
    """
    organisations = one_for_all([envelope.organisation_id for envelope in envelopes])
    told = await connection.execute(TAKE, [envelope.event_id for envelope in envelopes], consumer, organisations)
    blocked = await connection.fetch(PARKED)
    is_any_parked = bool(blocked)
    if len(blocked) == PARKED_MAX:
        blocked = await connection.fetch(PARKED_OF, [envelope.subject for envelope in envelopes])
    keys = {(topic, subject) for topic, subject in blocked}
    if told == f"INSERT 0 {len(envelopes)}":
        return Taken(list(envelopes), keys, is_any_parked)
    new = {event_id for (event_id,) in await connection.fetch(TAKEN, [e.event_id for e in envelopes], consumer)}
    fresh: list[Envelope] = []
    for envelope in envelopes:
        if envelope.event_id in new:
            new.discard(envelope.event_id)
            fresh.append(envelope)
    return Taken(fresh, keys, is_any_parked)
