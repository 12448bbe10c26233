"""What a reader collects of a claim's TRN loop and its lines until they are whole."""

from collections.abc import Sequence

from rcm.x12.claim_status.values import ClaimStatus, StatusCode, StatusLine
from rcm.x12.elements import day
from rcm.x12.interchange import Segment, at
from rcm.x12.parties import Procedure, Trace
from rcm.x12.party_parts import Notes, PartyPart, dated_of, procedure, reference, trace
from rcm.x12.values import Amount, Contact, Dated, Reference

_BLANKS = [""] * 13
_DATES = (2, 6, 8)
Shared = tuple[Trace | None, tuple[Reference, ...], tuple[Dated, ...], tuple[StatusLine, ...], int, tuple[str, ...]]


class LinePart:
    """2210 or 2220."""

    def __init__(self, elements: Segment, number: int, component: str, notes: Notes) -> None:
        svc = [*elements, *_BLANKS]
        self._procedure: Procedure | None = procedure(svc[1], component)
        self._charge, self._paid = notes.money(svc, 2), notes.money(svc, 3)
        self._revenue, self._units = svc[4], svc[7] or svc[5]
        self._number = number
        self._control_number = ""
        self.statuses: list[ClaimStatus] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.raw: list[str] = []

    def take_reference(self, found: Reference) -> None:
        """REF; the first FJ is the line's own number."""
        if found.qualifier == "FJ" and not self._control_number and not found.description:
            self._control_number = found.value
        else:
            self.references.append(found)

    def whole(self) -> StatusLine:
        """The line as typed."""
        return StatusLine(
            self._procedure,
            self._charge,
            self._paid,
            self._revenue,
            self._units,
            self._control_number,
            tuple(self.statuses),
            tuple(self.references),
            tuple(self.dates),
            self._number,
            tuple(self.raw),
        )


class LoopPart:
    """2200: from TRN on; without TRN where a level has none."""

    def __init__(self, number: int, elements: Segment | None, untyped: frozenset[str]) -> None:
        self._number = number
        self._untyped = untyped
        """Segments that have no typed place in the loop itself: an inquiry bears no status, an answer no amount of its own."""
        self._trace = trace(elements) if elements is not None else None
        self.statuses: list[ClaimStatus] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.amounts: list[Amount] = []
        self.contacts: list[Contact] = []
        self.lines: list[LinePart] = []
        self.raw: list[str] = []

    def take(self, elements: Segment, component: str, notes: Notes, number: int) -> bool:
        """Takes a segment of the loop; False for what has no typed place, which the caller keeps raw."""
        name, used = elements[0], len(elements) - 1
        place = self.lines[-1] if self.lines else self
        if place is self and name in self._untyped:
            return False
        if name == "STC" and used <= 12:
            status, is_whole = status_of(elements, component, notes)
            place.statuses += [status] if status.codes else []
            return is_whole
        if name == "SVC" and used <= 7 and at(elements, 6) == "":
            self.lines.append(LinePart(elements, number, component, notes))
        elif name == "REF" and used <= 3:
            found = reference(elements)
            self.lines[-1].take_reference(found) if self.lines else self.references.append(found)
        elif name == "DTP":
            if (dated := dated_of(elements)) is None:
                notes.note("DTP", 3, "not-a-date", "no date can be read")
                return False
            place.dates.append(dated)
        elif name == "AMT" and not self.lines and used == 2 and (amount := notes.money(elements, 2)) is not None:
            self.amounts.append(Amount(elements[1], amount))
        elif name == "PER" and not self.lines and used <= 8:
            part = PartyPart()
            part.take(elements)
            self.contacts += part.contacts
        else:
            return False
        return True

    def shared(self) -> Shared:
        """The fields that inquiries and answers have in common, in their order."""
        lines = tuple([line.whole() for line in self.lines])
        return self._trace, tuple(self.references), tuple(self.dates), lines, self._number, tuple(self.raw)


def status_of(elements: Segment, component: str, notes: Notes) -> tuple[ClaimStatus, bool]:
    """STC, and whether all of it could be read; what could not is noted."""
    stc = [*elements, *_BLANKS]
    is_whole = True
    codes = tuple([_code(text.split(component)) for text in (stc[1], stc[10], stc[11]) if text])
    if not codes:
        notes.note("STC", 1, "missing-element", "STC01 is not there")
        is_whole = False
    for place in _DATES:
        if stc[place] and day(stc[place]) is None:
            notes.note("STC", place, "not-a-date", "no date can be read")
            is_whole = False
    charge, paid = notes.money(stc, 4), notes.money(stc, 5)
    is_whole = is_whole and (charge is None) == (not stc[4]) and (paid is None) == (not stc[5])
    status = ClaimStatus(codes, day(stc[2]), stc[3], charge, paid, day(stc[6]), stc[7], day(stc[8]), stc[9], stc[12])
    return status, is_whole


def _code(parts: Sequence[str]) -> StatusCode:
    return StatusCode(*(*parts, "", "", "", "")[:4])
