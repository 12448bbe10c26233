"""A whole service for a test: its real app with real tokens, on a real database of its own, fed with events as the bus would.

    async def test_something(live: Live) -> None:
        async with live(build(ClaimsSettings())) as it:
            await it.deliver(EncounterCoded(...))
            async with it.client(Role.BILLER) as biller:
                answer = await biller.get("/v1/claims")
            assert [m.data for m in await it.said(ClaimHeld)] == [...]

Nothing runs behind the test's back: events go to the real consumer when `deliver` hands them over, periodic work runs when
`run_periodics` says so. With `port=True` the app listens on a real port (`it.url`) and relay, consumer and sweeps run.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import httpx
from fastapi import FastAPI

from rcm.clock import Clock, FixedClock, SimulatedClock
from rcm.contracts.envelope import Event, Message
from rcm.contracts.registry import decode
from rcm.hosting import House, listen, plumb, serving, url_of
from rcm.identity import Role
from rcm.ids import new_id
from rcm.messaging.consumer import Consumer
from rcm.messaging.direct import DirectBus
from rcm.messaging.parked import envelope_of_message
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause
from rcm.service import Service
from rcm.settings import PlatformSettings
from rcm.tokens import SigningKey, Verifier, issue_token, new_signing_key
from rcm.web.app import build_app
from tests.support.postgres import Databases

E = TypeVar("E", bound=Event)
ORGANISATION = UUID("0198f5d0-5c00-7000-8000-0000000000aa")
STRANGER = UUID("0198f5d0-5c00-7000-8000-0000000000bb")
"""Another organisation, that must see nothing of the first."""
NOW = datetime(2025, 9, 1, 15, 0, tzinfo=UTC)
SAID = """
select event_id, organisation_id, sequence, "time", correlation_id, causation_id, traceparent, type, data
from event_log where type = any($1::text[]) and ($2::uuid is null or organisation_id = $2) order by epoch, xid, seq
"""
KEY = new_signing_key()


@dataclass
class LiveService:
    """A service under test."""

    service: Service
    app: FastAPI
    runtime: Runtime
    clock: Clock
    consumer: Consumer
    key: SigningKey
    organisation_id: UUID = ORGANISATION
    url: str = "http://service"
    _versions: dict[UUID, int] = field(default_factory=dict)

    def token(self, role: Role, organisation: UUID | None = None, *, subject: str = "") -> str:
        """A real token."""
        return issue_token(self.key, organisation_id=organisation or self.organisation_id, role=role, subject=subject)

    def client(self, role: Role | None, organisation: UUID | None = None, *, subject: str = "") -> httpx.AsyncClient:
        """An HTTP client with a token of that role; `None` has no token. Use it with `async with`, or close it."""
        headers = {"Authorization": f"Bearer {self.token(role, organisation, subject=subject)}"} if role else {}
        transport = httpx.ASGITransport(self.app) if self.url == "http://service" else None
        return httpx.AsyncClient(transport=transport, base_url=self.url, headers=headers, timeout=30)

    async def deliver(
        self, *events: Event, organisation_id: UUID | None = None, sequence: int | None = None, time: datetime | None = None
    ) -> list[Message[Event]]:
        """Hands the events to the consumer in one batch, then whatever they set free; answers them as messages.

        Each gets the next version of its key, unless `sequence` names one.
        """
        messages = [self.message(event, organisation_id=organisation_id, sequence=sequence, time=time) for event in events]
        await self.redeliver(messages)
        return messages

    async def redeliver(self, messages: Sequence[Message[Event]]) -> None:
        """Hands over messages as they are; the same ones again must have no effect."""
        await self.consumer.take([envelope_of_message(message) for message in messages])
        while await self.consumer.sweep():
            pass

    def message(
        self, event: E, *, organisation_id: UUID | None = None, sequence: int | None = None, time: datetime | None = None
    ) -> Message[E]:
        """An event in an envelope."""
        version = sequence if sequence is not None else self._versions.get(event.key, 0) + 1
        self._versions[event.key] = version
        correlation_id = getattr(event, "encounter_id", None) or event.key
        return Message(
            new_id(),
            organisation_id or self.organisation_id,
            version,
            time or self.clock.now(),
            correlation_id,
            None,
            None,
            event,
        )

    async def said(self, event: type[E], *, organisation_id: UUID | None = None) -> list[Message[E]]:
        """What the service's log says of this kind, in order."""
        rows = await self.rows(SAID, [event.type_name()], organisation_id)
        found: list[Message[Any]] = [
            Message(
                row["event_id"],
                row["organisation_id"],
                row["sequence"],
                row["time"],
                row["correlation_id"],
                row["causation_id"],
                row["traceparent"],
                decode(row["type"], row["data"]),
            )
            for row in rows
        ]
        return found

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        """A query as the worker, who sees all organisations."""
        async with self.runtime.worker.transaction() as connection:
            return list(await connection.fetch(sql, *arguments))

    async def run_periodics(self, name: str | None = None) -> None:
        """Runs the periodic work (all, or the one of this name) until none says that more waits; then what it set free."""
        for periodic in self.service.periodics:
            if name in (None, periodic.name):
                while await self.runtime.run_worker(periodic.work, cause=Cause(actor=periodic.name)):
                    pass
        while await self.consumer.sweep():
            pass

    def advance(self, by: timedelta) -> None:
        """Moves the clock ahead."""
        if isinstance(self.clock, FixedClock):
            self.clock.instant += by
        elif isinstance(self.clock, SimulatedClock):
            self.clock.set_ahead(self.clock.ahead + by)


class Live(Protocol):
    """The fixture `live`."""

    def __call__(
        self, service: Service, *, clock: Clock | None = None, port: bool = False, **settings: Any
    ) -> AbstractAsyncContextManager[LiveService]:
        """A service for the length of a `with`; `settings` are PlatformSettings' fields."""


@asynccontextmanager
async def live_service(
    databases: Databases, service: Service, *, clock: Clock | None = None, port: bool = False, **settings: Any
) -> AsyncIterator[LiveService]:
    """What the fixture `live` does."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.fresh(service))
        chosen = PlatformSettings(
            api_database_url=database.api_url,
            worker_database_url=database.worker_url,
            **{"log_requests": False, "operator_organisation": ORGANISATION, **settings},
        )
        verifier = Verifier(KEY.jwks())
        await verifier.load()
        bus = DirectBus()
        stack.push_async_callback(bus.close)
        runtime, plumbing = await plumb(service, chosen, bus, verifier, clock or FixedClock(NOW))
        stack.push_async_callback(runtime.worker.close)
        stack.push_async_callback(runtime.api.close)
        stack.push_async_callback(runtime.stop)
        app = build_app(service, plumbing)
        consumer = Consumer(service.name, service.subscriptions, runtime.worker, plumbing.clock, lambda _: None)
        it = LiveService(service, app, runtime, plumbing.clock, consumer, KEY)
        if port:
            listening = listen("127.0.0.1", 0)
            stack.callback(listening.close)
            it.url = url_of(listening)
            await runtime.start()
            await stack.enter_async_context(serving(app, listening, House()))
            stack.push_async_callback(runtime.stop_tail)
        yield it
