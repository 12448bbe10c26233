"""What carries events from a service's log to the consumers of others: one port, two buses."""

from collections.abc import Sequence
from typing import Protocol

from rcm.messaging.consumer import Consumer
from rcm.messaging.wire import Envelope

GATHER_SECONDS = 0.05
"""After a batch that was not full its reader rests so long: what is said meanwhile goes together (decision 0160)."""


class NotAllHere(Exception):
    """A consumer that belongs to the bus is not subscribed yet, or no more: nothing can be carried now."""


class Bus(Protocol):
    """One for a process. A relay publishes to it; a service's consumer subscribes to it."""

    async def start(self) -> None:
        """Makes it ready; called before the first use, again without harm."""

    def expect(self, consumer: Consumer) -> None:
        """Says before any relay starts that this consumer belongs here: nothing counts as carried without it."""

    in_process: bool
    """Whether all services are in this process, so that a relay publishes what was mostly said here a moment ago."""

    def unheard(self) -> frozenset[str]:
        """The types of events that nobody takes here: a relay passes over them, and need not hand them to `publish`.

        Never among them is a type that no contract of ours knows: whose handler it is for is not known either.
        """

    async def publish(self, service: str, envelopes: Sequence[Envelope]) -> None:
        """Carries a batch of one service's log, in order; when it returns none of it can be lost. Raises to be tried again."""

    async def subscribe(self, consumer: Consumer) -> None:
        """From now on the consumer is given what it wants, at least once, each key in order."""

    async def unsubscribe(self, consumer: Consumer) -> None:
        """Ends that after the delivery that runs."""

    async def unconsumed(self, consumer: Consumer) -> int:
        """How many published events this consumer has not taken yet."""

    def ready(self, consumer: Consumer) -> bool:
        """Whether the consumer is being given events."""

    async def close(self) -> None:
        """Ends all connections of the bus."""
