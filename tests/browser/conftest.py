"""A whole system with a played story, and a real Chromium to look at it."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright

from rcm.identity import Role
from rcm.tokens import issue_token, make_signing_key
from rcm_deploy.demo.run import play
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import Running, remote

PHOTOGRAPHS = os.environ.get("RCM_PHOTOGRAPHS", "")
CHROMIUM = os.environ.get("RCM_CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
ENCOUNTERS, SEED = 40, 370
"""The samples' deck of a hundred is shuffled by the seed; with this one every case of it is among the first forty."""
PATIENCE_MILLISECONDS = 120_000
"""Ends only what would never end."""
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Visitor:
    """A browser window, and all that went wrong in it."""

    page: Page
    base: str
    photographs: Path
    wrong: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses that a test asks for on purpose."""

    async def go(self, path: str) -> None:
        await self.page.goto(self.base + path)

    async def loaded(self) -> None:
        """After a click that leads to a page: waits for all of it. The click itself waits only until it begins."""
        await self.page.wait_for_load_state()

    async def look(self, *, phone: bool = False, dark: bool = False) -> None:
        """The same page at another window's size and in other colours."""
        await self.page.emulate_media(color_scheme="dark" if dark else "light")
        await self.page.set_viewport_size(PHONE if phone else DESK)  # type: ignore[arg-type] # playwright's TypedDict

    async def photograph(self, name: str) -> None:
        """The page as a picture: the whole of it for people to look at, else what the window shows, which costs less."""
        await self.page.screenshot(path=self.photographs / f"{name}.png", full_page=bool(PHOTOGRAPHS))

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(f"status of {status}" in message.text for status in self.expected):
            self.wrong.append(f"{message.type}: {message.text}")

    def asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.wrong.append(f"asked outside: {request.url}")


class Entrance:
    """Opens windows that are signed in."""

    def __init__(self, browser: Browser, running: Running, photographs: Path) -> None:
        self._browser, self._running, self._photographs = browser, running, photographs
        self._contexts: list[BrowserContext] = []
        self._count = 0

    def link(self, role: Role) -> str:
        """A fresh sign-in link."""
        self._count += 1
        ticket = issue_token(
            make_signing_key(Path(self._running.keys)),
            organisation_id=self._running.organisation_id,
            role=role,
            subject=f"visitor {self._count}",
            lifetime=timedelta(minutes=10),
            audience="rcm-console",
        )
        return f"/sign-in?ticket={ticket}"

    async def enter(self, role: Role = Role.ADMIN, *, phone: bool = False, script: bool = True, dark: bool = False) -> Visitor:
        """A window of its own, on the live page."""
        context = await self._browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type] # playwright's TypedDict
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        self._contexts.append(context)
        visitor = Visitor(await context.new_page(), self._running.urls["console"], self._photographs)
        visitor.page.on("console", visitor.heard)
        visitor.page.on("pageerror", lambda error: visitor.wrong.append(f"script: {error}"))
        visitor.page.on("request", visitor.asked)
        await visitor.go(self.link(role))
        return visitor

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one these tests can't be had."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium, or name one in RCM_CHROMIUM")
    return CHROMIUM


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: RCM_PHOTOGRAPHS, else a temporary folder."""
    folder = Path(PHOTOGRAPHS) if PHOTOGRAPHS else tmp_path_factory.mktemp("photographs")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest_asyncio.fixture(scope="session")
async def played(chromium: str) -> AsyncIterator[Running]:
    """A system in which forty encounters of all kinds have come to their statements and payments."""
    with own_system(bus="direct") as system:
        running = system.start()
        async with remote(system.data_folder) as connected:
            await play(connected, encounters=ENCOUNTERS, seed=SEED, progress=lambda *_: None)
        yield running


@pytest_asyncio.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One Chromium for all."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(ARGUMENTS), timeout=PATIENCE_MILLISECONDS
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def entrance(browser: Browser, played: Running, photographs: Path) -> AsyncIterator[Entrance]:
    """Windows for one test."""
    entrance = Entrance(browser, played, photographs)
    yield entrance
    await entrance.close()
