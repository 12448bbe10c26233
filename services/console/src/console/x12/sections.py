"""Segments under headings that people can fold: what is only envelope stays folded, what a claim says stands open."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.x12.explain import explain
from console.x12.segments import SEGMENTS_MAX, Segment

HEADINGS = {
    "ISA": "The envelope",
    "ST": "The envelope",
    "BPR": "The payment, who pays and who is paid",
    "HL": "Who bills, and who is insured",
    "CLM": "The claim",
    "CLP": "What the payer says of the claim",
    "PLB": "Outside of any claim",
    "SE": "The end of it",
}
OPEN = frozenset({"CLM", "CLP", "PLB", "BPR"})


@dataclass(frozen=True, slots=True)
class Line:
    """A segment and what it says."""

    text: str
    says: str


@dataclass(frozen=True, slots=True)
class Section:
    """Segments that belong together; `is_open` where they are what one looks for."""

    title: str
    is_open: bool
    lines: tuple[Line, ...]


def line_of(segment: Segment) -> Line:
    """A segment with what it says."""
    return Line(segment.text, explain(segment))


def sections(segments: Iterable[Segment], *, open_claims: bool = True) -> list[Section]:
    """The segments in their sections; with many claims (`open_claims` false) each stays folded under its number."""
    found: list[tuple[str, bool, list[Line]]] = []
    for count, segment in enumerate(segments):
        if count == SEGMENTS_MAX:
            break
        title = HEADINGS.get(segment.id, "")
        begins = bool(title) and not (found and found[-1][0] == title and segment.id not in ("CLM", "CLP"))
        if begins or not found:
            is_claim = segment.id in ("CLM", "CLP")
            name = f"Claim {segment.get(1)}" if is_claim and not open_claims else title
            found.append((name or "The file", segment.id in OPEN and (open_claims or not is_claim), []))
        found[-1][2].append(line_of(segment))
    return [Section(title, is_open, tuple(lines)) for title, is_open, lines in found]
