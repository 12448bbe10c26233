"""Hosting: a process that starts, answers, survives its clock's restart and stops in order; and a house of several."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from rcm import hosting
from rcm.hosting import Program, Seat, listen, running, url_of
from rcm.identity import Role
from rcm.settings import Chaos, PlatformSettings
from rcm.tokens import SigningKey, issue_token, make_signing_key
from rcm.web.app import plain_app
from rcm_deploy.databases import ServiceDatabase
from rcm_deploy.ports import free_port
from tests.shared.messaging.system import eventually
from tests.shared.web.notebook.service import build
from tests.support.live import ORGANISATION
from tests.support.postgres import Databases

NOTE = {"name": "first", "text": "Buy apples.", "number": 0}
ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 90.0


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    """A hosted process tunes the collector for itself; the tests after it have the one that they had."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def bearer(key: SigningKey, role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(key, organisation_id=ORGANISATION, role=role)}"}


@contextmanager
def process(database: ServiceDatabase, keys: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The notebook, alone; it is killed if it does not end by itself."""
    environment = {
        **os.environ,
        **database.environment(),
        "RCM_JWKS": str(keys / "jwks.json"),
        "RCM_PORT": str(port),
        "RCM_OPERATOR_ORGANISATION": str(ORGANISATION),
        "RCM_SIMULATION": "1",
    }
    command = [sys.executable, "-m", "tests.shared.web.notebook"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


async def ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def test_a_process_starts_stops_in_order_and_goes_on_where_its_clock_stood(databases: Databases, tmp_path: Path) -> None:
    key = make_signing_key(tmp_path / "keys")
    port = free_port()
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=bearer(key, Role.ADMIN), timeout=30)
    async with databases.fresh(build()) as database, client as admin:
        with process(database, tmp_path / "keys", port) as child:
            await ready(admin)
            posted = await admin.post("/v1/notes", json=NOTE, headers=bearer(key, Role.EHR))
            assert posted.status_code == 201
            assert (await admin.put("/v1/admin/clock", json={"ahead_seconds": 5000})).status_code == 200
            child.send_signal(signal.SIGTERM)
            output, _ = await asyncio.to_thread(child.communicate, timeout=PATIENCE_SECONDS)
            assert child.returncode == 0
        lines = [json.loads(line) for line in output.splitlines()]
        assert any(line["event"] == "ready" for line in lines)
        request = next(line for line in lines if line["event"] == "request" and line["route"] == "/v1/notes")
        assert request["status"] == 201
        assert request["role"] == "ehr"
        assert "apples" not in output
        assert str(ORGANISATION) in output
        with process(database, tmp_path / "keys", port):
            await ready(admin)
            assert (await admin.get("/v1/admin/clock")).json()["ahead_seconds"] == 5000.0


async def test_a_house_of_several_on_their_own_ports(databases: Databases, tmp_path: Path) -> None:
    key = make_signing_key(tmp_path)
    order: list[str] = []
    async with databases.fresh(build()) as database:
        settings = PlatformSettings(
            owner_database_url=database.owner_url,
            api_database_url=database.api_url,
            worker_database_url=database.worker_url,
            jwks=str(tmp_path / "jwks.json"),
            chaos=frozenset({Chaos.DUPLICATE, Chaos.REORDER}),
            log_requests=False,
        )
        app = plain_app("guest", "Guest", settings)

        @asynccontextmanager
        async def background() -> AsyncIterator[None]:
            order.append("begin")
            yield
            order.append("end")

        # On a port that nobody is given by chance: else the last look could meet another one who listens.
        seat = Seat(build(), settings, listen("127.0.0.1", free_port()))
        async with (
            running([seat, Seat(Program("guest", app, background), settings)]) as house,
            httpx.AsyncClient(headers=bearer(key, Role.EHR)) as client,
        ):
            assert order == ["begin"]
            assert (await client.post(f"{house.urls['notebook']}/v1/notes", json=NOTE)).status_code == 201
            assert (await client.get(f"{house.urls['guest']}/livez")).status_code == 200
            assert (await client.get(f"{house.urls['guest']}/readyz")).status_code == 200
            assert (await client.get(f"{house.urls['guest']}/x")).json()["code"] == "unknown-route"
        assert order == ["begin", "end"]
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*house.urls["notebook"].removeprefix("http://").split(":"))


async def test_a_server_that_ends_by_itself_ends_the_house(databases: Databases, tmp_path: Path) -> None:
    make_signing_key(tmp_path)
    settings = PlatformSettings(jwks=str(tmp_path / "jwks.json"), log_requests=False)
    app = plain_app("guest", "Guest", settings)
    async with running([Seat(Program("guest", app), settings)]) as house:
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(house.until_signalled(), PATIENCE_SECONDS)
        loop.remove_signal_handler(signal.SIGINT)


class Circle:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


async def test_garbage_is_looked_for_where_little_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter whose HTTP client leaves circles would keep every file that it has carried."""
    monkeypatch.setattr(hosting, "GARBAGE_SECONDS", 0.05)
    make_signing_key(tmp_path)
    settings = PlatformSettings(jwks=str(tmp_path / "jwks.json"), log_requests=False)
    async with running([Seat(Program("guest", plain_app("guest", "Guest", settings)), settings)]):
        left = weakref.ref(Circle())

        async def gone() -> bool:
            return left() is None

        await eventually(gone)


def test_a_port_that_is_taken_is_told() -> None:
    first = listen("127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="in use"):
            listen("127.0.0.1", first.getsockname()[1])
    finally:
        first.close()


def test_addresses_are_what_a_client_on_this_machine_needs() -> None:
    for host in ("0.0.0.0", "::1"):
        with contextlib.closing(hosting.listen(host, 0)) as listening:
            assert url_of(listening).startswith(("http://127.0.0.1:", "http://[::1]:"))


def test_settings_read_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RCM_CHAOS", "kill,duplicate, reorder")
    monkeypatch.setenv("RCM_SIMULATION", "1")
    settings = PlatformSettings()
    assert settings.chaos == {Chaos.DUPLICATE, Chaos.REORDER}
    assert settings.simulation is True
