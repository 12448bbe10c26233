"""The composition root of the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.app import make_app
from console.settings import ConsoleSettings as Settings
from console.sign_in import TICKET_AUDIENCE, tokens_of
from console.visit import Console
from rcm.clock import SystemClock
from rcm.hosting import Program, run_alone
from rcm.tokens import Verifier

__all__ = ["Settings", "build"]


def build(settings: Settings) -> Program:
    """The console as the platform hosts it. Sessions and tickets live by the machine's clock, never by a simulated one."""
    clock = SystemClock()
    verifier = Verifier(settings.jwks, issuer=settings.token_issuer, audience=TICKET_AUDIENCE)
    app = make_app(settings, clock, verifier, tokens_of(settings.console_keys, clock))
    console: Console = app.state.console

    @asynccontextmanager
    async def background() -> AsyncIterator[None]:
        await verifier.load()
        try:
            yield
        finally:
            await console.services.close()

    return Program("console", app, background)


if __name__ == "__main__":
    run_alone(build, Settings())
