"""The sandbox payer's composition root."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clearinghouse_adapter.bells import Bell
from clearinghouse_adapter.sandbox.api import router
from clearinghouse_adapter.sandbox.clock import KeptClock
from clearinghouse_adapter.sandbox.desk import Desk
from clearinghouse_adapter.sandbox.settings import SandboxSettings as Settings
from rcm.hosting import Program, meanwhile, run_alone
from rcm.logs import logger
from rcm.tokens import Verifier
from rcm.web.app import plain_app

__all__ = ["Settings", "build"]
NAME = "sandbox-payer"


def build(settings: Settings) -> Program:
    """The sandbox as hosting runs it."""
    app = plain_app(
        NAME,
        "Sandbox payer",
        settings,
        description="An invented payer and clearinghouse for trying everything out; its README lists the test values.",
    )
    app.router.routes.extend(router.routes)
    clock = KeptClock(settings.sandbox_folder / "clock.json")
    desk = Desk(settings.mailbox, settings.sandbox_folder, clock, day_seconds=settings.sandbox_day_seconds)
    verifier = Verifier(settings.jwks, issuer=settings.token_issuer, audience=settings.token_audience)
    bell = Bell(settings.sandbox_poll_seconds)
    app.state.clock, app.state.desk, app.state.verifier, app.state.wake = clock, desk, verifier, bell.ring

    @asynccontextmanager
    async def background() -> AsyncIterator[None]:
        await verifier.load()
        async with meanwhile(_work(desk, bell), name=NAME):
            yield

    return Program(NAME, app, background)


async def _work(desk: Desk, bell: Bell) -> None:
    """Looks into the mailbox and at the clock, again and again; a file that can't be worked on is tried again."""
    log = logger(NAME)
    while True:
        try:
            busy = await asyncio.to_thread(desk.work)
        except Exception:
            log.exception("desk failed")
            await asyncio.sleep(1)
            continue
        await bell.wait(busy=busy, at_most_seconds=desk.seconds_to_next())


if __name__ == "__main__":
    run_alone(build, Settings())
