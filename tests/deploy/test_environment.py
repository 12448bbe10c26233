"""The lock's groups, the set-up script's rules, and jars that are believed only by their sums."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import setup_environment
from setup_environment import GROUPS, LOCK, codes_identity, read_sections

from rcm_deploy.jars import LOCK as JARS_LOCK
from rcm_deploy.jars import Jar, read_lock

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = read_sections(LOCK.read_text())


def test_every_group_is_there() -> None:
    assert tuple(SECTIONS) == GROUPS
    assert {path.stem for path in (ROOT / "deploy/requirements").glob("*.in")} == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_every_package_has_a_version_and_hashes(group: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", SECTIONS[group], flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("group", GROUPS)
def test_what_a_group_asks_for_is_locked(group: str) -> None:
    asked = re.findall(r"^([a-z0-9-]+)", (ROOT / f"deploy/requirements/{group}.in").read_text(), re.MULTILINE)
    locked = set(re.findall(r"^([a-z0-9._-]+)==", SECTIONS[group], re.MULTILINE))
    assert set(asked) <= locked


def test_groups_agree_on_versions() -> None:
    """Groups are installed on top of each other: one package has one version."""
    versions: dict[str, set[str]] = {}
    for section in SECTIONS.values():
        for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", section, re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert not {name: found for name, found in versions.items() if len(found) > 1}


def test_an_unknown_group_is_named() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "deploy/setup_environment.py"), "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "There is no group 'nonsense'" in done.stderr


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An environment with nothing in it; what the set-up does to it, in order: groups by their names."""
    did: list[str] = []

    class Compiling:
        def __init__(self, command: list[str], **_: object) -> None:
            did.append(command[-1])

        def __enter__(self) -> "Compiling":
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to wait for."""

        def wait(self) -> int:
            did.append("made")
            setup_environment.CODES.touch()
            return 0

        def terminate(self) -> None:
            did.append("terminated")

    def install(group: str, section: str) -> bool:
        did.append(group)
        return group != "kafka"

    def make_venv() -> None:
        setup_environment.python().parent.mkdir()
        setup_environment.python().touch()
        did.append("venv")

    monkeypatch.setattr(setup_environment, "VENV", tmp_path)
    monkeypatch.setattr(setup_environment, "CODES", tmp_path / "codesets.sqlite")
    monkeypatch.setattr(setup_environment, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(setup_environment, "make_venv", make_venv)
    monkeypatch.setattr(setup_environment, "connect_sources", lambda: did.append("sources"))
    monkeypatch.setattr(setup_environment, "install", install)
    monkeypatch.setattr("setup_environment.subprocess.Popen", Compiling)
    monkeypatch.setattr(setup_environment, "say", lambda _: None)
    return did


def set_up(did: list[str], *names: str) -> list[str]:
    """One call of the set-up, and what it did."""
    did.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["setup_environment.py", *names])
        setup_environment.main()
    return list(did)


CODES_MADE = ["rcm.codesets.compile", "made"]


def test_code_sets_are_compiled_while_the_other_groups_are_installed(environment: list[str]) -> None:
    first = ["venv", "sources", "codesets", "rcm.codesets.compile", "run", "test", "made"]
    assert set_up(environment, "run", "test") == first
    assert set_up(environment, "run", "test") == [], "a second call finds everything there"
    assert set_up(environment, "test") == []
    assert set_up(environment, "run", "browser") == ["sources", "browser"]


def test_code_sets_are_made_again_when_what_they_are_made_of_changes(environment: list[str]) -> None:
    set_up(environment, "run")
    setup_environment.CODES.unlink()
    assert set_up(environment, "run") == ["sources", *CODES_MADE], "a file that was removed is made again"
    stamp = json.loads(setup_environment.STAMP.read_text())
    setup_environment.STAMP.write_text(json.dumps({**stamp, "codes": codes_identity("another version of a package")}))
    assert set_up(environment, "run") == ["sources", *CODES_MADE]
    assert codes_identity("one") != codes_identity("other")


def test_a_group_that_this_machine_cannot_have_is_passed_over_or_ends_the_set_up(environment: list[str]) -> None:
    assert set_up(environment, "run", "kafka?")[-2:] == ["kafka", "made"]
    with pytest.raises(SystemExit, match="'kafka' could not be installed"):
        set_up(environment, "run", "kafka")
    setup_environment.STAMP.unlink()
    with pytest.raises(SystemExit):
        set_up(environment, "kafka", "run")
    assert environment[-2:] == ["kafka", "terminated"], "what is compiled beside ends with it"
    assert set_up(environment, "run") == ["sources", "rcm.codesets.compile", "run", "made"]


def test_the_jars_lock() -> None:
    jars = read_lock(JARS_LOCK.read_text())
    assert len({(jar.group, jar.artifact) for jar in jars}) == len(jars)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert {"kafka_2.13", "log4j-slf4j-impl"} <= {jar.artifact for jar in jars}


def test_a_jar_is_believed_by_its_sum_only(tmp_path: Path) -> None:
    jar = Jar("org.example", "thing", "1.0", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    assert jar.path == Path("org/example/thing/1.0/thing-1.0.jar")
    file = tmp_path / "thing.jar"
    assert not jar.matches(file)
    file.write_bytes(b"hello")
    assert jar.matches(file)
    file.write_bytes(b"hello.")
    assert not jar.matches(file)


OLD, PLAIN, OPTIMISED = "exit 1", "echo plain", "echo optimised"


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        pytest.param({"python3": OPTIMISED, "python3.13": OPTIMISED}, "python3", id="python3 where it is as good as any"),
        pytest.param({"python3": PLAIN, "python3.13": OPTIMISED}, "python3.13", id="one that was compiled with optimisation"),
        pytest.param({"python3": OLD, "python3.12": OPTIMISED}, "python3.12", id="one that is new enough"),
    ],
)
def test_the_best_python_makes_the_environment(tmp_path: Path, there: dict[str, str], chosen: str) -> None:
    """A version manager's python3 goes before the others and is a fifth slower; each stands here for what it says of itself."""
    for name, answer in there.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    assert found_python(str(tmp_path)) == chosen


def test_a_real_python_says_what_it_is() -> None:
    """Otherwise a python3 that can't be asked would be passed over, and none or another would be chosen."""
    python = found_python(os.environ["PATH"])
    done = subprocess.run(
        [python, "-c", "import sys, venv; print(sys.version_info >= (3, 11))"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"


def found_python(path: str) -> str:
    """What the Makefile would take with this PATH."""
    command = ["/bin/sh", str(ROOT / "deploy/find_python.sh")]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=True).stdout.strip()
