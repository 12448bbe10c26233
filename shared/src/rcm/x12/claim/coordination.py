"""Coordination of benefits: what other payers have done with a claim (loops 2320, 2330, 2430 of 837P, I and D)."""

from datetime import date

from msgspec import Struct

from rcm.x12.values import Address, Adjustment, InpatientAdjudication, OutpatientAdjudication, Reference


class OtherSubscriber(Struct, frozen=True, gc=False):
    """2330A: who holds the other coverage."""

    member_id: str
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    identifier_qualifier: str = "MI"
    organisation: bool = False
    address: Address | None = None
    references: tuple[Reference, ...] = ()


class OtherProvider(Struct, frozen=True, gc=False):
    """2330C and after: a provider by the numbers that the other payer knows him by."""

    role: str
    """NM101: DN, P3, 82, 77, DQ, 85; 837I also 71, 72, ZZ."""
    organisation: bool = False
    """NM102 is 2."""
    references: tuple[Reference, ...] = ()


class OtherPayer(Struct, frozen=True, gc=False):
    """2320 with 2330: one other payer of the claim."""

    payer_id: str
    """2330B NM109: line adjudications name it."""
    name: str
    subscriber: OtherSubscriber
    rank: str = "P"
    """SBR01: P, S, T, A to H, U."""
    relationship: str = "18"
    """SBR02: the patient's, to the holder of this coverage."""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = "CI"
    adjustments: tuple[Adjustment, ...] = ()
    """CAS of the claim, not repeated on its lines."""
    paid_cents: int | None = None
    """AMT*D."""
    non_covered_cents: int | None = None
    """AMT*A8."""
    remaining_liability_cents: int | None = None
    """AMT*EAF: what the patient still owes."""
    benefits_assigned: str = "Y"
    """OI03: Y, N, W."""
    patient_signature: str = ""
    """OI04: P where another signed for the patient."""
    release_of_information: str = "Y"
    """OI06: Y, I."""
    outpatient: OutpatientAdjudication | None = None
    inpatient: InpatientAdjudication | None = None
    """837I only."""
    identifier_qualifier: str = "PI"
    address: Address | None = None
    adjudicated_on: date | None = None
    """DTP*573 of 2330B: where the lines bear none."""
    references: tuple[Reference, ...] = ()
    """Of 2330B: 2U, EI, FY, NF; G1 authorisation, 9F referral, T4 adjustment, F8 this payer's claim control number."""
    providers: tuple[OtherProvider, ...] = ()
    raw: tuple[str, ...] = ()
    """Segments of 2320 and 2330 that have no typed place, as they stood."""
    segment_number: int = 0
    """SBR's number in the file as read."""


class LineAdjudication(Struct, frozen=True, gc=False):
    """2430: what one other payer has done with the line."""

    payer_id: str
    """SVD01: the NM109 of a 2330B of the claim."""
    paid_cents: int
    procedure: str = ""
    """SVD03-2: the code that was adjudicated."""
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    adjustments: tuple[Adjustment, ...] = ()
    adjudicated_on: date | None = None
    """DTP*573."""
    remaining_liability_cents: int | None = None
    """AMT*EAF: at one level only, here or in 2320."""
    procedure_qualifier: str = "HC"
    description: str = ""
    revenue_code: str = ""
    """SVD04, 837I."""
    bundled_line: str = ""
    """SVD06: the line that this one was bundled into."""
    raw: tuple[str, ...] = ()
    segment_number: int = 0
    """SVD's number in the file as read."""
