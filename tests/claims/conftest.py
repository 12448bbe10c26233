"""A running claims-svc on a database of its own, set up, with a biller and an adapter."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from claims_svc.main import Settings, build
from rcm.identity import Role
from tests.claims.making import set_up
from tests.support.live import Live, LiveService


@pytest_asyncio.fixture
async def claims(live: Live) -> AsyncIterator[LiveService]:
    """The service; the clock stands at September 1, 2025, 15:00 UTC."""
    async with live(build(Settings())) as service:
        yield service


@pytest_asyncio.fixture
async def biller(claims: LiveService) -> AsyncIterator[httpx.AsyncClient]:
    """A biller of an organisation that is set up."""
    async with claims.client(Role.BILLER) as client:
        await set_up(client)
        yield client


@pytest_asyncio.fixture
async def adapter(claims: LiveService) -> AsyncIterator[httpx.AsyncClient]:
    """The organisation's adapter."""
    async with claims.client(Role.ADAPTER) as client:
        yield client
