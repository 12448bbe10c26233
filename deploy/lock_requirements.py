"""Writes requirements.lock from deploy/requirements/*.in: for developers, when a dependency comes, goes or is renewed.

    .venv/bin/pip install uv
    .venv/bin/python deploy/lock_requirements.py              # keeps the versions that the lock has
    .venv/bin/python deploy/lock_requirements.py --upgrade    # takes the newest

Each group gets a section with everything that it needs, by version and hash, for every platform and Python from 3.11 on,
so that each can be installed alone (`pip install --require-hashes --no-deps`). No registry's address is written: each machine
has its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from setup_environment import GROUPS, LOCK, ROOT, read_sections

HEADER = """\
# Every package by version and hash, in groups; written by deploy/lock_requirements.py from deploy/requirements/*.in.
# `deploy/setup_environment.py GROUP...` installs groups from it; see docs/decisions/0001-environment.md.
"""
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=deploy/lock_requirements.py",
    "--quiet",
)


def compile_group(group: str, known: str, constraints: Path, upgrade: bool) -> str:
    """One group's section; `known` is its present one, whose versions stay unless `upgrade`."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / f"{group}.txt"
        output.write_text(known)
        options = [*OPTIONS, f"--output-file={output}", f"--constraint={constraints}", *(["--upgrade"] if upgrade else [])]
        source = f"deploy/requirements/{group}.in"
        subprocess.run([sys.executable, "-m", "uv", "pip", "compile", *options, source], check=True, cwd=ROOT)  # noqa: S603
        return "\n".join(line for line in output.read_text().splitlines() if str(constraints) not in line)


def main() -> None:
    """Compiles group after group; a later one takes the versions of the earlier ones."""
    known = read_sections(LOCK.read_text()) if LOCK.exists() else {}
    upgrade = "--upgrade" in sys.argv[1:]
    sections: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        for group in GROUPS:
            pins = [line.rstrip(" \\") for text in sections.values() for line in text.splitlines() if line[:1].isalnum()]
            constraints.write_text("\n".join(sorted(set(pins))) + "\n")
            sections[group] = compile_group(group, known.get(group, ""), constraints, upgrade)
    LOCK.write_text(HEADER + "".join(f"\n# == {group} ==\n{text.strip()}\n" for group, text in sections.items()))


if __name__ == "__main__":
    main()
