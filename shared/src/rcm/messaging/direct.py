"""The bus in process: each batch goes to every subscriber at once, and counts as published when all have committed it.

Nothing is held in memory that the log does not hold. With chaos it delivers twice and in another order across keys.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rcm.contracts.registry import BY_TYPE
from rcm.messaging.bus import NotAllHere
from rcm.messaging.consumer import Consumer
from rcm.messaging.wire import Envelope, base_of

WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Chaos:
    """What the bus does on purpose; the same seed and batches give the same deliveries."""

    duplicate: bool = False
    reorder: bool = False
    seed: int = 0


class DirectBus:
    """All services of one process share one."""

    in_process = True

    def __init__(self, chaos: Chaos | None = None) -> None:
        self._chaos = chaos if chaos and (chaos.duplicate or chaos.reorder) else None
        self._random = random.Random(chaos.seed if chaos else 0)  # noqa: S311 - repeatable on purpose
        self._consumers: dict[str, Consumer | None] = {}
        """By name; None where one is expected and not subscribed."""
        self._unheard = frozenset(BY_TYPE)
        self._complete = asyncio.Event()
        self._complete.set()

    async def start(self) -> None:
        """Nothing to connect to."""

    def expect(self, consumer: Consumer) -> None:
        """Until it is subscribed nothing is carried: the cursor must not move past what it has not seen."""
        self._consumers.setdefault(consumer.name, None)
        self._look()
        self._listen(consumer)

    def unheard(self) -> frozenset[str]:
        """All known types without those of the consumers that are subscribed, or expected."""
        return self._unheard

    async def publish(self, service: str, envelopes: Sequence[Envelope]) -> None:  # noqa: ARG002 - the port's shape
        """Every subscriber takes what it wants of the batch, all of them at the same time. Raises NotAllHere."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._complete.wait()
        except TimeoutError:
            raise NotAllHere([name for name, consumer in self._consumers.items() if consumer is None]) from None
        deliveries = []
        for consumer in self._consumers.values():
            assert consumer is not None
            if wanted := consumer.wanted(envelopes):
                deliveries.append(self._deliver(consumer, wanted))
        # One that fails does not break off the others; all are given the batch again, and those who have it know it.
        for outcome in await asyncio.gather(*deliveries, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def subscribe(self, consumer: Consumer) -> None:
        """Counts from the next batch on; earlier ones are in the logs, for a replay."""
        self._consumers[consumer.name] = consumer
        self._look()
        self._listen(consumer)

    async def unsubscribe(self, consumer: Consumer) -> None:
        """It stays expected: what is said while it is away stays in the logs until it is back."""
        if self._consumers.get(consumer.name) is consumer:
            self._consumers[consumer.name] = None
        self._look()

    async def unconsumed(self, consumer: Consumer) -> int:  # noqa: ARG002 - the port's shape
        """Always 0: what is published here is consumed."""
        return 0

    def ready(self, consumer: Consumer) -> bool:
        """Whether it is subscribed."""
        return self._consumers.get(consumer.name) is consumer

    async def close(self) -> None:
        """Nothing to close."""

    def _look(self) -> None:
        if None in self._consumers.values():
            self._complete.clear()
        else:
            self._complete.set()

    def _listen(self, consumer: Consumer) -> None:
        self._unheard = frozenset(name for name in self._unheard if base_of(name) not in consumer.handlers)

    async def _deliver(self, consumer: Consumer, wanted: list[Envelope]) -> None:
        if self._chaos is None:
            await consumer.take(wanted)
            return
        for _ in range(2 if self._chaos.duplicate else 1):
            for part in self._parts(shuffled(wanted, self._random) if self._chaos.reorder else wanted):
                await consumer.take(part)

    def _parts(self, envelopes: list[Envelope]) -> Iterator[list[Envelope]]:
        """The delivery cut in up to four, some of them with a message twice."""
        cuts = sorted(self._random.randrange(len(envelopes) + 1) for _ in range(3))
        for start, end in zip([0, *cuts], [*cuts, len(envelopes)], strict=True):
            part = envelopes[start:end]
            if part and self._chaos and self._chaos.duplicate:
                part = [*part, self._random.choice(part)]
            if part:
                yield part


def shuffled(envelopes: Sequence[Envelope], chance: random.Random) -> list[Envelope]:
    """Another order in which each key's own order is kept."""
    queues: dict[tuple[str, object], list[Envelope]] = {}
    for envelope in envelopes:
        queues.setdefault(envelope.key, []).append(envelope)
    turns = [key for key, queue in queues.items() for _ in queue]
    chance.shuffle(turns)
    places = {key: iter(queue) for key, queue in queues.items()}
    return [next(places[key]) for key in turns]
