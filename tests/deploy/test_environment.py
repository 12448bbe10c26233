"""The lock's groups, the set-up script's rules, and jars that are believed only by their sums."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import setup_environment
from setup_environment import GROUPS, LOCK, codes_identity, compile_codes, read_sections

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
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An environment without code sets; what the set-up would run in it."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        setup_environment.CODES.touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(setup_environment, "VENV", tmp_path)
    monkeypatch.setattr(setup_environment, "CODES", tmp_path / "codesets.sqlite")
    monkeypatch.setattr(setup_environment, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr("setup_environment.subprocess.run", run)
    return ran


def test_code_sets_are_made_again_when_what_they_are_made_of_changes(environment: list[list[str]]) -> None:
    compile_codes()
    compile_codes()
    assert [command[1:] for command in environment] == [["-m", "rcm.codesets.compile"]]
    setup_environment.CODES.unlink()
    compile_codes()
    assert len(environment) == 2, "a file that was removed is made again"
    stamp = json.loads(setup_environment.STAMP.read_text())
    setup_environment.STAMP.write_text(json.dumps({**stamp, "codes": codes_identity("another version of a package")}))
    compile_codes()
    assert len(environment) == 3
    assert codes_identity("one") != codes_identity("other")


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
