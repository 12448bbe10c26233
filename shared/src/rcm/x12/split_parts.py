"""One part of a file that is split: an interchange that is written piece by piece and counts what it holds."""

from pathlib import Path

from msgspec import Struct

from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import Segment, at

_FLUSH_SEGMENTS = 5_000


class Part(Struct, frozen=True):
    """A part that is whole."""

    name: str
    """Its file's name."""
    claims: int
    segments: int


class PartFile:
    """Writes ISA and GS at its beginning; transaction sets are numbered, levels numbered and linked, everything counted."""

    def __init__(self, path: Path, isa: str, gs: str, delimiters: Delimiters) -> None:
        self._path = path
        self._element, self._terminator = delimiters.element, delimiters.terminator
        self._isa, self._gs = isa.split(self._element), gs.split(self._element)
        self._buffer: list[str] = [isa, *([gs] if gs else [])]
        self._written = self._claims = self._sets = 0
        self._set: Segment | None = None
        """ST of the transaction set that stands open."""
        self._set_began = self._level = 0
        self._parents: dict[str, int] = {}
        """The number of the last level of each HL03 in the set."""
        self._shared: list[str] | None = None
        """The segments of the level above that stands open."""
        path.open("xb").close()

    def begin_set(self, st: Segment, header: list[str]) -> None:
        """ST and what stands before levels and claims; nothing where this set stands open already."""
        if self._set is st:
            return
        self.end_set()
        self._sets += 1
        self._set, self._set_began = st, self._segments
        self._level, self._parents, self._shared = 0, {}, None
        self._put(self._element.join([st[0], st[1], f"{self._sets:04d}", *st[3:]]))
        for raw in header:
            self._put(raw)

    def level(self, code: str, segments: list[str], *, has_children: bool) -> None:
        """HL with the next number below its parent's, and its segments."""
        self._level += 1
        parent = {"22": self._parents.get("20"), "23": self._parents.get("22")}.get(code)
        self._parents[code] = self._level
        self._put(self._element.join(["HL", str(self._level), str(parent or ""), code, str(int(has_children))]))
        for raw in segments:
            self._put(raw)

    def shared_level(self, code: str, segments: list[str]) -> None:
        """A level above several: written again only where another stood in its place (another list, were it equal)."""
        if self._shared is not segments:
            self.level(code, segments, has_children=True)
            self._shared = segments

    def add(self, segments: list[str], *, claims: int) -> None:
        """Segments as they stand; `claims` of them are claims."""
        self._claims += claims
        for raw in segments:
            self._put(raw)

    def end_set(self) -> None:
        """SE, where a set stands open."""
        if self._set is not None:
            count = self._segments - self._set_began + 1
            self._put(self._element.join(["SE", str(count), f"{self._sets:04d}"]))
            self._set = None

    def close(self) -> Part:
        """SE, GE and IEA; the part is whole."""
        self.end_set()
        groups = int(len(self._gs) > 1)
        if groups:
            self._put(self._element.join(["GE", str(self._sets), at(self._gs, 6)]))
        self._put(self._element.join(["IEA", str(groups), at(self._isa, 13)]))
        self._flush()
        return Part(self._path.name, self._claims, self._written)

    @property
    def _segments(self) -> int:
        return self._written + len(self._buffer)

    def _put(self, raw: str) -> None:
        self._buffer.append(raw)
        if len(self._buffer) >= _FLUSH_SEGMENTS:
            self._flush()

    def _flush(self) -> None:
        """Appends to the file, which stands open only meanwhile: a part for each payer is many files."""
        with self._path.open("ab") as file:
            file.write("".join(raw + self._terminator for raw in self._buffer).encode())
        self._written += len(self._buffer)
        self._buffer.clear()
