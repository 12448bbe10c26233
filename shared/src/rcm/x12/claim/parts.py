"""What a reader collects of a claim (2300) and of a line (2400) until each is whole."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from rcm.x12.claim.values import Ambulance, Attachment, Certification, Drug, Note
from rcm.x12.elements import period
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import Segment, at
from rcm.x12.reading import BLANKS, Faults, longer_than_typed
from rcm.x12.values import Amount, Dated, Quantity, Reference

Handlers = Mapping[str, Callable[[Any, Segment], bool]]
"""By segment id; False for a segment that has no typed place."""


class Part:
    """What claims and lines have in common."""

    __slots__ = (
        "ambulance", "amounts", "attachments", "certifications", "codes", "component", "dates", "drug", "element", "faults",
        "notes", "quantities", "raw", "references", "segments", "service", "terminator", "times",
    )  # fmt: skip
    handlers: ClassVar[Handlers] = {}
    with_times: ClassVar[bool] = False
    """Whether times of day have a typed place; else they are kept raw."""

    def __init__(self, faults: Faults, delimiters: Delimiters) -> None:
        self.faults = faults
        self.element, self.terminator, self.component = delimiters.element, delimiters.terminator, delimiters.component
        self.dates: list[Dated] = []
        self.references: list[Reference] = []
        self.amounts: list[Amount] = []
        self.quantities: list[Quantity] = []
        self.notes: list[Note] = []
        self.attachments: list[Attachment] = []
        self.certifications: list[Certification] = []
        self.ambulance: Ambulance | None = None
        self.drug: Segment = []
        """LIN with CTP, REF of 2410 behind it."""
        self.codes: list[list[str]] = []
        """The composites of HI."""
        self.service: Segment = BLANKS
        """SV1, SV2 or SV3, padded."""
        self.segments: dict[str, list[Segment]] = {}
        """Segments that one guide alone types: CL1, DN1, DN2, TOO, CTP, REF of 2410, ..."""
        self.times: list[Segment] = []
        """DTP whose value is a time (TM) or a day with one (DT)."""
        self.raw: list[str] = []

    def take(self, raws: list[str], number: int) -> None:
        """Segments that follow each other; the first has this number."""
        handlers, element, faults = self.handlers, self.element, self.faults
        faults.number = number - 1
        for raw in raws:
            faults.number += 1
            elements = raw.split(element)
            handler = handlers.get(elements[0])
            if handler is None or not handler(self, elements) or longer_than_typed(elements):
                self.raw.append(raw)

    def dtp(self, elements: Segment) -> bool:
        """DTP."""
        form = at(elements, 2)
        if self.with_times and form in {"TM", "DT"}:
            self.times.append(elements)
            return True
        if form == "TM":
            return False
        first, last = period(at(elements, 3))
        if first is None:
            self.faults.note("DTP", 3, "not-a-date", "DTP03 is no date")
            return False
        self.dates.append(Dated(elements[1], first, last))
        return form != "DT"

    def ref(self, elements: Segment) -> bool:
        """REF; after LIN those of 2410."""
        qualifier = at(elements, 1)
        if self.drug and qualifier in {"XZ", "VY"} and qualifier not in self.segments:
            self.segments.setdefault(qualifier, []).append(elements)
        elif qualifier in {"XZ", "VY"} and not self.drug and self.raw:
            return False  # Of a drug that is raw itself, as its number is no NDC.
        else:
            self.references.append(Reference(qualifier, at(elements, 2), at(elements, 3)))
        return True

    def amt(self, elements: Segment) -> bool:
        """AMT."""
        self.amounts.append(Amount(at(elements, 1), self.faults.money(elements, 2)))
        return True

    def qty(self, elements: Segment) -> bool:
        """QTY."""
        self.quantities.append(Quantity(at(elements, 1), at(elements, 2)))
        return True

    def nte(self, elements: Segment) -> bool:
        """NTE."""
        self.notes.append(Note(at(elements, 1), at(elements, 2)))
        return True

    def pwk(self, elements: Segment) -> bool:
        """PWK."""
        self.attachments.append(Attachment(at(elements, 1), at(elements, 2), at(elements, 6)))
        return True

    def cr1(self, elements: Segment) -> bool:
        """CR1."""
        if self.ambulance is not None:
            return False
        weight, reason, miles = at(elements, 2), at(elements, 4), at(elements, 6)
        self.ambulance = Ambulance(reason, miles, weight, at(elements, 9), at(elements, 10))
        return True

    def crc(self, elements: Segment) -> bool:
        """CRC."""
        codes = tuple(filter(None, elements[3:8]))
        self.certifications.append(Certification(at(elements, 1), at(elements, 2) == "Y", codes))
        return True

    def hi(self, elements: Segment) -> bool:
        """HI."""
        self.codes += [element.split(self.component) for element in elements[1:13] if element]
        return True

    def once(self, elements: Segment) -> bool:
        """A segment that one guide alone types: kept by its id."""
        self.segments.setdefault(elements[0], []).append(elements)
        return True

    def named(self, *qualifiers: str) -> list[str]:
        """The values of the first REF with each of these qualifiers, which are taken out of `references`."""
        if not self.references:
            return [""] * len(qualifiers)
        found = dict.fromkeys(qualifiers, "")
        rest: list[Reference] = []
        for item in self.references:
            if found.get(item.qualifier) == "" and not item.description:
                found[item.qualifier] = item.value
            else:
                rest.append(item)
        self.references = rest
        return list(found.values())

    def note(self) -> str:
        """The text of the first NTE*ADD, which is taken out of `notes`."""
        for place, item in enumerate(self.notes):
            if item.kind == "ADD":
                del self.notes[place]
                return item.text
        return ""

    def amount(self, qualifier: str) -> int | None:
        """The first AMT with this qualifier, which is taken out of `amounts`."""
        for place, item in enumerate(self.amounts):
            if item.qualifier == qualifier:
                del self.amounts[place]
                return item.amount_cents
        return None

    def day(self, qualifier: str) -> Dated | None:
        """The first DTP with this qualifier, which is taken out of `dates`."""
        for place, item in enumerate(self.dates):
            if item.qualifier == qualifier:
                return self.dates.pop(place)
        return None

    def day_alone(self, qualifier: str) -> date | None:
        """The same where it is one day."""
        for place, item in enumerate(self.dates):
            if item.qualifier == qualifier and item.last is None:
                return self.dates.pop(place).first
        return None

    def keep_codes(self, composites: list[list[str]]) -> None:
        """Composites of HI that have no typed place stay raw, each as a segment."""
        self.raw += [f"HI{self.element}{self.component.join(composite)}" for composite in composites]


class ClaimPart(Part):
    """2300."""

    __slots__ = ()
    handlers: ClassVar[Handlers] = {
        "DTP": Part.dtp, "REF": Part.ref, "AMT": Part.amt, "NTE": Part.nte, "PWK": Part.pwk, "HI": Part.hi,
    }  # fmt: skip


class LinePart(Part):
    """2400 and 2410."""

    __slots__ = ()

    def sv(self, elements: Segment) -> bool:
        """SV1, SV2 or SV3."""
        if self.service is not BLANKS:
            return False
        self.service = [*elements, *BLANKS]
        return at(elements, 1 if elements[0] != "SV2" else 2).count(self.component) < 7

    def lin(self, elements: Segment) -> bool:
        """LIN."""
        if self.drug or at(elements, 2) != "N4":
            return False
        self.drug = elements
        return True

    def ctp(self, elements: Segment) -> bool:
        """CTP."""
        return bool(self.drug) and "CTP" not in self.segments and self.once(elements)

    def whole_drug(self) -> Drug | None:
        """2410."""
        if not self.drug:
            return None
        quantity = self.segments.get("CTP", [[]])[0]
        unit = at(quantity, 5).partition(self.component)[0]
        prescription, link = (at(self.segments.get(name, [[]])[0], 2) for name in ("XZ", "VY"))
        return Drug(at(self.drug, 3), at(quantity, 4), unit, prescription, link)

    handlers: ClassVar[Handlers] = {
        "DTP": Part.dtp, "REF": Part.ref, "AMT": Part.amt, "QTY": Part.qty, "NTE": Part.nte, "PWK": Part.pwk,
        "LIN": lin, "CTP": ctp, "SV1": sv, "SV2": sv, "SV3": sv,
    }  # fmt: skip
