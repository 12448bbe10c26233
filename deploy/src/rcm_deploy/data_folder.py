"""`.rcm/`: everything that a local system keeps. One launcher at a time holds it."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rcm_deploy.children import wait_until
from rcm_deploy.ports import free_ports, port_is_free
from rcm_deploy.system_user import HOME, Account, server_account

DEFAULT = Path(".rcm")
PORT_PATIENCE_SECONDS = 5.0
"""The processes of a launcher that was just killed may need a moment to let go of their ports."""


class AlreadyRunning(RuntimeError):
    """Another launcher holds the folder; the message says which and where its page is."""


class PortTaken(RuntimeError):
    """A port that we need is another program's."""


class FolderUnusable(RuntimeError):
    """Nothing can be kept there; the message says where and why."""


class DataFolder:
    """The folder of one system."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.keys = self.path / "keys"
        self.logs = self.path / "logs"
        self.mailbox = self.path / "mailbox"
        self.sandbox = self.path / "sandbox"
        self.kafka = self.path / "kafka"
        self.codes = self.path / "codesets.sqlite"
        self.running = self.path / "running.json"

    def make(self) -> None:
        """Makes what is missing; others may pass through it (as root PostgreSQL's user must), but read nothing.

        Raises FolderUnusable.
        """
        inside = (self.keys, self.logs, self.mailbox, self.mailbox / "inbound", self.mailbox / "outbound", self.sandbox)
        with self._usable():
            if not self.path.exists():
                self.path.mkdir(parents=True)
                self.path.chmod(0o711)
            for folder in inside:
                folder.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fix = "Mend that, or choose another folder with --data-folder (RCM_DATA_FOLDER)."
            raise FolderUnusable(f"Nothing can be kept in {self.path}: {error.filename}: {error.strerror}. {fix}") from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder for this process, until it ends in whatever way. Raises AlreadyRunning or FolderUnusable."""
        with self._usable():
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise AlreadyRunning(self._who_runs()) from None
        try:
            self.running.unlink(missing_ok=True)
            yield
        finally:
            self.running.unlink(missing_ok=True)
            os.close(handle)

    def _who_runs(self) -> str:
        told = self.read("running.json")
        if not told:
            return f"A system is starting on {self.path} already; this second one is not needed."
        page = told["urls"].get("console")
        where = f"; its page is at {page}" if page else ""
        return f"A system runs on {self.path} already (process {told['launcher_pid']}){where}."

    def postgres(self) -> Path:
        """Where PostgreSQL's data stand: here, or, where its own user can't reach this folder, in a fallback of its own.

        The fallback is chosen once and named in `postgres-folder`.
        """
        kept = self.path / "postgres-folder"
        if kept.exists():
            return Path(kept.read_text().strip())
        account: Account | None = server_account()
        if account is None or account.reaches(self.path):
            return self.path / "postgres"
        fallback = HOME / "data" / secrets.token_hex(8)
        fallback.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        kept.write_text(f"{fallback}\n")
        return fallback

    def ports(self, defaults: Mapping[str, int], *, free: bool) -> dict[str, int]:
        """Each part's port: the ones that this folder had, else the defaults or free ones; kept for the next start."""
        kept: dict[str, int] = self.read("ports.json") or {}
        offered = dict(zip(defaults, free_ports(len(defaults)), strict=True)) if free else defaults
        chosen = {name: kept.get(name, port) for name, port in offered.items()}
        self.write("ports.json", chosen)
        return chosen

    def passwords(self, make: Mapping[str, str]) -> dict[str, str]:
        """The passwords of our roles on a server of the user's own: made once."""
        kept: dict[str, str] = self.read("passwords.json") or {}
        passwords = {**make, **kept}
        self.write("passwords.json", passwords)
        return passwords

    def read(self, name: str) -> Any:
        """A JSON file of the folder, None where there is none."""
        try:
            return json.loads((self.path / name).read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def write(self, name: str, value: Any) -> None:
        """Whole or not at all, and for this user's eyes."""
        beside = self.path / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(value, file, indent=1)
        beside.replace(self.path / name)

    def forget(self) -> list[Path]:
        """Removes everything, and says what. Raises AlreadyRunning."""
        if not self.path.exists():
            return []
        with self.held():
            postgres = self.postgres()
            removed = [folder for folder in (postgres, self.path) if folder.exists()]
            shutil.rmtree(postgres, ignore_errors=True)
            shutil.rmtree(self.path)
        return removed


def await_ports(ports: Mapping[str, int]) -> None:
    """Waits a moment for each port to be free. Raises PortTaken with its name."""
    for name, port in ports.items():
        if not wait_until(lambda port=port: port_is_free(port), PORT_PATIENCE_SECONDS, step_seconds=0.05):  # type: ignore[misc]
            raise PortTaken(
                f"Port {port}, where {name} would listen, is taken by another program. "
                "End that one, or start with `rcm up --free-ports --data-folder ANOTHER`."
            )
