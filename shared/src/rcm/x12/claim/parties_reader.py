"""Reads the parties of claims: loops that begin with NM1, each as one text."""

from collections.abc import Callable
from datetime import date
from operator import itemgetter

from msgspec import Struct

from rcm.x12.claim.values import NO_DATE, Patient, Payer, PayTo, Place, Provider, Receiver, Submitter, Subscriber
from rcm.x12.elements import day, period
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import Segment, at
from rcm.x12.reading import BLANKS, Faults, address, contact, longer_than_typed
from rcm.x12.values import Address, Contact, Reference

_KEPT = 512
"""Providers and payers that are remembered by their text: files repeat them."""
_NOWHERE = Address("", "")


class Typed(Struct, frozen=True):
    """What of a loop has a typed place."""

    segments: frozenset[str]
    """Ids of those behind NM1."""
    left: Callable[[list[str]], tuple[str, ...]]
    """Of NM1 without its id, padded, the elements without one."""


def typed(segments: str, places: str) -> Typed:
    """`places` of NM1 as its guide counts them."""
    known = {int(place) - 1 for place in places.split()}
    return Typed(frozenset(segments.split()), itemgetter(*[place for place in range(12) if place not in known]))


SUBMITTER = typed("PER", "1 2 3 4 8 9")
RECEIVER = typed("", "1 2 3 8 9")
PROVIDER = typed("N3 N4 PRV REF PER", "1 2 3 4 5 7 8 9")
PAY_TO = typed("N3 N4 REF", "1 2 3 8 9")
PLACE = typed("N3 N4", "1 2 3")
INSURED = typed("N3 N4 DMG REF PER", "1 2 3 4 5 7 8 9")
PAYER = typed("N3 N4 REF", "1 2 3 8 9")
OTHER_SUBSCRIBER = typed("N3 N4 REF", "1 2 3 4 5 7 8 9")
OTHER_PAYER = typed("N3 N4 REF DTP", "1 2 3 8 9")
OTHER_PROVIDER = typed("REF", "1 2")


class PartyLoop:
    """The segments of one loop: its NM1 (without the id, so that NM101 is [0]) and what follows it."""

    __slots__ = ("birth", "city", "contacts", "dates", "name", "nm1", "places", "provider", "raw", "references", "street")

    def __init__(self, text: str, delimiters: Delimiters, known: Typed) -> None:
        element = delimiters.element
        first, *others = text.split(delimiters.terminator)
        self.nm1 = [*first.split(element), *BLANKS]
        self.street: Segment = []
        self.city: Segment = []
        self.birth: Segment = []
        self.provider: Segment = []
        self.references: list[Reference] = []
        self.contacts: list[Contact] = []
        self.dates: list[Segment] = []
        self.places: dict[str, int] = {}
        """How far behind NM1 those stand that may be faulty: DMG, DTP."""
        self.raw: list[str] = []
        self.name = f"NM1{element}{first}"
        if any(known.left(self.nm1)):
            self.raw.append(self.name)
        for place, raw in enumerate(others, 1):
            elements = raw.split(element)
            if elements[0] in {"DMG", "DTP"}:
                self.places.setdefault(elements[0], place)
            if elements[0] not in known.segments or not self._take(elements) or longer_than_typed(elements):
                self.raw.append(raw)

    def _take(self, elements: Segment) -> bool:
        """False for a segment that has no typed place."""
        name = elements[0]
        if name == "REF":
            self.references.append(Reference(at(elements, 1), at(elements, 2), at(elements, 3)))
        elif name == "N3" and not self.street:
            self.street = elements
        elif name == "N4" and not self.city:
            self.city = elements
        elif name == "DMG" and not self.birth:
            self.birth = elements
        elif name == "PRV" and not self.provider:
            self.provider = elements
        elif name == "PER":
            self.contacts.append(contact(elements))
        elif name == "DTP" and at(elements, 1) == "573" and not self.dates:
            self.dates.append(elements)
        else:
            return False
        return True

    @property
    def address(self) -> Address | None:
        """N3 and N4, where there are any."""
        return address(self.street, self.city)


class PartyReader:
    """Makes typed parties of loops."""

    def __init__(self, faults: Faults, delimiters: Delimiters) -> None:
        self._faults = faults
        self._delimiters = delimiters
        self._providers: dict[str, Provider] = {}
        self._payers: dict[str, Payer] = {}

    def provider(self, text: str) -> Provider:
        """2310 and 2420."""
        found = self._providers.get(text)
        if found is None:
            if len(self._providers) >= _KEPT:
                self._providers.clear()
            found = self._providers[text] = _provider(PartyLoop(text, self._delimiters, PROVIDER), "")
        return found

    def billing_provider(self, text: str, taxonomy: str, raw: list[str]) -> Provider:
        """2000A and 2010AA: EI or SY is the tax id."""
        return _provider(PartyLoop(text, self._delimiters, PROVIDER), taxonomy, raw, billing=True)

    def payer(self, text: str) -> Payer:
        """2010BB."""
        found = self._payers.get(text)
        if found is None:
            if len(self._payers) >= _KEPT:
                self._payers.clear()
            loop = PartyLoop(text, self._delimiters, PAYER)
            nm1 = loop.nm1
            found = Payer(nm1[2], nm1[8], loop.address, nm1[7] or "PI", tuple(loop.references), tuple(loop.raw))
            self._payers[text] = found
        return found

    def pay_to(self, text: str) -> PayTo:
        """2010AB and 2010AC."""
        loop = PartyLoop(text, self._delimiters, PAY_TO)
        nm1 = loop.nm1
        return PayTo(nm1[0], loop.address or _NOWHERE, nm1[2], nm1[7], nm1[8], tuple(loop.references), tuple(loop.raw))

    def place(self, text: str) -> Place:
        """2310E and F, 2420G and H."""
        loop = PartyLoop(text, self._delimiters, PLACE)
        return Place(loop.address or _NOWHERE, loop.nm1[2], tuple(loop.raw))

    def submitter(self, text: str) -> Submitter:
        """1000A."""
        loop = PartyLoop(text, self._delimiters, SUBMITTER)
        nm1, contacts = loop.nm1, loop.contacts
        first = contacts[0] if contacts else Contact()
        phone, email = first.number("TE"), first.number("EM")
        more = len(contacts) > 1 or len(first.numbers) > (phone != "") + (email != "")
        return Submitter(nm1[2], nm1[8], first.name, phone, email, nm1[3], tuple(contacts) if more else (), tuple(loop.raw))

    def receiver(self, text: str) -> Receiver:
        """1000B."""
        loop = PartyLoop(text, self._delimiters, RECEIVER)
        return Receiver(loop.nm1[2], loop.nm1[8], tuple(loop.raw))

    def subscriber(self, text: str, sbr: Segment, pat: Segment, raw: list[str], number: int) -> Subscriber:
        """2000B and 2010BA; `number` is that of NM1."""
        loop = PartyLoop(text, self._delimiters, INSURED)
        nm1 = loop.nm1
        died_on, weight, pregnant = self.condition(pat)
        return Subscriber(
            nm1[8], nm1[2], nm1[3], nm1[4], self.born(loop, number), at(loop.birth, 3) or "U", loop.address, sbr[1], sbr[3],
            sbr[4], sbr[9], sbr[5], nm1[6], nm1[7] or "MI", nm1[1] == "2", died_on, weight, pregnant, tuple(loop.references),
            tuple(loop.contacts), (*raw, *loop.raw),
        )  # fmt: skip

    def patient(self, text: str, pat: Segment, raw: list[str], number: int) -> Patient:
        """2000C and 2010CA."""
        loop = PartyLoop(text, self._delimiters, INSURED)
        nm1 = loop.nm1
        return Patient(
            nm1[2], at(pat, 1), self.born(loop, number) or NO_DATE, at(loop.birth, 3) or "U", loop.address or _NOWHERE, nm1[3],
            nm1[4], nm1[6], nm1[8], *self.condition(pat), tuple(loop.references), tuple(loop.contacts), (*raw, *loop.raw),
        )  # fmt: skip

    def born(self, loop: PartyLoop, number: int) -> date | None:
        """DMG02; a problem where it is no date."""
        if not loop.birth or not at(loop.birth, 2):
            return None
        on = period(loop.birth[2])[0]
        if on is None:
            self._faults.note("DMG", 2, "not-a-date", "DMG02 is no date", number + loop.places["DMG"])
            loop.raw.append(self._delimiters.element.join(loop.birth))
        return on

    def condition(self, pat: Segment) -> tuple[date | None, str, bool]:
        """PAT06, PAT08, PAT09: death, weight, pregnancy."""
        return (day(at(pat, 6)), at(pat, 8), at(pat, 9) == "Y") if pat else (None, "", False)


def _provider(loop: PartyLoop, taxonomy: str, raw: list[str] | None = None, *, billing: bool = False) -> Provider:
    nm1, references = loop.nm1, loop.references
    if nm1[1] and (nm1[1] == "1") != bool(nm1[3]) and loop.name not in loop.raw:
        # Whether it is a person is told by the first name alone.
        loop.raw.append(loop.name)
    tax_id, kind = "", "EI"
    if billing:
        found = next((item for item in references if item.qualifier in {"EI", "SY"}), None)
        if found is not None:
            tax_id, kind = found.value, found.qualifier
            references = [item for item in references if item is not found]
    npi = nm1[8] if nm1[7] == "XX" else ""
    others = (Reference(nm1[7], nm1[8]),) if nm1[8] and not npi else ()
    contacts = loop.contacts
    first = contacts[0] if contacts else Contact()
    phone = first.number("TE")
    more = len(contacts) > 1 or len(first.numbers) > (phone != "")
    return Provider(
        npi, nm1[2], nm1[3], nm1[4], at(loop.provider, 3) or taxonomy, tax_id, kind, loop.address, first.name, phone,
        (*others, *references), nm1[6], tuple(contacts) if more else (), (*(raw or ()), *loop.raw),
    )  # fmt: skip
