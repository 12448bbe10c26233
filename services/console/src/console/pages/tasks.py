"""Open tasks of claims and payments: what a person is to do, and the button that closes it with what came of it."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from console import words
from console.clients import Api, Json, ServiceRefused, identifier
from console.security import check_form
from console.visit import Visit
from rcm.errors import NotFound

router = APIRouter(include_in_schema=False)
SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Task:
    """A task of either service, as the page shows it."""

    service: str
    task_id: str
    kind: str
    title: str
    opened_at: str
    links: tuple[tuple[str, str], ...]
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a task was not closed, and what was typed."""

    task_id: str
    why: str
    typed: str


@router.get("/worklist/tasks")
async def show_tasks(request: Request) -> Response:
    """What claims and payments ask of people, the oldest first."""
    return await tasks_page(Visit(request))


@router.post("/worklist/tasks/{service}/{task_id}/close")
async def close_task(request: Request, service: str, task_id: str) -> Response:
    """Closes a task; a refusal stands beside its form, with what was typed."""
    visit = Visit(request)
    fields = await check_form(request, visit.session)
    api, name = _desk_of(visit, service)
    key, told = identifier(task_id), fields.get("resolution", "").strip()
    try:
        await api.post(f"/v1/tasks/{key}/close", {name: told}, fields.get("key", ""))
    except ServiceRefused as error:
        return await tasks_page(visit, Refusal(key, error.detail, told), status=error.status_code)
    return visit.go("/worklist/tasks", "The task is closed.")


async def tasks_page(visit: Visit, refusal: Refusal | None = None, *, status: int = 200) -> Response:
    """The page; a service that shows this role no tasks is left out."""
    claims, payments = await asyncio.gather(
        visit.desk.claims.find("/v1/tasks", state="OPEN", limit=SHOWN_MAX),
        visit.desk.payments.find("/v1/tasks", open="true", limit=SHOWN_MAX),
    )
    tasks = [_of_claims(item) for item in _items(claims)] + [_of_payments(item) for item in _items(payments)]
    return visit.page(
        "tasks.html",
        status=status,
        tasks=sorted(tasks, key=lambda task: task.opened_at),
        more=any(found and found.get("next") for found in (claims, payments)),
        shown=claims is not None or payments is not None,
        refusal=refusal,
        may_close=visit.session.principal.role == "biller",
    )


def _items(found: Json | None) -> list[Json]:
    return list((found or {}).get("items", []))


def _of_claims(item: Json) -> Task:
    links = (("Claim", f"/claims/{item['claim_id']}"), ("Encounter", f"/encounters/{item['encounter_id']}"))
    return Task("claims", item["task_id"], words.task(item["kind"]), item["title"], item["opened_at"], links, None)


def _of_payments(item: Json) -> Task:
    places = (("Remittance", "/remittances/", item["remittance_id"]), ("Claim", "/claims/", item["claim_id"]))
    links = tuple((name, folder + found) for name, folder, found in places if found)
    kind = words.task(item["kind"])
    return Task("payments", item["task_id"], kind, item["message"], item["opened_at"], links, item["amount_cents"])


def _desk_of(visit: Visit, service: str) -> tuple[Api, str]:
    """The service that owns the task, and its name for what came of it."""
    if service == "claims":
        return visit.desk.claims, "resolution"
    if service == "payments":
        return visit.desk.payments, "note"
    raise NotFound("There is no such page")
