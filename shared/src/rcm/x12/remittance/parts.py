"""What a reader collects of an 835's loops until each is whole."""

from datetime import date

from rcm.x12.remittance.values import ClaimPayment, LinePayment, Party, Person
from rcm.x12.values import Address, Adjustment, Amount, Dated, Quantity, Reference

_NOTHING: list[str] = []


class Part:
    """What header, claims and lines have in common."""

    __slots__ = ("adjustments", "amounts", "quantities", "raw", "references")

    def __init__(self) -> None:
        self.adjustments: list[Adjustment] = []
        self.amounts: list[Amount] = []
        self.quantities: list[Quantity] = []
        self.references: list[Reference] = []
        self.raw: list[str] = []


class PartyPart(Part):
    """Loop 1000A or 1000B; also the header itself, which has no name."""

    __slots__ = ("city", "identifier", "name", "qualifier", "street")

    def __init__(self, name: str = "", qualifier: str = "", identifier: str = "") -> None:
        super().__init__()
        self.name = name
        self.qualifier = qualifier
        self.identifier = identifier
        self.street = ("", "")
        self.city = ("", "", "", "")

    def whole(self) -> Party:
        """The party with its address, where it has one."""
        address = None
        if any(self.street) or any(self.city):
            city, state, postal_code, country = self.city
            address = Address(self.street[0], city, state, postal_code, self.street[1], country)
        return Party(self.name, self.qualifier, self.identifier, address, tuple(self.references), tuple(self.raw))


class LinePart(Part):
    """Loop 2110."""

    __slots__ = ("charge", "component", "control_number", "elements", "first", "last", "number", "paid", "remarks")

    def __init__(self, elements: list[str], component: str, number: int) -> None:
        super().__init__()
        self.elements = elements
        self.component = component
        self.number = number
        self.charge = self.paid = 0
        self.first: date | None = None
        self.last: date | None = None
        self.control_number = ""
        self.remarks: list[str] = []

    def whole(self) -> LinePayment:
        """The line as typed."""
        elements = self.elements
        procedure = elements[1].split(self.component)
        parts = len(procedure)
        original = elements[6].split(self.component) if elements[6] else _NOTHING
        code = procedure[1] if parts > 1 else ""
        return LinePayment(
            code,
            self.charge,
            self.paid,
            tuple(filter(None, procedure[2:6])) if parts > 2 else (),
            procedure[0],
            elements[5] or "1",
            elements[4] or (code if procedure[0] == "NU" else ""),
            original[1] if len(original) > 1 else "",
            tuple(filter(None, original[2:6])) if original else (),
            elements[7],
            self.control_number,
            self.first,
            self.last,
            tuple(self.adjustments),
            tuple(self.references),
            tuple(self.amounts),
            tuple(self.quantities),
            tuple(self.remarks),
            self.number,
            tuple(self.raw),
        )


class ClaimPart(Part):
    """Loop 2100."""

    __slots__ = (
        "charge", "dates", "elements", "inpatient", "lines", "loop", "number", "outpatient", "paid", "persons",
        "responsibility",
    )  # fmt: skip

    def __init__(self, elements: list[str], number: int, loop: int) -> None:
        super().__init__()
        self.elements = elements
        self.number = number
        self.loop = loop
        self.charge = self.paid = self.responsibility = 0
        self.lines: list[LinePart] = []
        self.persons: list[Person] = []
        self.dates: list[Dated] = []
        self.outpatient: tuple[str, ...] = ()
        self.inpatient: tuple[str, ...] = ()

    def add_person(self, elements: list[str]) -> None:
        """An NM1 of the claim."""
        self.persons.append(Person(elements[1], elements[3], elements[4], elements[5], elements[8], elements[9]))

    def whole(self, last: int) -> ClaimPayment:
        """The claim as typed; `last` is its last segment's number."""
        elements, outpatient, inpatient = self.elements, self.outpatient, self.inpatient
        remarks = tuple(filter(None, (*outpatient[2:7], *inpatient[4:5], *inpatient[19:23]))) if outpatient or inpatient else ()
        return ClaimPayment(
            elements[1],
            elements[2],
            self.charge,
            self.paid,
            self.responsibility,
            elements[6],
            elements[7],
            elements[8],
            elements[9],
            tuple(self.adjustments),
            tuple([line.whole() for line in self.lines]),
            tuple(self.persons),
            tuple(self.references),
            tuple(self.dates),
            tuple(self.amounts),
            tuple(self.quantities),
            remarks,
            outpatient,
            inpatient,
            self.loop,
            self.number,
            last,
            tuple(self.raw),
        )
