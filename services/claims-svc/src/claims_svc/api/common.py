"""What the resources share: who may, where the context is, and how a thing of a set-up is put and shown."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel

from claims_svc.handlers import setup
from claims_svc.handlers.context import Context
from rcm.identity import Principal, Role
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer, allow, edge
from rcm.web.pages import decode_cursor, page_of
from rcm.web.versions import etag, required_version

Biller = Annotated[Principal, allow(Role.BILLER)]
SetsUp = Annotated[Principal, allow(Role.BILLER, Role.ADMIN)]
Adapter = Annotated[Principal, allow(Role.ADAPTER)]
AdapterOrBiller = Annotated[Principal, allow(Role.ADAPTER, Role.BILLER)]
Show = Callable[[Mapping[str, Any]], BaseModel]


def context(request: Request) -> Context:
    """What main.py made."""
    found = request.app.state.context
    assert isinstance(found, Context)
    return found


def named_version(request: Request) -> int | None:
    """The version of If-Match; None without the header, where it may be left out."""
    return required_version(request) if "if-match" in request.headers else None


async def put_thing(request: Request, who: Principal, body: bytes, thing: setup.Thing, show: Show) -> Response:
    """Puts a thing of a set-up: 201 where it is new, 200 where it was there, be it the same."""
    version = named_version(request)

    async def work(unit: UnitOfWork) -> Answer:
        stored = await setup.put(unit, thing, version)
        return Answer(show(stored.values), 201 if stored.created else 200, etag(stored.version))

    return await edge(request).write(request, who, body, work)


async def get_thing(request: Request, who: Principal, table: setup.Table, key: Mapping[str, Any], show: Show) -> Response:
    """Shows a thing of a set-up."""

    async def work(unit: UnitOfWork) -> Answer:
        stored = await setup.show(unit, table, key)
        return Answer(show(stored.values), headers=etag(stored.version))

    return await edge(request).read(request, who, work)


async def list_things(
    request: Request, who: Principal, table: setup.Table, key: str, show: Show, limit: int, after: str | None
) -> Response:
    """Shows a page of a set-up's things, by key."""

    async def work(unit: UnitOfWork) -> Answer:
        rows = await setup.list_things(unit, table, key, limit, decode_cursor(after, 1)[0] if after else None)
        return Answer(page_of(rows, limit, show, lambda row: [row[key]]))

    return await edge(request).read(request, who, work)
