"""Brings answers in: fetched -> posted to the service that it concerns -> archived after that took it.

A kill may come between any two steps: the service knows the file by its Idempotency-Key (the sum of its bytes), and a file is
put away only after its answer is kept. A refusal is kept with its bytes and its reason, and can be tried again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from itertools import islice

from clearinghouse_adapter.accounts import Account
from clearinghouse_adapter.services import Outcome, ServiceClient, Unreachable, outcome_of, reason_of
from clearinghouse_adapter.store import Incoming, Store
from rcm.clock import Clock
from rcm.logs import logger
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import NotX12

MEDIA_TYPE = "application/edi-x12"
AT_ONCE = 4
ROUND = 100
"""Files that are held in memory together."""
RETRY_SECONDS = 0.5
_PATHS = {"claims-svc": "/v1/acknowledgements", "payments-svc": "/v1/remittances"}
_TAKERS = {"TA1": "claims-svc", "999": "claims-svc", "997": "claims-svc", "277": "claims-svc", "835": "payments-svc"}


def kind_of(content: bytes) -> str:
    """TA1, 999, 277, 835, ...: the first thing in the file; empty where it is no X12."""
    try:
        for item in islice(Walker(content), 1):
            return item.identifier if isinstance(item, TransactionSet) else item.elements[0]
    except NotX12:
        return ""
    return ""


class IncomingAnswers:
    """One organisation's way in."""

    def __init__(
        self, account: Account, services: dict[str, ServiceClient], store: Store, clock: Clock, *, poll_seconds: float
    ) -> None:
        self._account = account
        self._services = services
        self._store = store
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._log = logger("clearinghouse-adapter")
        self.at_step: Callable[[str], None] = lambda _: None
        """Called before each step with its name: tests die there."""

    async def carry(self) -> None:
        """Looks into the mailbox again and again."""
        while True:
            try:
                left = await self.carry_once()
            except Exception:
                self._log.exception("carrying in failed")
                left = True
            await asyncio.sleep(RETRY_SECONDS if left else self._poll_seconds)

    async def waiting(self) -> int:
        """Files in the mailbox that are not put away yet."""
        return len(await self._account.transport.list())

    async def carry_once(self) -> bool:
        """One go at what lies in the mailbox; True where something is left for later."""
        names = await self._account.transport.list()
        rounds = [names[start : start + ROUND] for start in range(0, len(names), ROUND)]
        return any([await self._round(some) for some in rounds])

    async def _round(self, names: list[str]) -> bool:
        """Some files at once; True where something is left."""
        fetched = [(name, content) for name, content in [(name, await self._content(name)) for name in names] if content]
        known = await self._store.incoming(self._account.organisation_id, names)
        now = self._clock.now()
        files = [(_read(name, content, now), content) for name, content in fetched]
        new = [file for file, _ in files if (file.remote_name, file.sha256) not in known]
        if new:
            self.at_step("keep fetched")
            await self._store.fetched(self._account.organisation_id, new)
        gate = asyncio.Semaphore(AT_ONCE)

        async def carried(file: Incoming, content: bytes) -> bool:
            async with gate:
                return await self._carried(known.get((file.remote_name, file.sha256), file), content)

        results = await asyncio.gather(*(carried(*pair) for pair in files), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Unreachable | OSError):
                raise result
        return not all(result is True for result in results)

    async def _content(self, name: str) -> bytes:
        """A file's bytes; empty where it is gone, or empty: that one is refused by the way it is read."""
        try:
            return await self._account.transport.fetch(name) or b" "
        except FileNotFoundError:
            return b""

    async def _carried(self, file: Incoming, content: bytes) -> bool:
        """Takes one file as far as it goes; True where nothing is left to do."""
        refused = file.state == "refused"
        if file.state == "fetched":
            self.at_step("post")
            told = await self._posted(file, content)
            if told is None:
                return False
            status, reason = told
            refused = bool(reason)
            self.at_step("keep answer")
            await self._store.answered(
                self._account.organisation_id,
                file,
                status=status,
                at=self._clock.now(),
                refused=reason,
                content=content if refused else None,
            )
        self.at_step("archive")
        await self._account.transport.archive(file.remote_name, refused=refused)
        return True

    async def _posted(self, file: Incoming, content: bytes) -> tuple[int, str] | None:
        """The service's answer as status and reason of refusal; None where it is to be tried again."""
        service = self._services.get(file.service)
        if service is None:
            self._log.warning("file refused", kind=file.kind, remote_name=file.remote_name)
            return 422, f"no-taker: no service takes a {file.kind}" if file.kind else "not-x12: the file is no X12 interchange"
        response = await service.post(_PATHS[service.name], content, MEDIA_TYPE, file.sha256)
        outcome = outcome_of(response.status_code)
        if outcome is Outcome.LATER:
            return None
        if outcome is Outcome.REFUSED:
            self._log.warning("file refused", kind=file.kind, remote_name=file.remote_name, status=response.status_code)
            return response.status_code, reason_of(response)
        return response.status_code, ""

    async def retry(self, sum_of_bytes: str) -> bool:
        """Tries a refused file again from the bytes that were kept; False where there is none."""
        found = await self._store.refused_content(self._account.organisation_id, sum_of_bytes)
        if found is None:
            return False
        file, content = found
        told = await self._posted(file, content)
        if told is not None:
            status, reason = told
            await self._store.answered(
                self._account.organisation_id,
                file,
                status=status,
                at=self._clock.now(),
                refused=reason,
                content=content if reason else None,
            )
        return True


def _read(name: str, content: bytes, now: datetime) -> Incoming:
    kind = kind_of(content)
    service = _TAKERS.get(kind, "")
    return Incoming(sha256(content).hexdigest(), name, kind, service, "fetched", len(content), now, None, None, "")
