"""Kafka's clients are ended in good order. If this fails, connections to a slow broker stay open until the process ends."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer

from rcm.messaging.kafka_clients import ended
from rcm_deploy.kafka import KafkaServer
from tests.shared.messaging.system import eventually


async def test_a_client_that_is_slow_to_end_is_not_waited_for_and_not_cut_off(
    kafka: KafkaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await client.start()
    await client.topics()
    connections = list(client._client._conns.values())
    close, answered = client._client.close, asyncio.Event()

    async def slow() -> None:
        await answered.wait()
        await close()

    monkeypatch.setattr(client._client, "close", slow)
    await ended(client.stop, 0.05)
    assert any(connection.connected() for connection in connections)
    answered.set()

    async def is_gone() -> bool:
        return not any(connection.connected() for connection in connections)

    await eventually(is_gone)
