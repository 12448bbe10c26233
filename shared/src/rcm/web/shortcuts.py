"""Endpoints that need nothing of FastAPI at run time are called by their address: a third of a small request's time.

An endpoint qualifies when its path has no parameters and its function takes only the request and the caller, and answers a
Response by itself: every intake endpoint does. FastAPI still documents it, and every other endpoint goes FastAPI's way.
"""

import inspect
import typing
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from rcm.web.auth import Allowed


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One endpoint."""

    route: APIRoute
    allowed: Allowed
    endpoint: Callable[..., Awaitable[Response]]
    request_name: str
    principal_name: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Checks the caller, runs the endpoint, sends its answer. Raises what they raise."""
        scope["route"], scope["path_params"] = self.route, {}
        request = Request(scope, receive, send)
        principal = await self.allowed(request)
        response = await self.endpoint(**{self.request_name: request, self.principal_name: principal})
        await response(scope, receive, send)


Shortcuts = dict[tuple[str, str], Shortcut]


def shortcuts_of(routes: Iterable[BaseRoute]) -> Shortcuts:
    """By (method, path)."""
    found: Shortcuts = {}
    for route in routes:
        if isinstance(route, APIRoute) and (shortcut := _shortcut(route)) is not None:
            for method in route.methods or ():
                found.setdefault((method, route.path), shortcut)
    return found


def _shortcut(route: APIRoute) -> Shortcut | None:
    dependant = route.dependant
    request_name = dependant.request_param_name
    if request_name is None or "{" in route.path or len(dependant.dependencies) != 1 or _needs_fastapi(dependant):
        return None
    (caller,) = dependant.dependencies
    allowed = caller.call
    if not isinstance(allowed, Allowed) or caller.name is None or route.endpoint is None:
        return None
    if typing.get_type_hints(route.endpoint).get("return") is not Response or not inspect.iscoroutinefunction(route.endpoint):
        return None
    return Shortcut(route, allowed, route.endpoint, request_name, caller.name)


def _needs_fastapi(dependant: Dependant) -> bool:
    """Whether FastAPI reads or makes any other argument."""
    return bool(
        dependant.path_params
        or dependant.query_params
        or dependant.header_params
        or dependant.cookie_params
        or dependant.body_params
        or dependant.response_param_name
        or dependant.background_tasks_param_name
        or dependant.http_connection_param_name
        or dependant.websocket_param_name
        or dependant.security_scopes_param_name
    )
