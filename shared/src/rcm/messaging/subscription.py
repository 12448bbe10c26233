"""Which handler takes which event: data at the end of a service's consumers.py."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rcm.contracts.envelope import Event, Message
from rcm.messaging.unit_of_work import UnitOfWork

E = TypeVar("E", bound=Event)

Handler = Callable[[UnitOfWork, Sequence[Message[E]]], Awaitable[None]]
"""Takes up to 500 messages of one type (in order per key, no key's order broken across types) in one transaction.

It loads once, decides in memory, writes once. It never commits and catches no domain error: where the batch fails it is
called again for each message alone; one that can't succeed alone goes to the dead letters with its reason. What arrives
before the fact it refers to is handed to `unit.wait_for` and comes again when that fact has `arrived`.
"""


@dataclass(frozen=True, slots=True)
class Subscription(Generic[E]):
    """One event's handler."""

    event: type[E]
    handler: Handler[E]


AnySubscription = Subscription[Any]
