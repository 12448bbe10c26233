"""Values that several guides share. Amounts are integer cents, dates are dates, codes stand as X12 writes them."""

from datetime import date, datetime

from msgspec import Struct


class Reference(Struct, frozen=True, gc=False):
    """REF: a qualifier (REF01) and an identifier (REF02)."""

    qualifier: str
    value: str
    description: str = ""
    """REF03: what the identifier is called."""


class Address(Struct, frozen=True, gc=False):
    """N3 and N4."""

    line1: str
    city: str
    state: str = ""
    postal_code: str = ""
    """5 or 9 digits, no dash."""
    line2: str = ""
    country: str = ""
    """N404, only outside the United States."""
    subdivision: str = ""
    """N407, only outside the United States and Canada."""


class Adjustment(Struct, frozen=True, gc=False):
    """One triplet of a CAS segment."""

    group: str
    """CAS01: CO, PR, OA, PI; CR in 4010."""
    reason: str
    """CARC."""
    amount_cents: int
    """Positive lowers the payment; zero and negative are legal."""
    quantity: str = ""


class Amount(Struct, frozen=True, gc=False):
    """AMT: never takes part in a balance."""

    qualifier: str
    amount_cents: int


class Quantity(Struct, frozen=True, gc=False):
    """QTY."""

    qualifier: str
    quantity: str


class Dated(Struct, frozen=True, gc=False):
    """DTM or DTP: a qualifier, a first day, and a last one where a period is given."""

    qualifier: str
    first: date
    last: date | None = None


class Contact(Struct, frozen=True, gc=False):
    """PER: whom to ask, and how."""

    function: str = "IC"
    """PER01: IC information, CX payer's claim office, BL technical department."""
    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    """Up to three pairs of qualifier and number: TE telephone, FX fax, EM email, EX extension, UR web address."""

    def number(self, qualifier: str) -> str:
        """The first number of this kind; empty where there is none."""
        return next((number for kind, number in self.numbers if kind == qualifier), "")


class OutpatientAdjudication(Struct, frozen=True, gc=False):
    """MOA: how an outpatient or professional claim was adjudicated (835 loop 2100, 837 loop 2320)."""

    reimbursement_rate: str = ""
    """MOA01, a share of one."""
    payable_cents: int | None = None
    """MOA02, HCPCS payable."""
    remarks: tuple[str, ...] = ()
    """MOA03 to MOA07."""
    renal_disease_cents: int | None = None
    """MOA08."""
    professional_component_cents: int | None = None
    """MOA09, billed though not payable."""


class InpatientAdjudication(Struct, frozen=True, gc=False):
    """MIA: how an inpatient claim was adjudicated (835 loop 2100, 837I loop 2320)."""

    covered_days: str = "0"
    """MIA01."""
    lifetime_psychiatric_days: str = ""
    """MIA03."""
    remarks: tuple[str, ...] = ()
    """MIA05 and MIA20 to MIA23."""
    amounts: tuple[Amount, ...] = ()
    """The amounts with their element as qualifier: "04" DRG, "06" disproportionate share, "07" Medicare secondary payer
    pass-through, "08" capital, "09" to "14" parts of it, "16" old capital, "17" indirect teaching, "18" hospital-specific DRG,
    "19" professional component, "24" capital exception, "02" outlier."""
    cost_report_days: str = ""
    """MIA15."""


class Difference(Struct, frozen=True, gc=False):
    """A balance that fails: in an 835, or between a claim and what other payers have done with it."""

    level: str
    """line, claim or transaction."""
    expected_cents: int
    found_cents: int
    segment_number: int
    """Of the segment whose amount is not what it should be."""
    patient_control_number: str = ""
    line: int = 0
    """From 1; 0 for the claim itself and the transaction."""
    rule: str = ""
    """Which balance: line, claim-adjustments, claim-charges, claim-payments, transaction; payer-claim, payer-line,
    payer-payments of an 837."""
    payer_id: str = ""
    """The other payer that it is about, in an 837."""

    @property
    def difference_cents(self) -> int:
        """What was found less what was expected."""
        return self.found_cents - self.expected_cents


class Envelope(Struct, frozen=True, gc=False):
    """Where a transaction set stood: what its ISA and GS say."""

    sender_qualifier: str = ""
    sender_id: str = ""
    receiver_qualifier: str = ""
    receiver_id: str = ""
    """ISA05 to ISA08 without their padding."""
    control_number: str = ""
    """ISA13."""
    usage: str = ""
    """ISA15: P production, T test."""
    group_control_number: str = ""
    """GS06."""
    group_version: str = ""
    """GS08, such as 005010X221A1."""
    functional_id: str = ""
    """GS01: HC 837, HP 835, HN 277, FA 999."""
    delimiters: str = "*:~^"
    """Element, component, terminator, repetition: those of the raw segments that a reader kept."""


class InterchangeHeader(Struct, frozen=True):
    """What a writer needs to know for ISA and GS; dates and control numbers are the caller's."""

    sender_id: str
    receiver_id: str
    control_number: int
    """ISA13 and GS06, 1 to 999,999,999, unique for this sender and receiver."""
    created: datetime
    """ISA09/10, GS04/05."""
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "T"
    """ISA15: P production, T test."""
    acknowledgement_requested: bool = True
    """ISA14: a TA1 is wanted."""
    group_sender: str = ""
    """GS02; the ISA's where empty."""
    group_receiver: str = ""
    """GS03; the ISA's where empty."""
