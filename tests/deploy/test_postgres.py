"""PostgreSQL as a child: it starts, outlives nothing, and takes over what a killed launcher left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from rcm_deploy.children import is_alive, wait_until
from rcm_deploy.databases import create_service_database, database_name, service_database, with_login
from rcm_deploy.postgres import PostgresServer
from rcm_deploy.system_user import running_as_root
from tests.support.postgres import temporary_folder

LAUNCHER = """
import json, sys, time, pathlib
from rcm_deploy.postgres import PostgresServer
server = PostgresServer(pathlib.Path(sys.argv[1]), durable=False)
server.start()
print(json.dumps(server.pid), flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as found:
        yield found


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_data_outlive_a_restart(folder: Path) -> None:
    server = PostgresServer(folder / "postgres", durable=False)
    server.start()
    await ask(server.url(), "create table kept as select 42 as answer")
    server.stop()
    assert server.pid is None
    server.start()
    try:
        assert await ask(server.url(), "select answer from kept") == 42
        assert str(await ask(server.url(), "show server_version")).startswith("18.")
    finally:
        server.stop()


def test_a_cluster_whose_making_was_killed_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when what a killed initdb left is taken for a cluster: that system would never start again."""
    run = subprocess.run

    def killed(command: list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        if not command[0].endswith("initdb"):
            return run(command, **options)
        where = {name: options[name] for name in ("user", "group", "extra_groups", "cwd", "env")}
        with subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, **where) as initdb:
            assert wait_until(lambda: bool(list(folder.rglob("PG_VERSION"))), 60.0, step_seconds=0.001)
            os.killpg(initdb.pid, signal.SIGKILL)
        raise KeyboardInterrupt

    server = PostgresServer(folder / "postgres", durable=False)
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "run", killed)
        with pytest.raises(KeyboardInterrupt):
            server.start()
    server.start()
    server.stop()
    assert sorted(path.name for path in server.folder.iterdir()) == ["data", "postgres.log"]


def test_its_data_may_lie_on_another_disk(folder: Path) -> None:
    """Breaks when making the cluster puts a folder in the place of a link to one."""
    server, elsewhere = PostgresServer(folder / "postgres", durable=False), folder / "elsewhere"
    server.folder.mkdir()
    elsewhere.mkdir()
    server.data.symlink_to(elsewhere)
    server.start()
    server.stop()
    assert server.data.is_symlink()
    assert (elsewhere / "PG_VERSION").exists()
    assert not list(elsewhere.glob("unfinished-*"))


def test_dies_with_its_launcher(folder: Path) -> None:
    with started_elsewhere(folder / "postgres") as (launcher, pid):
        launcher.kill()
        launcher.wait()
        assert wait_until(lambda: not is_alive(pid), 60.0)
    assert "database system is shut down" in (folder / "postgres" / "postgres.log").read_text()


async def test_a_server_left_behind_is_stopped(folder: Path) -> None:
    """The launcher lives on but has lost its folder's lock, say: whoever starts next on these data stops its server."""
    with started_elsewhere(folder / "postgres") as (_, pid):
        server = PostgresServer(folder / "postgres", durable=False)
        server.start()
        try:
            assert not is_alive(pid)
            assert await ask(server.url(), "select 1") == 1
        finally:
            server.stop()


async def test_a_killed_servers_sessions_are_waited_for(folder: Path) -> None:
    """They hold the shared memory until they notice, which takes them longer on a busy machine."""
    server = PostgresServer(folder / "postgres", durable=False)
    server.start()
    try:
        session = await asyncpg.connect(server.url())
        pid = await session.fetchval("select pg_backend_pid()")
        os.kill(pid, signal.SIGSTOP)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert wait_until(lambda: server.poll() is not None, 60.0)
        noticing = threading.Timer(0.5, os.kill, (pid, signal.SIGCONT))
        noticing.start()
        server.start()
        noticing.join()
        assert await ask(server.url(), "select 1") == 1
        session.terminate()
    finally:
        server.stop()


def test_another_programs_pid_is_left_alone(folder: Path) -> None:
    """A pid file that a power cut left may name a process that is now somebody else's."""
    server = PostgresServer(folder / "postgres", durable=False)
    server.start()
    server.stop()
    with subprocess.Popen(["sleep", "3600"]) as other:
        lines = [str(other.pid), str(server.data), "0", "5432", "", "", "", "ready"]
        (server.data / "postmaster.pid").write_text("\n".join(lines))
        try:
            server.start()
            server.stop()
            assert other.poll() is None
        finally:
            other.kill()


@pytest.mark.parametrize(("length", "is_long"), [(93, False), (94, True), (150, True)])
async def test_a_long_path_has_its_socket_elsewhere(folder: Path, length: int, is_long: bool) -> None:
    deep = folder / ("d" * (length - len(str(folder)) - 1))
    assert len(str(deep)) == length
    server = PostgresServer(deep, durable=False)
    server.start()
    try:
        assert server.socket_folder.is_relative_to(folder) is not is_long
        assert await ask(server.url(), "select 1") == 1
    finally:
        server.stop()
    assert server.socket_folder.exists() is not is_long


def test_it_never_runs_as_root(postgres: PostgresServer) -> None:
    """As root it is the system user's; an ordinary user's is their own. Its data are closed to all others."""
    owner = Path(f"/proc/{postgres.pid}").stat().st_uid
    assert owner != 0
    assert (owner == os.geteuid()) is not running_as_root()
    assert postgres.data.stat().st_mode & 0o077 == 0


async def test_roles_see_their_own_database_only(postgres: PostgresServer) -> None:
    admin = await asyncpg.connect(postgres.url())
    try:
        for service in ("probe-svc", "other-svc"):
            await create_service_database(admin, service)
            await create_service_database(admin, service)  # a second time changes nothing
        ours, others = (service_database(postgres.url(), service) for service in ("probe-svc", "other-svc"))
        assert await ask(ours.api_url, "select current_user") == "rcm_probe_api"
        assert await ask(
            ours.owner_url, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        ) == ("rcm_probe_owner")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(with_login(ours.api_url, database=others.name), "select 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(ours.worker_url, "create table mine ()")
    finally:
        for service in ("probe-svc", "other-svc"):
            await admin.execute(f'drop database if exists "{database_name(service)}"')
        await admin.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgresql://me:secret@db.example:5433/postgres?sslmode=require",
            "postgresql://r:p%40@db.example:5433/x?sslmode=require",
        ),
        ("postgresql://db.example", "postgresql://r:p%40@db.example/x"),
        ("postgresql://postgres@/postgres?host=%2Ftmp%2Fpg", "postgresql://r:p%40@/x?host=%2Ftmp%2Fpg"),
        ("postgresql:///postgres?user=me&password=secret&host=h", "postgresql://r:p%40@/x?host=h"),
    ],
)
def test_addresses(url: str, told: str) -> None:
    assert with_login(url, database="x", role="r", password="p@") == told


@contextmanager
def started_elsewhere(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A launcher in a process of its own, and its server's pid."""
    with subprocess.Popen([sys.executable, "-c", LAUNCHER, str(folder)], stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pid = int(json.loads(launcher.stdout.readline()))
        try:
            yield launcher, pid
        finally:
            launcher.kill()
            assert wait_until(lambda: not is_alive(pid), 60.0)
