"""The typed 837P (005010X222A1): a claim with everything that its loops hold. The writer computes hierarchy and totals."""

from datetime import date

from msgspec import Struct

from rcm.x12.values import Address, Dated, Envelope, Reference

CLAIM_LIMIT = 5_000
"""Claims in one transaction set, the guide's limit."""
LINE_LIMIT = 50
DIAGNOSIS_LIMIT = 12


class Submitter(Struct, frozen=True):
    """1000A: who sends the file."""

    name: str
    identifier: str
    """NM109, the ETIN agreed with the receiver."""
    contact_name: str = ""
    phone: str = ""
    """Ten digits; a phone or an email is required."""
    email: str = ""


class Receiver(Struct, frozen=True):
    """1000B: who gets the file."""

    name: str
    identifier: str


class Provider(Struct, frozen=True):
    """A person (first name given) or an organisation: 2010AA, 2310, 2420."""

    npi: str
    last_name: str
    """Family name, or the organisation's name."""
    first_name: str = ""
    middle_name: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    """Nine digits; billing provider only."""
    tax_id_kind: str = "EI"
    """EI employer id, SY social security number."""
    address: Address | None = None
    """Required for the billing provider (a street and a 9-digit ZIP) and the service facility."""
    contact_name: str = ""
    phone: str = ""
    references: tuple[Reference, ...] = ()
    """Other REF of the loop, such as G2, 0B, 1G."""


class Subscriber(Struct, frozen=True):
    """2000B and 2010BA: who holds the coverage."""

    member_id: str
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    birth_date: date | None = None
    """Birth date, sex and address are required where the subscriber is the patient."""
    sex: str = "U"
    address: Address | None = None
    rank: str = "P"
    """SBR01."""
    group_number: str = ""
    group_name: str = ""
    filing_indicator: str = "CI"
    """SBR09."""
    insurance_type: str = ""
    """SBR05, when Medicare is secondary."""


class Patient(Struct, frozen=True):
    """2000C and 2010CA: the patient where that is not the subscriber."""

    last_name: str
    relationship: str
    """PAT01: 01 spouse, 19 child, 20 employee, 21 unknown, 39, 40, 53, G8."""
    birth_date: date
    sex: str
    address: Address
    first_name: str = ""
    middle_name: str = ""


class Payer(Struct, frozen=True):
    """2010BB."""

    name: str
    payer_id: str
    address: Address | None = None


class Accident(Struct, frozen=True):
    """CLM11 and DTP*439."""

    kinds: tuple[str, ...]
    """AA automobile, EM employment, OA other; up to three."""
    state: str = ""
    """Required for AA."""
    occurred_on: date | None = None


class Drug(Struct, frozen=True):
    """2410 LIN and CTP."""

    ndc: str
    """11 digits."""
    quantity: str
    unit: str
    """F2, GR, ME, ML, UN."""
    prescription_number: str = ""


class ServiceLine(Struct, frozen=True):
    """2400."""

    procedure: str
    charge_cents: int
    diagnosis_pointers: tuple[int, ...]
    """1 to 4, from 1."""
    date_of_service: date
    line_control_number: str = ""
    """REF*6R."""
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    unit: str = "UN"
    """UN units, MJ minutes."""
    date_of_service_to: date | None = None
    place_of_service: str = ""
    """SV105, where it differs from the claim's."""
    emergency: bool = False
    description: str = ""
    """SV101-7."""
    drug: Drug | None = None
    rendering_provider: Provider | None = None
    """2420A, where it differs from the claim's."""
    note: str = ""
    authorisation_number: str = ""
    """REF*G1 of the line."""
    line_number: int = 0
    """LX01 as read; a writer numbers from 1 itself."""
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""


class ProfessionalClaim(Struct, frozen=True):
    """One claim (2300) with those that it belongs to: billing provider, subscriber, patient, payer."""

    patient_control_number: str
    """CLM01, at most 17 letters and digits in ours, 20 in X12."""
    charge_cents: int
    """CLM02, the sum of the lines."""
    place_of_service: str
    billing_provider: Provider
    subscriber: Subscriber
    payer: Payer
    diagnoses: tuple[str, ...]
    """ICD-10-CM, the principal first; the dot may stand, it is not written."""
    lines: tuple[ServiceLine, ...]
    patient: Patient | None = None
    """None where the subscriber is the patient."""
    frequency: str = "1"
    """CLM05-3: 1 original, 7 replacement, 8 void."""
    signature_on_file: bool = True
    """CLM06."""
    assignment: str = "A"
    """CLM07: A assigned, B assigned for laboratory services only, C not assigned."""
    benefits_assigned: str = "Y"
    """CLM08: Y, N, W."""
    release_of_information: str = "Y"
    """CLM09: Y, I."""
    accident: Accident | None = None
    onset_on: date | None = None
    """DTP*431."""
    admitted_on: date | None = None
    """DTP*435."""
    discharged_on: date | None = None
    """DTP*096."""
    authorisation_number: str = ""
    """REF*G1."""
    referral_number: str = ""
    """REF*9F."""
    payer_claim_control_number: str = ""
    """REF*F8, required for frequency 7 and 8."""
    clearinghouse_number: str = ""
    """REF*D9."""
    medical_record_number: str = ""
    """REF*EA."""
    patient_paid_cents: int = 0
    """AMT*F5."""
    note: str = ""
    """NTE*ADD."""
    rendering_provider: Provider | None = None
    """2310B, where it is not the billing provider."""
    referring_provider: Provider | None = None
    """2310A."""
    supervising_provider: Provider | None = None
    """2310D."""
    service_facility: Provider | None = None
    """2310C."""
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here (2320 and its like), as they stood."""


class ClaimInFile(Struct, frozen=True):
    """A claim as a reader found it."""

    claim: ProfessionalClaim
    envelope: Envelope
    transaction_control_number: str
    """ST02."""
    submitter: Submitter
    receiver: Receiver
    first_segment: int
    """CLM's number in the file."""
    last_segment: int
    reference: str = ""
    """BHT03 of the transaction set."""
