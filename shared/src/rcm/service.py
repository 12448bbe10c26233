"""What a service is to the platform: the one value that a service's main.py builds and everything else runs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter

from rcm.identity import Role
from rcm.messaging.subscription import AnySubscription
from rcm.messaging.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work by the clock: run `every` so often by the worker role, in a transaction of its own.

    `work` reads `unit.clock` for what is due and answers True where more waits: then it runs again at once.
    """

    name: str
    every: timedelta
    work: Callable[[UnitOfWork], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Service:
    """One service, whole."""

    name: str
    """`coding-svc`; its database and roles are named after it."""
    title: str
    topic: str
    """The topic its log is published to."""
    routers: Sequence[APIRouter]
    migrations: Path
    """The folder with Alembic's `versions`."""
    subscriptions: Sequence[AnySubscription] = ()
    periodics: Sequence[Periodic] = ()
    readers: Sequence[Role] = (Role.BILLER,)
    """Who may read its public stream, which tells of patients; dashboard and admin may besides."""
    context: object = None
    """What main.py made for the endpoints: `app.state.context`."""
    description: str = ""
    tags: Sequence[dict[str, str]] = field(default=())
