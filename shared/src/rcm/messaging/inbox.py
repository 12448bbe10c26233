"""The inbox: which events a consumer has taken, written in the transaction of their effect; a repeat does nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rcm.database.rows import recordset
from rcm.messaging.wire import Envelope

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

TAKE = """
with given as (
    select e, o, s from json_to_recordset($1::text::json) as u(e uuid, o uuid, s uuid)
), taken as (
    insert into inbox (event_id, consumer, organisation_id) select e, $2, o from given on conflict do nothing returning event_id
)
select count(*) as taken, null::uuid as event_id, null::text as topic, null::uuid as subject
from taken
union all
select null, event_id, null, null from taken where (select count(*) from taken) < $3
union all
select null, null, topic, subject from parked_message
where state in ('waiting', 'retrying') and subject in (select s from given)
"""


async def take(
    connection: "Connection", consumer: str, envelopes: Sequence[Envelope]
) -> tuple[list[Envelope], set[tuple[str, UUID]]]:
    """Those that are new to this consumer, in their order, and the keys that are blocked by a parked message.

    Most batches are new as a whole: only of the others it is asked which of them are.
    """
    given = [{"e": found.event_id, "o": found.organisation_id, "s": found.subject} for found in envelopes]
    rows = await connection.fetch(TAKE, recordset(given), consumer, len(envelopes))
    new: set[UUID] = set()
    blocked: set[tuple[str, UUID]] = set()
    taken = 0
    for count, event_id, topic, subject in rows:
        if count is not None:
            taken = count
        elif event_id is not None:
            new.add(event_id)
        else:
            blocked.add((topic, subject))
    if taken == len(envelopes):
        return list(envelopes), blocked
    fresh: list[Envelope] = []
    for envelope in envelopes:
        if envelope.event_id in new:
            new.discard(envelope.event_id)
            fresh.append(envelope)
    return fresh, blocked
