"""PostgreSQL is killed under a running service and a running adapter: whoever asks is told to come again, and they go on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from claims_svc.main import Settings as ClaimsSettings
from claims_svc.main import build as build_claims
from clearinghouse_adapter.main import SCHEMA
from clearinghouse_adapter.main import build as build_adapter
from clearinghouse_adapter.settings import AdapterSettings
from rcm.identity import Role
from rcm_deploy.children import folder_of, wait_until
from rcm_deploy.postgres import PostgresServer
from tests.claims.making import set_up, ta1
from tests.support.live import KEY, ORGANISATION, LiveService, live_service
from tests.support.postgres import Databases, temporary_folder

CLAIMS = ("/v1/admin/flow", "/metrics", "/readyz", "/v1/summary", "/v1/claims", "/v1/events")
ADAPTER = ("/v1/flow", "/v1/outgoing", "/v1/incoming", "/metrics")
PATIENCE_SECONDS = 90


@dataclass
class System:
    """claims-svc on a port, the adapter that follows it, and the server that both stand on."""

    server: PostgresServer
    service: LiveService
    claims: httpx.AsyncClient
    biller: httpx.AsyncClient
    adapter: httpx.AsyncClient

    async def kill(self) -> None:
        """SIGKILL, and it is gone: also its sessions, which answer until they notice."""
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.server.poll() is None or processes(self.server):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.01)

    async def ready(self) -> None:
        """Until claims-svc says that it is."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.claims.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)

    async def asked(self) -> dict[str, httpx.Response]:
        """Every question once, and one thing to be taken in."""
        found = {path: await self.claims.get(path) for path in CLAIMS}
        found |= {f"adapter {path}": await self.adapter.get(path) for path in ADAPTER}
        body = ta1({"control_number": 7})
        found["POST"] = await self.biller.post(
            "/v1/acknowledgements", content=body, headers={"content-type": "application/edi-x12"}
        )
        return found

    async def statuses(self) -> dict[str, int]:
        """The same, as statuses alone."""
        return {name: answer.status_code for name, answer in (await self.asked()).items()}


def adapter_settings(folder: Path, service: LiveService, url: str) -> AdapterSettings:
    """An adapter for the tests' organisation, whose services are all at one address."""
    (folder / "jwks.json").write_bytes(orjson.dumps(KEY.jwks()))
    (folder / "token").write_text(service.token(Role.ADAPTER))
    account = {"organisation_id": str(ORGANISATION), "mailbox": str(folder / "mailbox"), "token_file": str(folder / "token")}
    (folder / "accounts.json").write_bytes(orjson.dumps([account]))
    return AdapterSettings(
        claims_url=service.url,
        payments_url=service.url,
        accounts=folder / "accounts.json",
        jwks=str(folder / "jwks.json"),
        worker_database_url=url,
    )


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[System]:
    """All of it, on a server of its own."""
    server = PostgresServer(folder / "postgres", durable=False)
    server.start()
    async with AsyncExitStack() as stack:
        stack.callback(server.stop)
        databases = Databases(server)
        service = await stack.enter_async_context(live_service(databases, build_claims(ClaimsSettings()), port=True))
        url = (await databases.create(SCHEMA)).worker_url
        program = build_adapter(adapter_settings(folder, service, url))
        await stack.enter_async_context(program.background())
        claims = await stack.enter_async_context(service.client(Role.ADMIN))
        headers = {"Authorization": f"Bearer {service.token(Role.ADMIN)}"}
        transport = httpx.ASGITransport(program.app)
        adapter = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://adapter", headers=headers)
        )
        biller = await stack.enter_async_context(service.client(Role.BILLER))
        await set_up(biller)
        system = System(server, service, claims, biller, adapter)
        await system.ready()
        yield system


def processes(server: PostgresServer) -> list[int]:
    """All that the server has: they work in its data folder."""
    found = [int(process.name) for process in Path("/proc").glob("[0-9]*")]
    return [process for process in found if folder_of(process) == server.data.resolve()]


def pause(server: PostgresServer) -> list[int]:
    """Stops all its processes; itself first, so that it makes no new one meanwhile, and answers which they are."""
    assert server.pid is not None
    stat = Path(f"/proc/{server.pid}/stat")
    os.kill(server.pid, signal.SIGSTOP)
    assert wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", PATIENCE_SECONDS)
    paused = processes(server)
    for process in paused:
        os.kill(process, signal.SIGSTOP)
    return paused


async def test_a_database_that_hangs_is_told_to_probes_while_it_hangs() -> None:
    with temporary_folder() as folder:
        async with running(folder) as system:
            paused = pause(system.server)
            try:
                probes = await asyncio.gather(*(system.claims.get("/readyz") for _ in range(20)))
                assert {probe.status_code for probe in probes} == {503}
                assert probes[0].json()["detail"] == "The database does not answer"
                assert (await system.claims.get("/livez")).status_code == 200
            finally:
                for process in paused:
                    os.kill(process, signal.SIGCONT)
            await system.ready()


async def test_who_asks_while_the_database_is_away_is_told_to_come_again() -> None:
    with temporary_folder() as folder:
        async with running(folder) as system:
            before = await system.statuses()
            assert set(before.values()) == {200, 201}
            await system.kill()
            for _ in range(2):
                for name, answer in (await system.asked()).items():
                    allowed = {200, 503} if name.endswith("/metrics") else {503}
                    assert answer.status_code in allowed, (name, answer.text)
                    if answer.status_code == 503 and name != "/readyz":
                        problem = answer.json()
                        assert (problem["status"], problem["retryable"]) == (503, True), (name, problem)
            assert (await system.claims.get("/livez")).status_code == 200
            system.server.start()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await system.statuses() != before | {"POST": 200}:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
