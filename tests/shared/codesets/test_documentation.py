"""docs/code-sets.md against the code."""

import re
from pathlib import Path

from rcm.codesets.loading.kinds import KINDS
from rcm.codesets.systems import System

PAGE = (Path(__file__).resolve().parents[3] / "docs/code-sets.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose heading row begins so."""
    lines = PAGE.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_every_kind_is_told_as_it_is() -> None:
    assert table("kind") == [
        [kind.name, kind.about, kind.layout, kind.span.value, kind.needs_setting, kind.licensed] for kind in KINDS.values()
    ]


def test_every_system_is_told() -> None:
    assert [row[0] for row in table("system")] == [system.value for system in System]


def test_commands_name_kinds_that_there_are() -> None:
    assert set(re.findall(r"rcm codes load (\S+)", PAGE)) <= set(KINDS)
