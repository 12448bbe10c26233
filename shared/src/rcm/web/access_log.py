"""Who read which patient's data: a row for each such answer, written before it goes out and never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from rcm.identity import Principal
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer
from rcm.web.context import context_of
from rcm.web.pages import Page, decode_cursor_as, page_of

_RECORD = """
insert into access_log (organisation_id, access_id, at, subject, role, method, path, request_id, shown)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_PAGE = """
select access_id, at, subject, role, method, path, request_id, shown from access_log
where organisation_id = $1 and ($2::uuid is null or access_id < $2) and ($3::text is null or path = $3 or $3 = any(shown))
order by access_id desc limit $4
"""


class Access(BaseModel):
    """Somebody read a patient's data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "access_id": "0198f5d0-5c00-7000-8000-00000000a001",
                    "at": "2025-08-29T14:03:11.120000Z",
                    "subject": "pat@example.org",
                    "role": "biller",
                    "method": "GET",
                    "path": "/v1/claims/0198f5d0-5c00-7000-8000-00000000c001",
                    "request_id": "0198f5d0-5c00-7000-8000-00000000b001",
                    "shown": [],
                }
            ]
        }
    )

    access_id: UUID
    at: datetime
    subject: str = Field(description="The token's subject: a person or a program")
    role: str
    method: str
    path: str = Field(description="With the ids of what was read")
    request_id: UUID
    shown: list[str] = Field(description="The ids that a list showed")


async def record(unit: UnitOfWork, request: Request, principal: Principal, shown: Sequence[str]) -> None:
    """Notes one read in the read's own transaction."""
    await unit.connection.execute(
        _RECORD,
        principal.organisation_id,
        new_id(),
        unit.clock.now(),
        principal.subject,
        str(principal.role),
        request.scope["method"],
        request.scope["path"],
        context_of(request).request_id,
        list(shown),
    )


async def show(unit: UnitOfWork, after: str | None, limit: int, about: str | None) -> Answer:
    """The organisation's reads, newest first; `about` (a path or an id) narrows it."""
    before = decode_cursor_as(after, UUID)[0] if after else None
    rows = await unit.connection.fetch(_PAGE, unit.organisation, before, about, limit + 1)
    page: Page[Any] = page_of(rows, limit, lambda row: Access(**row), lambda row: [row["access_id"]])
    return Answer(page)
