"""The bus on Kafka: an idempotent producer for the relays, a group per service, offsets after the database's commit."""

import asyncio
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError, TopicAlreadyExistsError, for_code

from rcm.contracts.registry import TOPICS
from rcm.errors import Unavailable
from rcm.logs import logger
from rcm.messaging.consumer import Consumer
from rcm.messaging.headers import headers_of
from rcm.messaging.kafka_clients import ended
from rcm.messaging.kafka_group import Membership
from rcm.messaging.wire import Envelope

PARTITIONS = 6
REQUEST_TIMEOUT_MS = 10_000
STOP_SECONDS = 3.0
FLOW_SECONDS = 5.0


class KafkaBus:
    """One for a process. Connects when it is first needed, and again whenever the brokers were away."""

    in_process = False

    def __init__(self, bootstrap: str, *, partitions: int = PARTITIONS, replication: int = 1) -> None:
        self.bootstrap = bootstrap
        self._partitions = partitions
        self._replication = replication
        self._producer: AIOKafkaProducer | None = None
        self._producing = asyncio.Lock()
        self._members: dict[str, Membership] = {}
        self._meter: _Meter | None = None
        self._topics_made = False
        self._log = logger("kafka")

    async def start(self) -> None:
        """Nothing yet: a service starts also while no broker answers."""

    def expect(self, consumer: Consumer) -> None:
        """The brokers keep what a group has not read."""

    async def create_topics(self) -> None:
        """Makes the topics of all contracts that are missing."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        await admin.start()
        try:
            there = set(await admin.list_topics())
            missing = [
                NewTopic(name=topic, num_partitions=self._partitions, replication_factor=self._replication)
                for topic in TOPICS
                if topic not in there
            ]
            if missing:
                answer = await admin.create_topics(missing)
                for _, code, *_ in answer.topic_errors:
                    error = for_code(code)
                    if code and error is not TopicAlreadyExistsError:
                        raise error
        finally:
            await admin.close()
        self._topics_made = True

    def unheard(self) -> frozenset[str]:
        """None: who reads a topic is not known here."""
        return frozenset()

    async def publish(self, service: str, envelopes: Sequence[Envelope]) -> None:
        """Sends all and waits until every replica in sync has them. After an error the producer is made anew.

        Then all are sent again in the same order: consumers see repeats, which their inbox knows, never another order.
        """
        async with self._producing:
            try:
                producer = await self._started_producer()
                batches = await _batches(producer, f"/{service}", envelopes)
                sent = [await producer.send_batch(batch, topic, partition=partition) for topic, partition, batch in batches]
                await asyncio.gather(*sent)
            except BaseException:
                await self._drop_producer()
                raise

    async def subscribe(self, consumer: Consumer) -> None:
        """Joins the service's group."""
        member = self._members[consumer.name] = Membership(consumer, self.bootstrap, self._ensure_topics)
        member.start()

    async def unsubscribe(self, consumer: Consumer) -> None:
        """Leaves it after the batch that is being handled, its offsets committed."""
        if member := self._members.pop(consumer.name, None):
            await member.stop()

    async def unconsumed(self, consumer: Consumer) -> int:
        """What lies on the consumer's topics behind its group's committed offsets, whoever of the group takes it."""
        if self._meter is None:
            self._meter = _Meter(self.bootstrap)
        try:
            async with asyncio.timeout(FLOW_SECONDS):
                return await self._meter.behind(consumer.name, consumer.topics)
        except (KafkaError, TimeoutError, OSError) as error:
            meter, self._meter = self._meter, None
            if meter is not None:  # another question may have found out at the same time
                await meter.close()
            raise Unavailable("Kafka does not tell how far this service has read") from error

    def ready(self, consumer: Consumer) -> bool:
        """Whether it is a member with a share of the partitions, or waits for one in good order."""
        member = self._members.get(consumer.name)
        return member is not None and member.joined

    async def close(self) -> None:
        """Ends the producer and what is left."""
        for member in list(self._members.values()):
            await member.stop()
        self._members.clear()
        if self._meter is not None:
            await self._meter.close()
            self._meter = None
        async with self._producing:
            await self._drop_producer()

    async def _ensure_topics(self) -> None:
        if not self._topics_made:
            await self.create_topics()

    async def _started_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            await self._ensure_topics()
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap,
                enable_idempotence=True,
                acks="all",
                linger_ms=2,
                max_batch_size=512 * 1024,
                max_request_size=16 * 1024 * 1024,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
            )
            await self._producer.start()
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await ended(producer.stop, STOP_SECONDS)


async def _batches(producer: AIOKafkaProducer, source: str, envelopes: Sequence[Envelope]) -> list[tuple[str, int, Any]]:
    """Topic, partition and records of each batch; the records of a partition in their order.

    By the batch, because the client takes four times as long for records that it is given one by one, most of it for futures
    and for its partitioner (decision 0017).
    """
    counts = {topic: len(await producer.partitions_for(topic)) for topic in {envelope.topic for envelope in envelopes}}
    batches: list[tuple[str, int, Any]] = []
    open_ones: dict[tuple[str, int], Any] = {}
    for envelope in envelopes:
        topic, key = envelope.topic, str(envelope.subject).encode()
        place = (topic, partition_of(key, counts[topic]))
        record = {
            "timestamp": None,
            "key": key,
            "value": envelope.data.encode() if isinstance(envelope.data, str) else envelope.data,
            "headers": headers_of(envelope, source),
        }
        batch = open_ones.get(place)
        if batch is None or batch.append(**record) is None:
            batch = open_ones[place] = producer.create_batch()
            batch.append(**record)  # the first one always has room
            batches.append((*place, batch))
    for _, _, batch in batches:
        batch.close()
    return batches


def partition_of(key: bytes, partitions: int) -> int:
    """Where a key's records go: by its CRC-32, as librdkafka's clients do it."""
    return crc32(key) % partitions


class _Meter:
    """Reads how far groups are behind, on connections of its own."""

    def __init__(self, bootstrap: str) -> None:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        self._reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        self._started = False
        self._one = asyncio.Lock()

    async def behind(self, group: str, topics: Sequence[str]) -> int:
        """The sum over all partitions; a partition without a committed offset counts from its beginning."""
        async with self._one:
            if not self._started:
                await self._admin.start()
                await self._reader.start()
                self._started = True
            found = await self._admin.describe_topics(list(topics))
            places = [TopicPartition(t["topic"], p["partition"]) for t in found for p in t["partitions"]]
            try:
                committed = await self._admin.list_consumer_group_offsets(group)
            except GroupCoordinatorNotAvailableError:
                committed = {}  # no group has ever been on this cluster
            ends = await self._reader.end_offsets(places)
            starts = await self._reader.beginning_offsets([place for place in places if not _offset(committed, place)])
            return sum(end - (_offset(committed, place) or starts.get(place, 0)) for place, end in ends.items())

    async def close(self) -> None:
        for client in (self._admin.close, self._reader.stop):
            await ended(client, STOP_SECONDS)


def _offset(committed: dict[TopicPartition, Any], place: TopicPartition) -> int:
    """The committed offset, 0 where there is none."""
    found = committed.get(place)
    return max(found.offset, 0) if found is not None else 0
