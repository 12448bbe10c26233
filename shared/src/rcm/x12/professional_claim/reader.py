"""Reads 837P files claim by claim: ours, and other people's as far as the guide's professional loops go."""

from collections.abc import Callable, Iterator

from rcm.money import NotMoney
from rcm.x12.elements import cents, period, whole_number
from rcm.x12.grammar import Source
from rcm.x12.interchange import Segment, TransactionSet, Walker, at, refuse_if_nothing
from rcm.x12.problems import Problem
from rcm.x12.professional_claim.parts import BillingPart, ClaimPart, LinePart, PersonPart, ProviderPart
from rcm.x12.professional_claim.values import ClaimInFile, Receiver, Submitter
from rcm.x12.values import Dated, Reference

_BLANKS = [""] * 17
_NO_PERSON = PersonPart(_BLANKS)
_CLAIM_PROVIDERS = frozenset({"82", "DN", "DQ", "77", "FA"})
_NOTHING: frozenset[str] = frozenset()
_AFTER_OTHER_PAYER = frozenset({"LX"})
"""Loops 2320 (from SBR) and 2430 (from SVD) stay raw to the next line."""
_AFTER_OTHER_PROVIDER = frozenset({"LX", "NM1", "SBR"})


def is_professional(transaction: TransactionSet) -> bool:
    """Whether an 837 is a professional one, in 5010 (X222) or 4010 (X098); one that names no guide may be."""
    version = transaction.version
    return transaction.identifier == "837" and ("X222" in version or "X098" in version or "X" not in version)


def read_professional_claims(source: Source, problems: list[Problem] | None = None) -> Iterator[ClaimInFile]:
    """Every claim of every 837P in the file, one at a time.

    Raises NotX12, and WrongTransaction at the end where the file held no 837P. Faults are added to `problems` where a list is
    given. Loops of other payers (2320, 2430) and what else has no typed place stand in `raw` of the claim or line.
    """
    walker = Walker(source)
    found: list[Problem] = problems if problems is not None else []
    count = 0
    for item in walker:
        if isinstance(item, TransactionSet) and is_professional(item):
            count += 1
            yield from ProfessionalClaimReader(walker, item, found).claims()
    found.extend(walker.problems)
    refuse_if_nothing(count, walker, "837P")


class ProfessionalClaimReader:
    """One 837P transaction set."""

    def __init__(
        self,
        walker: Walker,
        transaction: TransactionSet,
        problems: list[Problem],
        take: Callable[[Segment], None] | None = None,
    ) -> None:
        """`take` is shown each segment before it is read."""
        self._take = take
        self._walker = walker
        self._transaction = transaction
        self._problems = problems
        self._component = walker.delimiters.component
        self.reference = ""
        """BHT03."""
        self._submitter = Submitter("", "")
        self._receiver = Receiver("", "")
        self._billing = BillingPart(ProviderPart(_BLANKS))
        self._subscriber = self._payer = _NO_PERSON
        self._patient: PersonPart | None = None
        self._sbr: list[str] = _BLANKS
        self._relationship = ""
        self._claim: ClaimPart | None = None
        self._line: LinePart | None = None
        self._named: PersonPart | ProviderPart | None = None
        """Whose N3, N4, DMG, PRV, REF come next."""
        self._taxonomy = ""
        self._raw_until = _NOTHING
        """While not empty, segments stay raw until one of these comes."""
        self._handlers: dict[str, Callable[[Segment], None]] = {
            "HL": self._hl, "SBR": self._sbr_segment, "PAT": self._pat, "NM1": self._nm1, "N3": self._n3, "N4": self._n4,
            "DMG": self._dmg, "PRV": self._prv, "REF": self._ref, "PER": self._per, "BHT": self._bht, "DTP": self._dtp,
            "HI": self._hi, "LX": self._lx, "SV1": self._sv1, "AMT": self._amt, "NTE": self._nte, "LIN": self._lin,
            "CTP": self._ctp, "CLM": self._clm,
        }  # fmt: skip

    def claims(self) -> Iterator[ClaimInFile]:
        """The claims in order, each when its last segment was read."""
        handlers, walker, take = self._handlers, self._walker, self._take
        for elements in self._transaction:
            if take is not None:
                take(elements)
            name = elements[0]
            if name in {"CLM", "HL"}:
                if self._claim is not None:
                    yield self._whole(walker.number - 1)
                self._raw_until = _NOTHING
                handlers[name](elements)
            elif name in handlers and (not self._raw_until or name in self._raw_until):
                self._raw_until = _NOTHING
                handlers[name](elements)
            else:
                if name == "SVD":
                    self._raw_until = _AFTER_OTHER_PAYER
                self._keep()
        if self._claim is not None:
            yield self._whole(walker.number - 1)

    def _whole(self, last: int) -> ClaimInFile:
        claim, self._claim, self._line, self._named = self._claim, None, None, None
        self._raw_until = _NOTHING
        assert claim is not None
        return ClaimInFile(
            claim.whole(
                self._billing.whole(),
                self._subscriber.subscriber(self._sbr),
                self._payer.payer(),
                self._patient.patient(self._relationship) if self._patient is not None else None,
                self._component,
            ),
            self._transaction.envelope,
            self._transaction.control_number,
            self._submitter,
            self._receiver,
            claim.number,
            last,
            self.reference,
        )

    def _keep(self) -> None:
        """The segment at hand has no typed place: it stays raw with its line or claim."""
        part = self._line or self._claim
        if part is not None:
            part.raw.append(self._walker.raw)

    def _note(self, name: str, element: int, code: str, message: str) -> None:
        self._problems.append(Problem(self._walker.number, name, element, code, message))

    def _money(self, elements: Segment, place: int, name: str) -> int:
        text = at(elements, place)
        try:
            return cents(text) if text else 0
        except NotMoney as error:
            self._note(name, place, "not-an-amount", str(error))
            return 0

    def _bht(self, elements: Segment) -> None:
        self.reference = at(elements, 3)

    def _hl(self, elements: Segment) -> None:
        level = at(elements, 3)
        self._named = None
        if level == "20":
            self._taxonomy = ""
            self._billing = BillingPart(ProviderPart(_BLANKS))
        elif level == "22":
            self._patient, self._relationship = None, ""
            self._subscriber = self._payer = _NO_PERSON
        elif level == "23":
            self._patient = _NO_PERSON

    def _sbr_segment(self, elements: Segment) -> None:
        if self._claim is not None:
            self._raw_until = _AFTER_OTHER_PAYER
            self._keep()
        else:
            self._sbr = [*elements, *_BLANKS]

    def _pat(self, elements: Segment) -> None:
        if self._patient is not None:
            self._relationship = at(elements, 1)

    def _nm1(self, elements: Segment) -> None:
        padded = [*elements, *_BLANKS]
        entity = padded[1]
        if self._claim is not None:
            self._claim_provider(entity, padded)
        elif entity == "41":
            self._submitter = Submitter(padded[3], padded[9])
        elif entity == "40":
            self._receiver = Receiver(padded[3], padded[9])
        elif entity == "85":
            self._named = self._billing.provider = ProviderPart(padded, self._taxonomy)
        elif entity == "IL":
            self._named = self._subscriber = PersonPart(padded)
        elif entity == "QC":
            self._named = self._patient = PersonPart(padded)
        elif entity == "PR":
            self._named = self._payer = PersonPart(padded)
        else:
            self._named = ProviderPart(padded)

    def _claim_provider(self, entity: str, padded: Segment) -> None:
        """2310 and 2420: those that a claim or line has a place for."""
        part = self._line or self._claim
        assert part is not None
        self._named = None
        if entity in _CLAIM_PROVIDERS and (self._line is None or entity == "82"):
            self._named = part.providers["77" if entity == "FA" else entity] = ProviderPart(padded)
        else:
            self._raw_until = _AFTER_OTHER_PROVIDER
            self._keep()

    def _n3(self, elements: Segment) -> None:
        if self._named is not None:
            self._named.street = (at(elements, 1), at(elements, 2))

    def _n4(self, elements: Segment) -> None:
        if self._named is not None:
            self._named.city = (at(elements, 1), at(elements, 2), at(elements, 3), at(elements, 4))

    def _dmg(self, elements: Segment) -> None:
        if isinstance(self._named, PersonPart):
            self._named.birth_date = period(at(elements, 2))[0]
            self._named.sex = at(elements, 3) or "U"

    def _prv(self, elements: Segment) -> None:
        if isinstance(self._named, ProviderPart):
            self._named.taxonomy = at(elements, 3)
        elif self._claim is None:
            self._taxonomy = at(elements, 3)

    def _ref(self, elements: Segment) -> None:
        reference = Reference(at(elements, 1), at(elements, 2))
        if self._named is not None:
            self._named.references.append(reference)
        elif self._line is not None:
            self._line.reference(reference)
        elif self._claim is not None:
            self._claim.references.append(reference)

    def _per(self, elements: Segment) -> None:
        numbers = dict(zip(elements[3::2], elements[4::2], strict=False))
        if isinstance(self._named, ProviderPart):
            self._named.contact = (at(elements, 2), numbers.get("TE", ""))
        elif self._claim is None and not self._receiver.name:
            kept = self._submitter
            email = numbers.get("EM", "")
            self._submitter = Submitter(kept.name, kept.identifier, at(elements, 2), numbers.get("TE", ""), email)

    def _clm(self, elements: Segment) -> None:
        padded = [*elements, *_BLANKS]
        for place in (1, 2, 5):
            if not padded[place]:
                self._note("CLM", place, "missing-element", f"CLM{place:02d} is not there")
        self._claim = ClaimPart(padded, self._money(padded, 2, "CLM"), self._walker.number)
        self._line = self._named = None
        self._raw_until = _NOTHING

    def _dtp(self, elements: Segment) -> None:
        first, last = period(at(elements, 3))
        part = self._line or self._claim
        if first is None or part is None:
            self._note("DTP", 3, "not-a-date", "DTP03 is no date")
            self._keep()
        elif self._line is not None and at(elements, 1) == "472":
            self._line.first, self._line.last = first, last
        else:
            part.dates.append(Dated(at(elements, 1), first, last))

    def _hi(self, elements: Segment) -> None:
        if self._claim is None:
            return
        for element in elements[1:]:
            qualifier, _, rest = element.partition(self._component)
            if qualifier in {"ABK", "BK", "ABF", "BF"}:
                self._claim.diagnoses.append(rest.partition(self._component)[0])
            else:
                self._keep()
                return

    def _lx(self, elements: Segment) -> None:
        if self._claim is None:
            return
        number = at(elements, 1)
        self._named = None
        self._line = LinePart(whole_number(number) or len(self._claim.lines) + 1)
        self._claim.lines.append(self._line)

    def _sv1(self, elements: Segment) -> None:
        if self._line is None:
            self._note("SV1", 0, "misplaced-segment", "SV1 without LX")
            return
        self._line.service([*elements, *_BLANKS], self._money(elements, 2, "SV1"), self._component)

    def _amt(self, elements: Segment) -> None:
        if self._claim is not None and self._line is None and at(elements, 1) == "F5":
            self._claim.patient_paid = self._money(elements, 2, "AMT")
        else:
            self._keep()

    def _nte(self, elements: Segment) -> None:
        part = self._line or self._claim
        if part is not None and at(elements, 1) == "ADD" and not part.note:
            part.note = at(elements, 2)
        else:
            self._keep()

    def _lin(self, elements: Segment) -> None:
        if self._line is not None and at(elements, 2) == "N4":
            self._line.ndc = at(elements, 3)
        else:
            self._keep()

    def _ctp(self, elements: Segment) -> None:
        if self._line is not None and self._line.ndc:
            unit = at(elements, 5).partition(self._component)[0]
            self._line.quantity = (at(elements, 4), unit)
        else:
            self._keep()
