"""The typed 835 (005010X221A1): a payment with the claims it pays and the adjustments to it."""

from datetime import date

from msgspec import Struct

from rcm.x12.problems import Problem
from rcm.x12.values import Address, Adjustment, Amount, Dated, Envelope, Quantity, Reference


class Party(Struct, frozen=True, gc=False):
    """N1 loop: payer (1000A) or payee (1000B)."""

    name: str = ""
    qualifier: str = ""
    """N103: XX NPI, FI tax id, XV plan id."""
    identifier: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    """Such as REF*2U of a payer, REF*TJ (tax id) of a payee."""
    raw: tuple[str, ...] = ()
    """PER and RDM, as they stood."""


class Person(Struct, frozen=True, gc=False):
    """NM1 of a claim: patient QC, insured IL, corrected patient 74, rendering provider 82, crossover carrier TT, ..."""

    entity: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    qualifier: str = ""
    identifier: str = ""


class LinePayment(Struct, frozen=True, gc=False):
    """2110: one service line as adjudicated."""

    procedure: str
    charge_cents: int
    paid_cents: int
    modifiers: tuple[str, ...] = ()
    procedure_qualifier: str = "HC"
    units: str = "1"
    """SVC05, "1" where it is not given."""
    revenue_code: str = ""
    """SVC04, NUBC."""
    original_procedure: str = ""
    """SVC06: the code that was billed, where the payer changed it."""
    original_modifiers: tuple[str, ...] = ()
    original_units: str = ""
    """SVC07."""
    control_number: str = ""
    """REF*6R: the submitter's line control number."""
    date_of_service: date | None = None
    """DTM*472, or the first day of DTM*150/151."""
    date_of_service_to: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    remarks: tuple[str, ...] = ()
    """LQ*HE codes (RARC)."""
    segment_number: int = 0
    """SVC's number in the file."""
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""


class ClaimPayment(Struct, frozen=True, gc=False):
    """2100: one claim as adjudicated."""

    patient_control_number: str
    """CLP01."""
    status: str
    """CLP02: 1/2/3 processed, 4 denied, 19/20/21 processed and forwarded, 22 reversal, 23 not ours, 25 predetermination."""
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int = 0
    """CLP05: should equal the PR adjustments; a difference is a warning."""
    filing_indicator: str = ""
    """CLP06."""
    payer_claim_control_number: str = ""
    """CLP07."""
    facility_code: str = ""
    """CLP08."""
    frequency: str = ""
    """CLP09."""
    adjustments: tuple[Adjustment, ...] = ()
    """Those of loop 2100 only."""
    lines: tuple[LinePayment, ...] = ()
    persons: tuple[Person, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    """DTM: 232/233 statement period, 050 received, 036 coverage expiration."""
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    remarks: tuple[str, ...] = ()
    """Remark codes of MOA03-07 and MIA05, 20-23."""
    outpatient: tuple[str, ...] = ()
    """MOA's elements."""
    inpatient: tuple[str, ...] = ()
    """MIA's elements."""
    header_number: int = 0
    """LX01 of the 2000 loop it stands in; 0 without one."""
    segment_number: int = 0
    """CLP's number in the file."""
    last_segment_number: int = 0
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, as they stood."""

    def person(self, entity: str) -> Person | None:
        """The first NM1 with this entity code."""
        return next((person for person in self.persons if person.entity == entity), None)

    @property
    def member_id(self) -> str:
        """NM109 of the insured, else of the patient."""
        found = self.person("IL") or self.person("QC")
        return found.identifier if found else ""


class ProviderAdjustment(Struct, frozen=True, gc=False):
    """One pair of a PLB segment."""

    provider_id: str
    """PLB01."""
    fiscal_period_ends: date | None
    """PLB02."""
    code: str
    """PLB03-1: WO, FB, 72, L6, CS, IR, LE, ..."""
    reference: str
    """PLB03-2."""
    amount_cents: int
    """As PLB writes it: positive lowers the payment."""


class Remittance(Struct, frozen=True):
    """One 835 transaction set, whole."""

    payment_cents: int
    """BPR02."""
    trace_number: str
    """TRN02: check or EFT number."""
    payment_date: date | None
    """BPR16."""
    payer: Party
    payee: Party
    claims: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    handling: str = "I"
    """BPR01."""
    credit_or_debit: str = "C"
    """BPR03: C, or D where the payer takes money."""
    method: str = "CHK"
    """BPR04: ACH, CHK, FWT, BOP, NON."""
    payer_trace_id: str = ""
    """TRN03: the payer's id, 1 and its tax id."""
    originating_company: str = ""
    """TRN04."""
    produced_on: date | None = None
    """DTM*405."""
    references: tuple[Reference, ...] = ()
    """REF of the header: EV receiver, F2 version."""
    raw: tuple[str, ...] = ()
    """Header segments that have no typed place here (CUR, TS2, TS3), as they stood."""
    envelope: Envelope = Envelope()
    transaction_control_number: str = ""
    """ST02."""
    first_segment: int = 0
    """ST's number in the file."""
    last_segment: int = 0
    content_sha256: str = ""
    """Over the normalised segments between ST and SE: equal for the same check resent in another file."""
    problems: tuple[Problem, ...] = ()


class Difference(Struct, frozen=True, gc=False):
    """A balance that fails."""

    level: str
    """line, claim or transaction."""
    expected_cents: int
    found_cents: int
    segment_number: int
    patient_control_number: str = ""
    line: int = 0
    """From 1; 0 for the claim itself and the transaction."""
    rule: str = ""
    """Which balance: line, claim-adjustments, claim-charges, claim-payments, transaction."""

    @property
    def difference_cents(self) -> int:
        """What was found less what was expected."""
        return self.found_cents - self.expected_cents
