"""Reads 835 files, one transaction set after the other and one claim at a time."""

from collections.abc import Callable, Iterator
from hashlib import sha256

from rcm.money import NotMoney
from rcm.x12.elements import cents, day, whole_number
from rcm.x12.grammar import STANDARD, Source
from rcm.x12.interchange import Segment, TransactionSet, Walker, at, refuse_if_nothing
from rcm.x12.problems import Problem
from rcm.x12.remittance.parts import ClaimPart, LinePart, PartyPart
from rcm.x12.remittance.values import ClaimPayment, ProviderAdjustment, Remittance
from rcm.x12.values import Adjustment, Amount, Dated, Quantity, Reference

_BLANKS = [""] * 17
_CLAIMS_END = frozenset({"LX", "PLB"})


def read_remittances(source: Source) -> Iterator[Remittance]:
    """Every 835 of the file, whole, with its problems; other transaction sets are passed over.

    Raises NotX12, and WrongTransaction at the end where the file held no 835.

    A problem whose segment number lies within a claim's is that claim's: an amount that could not be read stands as zero,
    so such a claim must not be posted. `missing-se` says that the file was cut off.
    """
    walker = Walker(source)
    count = 0
    for item in walker:
        if isinstance(item, TransactionSet) and item.identifier == "835":
            count += 1
            reader = RemittanceReader(walker, item)
            claims = tuple(reader.claims())
            yield reader.remittance(claims)
    refuse_if_nothing(count, walker, "835")


class RemittanceReader:
    """One 835: hands out its claims one by one, and then tells what stood around them."""

    def __init__(self, walker: Walker, transaction: TransactionSet) -> None:
        self._walker = walker
        self._transaction = transaction
        self._component = walker.delimiters.component
        self._problems: list[Problem] = []
        self._payment: list[str] = _BLANKS
        self._payment_at = 0
        self._trace: list[str] = _BLANKS
        self._produced = ""
        self._payer = self._payee = PartyPart()
        self._header = PartyPart()
        """Collects what belongs to the header itself; a party while its N1 loop is open."""
        self._part: PartyPart | ClaimPart | LinePart = self._header
        self._claim: ClaimPart | None = None
        self._loop_number = 0
        self._adjustments: list[ProviderAdjustment] = []
        self._content = sha256()
        self._raws: list[str] = []
        self._handlers: dict[str, Callable[[Segment], None]] = {
            "CAS": self._cas, "SVC": self._svc, "DTM": self._dtm, "REF": self._ref, "NM1": self._nm1, "AMT": self._amt,
            "QTY": self._qty, "LQ": self._lq, "MOA": self._moa, "MIA": self._mia, "LX": self._lx, "PLB": self._plb,
            "BPR": self._bpr, "TRN": self._trn, "N1": self._n1, "N3": self._n3, "N4": self._n4,
        }  # fmt: skip

    def claims(self) -> Iterator[ClaimPayment]:
        """The CLP loops in order."""
        handlers, walker, raws = self._handlers, self._walker, self._raws
        for elements in self._transaction:
            name = elements[0]
            if name == "CLP":
                if self._claim is not None:
                    yield self._claim.whole(walker.number - 1)
                self._hash()
                self._clp(elements)
            else:
                handler = handlers.get(name)
                if handler is None:
                    self._part.raw.append(walker.raw)
                else:
                    if self._claim is not None and name in _CLAIMS_END:
                        yield self._claim.whole(walker.number - 1)
                        self._claim, self._part = None, self._header
                    handler(elements)
            raws.append(walker.raw)
        if self._claim is not None:
            yield self._claim.whole(walker.number - 1)
            self._claim = None
        self._hash()

    def remittance(self, claims: tuple[ClaimPayment, ...]) -> Remittance:
        """The whole, once all claims were taken."""
        first, last = self._transaction.first_segment, self._walker.number
        envelope_problems = [item for item in self._walker.problems if first <= item.segment_number <= last]
        payment, trace = self._payment, self._trace
        if not self._payment_at:
            self._problems.append(Problem(first, "BPR", 0, "missing-segment", "the transaction set has no BPR"))
        return Remittance(
            payment_cents=self._money(payment, 2, "BPR", self._payment_at or first),
            trace_number=trace[2],
            payment_date=day(payment[16]),
            payer=self._payer.whole(),
            payee=self._payee.whole(),
            claims=claims,
            provider_adjustments=tuple(self._adjustments),
            handling=payment[1],
            credit_or_debit=payment[3],
            method=payment[4],
            payer_trace_id=trace[3],
            originating_company=trace[4],
            produced_on=day(self._produced),
            references=tuple(self._header.references),
            raw=tuple(self._header.raw),
            envelope=self._transaction.envelope,
            transaction_control_number=self._transaction.control_number,
            first_segment=first,
            last_segment=last,
            content_sha256=self._content.hexdigest(),
            problems=(*self._problems, *envelope_problems),
        )

    def _hash(self) -> None:
        """Takes the segments since the last claim into the content's sum, with the standard's delimiters."""
        text = "~".join(self._raws) + "~"
        self._raws.clear()
        found = self._walker.delimiters
        if (found.element, found.component) != (STANDARD.element, STANDARD.component):
            text = text.translate({ord(found.element): "*", ord(found.component): ":"})
        while "*~" in text:
            text = text.replace("*~", "~")
        self._content.update(text.encode())

    def _money(self, elements: Segment, place: int, name: str, number: int = 0) -> int:
        """An amount; 0 and a problem where it can't be read, 0 where it is not there."""
        text = elements[place] if place < len(elements) else ""
        if not text:
            return 0
        try:
            return cents(text)
        except NotMoney as error:
            self._note(name, place, "not-an-amount", str(error), number)
            return 0

    def _note(self, name: str, element: int, code: str, message: str, number: int = 0) -> None:
        self._problems.append(Problem(number or self._walker.number, name, element, code, message))

    def _bpr(self, elements: Segment) -> None:
        self._payment = [*elements, *[""] * 17]
        self._payment_at = self._walker.number
        if not at(elements, 2):
            self._note("BPR", 2, "missing-element", "BPR02 is not there")

    def _trn(self, elements: Segment) -> None:
        self._trace = [*elements, *_BLANKS]

    def _n1(self, elements: Segment) -> None:
        party = PartyPart(at(elements, 2), at(elements, 3), at(elements, 4))
        if at(elements, 1) == "PR":
            self._payer = party
        elif at(elements, 1) == "PE":
            self._payee = party
        else:
            self._part.raw.append(self._walker.raw)
            return
        self._part = party

    def _n3(self, elements: Segment) -> None:
        if isinstance(self._part, PartyPart):
            self._part.street = (at(elements, 1), at(elements, 2))
        else:
            self._part.raw.append(self._walker.raw)

    def _n4(self, elements: Segment) -> None:
        if isinstance(self._part, PartyPart):
            self._part.city = (at(elements, 1), at(elements, 2), at(elements, 3), at(elements, 4))
        else:
            self._part.raw.append(self._walker.raw)

    def _lx(self, elements: Segment) -> None:
        self._loop_number = whole_number(at(elements, 1)) or 0
        self._part = self._header

    def _clp(self, elements: Segment) -> None:
        missing = [place for place in (1, 2, 3, 4) if not at(elements, place)]
        if missing:
            self._note("CLP", missing[0], "missing-element", f"CLP{missing[0]:02d} is not there")
        money = self._money
        place = self._walker.number
        claim = ClaimPart([*elements, *_BLANKS], place, self._loop_number)
        claim.charge, claim.paid = money(elements, 3, "CLP"), money(elements, 4, "CLP")
        claim.responsibility = money(elements, 5, "CLP")
        self._claim = self._part = claim

    def _cas(self, elements: Segment) -> None:
        if self._claim is None:
            self._note("CAS", 0, "misplaced-segment", "CAS stands in no claim")
        if len(elements) == 4 and elements[2] and elements[3]:
            self._part.adjustments.append(Adjustment(elements[1], elements[2], self._money(elements, 3, "CAS")))
            return
        group = at(elements, 1)
        for place in range(2, len(elements), 3):
            reason, amount, quantity = elements[place], at(elements, place + 1), at(elements, place + 2)
            if not reason and not amount:
                continue
            if not amount:
                self._note("CAS", place + 1, "missing-element", "a reason without an amount")
            self._part.adjustments.append(Adjustment(group, reason, self._money(elements, place + 1, "CAS"), quantity))

    def _svc(self, elements: Segment) -> None:
        claim = self._claim
        if claim is None:
            self._note("SVC", 0, "misplaced-segment", "SVC stands in no claim")
            self._part.raw.append(self._walker.raw)
            return
        if not at(elements, 2):
            self._note("SVC", 2, "missing-element", "SVC02 is not there")
        line = LinePart([*elements, *_BLANKS], self._component, self._walker.number)
        line.charge, line.paid = self._money(elements, 2, "SVC"), self._money(elements, 3, "SVC")
        claim.lines.append(line)
        self._part = line

    def _dtm(self, elements: Segment) -> None:
        qualifier, text = at(elements, 1), at(elements, 2)
        on = day(text)
        part = self._part
        if on is None:
            self._note("DTM", 2, "not-a-date", "DTM02 is no date")
            part.raw.append(self._walker.raw)
        elif isinstance(part, LinePart):
            if qualifier in {"472", "150"}:
                part.first = on
            elif qualifier == "151":
                part.last = on
            else:
                part.raw.append(self._walker.raw)
        elif isinstance(part, ClaimPart):
            part.dates.append(Dated(qualifier, on))
        elif isinstance(part, PartyPart) and qualifier == "405":
            self._produced = text
        else:
            part.raw.append(self._walker.raw)

    def _ref(self, elements: Segment) -> None:
        qualifier, value = at(elements, 1), at(elements, 2)
        if qualifier == "6R" and isinstance(self._part, LinePart) and not self._part.control_number:
            self._part.control_number = value
        else:
            self._part.references.append(Reference(qualifier, value))

    def _nm1(self, elements: Segment) -> None:
        if self._claim is None or isinstance(self._part, LinePart):
            self._part.raw.append(self._walker.raw)
        else:
            self._claim.add_person([*elements, *_BLANKS])

    def _amt(self, elements: Segment) -> None:
        self._part.amounts.append(Amount(at(elements, 1), self._money(elements, 2, "AMT")))

    def _qty(self, elements: Segment) -> None:
        self._part.quantities.append(Quantity(at(elements, 1), at(elements, 2)))

    def _lq(self, elements: Segment) -> None:
        if isinstance(self._part, LinePart) and at(elements, 1) == "HE":
            self._part.remarks.append(at(elements, 2))
        else:
            self._part.raw.append(self._walker.raw)

    def _moa(self, elements: Segment) -> None:
        if self._claim is not None:
            self._claim.outpatient = tuple(elements[1:])

    def _mia(self, elements: Segment) -> None:
        if self._claim is not None:
            self._claim.inpatient = tuple(elements[1:])

    def _plb(self, elements: Segment) -> None:
        self._part = self._header
        provider, ends = at(elements, 1), day(at(elements, 2))
        for place in range(3, len(elements), 2):
            code, _, reference = elements[place].partition(self._component)
            if code or at(elements, place + 1):
                amount = self._money(elements, place + 1, "PLB")
                self._adjustments.append(ProviderAdjustment(provider, ends, code, reference, amount))
