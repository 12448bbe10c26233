"""One service's membership in its consumer group: takes batches, commits offsets after the database, restarts when stuck."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from rcm.logs import logger
from rcm.messaging import crash
from rcm.messaging.bus import GATHER_SECONDS
from rcm.messaging.consumer import BATCH_MAX, Consumer
from rcm.messaging.headers import envelope_of_record
from rcm.messaging.kafka_clients import ended

POLL_MS = 500
PAUSE_SECONDS_MAX = 5.0
WATCH_SECONDS = 5.0
STUCK_SECONDS = 30.0
STOP_SECONDS = 10.0
LEAVE_SECONDS = 5.0
SESSION_TIMEOUT_MS = 6_000
"""After a crash others take over so much later; the least that brokers allow unless they are told otherwise."""


class Membership:
    """Runs as a task until `stop`. What goes wrong with Kafka ends the client; a new one joins after a pause."""

    def __init__(self, consumer: Consumer, bootstrap: str, prepare: Callable[[], Awaitable[None]]) -> None:
        self.joined = False
        self.restarts = 0
        """How often the watchdog found the client stuck."""
        self._consumer = consumer
        self._bootstrap = bootstrap
        self._prepare = prepare
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._progress = time.monotonic()
        self._handling = False
        self._log = logger(consumer.name)

    def start(self) -> None:
        """Begins to join."""
        self._task = asyncio.create_task(self._run(), name=f"{self._consumer.name} kafka consumer")

    async def stop(self) -> None:
        """Leaves after the batch at hand."""
        self._stopping.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                await self._prepare()
                await self._member()
                pause = 0.1
            except Exception as error:
                self._log.warning("kafka consumer interrupted", pause_seconds=pause, exc_info=error)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._stopping.wait()
                pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def _member(self) -> None:
        """One client's life: until the end, an error, or the watchdog."""
        client = AIOKafkaConsumer(
            *self._consumer.topics,
            bootstrap_servers=self._bootstrap,
            group_id=self._consumer.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=BATCH_MAX,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=16 * 1024 * 1024,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=1_500,
            request_timeout_ms=15_000,
        )
        try:
            await client.start()
            self.joined = True
            self._progress = time.monotonic()
            drain = asyncio.create_task(self._drain(client))
            watch = asyncio.create_task(self._watch(client))
            try:
                await asyncio.wait((drain, watch), return_when=asyncio.FIRST_COMPLETED)
                if watch.done() and not drain.done():
                    self.restarts += 1
                    self._log.warning("kafka consumer stuck; restarting it")
            finally:
                for task in (drain, watch):
                    task.cancel()
                results = await asyncio.gather(drain, watch, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception):
                    raise result
        finally:
            self.joined = False
            await ended(client.stop, LEAVE_SECONDS)

    async def _drain(self, client: AIOKafkaConsumer) -> None:
        while not self._stopping.is_set():
            found = await client.getmany(timeout_ms=POLL_MS, max_records=BATCH_MAX)
            if not found:
                continue
            await self._take(found)
            crash.reach("consumer.before_offset")
            await client.commit({place: records[-1].offset + 1 for place, records in found.items()})
            crash.reach("consumer.after_offset")
            self._progress = time.monotonic()
            if sum(map(len, found.values())) < BATCH_MAX:
                await asyncio.sleep(GATHER_SECONDS)

    async def _take(self, found: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]) -> None:
        """Hands the records over, again and again while the database is away."""
        envelopes = [
            envelope_of_record(record.topic, f"{record.topic}/{record.partition}/{record.offset}", record.headers, record.value)
            for records in found.values()
            for record in records
        ]
        pause = 0.1
        self._handling = True
        try:
            while True:
                try:
                    return await self._consumer.take(envelopes)
                except Exception as error:
                    if self._stopping.is_set():
                        raise
                    self._log.warning("consuming interrupted", events=len(envelopes), pause_seconds=pause, exc_info=error)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, PAUSE_SECONDS_MAX)
        finally:
            self._handling = False

    async def _watch(self, client: AIOKafkaConsumer) -> None:
        """Returns when the client has been stuck for STUCK_SECONDS: records lie there, none comes (aiokafka 625, 847, 1154)."""
        since: float | None = None
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = time.monotonic()
            if self._handling or now - self._progress < STUCK_SECONDS or not await self._lags(client):
                since = None
                continue
            since = since or now
            if now - since >= STUCK_SECONDS:
                return

    async def _lags(self, client: AIOKafkaConsumer) -> bool:
        """Whether records lie behind our position; a client that can't even tell counts as such."""
        try:
            async with asyncio.timeout(WATCH_SECONDS):
                mine = client.assignment()
                ends = await client.end_offsets(mine) if mine else {}
                return any([await client.position(place) < end for place, end in ends.items()])
        except Exception:
            return True
