"""The typed 835 (005010X221A1): a payment with the claims it pays and the adjustments to it."""

from datetime import date

from msgspec import Struct

from rcm.x12.problems import Problem
from rcm.x12.values import (
    Address,
    Adjustment,
    Amount,
    Contact,
    Dated,
    Difference,
    Envelope,
    InpatientAdjudication,
    OutpatientAdjudication,
    Quantity,
    Reference,
)

__all__ = [
    "BankAccount",
    "ClaimGroup",
    "ClaimPayment",
    "Difference",
    "LinePayment",
    "Party",
    "Person",
    "ProviderAdjustment",
    "Remittance",
]


class Party(Struct, frozen=True, gc=False):
    """N1 loop: payer (1000A) or payee (1000B)."""

    name: str = ""
    qualifier: str = ""
    """N103: XX NPI, FI tax id, XV plan id."""
    identifier: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    """Such as REF*2U of a payer, REF*TJ (tax id) of a payee."""
    contacts: tuple[Contact, ...] = ()
    """PER: CX the claim office, BL the technical department, IC a web site."""
    raw: tuple[str, ...] = ()
    """RDM, and what else has no typed place, as it stood."""


class Person(Struct, frozen=True, gc=False):
    """NM1 of a claim: patient QC, insured IL, corrected patient 74, rendering provider 82, crossover carrier TT, ..."""

    entity: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    qualifier: str = ""
    identifier: str = ""
    suffix: str = ""
    organisation: bool = False
    """NM102 is 2."""


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
    """Segments that have no typed place here, or say more than it holds, as they stood."""
    dates: tuple[Dated, ...] = ()
    """DTM with other qualifiers."""
    description: str = ""
    """SVC01-7."""
    original_qualifier: str = ""
    """SVC06-1, where it is not that of SVC01."""
    original_description: str = ""
    """SVC06-7."""


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
    outpatient: OutpatientAdjudication | None = None
    """MOA."""
    inpatient: InpatientAdjudication | None = None
    """MIA."""
    header_number: int = 0
    """LX01 of the 2000 loop it stands in; 0 without one."""
    segment_number: int = 0
    """CLP's number in the file."""
    last_segment_number: int = 0
    raw: tuple[str, ...] = ()
    """Segments that have no typed place here, or say more than it holds, as they stood."""
    contacts: tuple[Contact, ...] = ()
    """PER*CX: whom to ask about this claim."""
    drg: str = ""
    """CLP11."""
    drg_weight: str = ""
    """CLP12."""
    discharge_fraction: str = ""
    """CLP13."""

    def person(self, entity: str) -> Person | None:
        """The first NM1 with this entity code."""
        return next((person for person in self.persons if person.entity == entity), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remark codes of the claim: MOA03 to 07, MIA05 and 20 to 23."""
        outpatient = self.outpatient.remarks if self.outpatient is not None else ()
        return outpatient + self.inpatient.remarks if self.inpatient is not None else outpatient

    @property
    def member_id(self) -> str:
        """NM109 of the insured, else of the patient."""
        of_patient = None
        for person in self.persons:
            if person.entity == "IL":
                return person.identifier
            if person.entity == "QC" and of_patient is None:
                of_patient = person.identifier
        return of_patient or ""


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


class BankAccount(Struct, frozen=True, gc=False):
    """BPR06 to 09 (the payer's) or BPR12 to 15 (the payee's)."""

    routing_qualifier: str
    """01 ABA routing number, 04 Canadian."""
    routing_number: str
    account_qualifier: str = ""
    """DA checking, SG savings."""
    account_number: str = ""


class ClaimGroup(Struct, frozen=True, gc=False):
    """2000: a header number (LX) with what TS3 and TS2 sum up of the claims below it."""

    number: int
    """LX01."""
    provider_id: str = ""
    """TS301."""
    facility_code: str = ""
    fiscal_period_ends: date | None = None
    claim_count: str = ""
    """TS304."""
    totals: tuple[Amount, ...] = ()
    """TS305 to TS324, the element ("05" is the charges) as qualifier; counts among them in hundredths as well."""
    drg_totals: tuple[Amount, ...] = ()
    """TS201 to TS219 in the same way."""
    raw: tuple[str, ...] = ()


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
    """Segments of the header or after the claims that have no typed place here (CUR), as they stood."""
    envelope: Envelope = Envelope()
    transaction_control_number: str = ""
    """ST02."""
    first_segment: int = 0
    """ST's number in the file."""
    last_segment: int = 0
    content_sha256: str = ""
    """Over the normalised segments between ST and SE: equal for the same check resent in another file."""
    problems: tuple[Problem, ...] = ()
    payment_format: str = ""
    """BPR05: CCP, CTX."""
    payer_account: BankAccount | None = None
    payee_account: BankAccount | None = None
    originating_company_id: str = ""
    """BPR10."""
    originating_supplement: str = ""
    """BPR11."""
    groups: tuple[ClaimGroup, ...] = ()
    """2000 in their order; `ClaimPayment.header_number` names them."""
