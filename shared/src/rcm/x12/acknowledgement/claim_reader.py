"""Reads one 277CA (005010X214): source, receiver, billing providers, claims, lines, each with its statuses."""

from datetime import date

from rcm.money import NotMoney
from rcm.x12.acknowledgement.quick import QuickClaims
from rcm.x12.acknowledgement.values import (
    AcknowledgedClaim,
    AcknowledgedLine,
    AcknowledgedProvider,
    ClaimAcknowledgement,
    Status,
)
from rcm.x12.elements import cents, day, instant, period
from rcm.x12.interchange import Piece, Segment, TransactionSet, Walker, at
from rcm.x12.problems import Problem
from rcm.x12.values import Amount, Quantity, Reference

_BLANKS = [""] * 13
_TYPED = {
    "BHT": {1, 2, 3, 4, 5, 6}, "NM1": {1, 2, 3, 4, 5, 7, 8, 9}, "TRN": {1, 2}, "DTP": {1, 2, 3}, "REF": {1, 2, 3},
    "STC": {1, 2, 3, 4, 10, 11, 12}, "SVC": {1, 2, 4, 7}, "QTY": {1, 2}, "AMT": {1, 2},
}  # fmt: skip
"""Elements that have a typed place, or one value alone."""
_LEVELS = frozenset({"20", "21", "19", "PT", "22", "23"})


class _Level:
    """What a hierarchical level collects."""

    def __init__(self) -> None:
        self.name: Segment = _BLANKS
        self.trace = ""
        self.statuses: list[Status] = []
        self.quantities: list[Quantity] = []
        self.amounts: list[Amount] = []
        self.references: list[Reference] = []
        self.raw: list[str] = []


class _LinePart:
    """2220D."""

    def __init__(self, elements: Segment) -> None:
        self.elements = elements
        self.charge = 0
        self.control_number = ""
        self.statuses: list[Status] = []
        self.service: tuple[date | None, date | None] = (None, None)
        self.references: list[Reference] = []
        self.raw: list[str] = []


class _ClaimPart(_Level):
    """2000D."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = self.last = number
        self.service: tuple[date | None, date | None] = (None, None)
        self.lines: list[_LinePart] = []


class _ProviderPart(_Level):
    """2000C."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: list[_ClaimPart | AcknowledgedClaim] = []


class _Reader:
    """Collects one transaction set."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._element, self.component, self._terminator = (
            walker.delimiters.element, walker.delimiters.component, walker.delimiters.terminator,
        )  # fmt: skip
        self._quick = QuickClaims(walker.delimiters)
        self._number = 0
        """The number of the segment at hand."""
        self._read_quickly: Piece | None = None
        """The piece before, where it was a claim and was read quickly."""
        self._raw = ""
        """The segment at hand as it stands."""
        self.problems: list[Problem] = []
        self.header: Segment = _BLANKS
        self.source, self.receiver = _Level(), _Level()
        self.providers: list[_ProviderPart] = []
        self.level: _Level = self.source
        self.dates: dict[str, date | None] = {}

    def piece(self, mark: str, text: str, number: int) -> None:
        """A level, or what comes before the first."""
        if mark and self.providers:
            found = self._quick.read(text, number)
            if found is not None:
                self.providers[-1].claims.append(found)
                self._read_quickly = (mark, text, number)
                return
        before, self._read_quickly = self._read_quickly, None
        if before is not None and at(text.partition(self._terminator)[0].split(self._element), 2) not in _LEVELS:
            # The claim before goes on in what is no level: it is read anew, to be added to.
            self.providers[-1].claims.pop()
            self._segments(*before)
        self._segments(mark, text, number)

    def _segments(self, mark: str, text: str, number: int) -> None:
        for place, raw in enumerate((mark + text).split(self._terminator), number):
            self._number, self._raw = place, self._walker.whole(raw)
            self._take(self._raw.split(self._element))

    def _take(self, elements: Segment) -> None:
        """One segment; what of it has no typed place, or could not be read, stands raw where it is."""
        claim = self.level if isinstance(self.level, _ClaimPart) else None
        if claim is not None and elements[0] != "HL":
            claim.last = self._number
        faults = len(self.problems)
        taken = self._typed(claim, elements)
        if taken and len(self.problems) == faults and not _says_more(elements):
            return
        if not taken and claim is None:
            self._note(elements[0][:3], 0, "unexpected-segment", "the segment has no place here")
        (claim.lines[-1] if claim is not None and claim.lines else self.level).raw.append(self._raw)

    def _typed(self, claim: _ClaimPart | None, elements: Segment) -> bool:
        """False for a segment that has no typed place."""
        name, line = elements[0], claim.lines[-1] if claim is not None and claim.lines else None
        if name == "HL":
            self._hl(at(elements, 3))
        elif name == "NM1" and self.level.name is _BLANKS:
            self.level.name = [*elements, *_BLANKS]
        elif name == "TRN" and not self.level.trace:
            self.level.trace = at(elements, 2)
        elif name == "STC" and self.level is not self.source:
            (line or self.level).statuses += self._statuses([*elements, *_BLANKS])
        elif claim is None:
            return self._level_segment(elements)
        elif name == "SVC":
            claim.lines.append(_LinePart([*elements, *_BLANKS]))
            claim.lines[-1].charge = self._money(elements, 2, "SVC") or 0
        elif name == "DTP" and at(elements, 1) in {"472", "232"}:
            (line or claim).service = self._period(elements)
        elif name == "REF" and line is not None and at(elements, 1) == "FJ" and not line.control_number:
            line.control_number = at(elements, 2)
        elif name == "REF":
            (line or claim).references.append(_reference(elements))
        else:
            return False
        return True

    def _level_segment(self, elements: Segment) -> bool:
        """What has a typed place above the claims only: False where it has none."""
        name, qualifier, level = elements[0], at(elements, 1), self.level
        if level is self.source:
            if name == "BHT" and self.header is _BLANKS:
                self.header = [*elements, *_BLANKS]
            elif name == "DTP" and qualifier in {"050", "009"} and qualifier not in self.dates:
                self.dates[qualifier] = self._day(elements, 3)
            else:
                return False
        elif name == "QTY":
            level.quantities.append(Quantity(qualifier, at(elements, 2)))
        elif name == "AMT":
            level.amounts.append(Amount(qualifier, self._money(elements, 2, "AMT") or 0))
        elif name == "REF" and level is not self.receiver:
            level.references.append(_reference(elements))
        else:
            return False
        return True

    def _hl(self, code: str) -> None:
        if code == "20":
            self.level = self.source
        elif code == "21":
            self.level = self.receiver
        elif code == "19":
            self.providers.append(_ProviderPart())
            self.level = self.providers[-1]
        elif code in {"PT", "22", "23"}:
            if not self.providers:
                self._note("HL", 3, "missing-level", "a patient without a billing provider's level")
                self.providers.append(_ProviderPart())
            part = _ClaimPart(self._number)
            self.providers[-1].claims.append(part)
            self.level = part
        else:
            self._note("HL", 3, "unknown-level", "HL03 names no level of a 277CA")

    def _statuses(self, stc: Segment) -> list[Status]:
        """STC01, STC10 and STC11 with what they share."""
        amount, on = self._money(stc, 4, "STC"), self._day(stc, 2)
        made: list[Status] = []
        for composite in (stc[1], stc[10], stc[11]):
            if composite:
                category, code, entity = (*composite.split(self.component), "", "")[:3]
                made.append(Status(category, code, entity, on, stc[3], amount, stc[12]))
        if not made:
            self._note("STC", 1, "missing-element", "STC01 is not there")
        return made

    def _money(self, elements: Segment, place: int, name: str) -> int | None:
        text = at(elements, place)
        try:
            return cents(text) if text else None
        except NotMoney as error:
            self._note(name, place, "not-an-amount", str(error))
            return None

    def _day(self, elements: Segment, place: int) -> date | None:
        text = at(elements, place)
        found = day(text)
        if text and found is None:
            self._note(elements[0], place, "not-a-date", "no date can be read")
        return found

    def _period(self, elements: Segment) -> tuple[date | None, date | None]:
        found = period(at(elements, 3))
        if found[0] is None:
            self._note("DTP", 3, "not-a-date", "no date can be read")
        return found

    def _note(self, name: str, element: int, code: str, message: str) -> None:
        self.problems.append(Problem(self._number, name, element, code, message))


def _says_more(elements: Segment) -> bool:
    """Whether a segment holds more than its type."""
    places = _TYPED.get(elements[0])
    return places is not None and any(text and place not in places for place, text in enumerate(elements[1:], 1))


def _reference(elements: Segment) -> Reference:
    return Reference(at(elements, 1), at(elements, 2), at(elements, 3))


def read_claim_acknowledgement(walker: Walker, transaction: TransactionSet) -> ClaimAcknowledgement:
    """The whole of one 277CA."""
    reader = _Reader(walker)
    for piece in transaction.pieces("HL"):
        reader.piece(*piece)
    source, receiver, header = reader.source, reader.receiver, reader.header
    first, last = transaction.first_segment, walker.number
    return ClaimAcknowledgement(
        source.name[1],
        source.name[3],
        source.name[9],
        receiver.name[3],
        receiver.name[9],
        header[3],
        receiver.trace,
        reader.dates.get("050"),
        reader.dates.get("009"),
        tuple(receiver.statuses),
        tuple(receiver.quantities),
        tuple([_provider(part, reader.component) for part in reader.providers]),
        transaction.envelope,
        transaction.control_number,
        first,
        last,
        (*reader.problems, *walker.problems_of(transaction)),
        tuple(receiver.amounts),
        source.name[8],
        source.trace,
        receiver.name[4],
        instant(header[4], header[5]),
        (*source.raw, *receiver.raw),
    )


def _provider(part: _ProviderPart, component: str) -> AcknowledgedProvider:
    claims = tuple([claim if isinstance(claim, AcknowledgedClaim) else _claim(claim, component) for claim in part.claims])
    nm1 = part.name
    return AcknowledgedProvider(
        nm1[9],
        nm1[3],
        claims,
        part.trace,
        tuple(part.statuses),
        tuple(part.quantities),
        tuple(part.amounts),
        nm1[4],
        nm1[5],
        nm1[7],
        nm1[8],
        tuple(part.references),
        tuple(part.raw),
    )


def _claim(part: _ClaimPart, component: str) -> AcknowledgedClaim:
    nm1 = part.name
    number = next((item.value for item in part.references if item.qualifier == "1K"), "")
    return AcknowledgedClaim(
        part.trace,
        tuple(part.statuses),
        nm1[3],
        nm1[4],
        nm1[9],
        number,
        tuple([item for item in part.references if item.qualifier != "1K" or item.value != number]),
        *part.service,
        tuple([_line(line, component) for line in part.lines]),
        part.number,
        part.last,
        tuple(part.raw),
        nm1[5],
        nm1[7],
        nm1[8],
    )


def _line(part: _LinePart, component: str) -> AcknowledgedLine:
    svc = part.elements
    qualifier, code, *modifiers = (*svc[1].split(component), "", "")
    return AcknowledgedLine(
        code,
        tuple(filter(None, modifiers[:4])),
        part.charge,
        part.control_number,
        tuple(part.statuses),
        qualifier,
        svc[4],
        svc[7],
        *part.service,
        tuple(part.references),
        tuple(part.raw),
    )
