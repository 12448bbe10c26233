"""A coded encounter as coding-svc said it: what a claim is made of, and nothing else of it. Kept as said, read by many
thousands: hence Structs."""

from datetime import date
from uuid import UUID

from msgspec import Struct


class Address(Struct, frozen=True, gc=False):
    line1: str
    city: str
    state: str
    postal_code: str
    """5 or 9 digits, no dash."""
    line2: str = ""


class Person(Struct, frozen=True, gc=False):
    last_name: str
    first_name: str
    middle_name: str = ""
    birth_date: date | None = None
    sex: str = "U"
    address: Address | None = None


class Patient(Person, frozen=True, kw_only=True, gc=False):
    external_id: str


class Coverage(Struct, frozen=True, gc=False):
    rank: str
    payer_id: str
    payer_name: str
    member_id: str
    group_number: str = ""
    relationship: str = "18"
    """SBR02, PAT01: 18 self."""
    subscriber: Person | None = None
    effective_from: date | None = None
    effective_to: date | None = None

    def active_on(self, day: date) -> bool:
        """Both ends are days covered; an open end covers all."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


class Provider(Struct, frozen=True, gc=False):
    npi: str
    last_name: str
    first_name: str = ""
    taxonomy: str = ""
    address: Address | None = None


class Biller(Struct, frozen=True, gc=False):
    """Who bills; all else of him is as the organisation has set it up."""

    npi: str


class Diagnosis(Struct, frozen=True, gc=False):
    code: str


class Drug(Struct, frozen=True, gc=False):
    ndc: str
    quantity: str
    unit: str


class ServiceLine(Struct, frozen=True, gc=False):
    line_number: int
    procedure: str
    charge_cents: int
    diagnosis_pointers: tuple[int, ...]
    date_of_service: date
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    unit: str = "UN"
    date_of_service_to: date | None = None
    place_of_service: str = ""
    drug: Drug | None = None


class Accident(Struct, frozen=True, gc=False):
    kind: str
    """AA automobile, EM employment, OA other."""
    state: str = ""
    occurred_on: date | None = None


class Encounter(Struct, frozen=True, gc=False):
    """An encounter with its codes, as the last EncounterCoded or EncounterRecoded said it."""

    encounter_id: UUID
    external_id: str
    patient: Patient
    billing_provider: Biller
    rendering_provider: Provider
    place_of_service: str
    date_of_service: date
    date_of_service_to: date
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[ServiceLine, ...]
    charge_cents: int
    coverages: tuple[Coverage, ...] = ()
    referring_provider: Provider | None = None
    supervising_provider: Provider | None = None
    service_facility: Provider | None = None
    admitted_on: date | None = None
    discharged_on: date | None = None
    onset_on: date | None = None
    accident: Accident | None = None
    authorisation_number: str = ""

    def coverage(self, rank: str) -> tuple[int, Coverage] | None:
        """The coverage of this rank with its place from 0."""
        for place, coverage in enumerate(self.coverages):
            if coverage.rank == rank:
                return place, coverage
        return None

    def coverage_to_bill(self, rank: str) -> Coverage | None:
        """The coverage that a claim of this rank is for. A later payer's must be active to be asked; the first payer's claim
        is held by an edit where its coverage is not.
        """
        found = self.coverage(rank)
        if found is None or (rank != "P" and not found[1].active_on(self.date_of_service)):
            return None
        return found[1]

    def next_coverage(self, rank: str) -> Coverage | None:
        """Who is asked after the payer of `rank`: the next coverage in order that is active on the date of service."""
        if len(self.coverages) < 2 and (not self.coverages or self.coverages[0].rank == "P"):
            return None
        order = "PST"
        after = order.index(rank) + 1
        for later in order[after:]:
            found = self.coverage(later)
            if found is not None and found[1].active_on(self.date_of_service):
                return found[1]
        return None
