"""Which handler takes which event: data at the end of a service's consumers.py."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rcm.contracts.envelope import Event, Message
from rcm.messaging.unit_of_work import UnitOfWork

D = TypeVar("D")

Handler = Callable[[UnitOfWork, Sequence[Message[D]]], Awaitable[None]]
"""Takes up to 500 messages of one type (in order per key, no key's order broken across types) in one transaction.

It loads once, decides in memory, writes once. It never commits and catches no domain error: where the batch fails it is
called again for each message alone; one that can't succeed alone goes to the dead letters with its reason. What arrives
before the fact it refers to is handed to `unit.wait_for` and comes again when that fact has `arrived`.
"""


@dataclass(frozen=True, slots=True)
class Subscription(Generic[D]):
    """One event's handler.

    Its messages carry the event as its model reads it, or what `reads` makes of the JSON: only what this service needs, ten
    times cheaper than the whole model. That is always the newest version's JSON, and `reads` raises ValueError where it
    breaks the contract (decision 0092).
    """

    event: type[Event]
    handler: Handler[D]
    reads: Callable[[str | bytes], D] | None = None


AnySubscription = Subscription[Any]
