"""Values that several events carry. Money in integer cents, dates ISO, codes as the field writes them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from rcm.contracts.envelope import Payload


class Rank(StrEnum):
    """A coverage's place in the order of payers (SBR01)."""

    PRIMARY = "P"
    SECONDARY = "S"
    TERTIARY = "T"


class Address(Payload):
    line1: str
    line2: str = ""
    city: str
    state: str
    """Two letters."""
    postal_code: str
    """5 or 9 digits, no dash."""


class Person(Payload):
    last_name: str
    first_name: str
    middle_name: str = ""
    birth_date: date | None = None
    sex: str = "U"
    """M, F or U (DMG03)."""
    address: Address | None = None
    phone: str = ""


class Patient(Person):
    external_id: str
    """The EHR's id of the patient."""


class Guarantor(Person):
    """Who gets the bill; an account is an organisation and a guarantor."""

    external_id: str


class Coverage(Payload):
    rank: Rank
    payer_id: str
    """The payer's id as the organisation's payer table knows it (NM109 of 2010BB)."""
    payer_name: str
    member_id: str
    group_number: str = ""
    plan_type: str = "CI"
    """Claim filing indicator (SBR09): CI commercial, MB Medicare B, MC Medicaid, BL Blue Cross, HM HMO, ..."""
    relationship: str = "18"
    """The patient's relationship to the subscriber (SBR02, PAT01): 18 self, 01 spouse, 19 child, G8 other."""
    subscriber: Person | None = None
    """The subscriber where that is not the patient."""
    effective_from: date | None = None
    effective_to: date | None = None
    """The last day covered."""


class Provider(Payload):
    """A person (first name given) or an organisation."""

    npi: str
    last_name: str
    """Family name, or the organisation's name."""
    first_name: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    """Nine digits, no dash."""
    tax_id_kind: str = "EI"
    """EI employer id, SY social security number."""
    address: Address | None = None


class Diagnosis(Payload):
    code: str
    """ICD-10-CM with its dot, as "E11.9"."""
    present_on_admission: str = ""


class Drug(Payload):
    """NDC of a line (LIN03, CTP04, CTP05)."""

    ndc: str
    """11 digits."""
    quantity: str
    """A decimal."""
    unit: str
    """F2, GR, ME, ML or UN."""


class ServiceLine(Payload):
    line_number: int
    """From 1, the line's name within the encounter for life."""
    procedure: str
    """CPT or HCPCS, 5 characters."""
    modifiers: tuple[str, ...] = ()
    description: str = ""
    """The EHR's own words, for the statement."""
    units: str = "1"
    """A decimal."""
    unit: str = "UN"
    """UN units, MJ minutes."""
    minutes: int | None = None
    """The time that the record states, where the service is counted by time and `unit` is UN."""
    charge_cents: int
    diagnosis_pointers: tuple[int, ...]
    """From 1, into the encounter's diagnoses, the first the main one; 1 to 4 of them."""
    date_of_service: date
    date_of_service_to: date | None = None
    place_of_service: str = ""
    """Where it differs from the encounter's."""
    drug: Drug | None = None
    ordering_provider: Provider | None = None
    """Who ordered it (2420E), where that is told."""


class Accident(Payload):
    kind: str
    """AA automobile, EM employment, OA other."""
    state: str = ""
    occurred_on: date | None = None


class Adjustment(Payload):
    """One CAS triplet."""

    group: str
    """CO, PR, OA, PI or CR."""
    reason: str
    """CARC."""
    amount_cents: int
    account: str
    """The ledger's account it was posted to: contractual, other_adjustments, or insurance_open where nothing was posted."""


class ResponsibilityPart(Payload):
    """What a patient owes for one reason: 1 deductible, 2 coinsurance, 3 copay; `self_pay` without a coverage."""

    reason: str
    amount_cents: int


class PostedLine(Payload):
    line_number: int | None
    """The encounter's line; None where the payer's line could not be matched."""
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    denied: bool = False


class EditFinding(Payload):
    """Why a claim or an encounter is held."""

    edit_id: str
    path: str
    """JSON pointer into the encounter or claim."""
    message: str
    fix: str


class ClaimLine(Payload):
    """A line as it was sent: names, so that a remittance finds it again."""

    line_number: int
    line_control_number: str
    """REF*6R."""
    procedure: str
    modifiers: tuple[str, ...] = ()
    date_of_service: date
    charge_cents: int
    units: str = "1"


class ResponsibilityLine(Payload):
    """A line of the patient's bill."""

    line_number: int
    procedure: str
    description: str = ""
    date_of_service: date
    charge_cents: int
    insurance_paid_cents: int
    adjusted_cents: int
    patient_cents: int


class ClaimReference(Payload):
    """A claim of an encounter."""

    claim_id: UUID
    encounter_id: UUID
