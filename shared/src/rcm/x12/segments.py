"""X12 as nothing but segments, read and written without loss, whatever they are."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from rcm.x12.grammar import ELEMENTS_MAX, STANDARD, Delimiters, Source, Tokens

_BINARY = frozenset({"BIN", "BDS"})


class Segment(Struct, frozen=True):
    """A segment as it stands in the file, and its elements; [0] is its id."""

    text: str
    elements: list[str]
    delimiters: Delimiters = STANDARD
    number: int = 0
    """In its file, from 1; 0 for one that stands alone."""

    @property
    def id(self) -> str:
        return self.elements[0]

    @property
    def bare(self) -> str:
        """The segment without its terminator."""
        return self.text.removesuffix(self.delimiters.terminator)

    def get(self, place: int) -> str:
        """An element by its number in the guide ("" where there is none)."""
        return self.elements[place] if place < len(self.elements) else ""

    def parts(self, place: int) -> list[str]:
        """The components of an element."""
        return self.get(place).split(self.delimiters.component)


def read_segments(source: Source) -> Iterator[Segment]:
    """All segments of a file, in order. Raises NotX12."""
    number = 0
    for delimiters, batch in Tokens(source):
        for text in batch:
            number += 1
            yield Segment(text + delimiters.terminator, text.split(delimiters.element, ELEMENTS_MAX), delimiters, number)


def write_segments(segments: Iterable[Segment]) -> Iterator[bytes]:
    """The segments as a file, piece by piece: reading that gives the same segments.

    White space that stood around segments, a BOM, and text before the first ISA are not theirs and are not written. What was
    read as Latin-1 is written as UTF-8, but for binary segments, whose length is told in bytes.
    """
    for segment in segments:
        yield segment.text.encode("latin-1" if segment.id in _BINARY and _is_latin(segment.text) else "utf-8")


def _is_latin(text: str) -> bool:
    """Whether each character is one byte in Latin-1."""
    return max(map(ord, text)) < 256
