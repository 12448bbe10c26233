"""A real process dies at each named crash point, on either bus; nothing is lost and nothing takes effect twice."""

import pytest

from rcm.messaging.crash import EXIT_CODE, POINTS
from rcm_deploy.kafka import KafkaServer
from tests.faults.toys import arrived, died, toy, urls
from tests.shared.messaging.toy.service import Moods, consumer, producer
from tests.support.postgres import Databases

OFFSETS = {"consumer.before_offset", "consumer.after_offset"}
TURN = 3
"""It dies the third time it gets there, in the middle of things."""


@pytest.mark.parametrize("point", [point for point in POINTS if point not in OFFSETS])
async def test_on_the_direct_bus(databases: Databases, point: str) -> None:
    async with databases.fresh(producer()) as saying, databases.fresh(consumer(Moods())) as taking:
        settings = {"seed": saying.name, "producer": urls(saying), "consumer": urls(taking)}
        async with toy(settings, f"{point}:{TURN}") as process:
            assert await died(process) == EXIT_CODE
        async with toy(settings):
            await arrived(taking, saying.name)


@pytest.mark.parametrize("point", [point for point in POINTS if not point.startswith("consumer.")])
async def test_a_producer_on_kafka(databases: Databases, kafka: KafkaServer, point: str) -> None:
    async with databases.fresh(producer()) as saying, databases.fresh(consumer(Moods())) as taking:
        settings = {"seed": saying.name, "producer": urls(saying), "kafka": kafka.bootstrap}
        async with toy({"consumer": urls(taking), "kafka": kafka.bootstrap}):
            async with toy(settings, f"{point}:{TURN}") as process:
                assert await died(process) == EXIT_CODE
            async with toy(settings):
                await arrived(taking, saying.name, kafka.bootstrap)


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("consumer.")])
async def test_a_consumer_on_kafka(databases: Databases, kafka: KafkaServer, point: str) -> None:
    async with databases.fresh(producer()) as saying, databases.fresh(consumer(Moods())) as taking:
        settings = {"consumer": urls(taking), "kafka": kafka.bootstrap}
        async with toy({"seed": saying.name, "producer": urls(saying), "kafka": kafka.bootstrap}):
            async with toy(settings, f"{point}:2") as process:
                assert await died(process) == EXIT_CODE
            async with toy(settings):
                await arrived(taking, saying.name, kafka.bootstrap)
