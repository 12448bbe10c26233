"""What holds on every bus."""

from collections.abc import AsyncIterator

import pytest_asyncio

from rcm.ids import new_id
from rcm.messaging.direct import DirectBus
from tests.shared.messaging.system import Pair, pair
from tests.support.postgres import Databases


@pytest_asyncio.fixture
async def two(databases: Databases) -> AsyncIterator[Pair]:
    async with pair(databases, DirectBus()) as found:
        yield found


async def test_everything_arrives_once_and_in_order(two: Pair) -> None:
    things = [new_id() for _ in range(40)]
    for _ in range(12):
        await two.say(things)
    await two.quiet()
    taken = await two.taken()
    assert len(taken) == 40 * 12
    for thing in things:
        assert [row["sequence"] for row in taken if row["subject"] == thing] == list(range(1, 13))
