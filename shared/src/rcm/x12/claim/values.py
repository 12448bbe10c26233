"""What the three guides of claims share (837P, 837I, 837D): parties, notes, and what lines and claims have in common."""

from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer
from rcm.x12.values import Address, Amount, Contact, Dated, Envelope, Quantity, Reference

CLAIM_LIMIT = 5_000
"""Claims in one transaction set, the guides' limit."""
NO_DATE = date(1, 1, 1)
"""Stands where a date that a type requires is not in the file."""


class Submitter(Struct, frozen=True, gc=False):
    """1000A: who sends the file."""

    name: str
    identifier: str
    """NM109, the ETIN agreed with the receiver."""
    contact_name: str = ""
    phone: str = ""
    """Ten digits; a phone or an email is required."""
    email: str = ""
    first_name: str = ""
    """Of a person who submits by himself."""
    contacts: tuple[Contact, ...] = ()
    """All PER as read, where they say more than the three fields above."""
    raw: tuple[str, ...] = ()
    """Segments of the loop that have no typed place, as they stood."""


class Receiver(Struct, frozen=True, gc=False):
    """1000B: who gets the file."""

    name: str
    identifier: str
    raw: tuple[str, ...] = ()
    """Segments of the loop that have no typed place, as they stood."""


class Provider(Struct, frozen=True, gc=False):
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
    """Other REF of the loop, such as G2, 0B, 1G; an identifier of NM1 that is no NPI stands first, with NM108 as qualifier."""
    suffix: str = ""
    contacts: tuple[Contact, ...] = ()
    """All PER as read, where they say more than a name and a telephone."""
    raw: tuple[str, ...] = ()
    """Segments of the loop that have no typed place, as they stood."""


class RoledProvider(Struct, frozen=True, gc=False):
    """A provider of a line (2420) by NM101: DN referring, P3 primary care, QB purchased service, 77 facility, DQ supervising,
    DK ordering, 72 operating, ZZ other operating, 82 rendering, DD assistant surgeon."""

    role: str
    provider: Provider


class Place(Struct, frozen=True, gc=False):
    """Where an ambulance picked the patient up (PW) or let him off (45): 2310E and F, 2420G and H."""

    address: Address
    name: str = ""
    raw: tuple[str, ...] = ()
    """Segments of the loop that have no typed place, as they stood."""


class Subscriber(Struct, frozen=True, gc=False):
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
    suffix: str = ""
    identifier_qualifier: str = "MI"
    """NM108: MI member id, II the standard's own."""
    organisation: bool = False
    """NM102 is 2: an employer, as in workers' compensation."""
    died_on: date | None = None
    """PAT06."""
    weight_pounds: str = ""
    """PAT08."""
    pregnant: bool = False
    """PAT09."""
    references: tuple[Reference, ...] = ()
    """SY social security number, Y4 property and casualty claim number."""
    contacts: tuple[Contact, ...] = ()
    """PER of a property and casualty claim."""
    raw: tuple[str, ...] = ()
    """Segments and loops of 2000B that have no typed place, as they stood."""


class Patient(Struct, frozen=True, gc=False):
    """2000C and 2010CA: the patient where that is not the subscriber."""

    last_name: str
    relationship: str
    """PAT01: 01 spouse, 19 child, 20 employee, 21 unknown, 39, 40, 53, G8."""
    birth_date: date
    sex: str
    address: Address
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    member_id: str = ""
    """NM109, in 4010 only."""
    died_on: date | None = None
    weight_pounds: str = ""
    pregnant: bool = False
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()
    raw: tuple[str, ...] = ()


class Payer(Struct, frozen=True, gc=False):
    """2010BB."""

    name: str
    payer_id: str
    address: Address | None = None
    identifier_qualifier: str = "PI"
    """NM108: PI, or XV."""
    references: tuple[Reference, ...] = ()
    """2U, EI, FY, NF of the payer; G2, LU of the billing provider with this payer."""
    raw: tuple[str, ...] = ()


class PayTo(Struct, frozen=True, gc=False):
    """2010AB (NM1*87, an address alone) or 2010AC (NM1*PE, a plan)."""

    role: str
    """87 or PE."""
    address: Address
    name: str = ""
    identifier_qualifier: str = ""
    identifier: str = ""
    references: tuple[Reference, ...] = ()
    raw: tuple[str, ...] = ()
    """Segments of the loop that have no typed place, as they stood."""


class Accident(Struct, frozen=True, gc=False):
    """CLM11 and DTP*439."""

    kinds: tuple[str, ...]
    """AA automobile, EM employment, OA other; up to three."""
    state: str = ""
    """Required for AA."""
    occurred_on: date | None = None
    country: str = ""
    """CLM11-5, outside the United States."""


class Drug(Struct, frozen=True, gc=False):
    """2410 LIN and CTP."""

    ndc: str
    """11 digits."""
    quantity: str
    unit: str
    """F2, GR, ME, ML, UN."""
    prescription_number: str = ""
    """REF*XZ."""
    link_number: str = ""
    """REF*VY: links the parts of a compound."""


class Note(Struct, frozen=True, gc=False):
    """NTE."""

    kind: str
    """NTE01: ADD, CER, DCP, DGN, TPO; 837I also ALG, DME, MED, NTR, ODT, RHB, RLH, RNH, SET, SFM, SPT, UPI."""
    text: str


class Attachment(Struct, frozen=True, gc=False):
    """PWK: a document that goes with the claim."""

    report_type: str
    """PWK01, such as OZ, B4, EB."""
    transmission: str
    """PWK02: AA on request, BM mail, EL electronic, EM email, FT file, FX fax."""
    control_number: str = ""
    """PWK06, with which the document finds its claim."""


class Certification(Struct, frozen=True, gc=False):
    """CRC: conditions that are certified."""

    category: str
    """CRC01: 07 ambulance, E1 to E3 vision, 75 homebound, ZZ EPSDT, 70 hospice, 09 durable equipment."""
    applies: bool
    codes: tuple[str, ...]
    """CRC03 to CRC07."""


class Ambulance(Struct, frozen=True, gc=False):
    """CR1: ambulance transport."""

    reason: str
    """CR104: A to E."""
    miles: str
    """CR106."""
    weight_pounds: str = ""
    """CR102."""
    round_trip: str = ""
    """CR109: why the patient was brought back."""
    stretcher: str = ""
    """CR110: why a stretcher was needed."""


class ClaimLine(Struct, frozen=True, gc=False):
    """2400, as far as the guides agree."""

    procedure: str
    charge_cents: int
    line_control_number: str = ""
    """REF*6R."""
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    description: str = ""
    """The seventh component of the procedure."""
    procedure_qualifier: str = "HC"
    drug: Drug | None = None
    note: str = ""
    """The first NTE*ADD."""
    authorisation_number: str = ""
    """REF*G1 of the line."""
    line_number: int = 0
    """LX01 as read; a writer numbers from 1 itself."""
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    amounts: tuple[Amount, ...] = ()
    """AMT: T or GT tax, F4 postage, N8 facility tax."""
    quantities: tuple[Quantity, ...] = ()
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    providers: tuple[RoledProvider, ...] = ()
    """2420, those that have no field of their own."""
    adjudications: tuple[LineAdjudication, ...] = ()
    """2430."""
    raw: tuple[str, ...] = ()
    """Segments and loops that have no typed place here, as they stood."""
    segment_number: int = 0
    """LX's number in the file as read."""


class Claim(Struct, frozen=True, gc=False):
    """2300 with those that it belongs to, as far as the guides agree."""

    patient_control_number: str
    """CLM01, at most 17 letters and digits in ours, 20 in X12."""
    charge_cents: int
    """CLM02, the sum of the lines."""
    billing_provider: Provider
    subscriber: Subscriber
    payer: Payer
    patient: Patient | None = None
    """None where the subscriber is the patient."""
    frequency: str = "1"
    """CLM05-3: 1 original, 7 replacement, 8 void; 837I also 2, 3, 4, 5."""
    assignment: str = "A"
    """CLM07: A assigned, B assigned for laboratory services only, C not assigned."""
    benefits_assigned: str = "Y"
    """CLM08: Y, N, W."""
    release_of_information: str = "Y"
    """CLM09: Y, I."""
    delay_reason: str = ""
    """CLM20."""
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
    note: str = ""
    """The first NTE*ADD."""
    rendering_provider: Provider | None = None
    referring_provider: Provider | None = None
    service_facility: Provider | None = None
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    amounts: tuple[Amount, ...] = ()
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    providers: tuple[RoledProvider, ...] = ()
    """2310, those that have no field of their own: P3 primary care."""
    other_payers: tuple[OtherPayer, ...] = ()
    """2320, in their order."""
    pay_to: tuple[PayTo, ...] = ()
    """2010AB and 2010AC."""
    raw: tuple[str, ...] = ()
    """Segments of 2300 and loops of 2310 that have no typed place here, as they stood."""


ClaimT = TypeVar("ClaimT", bound=Claim)


class FoundClaim(Struct, Generic[ClaimT], frozen=True, gc=False):
    """A claim as a reader found it."""

    claim: ClaimT
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
    raw: tuple[str, ...] = ()
    """BHT, and what else of the set stands outside of any loop that has a typed place, as it stood."""
