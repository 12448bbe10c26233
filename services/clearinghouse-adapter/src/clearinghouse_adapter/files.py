"""Files that are there whole or not at all, as SFTP servers want them: written beside, then renamed."""

import os
from pathlib import Path

ARCHIVE = "archive"
"""Where a reader moves what it has taken, within the folder that it read."""


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Writes `content` under another name first; a reader sees nothing or all of it. Overwrites."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)


def names_in(folder: Path) -> list[str]:
    """The files of a folder, sorted; what is still being written (a dot in front) and folders are left out."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file())


def is_plain_name(name: str) -> bool:
    """Whether a name is one of a file in the folder itself: no path, no dot in front."""
    return (
        bool(name)
        and not name.startswith(".")
        and "/" not in name
        and "\\" not in name
        and "\0" not in name
        and len(name) < 200
    )


def move_to(path: Path, folder: Path) -> None:
    """Moves a file into a folder; where it is gone already, nothing is done (a move that was done before a crash)."""
    folder.mkdir(exist_ok=True)
    try:
        path.replace(folder / path.name)
    except FileNotFoundError:
        if not (folder / path.name).exists():
            raise
