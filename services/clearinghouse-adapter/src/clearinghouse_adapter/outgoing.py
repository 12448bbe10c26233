"""Carries submissions out: SubmissionReady -> intent kept -> file fetched -> put into the mailbox -> transmission recorded.

A kill may come between any two of these. The intent is kept with the stream's cursor in one transaction, so no event is lost;
before a file is put a second time its remote name is looked for, and the record carries one time and one key for life.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

import orjson

from clearinghouse_adapter.accounts import Account
from clearinghouse_adapter.carrying import Crew, Key, Waits, Work
from clearinghouse_adapter.following import Told, follow
from clearinghouse_adapter.services import Outcome, ServiceClient, Unreachable, not_now, outcome_of, reason_of
from clearinghouse_adapter.store import Outgoing, Store
from rcm.clock import Clock
from rcm.contracts.claims import SubmissionReady
from rcm.logs import logger

LOOK_AGAIN_SECONDS = 1.0
"""After the database could not be asked."""
RECONNECT_SECONDS = 0.3


class Outgoing837:
    """One organisation's way out."""

    def __init__(self, account: Account, claims: ServiceClient, store: Store, clock: Clock, waits: Waits) -> None:
        self._account = account
        self._claims = claims
        self._store = store
        self._clock = clock
        self._waits = waits
        self._bell = asyncio.Event()
        self._crew = Crew(waits, self.wake)
        self._log = logger("clearinghouse-adapter")
        self.at_step: Callable[[str], None] = lambda _: None
        """Called before each step with its name: tests die there."""

    def wake(self) -> None:
        """Looks for open files at once."""
        self._bell.set()

    async def follow(self) -> None:
        """Keeps an intent for every submission that claims-svc says is ready; for ever."""
        organisation = self._account.organisation_id
        key = f"{self._claims.name} {organisation}"
        while True:
            try:
                cursor = await self._store.cursor(organisation, self._claims.name)
                async for told in follow(self._claims, cursor, SubmissionReady.type_name()):
                    self._waits.clear(key)
                    await self._keep(told)
                self._waits.clear(key)
            except Unreachable as error:
                self._waits.note(key, "event stream", str(error), error.status)
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
        """Sends and records what is open, each file as soon as it can be; for ever."""
        try:
            while True:
                self._bell.clear()
                try:
                    busy_with = self._crew.busy_with()
                    for key, work in await self._open():
                        if key not in busy_with:
                            self._crew.start(key, work)
                except Exception:
                    self._log.exception("carrying out failed")
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                    continue
                await self._bell.wait()
        finally:
            await self._crew.stop()

    async def carry_once(self) -> bool:
        """One go at everything that is open; True where something is left for later."""
        return await self._crew.once(await self._open())

    async def _open(self) -> list[tuple[Key, Work]]:
        files = await self._store.open_outgoing(self._account.organisation_id)
        return [(file.submission_id, partial(self._carried, file)) for file in files]

    async def _carried(self, file: Outgoing) -> bool:
        """Takes one file as far as it goes; True where nothing is left to do."""
        try:
            await self._sent_and_recorded(file)
        except Unreachable as error:
            if self._waits.note(file.submission_id, "submission", str(error), error.status):
                organisation = self._account.organisation_id
                await self._store.outgoing_waits(organisation, file.submission_id, error.status, str(error))
            return False
        self._waits.clear(file.submission_id)
        return True

    async def _sent_and_recorded(self, file: Outgoing) -> None:
        """Raises Unreachable where it is to be tried again."""
        organisation = self._account.organisation_id
        sent_at = file.sent_at
        if sent_at is None:
            if not await self._account.transport.exists(file.remote_name):
                content = await self._fetched(file)
                if content is None:
                    return
                self.at_step("put")
                await self._account.transport.put(file.remote_name, content)
            self.at_step("mark sent")
            sent_at = await self._store.sent(organisation, file.submission_id, self._clock.now())
        self.at_step("record")
        await self._record(file, sent_at)

    async def _fetched(self, file: Outgoing) -> bytes | None:
        """The file's bytes; None where it is refused now. Raises Unreachable where it is to be tried again."""
        response = await self._claims.get(f"/v1/submissions/{file.submission_id}/file")
        outcome = outcome_of(response)
        if outcome is Outcome.LATER:
            raise not_now(response)
        if outcome is Outcome.REFUSED:
            await self._refuse(file.submission_id, reason_of(response), response.status_code)
            return None
        if sha256(response.content).hexdigest() != file.sha256:
            await self._refuse(file.submission_id, "wrong-sum: the file is not the one that the event names")
            return None
        return response.content

    async def _record(self, file: Outgoing, sent_at: datetime) -> None:
        body = {"transmitted_at": sent_at, "remote_name": file.remote_name, "sha256": file.sha256}
        path = f"/v1/submissions/{file.submission_id}/transmissions"
        key = f"transmission-{file.submission_id}"
        response = await self._claims.post(path, orjson.dumps(body), "application/json", key)
        outcome = outcome_of(response)
        if outcome is Outcome.LATER:
            raise not_now(response)
        self.at_step("mark recorded")
        if outcome is Outcome.REFUSED:
            await self._refuse(file.submission_id, reason_of(response), response.status_code)
            return
        await self._store.finish_outgoing(self._account.organisation_id, file.submission_id, at=self._clock.now())

    async def _refuse(self, submission_id: UUID, reason: str, status: int | None = None) -> None:
        self._log.warning("submission refused", submission_id=str(submission_id), status=status, reason=reason)
        await self._store.finish_outgoing(
            self._account.organisation_id, submission_id, at=self._clock.now(), status=status, refused=reason
        )


def _intent(event: SubmissionReady, now: datetime) -> Outgoing:
    file = (event.submission_id, event.receiver_id, event.file_name, event.sha256, event.bytes)
    return Outgoing(*file, "intended", now, None, None, None, "")
