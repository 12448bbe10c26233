"""The typed 837D (005010X224A2): a dentist's claim. It is read, not written."""

from datetime import date

from msgspec import Struct

from rcm.x12.claim.values import Accident, Claim, ClaimLine, FoundClaim, Provider


class Tooth(Struct, frozen=True, gc=False):
    """TOO: a tooth and the surfaces that were worked on."""

    number: str
    surfaces: tuple[str, ...] = ()


class ToothStatus(Struct, frozen=True, gc=False):
    """DN2."""

    number: str
    status: str
    """E to be extracted, M missing."""


class Orthodontics(Struct, frozen=True, gc=False):
    """DN1."""

    months: str = ""
    months_remaining: str = ""
    related: bool = False
    """DN103 or DN104."""


class DentalLine(ClaimLine, frozen=True, gc=False, kw_only=True):
    """2400 with SV3."""

    date_of_service: date | None = None
    """DTP*472; the claim's where it is empty."""
    place_of_service: str = ""
    oral_cavity: tuple[str, ...] = ()
    """SV304."""
    prosthesis: str = ""
    """SV305: I first placement, R replacement."""
    diagnosis_pointers: tuple[int, ...] = ()
    teeth: tuple[Tooth, ...] = ()
    rendering_provider: Provider | None = None


class DentalClaim(Claim, frozen=True, gc=False, kw_only=True):
    """One claim (2300) with those that it belongs to."""

    place_of_service: str
    lines: tuple[DentalLine, ...]
    diagnoses: tuple[str, ...] = ()
    signature_on_file: bool = True
    patient_signature: str = ""
    special_program: str = ""
    predetermination: bool = False
    """CLM19 is PB."""
    accident: Accident | None = None
    date_of_service: date | None = None
    """DTP*472."""
    patient_paid_cents: int = 0
    orthodontics: Orthodontics | None = None
    tooth_statuses: tuple[ToothStatus, ...] = ()
    supervising_provider: Provider | None = None
    assistant_surgeon: Provider | None = None
    """2310E, NM1*DD."""


DentalClaimInFile = FoundClaim[DentalClaim]
"""A claim as a reader found it."""
