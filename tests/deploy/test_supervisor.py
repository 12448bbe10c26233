"""Who died is started again, also where the launcher can't write down what runs."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from rcm.hosting import meanwhile
from rcm_deploy import embedded
from rcm_deploy.data_folder import DataFolder
from rcm_deploy.programs import PORTS, REPLACEABLE, Whole
from rcm_deploy.supervisor import Supervisor


class Once:
    """A server that ends by itself the first time, and stays the second."""

    def __init__(self) -> None:
        self.starts: list[subprocess.Popen[bytes]] = []

    @property
    def pid(self) -> int | None:
        return self.starts[-1].pid

    def poll(self) -> int | None:
        return self.starts[-1].poll()

    def launch(self) -> None:
        self.starts.append(subprocess.Popen(["true"] if not self.starts else ["cat"], stdin=subprocess.PIPE))

    def stop(self) -> None:
        for started in self.starts:
            started.communicate()


async def test_a_look_that_fails_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when whatever fails once leaves a system without anybody who starts its children again."""
    looks: list[int] = []
    second = asyncio.Event()

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError
        second.set()

    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.01)
    async with meanwhile(embedded._keep_alive(look)):
        await asyncio.wait_for(second.wait(), 60)


def test_a_child_is_started_again_once_where_its_process_id_cannot_be_written(tmp_path: Path) -> None:
    """Breaks when a full disk ends the watch over the children, and the next one that dies stays dead."""
    told: list[int] = []
    server = Once()

    def full_disk() -> None:
        told.append(len(server.starts))
        raise OSError(28, "No space left on device")

    without = {part.place for part in REPLACEABLE}
    whole = Whole(DataFolder(tmp_path), "direct", PORTS, False, "", 0, "postgresql://u@h/postgres", {}, without)
    server.launch()
    supervisor = Supervisor(whole, {"postgres": server}, full_disk)
    server.starts[0].wait()
    try:
        while not told:
            supervisor.look()
        supervisor.look()
    finally:
        supervisor.stop()
    assert (told, len(server.starts)) == ([2], 2)
