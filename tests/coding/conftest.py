"""coding-svc, whole: one database for the session, an organisation of its own for each test."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest

from coding_svc.main import Settings, build
from rcm.clock import FixedClock
from rcm.contracts.envelope import Event, Message
from rcm.ids import new_id
from tests.support.live import Live, LiveService

E = TypeVar("E", bound=Event)
TODAY = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


class Coding(LiveService):
    """The service as one organisation sees it."""

    async def said(self, event: type[E], *, organisation_id: UUID | None = None) -> list[Message[E]]:
        return await super().said(event, organisation_id=organisation_id or self.organisation_id)

    async def own_rows(self, sql: str) -> list[Any]:
        """A query with the organisation as $1."""
        return await self.rows(sql, self.organisation_id)


@pytest.fixture(scope="session")
async def service(live: Live) -> AsyncIterator[LiveService]:
    """The service, on the tenth of March 2026."""
    async with live(build(Settings()), clock=FixedClock(TODAY)) as it:
        yield it


@pytest.fixture
def coding(service: LiveService) -> Coding:
    """The service, empty."""
    mine = Coding(**{field.name: getattr(service, field.name) for field in fields(service)})
    mine.organisation_id = new_id()
    return mine
