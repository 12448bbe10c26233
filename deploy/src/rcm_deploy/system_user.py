"""PostgreSQL refuses to run as root: as root we run it as a system user of our own, from a folder of our own."""

import fcntl
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "rcm"
HOME = Path("/var/lib/rcm")


class NoSystemUser(RuntimeError):
    """As root, and no unprivileged user can be made."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group that a server runs as."""

    uid: int
    gid: int
    name: str = NAME

    def reaches(self, folder: Path) -> bool:
        """Whether this user may pass through every folder above `folder` (and through it)."""
        probe = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        done = subprocess.run(  # noqa: S603
            probe, check=False, user=self.uid, group=self.gid, extra_groups=[], cwd="/", capture_output=True, env={}
        )
        return done.returncode == 0


def running_as_root() -> bool:
    """Whether this process may not be the one that PostgreSQL runs as."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def server_account() -> Account | None:
    """Whom servers run as: None for the ordinary user who starts them, the system user `rcm` (made when missing) for root."""
    if not running_as_root():
        return None
    found = _find() or _made()
    if found is None:
        raise NoSystemUser(
            "PostgreSQL does not run as root, and the system user 'rcm' could not be made. "
            "Run as an ordinary user, make that user, or name a server in RCM_DATABASE_URL."
        )
    return found


def _find() -> Account | None:
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made() -> Account | None:
    """The user, made by the first of several launchers that start at once: two who make it would overwrite each other's."""
    HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle = os.open(HOME, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _find() is None:
            _make()
        return _find()
    finally:
        os.close(handle)


def _make() -> None:
    commands = {
        "useradd": ["--system", "--user-group", "--no-create-home", "--home-dir", str(HOME), "--shell", "/bin/false", NAME],
        "adduser": ["-S", "-D", "-H", "-h", str(HOME), "-s", "/bin/false", NAME],
    }
    for program, arguments in commands.items():
        path = shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin")
        if path is None:
            continue
        if subprocess.run([path, *arguments], check=False, capture_output=True, cwd="/").returncode == 0:  # noqa: S603
            return
