"""The one form of every edit, the same as in coding-svc: what it is, since when, how grave, where, why, how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Coverage, Encounter
from claims_svc.domain.setup import BillingProvider, Enrolment, Organisation, Payer, Receiver, Setup


class Severity(StrEnum):
    """What a finding does."""

    HOLD = "hold"
    """The claim waits until it is mended."""
    WARN = "warn"
    """It is told and goes on."""


class Case(Struct, frozen=True, gc=False):
    """A claim with everything that its edits ask."""

    claim: Claim
    encounter: Encounter
    coverage: Coverage
    place: int
    """The coverage's place in the encounter, from 0."""
    organisation: Organisation | None
    payer: Payer | None
    receiver: Receiver | None
    billing_provider: BillingProvider | None
    enrolment: Enrolment | None
    today: date
    duplicate_of: UUID | None
    """An earlier claim of another encounter for the same services."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where an edit's rule is broken; `detail` completes its message (codes and numbers, never a patient's data)."""

    path: str = ""
    """Where it is not the edit's own path."""
    detail: str = ""


Check = Callable[[Case], Hit | None]


@dataclass(frozen=True, slots=True)
class Edit:
    """One rule of the catalogue. It counts for dates of service from `effective_from` through `effective_to`."""

    edit_id: str
    path: str
    message: str
    fix: str
    source: str
    check: Check
    severity: Severity = Severity.HOLD
    version: int = 1
    effective_from: date = date.min
    effective_to: date = date.max
    overridable: bool = False
    """Whether a person may say, with a reason, that the claim is right as it is."""


def case_of(claim: Claim, encounter: Encounter, setup: Setup, *, today: date, duplicate_of: UUID | None) -> Case | None:
    """A claim beside what the organisation has set up for it; None where the encounter has no coverage of its rank any more."""
    found = encounter.coverage(claim.rank)
    if found is None:
        return None
    place, coverage = found
    payer = setup.payers.get(coverage.payer_id)
    npi = encounter.billing_provider.npi
    return Case(
        claim,
        encounter,
        coverage,
        place,
        setup.organisation,
        payer,
        setup.receivers.get(payer.receiver_id) if payer else None,
        setup.billing_providers.get(npi),
        setup.enrolments.get((coverage.payer_id, npi)),
        today,
        duplicate_of,
    )
