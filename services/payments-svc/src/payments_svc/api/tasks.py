"""Tasks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from payments_svc.handlers import requests, shows
from payments_svc.views import CloseIn, TaskView
from rcm.identity import Principal, Role
from rcm.web.bodies import parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["tasks"])
Biller = Annotated[Principal, allow(Role.BILLER)]


@router.get("/v1/tasks", response_model=Page[TaskView])
async def list_tasks(
    request: Request,
    who: Biller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    is_open: Annotated[bool | None, Query(alias="open", description="Only open ones, or only closed ones")] = None,
) -> Response:
    """What a person should look at beside the unmatched: lines that are none of ours, reversals of another amount."""
    return await edge(request).read(request, who, lambda unit: shows.list_tasks(unit, limit, after, is_open=is_open))


@router.post("/v1/tasks/{task_id}/close", response_model=TaskView, openapi_extra=json_body(CloseIn))
async def post_close(request: Request, task_id: UUID, who: Biller) -> Response:
    """Closes a task with what came of it."""
    body = await request.body()
    given = parse_json(CloseIn, body)
    return await edge(request).write(request, who, body, lambda unit: requests.close(unit, task_id, given))
