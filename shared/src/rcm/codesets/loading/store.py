"""Loads a list into the file of loaded lists, and says what is in it.

The file is never changed where it stands: a copy is, and takes its place when all went well. So a reader sees a release whole
or not at all, and a file with one bad row leaves no trace. The same file again is no second release; another file of the same
release is its next version, whose rows take the place of the former's.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rcm.codesets.compiled import LOAD_AGAIN, connect
from rcm.codesets.loading.kinds import Kind, first_day, last_day
from rcm.codesets.loading.ncci import setting_of
from rcm.codesets.loading.source import BadFile, Problem, Source
from rcm.codesets.schema import create_tables, data_tables
from rcm.codesets.validity import ALWAYS, number_of

_COLUMNS = (
    "id, kind, name, version, file, sha256, effective_from, effective_to, rows, setting, acknowledged_by, loaded_at, in_use"
)


@dataclass(frozen=True, slots=True)
class Release:
    """A list that was loaded."""

    id: int
    kind: str
    name: str
    version: int
    file: str
    """The files that it came from, parted by blanks."""
    sha256: str
    """Their sums, in the same order."""
    effective_from: str
    effective_to: str | None
    """Inclusive; None: until another release begins."""
    rows: int
    setting: str
    acknowledged_by: str | None
    loaded_at: str
    in_use: bool
    """Not so: a later version took its place, and its rows are gone."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "kind": self.kind,
            "release": self.name,
            "version": self.version,
            "setting": self.setting or None,
            "files": self.file.split(),
            "sha256": self.sha256.split(),
            "effective_from": self.effective_from,
            "effective_to": self.effective_to,
            "rows": self.rows,
            "licence_acknowledged_by": self.acknowledged_by,
            "loaded_at": self.loaded_at,
            "in_use": self.in_use,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be loaded, as somebody asks for it."""

    kind: Kind
    files: Sequence[Path]
    release: str
    effective_from: date | None = None
    effective_to: date | None = None
    acknowledged_by: str | None = None
    setting: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it."""

    release: Release
    repeated: bool
    """The same was loaded before; nothing was done."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    content: bytes
    sha256: str


def load(path: Path, wish: Wish, now: datetime) -> Loaded:
    """Loads files as one release. Raises BadFile, with rows where rows are wrong; OSError where a file can't be read."""
    files = [_read(file) for file in wish.files]
    wish = _completed(wish, files)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        before = [release for release in releases(path) if _same(release, wish) and release.in_use]
        if before and _holds(before[-1], wish, files):
            return Loaded(before[-1], repeated=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            if path.exists():
                shutil.copyfile(path, beside)
            release = _write(beside, wish, files, before[-1] if before else None, now)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    return Loaded(release, repeated=False)


def releases(path: Path) -> list[Release]:
    """Everything that was loaded, oldest first; nothing where there is no file. Raises CodesUnreadable."""
    if not path.exists():
        return []
    with contextlib.closing(connect(path, LOAD_AGAIN)) as connection:
        return [_release(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM release ORDER BY id")]  # noqa: S608 - our own names


def _release(row: Sequence[Any]) -> Release:
    return replace(Release(*row), in_use=bool(row[-1]))


def _read(file: Path) -> _File:
    content = file.read_bytes()
    if not content:
        raise BadFile([Problem(0, f"{file.name} is empty")], 1)
    return _File("_".join(file.name.split()), content, hashlib.sha256(content).hexdigest())


def _completed(wish: Wish, files: Sequence[_File]) -> Wish:
    """The wish with what the files' names say. Raises BadFile where something must be said."""
    kind = wish.kind
    if not wish.release.strip():
        raise BadFile([Problem(0, "the release has no name")], 1)
    names = [file.name for file in files]
    first = wish.effective_from or first_day(kind, *names, wish.release)
    if first is None:
        raise BadFile([Problem(0, f"neither {names[0]} nor the release says from when it counts: give --effective-from")], 1)
    last = wish.effective_to or last_day(kind, first)
    if last is not None and last < first:
        raise BadFile([Problem(0, f"it would count from {first} to {last}")], 1)
    if kind.licensed and not (wish.acknowledged_by or "").strip():
        told = f"this list stands under the licence of {kind.licensed}: say with --licence-acknowledged-by NAME who accepted it"
        raise BadFile([Problem(0, told)], 1)
    setting = (wish.setting.strip().lower() or setting_of(names[0])) if kind.needs_setting else ""
    if kind.needs_setting and not setting:
        raise BadFile([Problem(0, f"the file's name does not say for whom it is: give --setting ({kind.needs_setting})")], 1)
    if kind.settings and setting not in kind.settings:
        raise BadFile([Problem(0, f"{setting[:20]!r} is no setting of {kind.name}; there are {', '.join(kind.settings)}")], 1)
    if len(files) > 1 and not kind.parts:
        raise BadFile([Problem(0, f"a release of {kind.name} is one file, not {len(files)}")], 1)
    return replace(wish, effective_from=first, effective_to=last, setting=setting)


def _same(release: Release, wish: Wish) -> bool:
    return (release.kind, release.name, release.setting) == (wish.kind.name, wish.release, wish.setting)


def _holds(release: Release, wish: Wish, files: Sequence[_File]) -> bool:
    """Whether a release is what is to be loaded: the same files for the same days."""
    kept = dict(zip(release.file.split(), release.sha256.split(), strict=True))
    days = (str(wish.effective_from), str(wish.effective_to) if wish.effective_to else None)
    same_files = (
        {file.sha256 for file in files} <= set(kept.values()) if wish.kind.parts else [files[0].sha256] == [*kept.values()]
    )
    return same_files and days == (release.effective_from, release.effective_to)


def _write(path: Path, wish: Wish, files: Sequence[_File], former: Release | None, now: datetime) -> Release:
    """Makes the change in the copy."""
    fresh = not path.exists()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        if fresh:
            create_tables(connection)
        connection.execute("BEGIN")
        release = _fill(connection, wish, files, former, now)
        connection.execute("COMMIT")
    finally:
        connection.close()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return release


def _fill(connection: sqlite3.Connection, wish: Wish, files: Sequence[_File], former: Release | None, now: datetime) -> Release:
    """The release's row and all rows of its files. Raises BadFile."""
    kept: list[tuple[str, str]] = []
    if former is not None:
        kept = list(zip(former.file.split(), former.sha256.split(), strict=True))
        adds = wish.kind.parts and not {name for name, _ in kept} & {file.name for file in files}
        if not adds:
            if wish.kind.parts and not {name for name, _ in kept} <= {file.name for file in files}:
                names = ", ".join(name for name, _ in kept)
                told = f"{wish.release} was loaded from {names}: give all its files at once to replace them"
                raise BadFile([Problem(0, told)], 1)
            _forget(connection, former)
            kept, former = [], replace(former, rows=0)
        else:
            _retire(connection, former)
    (number,) = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM release").fetchone()
    if kept and former is not None:
        for table in data_tables(connection):
            connection.execute(f"UPDATE {table} SET release = ? WHERE release = ?", (number, former.id))  # noqa: S608 - our own names
    rows = sum(_load_one(connection, number, wish, file) for file in files)
    release = Release(
        id=number,
        kind=wish.kind.name,
        name=wish.release,
        version=former.version + 1 if former else 1,
        file=" ".join([*(name for name, _ in kept), *(file.name for file in files)]),
        sha256=" ".join([*(sum_ for _, sum_ in kept), *(file.sha256 for file in files)]),
        effective_from=str(wish.effective_from),
        effective_to=str(wish.effective_to) if wish.effective_to else None,
        rows=rows + (former.rows if former else 0),
        setting=wish.setting,
        acknowledged_by=wish.acknowledged_by,
        loaded_at=now.isoformat(timespec="seconds"),
        in_use=True,
    )
    values = [getattr(release, name) for name in release.__slots__]
    connection.execute(f"INSERT INTO release ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - our own names
    return release


def _load_one(connection: sqlite3.Connection, number: int, wish: Wish, file: _File) -> int:
    """One file's rows; how many. Raises BadFile."""
    first = number_of(wish.effective_from or date.min)
    last = number_of(wish.effective_to) if wish.effective_to else ALWAYS
    source = Source(file.name, file.content, first, last, wish.setting, wish.columns)
    count = wish.kind.load(connection, number, source)
    if not count and not source.problem_count:
        source.bad(0, f"{file.name} holds no row")
    if source.problem_count:
        raise BadFile(source.problems, source.problem_count)
    return count


def _forget(connection: sqlite3.Connection, release: Release) -> None:
    """Takes the rows of a release away; that it was loaded stays written."""
    for table in data_tables(connection):
        connection.execute(f"DELETE FROM {table} WHERE release = ?", (release.id,))  # noqa: S608 - our own names
    _retire(connection, release)


def _retire(connection: sqlite3.Connection, release: Release) -> None:
    """A later version takes a release's place."""
    connection.execute("UPDATE release SET in_use = 0 WHERE id = ?", (release.id,))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One load at a time; a second one waits."""
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
