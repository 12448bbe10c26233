"""coding-svc, whole, on a database of the test's own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from coding_svc.main import Settings, build
from rcm.clock import FixedClock
from tests.support.live import Live, LiveService

TODAY = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
async def coding(live: Live) -> AsyncIterator[LiveService]:
    """The service, on the tenth of March 2026."""
    async with live(build(Settings()), clock=FixedClock(TODAY)) as it:
        yield it
