"""What import-linter can't see: rooms without a package, the names that the launcher starts, dependencies without a lock."""

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rcm_deploy.programs import PARTS, Part
from tests.architecture.services import ROOT

SOURCES = [ROOT / "shared/src", ROOT / "deploy/src", *sorted((ROOT / "services").glob("*/src"))]
OURS = {path.name for root in SOURCES for path in root.iterdir() if path.is_dir()} | {"tests", "setup_environment"}
DEVELOPMENT = {("shared/src/rcm/contracts/export.py", "yaml")}
"""Commands for developers that stand among the code; nothing that runs imports them."""
SERVICES = sorted((ROOT / "services").iterdir())


def packages_of(groups: tuple[str, ...]) -> set[str]:
    """The distributions that these groups of the lock hold."""
    text = (ROOT / "requirements.lock").read_text()
    sections = dict(re.findall(r"^# == (\w+) ==\n(.*?)(?=^# == |\Z)", text, re.MULTILINE | re.DOTALL))
    return {found for group in groups for found in re.findall(r"^([a-z0-9._-]+)==", sections[group], re.MULTILINE)}


def imports(folder: Path) -> Iterator[tuple[Path, str]]:
    """The top-level name of every import in a tree, wherever in a file it stands."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module.partition(".")[0]


@pytest.mark.parametrize("root", [*SOURCES, ROOT / "tests"], ids=lambda root: str(root.relative_to(ROOT)))
def test_every_folder_is_a_package(root: Path) -> None:
    """A folder without __init__.py is not seen by the walls, and its tests can shadow each other."""
    code = {path.parent for path in root.rglob("*.py")} - {root}
    assert not [folder for folder in sorted(code) if not (folder / "__init__.py").exists() and "migrations" not in folder.parts]


def test_the_launcher_starts_mains_only() -> None:
    assert all(part.module.split(".")[-1] == "main" for part in PARTS)


@pytest.mark.parametrize("root", SOURCES, ids=lambda root: str(root.relative_to(ROOT)))
def test_every_import_of_the_code_is_locked(root: Path) -> None:
    """What runs is in the groups run, kafka and codesets: a test's package that code leans on would be missing at a user's."""
    locked = packages_of(("run", "kafka", "codesets"))
    known = importlib.metadata.packages_distributions()
    strangers = {
        (str(path.relative_to(ROOT)), name)
        for path, name in imports(root)
        if name not in sys.stdlib_module_names | OURS
        and not {found.lower().replace("_", "-") for found in known.get(name, [])} & locked
    }
    assert not strangers - DEVELOPMENT


def test_no_address_of_a_registry() -> None:
    """Each machine has its own index; the lock names versions and sums only."""
    for name in ("requirements.lock", "deploy/kafka.lock", "Makefile", ".ci/run", "deploy/setup_environment.py"):
        assert not re.search(r"https?://|--index|--find-links", (ROOT / name).read_text()), name


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_a_services_own_dependencies(folder: Path) -> None:
    """services/NAME/pyproject.toml names what the service itself imports, no more and no less."""
    import tomllib

    declared = {
        re.split(r"[\[ ;<>=~!]", line, maxsplit=1)[0].lower()
        for line in tomllib.loads((folder / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    known = importlib.metadata.packages_distributions()
    used = {
        known[name][0].lower().replace("_", "-")
        for _, name in imports(folder / "src")
        if name not in sys.stdlib_module_names | OURS and name in known
    }
    assert declared - {"open-revenue-cycle-shared"} == used


@pytest.mark.parametrize("part", [part for part in PARTS if part.is_outside], ids=lambda part: part.place)
def test_what_is_outside_starts_without_sqlalchemy(part: Part) -> None:
    """Breaks when a module of the platform that all load imports the models' writer: a third of their start (decision 0005)."""
    program = f"import sys, {part.module}; print([name for name in sys.modules if name.startswith('sqlalchemy')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
