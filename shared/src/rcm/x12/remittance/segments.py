"""Reads an 835 segment by segment: whatever stands in it, in whatever order, with every fault told."""

from collections.abc import Callable

from rcm.x12.elements import day, whole_number
from rcm.x12.interchange import Segment, at
from rcm.x12.problems import Problem
from rcm.x12.reading import BLANKS, Faults, contact, longer_than_typed
from rcm.x12.remittance.parts import ClaimPart, GroupPart, LinePart, PartyPart, person
from rcm.x12.remittance.values import ClaimPayment, ProviderAdjustment
from rcm.x12.values import Amount, Dated, Quantity, Reference

_TOTALS_COUNT = 4
"""TS304, a count, stands for itself."""


class SegmentReader:
    """Collects header, groups and what comes after the claims; hands out claims whole."""

    def __init__(self, problems: list[Problem], component: str) -> None:
        self.faults = Faults(problems)
        self._component = component
        self.payment: Segment = BLANKS
        self.payment_at = 0
        self.trace: Segment = BLANKS
        self.produced = ""
        self.payer = PartyPart()
        self.payee = PartyPart()
        self.header = PartyPart()
        """Collects what belongs to the header itself."""
        self.groups: list[GroupPart] = []
        self.provider_adjustments: list[ProviderAdjustment] = []
        self._part: PartyPart | GroupPart | ClaimPart | LinePart = self.header
        self._claim: ClaimPart | None = None
        self._raw = ""

    def take(self, raw: str, elements: Segment, number: int) -> None:
        """One segment."""
        self.faults.number = number
        self._raw = raw
        handler = _HANDLERS.get(elements[0])
        if handler is None:
            self._part.raw.append(raw)
            return
        handler(self, elements)
        if longer_than_typed(elements) and raw not in self._part.raw:
            self._part.raw.append(raw)

    def end_claim(self, last: int) -> ClaimPayment | None:
        """The claim that was read since, whose last segment has the number `last`."""
        claim, self._claim, self._part = self._claim, None, self.header
        return claim.whole(last) if claim is not None else None

    def _keep(self) -> None:
        self._part.raw.append(self._raw)

    def _bpr(self, elements: Segment) -> None:
        if self.payment is not BLANKS:
            self._keep()
            return
        self.payment = [*elements, *BLANKS]
        self.payment_at = self.faults.number
        if not at(elements, 2):
            self.faults.note("BPR", 2, "missing-element", "BPR02 is not there")

    def _trn(self, elements: Segment) -> None:
        if self.trace is not BLANKS:
            self._keep()
            return
        self.trace = [*elements, *BLANKS]

    def _n1(self, elements: Segment) -> None:
        kind = at(elements, 1)
        if kind == "PR" and self.payer.elements is BLANKS:
            self._part = self.payer = PartyPart([*elements, *BLANKS])
        elif kind == "PE" and self.payee.elements is BLANKS:
            self._part = self.payee = PartyPart([*elements, *BLANKS])
        else:
            self._keep()

    def _n3(self, elements: Segment) -> None:
        if isinstance(self._part, PartyPart) and self._part is not self.header and not self._part.street:
            self._part.street = elements
        else:
            self._keep()

    def _n4(self, elements: Segment) -> None:
        if isinstance(self._part, PartyPart) and self._part is not self.header and not self._part.city:
            self._part.city = elements
        else:
            self._keep()

    def _per(self, elements: Segment) -> None:
        if isinstance(self._part, GroupPart | LinePart) or self._part is self.header:
            self._keep()
        else:
            self._part.contacts.append(contact(elements))

    def _lx(self, elements: Segment) -> None:
        self._claim = None
        number = whole_number(at(elements, 1))
        self._part = GroupPart(number or 0)
        self.groups.append(self._part)
        if number is None:
            self._keep()

    def _ts3(self, elements: Segment) -> None:
        part = self._part
        if not isinstance(part, GroupPart) or part.summary is not BLANKS:
            self._keep()
            return
        part.summary, part.summary_ends = [*elements, *BLANKS], day(at(elements, 3))
        if at(elements, 3) and part.summary_ends is None:
            self.faults.note("TS3", 3, "not-a-date", "TS303 is no date")
            self._keep()
        part.totals += self._totals(elements, _TOTALS_COUNT + 1)

    def _ts2(self, elements: Segment) -> None:
        part = self._part
        if isinstance(part, GroupPart):
            part.drg_totals += self._totals(elements, 1)
        else:
            self._keep()

    def _totals(self, elements: Segment, first: int) -> list[Amount]:
        places = range(first, len(elements))
        return [Amount(f"{place:02d}", self.faults.money(elements, place)) for place in places if elements[place]]

    def _clp(self, elements: Segment) -> None:
        missing = [place for place in (1, 2, 3, 4) if not at(elements, place)]
        if missing:
            self.faults.note("CLP", missing[0], "missing-element", f"CLP{missing[0]:02d} is not there")
        money = self.faults.money
        claim = ClaimPart([*elements, *BLANKS], self.faults.number, self.groups[-1].number if self.groups else 0)
        claim.charge, claim.paid, claim.responsibility = money(elements, 3), money(elements, 4), money(elements, 5)
        self._claim = self._part = claim

    def _cas(self, elements: Segment) -> None:
        if self._claim is None:
            self.faults.note("CAS", 0, "misplaced-segment", "CAS stands in no claim")
            self._keep()
        self._part.adjustments += self.faults.adjustments(elements)

    def _svc(self, elements: Segment) -> None:
        claim = self._claim
        if claim is None:
            self.faults.note("SVC", 0, "misplaced-segment", "SVC stands in no claim")
            self._keep()
            return
        if not at(elements, 2):
            self.faults.note("SVC", 2, "missing-element", "SVC02 is not there")
        line = LinePart([*elements, *BLANKS], self._component, self.faults.number)
        line.charge, line.paid = self.faults.money(elements, 2), self.faults.money(elements, 3)
        claim.lines.append(line)
        self._part = line
        if max(at(elements, 1).count(self._component), at(elements, 6).count(self._component)) > 6:
            self._keep()

    def _dtm(self, elements: Segment) -> None:
        qualifier, text = at(elements, 1), at(elements, 2)
        on = day(text)
        part = self._part
        if on is None:
            self.faults.note("DTM", 2, "not-a-date", "DTM02 is no date")
            self._keep()
        elif isinstance(part, LinePart) and qualifier in {"472", "150"} and part.first is None:
            part.first = on
        elif isinstance(part, LinePart) and qualifier == "151" and part.last is None:
            part.last = on
        elif isinstance(part, LinePart | ClaimPart):
            part.dates.append(Dated(qualifier, on))
        elif qualifier == "405" and not self.produced:
            self.produced = text
        else:
            self._keep()

    def _ref(self, elements: Segment) -> None:
        qualifier, value = at(elements, 1), at(elements, 2)
        part = self._part
        if isinstance(part, GroupPart):
            self._keep()
        elif isinstance(part, LinePart) and qualifier == "6R" and not part.control_number:
            part.control_number = value
        else:
            part.references.append(Reference(qualifier, value))

    def _nm1(self, elements: Segment) -> None:
        if self._claim is None or isinstance(self._part, LinePart):
            self._keep()
        else:
            self._claim.persons.append(person([*elements, *BLANKS]))

    def _amt(self, elements: Segment) -> None:
        if self._claim is None:
            self._keep()
        else:
            self._part.amounts.append(Amount(at(elements, 1), self.faults.money(elements, 2)))

    def _qty(self, elements: Segment) -> None:
        if self._claim is None:
            self._keep()
        else:
            self._part.quantities.append(Quantity(at(elements, 1), at(elements, 2)))

    def _lq(self, elements: Segment) -> None:
        if isinstance(self._part, LinePart) and at(elements, 1) == "HE":
            self._part.remarks.append(at(elements, 2))
        else:
            self._keep()

    def _moa(self, elements: Segment) -> None:
        if self._claim is None or self._claim.outpatient is not None:
            self._keep()
        else:
            self._claim.outpatient = self.faults.outpatient(elements)

    def _mia(self, elements: Segment) -> None:
        if self._claim is None or self._claim.inpatient is not None:
            self._keep()
        else:
            self._claim.inpatient = self.faults.inpatient(elements)

    def _plb(self, elements: Segment) -> None:
        self._claim, self._part = None, self.header
        provider, ends = at(elements, 1), day(at(elements, 2))
        if ends is None:
            self.faults.note("PLB", 2, "not-a-date", "PLB02 is no date")
            self._keep()
        for place in range(3, len(elements), 2):
            code, _, reference = elements[place].partition(self._component)
            if code or at(elements, place + 1):
                amount = self.faults.money(elements, place + 1)
                self.provider_adjustments.append(ProviderAdjustment(provider, ends, code, reference, amount))


# Not the reader's own: one that holds its methods is freed by the collector alone, and a file has many readers.
_HANDLERS: dict[str, Callable[[SegmentReader, Segment], None]] = {
    "CAS": SegmentReader._cas, "SVC": SegmentReader._svc, "DTM": SegmentReader._dtm, "REF": SegmentReader._ref,
    "NM1": SegmentReader._nm1, "AMT": SegmentReader._amt, "QTY": SegmentReader._qty, "LQ": SegmentReader._lq,
    "MOA": SegmentReader._moa, "MIA": SegmentReader._mia, "LX": SegmentReader._lx, "PLB": SegmentReader._plb,
    "BPR": SegmentReader._bpr, "TRN": SegmentReader._trn, "N1": SegmentReader._n1, "N3": SegmentReader._n3,
    "N4": SegmentReader._n4, "PER": SegmentReader._per, "CLP": SegmentReader._clp, "TS3": SegmentReader._ts3,
    "TS2": SegmentReader._ts2,
}  # fmt: skip
