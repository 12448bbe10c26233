"""What readers of 270, 271, 276 and 277 collect of a party or a member until it is whole."""

from datetime import date

from rcm.money import NotMoney
from rcm.x12.elements import cents, day, instant, period
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.parties import Member, Party, Procedure, ProviderRole, Rejection, Trace, TransactionHeader
from rcm.x12.problems import Problem
from rcm.x12.values import Address, Contact, Dated, Reference

_BLANKS = [""] * 19
_INS_PLACES = frozenset({1, 2, 3, 4, 17})


class PartyPart:
    """NM1 and its followers."""

    def __init__(self) -> None:
        self.elements: Segment = _BLANKS
        self.address: tuple[str, str, str, str, str, str] = ("", "", "", "", "", "")
        self.references: list[Reference] = []
        self.contacts: list[Contact] = []
        self.provider: ProviderRole | None = None
        self.rejections: list[Rejection] = []
        self.raw: list[str] = []

    @property
    def named(self) -> bool:
        """Whether its NM1 has come."""
        return self.elements is not _BLANKS

    def take(self, elements: Segment) -> bool:
        """Takes NM1, N3, N4, REF, PER or PRV; False for what has no typed place, which the caller keeps raw."""
        name, used = elements[0], len(elements) - 1
        _, _, city, state, postal_code, country = self.address
        if name == "NM1" and not self.named and used <= 10:
            self.elements = [*elements, *_BLANKS]
        elif name == "N3" and used <= 2 and not any(self.address[:2]):
            self.address = (at(elements, 1), at(elements, 2), city, state, postal_code, country)
        elif name == "N4" and used <= 4 and not any(self.address[2:]):
            self.address = (*self.address[:2], at(elements, 1), at(elements, 2), at(elements, 3), at(elements, 4))
        elif name == "REF" and used <= 3:
            self.references.append(reference(elements))
        elif name == "PER" and used <= 8:
            numbers = zip(elements[3::2], [*elements[4::2], ""], strict=False)
            told = tuple((kind, number) for kind, number in numbers if kind or number)
            self.contacts.append(Contact(at(elements, 1), at(elements, 2), told))
        elif name == "PRV" and used <= 3 and self.provider is None:
            self.provider = ProviderRole(at(elements, 1), at(elements, 2), at(elements, 3))
        else:
            return False
        return True

    def whole(self) -> Party:
        """The party as typed."""
        nm1 = self.elements
        line1, line2, city, state, postal_code, country = self.address
        return Party(
            nm1[1],
            nm1[3],
            nm1[4],
            nm1[5],
            nm1[6],
            nm1[7],
            nm1[2] == "1",
            nm1[8],
            nm1[9],
            nm1[10],
            Address(line1, city, state, postal_code, line2, country) if any(self.address) else None,
            tuple(self.references),
            tuple(self.contacts),
            self.provider,
            tuple(self.rejections),
            tuple(self.raw),
        )


class MemberPart(PartyPart):
    """A subscriber or dependent: the party, and what only a member has."""

    def __init__(self) -> None:
        super().__init__()
        self.traces: list[Trace] = []
        self.born: tuple[date | None, str] | None = None
        self.insured: Segment = _BLANKS
        self.diagnoses: list[Reference] = []
        self.dates: list[Dated] = []

    def take_member(self, elements: Segment, component: str) -> bool:
        """Takes also TRN, DMG, INS, HI and DTP."""
        name, used = elements[0], len(elements) - 1
        if name == "TRN" and used <= 4:
            self.traces.append(trace(elements))
        elif name == "DMG" and used <= 3 and self.born is None and at(elements, 1) in {"D8", ""}:
            born = day(at(elements, 2))
            if born is None and at(elements, 2):
                return False
            self.born = (born, at(elements, 3))
        elif (
            name == "INS"
            and self.insured is _BLANKS
            and not any(text for place, text in enumerate(elements[1:], 1) if place not in _INS_PLACES)
        ):
            self.insured = [*elements, *_BLANKS]
        elif name == "HI" and all(element.count(component) <= 1 for element in elements[1:]):
            pairs = [element.partition(component) for element in elements[1:] if element]
            self.diagnoses += [Reference(qualifier, code) for qualifier, _, code in pairs]
        elif name == "DTP" and (dated := dated_of(elements)) is not None:
            self.dates.append(dated)
        else:
            return self.take(elements)
        return True

    def member(self) -> Member:
        """The member as typed."""
        ins = self.insured
        birth_date, sex = self.born or (None, "")
        return Member(
            self.whole(),
            tuple(self.traces),
            birth_date,
            sex,
            ins[1],
            ins[2],
            ins[3],
            ins[4],
            ins[17],
            tuple(self.diagnoses),
            tuple(self.dates),
        )


class HeaderPart:
    """ST, BHT and what stands before the first HL."""

    def __init__(self, transaction: TransactionSet) -> None:
        self._transaction = transaction
        self._bht: Segment = _BLANKS
        self.raw: list[str] = []

    def take(self, elements: Segment) -> bool:
        """Takes BHT, once."""
        if elements[0] != "BHT" or self._bht is not _BLANKS:
            return False
        self._bht = [*elements, *_BLANKS]
        return True

    def whole(self) -> TransactionHeader:
        """The header as typed."""
        bht, transaction = self._bht, self._transaction
        return TransactionHeader(
            bht[3],
            bht[2],
            instant(bht[4], bht[5]) or instant(bht[4], "0000"),
            bht[6],
            bht[1],
            transaction.control_number,
            transaction.version,
            transaction.envelope,
            transaction.first_segment,
            tuple(self.raw),
        )


class Notes:
    """Where a reader writes down the faults of the segment at hand."""

    def __init__(self, walker: Walker, problems: list[Problem]) -> None:
        self._walker = walker
        self._problems = problems

    def note(self, name: str, element: int, code: str, message: str) -> None:
        """A fault at the segment at hand."""
        self._problems.append(Problem(self._walker.number, name, element, code, message))

    def money(self, elements: Segment, place: int) -> int | None:
        """An amount in cents; None where it is not there, or can't be read (which is noted)."""
        text = at(elements, place)
        try:
            return cents(text) if text else None
        except NotMoney as error:
            self.note(elements[0], place, "not-an-amount", str(error))
            return None


def reference(elements: Segment) -> Reference:
    """REF01 to REF03."""
    return Reference(at(elements, 1), at(elements, 2), at(elements, 3))


def trace(elements: Segment) -> Trace:
    """TRN."""
    return Trace(at(elements, 2), at(elements, 1), at(elements, 3), at(elements, 4))


def dated_of(elements: Segment) -> Dated | None:
    """A DTP with a day or a period; None where it holds neither."""
    first, last = period(at(elements, 3))
    if first is None or len(elements) != 4 or (last is None) != (elements[2] == "D8"):
        return None
    return Dated(elements[1], first, last)


def procedure(text: str, component: str) -> Procedure | None:
    """A procedure composite; None where there is none."""
    if not text:
        return None
    qualifier, code, *modifiers = (*text.split(component), "")
    return Procedure(qualifier, code, tuple(filter(None, modifiers)))
