"""A system of one's own for a while: `rcm up` as a child process on a temporary data folder and free ports."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rcm_deploy.children import dies_with_parent, is_alive, wait_until
from rcm_deploy.remote import NotRunningError, Running

READY_SECONDS = 300.0
STOP_SECONDS = 60.0
"""Both end only what would never end: eight programs begin at once, also on a machine that has no time for them."""


class OwnSystem:
    """A system that can be started, killed and started again on the same data."""

    def __init__(self, data_folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.data_folder = data_folder
        self._command = (sys.executable, "-m", "rcm_deploy.cli", "up", "--data-folder", str(data_folder), *arguments)
        self._environment = {**os.environ, **environment}
        self._log = data_folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def began(self) -> bool:
        """Whether it was ever started."""
        return self._process is not None

    def start(self) -> Running:
        """Starts it and waits until it is ready. Raises NotRunningError with the end of its output where it fails."""
        (self.data_folder / "running.json").unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                self._command,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509  # only a system call
            )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                return Running.read(self.data_folder)
            except NotRunningError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
        raise NotRunningError(f"the system did not start; its output ends:\n{self._log.read_text()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL, as a power cut would: nothing can be put in order."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def discard(self) -> None:
        """Ends it at once: nobody wants the data, so nothing is written out in order."""
        assert self._process is not None
        try:
            servers = Running.read(self.data_folder).processes
        except NotRunningError:
            self.stop()  # it was not ready, or has stopped by itself
            return
        self.kill()
        # Our children die with the launcher; the two servers would first put their data in order.
        # PostgreSQL gives its shared memory back on SIGQUIT, which SIGKILL would not let it.
        ends = {"postgres": signal.SIGQUIT, "kafka": signal.SIGKILL}
        for name, number in ends.items():
            if name in servers:
                with suppress(ProcessLookupError):
                    os.kill(servers[name], number)
        wait_until(lambda: not any(is_alive(pid) for pid in servers.values()), STOP_SECONDS)

    def stop(self) -> None:
        """Ctrl-C, and a kill where that does not help."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def own_system(
    *,
    bus: str,
    chaos: Sequence[str] = (),
    seed: int = 0,
    environment: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> Iterator[OwnSystem]:
    """A system that is not yet started, on a fresh folder that goes away with it; `environment` is added to ours.

    What it is `without`, somebody else's program stands in for.
    """
    folder = Path(tempfile.mkdtemp(prefix="rcm-demo-"))
    # PostgreSQL's own unprivileged user walks through this folder when we are root.
    folder.chmod(0o755)
    on_the_bus = [kind for kind in chaos if kind != "kill"]
    arguments = ["--bus", bus, "--free-ports", "--simulation", "--samples", "0"]
    if on_the_bus and bus == "direct":
        arguments += ["--chaos", ",".join(on_the_bus), "--chaos-seed", str(seed)]
    if without:
        arguments += ["--without", ",".join(without)]
    system = OwnSystem(folder / "data", arguments, environment or {})
    system.data_folder.mkdir()
    system.data_folder.chmod(0o755)
    try:
        yield system
    finally:
        if system.began:
            system.discard()
        shutil.rmtree(folder, ignore_errors=True)
