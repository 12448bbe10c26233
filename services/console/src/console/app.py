"""The app: pages, guarded and explained when something is wrong."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.clients import ServiceRefused, Services
from console.pages import ROUTERS
from console.security import COOKIE, SecurityHeaders
from console.sessions import Sessions
from console.settings import ConsoleSettings
from console.sign_in import Tickets, Tokens
from console.visit import FOLDER, Console, NotSignedIn, console_of, html
from rcm.clock import Clock
from rcm.errors import NotFound, RcmError
from rcm.logs import logger
from rcm.tokens import Verifier
from rcm.web.app import plain_app
from rcm.web.context import context_of

STATIC_SECONDS = 365 * 24 * 3600


class Static(StaticFiles):
    """Our style and script: their addresses carry a version, so that browsers keep them."""

    def file_response(self, *arguments: object, **named: object) -> Response:
        response = super().file_response(*arguments, **named)  # type: ignore[arg-type]
        response.headers["cache-control"] = f"public, max-age={STATIC_SECONDS}, immutable"
        return response


def make_app(
    settings: ConsoleSettings,
    clock: Clock,
    verifier: Verifier,
    tokens: Tokens,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
) -> FastAPI:
    """The console's app; `transports` lead to services that run in this process (tests)."""
    app = plain_app("console", "Console", settings, docs_url=None, openapi_url=None)
    app.state.console = Console(
        settings=settings,
        clock=clock,
        sessions=Sessions(clock, settings.session_life, settings.session_idle),
        tickets=Tickets(verifier, clock),
        tokens=tokens,
        services=Services(settings, transports),
    )
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    app.mount("/static", Static(directory=FOLDER / "static"), name="static")
    app.add_exception_handler(RcmError, on_refusal)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.user_middleware.append(Middleware(LastResort))
    app.add_middleware(SecurityHeaders, secure=settings.console_secure_cookies)
    return app


class LastResort:
    """A fault of ours is a page too: innermost, so that what stands around it sees an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            request = Request(scope, receive)
            logger("console").error("page failed", trace_id=context_of(request).trace_id, exc_info=error)
            answer = await on_refusal(request, RcmError("Something went wrong here; the log knows about it"))
            await answer(scope, receive, send)


async def on_refusal(request: Request, error: Exception) -> Response:
    """A refusal as a page that says what to do."""
    assert isinstance(error, RcmError)
    console = console_of(request)
    session = console.sessions.find(request.cookies.get(COOKIE, ""))
    status = error.status
    if isinstance(error, ServiceRefused) and error.status_code in (403, 404, 409, 412, 422):
        status = error.status_code
    part = request.headers.get("x-part") is not None
    template = "signed_out.html" if isinstance(error, NotSignedIn) and not part else "error.html"
    return html(template, session, status=status, notice="", path="", now=console.clock.now(), error=error, error_status=status)


async def on_http_error(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself."""
    assert isinstance(error, HTTPException)
    refusal = NotFound("There is no such page") if error.status_code == httpx.codes.NOT_FOUND else _named(error)
    return await on_refusal(request, refusal)


async def on_validation(request: Request, _: Exception) -> Response:
    """An address whose parts can't be read."""
    return await on_refusal(request, NotFound("There is no such page"))


def _named(error: HTTPException) -> RcmError:
    return ServiceRefused("console", error.status_code, str(error.detail), "")
