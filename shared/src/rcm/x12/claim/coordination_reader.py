"""Reads what other payers have done with a claim: loops 2320 with 2330, and 2430."""

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer, OtherProvider, OtherSubscriber
from rcm.x12.claim.parties_reader import OTHER_PAYER, OTHER_PROVIDER, OTHER_SUBSCRIBER, PartyLoop
from rcm.x12.elements import period
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import Segment, at
from rcm.x12.reading import BLANKS, Faults, longer_than_typed
from rcm.x12.values import Adjustment, InpatientAdjudication, OutpatientAdjudication

_PAYER, _SUBSCRIBER = "PR", "IL"
_CLAIM_KINDS = frozenset({"CAS", "OI", "MOA", "MIA", "DTP", "AMT D", "AMT A8", "AMT EAF"})
_LINE_KINDS = frozenset({"CAS", "DTP", "AMT EAF"})
"""Segments that have a typed place; of AMT those with these qualifiers."""


class CoordinationReader:
    """Reads the loops of one transaction set."""

    def __init__(self, faults: Faults, delimiters: Delimiters) -> None:
        self._faults = faults
        self._delimiters = delimiters
        self._name_mark = f"{delimiters.terminator}NM1{delimiters.element}"

    def other_payer(self, text: str, number: int) -> OtherPayer:
        """2320 and 2330; `text` is what follows "SBR*", `number` that of SBR."""
        head, *loops = text.split(self._name_mark)
        element, terminator, faults = self._delimiters.element, self._delimiters.terminator, self._faults
        first, *others = head.split(terminator)
        sbr = ["SBR", *first.split(element), *BLANKS]
        found = _Found(_CLAIM_KINDS)
        if longer_than_typed(["SBR", *first.split(element)]):
            found.raw.append(f"SBR{element}{first}")
        for place, raw in enumerate(others, number + 1):
            faults.number = place
            elements = raw.split(element)
            if not found.take(elements, faults) or longer_than_typed(elements):
                found.raw.append(raw)
        place = number + len(others) + 1
        subscriber = PartyLoop("", self._delimiters, OTHER_SUBSCRIBER)
        payer = PartyLoop("", self._delimiters, OTHER_PAYER)
        providers: list[OtherProvider] = []
        for loop_text in loops:
            role = loop_text.partition(element)[0]
            if role == _SUBSCRIBER and not subscriber.nm1[0]:
                subscriber = PartyLoop(loop_text, self._delimiters, OTHER_SUBSCRIBER)
                found.raw += subscriber.raw
            elif role == _PAYER and not payer.nm1[0]:
                payer = PartyLoop(loop_text, self._delimiters, OTHER_PAYER)
                found.raw += payer.raw
                found.place = place + payer.places.get("DTP", 0)
            else:
                loop = PartyLoop(loop_text, self._delimiters, OTHER_PROVIDER)
                providers.append(OtherProvider(role, loop.nm1[1] == "2", tuple(loop.references)))
                if loop.raw:
                    found.raw += f"NM1{element}{loop_text}".split(terminator)
            place += loop_text.count(terminator) + 1
        return found.whole(sbr, subscriber, payer, providers, number, self._faults, element)

    def line_adjudication(self, text: str, number: int) -> LineAdjudication:
        """2430; `text` is what follows "SVD*", `number` that of SVD."""
        element, faults = self._delimiters.element, self._faults
        first, *others = text.split(self._delimiters.terminator)
        svd = ["SVD", *first.split(element)]
        found = _Found(_LINE_KINDS)
        faults.number = number
        paid = faults.money(svd, 2)
        if longer_than_typed(svd):
            found.raw.append(f"SVD{element}{first}")
        svd += BLANKS
        for place, raw in enumerate(others, number + 1):
            faults.number = place
            elements = raw.split(element)
            if not found.take(elements, faults) or longer_than_typed(elements):
                found.raw.append(raw)
        procedure = svd[3].split(self._delimiters.component)
        procedure += [""] * (7 - len(procedure))
        adjudicated_on = None
        for dtp in found.dates:
            adjudicated_on = period(at(dtp, 3))[0]
            if adjudicated_on is None:
                faults.note("DTP", 3, "not-a-date", "DTP03 is no date", number)
                found.raw.append(element.join(dtp))
        return LineAdjudication(
            svd[1], paid, procedure[1], tuple(filter(None, procedure[2:6])), svd[5], tuple(found.adjustments), adjudicated_on,
            found.amounts.pop("EAF", None), procedure[0] or "HC", procedure[6], svd[4], svd[6], tuple(found.raw), number,
        )  # fmt: skip


class _Found:
    """What stands in 2320 or 2430 behind its first segment."""

    __slots__ = ("adjustments", "amounts", "dates", "inpatient", "kinds", "oi", "outpatient", "place", "raw")

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self.adjustments: list[Adjustment] = []
        self.amounts: dict[str, int] = {}
        self.dates: list[Segment] = []
        self.oi: Segment = []
        self.outpatient: OutpatientAdjudication | None = None
        self.inpatient: InpatientAdjudication | None = None
        self.raw: list[str] = []
        self.place = 0

    def take(self, elements: Segment, faults: Faults) -> bool:
        """False for a segment that has no typed place."""
        name = elements[0]
        if (f"AMT {at(elements, 1)}" if name == "AMT" else name) not in self.kinds:
            return False
        if name == "CAS":
            self.adjustments += faults.adjustments(elements)
        elif name == "AMT" and at(elements, 1) not in self.amounts:
            self.amounts[at(elements, 1)] = faults.money(elements, 2)
        elif name == "OI" and not self.oi:
            self.oi = elements
        elif name == "MOA" and self.outpatient is None:
            self.outpatient = faults.outpatient(elements)
        elif name == "MIA" and self.inpatient is None:
            self.inpatient = faults.inpatient(elements)
        elif name == "DTP" and at(elements, 1) == "573" and not self.dates:
            self.dates.append(elements)
        else:
            return False
        return True

    def whole(
        self,
        sbr: Segment,
        subscriber: PartyLoop,
        payer: PartyLoop,
        providers: list[OtherProvider],
        number: int,
        faults: Faults,
        element: str,
    ) -> OtherPayer:
        """2320 as typed."""
        il, pr = subscriber.nm1, payer.nm1
        dates = [*self.dates, *payer.dates]
        adjudicated_on = period(at(dates[0], 3))[0] if dates else None
        if dates and adjudicated_on is None:
            faults.note("DTP", 3, "not-a-date", "DTP03 is no date", self.place)
        self.raw += [element.join(dtp) for dtp in dates[adjudicated_on is not None :]]
        holder = OtherSubscriber(
            il[8], il[2], il[3], il[4], il[6], il[7] or "MI", il[1] == "2", subscriber.address, tuple(subscriber.references)
        )  # fmt: skip
        return OtherPayer(
            pr[8], pr[2], holder, sbr[1], sbr[2], sbr[3], sbr[4], sbr[5], sbr[9], tuple(self.adjustments),
            self.amounts.get("D"), self.amounts.get("A8"), self.amounts.get("EAF"), at(self.oi, 3), at(self.oi, 4),
            at(self.oi, 6), self.outpatient, self.inpatient, pr[7] or "PI", payer.address, adjudicated_on,
            tuple(payer.references), tuple(providers), tuple(self.raw), number,
        )  # fmt: skip
