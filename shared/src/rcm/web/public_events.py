"""The public stream: what this service said, from its log, for one organisation; in pages and as Server-Sent Events.

For programs that are no part of the system (an adapter, a data warehouse): each event is a CloudEvent in structured mode, in
the order of the log, from any point that the log keeps. A cursor is opaque; a client stores the last one it has dealt with.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from rcm.identity import Principal, Role
from rcm.messaging.runtime import Runtime
from rcm.messaging.stream import position_of, read_events
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web import access_log
from rcm.web.answers import JSON
from rcm.web.auth import allow
from rcm.web.edge import Answer, cause_of, edge
from rcm.web.pages import Limit
from rcm.web.transactions import answered

STREAM_SECONDS_MAX = 3600.0
"""A stream ends after this, and the client comes again with a token that is still good."""
BEAT_SECONDS = 15.0
LIMIT_DEFAULT = 100

Cursor = Annotated[str | None, Query(max_length=500, description="The `cursor` of the last event dealt with")]
Types = Annotated[
    list[str] | None,
    Query(alias="type", max_length=50, description="Only events of this CloudEvents type; may be given several times"),
]


class CloudEvent(BaseModel):
    """CloudEvents 1.0, structured mode; the AsyncAPI document describes each type's data."""

    model_config = ConfigDict(extra="allow")

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    data: dict[str, Any]


class EventPageView(BaseModel):
    """Events in the order of the log. Ask again with `after=cursor`; without `more` there is nothing newer yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "specversion": "1.0",
                            "id": "0198f5d0-5c00-7000-8000-00000000e001",
                            "source": "/claims-svc",
                            "type": "rcm.claims.SubmissionReady.v1",
                            "subject": "0198f5d0-5c00-7000-8000-00000000f001",
                            "time": "2025-08-29T14:03:11.120000Z",
                            "data": {"submission_id": "0198f5d0-5c00-7000-8000-00000000f001"},
                        }
                    ],
                    "cursor": "MS03NDItMTE",
                    "more": False,
                }
            ]
        }
    )

    events: list[CloudEvent]
    cursor: str = Field(description="Where this page ends")
    more: bool = Field(description="True: there is more to read at once")


def events_router(readers: Sequence[Role]) -> APIRouter:
    """The stream's endpoints, for the roles that the service lets read what it says (`Service.readers`)."""
    router = APIRouter(tags=["events"])
    reader = allow(*readers)

    @router.get("/v1/events", response_model=EventPageView, summary="What this service said, page by page")
    async def get_events(
        request: Request,
        who: Annotated[Principal, reader],
        after: Cursor = None,
        limit: Limit = LIMIT_DEFAULT,
        types: Types = None,
    ) -> Response:
        """From the beginning of the log, or after a cursor."""
        source = f"/{request.app.state.service.name}"

        async def show(unit: UnitOfWork) -> Answer:
            page = await read_events(unit.connection, unit.organisation, after, limit, source=source, types=types)
            bodies = b",".join(event.body for event in page.events)
            more = b"true" if page.more else b"false"
            body = b'{"events":[' + bodies + b'],"cursor":"' + page.cursor.encode() + b'","more":' + more + b"}"
            return Answer(body, headers={"content-type": JSON}, shown=[event.subject for event in page.events])

        return await edge(request).read(request, who, show, patient_data=True)

    @router.get(
        "/v1/events/stream",
        summary="The same as Server-Sent Events",
        response_class=StreamingResponse,
        responses={
            200: {"description": "A stream of events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        },
    )
    async def get_event_stream(
        request: Request,
        who: Annotated[Principal, reader],
        after: Cursor = None,
        types: Types = None,
        last_event_id: Annotated[str | None, Header(max_length=500, description="Where the stream broke off")] = None,
    ) -> Response:
        """`id` is the cursor, `event` the type, `data` the CloudEvent. Without a cursor it begins now.

        Where there is nothing to tell for a while an `id` comes alone: everything up to it was passed over.
        """
        start = last_event_id or after
        runtime: Runtime = request.app.state.plumbing.runtime

        async def opened(unit: UnitOfWork) -> None:
            if start is not None:
                position_of(start)
            await access_log.record(unit, request, who, ())

        cause = cause_of(request, who)
        await answered(lambda: runtime.run(opened, organisation_id=who.organisation_id, cause=cause))
        return await _streamed(runtime, who, start, frozenset(types) if types else None)

    return router


async def _streamed(runtime: Runtime, who: Principal, start: str | None, types: frozenset[str] | None) -> Response:
    """The open stream. "Now" is found out before the answer: who has its first byte misses nothing of what comes."""
    begin = await runtime.tail.now() if start is None else start
    return StreamingResponse(
        _frames(runtime, who, begin, types),
        headers={"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _frames(runtime: Runtime, who: Principal, begin: str, types: frozenset[str] | None) -> AsyncIterator[bytes]:
    """Each batch of events as one chunk; a comment and the place where nothing happened for a while."""
    yield b": open\n\n"
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + STREAM_SECONDS_MAX
    async for news in runtime.tail.follow(who.organisation_id, begin, types=types, beat_seconds=BEAT_SECONDS):
        if news.events:
            yield b"".join(
                b"id: %b\nevent: %b\ndata: %b\n\n" % (event.cursor.encode(), event.type.encode(), event.body)
                for event in news.events
            )
        else:
            yield b": beat\nid: %b\n\n" % news.cursor.encode()
        if loop.time() > ends_at:
            return
