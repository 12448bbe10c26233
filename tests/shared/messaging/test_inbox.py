"""The inbox: what is new is told from what was taken, and a key blocked by a parked message is known."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.ids import new_id
from rcm.messaging import inbox, parked
from rcm.messaging.parked import Parking
from rcm.messaging.wire import Envelope
from tests.shared.messaging.system import ORGANISATION
from tests.shared.messaging.toy.service import Moods, consumer
from tests.support.postgres import Databases

TYPE = "rcm.claims.ClaimVoided.v1"


@dataclass
class Taken:
    """What one transaction was told."""

    fresh: list[UUID]
    blocked: set[tuple[str, UUID]]
    is_any_parked: bool


def event(organisation_id: UUID = ORGANISATION) -> Envelope:
    subject = new_id()
    now = SystemClock().now()
    return Envelope(new_id(), organisation_id, "rcm.claims", TYPE, subject, 1, now, subject, None, None, "{}")


async def take(database: Database, name: str, envelopes: list[Envelope]) -> Taken:
    taken = await database.run(lambda connection: inbox.take(connection, name, envelopes))
    return Taken([envelope.event_id for envelope in taken.fresh], taken.blocked, taken.is_any_parked)


async def test_what_is_new_is_taken_once_by_each_consumer_and_belongs_to_its_organisation(databases: Databases) -> None:
    async with databases.fresh(consumer(Moods())) as there:
        database = await Database.open(there.worker_url, maximum=1)
        first, second, third = event(), event(new_id()), event()
        assert (await take(database, "one", [first, second])).fresh == [first.event_id, second.event_id]
        assert (await take(database, "two", [second])).fresh == [second.event_id]
        again = await take(database, "one", [second, third, first, third])
        assert again.fresh == [third.event_id]
        assert (await take(database, "one", [first, third])).fresh == []
        rows = await database.pool.fetch("select event_id, organisation_id from inbox where consumer = 'one'")
        assert {tuple(row) for row in rows} == {(e.event_id, e.organisation_id) for e in (first, second, third)}
        await database.close()


@pytest.mark.parametrize("number", [1, inbox.PARKED_MAX, inbox.PARKED_MAX + 1])
async def test_a_parked_key_is_known_however_many_are_parked(databases: Databases, number: int) -> None:
    async with databases.fresh(consumer(Moods())) as there:
        database = await Database.open(there.worker_url, maximum=1)
        parked_ones = [event() for _ in range(number)]
        dead, free = event(), event()
        assert not (await take(database, "one", [event()])).is_any_parked
        states = [Parking(envelope, "waiting", "claim", new_id()) for envelope in parked_ones] + [Parking(dead, "dead")]
        await database.run(lambda connection: parked.park(connection, states))
        blocked = (await take(database, "one", [parked_ones[0], free, parked_ones[-1], dead])).blocked
        assert {parked_ones[0].key, parked_ones[-1].key} <= blocked
        assert not {free.key, dead.key} & blocked
        assert (await take(database, "one", [event()])).is_any_parked
        await database.close()
