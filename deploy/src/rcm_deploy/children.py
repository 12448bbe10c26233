"""Child processes that never outlive the launcher, and what we know of processes that an earlier one left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from rcm_deploy.system_user import Account

PR_SET_PDEATHSIG = 1
FIRST = -10
"""The niceness of who goes first: nine times the share of a process that is as nice as most."""


def start_child(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    environment: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | int,
    signal_on_parents_death: signal.Signals = signal.SIGINT,
) -> subprocess.Popen[bytes]:
    """Starts a program that gets a signal when this process dies, however it dies.

    Call it from the main thread: for Linux the end of the thread that started the child is the parent's death. The child
    has a session of its own, so that a Ctrl-C in the terminal reaches the launcher alone, which stops the rest in order.
    """
    return subprocess.Popen(  # noqa: S603 - the command is ours
        [str(part) for part in command],
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal_on_parents_death),  # noqa: PLW1509 - one thread, and only a system call
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def go_first() -> None:
    """Lets this thread run whenever it can, and its children when it waits; where the system lets us (Linux, as root).

    For the one interpreter of the direct bus: each session of PostgreSQL works for it, and it is what everything waits for.
    Linux shares the processors out among terminals' sessions where it groups processes so, else among processes.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(FIRST), encoding="ascii")


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes its program: it asks the kernel for a signal at its parent's death (Linux).

    And it does not go first, where its parent does.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(os.getpriority(os.PRIO_PROCESS, 0), 0))
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return ask


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not Path("/proc/self/stat").exists()
    return stat.rpartition(")")[2].split()[0] != "Z"


def program_of(pid: int) -> str:
    """The name of the file that a process runs, `` where that can't be known."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
    except OSError:
        return ""


def folder_of(pid: int) -> Path | None:
    """The working folder of a process, None where that can't be known."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def stop_process(pid: int, *, numbers: Sequence[signal.Signals], patience_seconds: float = 10.0) -> None:
    """Ends a process that is not our child: one signal after the other, each with its time to work."""
    for number in numbers:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not is_alive(pid), patience_seconds):
            return


def stop_child(child: subprocess.Popen[bytes], number: signal.Signals, patience_seconds: float = 10.0) -> None:
    """Ends a child in order, and by SIGKILL when it does not listen."""
    if child.poll() is None:
        child.send_signal(number)
        try:
            child.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def wait_until(condition: Callable[[], bool], seconds: float, *, step_seconds: float = 0.005) -> bool:
    """Whether the condition came true within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step_seconds)
    return True


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a server of ours needs from the environment, and nothing of the user's besides."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SystemRoot") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept, **(extra or {})}
