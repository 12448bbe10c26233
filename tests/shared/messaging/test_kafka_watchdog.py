"""A Kafka client that says nothing while records lie there is replaced; no broker is needed to see it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.messaging import kafka_group
from rcm.messaging.consumer import Consumer
from rcm.messaging.kafka_group import Membership
from tests.shared.messaging.system import eventually
from tests.shared.messaging.toy.service import Moods, consumer
from tests.support.postgres import Databases


class SilentClient:
    """An AIOKafkaConsumer that never brings a record; `end` is how many its one partition holds."""

    made: ClassVar[list["SilentClient"]] = []
    end = 1
    fails = False

    def __init__(self, *_: str, **__: Any) -> None:
        self.stopped = False
        self.made.append(self)

    async def start(self) -> None:
        """Joins."""

    async def stop(self) -> None:
        self.stopped = True

    async def getmany(self, **_: Any) -> dict[Any, Any]:
        await asyncio.sleep(0.01)
        return {}

    def assignment(self) -> set[str]:
        return {"partition 0"}

    async def end_offsets(self, places: set[str]) -> dict[str, int]:
        if self.fails:
            raise OSError("no broker answers")
        return dict.fromkeys(places, self.end)

    async def position(self, _: str) -> int:
        return 0


async def nothing() -> None:
    """No topics to make."""


@pytest_asyncio.fixture
async def member(
    request: pytest.FixtureRequest, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Membership]:
    """A running member, whose clients are as the parameter says from the first."""
    for name, value in getattr(request, "param", {}).items():
        monkeypatch.setattr(SilentClient, name, value)
    monkeypatch.setattr(kafka_group, "AIOKafkaConsumer", SilentClient)
    monkeypatch.setattr(kafka_group, "WATCH_SECONDS", 0.02)
    monkeypatch.setattr(kafka_group, "STUCK_SECONDS", 0.1)
    monkeypatch.setattr(SilentClient, "made", [])
    service = consumer(Moods())
    async with databases.fresh(service) as place:
        worker = await Database.open(place.worker_url, maximum=2)
        taking = Consumer(service.name, service.subscriptions, worker, SystemClock(), lambda _: None)
        found = Membership(taking, "nowhere:9092", nothing)
        found.start()
        yield found
        await found.stop()
        await worker.close()


async def joined(member: Membership) -> bool:
    return member.joined


async def restarted(member: Membership) -> bool:
    return member.restarts >= 2 and len(SilentClient.made) >= 3


async def test_a_client_that_lags_and_brings_nothing_is_replaced(member: Membership) -> None:
    await eventually(lambda: restarted(member))
    assert all(client.stopped for client in SilentClient.made[:2])


@pytest.mark.parametrize("member", [{"fails": True}], indirect=True)
async def test_so_is_one_that_cannot_even_tell(member: Membership) -> None:
    await eventually(lambda: restarted(member))


@pytest.mark.parametrize("member", [{"end": 0}], indirect=True)
async def test_one_that_has_read_everything_is_left_alone(member: Membership) -> None:
    await eventually(lambda: joined(member))
    await asyncio.sleep(0.6)
    assert (member.restarts, len(SilentClient.made)) == (0, 1)
    assert member.joined
