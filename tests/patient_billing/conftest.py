"""A running patient-billing-svc with today's clock in the tests' hands."""

from collections.abc import AsyncIterator

import pytest_asyncio

from patient_billing_svc.main import Settings, build
from rcm.clock import FixedClock
from tests.patient_billing.making import NOON
from tests.support.live import Live, LiveService


@pytest_asyncio.fixture
async def billing(live: Live) -> AsyncIterator[LiveService]:
    """The service on a database of its own; the clock stands at noon of March 2, 2025."""
    async with live(build(Settings()), clock=FixedClock(NOON)) as service:
        yield service
