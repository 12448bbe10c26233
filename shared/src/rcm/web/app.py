"""The app that every service gets: its own routers, and around them what all promise: refusals, keys, audit, health, events."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from rcm.clock import Clock
from rcm.errors import RcmError
from rcm.messaging.runtime import Runtime
from rcm.service import Service
from rcm.settings import PlatformSettings
from rcm.tokens import Verifier
from rcm.web import docs_page, openapi, platform, problem_pages, problems
from rcm.web.edge import Edge
from rcm.web.front import Front
from rcm.web.metrics import Metrics
from rcm.web.public_events import events_router
from rcm.web.shortcuts import Shortcuts, shortcuts_of

VERSION = "0.1.0"
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own, off: traces and metrics are ours, exceptions can hold what must not leave, and it asks at every request."""


@dataclass(frozen=True, slots=True)
class Plumbing:
    """What hosting makes for one service, and its app uses."""

    runtime: Runtime
    clock: Clock
    verifier: Verifier
    settings: PlatformSettings


class App(FastAPI):
    """FastAPI, and the way past it for requests that need nothing of it (`rcm.web.shortcuts`): straight to Front.

    Front refuses, measures and answers all that these can meet; Starlette's and FastAPI's own layers would only hand them on.
    """

    front: Front
    shortcuts: Shortcuts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI hands it in."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) in self.shortcuts:
            scope["app"] = self
            await self.front(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def plain_app(name: str, title: str, settings: PlatformSettings, *, description: str = "", **more: Any) -> App:
    """An app without a service's log: trace, size limit, problems, /livez and /metrics. For adapter, sandbox and console."""
    options = {
        "telemetry": NO_TELEMETRY,
        "docs_url": None,
        "redoc_url": None,
        "generate_unique_id_function": _operation_id,
        **more,
    }
    app = App(title=title, version=VERSION, description=description, **options)
    app.state.metrics = metrics = Metrics()
    app.shortcuts = Shortcuts()
    fronting = partial(
        Front,
        service=name,
        limit_bytes=settings.request_limit_bytes,
        metrics=metrics,
        shortcuts=app.shortcuts,
        log_requests=settings.log_requests,
    )
    app.front = fronting(app)
    app.add_middleware(fronting)
    app.add_exception_handler(RcmError, problems.on_refusal)
    app.add_exception_handler(RequestValidationError, problems.on_validation)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.router.routes.extend(problem_pages.router.routes)
    if app.openapi_url is not None:
        app.router.routes.extend(docs_page.router.routes)
    app.router.routes.extend(platform.health_router(_metrics_text(app)).routes)
    openapi.install(app)
    return app


def build_app(service: Service, plumbing: Plumbing | None = None) -> App:
    """A service's whole app. Without `plumbing` it serves nothing but its OpenAPI document (for tests of tables)."""
    settings = plumbing.settings if plumbing else PlatformSettings()
    app = plain_app(
        service.name,
        service.title,
        settings,
        description=service.description,
        openapi_tags=[*service.tags, *platform.TAGS],
    )
    app.state.service = service
    app.state.context = service.context
    own = [route for router in service.routers for route in router.routes]
    app.router.routes[:0] = own
    app.router.routes.extend(events_router(service.readers).routes)
    app.router.routes.extend(platform.router.routes)
    app.shortcuts.update(shortcuts_of(own))
    if plumbing is not None:
        app.state.plumbing = plumbing
        app.state.verifier = plumbing.verifier
        app.state.edge = Edge(plumbing.runtime, app.state.metrics)
        plumbing.runtime.relay_lag = app.state.metrics.relay_lag.observe
        plumbing.runtime.consumed = app.state.metrics.consumed
    return app


def _metrics_text(app: FastAPI) -> Callable[[], Any]:
    async def text() -> Response:
        plumbing: Plumbing | None = getattr(app.state, "plumbing", None)
        return await platform.metrics_answer(app.state.metrics, plumbing.runtime if plumbing else None)

    return text


def _operation_id(route: APIRoute) -> str:
    """The endpoint function's own name: what a generated client's method is called."""
    return route.name
