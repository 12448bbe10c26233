"""What guards every page: headers, the session's cookie, the secret in each form."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.sessions import Session
from rcm.errors import Forbidden

COOKIE = "rcm_console"
FIELDS_MAX = 50
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""On every answer; one that sets such a header itself keeps its own."""


class ForeignForm(Forbidden):
    """The form was not made by this console for this session."""

    code = "foreign-form"
    title = "This form is not from your session: open the page again and send it once more"


class SecurityHeaders:
    """Adds HEADERS to every answer. Pure ASGI."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        headers = {**HEADERS, **({"strict-transport-security": "max-age=31536000"} if secure else {})}
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *[each for each in self._headers if each[0] not in own]]
            await send(message)

        await self._app(scope, receive, sending)


def set_cookie(response: Response, name: str, *, secure: bool) -> None:
    """The session's cookie: no script reads it, no other site's form carries it."""
    response.set_cookie(COOKIE, name, httponly=True, samesite="lax", secure=secure, path="/")


def drop_cookie(response: Response, *, secure: bool) -> None:
    """Forgets the session in the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure, path="/")


async def check_form(request: Request, session: Session) -> dict[str, str]:
    """A form's fields, where it is the session's own. Raises ForeignForm.

    Besides the secret, a browser that says where the form comes from must say: from here.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    fields = read_form(await request.body())
    if not session.owns_form(fields.pop("csrf", "")):
        raise ForeignForm
    return fields


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it (application/x-www-form-urlencoded). Raises ForeignForm for anything else."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict"))
    except ValueError as error:
        raise ForeignForm from error
