"""Endpoints that use every tool of rcm.web."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from rcm.contracts.encounters import EncounterCancelled
from rcm.contracts.envelope import Message
from rcm.errors import Conflict, NotFound, RcmError
from rcm.identity import Principal, Role
from rcm.ids import new_id
from rcm.messaging.subscription import Subscription
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic, Service
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, allow, cause_of, edge
from rcm.web.openapi import json_body, versioned
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.versions import check_version, etag, required_version

router = APIRouter(tags=["notes"])
EXAMPLE: dict[str, JsonValue] = {"name": "first", "text": "Buy apples.", "number": 3}


class NoteIn(BaseModel):
    """A note as it is sent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: str = Field(min_length=1, max_length=100)
    text: str
    number: int = Field(default=0, ge=0)
    seconds: float = 0.0


class NoteView(BaseModel):
    """A note as it is shown."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"note_id": "0198f5d0-5c00-7000-8000-000000000001", "version": 1, **EXAMPLE}]}
    )

    note_id: UUID
    version: int
    name: str
    text: str
    number: int


class Loud(Conflict):
    """A note must not shout."""

    code = "too-loud"


class Gate:
    """Tests hold a transaction open with it, count transactions, or make one fail."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.fail_together = False
        self._held: asyncio.Event | None = None
        self._reached = asyncio.Event()

    def close(self) -> None:
        """Whoever comes here waits."""
        self._held, self._reached = asyncio.Event(), asyncio.Event()

    def open(self) -> None:
        """Those who wait go on, and nobody waits any more."""
        if self._held is not None:
            self._held.set()
        self._held = None

    async def reached(self) -> None:
        """Until somebody waits."""
        await self._reached.wait()

    async def pass_through(self) -> None:
        """What a transaction does here."""
        if self._held is not None:
            self._reached.set()
            await self._held.wait()


gate = Gate()


@router.post("/v1/notes", status_code=201, response_model=NoteView, openapi_extra=json_body(NoteIn))
async def post_note(request: Request, who: Annotated[Principal, allow(Role.EHR)]) -> Response:
    body = await request.body()
    note = parse_json(NoteIn, body)
    return await edge(request).write(request, who, body, lambda unit: write_note(unit, note))


@router.post("/v1/notes/grouped", status_code=201, response_model=NoteView, openapi_extra=json_body(NoteIn))
async def post_grouped(request: Request, who: Annotated[Principal, allow(Role.EHR)]) -> Response:
    body = await request.body()
    note = parse_json(NoteIn, body)
    return await edge(request).write_grouped(request, who, body, (note, cause_of(request, who)), write_notes)


@router.get("/v1/notes", response_model=Page[NoteView])
async def list_notes(
    request: Request, who: Annotated[Principal, allow(Role.BILLER)], limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Response:
    start = decode_cursor_as(after, UUID)[0] if after else None
    return await edge(request).read(request, who, lambda unit: show_notes(unit, start, limit), patient_data=True)


@router.get("/v1/notes/{note_id}", response_model=NoteView)
async def get_note(request: Request, note_id: UUID, who: Annotated[Principal, allow(Role.BILLER)]) -> Response:
    return await edge(request).read(request, who, lambda unit: show_note(unit, note_id), patient_data=True)


@router.patch("/v1/notes/{note_id}", response_model=NoteView, openapi_extra=versioned(json_body(NoteIn)))
async def patch_note(request: Request, note_id: UUID, who: Annotated[Principal, allow(Role.BILLER)]) -> Response:
    body = await request.body()
    note, version = parse_json(NoteIn, body), required_version(request)
    return await edge(request).write(request, who, body, lambda unit: change_note(unit, note_id, version, note))


@router.get("/v1/broken", response_model=NoteView)
async def get_broken(request: Request, who: Annotated[Principal, allow(Role.ADMIN)]) -> Response:
    raise RuntimeError("Jane Doe's secret")


async def write_note(unit: UnitOfWork, note: NoteIn) -> Answer:
    (answer,) = await write_notes(unit, [(note, unit.cause)])
    if isinstance(answer, RcmError):
        raise answer
    return answer


async def write_notes(unit: UnitOfWork, items: Sequence[tuple[NoteIn, object]]) -> Sequence[Answer | RcmError]:
    gate.groups.append(len(items))
    await gate.pass_through()
    if gate.fail_together and len(items) > 1:
        raise RuntimeError("together it fails")
    answers: list[Answer | RcmError] = []
    kept = []
    for note, cause in items:
        if note.text.isupper():
            answers.append(Loud("Write in lower case"))
            continue
        note_id = new_id()
        unit.cause = cause  # type: ignore[assignment]
        unit.emit(
            EncounterCancelled(encounter_id=note_id, external_id=note.name, was_coded=False, reason="a note"),
            organisation_id=unit.organisation,
            sequence=1,
            correlation_id=note_id,
        )
        kept.append((unit.organisation, note_id, 1, note.name, note.text, note.number))
        answers.append(Answer(NoteView(note_id=note_id, version=1, **note.model_dump(exclude={"seconds"})), status=201))
    if kept:
        await unit.connection.execute(
            "insert into note select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::int[])",
            *(list(column) for column in zip(*kept, strict=True)),
        )
    return answers


async def show_notes(unit: UnitOfWork, start: UUID | None, limit: int) -> Answer:
    rows = await unit.connection.fetch(
        "select note_id, version, name, text, number from note"
        " where organisation_id = $1 and ($2::uuid is null or note_id > $2) order by note_id limit $3",
        unit.organisation,
        start,
        limit + 1,
    )
    page = page_of(rows, limit, lambda row: NoteView(**row), lambda row: [row["note_id"]])
    return Answer(page, shown=[str(note.note_id) for note in page.items])


async def load_note(unit: UnitOfWork, note_id: UUID) -> NoteView:
    row = await unit.connection.fetchrow("select note_id, version, name, text, number from note where note_id = $1", note_id)
    if row is None:
        raise NotFound("No note has this id")
    return NoteView(**row)


async def show_note(unit: UnitOfWork, note_id: UUID) -> Answer:
    note = await load_note(unit, note_id)
    return Answer(note, headers=etag(note.version))


async def change_note(unit: UnitOfWork, note_id: UUID, version: int, change: NoteIn) -> Answer:
    note = await load_note(unit, note_id)
    check_version(version, note.version)
    await unit.connection.execute("update note set text = $2, version = version + 1 where note_id = $1", note_id, change.text)
    return Answer(note.model_copy(update={"text": change.text, "version": note.version + 1}), headers=etag(note.version + 1))


async def take_cancelled(unit: UnitOfWork, messages: Sequence[Message[EncounterCancelled]]) -> None:
    for message in messages:
        await unit.connection.execute(
            "insert into note values ($1, $2, 1, $3, $4, 0)",
            message.organisation_id,
            message.data.encounter_id,
            f"heard {message.data.encounter_id}",
            message.traceparent or "",
        )


async def count_down(unit: UnitOfWork) -> bool:
    left = await unit.connection.fetchval("update note set number = number - 1 where number > 0 returning number")
    return bool(left)


def build() -> Service:
    """The service, without settings."""
    return Service(
        name="notebook",
        title="Notebook",
        topic="rcm.encounters",
        routers=[router],
        migrations=Path(__file__).parent / "migrations",
        subscriptions=[Subscription(EncounterCancelled, take_cancelled)],
        periodics=[Periodic("count down", timedelta(seconds=1), count_down)],
        readers=(Role.ADAPTER,),
        description="Notes.",
        tags=[{"name": "notes", "description": "Notes"}],
    )
