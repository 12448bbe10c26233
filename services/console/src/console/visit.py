"""One request of one signed-in person: the services as he may use them, and the page that answers."""

import asyncio
import hashlib
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console import words
from console.clients import Desk, Json, ServiceAway, Services
from console.security import COOKIE
from console.sessions import Session, Sessions
from console.settings import ConsoleSettings
from console.sign_in import Tickets, Tokens
from rcm.clock import Clock
from rcm.errors import Unauthenticated
from rcm.ids import new_id
from rcm.money import dollars

T = TypeVar("T")
FOLDER = Path(__file__).parent


class NotSignedIn(Unauthenticated):
    """There is no session, or it is over."""

    code = "not-signed-in"
    title = "You are not signed in"


@dataclass(frozen=True, slots=True)
class Console:
    """What the pages share; `app.state.console`."""

    settings: ConsoleSettings
    clock: Clock
    sessions: Sessions
    tickets: Tickets
    tokens: Tokens
    services: Services


def console_of(request: Request) -> Console:
    """The app's console."""
    found = request.app.state.console
    assert isinstance(found, Console)
    return found


class Visit:
    """Begin every page with `visit = Visit(request)`: it raises NotSignedIn where nobody is signed in."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.console = console_of(request)
        session = self.console.sessions.find(request.cookies.get(COOKIE, ""))
        if session is None:
            raise NotSignedIn
        self.session: Session = session
        self.desk: Desk = self.console.services.for_token(self.console.tokens.token(session))

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """The answer: a whole page; `status` is another where a form on it was refused."""
        notice, self.session.notice = self.session.notice, ""
        path, now = self.request.url.path, self.console.clock.now()
        return html(template, self.session, status=status, notice=notice, path=path, now=now, **values)

    def part(self, template: str, **values: Any) -> Response:
        """A part of a page: it leaves the notice to the next page."""
        return html(template, self.session, notice="", path="", now=self.console.clock.now(), **values)

    def go(self, path: str, notice: str) -> Response:
        """After a form: to a page of ours, which says `notice` once."""
        self.session.notice = notice
        return RedirectResponse(path, status_code=303)


async def or_none(asked: Awaitable[Json | None]) -> Json | None:
    """What a service answers; None while it is away, so that the rest of a page is shown."""
    try:
        return await asked
    except ServiceAway:
        return None


async def together(**asked: Awaitable[T]) -> Mapping[str, T]:
    """Several questions at once."""
    answers = await asyncio.gather(*asked.values())
    return dict(zip(asked, answers, strict=True))


def html(template: str, session: Session | None, *, status: int = 200, **values: Any) -> Response:
    """A rendered template."""
    content = _templates().get_template(template).render(session=session, form_key=str(new_id()), **values)
    return HTMLResponse(content, status)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=money, day=day, instant=instant, short=short)
    environment.globals.update(words=words, style_version=_version("console.css"), script_version=_version("live.js"))
    return environment


def _version(name: str) -> str:
    """Changes with the file's content, so that browsers keep it until then."""
    return hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:12]


def money(amount: int | None) -> str:
    """Cents as people read them, with a real minus sign; a dash where there is none."""
    return "–" if amount is None else dollars(amount).replace("-", "−")


def day(value: str | date | None) -> str:
    """2025-03-02 as Mar 2, 2025."""
    if not value:
        return "–"
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return f"{found:%b} {found.day}, {found.year}"


def instant(value: str | datetime | None) -> str:
    """An instant in UTC as Mar 2, 2025 14:05:09."""
    if not value:
        return "–"
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return f"{day(found.date())} {found:%H:%M:%S}"


def short(value: str | UUID) -> str:
    """The end of an id: enough to tell things on a page apart."""
    return str(value)[-8:]
