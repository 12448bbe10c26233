"""Signing in with a link, and out."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console.security import COOKIE, check_form, drop_cookie, set_cookie
from console.visit import Visit, console_of, html

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def sign_in(request: Request, ticket: str = "") -> Response:
    """Uses up the ticket of a link, begins a session, and leads to a page whose address holds no ticket."""
    console = console_of(request)
    if not ticket:
        return html("signed_out.html", None, status=401, notice="", path="", now=console.clock.now(), error=None)
    principal = await console.tickets.redeem(ticket)
    console.sessions.end(request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/", status_code=303)
    set_cookie(response, console.sessions.begin(principal), secure=console.settings.console_secure_cookies)
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends the session here and in the browser."""
    visit = Visit(request)
    await check_form(request, visit.session)
    visit.console.sessions.end(request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(response, secure=visit.console.settings.console_secure_cookies)
    return response
