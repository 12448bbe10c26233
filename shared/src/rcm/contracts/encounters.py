"""What coding-svc says, on `rcm.encounters`, keyed by encounter."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from rcm.contracts.envelope import Event
from rcm.contracts.values import (
    Accident,
    Coverage,
    Diagnosis,
    EditFinding,
    Guarantor,
    Patient,
    Provider,
    ServiceLine,
)


class EncounterEvent(Event):
    TOPIC: ClassVar[str] = "rcm.encounters"
    KEY: ClassVar[str] = "encounter_id"

    encounter_id: UUID
    external_id: str


class CodedEncounter(EncounterEvent):
    """The whole encounter with its codes: what the next services need, so that none asks."""

    patient: Patient
    guarantor: Guarantor
    coverages: tuple[Coverage, ...] = ()
    """In rank order; empty only where `self_pay` is true."""
    self_pay: bool = False
    billing_provider: Provider
    rendering_provider: Provider
    referring_provider: Provider | None = None
    supervising_provider: Provider | None = None
    service_facility: Provider | None = None
    place_of_service: str
    date_of_service: date
    """The first day."""
    date_of_service_to: date
    admitted_on: date | None = None
    discharged_on: date | None = None
    onset_on: date | None = None
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[ServiceLine, ...]
    charge_cents: int
    """The sum of the lines."""
    accident: Accident | None = None
    authorisation_number: str = ""
    code_set_release: str
    """The release that the codes were checked against."""


class EncounterCoded(CodedEncounter):
    """An encounter's codes are complete and checked; said once in an encounter's life."""


class EncounterRecoded(CodedEncounter):
    """Replaces what EncounterCoded or an earlier EncounterRecoded said."""

    changed: tuple[str, ...]
    """JSON pointers of what is different now."""
    previous_charge_cents: int


class EncounterHeld(EncounterEvent):
    """An encounter waits for a person; it is coded later or cancelled."""

    reasons: tuple[EditFinding, ...]


class EncounterCancelled(EncounterEvent):
    """The encounter is not to be billed. `was_coded` tells whether charges were ever said."""

    was_coded: bool
    self_pay: bool = False
    reason: str
