"""The walls stand, and they fall on those who break them: each breach is built into a copy and must be found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.services import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
BREACHES = {
    "coding_svc/utils.py": "ANSWER = 42\n",  # a stray room
    "coding_svc/domain/a_contract.py": "import rcm.contracts.values\n",
    "coding_svc/domain/http.py": "import fastapi\n",
    "coding_svc/api/a_query.py": "import coding_svc.store\n",
    "coding_svc/handlers/sql.py": "import asyncpg\n",
    "coding_svc/store/a_neighbour.py": "import claims_svc.domain\n",
}


def lint(first: Path | None = None) -> subprocess.CompletedProcess[str]:
    """import-linter over the project, with another source root before the others."""
    path = {"PYTHONPATH": f"{first or ROOT}{os.pathsep}{ROOT}"}
    command = [*LINT, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **path}, capture_output=True, text=True, check=False)


def test_the_walls_stand() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :]


def test_every_breach_is_found(tmp_path: Path) -> None:
    # Whoever imports these modules for the first time beside us writes their bytecode under names that are soon gone.
    bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "services/coding-svc/src", tmp_path, ignore=bytecode, dirs_exist_ok=True)
    for place, code in BREACHES.items():
        (tmp_path / place).write_text(code)
    done = lint(tmp_path)
    assert done.returncode != 0
    told = done.stdout[done.stdout.find("Broken contracts") :]
    for place in BREACHES:
        module = place.removesuffix(".py").replace("/", ".")
        assert module in told.replace("\n", " ") or f" {module.removeprefix('coding_svc.')}" in told, place
