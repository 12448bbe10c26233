"""A file of named sections, each a text or a flat array: written once, then mapped and read where it lies.

`RCMIDX2\\n`, the length of a JSON table in 8 digits, the table ({name: [typecode or "text", first byte, bytes]}), then the
sections, each from a multiple of 8 bytes on. Numbers are in the machine's own order: the file is made where it is read.
"""

import json
import mmap
import os
from array import array
from collections.abc import Mapping
from pathlib import Path

MAGIC = b"RCMIDX2\n"
_TEXT = "text"


class NotAnIndex(ValueError):
    """A file that is no index, or one that another version wrote: set-up makes it anew."""


def write_sections(path: Path, sections: Mapping[str, "str | array[int] | array[float]"]) -> None:
    """Writes the file under another name and moves it into place."""
    bodies = {name: value.encode() if isinstance(value, str) else value.tobytes() for name, value in sections.items()}
    table: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, body in bodies.items():
        value = sections[name]
        table[name] = (_TEXT if isinstance(value, str) else value.typecode, at, len(body))
        at += -(-len(body) // 8) * 8
    head = json.dumps(table).encode()
    head += b" " * (-(len(MAGIC) + 8 + len(head)) % 8)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(MAGIC + b"%08d" % len(head) + head)
        for body in bodies.values():
            file.write(body + b"\0" * (-len(body) % 8))
    beside.replace(path)


class Sections:
    """A file's sections, mapped."""

    def __init__(self, path: Path) -> None:
        """NotAnIndex when the file is something else; OSError when it isn't there."""
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as empty:
                raise NotAnIndex(f"{path} is empty") from empty
        if self._map[: len(MAGIC)] != MAGIC:
            raise NotAnIndex(f"{path} is no search index of this version")
        length = int(self._map[len(MAGIC) : len(MAGIC) + 8])
        self._first = len(MAGIC) + 8 + length
        self._table: dict[str, tuple[str, int, int]] = json.loads(self._map[len(MAGIC) + 8 : self._first])
        self._view = memoryview(self._map)

    def text(self, name: str) -> str:
        """A section that is text."""
        _, at, length = self._table[name]
        return self._map[self._first + at : self._first + at + length].decode()

    def integers(self, name: str) -> "memoryview[int]":
        """A section of whole numbers, where it lies."""
        typecode, at, length = self._table[name]
        return self._view[self._first + at : self._first + at + length].cast(typecode)  # type: ignore[call-overload, no-any-return]

    def floats(self, name: str) -> "memoryview[float]":
        """A section of fractions, where it lies."""
        typecode, at, length = self._table[name]
        return self._view[self._first + at : self._first + at + length].cast(typecode)  # type: ignore[call-overload, no-any-return]
