"""Work for people."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from claims_svc import models
from claims_svc.domain.tasks import Task, TaskKind, TaskState
from claims_svc.store.rows import columns
from claims_svc.store.writing import Write, inserting, write_together
from rcm.database.rows import update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_COLUMNS = """t.organisation_id, t.task_id, t.claim_id, t.encounter_id, t.kind, t.source_id, t.title, t.details, t.opened_at,
 t.state, t.version, t.closed_at, t.closed_by, t.resolution"""


def opening_tasks(tasks: Collection[Task]) -> Write | None:
    """New tasks; what the same cause opened before stays as it is."""
    rows = [_row(task) for task in tasks]
    return inserting(models.Task, rows, on_conflict="(organisation_id, claim_id, kind, source_id) do nothing")


async def open_tasks(connection: "Connection", tasks: Collection[Task]) -> None:
    """The same by itself."""
    await write_together(connection, opening_tasks(tasks))


async def save_tasks(connection: "Connection", tasks: Collection[Task]) -> None:
    """Changed tasks."""
    await update_rows(connection, models.Task, [_row(task) for task in tasks], key=("organisation_id", "task_id"))


async def open_tasks_of_claims(
    connection: "Connection", keys: Collection[tuple[UUID, UUID]], kinds: Collection[TaskKind]
) -> list[Task]:
    """Open tasks of these kinds; keys are (organisation, claim)."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::uuid[]) as k(o, i)
            join task t on t.organisation_id = k.o and t.claim_id = k.i where t.kind = any($3::text[]) and t.state = 'OPEN'""",  # noqa: S608
        *columns(keys),
        list(kinds),
    )
    return [_of(row) for row in rows]


async def read_task(connection: "Connection", organisation_id: UUID, task_id: UUID) -> Task | None:
    """One task."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from task t where organisation_id = $1 and task_id = $2",  # noqa: S608 - constants
        organisation_id,
        task_id,
    )
    return _of(row) if row else None


async def tasks_of_claim(connection: "Connection", organisation_id: UUID, claim_id: UUID) -> list[Task]:
    """A claim's tasks, the oldest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from task t where organisation_id = $1 and claim_id = $2 order by task_id",  # noqa: S608
        organisation_id,
        claim_id,
    )
    return [_of(row) for row in rows]


async def task_page(
    connection: "Connection", limit: int, after: UUID | None, *, state: str | None, kind: str | None
) -> list[Task]:
    """Tasks of the unit's organisation, the oldest first; one more than `limit`."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from task t
            where ($2::uuid is null or task_id > $2) and ($3::text is null or state = $3) and ($4::text is null or kind = $4)
            order by task_id limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        state,
        kind,
    )
    return [_of(row) for row in rows]


def _of(row: "Record") -> Task:
    values: list[Any] = list(row)
    values[4] = TaskKind(values[4])
    values[9] = TaskState(values[9])
    return Task(*values)


def _row(task: Task) -> dict[str, object]:
    return {
        "organisation_id": task.organisation_id,
        "task_id": task.task_id,
        "version": task.version,
        "claim_id": task.claim_id,
        "encounter_id": task.encounter_id,
        "kind": task.kind,
        "source_id": task.source_id,
        "title": task.title,
        "details": task.details,
        "opened_at": task.opened_at,
        "state": task.state,
        "closed_at": task.closed_at,
        "closed_by": task.closed_by,
        "resolution": task.resolution,
    }
