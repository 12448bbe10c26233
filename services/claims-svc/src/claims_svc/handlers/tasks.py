"""Work for people: read and closed."""

from collections.abc import Collection
from uuid import UUID

from claims_svc import store
from claims_svc.domain.claim import Claim
from claims_svc.domain.tasks import Task, TaskKind, close_task
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork


async def close(unit: UnitOfWork, task_id: UUID, resolution: str) -> Task:
    """Closes a task. Raises NotFound or TaskClosed."""
    task = await store.tasks.read_task(unit.connection, unit.organisation, task_id)
    if task is None:
        raise NotFound("there is no such task")
    close_task(task, unit.clock.now(), unit.cause.actor, resolution)
    await store.tasks.save_tasks(unit.connection, [task])
    return task


async def list_tasks(unit: UnitOfWork, limit: int, after: UUID | None, *, state: str | None, kind: str | None) -> list[Task]:
    """A page of tasks; one more than `limit`."""
    return await store.tasks.task_page(unit.connection, limit, after, state=state, kind=kind)


async def close_tasks(unit: UnitOfWork, claims: Collection[Claim], kinds: Collection[TaskKind], resolution: str) -> None:
    """Closes what these claims' open tasks ask for: it has happened, or is needless now. The actor is whoever made it so."""
    if not claims:
        return
    keys = [(claim.organisation_id, claim.claim_id) for claim in claims]
    tasks = await store.tasks.open_tasks_of_claims(unit.connection, keys, kinds)
    for task in tasks:
        close_task(task, unit.clock.now(), unit.cause.actor or "claims-svc", resolution)
    await store.tasks.save_tasks(unit.connection, tasks)
