"""Where a request becomes a transaction and its answer goes out only after the commit.

@router.post("/v1/remittances", status_code=201, response_model=RemittanceState, tags=["remittances"])
async def post_remittance(request: Request, who: Annotated[Principal, allow(Role.ADAPTER, Role.BILLER)]) -> Response:
    body = await request.body()
    return await edge(request).write(request, who, body, lambda unit: handlers.receive_remittance(unit, body))

@router.get("/v1/claims/{claim_id}", response_model=ClaimView)
async def get_claim(request: Request, claim_id: UUID, who: Annotated[Principal, allow(Role.BILLER)]) -> Response:
    return await edge(request).read(request, who, lambda unit: handlers.show_claim(unit, claim_id), patient_data=True)
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response

from rcm.errors import RcmError
from rcm.identity import Principal
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.web import access_log, idempotency
from rcm.web.answers import Answer, Rendered, render
from rcm.web.auth import allow
from rcm.web.context import context_of
from rcm.web.groups import Lanes
from rcm.web.metrics import Metrics
from rcm.web.problems import problem_response
from rcm.web.transactions import Transactions, answered

__all__ = ["Answer", "Edge", "GroupWork", "Work", "allow", "cause_of", "edge"]

Item = TypeVar("Item")
Work = Callable[[UnitOfWork], Awaitable[Answer]]
GroupWork = Callable[[UnitOfWork, Sequence[Item]], Awaitable[Sequence[Answer | RcmError]]]
Outcome = Rendered | RcmError


class _Entry:
    """One write that waits for its answer."""

    __slots__ = ("answered", "item", "key", "replayed")

    def __init__(self, item: Any, key: idempotency.Key | None) -> None:
        self.item, self.key = item, key
        self.answered: asyncio.Future[Outcome] | None = None
        self.replayed = False


class Edge:
    """One per service: where its requests become transactions."""

    def __init__(self, transactions: Transactions, metrics: Metrics) -> None:
        self._transactions, self._metrics = transactions, metrics
        self._lanes: Lanes[_Entry] = Lanes()
        self._in_flight: set[tuple[Any, ...]] = set()

    async def write(
        self, request: Request, principal: Principal, body: bytes, work: Work, *, keep_plans: bool = False
    ) -> Response:
        """Runs `work` in one transaction of the principal's organisation and answers after the commit.

        Retries serialization failures; replays the stored answer for a known Idempotency-Key with the same body, refuses
        another body (422 idempotency-key-reused) and a key in flight (409); wakes the relay. A refusal (RcmError) rolls back
        and is rendered as problem+json, and a refusal is not stored under the key. `keep_plans` as in `Database.transaction`.
        """
        entry = _Entry(None, self._take_key(request, principal, body))

        async def alone(unit: UnitOfWork, _: Sequence[Any]) -> Sequence[Answer | RcmError]:
            return [await work(unit)]

        try:
            cause = cause_of(request, principal)
            (outcome,) = await self._transact([entry], principal.organisation_id, cause, alone, keep_plans=keep_plans)
        finally:
            self._release(entry)
        return _response(entry, outcome)

    async def write_grouped(
        self, request: Request, principal: Principal, body: bytes, item: Item, work: GroupWork[Item]
    ) -> Response:
        """Like `write`, but requests of one organisation that arrive together share one transaction (group commit).

        `work` takes all their items and answers one for each, in order: an RcmError refuses that item alone, and `work` has
        then written nothing for it. If the shared transaction fails, each is tried alone. `work` is the first request's: it
        must not depend on its own request but by the items; an item that emits events may carry `cause_of(request, who)`
        and set `unit.cause` before it does. Most statements of so short a transaction would take longer to plan than to run,
        so its plans are kept, for which `work` must be fit (`keep_plans` in `Database.transaction`).
        """
        entry = _Entry(item, self._take_key(request, principal, body))
        entry.answered = asyncio.get_running_loop().create_future()
        organisation_id, cause = principal.organisation_id, cause_of(request, principal)

        async def run(entries: Sequence[_Entry]) -> None:
            await self._run_group(entries, organisation_id, cause, work)

        try:
            lane = (organisation_id, request.scope["method"], request.scope["route"].path)
            self._lanes.submit(lane, entry, run)
            outcome = await entry.answered
        finally:
            self._release(entry)
        return _response(entry, outcome)

    async def read(self, request: Request, principal: Principal, work: Work, *, patient_data: bool = False) -> Response:
        """Runs `work` in a read-only transaction of the principal's organisation.

        With `patient_data` who read what (path with ids, never a name) goes into the access log, and where that can't be
        written nothing is shown. A list names the ids that it shows in `Answer.shown`.
        """

        async def show(unit: UnitOfWork) -> Rendered:
            answer = await work(unit)
            if patient_data and (answer.shown is None or answer.shown):
                await access_log.record(unit, request, principal, answer.shown or ())
            return render(answer)

        transact = self._transactions.run if patient_data else self._transactions.read
        cause = cause_of(request, principal)
        rendered = await answered(lambda: transact(show, organisation_id=principal.organisation_id, cause=cause))
        tag = rendered.headers.get("ETag")
        if tag is not None and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return rendered.response()

    async def _run_group(self, entries: Sequence[_Entry], organisation_id: UUID, cause: Cause, work: GroupWork[Any]) -> None:
        """Answers every entry of a group; where the shared transaction fails, each alone."""
        self._metrics.group_size.observe(len(entries))
        outcomes: Sequence[Outcome | BaseException]
        try:
            outcomes = await self._transact(entries, organisation_id, cause, work, keep_plans=True)
        except Exception as error:
            outcomes = [error] if len(entries) == 1 else await self._one_by_one(entries, organisation_id, cause, work)
        for entry, outcome in zip(entries, outcomes, strict=True):
            assert entry.answered is not None
            if not entry.answered.done():
                if isinstance(outcome, BaseException) and not isinstance(outcome, RcmError):
                    entry.answered.set_exception(outcome)
                else:
                    entry.answered.set_result(outcome)

    async def _one_by_one(
        self, entries: Sequence[_Entry], organisation_id: UUID, cause: Cause, work: GroupWork[Any]
    ) -> Sequence[Outcome | BaseException]:
        outcomes: list[Outcome | BaseException] = []
        for entry in entries:
            try:
                outcomes.extend(await self._transact([entry], organisation_id, cause, work, keep_plans=True))
            except Exception as error:
                outcomes.append(error)
        return outcomes

    async def _transact(
        self, entries: Sequence[_Entry], organisation_id: UUID, cause: Cause, work: GroupWork[Any], *, keep_plans: bool
    ) -> Sequence[Outcome]:
        """One transaction for all entries; tried again where another transaction was in its way."""

        async def together(unit: UnitOfWork) -> Sequence[Outcome]:
            return await _work_on(unit, entries, work)

        transact = self._transactions.run
        return await answered(lambda: transact(together, organisation_id=organisation_id, cause=cause, keep_plans=keep_plans))

    def _take_key(self, request: Request, principal: Principal, body: bytes) -> idempotency.Key | None:
        key = idempotency.key_of(request, principal.organisation_id, body)
        if key is not None:
            if key.place in self._in_flight:
                raise idempotency.in_flight()
            self._in_flight.add(key.place)
        return key

    def _release(self, entry: _Entry) -> None:
        if entry.key is not None:
            self._in_flight.discard(entry.key.place)


async def _work_on(unit: UnitOfWork, entries: Sequence[_Entry], work: GroupWork[Any]) -> list[Outcome]:
    """What was answered before is replayed, the rest is worked on and kept under its keys."""
    outcomes: dict[int, Outcome] = {}
    keyed = [entry for entry in entries if entry.key is not None]
    if keyed:
        known = await idempotency.look_up(unit.connection, [entry.key for entry in keyed if entry.key])
        for entry, found in zip(keyed, known, strict=True):
            entry.replayed = isinstance(found, Rendered)
            if found is not None:
                outcomes[id(entry)] = found
    fresh = [entry for entry in entries if id(entry) not in outcomes]
    if fresh:
        kept = []
        for entry, answer in zip(fresh, await work(unit, [entry.item for entry in fresh]), strict=True):
            outcome = answer if isinstance(answer, RcmError) else render(answer)
            outcomes[id(entry)] = outcome
            if entry.key is not None and isinstance(answer, Answer) and answer.stored and isinstance(outcome, Rendered):
                kept.append((entry.key, outcome))
        if kept:
            await idempotency.store(unit.connection, kept)
    return [outcomes[id(entry)] for entry in entries]


def _response(entry: _Entry, outcome: Outcome) -> Response:
    if isinstance(outcome, RcmError):
        return problem_response(outcome)
    return outcome.response(idempotency.REPLAYED if entry.replayed else None)


def cause_of(request: Request, principal: Principal) -> Cause:
    """Why something is written: this request, in its trace, by its caller."""
    context = context_of(request)
    return Cause(context.request_id, context.traceparent, f"{principal.subject} ({principal.role})")


def edge(request: Request) -> Edge:
    """The service's edge."""
    found = request.app.state.edge
    assert isinstance(found, Edge)
    return found
