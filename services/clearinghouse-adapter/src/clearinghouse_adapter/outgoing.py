"""Carries submissions out: SubmissionReady -> intent kept -> file fetched -> put into the mailbox -> transmission recorded.

A kill may come between any two of these. The intent is kept with the stream's cursor in one transaction, so no event is lost;
before a file is put a second time its remote name is looked for, and the record carries one time and one key for life.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import orjson

from clearinghouse_adapter.accounts import Account
from clearinghouse_adapter.following import Told, follow
from clearinghouse_adapter.services import Outcome, ServiceClient, Unreachable, outcome_of, reason_of
from clearinghouse_adapter.store import Outgoing, Store
from rcm.clock import Clock
from rcm.contracts.claims import SubmissionReady
from rcm.logs import logger

AT_ONCE = 4
"""Files of one organisation under way together."""
RETRY_SECONDS = 0.5
RECONNECT_SECONDS = 0.3


class Outgoing837:
    """One organisation's way out."""

    def __init__(self, account: Account, claims: ServiceClient, store: Store, clock: Clock) -> None:
        self._account = account
        self._claims = claims
        self._store = store
        self._clock = clock
        self._bell = asyncio.Event()
        self._log = logger("clearinghouse-adapter")
        self.at_step: Callable[[str], None] = lambda _: None
        """Called before each step with its name: tests die there."""

    def wake(self) -> None:
        """Looks for open files at once."""
        self._bell.set()

    async def follow(self) -> None:
        """Keeps an intent for every submission that claims-svc says is ready; for ever."""
        organisation = self._account.organisation_id
        while True:
            try:
                cursor = await self._store.cursor(organisation, self._claims.name)
                async for told in follow(self._claims, cursor, SubmissionReady.type_name()):
                    await self._keep(told)
            except Unreachable as error:
                self._log.info("event stream waits", reason=str(error))
            except Exception:
                self._log.exception("event stream failed")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _keep(self, told: Told) -> None:
        now, organisation = self._clock.now(), self._account.organisation_id
        if not told.events:
            await self._store.keep_cursor(organisation, self._claims.name, told.cursor, now)
            return
        files = [_intent(SubmissionReady.model_validate(event["data"]), now) for event in told.events]
        await self._store.intend(organisation, self._claims.name, files, told.cursor, now)
        self._bell.set()

    async def carry(self) -> None:
        """Sends and records what is open; for ever."""
        while True:
            self._bell.clear()
            try:
                left = await self.carry_once()
            except Exception:
                self._log.exception("carrying out failed")
                left = True
            if left:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await self._bell.wait()

    async def carry_once(self) -> bool:
        """One go at everything that is open; True where something is left for later."""
        files = await self._store.open_outgoing(self._account.organisation_id)
        gate = asyncio.Semaphore(AT_ONCE)

        async def carried(file: Outgoing) -> bool:
            async with gate:
                return await self._carried(file)

        results = await asyncio.gather(*(carried(file) for file in files), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Unreachable | OSError):
                raise result
        return not all(result is True for result in results)

    async def _carried(self, file: Outgoing) -> bool:
        """Takes one file as far as it goes; True where nothing is left to do."""
        organisation = self._account.organisation_id
        sent_at = file.sent_at
        if sent_at is None:
            if not await self._account.transport.exists(file.remote_name):
                content = await self._fetched(file)
                if content is None:
                    return True
                self.at_step("put")
                await self._account.transport.put(file.remote_name, content)
            self.at_step("mark sent")
            sent_at = await self._store.sent(organisation, file.submission_id, self._clock.now())
        self.at_step("record")
        return await self._recorded(file, sent_at)

    async def _fetched(self, file: Outgoing) -> bytes | None:
        """The file's bytes; None where it is refused now. Raises Unreachable where it is to be tried again."""
        response = await self._claims.get(f"/v1/submissions/{file.submission_id}/file")
        outcome = outcome_of(response.status_code)
        if outcome is Outcome.LATER:
            raise Unreachable(f"claims-svc answers {response.status_code}")
        if outcome is Outcome.REFUSED:
            await self._refuse(file.submission_id, reason_of(response))
            return None
        if sha256(response.content).hexdigest() != file.sha256:
            await self._refuse(file.submission_id, "wrong-sum: the file is not the one that the event names")
            return None
        return response.content

    async def _recorded(self, file: Outgoing, sent_at: datetime) -> bool:
        body = {"transmitted_at": sent_at, "remote_name": file.remote_name, "sha256": file.sha256}
        path = f"/v1/submissions/{file.submission_id}/transmissions"
        key = f"transmission-{file.submission_id}"
        response = await self._claims.post(path, orjson.dumps(body), "application/json", key)
        outcome = outcome_of(response.status_code)
        if outcome is Outcome.LATER:
            return False
        self.at_step("mark recorded")
        refused = reason_of(response) if outcome is Outcome.REFUSED else ""
        if refused:
            self._log.warning("transmission refused", submission_id=str(file.submission_id), status=response.status_code)
        await self._store.finish_outgoing(
            self._account.organisation_id, file.submission_id, at=self._clock.now(), refused=refused
        )
        return True

    async def _refuse(self, submission_id: UUID, reason: str) -> None:
        self._log.warning("submission refused", submission_id=str(submission_id))
        await self._store.finish_outgoing(self._account.organisation_id, submission_id, at=self._clock.now(), refused=reason)


def _intent(event: SubmissionReady, now: datetime) -> Outgoing:
    return Outgoing(
        event.submission_id, event.receiver_id, event.file_name, event.sha256, event.bytes, "intended", now, None, None, ""
    )
