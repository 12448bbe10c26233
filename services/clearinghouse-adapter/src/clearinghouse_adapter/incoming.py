"""Brings answers in: fetched -> posted to the service that it concerns -> archived after that took it.

A kill may come between any two steps: the service knows the file by its Idempotency-Key (the sum of its bytes), and a file is
put away only after its answer is kept. What has to wait is kept with its reason, a refusal with its bytes besides, and can be
tried again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice

from clearinghouse_adapter.accounts import Account
from clearinghouse_adapter.bells import Bell
from clearinghouse_adapter.carrying import Crew, Key, Waits, Work
from clearinghouse_adapter.services import Outcome, ServiceClient, Unreachable, not_now, outcome_of, reason_of
from clearinghouse_adapter.store import Incoming, Store
from rcm.clock import Clock
from rcm.errors import Unavailable
from rcm.logs import logger
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import NotX12

MEDIA_TYPE = "application/edi-x12"
BEGINNING_BYTES = 4096
"""In which a file's envelope and its first transaction set begin."""
ROUND = 64
"""Files that are held in memory together."""
LOOK_AGAIN_SECONDS = 1.0
"""After the mailbox or the database could not be asked."""
_PATHS = {"claims-svc": "/v1/acknowledgements", "payments-svc": "/v1/remittances"}
_TAKERS = {"TA1": "claims-svc", "999": "claims-svc", "997": "claims-svc", "277": "claims-svc", "835": "payments-svc"}


def kind_of(content: bytes) -> str:
    """TA1, 999, 277, 835, ...: the first thing in the file; empty where it is no X12."""
    try:
        for item in islice(Walker(content[:BEGINNING_BYTES]), 1):
            return item.identifier if isinstance(item, TransactionSet) else item.elements[0]
    except NotX12:
        return ""
    return ""


class IncomingAnswers:
    """One organisation's way in."""

    def __init__(
        self,
        account: Account,
        services: dict[str, ServiceClient],
        store: Store,
        clock: Clock,
        waits: Waits,
        *,
        poll_seconds: float,
    ) -> None:
        self._account = account
        self._services = services
        self._store = store
        self._clock = clock
        self._waits = waits
        self._bell = Bell(poll_seconds)
        self._crew = Crew(waits, self._bell.ring)
        self._log = logger("clearinghouse-adapter")
        self.at_step: Callable[[str], None] = lambda _: None
        """Called before each step with its name: tests die there."""

    async def carry(self) -> None:
        """Looks into the mailbox again and again; for ever."""
        try:
            while True:
                try:
                    found = await self._look()
                except Exception:
                    self._log.exception("carrying in failed")
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                    continue
                await self._bell.wait(busy=found)
        finally:
            await self._crew.stop()

    async def _look(self) -> bool:
        """Begins to carry what lies there and is not under way; True where there was something."""
        busy_with = self._crew.busy_with()
        names = [name for name in await self._account.transport.list() if name not in busy_with]
        for key, work in await self._fetched(names[:ROUND]):
            self._crew.start(key, work)
        if len(names) > ROUND:
            self._bell.ring()
        return bool(names)

    async def waiting(self) -> int:
        """Files in the mailbox that are not put away yet."""
        return len(await self._account.transport.list())

    async def carry_once(self) -> bool:
        """One go at what lies in the mailbox; True where something is left for later."""
        names = await self._account.transport.list()
        rounds = [names[start : start + ROUND] for start in range(0, len(names), ROUND)]
        return any([await self._crew.once(await self._fetched(some)) for some in rounds])

    async def _fetched(self, names: list[str]) -> list[tuple[Key, Work]]:
        """Some files read, and how each is carried."""
        contents = await asyncio.gather(*(self._content(name) for name in names))
        now = self._clock.now()
        files = [(_read(name, content, now), content) for name, content in zip(names, contents, strict=True) if content]
        if not files:
            return []
        known = await self._store.known(self._account.organisation_id, [file for file, _ in files])
        return [
            (file.remote_name, partial(self._carried, known.get((file.remote_name, file.sha256), file), content))
            for file, content in files
        ]

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
            try:
                status, reason = await self._posted(file, content)
            except Unreachable as error:
                if self._waits.note(file.remote_name, "answer", str(error), error.status):
                    await self._store.incoming_waits(self._account.organisation_id, file, error.status, str(error))
                return False
            self._waits.clear(file.remote_name)
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

    async def _posted(self, file: Incoming, content: bytes) -> tuple[int, str]:
        """The service's answer as status and reason of refusal. Raises Unreachable where it is to be tried again."""
        service = self._services.get(file.service)
        if service is None:
            self._log.warning("file refused", kind=file.kind, remote_name=file.remote_name)
            return 422, f"no-taker: no service takes a {file.kind}" if file.kind else "not-x12: the file is no X12 interchange"
        response = await service.post(_PATHS[service.name], content, MEDIA_TYPE, file.sha256)
        outcome = outcome_of(response)
        if outcome is Outcome.LATER:
            raise not_now(response)
        if outcome is Outcome.REFUSED:
            self._log.warning("file refused", kind=file.kind, remote_name=file.remote_name, status=response.status_code)
            return response.status_code, reason_of(response)
        return response.status_code, ""

    async def retry(self, sum_of_bytes: str) -> bool:
        """Tries a refused file again from the bytes that were kept; False where there is none."""
        organisation = self._account.organisation_id
        found = await self._store.refused_content(organisation, sum_of_bytes)
        if found is None:
            return False
        file, content = found
        try:
            status, reason = await self._posted(file, content)
        except Unreachable as error:
            raise Unavailable(str(error)) from error
        kept = content if reason else None
        await self._store.answered(organisation, file, status=status, at=self._clock.now(), refused=reason, content=kept)
        return True


def _read(name: str, content: bytes, now: datetime) -> Incoming:
    kind = kind_of(content)
    service = _TAKERS.get(kind, "")
    return Incoming(sha256(content).hexdigest(), name, kind, service, "fetched", len(content), now, None, None, "")
