"""What a reader collects of an 837P's loops until a claim is whole."""

from datetime import date
from typing import Any

from rcm.x12.elements import has_digits
from rcm.x12.professional_claim.values import (
    Accident,
    Drug,
    Patient,
    Payer,
    ProfessionalClaim,
    Provider,
    ServiceLine,
    Subscriber,
)
from rcm.x12.values import Address, Dated, Reference

NO_DATE = date(1, 1, 1)
"""Stands where a date that our type requires is not in the file."""
_NOWHERE = Address("", "")
_BLANKS = [""] * 17
_NO_QUANTITY = ("", "")
_NONE: dict[str, Any] = {}


class Located:
    """A party with an address."""

    __slots__ = ("city", "elements", "references", "street")

    def __init__(self, elements: list[str]) -> None:
        self.elements = elements
        """NM1, padded."""
        self.street = ("", "")
        self.city = ("", "", "", "")
        self.references: list[Reference] = []

    def address(self) -> Address | None:
        """N3 and N4, where there are any."""
        if not any(self.street) and not any(self.city):
            return None
        city, state, postal_code, country = self.city
        return Address(self.street[0], city, state, postal_code, self.street[1], country)


class ProviderPart(Located):
    """A provider's NM1 loop."""

    __slots__ = ("contact", "taxonomy")

    def __init__(self, elements: list[str], taxonomy: str = "") -> None:
        super().__init__(elements)
        self.taxonomy = taxonomy
        self.contact = ("", "")

    def whole(self, *, billing: bool = False) -> Provider:
        """The provider; a billing provider's EI or SY is its tax id."""
        nm1, references = self.elements, self.references
        tax_id, kind = "", "EI"
        if billing:
            found = next((item for item in references if item.qualifier in {"EI", "SY"}), None)
            if found is not None:
                tax_id, kind = found.value, found.qualifier
                references = [item for item in references if item is not found]
        npi = nm1[9] if nm1[8] == "XX" else ""
        others = (Reference(nm1[8], nm1[9]),) if nm1[9] and not npi else ()
        return Provider(
            npi, nm1[3], nm1[4], nm1[5], self.taxonomy, tax_id, kind, self.address(), *self.contact, (*others, *references)
        )


class BillingPart:
    """2000A: the provider is made once for all its claims."""

    __slots__ = ("_made", "_of", "provider")

    def __init__(self, provider: ProviderPart) -> None:
        self.provider = provider
        self._of: ProviderPart | None = None
        self._made = Provider("", "")

    def whole(self) -> Provider:
        """The billing provider."""
        if self._of is not self.provider:
            self._made, self._of = self.provider.whole(billing=True), self.provider
        return self._made


class PersonPart(Located):
    """Subscriber, patient or payer."""

    __slots__ = ("birth_date", "sex")

    def __init__(self, elements: list[str]) -> None:
        super().__init__(elements)
        self.birth_date: date | None = None
        self.sex = "U"

    def subscriber(self, sbr: list[str]) -> Subscriber:
        """2000B and 2010BA."""
        nm1 = self.elements
        return Subscriber(
            nm1[9], nm1[3], nm1[4], nm1[5], self.birth_date, self.sex, self.address(), sbr[1], sbr[3], sbr[4], sbr[9], sbr[5]
        )

    def patient(self, relationship: str) -> Patient:
        """2000C and 2010CA."""
        nm1 = self.elements
        birth_date = self.birth_date or NO_DATE
        return Patient(nm1[3], relationship, birth_date, self.sex, self.address() or _NOWHERE, nm1[4], nm1[5])

    def payer(self) -> Payer:
        """2010BB."""
        return Payer(self.elements[3], self.elements[9], self.address())


class LinePart:
    """2400."""

    __slots__ = (
        "authorisation",
        "charge",
        "component",
        "control_number",
        "dates",
        "elements",
        "first",
        "last",
        "ndc",
        "note",
        "number",
        "prescription",
        "providers",
        "quantity",
        "raw",
        "references",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.elements = _BLANKS
        self.charge = 0
        self.component = ":"
        self.control_number = self.authorisation = self.ndc = self.note = self.prescription = ""
        self.quantity = _NO_QUANTITY
        self.first: date | None = None
        self.last: date | None = None
        self.dates: list[Dated] = []
        self.references: list[Reference] = []
        self.providers: dict[str, ProviderPart] = {}
        self.raw: list[str] = []

    def service(self, elements: list[str], charge: int, component: str) -> None:
        """SV1."""
        self.elements, self.charge, self.component = elements, charge, component

    def reference(self, reference: Reference) -> None:
        """REF of 2400 and 2410."""
        if reference.qualifier == "6R" and not self.control_number:
            self.control_number = reference.value
        elif reference.qualifier == "G1" and not self.authorisation:
            self.authorisation = reference.value
        elif reference.qualifier == "XZ" and self.ndc:
            self.prescription = reference.value
        else:
            self.references.append(reference)

    def whole(self) -> ServiceLine:
        """The line as typed."""
        sv1 = self.elements
        procedure = sv1[1].split(self.component)
        parts = len(procedure)
        pointers = tuple([int(text) for text in sv1[7].split(self.component) if has_digits(text, 1, 2)])
        rendering = self.providers.get("82")
        return ServiceLine(
            procedure[1] if parts > 1 else "",
            self.charge,
            pointers,
            self.first or NO_DATE,
            self.control_number,
            tuple(filter(None, procedure[2:6])) if parts > 2 else (),
            sv1[4],
            sv1[3],
            self.last,
            sv1[5],
            sv1[9] == "Y",
            procedure[6] if parts > 6 else "",
            Drug(self.ndc, *self.quantity, self.prescription) if self.ndc else None,
            rendering.whole() if rendering is not None else None,
            self.note,
            self.authorisation,
            self.number,
            tuple(self.references),
            tuple(self.dates),
            tuple(self.raw),
        )


class ClaimPart:
    """2300 and 2310."""

    __slots__ = (
        "charge", "dates", "diagnoses", "elements", "lines", "note", "number", "patient_paid", "providers", "raw",
        "references",
    )  # fmt: skip

    def __init__(self, elements: list[str], charge: int, number: int) -> None:
        self.elements = elements
        self.charge = charge
        self.number = number
        self.lines: list[LinePart] = []
        self.diagnoses: list[str] = []
        self.dates: list[Dated] = []
        self.references: list[Reference] = []
        self.providers: dict[str, ProviderPart] = {}
        self.raw: list[str] = []
        self.note = ""
        self.patient_paid = 0

    def whole(
        self, billing: Provider, subscriber: Subscriber, payer: Payer, patient: Patient | None, component: str
    ) -> ProfessionalClaim:
        """The claim as typed."""
        clm = self.elements
        place, _, frequency = (*clm[5].split(component), "", "")[:3]
        dates = {item.qualifier: item.first for item in reversed(self.dates) if item.last is None} if self.dates else _NONE
        named = self._named_references() if self.references else _NONE
        providers = {entity: part.whole() for entity, part in self.providers.items()} if self.providers else _NONE
        return ProfessionalClaim(
            clm[1],
            self.charge,
            place,
            billing,
            subscriber,
            payer,
            tuple(self.diagnoses),
            tuple([line.whole() for line in self.lines]),
            patient,
            frequency or "1",
            clm[6] == "Y",
            clm[7],
            clm[8],
            clm[9],
            self._accident(clm[11].split(component), dates.get("439")) if clm[11] else None,
            dates.get("431"),
            dates.get("435"),
            dates.get("096"),
            named.get("G1", ""),
            named.get("9F", ""),
            named.get("F8", ""),
            named.get("D9", ""),
            named.get("EA", ""),
            self.patient_paid,
            self.note,
            providers.get("82"),
            providers.get("DN"),
            providers.get("DQ"),
            providers.get("77"),
            tuple([item for item in self.references if named.get(item.qualifier) != item.value]) if self.references else (),
            tuple([item for item in self.dates if item.qualifier not in _NAMED_DATES or item.last is not None])
            if self.dates
            else (),
            tuple(self.raw),
        )

    def _named_references(self) -> dict[str, str]:
        """The first of each qualifier that has a field of its own."""
        return {item.qualifier: item.value for item in reversed(self.references) if item.qualifier in _NAMED_REFERENCES}

    def _accident(self, composite: list[str], occurred_on: date | None) -> Accident | None:
        """CLM11 and DTP*439."""
        kinds = tuple(filter(None, composite[:3]))
        if not kinds:
            return None
        return Accident(kinds, composite[3] if len(composite) > 3 else "", occurred_on)


_NAMED_DATES = frozenset({"431", "439", "435", "096"})
_NAMED_REFERENCES = frozenset({"G1", "9F", "F8", "D9", "EA"})
