"""The walls stand, and they fall on those who break them: each breach is built into a copy and must be found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.services import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
BREACHES = {
    "a stray room": ("coding_svc/utils.py", "ANSWER = 42\n", "utils"),
    "domain knows a contract": ("coding_svc/domain/breach.py", "import rcm.contracts.values\n", "coding_svc.domain.breach"),
    "domain speaks HTTP": ("coding_svc/domain/breach.py", "import fastapi\n", "coding_svc.domain.breach"),
    "api queries": ("coding_svc/api/breach.py", "import coding_svc.store\n", "coding_svc.api.breach"),
    "handlers speak SQL": ("coding_svc/handlers/breach.py", "import asyncpg\n", "coding_svc.handlers.breach"),
    "services know each other": ("coding_svc/store/breach.py", "import claims_svc.domain\n", "coding_svc.store.breach"),
}


def lint(first: Path | None = None) -> subprocess.CompletedProcess[str]:
    """import-linter over the project, with another source root before the others."""
    path = {"PYTHONPATH": f"{first or ROOT}{os.pathsep}{ROOT}"}
    command = [*LINT, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **path}, capture_output=True, text=True, check=False)


def test_the_walls_stand() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :]


@pytest.mark.parametrize(("place", "code", "named"), BREACHES.values(), ids=BREACHES)
def test_a_breach_is_found(tmp_path: Path, place: str, code: str, named: str) -> None:
    shutil.copytree(ROOT / "services/coding-svc/src", tmp_path, dirs_exist_ok=True)
    (tmp_path / place).write_text(code)
    done = lint(tmp_path)
    assert done.returncode != 0
    assert named in done.stdout[done.stdout.find("Broken contracts") :].replace("\n", " ") or named in done.stdout
