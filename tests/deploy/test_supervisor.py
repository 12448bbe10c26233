"""Who died is started again, also where the launcher can't write down what runs."""

import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("anything else")])
def test_a_child_is_started_again_once_where_its_process_id_cannot_be_written(tmp_path: Path, error: Exception) -> None:
    """Breaks when what fails once ends the watch over the children, on either bus, and the next one that dies stays dead."""
    told: list[int] = []
    server = Once()

    def failing() -> None:
        told.append(len(server.starts))
        raise error

    without = {part.place for part in REPLACEABLE}
    whole = Whole(DataFolder(tmp_path), "direct", PORTS, False, "", 0, "postgresql://u@h/postgres", {}, without)
    server.launch()
    supervisor = Supervisor(whole, {"postgres": server}, failing)
    server.starts[0].wait()
    try:
        while not told:
            supervisor.look()
        supervisor.look()
    finally:
        supervisor.stop()
    assert (told, len(server.starts)) == ([2], 2)
