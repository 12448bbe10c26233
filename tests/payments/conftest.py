"""A running payments-svc on a database of its own, and what its ledger must be after every step."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from payments_svc.main import Settings, build
from rcm.identity import Role
from tests.support.live import Live, LiveService


@pytest_asyncio.fixture
async def payments(live: Live) -> AsyncIterator[LiveService]:
    """The service; the clock stands at September 1, 2025, and no remittance waits for its claims."""
    async with live(build(Settings(remittance_wait_seconds=0))) as service:
        yield service


@pytest_asyncio.fixture
async def biller(payments: LiveService) -> AsyncIterator[httpx.AsyncClient]:
    """A biller of the organisation."""
    async with payments.client(Role.BILLER) as client:
        yield client
