"""Segments under headings that people can fold: what is only envelope stays folded, what a claim says stands open."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from rcm.x12.segments import Segment
from rcm.x12.show import Line, lines_from

SEGMENTS_MAX = 2_000
"""So many segments a page shows."""
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
class Section:
    """Segments that belong together; `is_open` where they are what one looks for."""

    title: str
    is_open: bool
    lines: tuple[Line, ...]


def sections(segments: Iterable[Segment], *, open_claims: bool = True) -> list[Section]:
    """The segments in their sections; with many claims (`open_claims` false) each stays folded under its number."""
    found: list[tuple[str, bool, list[Line]]] = []
    for line in islice(lines_from(segments), SEGMENTS_MAX):
        segment = line.segment
        title = HEADINGS.get(segment.id, "")
        begins = bool(title) and not (found and found[-1][0] == title and segment.id not in ("CLM", "CLP"))
        if begins or not found:
            is_claim = segment.id in ("CLM", "CLP")
            name = f"Claim {segment.get(1)}" if is_claim and not open_claims else title
            found.append((name or "The file", segment.id in OPEN and (open_claims or not is_claim), []))
        found[-1][2].append(line)
    return [Section(title, is_open, tuple(lines)) for title, is_open, lines in found]
