"""All organisations' ways out and in, as one thing that can be run and asked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from clearinghouse_adapter.accounts import Account
from clearinghouse_adapter.carrying import Wait, Waits
from clearinghouse_adapter.incoming import IncomingAnswers
from clearinghouse_adapter.outgoing import Outgoing837
from clearinghouse_adapter.services import ServiceClient, http_client
from clearinghouse_adapter.settings import AdapterSettings
from clearinghouse_adapter.store import Store
from rcm.clock import Clock


class Desk:
    """Made when the database is open; `running` works until it is left."""

    def __init__(self, accounts: Sequence[Account], settings: AdapterSettings, store: Store, clock: Clock) -> None:
        self.store = store
        self._http = http_client(settings.claims_url, settings.payments_url)
        self._waits: dict[UUID, Waits] = {}
        self.outgoing: dict[UUID, Outgoing837] = {}
        self.incoming: dict[UUID, IncomingAnswers] = {}
        for account in accounts:
            claims = ServiceClient("claims-svc", self._http, settings.claims_url, account.token)
            payments = ServiceClient("payments-svc", self._http, settings.payments_url, account.token)
            services = {client.name: client for client in (claims, payments)}
            waits = self._waits[account.organisation_id] = Waits()
            self.outgoing[account.organisation_id] = Outgoing837(account, claims, store, clock, waits)
            self.incoming[account.organisation_id] = IncomingAnswers(
                account, services, store, clock, waits, poll_seconds=settings.poll_seconds
            )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follows, sends, fetches and posts for everyone."""
        work = [way.follow() for way in self.outgoing.values()]
        work += [way.carry() for way in self.outgoing.values()]
        work += [way.carry() for way in self.incoming.values()]
        tasks = [asyncio.create_task(one) for one in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()

    async def close(self) -> None:
        """Closes the connections to the services."""
        await self._http.aclose()

    async def flow(self) -> tuple[int, int]:
        """Files under way, and files refused."""
        counts = await self.store.counts()
        mailboxes = [await way.waiting() for way in self.incoming.values()]
        waiting = counts.get("outgoing intended", 0) + counts.get("outgoing sent", 0) + sum(mailboxes)
        return waiting, counts.get("outgoing refused", 0) + counts.get("incoming refused", 0)

    def waits(self, organisation_id: UUID) -> list[Wait]:
        """What that organisation's files and its event stream wait for now."""
        waits = self._waits.get(organisation_id)
        return list(waits.all()) if waits else []

    async def retry_outgoing(self, organisation_id: UUID, submission_id: UUID) -> bool:
        """False where there is no such refused submission."""
        way = self.outgoing.get(organisation_id)
        if way is None or not await self.store.retry_outgoing(organisation_id, submission_id):
            return False
        way.wake()
        return True

    async def retry_incoming(self, organisation_id: UUID, sum_of_bytes: str) -> bool:
        """False where there is no such refused file."""
        way = self.incoming.get(organisation_id)
        return way is not None and await way.retry(sum_of_bytes)
