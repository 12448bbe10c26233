"""Work for people, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from claims_svc.api.common import Biller
from claims_svc.domain.tasks import TaskKind, TaskState
from claims_svc.handlers import tasks
from claims_svc.views.files import CloseIn, TaskView, task_view
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.versions import etag

router = APIRouter(tags=["tasks"])


@router.get("/v1/tasks", response_model=Page[TaskView])
async def list_tasks(
    request: Request,
    who: Biller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[TaskState | None, Query(description="Only open or only closed ones")] = None,
    kind: Annotated[TaskKind | None, Query(description="Only this kind of work")] = None,
) -> Response:
    """Denials to work, replacements to send, cancellations to settle; the oldest first."""

    async def work(unit: UnitOfWork) -> Answer:
        last = decode_cursor_as(after, UUID)[0] if after else None
        found = await tasks.list_tasks(unit, limit, last, state=state, kind=kind)
        return Answer(page_of(found, limit, task_view, lambda task: [task.task_id]))

    return await edge(request).read(request, who, work)


@router.post("/v1/tasks/{task_id}/close", response_model=TaskView, openapi_extra=json_body(CloseIn))
async def close_task(request: Request, task_id: UUID, who: Biller) -> Response:
    """Closes a task, saying what was done."""
    body = await request.body()
    resolution = parse_json(CloseIn, body).resolution

    async def work(unit: UnitOfWork) -> Answer:
        task = await tasks.close(unit, task_id, resolution)
        return Answer(task_view(task), headers=etag(task.version))

    return await edge(request).write(request, who, body, work)
