"""The first and last thing that a request meets: its trace, size limit, measure, log line, and the 500 of last resort.

Pure ASGI: nothing is buffered and no task is made for it.
"""

import asyncio
import time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rcm.database.pool import is_transient
from rcm.errors import Fault, RcmError, Unavailable
from rcm.logs import logger
from rcm.web.context import SCOPE_KEY, RequestContext
from rcm.web.metrics import Metrics
from rcm.web.problems import BadRequest, TooLarge, on_http_error, problem_response
from rcm.web.shortcuts import Shortcuts

UNMATCHED = "unmatched"
NOSNIFF = (b"x-content-type-options", b"nosniff")
NO_STORE = (b"cache-control", b"no-store")
"""Answers may hold patients' data: no cache on the way keeps them, unless an endpoint says otherwise."""
CLIENT_GONE = 499
"""For the log and the figures: the client went away before its request was read."""
LINGER_SECONDS_MAX = 10.0
"""After a refused upload its rest is read and thrown away for so long, that the client comes to read our answer."""


class Front:
    """Wraps a service's whole app."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        limit_bytes: int,
        metrics: Metrics,
        shortcuts: Shortcuts,
        log_requests: bool = True,
    ) -> None:
        self._app = app
        self._limit = limit_bytes
        self._metrics = metrics
        self._shortcuts = shortcuts
        self._log = logger(service).bind()
        self._log_requests = log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = scope[SCOPE_KEY] = RequestContext(scope["headers"])
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers += ((b"traceparent", context.traceparent.encode()), NOSNIFF)
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(NO_STORE)
            await send(message)

        try:
            if _has_nul(scope):
                await problem_response(_nul_in_address())(scope, receive, sending)
            elif _length(context) > self._limit:
                await self._refuse_upload(receive, sending)
            else:
                answer = self._shortcuts.get((scope["method"], scope["path"]), self._app)
                await answer(scope, self._counted(receive) if b"transfer-encoding" in context.headers else receive, sending)
        except RcmError as error:
            await self._refuse(scope, receive, sending, status, error)
        except HTTPException as error:
            await (await on_http_error(Request(scope), error))(scope, receive, sending)
        except ClientDisconnect:
            status = CLIENT_GONE
        except Exception as error:
            self._log.error("request failed", trace_id=context.trace_id, route=_route(scope), exc_info=error)
            await self._refuse(scope, receive, sending, status, _last_resort(error))
        finally:
            self._done(scope, context, status)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, error: RcmError) -> None:
        """Answers with a problem, where no answer has begun."""
        if status:
            raise error
        if isinstance(error, TooLarge):
            await self._refuse_upload(receive, send)
        else:
            await problem_response(error)(scope, receive, send)

    async def _refuse_upload(self, receive: Receive, send: Send) -> None:
        """413 at once; then the rest is thrown away as it comes, never kept, and the connection closed."""
        response = problem_response(too_large(self._limit), {"Connection": "close"})
        await send({"type": "http.response.start", "status": response.status_code, "headers": list(response.raw_headers)})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        try:
            async with asyncio.timeout(LINGER_SECONDS_MAX):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        break
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _counted(self, receive: Receive) -> Receive:
        """For a body of unknown length: stops at the limit."""
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise too_large(self._limit)
            return message

        return counting

    def _done(self, scope: Scope, context: RequestContext, status: int) -> None:
        seconds = time.perf_counter() - context.started
        route = _route(scope)
        self._metrics.request(scope["method"], route, status, seconds)
        if self._log_requests and route not in ("/livez", "/readyz", "/metrics"):
            line: dict[str, Any] = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "trace_id": context.trace_id,
                "request_id": str(context.request_id),
            }
            if (principal := context.principal) is not None:
                line |= {"organisation_id": str(principal.organisation_id), "role": str(principal.role)}
            self._log.info("request", **line)


def too_large(limit_bytes: int) -> TooLarge:
    """The refusal of a body over the limit."""
    fault = Fault("", "body-too-large", f"The limit is {limit_bytes} bytes", "Send it in several requests.")
    return TooLarge(f"The body is larger than {limit_bytes} bytes", faults=[fault])


def _length(context: RequestContext) -> int:
    """The announced length of the body, in bytes; 0 for none."""
    announced = context.headers.get(b"content-length", b"")
    return int(announced) if announced.isdigit() else 0


def _has_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"%00" in scope.get("query_string", b"")


def _nul_in_address() -> BadRequest:
    fault = Fault("", "nul-character", "%00 stands in the address", "Remove it; no id and no cursor holds one.")
    return BadRequest("The address holds a NUL character", faults=[fault])


def _route(scope: Scope) -> str:
    """The template of the route (`/v1/claims/{claim_id}`), never the path itself."""
    found = getattr(scope.get("route"), "path", None)
    return found if isinstance(found, str) else UNMATCHED


def _last_resort(error: Exception) -> RcmError:
    """503 where the database or Kafka is away and the same request can be sent again; else 500, our defect."""
    if is_transient(error):
        return Unavailable("What this needs does not answer now")
    return RcmError("Something went wrong here; the log knows the trace id")
