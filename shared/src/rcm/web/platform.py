"""What every service answers besides its own: health, metrics, dead letters, access log, and the admin's levers."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rcm.clock import SimulatedClock
from rcm.errors import Conflict, Fault, Forbidden, InvalidBody, NotFound, Unavailable
from rcm.identity import Principal, Role
from rcm.messaging.parked import dead_letters, drop_dead_letter, retry_dead_letter
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web import access_log
from rcm.web.access_log import Access
from rcm.web.auth import allow, check_operator
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, edge
from rcm.web.metrics import Metrics
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.simulation import AHEAD_MAX, Ahead, ClockSetting, keep_ahead

TAGS = (
    {"name": "events", "description": "The public stream of what this service said, from its log, with replay"},
    {"name": "operations", "description": "Dead letters, access log, flow, replay; the clock in simulation"},
    {"name": "platform", "description": "Health, metrics, what refusals mean"},
)
READY_SECONDS = 2.0
"""How long a database may take to answer a probe."""
router = APIRouter()


class Health(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True}]})

    ok: bool


class DeadLetterView(BaseModel):
    """An event that could not be taken, and why. Its data is not shown: the producer's stream has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dead_letter_id": "0198f5d0-5c00-7000-8000-00000000d001",
                    "event_id": "0198f5d0-5c00-7000-8000-00000000e001",
                    "type": "rcm.encounters.EncounterCoded.v1",
                    "subject": "0198f5d0-5c00-7000-8000-000000000e11",
                    "sequence": 1,
                    "correlation_id": "0198f5d0-5c00-7000-8000-000000000e11",
                    "code": "invalid-event",
                    "reason": "The event's data breaks its contract",
                    "attempts": 1,
                    "failed_at": "2025-08-29T14:03:11.120000Z",
                    "dropped_at": None,
                    "dropped_by": None,
                }
            ]
        }
    )

    dead_letter_id: UUID
    event_id: UUID
    type: str = Field(description="The CloudEvents type")
    subject: UUID = Field(description="The aggregate's id")
    sequence: int
    correlation_id: UUID | None
    code: str
    reason: str
    attempts: int
    failed_at: datetime | None
    dropped_at: datetime | None
    dropped_by: str | None = Field(description="Who gave it up: the token's subject and role")


class DeadLetterState(BaseModel):
    """What became of a dead letter."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"dead_letter_id": "0198f5d0-5c00-7000-8000-00000000d001", "state": "retrying"}]}
    )

    dead_letter_id: UUID
    state: str


class FlowView(BaseModel):
    """What is under way in the whole service, all organisations together; all but `log_events` are 0 when it is at rest."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "log_events": 1200,
                    "unpublished": 0,
                    "unconsumed": 3,
                    "waiting": 0,
                    "retrying": 0,
                    "dead_letters": 0,
                    "now": "2025-08-29T14:03:11.120000Z",
                }
            ]
        }
    )

    log_events: int
    unpublished: int
    unconsumed: int
    waiting: int
    retrying: int
    dead_letters: int
    now: datetime


class ReplaySince(BaseModel):
    """From when on the log is published again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"since": "2025-08-29T00:00:00Z"}]})

    since: AwareDatetime
    every_organisation: bool = Field(default=False, description="For the operating organisation only: everybody's events")


class Replayed(BaseModel):
    """How much will be published again; who knows it already does nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"events": 1200}]})

    events: int


def health_router(metrics: Callable[[], Any]) -> APIRouter:
    """/livez, /readyz and /metrics, for probes: without a token."""
    health = APIRouter(tags=["platform"])
    readiness = _Readiness()

    @health.get("/livez", response_model=Health, summary="The process answers")
    async def livez() -> Health:
        return Health(ok=True)

    @health.get(
        "/readyz", response_model=Health, summary="The service takes requests", responses={503: {"description": "Not yet"}}
    )
    async def readyz(request: Request) -> Health:
        plumbing = getattr(request.app.state, "plumbing", None)
        if plumbing is not None:
            await readiness.check(plumbing.runtime)
        return Health(ok=True)

    @health.get("/metrics", summary="For Prometheus", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def get_metrics() -> Response:
        found = await metrics()
        assert isinstance(found, Response)
        return found

    return health


async def metrics_answer(metrics: Metrics, runtime: Runtime | None) -> Response:
    """The registry's text; what the log holds is counted when it is asked for."""
    if runtime is not None:
        for name, value in asdict(await runtime.flow()).items():
            if name in metrics.log:
                metrics.log[name].set(value)
    return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})


class _Readiness:
    """Whether the service takes requests. A server that hangs holds one question, however many probes come meanwhile."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[bool] | None = None

    async def check(self, runtime: Runtime) -> None:
        """Raises Unavailable, after READY_SECONDS at the latest: what is cancelled may itself wait for a server that hangs."""
        if not runtime.ready():
            raise Unavailable("The relay or the consumer does not run yet")
        asking = self._asking
        if asking is None or asking.done():
            asking = self._asking = asyncio.create_task(_databases_answer(runtime))
        answered, _ = await asyncio.wait({asking}, timeout=READY_SECONDS)
        if not answered or not asking.result():
            raise Unavailable("The database does not answer")


async def _databases_answer(runtime: Runtime) -> bool:
    try:
        for database in (runtime.api, runtime.worker):
            await database.pool.fetchval("select 1", timeout=READY_SECONDS)
    except Exception:
        return False
    return True


@router.get("/v1/dead-letters", response_model=Page[DeadLetterView], tags=["operations"], summary="What could not be taken")
async def list_dead_letters(
    request: Request,
    who: Annotated[Principal, allow(Role.ADMIN)],
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[Literal["dead", "dropped"], Query(description="Those to decide on, or those given up")] = "dead",
) -> Response:
    """Events of this organisation that can't succeed as they are, oldest first."""
    start = decode_cursor_as(after, UUID)[0] if after else None

    async def show(unit: UnitOfWork) -> Answer:
        rows = await dead_letters(unit.connection, unit.organisation, start, limit + 1, state=state)
        views = [DeadLetterView.model_validate(row, from_attributes=True) for row in rows]
        return Answer(page_of(views, limit, lambda view: view, lambda view: [view.dead_letter_id]))

    return await edge(request).read(request, who, show)


@router.post(
    "/v1/dead-letters/{dead_letter_id}/retry", response_model=DeadLetterState, tags=["operations"], summary="Take it once more"
)
async def post_retry(request: Request, dead_letter_id: UUID, who: Annotated[Principal, allow(Role.ADMIN)]) -> Response:
    """Hands the event to its handler again, also when it was dropped; where it fails again, it comes back here."""

    async def retry(unit: UnitOfWork) -> Answer:
        if not await retry_dead_letter(unit.connection, unit.organisation, dead_letter_id):
            raise NotFound("No dead letter of this organisation has this id")
        return Answer(DeadLetterState(dead_letter_id=dead_letter_id, state="retrying"))

    response = await edge(request).write(request, who, b"", retry)
    request.app.state.plumbing.runtime.wake()
    return response


@router.post(
    "/v1/dead-letters/{dead_letter_id}/drop", response_model=DeadLetterState, tags=["operations"], summary="Give it up"
)
async def post_drop(request: Request, dead_letter_id: UUID, who: Annotated[Principal, allow(Role.ADMIN)]) -> Response:
    """The event is not taken here, and kept with who gave it up and when (`state=dropped`); a retry takes it back."""

    async def drop(unit: UnitOfWork) -> Answer:
        if not await drop_dead_letter(unit.connection, unit.organisation, dead_letter_id, unit.cause.actor):
            raise NotFound("No dead letter of this organisation has this id")
        return Answer(DeadLetterState(dead_letter_id=dead_letter_id, state="dropped"))

    return await edge(request).write(request, who, b"", drop)


@router.get("/v1/access-log", response_model=Page[Access], tags=["operations"], summary="Who read which patient's data")
async def get_access_log(
    request: Request,
    who: Annotated[Principal, allow(Role.ADMIN)],
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    about: Annotated[str | None, Query(max_length=500, description="A path, or an id that a list showed")] = None,
) -> Response:
    """Every read of patients' data in this organisation, newest first. Nobody can change it."""
    return await edge(request).read(request, who, lambda unit: access_log.show(unit, after, limit, about))


@router.get("/v1/admin/flow", response_model=FlowView, tags=["operations"], summary="What is under way")
async def get_flow(request: Request, _: Annotated[Principal, allow(Role.ADMIN, operator=True)]) -> FlowView:
    """Counts of the whole service; quiescent is when nothing is unpublished, unconsumed or retrying."""
    plumbing = request.app.state.plumbing
    return FlowView(**asdict(await plumbing.runtime.flow()), now=plumbing.clock.now())


@router.get("/v1/admin/clock", response_model=Ahead, tags=["operations"], summary="What time it is here")
async def get_clock(request: Request, _: Annotated[Principal, allow(Role.ADMIN)]) -> Ahead:
    """The service's clock, and how far it stands ahead of the machine's (0 but in simulation)."""
    return _ahead(request)


@router.put(
    "/v1/admin/clock", response_model=Ahead, tags=["operations"], summary="Set the clock (simulation only)",
    openapi_extra=json_body(ClockSetting),
)  # fmt: skip
async def put_clock(request: Request, who: Annotated[Principal, allow(Role.ADMIN, operator=True)]) -> Response:
    """Only with RCM_SIMULATION=1, and only forward; kept in the database, so that a restart goes on from there."""
    plumbing = request.app.state.plumbing
    if not plumbing.settings.simulation or not isinstance(plumbing.clock, SimulatedClock):
        raise Forbidden("The clock can be set in simulation only")
    body = await request.body()
    ahead = parse_json(ClockSetting, body).ahead(datetime.now(UTC))
    if ahead > AHEAD_MAX:
        fault = Fault("", "too-far", f"No more than {AHEAD_MAX.days} days ahead", "Send an earlier instant.")
        raise InvalidBody("The clock can't go that far", faults=[fault])

    async def advance(_: UnitOfWork) -> Answer:
        if ahead < plumbing.clock.ahead:
            raise Conflict("A clock never goes back")
        await keep_ahead(plumbing.runtime, ahead)
        plumbing.clock.set_ahead(max(ahead, plumbing.clock.ahead))
        return Answer(_ahead(request))

    response = await edge(request).write(request, who, body, advance)
    plumbing.runtime.wake()
    return response


@router.post(
    "/v1/admin/replay", response_model=Replayed, tags=["operations"], summary="Publish the log again",
    openapi_extra=json_body(ReplaySince),
)  # fmt: skip
async def post_replay(request: Request, who: Annotated[Principal, allow(Role.ADMIN)]) -> Response:
    """Publishes again what this organisation said since then. Nothing happens twice: inboxes know what they took."""
    plumbing = request.app.state.plumbing
    body = await request.body()
    asked = parse_json(ReplaySince, body)
    since, organisation_id = asked.since, None if asked.every_organisation else who.organisation_id
    if organisation_id is None:
        check_operator(request, who)
    if since > plumbing.clock.now():
        fault = Fault("/since", "in-the-future", "This instant has not come yet", "Send an instant of the past.")
        raise InvalidBody(faults=[fault])

    async def again(_: UnitOfWork) -> Answer:
        return Answer(Replayed(events=await plumbing.runtime.replay(since, organisation_id)))

    return await edge(request).write(request, who, body, again)


def _ahead(request: Request) -> Ahead:
    clock = request.app.state.plumbing.clock
    seconds = clock.ahead.total_seconds() if isinstance(clock, SimulatedClock) else 0.0
    return Ahead(now=clock.now(), ahead_seconds=seconds)
