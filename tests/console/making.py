"""A console for tests: the real app, real tickets and tokens, services that run in this process or don't answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from console.app import make_app
from console.settings import ConsoleSettings
from console.sign_in import TICKET_AUDIENCE, LocalTokens
from rcm.clock import FixedClock
from rcm.identity import Role
from rcm.tokens import SigningKey, Verifier, issue_token
from tests.support.live import KEY, ORGANISATION

ORIGIN = "http://console"


class Away(httpx.AsyncBaseTransport):
    """A service that does not answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)


class Answers(httpx.AsyncBaseTransport):
    """A service that answers what it was told, by path; anything else it does not have. It keeps what it was asked."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.answers.get(request.url.path)
        if found is None:
            return httpx.Response(404, json={"title": "There is no such thing here", "detail": "nothing", "code": "not-found"})
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, json=found)


@dataclass
class TestConsole:
    """The app, its clock, and how to get in."""

    __test__ = False

    app: FastAPI
    clock: FixedClock

    def browser(self) -> httpx.AsyncClient:
        """A browser with a cookie jar that follows redirects."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ORIGIN, follow_redirects=True)

    @asynccontextmanager
    async def signed_in(self, role: Role = Role.BILLER, organisation: UUID = ORGANISATION) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that is signed in."""
        async with self.browser() as browser:
            answer = await browser.get("/sign-in", params={"ticket": ticket(role=role, organisation=organisation)})
            assert answer.status_code == 200, answer.text
            yield browser


def ticket(
    *,
    key: SigningKey = KEY,
    role: Role = Role.BILLER,
    organisation: UUID = ORGANISATION,
    lifetime: timedelta = timedelta(minutes=10),
    audience: str = TICKET_AUDIENCE,
) -> str:
    """A sign-in ticket as the launcher makes it."""
    return issue_token(
        key, organisation_id=organisation, role=role, subject="pat@example.org", lifetime=lifetime, audience=audience
    )


async def console(transports: Mapping[str, httpx.AsyncBaseTransport] | None = None, **settings: Any) -> TestConsole:
    """A console whose services are `transports`; those that are not named don't answer."""
    names = ("coding-svc", "claims-svc", "payments-svc", "patient-billing-svc")
    verifier = Verifier(KEY.jwks(), audience=TICKET_AUDIENCE)
    await verifier.load()
    clock = FixedClock(datetime.now(UTC))
    app = make_app(
        ConsoleSettings(log_requests=False, **settings),
        clock,
        verifier,
        LocalTokens(KEY, clock),
        {name: (transports or {}).get(name, Away()) for name in names},
    )
    return TestConsole(app, clock)


def csrf_of(page: str) -> str:
    """The secret of the forms on a page."""
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
