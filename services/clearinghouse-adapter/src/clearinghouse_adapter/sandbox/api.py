"""The sandbox's HTTP: its clock and what is open. Claims and answers go by X12 alone."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from clearinghouse_adapter.sandbox.clock import KeptClock
from clearinghouse_adapter.sandbox.desk import Desk
from rcm.errors import Conflict
from rcm.identity import Principal, Role
from rcm.web.auth import allow
from rcm.web.bodies import parse_json
from rcm.web.openapi import json_body
from rcm.web.simulation import Ahead, ClockSetting

router = APIRouter(tags=["sandbox"])
Admin = Annotated[Principal, allow(Role.ADMIN)]
Reader = Annotated[Principal, allow(Role.BILLER)]


class ClockWouldGoBack(Conflict):
    """The clock was set to an earlier time than it shows."""

    code = "clock-goes-back"
    title = "A simulated clock never goes back"


class FlowView(BaseModel):
    """What is open at the sandbox payer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"pending": 2, "unread": 0, "last_answer_due": "2026-03-16T10:00:00Z", "now": "2026-03-02T10:00:00Z"}]
        }
    )

    pending: int
    """Answers that wait for the clock."""
    unread: int
    """Files not taken yet, and answers that are due and not sent yet."""
    last_answer_due: datetime | None
    now: datetime


@router.get("/v1/flow", response_model=FlowView, summary="What is open")
async def get_flow(request: Request, _: Reader) -> FlowView:
    """Answers that wait, and when the last of them is due."""
    desk: Desk = request.app.state.desk
    flow = desk.flow()
    return FlowView(pending=flow.pending, unread=flow.unread, last_answer_due=flow.last_answer_due, now=flow.now)


@router.get("/v1/admin/clock", response_model=Ahead, summary="The sandbox's clock")
async def get_clock(request: Request, _: Admin) -> Ahead:
    """What time it is at the sandbox payer."""
    return _shown(request.app.state.clock)


@router.put("/v1/admin/clock", response_model=Ahead, summary="Set the clock ahead", openapi_extra=json_body(ClockSetting))
async def put_clock(request: Request, _: Admin) -> Ahead:
    """Answers that are due by then go out at once. The clock never goes back (409)."""
    clock: KeptClock = request.app.state.clock
    setting = parse_json(ClockSetting, await request.body())
    try:
        clock.set_ahead(max(setting.ahead(clock.machine_now()), timedelta()))
    except ValueError as error:
        raise ClockWouldGoBack(str(error)) from error
    request.app.state.wake()
    return _shown(clock)


def _shown(clock: KeptClock) -> Ahead:
    return Ahead(now=clock.now(), ahead_seconds=clock.ahead.total_seconds())
