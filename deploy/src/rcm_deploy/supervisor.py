"""Children of the launcher, servers and parts, and who starts them again when they die."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from rcm_deploy.children import clean_environment, start_child, stop_child
from rcm_deploy.kafka import KafkaFailed
from rcm_deploy.postgres import PostgresFailed, tail
from rcm_deploy.programs import Part, Whole, log_file

LOOK_SECONDS = 0.05
STEADY_SECONDS = 5.0
"""Who lived this long is started again at once; who did not waits, twice as long each time."""
PAUSE_SECONDS = (0.1, 5.0)
READY_SECONDS = 240.0
"""Ends only what would never be ready: a part that has ended is noticed at once."""
STOP_SECONDS = 10.0

log = logging.getLogger("rcm.supervisor")


class PartFailed(RuntimeError):
    """A part does not get ready; the message holds the end of its log."""


class Supervised(Protocol):
    """What can be started, looked at, and stopped."""

    @property
    def pid(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def launch(self) -> None: ...
    def stop(self) -> None: ...


class PartProcess:
    """One part as a process of its own: `python -m rcm_deploy.start_part coding_svc.main` with its environment."""

    def __init__(self, part: Part, environment: Mapping[str, str], log_file: Path) -> None:
        self.part = part
        self.log = log_file
        self._environment = {**os.environ, **environment}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, once it was started."""
        return self._child.pid if self._child else None

    def launch(self) -> None:
        """Starts it; it is ready when its /readyz says so."""
        with self.log.open("ab") as output:
            self._child = start_child(
                [sys.executable, "-m", "rcm_deploy.start_part", self.part.module],
                environment={**clean_environment(), **self._environment},
                cwd=Path.cwd(),
                output=output,
                signal_on_parents_death=signal.SIGKILL,  # it is made for that, and lets go of its port at once
            )

    def poll(self) -> int | None:
        """The exit code of one that has died."""
        return self._child.poll() if self._child else 0

    def ask_to_stop(self) -> None:
        """Tells it to finish; `stop` waits for it."""
        if self._child and self._child.poll() is None:
            self._child.terminate()

    def stop(self) -> None:
        """Ends it in order."""
        if self._child:
            stop_child(self._child, signal.SIGTERM, STOP_SECONDS)


@dataclass
class Watched:
    """A child and when it was, or may be, started."""

    child: Supervised
    started_at: float = field(default_factory=time.monotonic)
    pause_seconds: float = PAUSE_SECONDS[0]
    start_again_at: float | None = None


class Supervisor:
    """Starts the parts that are processes of their own, watches them and the servers, restarts, stops in the other order."""

    def __init__(self, whole: Whole, servers: Mapping[str, Supervised], changed: Callable[[], None]) -> None:
        """`servers` run already, by name; `changed` is told when a process id has changed after a restart."""
        self._whole = whole
        self._changed = changed
        # One for all looks, without certificates: they would be read anew for each.
        self._client = httpx.Client(timeout=2.0, trust_env=False, verify=False)  # noqa: S501  # plain HTTP on the loopback
        self._servers = {name: Watched(server) for name, server in servers.items()}
        self._parts = {
            part.place: Watched(PartProcess(part, whole.environment(part), log_file(whole.folder, part.place)))
            for part in whole.processes
        }

    @property
    def processes(self) -> dict[str, int]:
        """The process id of each child."""
        children = {**self._servers, **self._parts}
        return {name: watched.child.pid for name, watched in children.items() if watched.child.pid is not None}

    def launch_parts(self, parts: Iterable[Part]) -> None:
        """Starts these; `await_parts` when all are started and something else was done meanwhile."""
        for watched in [self._parts[part.place] for part in parts]:
            watched.child.launch()
            watched.started_at = time.monotonic()

    def await_parts(self) -> None:
        """Waits until each part is ready; any thread may. Raises PartFailed."""
        until = time.monotonic() + READY_SECONDS
        waiting = {name for name in self._parts if not self._is_ready(name)}
        while waiting:
            for name in waiting:
                child = self._parts[name].child
                if child.poll() is not None or time.monotonic() > until:
                    raise PartFailed(f"{name} does not get ready:\n{tail(log_file(self._whole.folder, name))}")
            time.sleep(LOOK_SECONDS)
            waiting = {name for name in waiting if not self._is_ready(name)}

    def _is_ready(self, name: str) -> bool:
        try:
            return self._client.get(f"{self._whole.urls[name]}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def look(self) -> None:
        """One look at every child: who has died is started again, after a pause if it died soon.

        Raises nothing: whatever fails with one of them, as on a full disk, the others are looked at, and it the next time.
        """
        for name, watched in (*self._servers.items(), *self._parts.items()):
            try:
                self._look_at(name, watched)
            except Exception:
                log.exception("looking at %s failed; the next look comes", name)

    def _look_at(self, name: str, watched: Watched) -> None:
        if watched.start_again_at is None:
            if watched.child.poll() is not None:
                self._note_death(name, watched)
        elif time.monotonic() >= watched.start_again_at:
            self._start_again(name, watched)

    def _note_death(self, name: str, watched: Watched) -> None:
        log.warning("%s ended with %s and is started again", name, watched.child.poll())
        lived = time.monotonic() - watched.started_at
        shortest, longest = PAUSE_SECONDS
        watched.pause_seconds = shortest if lived > STEADY_SECONDS else min(watched.pause_seconds * 2, longest)
        watched.start_again_at = time.monotonic() + (0 if lived > STEADY_SECONDS else watched.pause_seconds)

    def _start_again(self, name: str, watched: Watched) -> None:
        watched.start_again_at, watched.started_at = None, time.monotonic()
        try:
            watched.child.launch()
        except (PostgresFailed, KafkaFailed, OSError) as error:
            log.warning("%s could not be started: %s", name, error)
            watched.pause_seconds = min(watched.pause_seconds * 2, PAUSE_SECONDS[1])
            watched.start_again_at = time.monotonic() + watched.pause_seconds
            return
        self._changed()

    def stop(self) -> None:
        """Parts first, together; then the servers, the last one first."""
        for watched in self._parts.values():
            if isinstance(watched.child, PartProcess):
                watched.child.ask_to_stop()
        for watched in (*self._parts.values(), *reversed(self._servers.values())):
            watched.child.stop()
