"""`rcm up` with real processes: the greeting, a second start beside the first, kills, and what stays."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rcm.identity import Role
from rcm_deploy.children import is_alive, wait_until
from rcm_deploy.programs import PARTS
from rcm_deploy.remote import Running, local_token
from tests.support.postgres import temporary_folder

READY_SECONDS = 300.0
PATIENCE_SECONDS = 90.0
"""For what takes a second or two: it only ends what would never end."""
UP = [sys.executable, "-m", "rcm_deploy.cli", "up", "--free-ports", "--samples", "0"]


class System:
    """A launcher in a process of its own, on a folder that goes away."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.data = folder / "data"
        self.output = folder / "output.txt"
        self._command = [*UP, "--data-folder", str(self.data), *options]
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        """Starts it and answers running.json."""
        (self.data / "running.json").unlink(missing_ok=True)  # a killed launcher leaves its own
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(self._command, stdout=output, stderr=output, env=self._environment)
        assert wait_until(self._ready_or_ended, READY_SECONDS, step_seconds=0.05), self.output.read_text()
        assert self.process.poll() is None, self.output.read_text()
        return self.running()

    def running(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "running.json").read_bytes())
        return found

    def came_back(self, name: str, killed: int) -> bool:
        """Whether there is a process of that name again; one that lies dead may not be listed."""
        return bool(self.running()["processes"].get(name, killed) != killed)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Sends a signal and waits for the end."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def _ready_or_ended(self) -> bool:
        assert self.process is not None
        return (self.data / "running.json").exists() or self.process.poll() is not None


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as found:
        yield found


@pytest.fixture
def system(folder: Path) -> Iterator[System]:
    made = System(folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.end(signal.SIGTERM)


def get(running: dict[str, Any], place: str, path: str) -> httpx.Response:
    seen = Running(running["bus"], running["urls"], running["processes"], running["keys"], running["organisation_id"])
    token = local_token(seen, Role.ADMIN)
    return httpx.get(running["urls"][place] + path, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def answers(running: dict[str, Any], place: str, path: str = "/readyz") -> bool:
    """Whether something listens there and is ready."""
    try:
        return get(running, place, path).status_code == 200
    except httpx.TransportError:
        return False


def test_one_process(system: System) -> None:
    running = system.start()
    for part in PARTS:
        assert get(running, part.place, "/readyz").status_code == 200, part.name
    greeting = system.output.read_text()
    assert f"{running['urls']['coding']}/docs" in greeting
    assert "/sign-in?ticket=" in greeting
    posted = subprocess.run(["sh", "-c", curl_of(greeting)], capture_output=True, text=True, check=True)
    assert json.loads(posted.stdout)["state"] == "coded", posted.stdout

    beside = subprocess.run(system._command, capture_output=True, text=True, check=False, env=system._environment)
    assert beside.returncode == 1
    assert "runs on" in beside.stderr
    assert running["urls"]["console"] in beside.stderr.replace("\n", "")

    payer = running["processes"]["sandbox"]
    os.kill(payer, signal.SIGKILL)
    assert wait_until(lambda: system.came_back("sandbox", payer), PATIENCE_SECONDS), "nobody started the payer again"
    assert wait_until(lambda: answers(running, "sandbox"), PATIENCE_SECONDS)

    processes = system.running()["processes"].values()
    system.end(signal.SIGKILL)
    assert wait_until(lambda: not any(is_alive(pid) for pid in processes), PATIENCE_SECONDS)
    again = system.start()
    assert again["urls"] == running["urls"]
    assert get(again, "coding", "/v1/summary").json()["encounters"] == 1

    assert system.end(signal.SIGINT) == 0
    assert "Stopped" in system.output.read_text()
    assert not (system.data / "running.json").exists()
    assert not is_alive(again["processes"]["postgres"])


def curl_of(greeting: str) -> str:
    """The request that the greeting gives to be pasted."""
    start = greeting.index("curl -sS")
    return greeting[start : greeting.index("\n\n", start)]


def test_what_it_keeps_is_closed_to_others(system: System) -> None:
    running = system.start()
    keys = Path(running["keys"])
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((keys / "signing-key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((system.data / "running.json").stat().st_mode) == 0o600
    system.end()
    forgotten = subprocess.run(
        [sys.executable, "-m", "rcm_deploy.cli", "clean", "--data-folder", str(system.data)], check=False, capture_output=True
    )
    assert forgotten.returncode == 0
    assert not system.data.exists()


def test_postgres_that_dies_comes_back(system: System) -> None:
    running = system.start()
    postgres = running["processes"]["postgres"]
    os.kill(postgres, signal.SIGKILL)
    assert wait_until(lambda: system.came_back("postgres", postgres), PATIENCE_SECONDS)
    assert wait_until(lambda: answers(running, "coding", "/v1/summary"), PATIENCE_SECONDS, step_seconds=0.2)


def test_a_taken_port_is_named(folder: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (folder / "data").mkdir()
        (folder / "data").chmod(0o711)
        (folder / "data/ports.json").write_text(json.dumps({"claims": port}))
        done = subprocess.run(System(folder)._command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {port}, where claims would listen, is taken" in done.stderr.replace("\n", " ")


def refused(system: System) -> str:
    """What `rcm up` says when it does not start, in one line; never a traceback."""
    done = subprocess.run(system._command, capture_output=True, text=True, check=False, env=system._environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("place", ["data", "data/lock"])
def test_a_folder_that_can_not_be_used_is_named(folder: Path, place: str) -> None:
    if place == "data":
        (folder / "data").write_text("a file")
    else:
        (folder / place).mkdir(parents=True)
    told = refused(System(folder))
    assert told.startswith("Nothing can be kept in ")
    assert "--data-folder" in told


def test_a_database_server_that_does_not_answer_is_named(folder: Path) -> None:
    told = refused(System(folder, environment={"RCM_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/postgres"}))
    assert told.startswith("The server that RCM_DATABASE_URL names can't be used: ")
    assert "secret" not in told


@pytest.mark.usefixtures("kafka_jars")
def test_a_process_each(folder: Path) -> None:
    system = System(folder, "--bus", "kafka")
    running = system.start()
    try:
        assert len(set(running["processes"].values())) == len(PARTS) + 3
        for victim in ("claims", "kafka", "postgres", "console"):
            before = system.running()["processes"][victim]
            os.kill(before, signal.SIGKILL)
            assert wait_until(lambda: system.came_back(victim, before), PATIENCE_SECONDS, step_seconds=0.1), victim  # noqa: B023
        for part in PARTS:
            ready = wait_until(lambda: answers(running, part.place), PATIENCE_SECONDS, step_seconds=0.2)  # noqa: B023
            assert ready, part.name
        assert system.running()["urls"] == running["urls"]
        children = [pid for name, pid in system.running()["processes"].items() if name != "launcher"]
        system.end(signal.SIGKILL)
        assert wait_until(lambda: not any(is_alive(pid) for pid in children), PATIENCE_SECONDS, step_seconds=0.05)
        system.start()
        assert system.end(signal.SIGTERM) == 0
    finally:
        assert system.process is not None
        if system.process.poll() is None:
            system.end(signal.SIGKILL)
