"""The part of a file that is about one claim or one check: its envelope, its parties, the claim itself."""

from collections.abc import Callable, Iterable, Iterator

from rcm.x12.grammar import STANDARD
from rcm.x12.problems import NotX12
from rcm.x12.segments import Segment, read_segments

_ENVELOPES = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE"})


def read(content: bytes) -> Iterator[Segment]:
    """All segments of a file, in order; none where it is no X12."""
    try:
        yield from read_segments(content)
    except NotX12:
        return


def from_text(texts: Iterable[str]) -> Iterator[Segment]:
    """Segments that stand alone, in the usual delimiters."""
    for text in texts:
        yield Segment(text, text.removesuffix(STANDARD.terminator).split(STANDARD.element))


def of_claim_837(content: bytes, patient_control_number: str) -> list[Segment]:
    """Of an 837 file: envelope, submitter and receiver, the billing provider, subscriber, patient and the claim itself."""
    head, loops = _claim_loops(content, patient_control_number)
    return [*head, *[each for level in ("20", "22", "23", "claim") for each in loops.get(level, ())]]


def own_of_claim_837(content: bytes, patient_control_number: str) -> list[Segment]:
    """The same without what many claims share: subscriber, patient where named, and the claim itself."""
    _, loops = _claim_loops(content, patient_control_number)
    return [each for level in ("22", "23", "claim") for each in loops.get(level, ())]


def of_acknowledgement(content: bytes, patient_control_number: str = "") -> list[Segment]:
    """An acknowledgement without envelopes; with a patient control number the level of a 277CA about that claim, if any."""
    inner = [each for each in read(content) if each.id not in _ENVELOPES]
    if not patient_control_number:
        return inner
    own: list[Segment] = []
    found = False
    for segment in inner:
        begins_claim = segment.id == "TRN" and segment.get(1) == "2"
        if found and (segment.id == "HL" or begins_claim):
            break
        if segment.id == "HL":
            own = []
        found = found or (begins_claim and segment.get(2) == patient_control_number)
        own.append(segment)
    return own if found else inner


def _claim_loops(content: bytes, patient_control_number: str) -> tuple[list[Segment], dict[str, list[Segment]]]:
    """What stands before the levels of an 837, and the levels above the claim and itself by HL03; nothing where it is not."""
    head: list[Segment] = []
    loops: dict[str, list[Segment]] = {}
    place = head
    found = False
    for segment in read(content):
        if found and segment.id in ("CLM", "HL", "SE"):
            break
        if segment.id in ("ISA", "GS", "ST"):
            head = [each for each in head if _outer(segment.id, each.id)]
            loops, place = {}, head
        elif segment.id == "HL":
            place = _begin_loop(loops, segment.get(3))
        elif segment.id == "CLM":
            loops["claim"] = place = []
            found = segment.get(1) == patient_control_number
        place.append(segment)
    return (head, loops) if found else ([], {})


def of_claim_835(content: bytes, patient_control_number: str) -> list[Segment]:
    """Of an 835 file: envelope, payment, payer and payee, and each CLP of this patient control number."""
    return _by_claim(read(content), lambda segment: segment.get(1) == patient_control_number)


def of_remittance(content: bytes, trace_number: str) -> list[Segment]:
    """Of an 835 file: the transaction sets with this trace number (TRN02), whole; the whole file where none has it."""
    everything = list(read(content))
    kept: list[Segment] = []
    current: list[Segment] = []
    envelope = [each for each in everything if each.id in ("ISA", "GS")]
    for segment in everything:
        if segment.id == "ST":
            current = []
        current.append(segment)
        if segment.id == "SE" and any(each.id == "TRN" and each.get(2) == trace_number for each in current):
            kept += current
    return [*envelope, *kept] if kept else everything


def _begin_loop(loops: dict[str, list[Segment]], level: str) -> list[Segment]:
    """A new HL loop; it ends those below it."""
    for lower in ("22", "23", "claim") if level == "20" else ("23", "claim") if level == "22" else ("claim",):
        loops.pop(lower, None)
    loops[level] = []
    return loops[level]


def _outer(begins: str, kept: str) -> bool:
    """Whether a segment of the head still counts when another envelope begins."""
    return kept in {"ISA": (), "GS": ("ISA",), "ST": ("ISA", "GS")}[begins]


def _by_claim(segments: Iterator[Segment], wanted: Callable[[Segment], bool]) -> list[Segment]:
    head: list[Segment] = []
    kept: list[Segment] = []
    state = "head"
    for segment in segments:
        if segment.id in ("ISA", "GS", "ST"):
            if kept:
                break
            head = [each for each in head if _outer(segment.id, each.id)]
            state = "head"
        elif segment.id in ("LX", "PLB", "SE"):
            state = "between"
        elif segment.id == "CLP":
            state = "claim" if wanted(segment) else "between"
        if state == "head":
            head.append(segment)
        elif state == "claim":
            kept.append(segment)
    return [*head, *kept] if kept else []
