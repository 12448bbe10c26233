"""The adapter's HTTP: what is under way, what was refused, and trying that again."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from clearinghouse_adapter.carrying import Wait
from clearinghouse_adapter.desk import Desk
from clearinghouse_adapter.store import Incoming, Outgoing
from rcm.clock import instant_of
from rcm.errors import NotFound, Unavailable
from rcm.identity import Principal, Role
from rcm.web.auth import allow
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of

router = APIRouter(tags=["files"])
Reader = Annotated[Principal, allow(Role.BILLER)]
Admin = Annotated[Principal, allow(Role.ADMIN)]
_AT = "2026-03-02T10:00:00Z"


class WaitView(BaseModel):
    """Why something does not go on."""

    status: int | None
    """The service's answer; null where it does not answer."""
    reason: str
    count: int
    """Files, and the event stream, that wait for this."""
    tries: int
    """How often it was tried at most."""


class FlowView(BaseModel):
    """What is under way, over all organisations."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "waiting": 1,
                    "refused": 0,
                    "waits": [
                        {"status": 401, "reason": "unauthenticated: The token has expired", "count": 1, "tries": 12},
                    ],
                }
            ]
        }
    )

    waiting: int
    """Files not sent, not recorded or not put away yet."""
    refused: int
    """Files that someone must look at."""
    waits: list[WaitView]
    """What the reader's own organisation waits for; empty while all goes well."""


class OutgoingView(BaseModel):
    """A submission on its way."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "submission_id": "0198f5d0-5c00-7000-8000-00000000f001",
                    "receiver_id": "RCMSANDBOX",
                    "remote_name": "MAPLE-000000042.837",
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "size_bytes": 18233,
                    "state": "recorded",
                    "intended_at": _AT,
                    "sent_at": _AT,
                    "recorded_at": _AT,
                    "status": None,
                    "reason": "",
                }
            ]
        }
    )

    submission_id: UUID
    receiver_id: str
    remote_name: str
    sha256: str
    size_bytes: int
    state: Literal["intended", "sent", "recorded", "refused"]
    intended_at: datetime
    sent_at: datetime | None
    recorded_at: datetime | None
    status: int | None
    """The last answer that was no success, while it waits or when it is refused."""
    reason: str


class IncomingView(BaseModel):
    """A file from a payer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "remote_name": "835-5d41402abc4b2a76b971.x12",
                    "kind": "835",
                    "service": "payments-svc",
                    "state": "accepted",
                    "size_bytes": 4021,
                    "fetched_at": _AT,
                    "answered_at": _AT,
                    "status": 201,
                    "reason": "",
                }
            ]
        }
    )

    sha256: str
    remote_name: str
    kind: str
    service: str
    state: Literal["fetched", "accepted", "refused"]
    size_bytes: int
    fetched_at: datetime
    answered_at: datetime | None
    status: int | None
    reason: str


class Retried(BaseModel):
    """What became of the file."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"retried": True}]})

    retried: bool


def _desk(request: Request) -> Desk:
    desk: Desk | None = getattr(request.app.state, "desk", None)
    if desk is None:
        raise Unavailable("the adapter is starting")
    return desk


@router.get("/v1/flow", response_model=FlowView, summary="What is under way")
async def get_flow(request: Request, who: Reader) -> FlowView:
    """Counts of files over all organisations, and what one's own wait for."""
    desk = _desk(request)
    waiting, refused = await desk.flow()
    return FlowView(waiting=waiting, refused=refused, waits=_waits(desk.waits(who.organisation_id)))


@router.get("/v1/outgoing", response_model=Page[OutgoingView], summary="Submissions on their way and sent")
async def list_outgoing(
    request: Request,
    who: Reader,
    state: Literal["intended", "sent", "recorded", "refused"] | None = None,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Page[OutgoingView]:
    """Newest first."""
    before: Any = tuple(decode_cursor_as(after, instant_of, UUID)) if after else None
    rows = await _desk(request).store.list_outgoing(who.organisation_id, state, before, limit)
    return page_of(rows, limit, _outgoing, lambda row: (row.intended_at.isoformat(), row.submission_id))


@router.post("/v1/outgoing/{submission_id}/retry", response_model=Retried, summary="Send a refused submission again")
async def retry_outgoing(request: Request, submission_id: UUID, who: Admin) -> Retried:
    """Goes on where it was refused."""
    if not await _desk(request).retry_outgoing(who.organisation_id, submission_id):
        raise NotFound("there is no refused submission of this id")
    return Retried(retried=True)


@router.get("/v1/incoming", response_model=Page[IncomingView], summary="Files from payers")
async def list_incoming(
    request: Request,
    who: Reader,
    state: Literal["fetched", "accepted", "refused"] | None = None,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Page[IncomingView]:
    """Newest first."""
    before: Any = tuple(decode_cursor_as(after, instant_of, str)) if after else None
    rows = await _desk(request).store.list_incoming(who.organisation_id, state, before, limit)
    return page_of(rows, limit, _incoming, lambda row: (row.fetched_at.isoformat(), row.remote_name))


@router.post("/v1/incoming/{sha256}/retry", response_model=Retried, summary="Post a refused file again")
async def retry_incoming(request: Request, sha256: str, who: Admin) -> Retried:
    """Posts the kept bytes once more; the answer shows in the list."""
    if not await _desk(request).retry_incoming(who.organisation_id, sha256):
        raise NotFound("there is no refused file with this sum")
    return Retried(retried=True)


def _waits(waits: list[Wait]) -> list[WaitView]:
    found: dict[tuple[int | None, str], list[int]] = {}
    for wait in waits:
        found.setdefault((wait.status, wait.reason), []).append(wait.tries)
    return [
        WaitView(status=status, reason=reason, count=len(tries), tries=max(tries)) for (status, reason), tries in found.items()
    ]


def _outgoing(row: Outgoing) -> OutgoingView:
    return OutgoingView.model_validate(asdict(row))


def _incoming(row: Incoming) -> IncomingView:
    return IncomingView.model_validate(asdict(row))
