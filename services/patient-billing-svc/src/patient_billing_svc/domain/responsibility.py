"""What a patient owes for one encounter, as payments-svc says it: the last word replaces every earlier one."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace


class Assigned(Struct, frozen=True, gc=False):
    """payments-svc said what an encounter's patient owes. `sequence` is the encounter's version there."""

    organisation_id: UUID
    encounter_id: UUID
    guarantor_external_id: str
    sequence: int
    said_at: datetime
    date_of_service: date
    total_cents: int


class Applied(Struct, frozen=True, gc=False):
    """payments-svc applied cents of a patient's payment to an encounter; negative where it took them back."""

    organisation_id: UUID
    encounter_id: UUID
    account_id: UUID
    patient_payment_id: UUID
    applied_cents: int
    said_at: datetime


class Responsibility(Struct, frozen=True, gc=False, omit_defaults=True):
    """One encounter on an account: its columns, but for the event that it was assigned by."""

    organisation_id: UUID
    encounter_id: UUID
    account_id: UUID
    sequence: int
    assigned_at: datetime
    date_of_service: date
    total_cents: int
    applied_cents: int = 0

    @property
    def open_cents(self) -> int:
        return self.total_cents - self.applied_cents


def replaced_by(held: Responsibility | None, said: Assigned, account_id: UUID) -> Responsibility | None:
    """The responsibility after `said`, payments kept; None where something later was said already."""
    if held is None:
        return Responsibility(
            said.organisation_id,
            said.encounter_id,
            account_id,
            said.sequence,
            said.said_at,
            said.date_of_service,
            said.total_cents,
        )
    if said.sequence <= held.sequence:
        return None
    return replace(
        held,
        account_id=account_id,
        sequence=said.sequence,
        assigned_at=said.said_at,
        date_of_service=said.date_of_service,
        total_cents=said.total_cents,
    )
