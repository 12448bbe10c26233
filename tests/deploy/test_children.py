"""Who goes first on the processors: the launcher, and none of its children."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, subprocess, sys
from pathlib import Path
from rcm_deploy.children import go_first, start_child
go_first()
print(os.getpriority(os.PRIO_PROCESS, 0), flush=True)
command = [sys.executable, "-c", "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"]
start_child(command, environment=os.environ, cwd=Path("/"), output=sys.stdout.fileno()).wait()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is told who goes first")
def test_a_child_does_not_go_before_others_as_its_launcher_does() -> None:
    """Breaks when PostgreSQL or the payer take the processor from the interpreter that they work for."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    launcher, child = map(int, done.stdout.split())
    assert launcher <= os.getpriority(os.PRIO_PROCESS, 0)
    assert child >= 0
