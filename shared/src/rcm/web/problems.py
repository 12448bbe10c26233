"""Refusals as RFC 9457 problem+json: a stable `code`, and `errors` that say where, what, and how to mend it.

    {"type": "/problems/invalid-body", "title": "...", "status": 422, "detail": "...", "code": "invalid-body",
     "errors": [{"pointer": "/lines/0/charge_cents", "code": "greater_than", "message": "...", "fix": "..."}]}

No problem repeats a value that was sent: a value may be a patient's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.status import HTTP_404_NOT_FOUND, HTTP_405_METHOD_NOT_ALLOWED, HTTP_422_UNPROCESSABLE_CONTENT

from rcm.errors import Fault, InvalidBody, NotFound, RcmError, Unauthenticated
from rcm.web.faults import faults_of

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


class ProblemError(BaseModel):
    """One thing that is wrong."""

    pointer: str = Field(
        description="JSON pointer into the body; `?name` for a query parameter, `{name}` for one of the path, `Name:` for a "
        "header; for X12 and HL7 the place in the standard's words",
        examples=["/lines/0/charge_cents"],
    )
    code: str = Field(description="Stable; made for programs", examples=["greater_than_equal"])
    message: str = Field(description="What is wrong", examples=["Input should be greater than or equal to 0"])
    fix: str = Field(default="", description="How to mend it", examples=["Send a number that is large enough."])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="Where the code is explained", examples=["/problems/invalid-body"])
    title: str = Field(description="The code in words; the same for each occurrence")
    status: int = Field(examples=[422])
    detail: str = Field(description="What happened this time")
    code: str = Field(description="Stable; made for programs", examples=["invalid-body"])
    retryable: bool = Field(default=False, description="True: the same request may succeed when sent again")
    errors: list[ProblemError] = Field(default_factory=list, description="Each thing that is wrong")


class TooLarge(RcmError):
    """The body is larger than this service takes; it was not read."""

    code = "body-too-large"
    status = 413
    title = "The body is too large"


class UnknownRoute(NotFound):
    """No endpoint of ours has this path."""

    code = "unknown-route"
    title = "There is no such endpoint"


class MethodNotAllowed(RcmError):
    """The endpoint exists, but not with this method."""

    code = "method-not-allowed"
    status = 405
    title = "The endpoint does not take this method"


class UnsupportedMediaType(RcmError):
    """The endpoint does not read this kind of body."""

    code = "unsupported-media-type"
    status = 415
    title = "The endpoint does not read this content type"


class BadRequest(RcmError):
    """The request itself can't be read."""

    code = "bad-request"
    status = 400
    title = "The request can't be read"


def problem_of(error: RcmError) -> dict[str, Any]:
    """The JSON of a refusal. What can't be taken (422) names at least one place."""
    faults = error.faults
    if not faults and (error.fix or error.status == HTTP_422_UNPROCESSABLE_CONTENT):
        faults = (Fault(error.pointer, error.code, error.detail, error.fix),)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "retryable": error.retryable,
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "message": fault.message, "fix": fault.fix} for fault in faults
        ],
    }
    return body


def problem_response(error: RcmError, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer of a refusal."""
    sent = dict(headers or {})
    if isinstance(error, Unauthenticated):
        sent["WWW-Authenticate"] = 'Bearer realm="rcm"'
    if error.retryable:
        sent["Retry-After"] = str(RETRY_AFTER_SECONDS)
    body = orjson.dumps(problem_of(error))
    return Response(body, error.status, headers=sent, media_type=MEDIA_TYPE)


async def on_refusal(_: Request, error: Exception) -> Response:
    """Renders an RcmError that a handler or dependency raised."""
    assert isinstance(error, RcmError)
    return problem_response(error)


async def on_validation(_: Request, error: Exception) -> Response:
    """FastAPI's own validation of parameters and bodies."""
    assert isinstance(error, RequestValidationError)
    return problem_response(InvalidBody("The request has parts that can't be taken", faults=faults_of(error.errors())))


async def on_http_error(request: Request, error: Exception) -> Response:
    """What Starlette and FastAPI refuse by themselves."""
    assert isinstance(error, HTTPException)
    headers = error.headers
    if error.status_code == HTTP_405_METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(sorted(_methods(request)))}
    return problem_response(_named(error), headers)


def _methods(request: Request) -> set[str]:
    """The methods of every route that has this path; Starlette itself names those of the first alone."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found


def _named(error: HTTPException) -> RcmError:
    cause = error.__cause__
    if isinstance(cause, RcmError):
        return cause
    if error.status_code == HTTP_404_NOT_FOUND:
        return UnknownRoute("No endpoint has this path; /openapi.json lists them all")
    if error.status_code == HTTP_405_METHOD_NOT_ALLOWED:
        return MethodNotAllowed("The header Allow names the methods of this path")
    if error.status_code in (400, 422):
        return BadRequest("The body could not be read", faults=[Fault("", "unreadable", "The body could not be read")])
    return _with_status(error.status_code)


def _with_status(status: int) -> RcmError:
    """A refusal for a status that has no class of its own here."""
    refusal = RcmError("The request was refused")
    named = type("HttpError", (RcmError,), {"code": f"http-{status}", "status": status, "title": "The request was refused"})
    refusal.__class__ = named
    return refusal


def known_problems() -> Sequence[type[RcmError]]:
    """Every named refusal of this process: for the page of a problem's type."""
    found: dict[str, type[RcmError]] = {}
    waiting: list[type[RcmError]] = [RcmError]
    while waiting:
        error = waiting.pop()
        found.setdefault(error.code, error)
        waiting.extend(error.__subclasses__())
    return [found[code] for code in sorted(found)]
