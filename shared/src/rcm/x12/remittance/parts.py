"""What a reader collects of an 835's loops until each is whole."""

from datetime import date

from rcm.x12.reading import BLANKS, address
from rcm.x12.remittance.values import ClaimGroup, ClaimPayment, LinePayment, Party, Person
from rcm.x12.values import (
    Adjustment,
    Amount,
    Contact,
    Dated,
    InpatientAdjudication,
    OutpatientAdjudication,
    Quantity,
    Reference,
)

_NOTHING: list[str] = []


class Part:
    """What header, claims and lines have in common."""

    __slots__ = ("adjustments", "amounts", "contacts", "dates", "quantities", "raw", "references")

    def __init__(self) -> None:
        self.adjustments: list[Adjustment] = []
        self.amounts: list[Amount] = []
        self.quantities: list[Quantity] = []
        self.references: list[Reference] = []
        self.contacts: list[Contact] = []
        self.dates: list[Dated] = []
        self.raw: list[str] = []


class PartyPart(Part):
    """Loop 1000A or 1000B; also the header itself, which has no name."""

    __slots__ = ("city", "elements", "street")

    def __init__(self, elements: list[str] = BLANKS) -> None:
        super().__init__()
        self.elements = elements
        """N1, padded."""
        self.street: list[str] = []
        self.city: list[str] = []

    def whole(self) -> Party:
        """The party with its address, where it has one."""
        n1 = self.elements
        where = address(self.street, self.city)
        return Party(n1[2], n1[3], n1[4], where, tuple(self.references), tuple(self.contacts), tuple(self.raw))


class GroupPart(Part):
    """Loop 2000 before its claims."""

    __slots__ = ("drg_totals", "number", "summary", "summary_ends", "totals")

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.summary: list[str] = BLANKS
        self.summary_ends: date | None = None
        self.totals: list[Amount] = []
        self.drg_totals: list[Amount] = []

    def whole(self) -> ClaimGroup:
        """The group as typed."""
        ts3 = self.summary
        return ClaimGroup(
            self.number, ts3[1], ts3[2], self.summary_ends, ts3[4], tuple(self.totals), tuple(self.drg_totals), tuple(self.raw)
        )


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
            tuple(self.dates),
            procedure[6] if parts > 6 else "",
            original[0] if original and original[0] != procedure[0] else "",
            original[6] if len(original) > 6 else "",
        )


class ClaimPart(Part):
    """Loop 2100."""

    __slots__ = (
        "charge",
        "elements",
        "inpatient",
        "lines",
        "loop",
        "number",
        "outpatient",
        "paid",
        "persons",
        "responsibility",
    )

    def __init__(self, elements: list[str], number: int, loop: int) -> None:
        super().__init__()
        self.elements = elements
        self.number = number
        self.loop = loop
        self.charge = self.paid = self.responsibility = 0
        self.lines: list[LinePart] = []
        self.persons: list[Person] = []
        self.outpatient: OutpatientAdjudication | None = None
        self.inpatient: InpatientAdjudication | None = None

    def whole(self, last: int) -> ClaimPayment:
        """The claim as typed; `last` is its last segment's number."""
        elements = self.elements
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
            self.outpatient,
            self.inpatient,
            self.loop,
            self.number,
            last,
            tuple(self.raw),
            tuple(self.contacts),
            elements[11],
            elements[12],
            elements[13],
        )


def person(elements: list[str]) -> Person:
    """An NM1 of a claim, padded."""
    return Person(
        elements[1], elements[3], elements[4], elements[5], elements[8], elements[9], elements[7], elements[2] == "2"
    )  # fmt: skip
