"""Taking events: many in a transaction, each once in effect, each key in order; what fails is narrowed down and put aside."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pydantic

from rcm.clock import Clock
from rcm.contracts.envelope import Message
from rcm.contracts.registry import UnknownEvent
from rcm.database.pool import Database, connection_failed, is_transient
from rcm.errors import RcmError
from rcm.logs import logger
from rcm.messaging import crash, inbox, parked
from rcm.messaging.flush import flush
from rcm.messaging.headers import MalformedRecord
from rcm.messaging.parked import Parking
from rcm.messaging.subscription import AnySubscription, Handler
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.messaging.waves import Wave, plan
from rcm.messaging.wire import Envelope, base_of

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

BATCH_MAX = 500
PARKED_KEYS_MAX = 500
PARKED_LOCK = 7_265_003
SWEEP_SECONDS = 1.0
REASON_CHARACTERS_MAX = 2_000
Keys = set[tuple[str, UUID]]


class Consumer:
    """One service's taking of events. `take` is called by a bus, `sweep` by the runtime; they never run at once."""

    def __init__(
        self,
        name: str,
        subscriptions: Sequence[AnySubscription],
        database: Database,
        clock: Clock,
        committed: Callable[[UnitOfWork], None],
    ) -> None:
        self.name = name
        self.observe: Callable[[int, float], None] | None = None
        """Told how many events each batch of a delivery had and the seconds until all of them were committed or put aside."""
        self.handlers: dict[str, Handler[Any]] = {}
        self._reads: dict[str, Callable[[str | bytes], Any] | None] = {}
        for subscription in subscriptions:
            base = base_of(subscription.event.type_name())
            if base in self.handlers:
                raise ValueError(f"{name} subscribes twice to {base}")
            self.handlers[base], self._reads[base] = subscription.handler, subscription.reads
        self.topics = tuple(dict.fromkeys(subscription.event.TOPIC for subscription in subscriptions))
        self._database = database
        self._clock = clock
        self._committed = committed
        self._lock = asyncio.Lock()
        self._log = logger(name)

    def wanted(self, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """Those that this service has a handler for, in whichever version, and what is no event and must be put aside."""
        mine = {kind for kind in {envelope.type for envelope in envelopes} if base_of(kind) in self.handlers}
        return [found for found in envelopes if found.type in mine or found.fault is not None]

    async def take(self, envelopes: Sequence[Envelope]) -> None:
        """Handles what is wanted of a delivery; when it returns all of it is committed, in effect or put aside.

        Raises only where the database is away: then the same delivery comes again.
        """
        wanted = self.wanted(envelopes)
        async with self._lock:
            for start in range(0, len(wanted), BATCH_MAX):
                batch, began = wanted[start : start + BATCH_MAX], time.perf_counter()
                await self._narrow(batch, self._take_once)
                if self.observe is not None:
                    self.observe(len(batch), time.perf_counter() - began)

    async def sweep(self) -> bool:
        """Handles parked messages whose time has come; True where more may be due already."""
        async with self._lock:
            async with self._database.pool.acquire() as connection:
                candidates = await parked.due(connection, PARKED_KEYS_MAX, BATCH_MAX)
            if not candidates:
                return False
            await self._narrow(candidates, self._sweep_once)
            return True

    async def _narrow(self, batch: Sequence[Envelope], once: Callable[[Sequence[Envelope]], Awaitable[None]]) -> None:
        """All in one transaction; where that fails in halves, in order, down to the one that can't succeed."""
        try:
            await once(batch)
        except Exception as error:
            if connection_failed(error):
                raise
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._narrow(batch[:middle], once)
                await self._narrow(batch[middle:], once)
            else:
                await self._set_aside(batch[0], error)

    async def _take_once(self, batch: Sequence[Envelope]) -> None:
        singly: Keys = set()

        async def work(connection: "Connection") -> UnitOfWork:
            taken = await inbox.take(connection, self.name, batch)
            return await self._handle(connection, taken.fresh, taken.blocked, singly, parked_before=taken.is_any_parked)

        try:
            await self._commit(work)
        except _Overtaken as found:
            singly = found.keys
            await self._commit(work)

    async def _sweep_once(self, batch: Sequence[Envelope]) -> None:
        """Parked messages again, those of them that are still parked."""

        async def work(connection: "Connection") -> UnitOfWork | None:
            if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", PARKED_LOCK):
                return None
            there = await parked.still_parked(connection, [envelope.event_id for envelope in batch])
            blocked = {e.key for e in batch if there.get(e.event_id)}
            still = [e for e in batch if e.event_id in there]
            return await self._handle(connection, still, blocked, {e.key for e in still}, again=True)

        await self._commit(work)

    async def _commit(self, work: "Callable[[Connection], Awaitable[UnitOfWork | None]]") -> None:
        unit = await self._database.run(work)
        crash.reach("consumer.after_commit")
        if unit is not None:
            self._committed(unit)

    async def _handle(
        self,
        connection: "Connection",
        envelopes: Sequence[Envelope],
        blocked: Keys,
        singly: Keys,
        *,
        parked_before: bool = True,
        again: bool = False,
    ) -> UnitOfWork:
        """Wave after wave in the running transaction, then everything that the unit says or puts aside."""
        unit = UnitOfWork(connection, self._clock, organisation_id=None, cause=Cause(actor=self.name))
        put_aside: list[Parking] = []
        for wave in plan(envelopes, singly):
            await self._handle_wave(unit, wave, blocked, put_aside)
        if not (parked_before or unit.waiting):
            unit.arrivals.clear()  # there is nothing that they could let go
        await flush(unit)
        if again:
            kept = {found.message.event_id for found in unit.waiting} | {p.envelope.event_id for p in put_aside}
            if finished := [e.event_id for e in envelopes if e.event_id not in kept]:
                await parked.done(connection, finished)
        if put_aside:
            await parked.park(connection, put_aside)
        crash.reach("consumer.before_commit")
        return unit

    async def _handle_wave(self, unit: UnitOfWork, wave: Wave, blocked: Keys, put_aside: list[Parking]) -> None:
        messages: list[Message[Any]] = []
        taken: list[Envelope] = []
        reads = self._reads[wave.base]
        for envelope in wave.envelopes:
            if blocked and envelope.key in blocked:
                put_aside.append(parked.behind(envelope))
                continue
            try:
                messages.append(envelope.message(reads))
                taken.append(envelope)
            except ValueError as error:
                put_aside.append(self._dead(envelope, error))
        if not messages:
            return
        alone = messages[0] if len(messages) == 1 else None
        unit.cause = Cause(
            causation_id=alone.event_id if alone else None,
            traceparent=alone.traceparent if alone else None,
            actor=f"{self.name} {wave.base.rpartition('.')[2]}",
        )
        waited = len(unit.waiting)
        await self.handlers[wave.base](unit, messages)
        if len(unit.waiting) > waited:
            came = {envelope.event_id: envelope for envelope in taken}
            found = [replace(each, envelope=came[each.message.event_id]) for each in unit.waiting[waited:]]
            unit.waiting[waited:] = found
            _block(taken, {each.message.event_id for each in found}, blocked)

    async def _set_aside(self, envelope: Envelope, error: Exception) -> None:
        """A message that fails alone: parked for another try where that may help, else dead; its inbox row besides."""
        if is_transient(error):
            parking = Parking(envelope, "retrying", code=code_of(error), reason=reason_of(error))
        else:
            parking = self._dead(envelope, error)

        async def work(connection: "Connection") -> None:
            taken = await inbox.take(connection, self.name, [envelope])
            if taken.fresh and envelope.key in taken.blocked:
                await parked.park(connection, [parked.behind(envelope)])
            elif taken.fresh or await parked.still_parked(connection, [envelope.event_id]):
                await parked.park(connection, [parking])

        await self._database.run(work)
        self._log.warning(
            "message put aside", state=parking.state, code=parking.code, event_id=envelope.event_id, exc_info=error
        )

    def _dead(self, envelope: Envelope, error: Exception) -> Parking:
        return Parking(envelope, "dead", code=code_of(error), reason=reason_of(error))


class _Overtaken(Exception):
    """One call's messages of a key were handled behind one that waits: to be done anew, each of them in a call of its own."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self.keys = keys


def _block(envelopes: Iterable[Envelope], waiting: set[UUID], blocked: Keys) -> None:
    """Adds the keys of those who wait; raises _Overtaken where a later message of the same key did not wait."""
    overtaken: Keys = set()
    for envelope in envelopes:
        if envelope.event_id in waiting:
            blocked.add(envelope.key)
        elif envelope.key in blocked:
            overtaken.add(envelope.key)
    if overtaken:
        raise _Overtaken(overtaken)


def code_of(error: Exception) -> str:
    """A stable name of what went wrong."""
    if isinstance(error, RcmError):
        return error.code
    if isinstance(error, UnknownEvent):
        return "unknown-event"
    if isinstance(error, MalformedRecord):
        return error.code
    if isinstance(error, pydantic.ValidationError | msgspec.DecodeError):
        return "invalid-data"
    return type(error).__name__


def reason_of(error: Exception) -> str:
    """What went wrong in words for the dead letter, which stands beside the payload; never for a log."""
    if isinstance(error, pydantic.ValidationError):
        parts = error.errors(include_url=False, include_input=False, include_context=False)
        text = "; ".join(f"/{'/'.join(str(step) for step in part['loc'])}: {part['msg']}" for part in parts)
    else:
        text = str(error) or type(error).__name__
    return text[:REASON_CHARACTERS_MAX].replace("\x00", "")
