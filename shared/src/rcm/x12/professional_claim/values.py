"""The typed 837P (005010X222A1): a claim with everything that its loops hold. The writer computes hierarchy and totals."""

from datetime import date

from rcm.x12.claim.values import (
    CLAIM_LIMIT,
    Accident,
    Ambulance,
    Certification,
    Claim,
    ClaimLine,
    Drug,
    FoundClaim,
    Patient,
    Payer,
    Place,
    Provider,
    Receiver,
    Submitter,
    Subscriber,
)

__all__ = [
    "CLAIM_LIMIT",
    "DIAGNOSIS_LIMIT",
    "LINE_LIMIT",
    "Accident",
    "ClaimInFile",
    "Drug",
    "Patient",
    "Payer",
    "ProfessionalClaim",
    "Provider",
    "Receiver",
    "ServiceLine",
    "Submitter",
    "Subscriber",
]

LINE_LIMIT = 50
DIAGNOSIS_LIMIT = 12


class ServiceLine(ClaimLine, frozen=True, gc=False, kw_only=True):
    """2400 with SV1."""

    diagnosis_pointers: tuple[int, ...]
    """1 to 4, from 1."""
    date_of_service: date
    """DTP*472."""
    date_of_service_to: date | None = None
    unit: str = "UN"
    """UN units, MJ minutes (anaesthesia)."""
    place_of_service: str = ""
    """SV105, where it differs from the claim's."""
    emergency: bool = False
    """SV109."""
    epsdt: bool = False
    """SV111."""
    family_planning: bool = False
    """SV112."""
    copay_exempt: bool = False
    """SV115 is 0."""
    rendering_provider: Provider | None = None
    """2420A, where it differs from the claim's."""
    ambulance: Ambulance | None = None
    certifications: tuple[Certification, ...] = ()
    pickup: Place | None = None
    """2420G."""
    dropoff: Place | None = None
    """2420H."""


class ProfessionalClaim(Claim, frozen=True, gc=False, kw_only=True):
    """One claim (2300) with those that it belongs to: billing provider, subscriber, patient, payer."""

    place_of_service: str
    """CLM05-1."""
    diagnoses: tuple[str, ...]
    """ICD-10-CM, the principal first; the dot may stand, it is not written."""
    lines: tuple[ServiceLine, ...]
    signature_on_file: bool = True
    """CLM06."""
    patient_signature: str = ""
    """CLM10: P where another signed for the patient."""
    special_program: str = ""
    """CLM12."""
    accident: Accident | None = None
    onset_on: date | None = None
    """DTP*431."""
    admitted_on: date | None = None
    """DTP*435."""
    discharged_on: date | None = None
    """DTP*096."""
    patient_paid_cents: int = 0
    """AMT*F5."""
    supervising_provider: Provider | None = None
    """2310D."""
    ambulance: Ambulance | None = None
    certifications: tuple[Certification, ...] = ()
    anaesthesia_procedures: tuple[str, ...] = ()
    """HI*BP and BO: the surgery that the anaesthesia was for."""
    condition_codes: tuple[str, ...] = ()
    """HI*BG."""
    pickup: Place | None = None
    """2310E."""
    dropoff: Place | None = None
    """2310F."""
    diagnosis_version: int = 10
    """9 where the diagnoses are ICD-9-CM (BK, BF): dates of service before 2015-10-01, and all 4010 claims."""


ClaimInFile = FoundClaim[ProfessionalClaim]
"""A claim as a reader found it."""
