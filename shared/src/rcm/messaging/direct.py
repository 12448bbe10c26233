"""The bus in process: each batch goes to every subscriber at once, and counts as published when all have committed it.

Nothing is held in memory that the log does not hold. With chaos it delivers twice and in another order across keys.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rcm.messaging.consumer import Consumer
from rcm.messaging.wire import Envelope


@dataclass(frozen=True, slots=True)
class Chaos:
    """What the bus does on purpose; the same seed and batches give the same deliveries."""

    duplicate: bool = False
    reorder: bool = False
    seed: int = 0


class DirectBus:
    """All services of one process share one."""

    def __init__(self, chaos: Chaos | None = None) -> None:
        self._chaos = chaos if chaos and (chaos.duplicate or chaos.reorder) else None
        self._random = random.Random(chaos.seed if chaos else 0)  # noqa: S311 - repeatable on purpose
        self._consumers: list[Consumer] = []

    async def start(self) -> None:
        """Nothing to connect to."""

    async def publish(self, service: str, envelopes: Sequence[Envelope]) -> None:  # noqa: ARG002 - the port's shape
        """Every subscriber takes what it wants of the batch, all of them at the same time."""
        async with asyncio.TaskGroup() as group:
            for consumer in self._consumers:
                wanted = [envelope for envelope in envelopes if consumer.wants(envelope)]
                if wanted:
                    group.create_task(self._deliver(consumer, wanted))

    async def subscribe(self, consumer: Consumer) -> None:
        """Counts from the next batch on; earlier ones are in the logs, for a replay."""
        self._consumers.append(consumer)

    async def unsubscribe(self, consumer: Consumer) -> None:
        """Relays stop before; so nothing is being delivered."""
        self._consumers = [other for other in self._consumers if other is not consumer]

    async def unconsumed(self, consumer: Consumer) -> int:  # noqa: ARG002 - the port's shape
        """Always 0: what is published here is consumed."""
        return 0

    def ready(self, consumer: Consumer) -> bool:
        """Whether it is subscribed."""
        return any(other is consumer for other in self._consumers)

    async def close(self) -> None:
        """Nothing to close."""

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
