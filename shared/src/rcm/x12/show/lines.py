"""A file as lines to show: each segment with its loop, its name and what it says, in our words."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from rcm.x12.grammar import Source
from rcm.x12.loops import HEADER, LoopTracker, kind_of
from rcm.x12.segments import Segment, read_segments
from rcm.x12.show.explain import explain
from rcm.x12.show.names import name_of

_ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "TA1"})


class Line(Struct, frozen=True):
    """A segment to show."""

    segment: Segment
    depth: int
    """0 outside of loops."""
    loop: str
    """The loop's number in the guide; "header", or "" outside of transactions."""
    begins: bool
    """Whether the segment begins that loop."""
    loop_name: str
    """The loop in our words."""
    name: str
    """The segment in our words."""
    says: str
    """One sentence; "" where we have no words."""

    @property
    def id(self) -> str:
        """The segment's id."""
        return self.segment.id

    @property
    def text(self) -> str:
        """The segment as it stands."""
        return self.segment.text


def lines_of(source: Source) -> Iterator[Line]:
    """The whole file, line by line. Raises NotX12."""
    return lines_from(read_segments(source))


def lines_from(segments: Iterable[Segment]) -> Iterator[Line]:
    """Segments of a file, or of a part of one, as lines."""
    tracker = LoopTracker("")
    kind = version = ""
    for segment in segments:
        name = segment.id
        if name == "GS":
            version = segment.get(8)
        elif name == "ST":
            kind = kind_of(segment.get(1), version if "X" in version else segment.get(3))
            tracker = LoopTracker(kind)
        place = tracker.place(segment.elements)
        outside = name in _ENVELOPE
        yield Line(
            segment,
            0 if outside else place.depth,
            "" if outside else place.loop,
            place.begins and not outside,
            place.name if place.loop != HEADER else "",
            name_of(name),
            explain(segment, kind),
        )
