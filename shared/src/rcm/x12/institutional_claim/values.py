"""The typed 837I (005010X223A2/A3): a hospital's, nursing home's or clinic's claim, with everything that its loops hold."""

from datetime import date, datetime

from msgspec import Struct

from rcm.x12.claim.values import Certification, Claim, ClaimLine, FoundClaim, Provider

LINE_LIMIT = 999
OTHER_DIAGNOSIS_LIMIT = 24
EXTERNAL_CAUSE_LIMIT = 12
VISIT_REASON_LIMIT = 3
PROCEDURE_LIMIT = 24
"""Other procedures; value, occurrence, span, condition and treatment codes have the same limit."""


class Diagnosis(Struct, frozen=True, gc=False):
    """One composite of HI."""

    code: str
    """ICD-10-CM; the dot may stand, it is not written."""
    present_on_admission: str = ""
    """Y, N, U, W, or 1 in 4010; empty where it is exempt or the stay is none."""


class Procedure(Struct, frozen=True, gc=False):
    """HI*BBR and BBQ (ICD-10-PCS), BR and BQ (ICD-9)."""

    code: str
    performed_on: date | None = None


class Occurrence(Struct, frozen=True, gc=False):
    """HI*BH, and HI*BI where it has a last day."""

    code: str
    first: date
    last: date | None = None


class ValueCode(Struct, frozen=True, gc=False):
    """HI*BE."""

    code: str
    amount_cents: int
    """Hundredths: also of what is no money, as the covered days of code 80 are."""


class RevenueLine(ClaimLine, frozen=True, gc=False, kw_only=True):
    """2400 with SV2; `procedure` is empty where the revenue code alone is billed."""

    revenue_code: str
    """SV201, four digits."""
    unit: str = "UN"
    """UN units, DA days."""
    non_covered_cents: int | None = None
    """SV207."""
    date_of_service: date | None = None
    """DTP*472."""
    date_of_service_to: date | None = None


class InstitutionalClaim(Claim, frozen=True, gc=False, kw_only=True):
    """One claim (2300) with those that it belongs to."""

    bill_type: str
    """CLM05-1: facility and kind of care, two digits; with the frequency it is the type of bill."""
    lines: tuple[RevenueLine, ...]
    statement_from: date
    statement_to: date
    """DTP*434."""
    principal_diagnosis: Diagnosis | None = None
    """HI*ABK."""
    admitting_diagnosis: str = ""
    """HI*ABJ."""
    visit_reasons: tuple[str, ...] = ()
    """HI*APR."""
    external_causes: tuple[Diagnosis, ...] = ()
    """HI*ABN."""
    other_diagnoses: tuple[Diagnosis, ...] = ()
    """HI*ABF."""
    drg: str = ""
    """HI*DR."""
    principal_procedure: Procedure | None = None
    """HI*BBR."""
    other_procedures: tuple[Procedure, ...] = ()
    """HI*BBQ."""
    occurrences: tuple[Occurrence, ...] = ()
    """HI*BH."""
    occurrence_spans: tuple[Occurrence, ...] = ()
    """HI*BI."""
    values: tuple[ValueCode, ...] = ()
    """HI*BE."""
    condition_codes: tuple[str, ...] = ()
    """HI*BG."""
    treatment_codes: tuple[str, ...] = ()
    """HI*TC."""
    diagnosis_version: int = 10
    """9 where codes are ICD-9: statements that end before 2015-10-01, and all 4010 claims."""
    admission_type: str = ""
    """CL101."""
    admission_source: str = ""
    """CL102."""
    patient_status: str = ""
    """CL103, required."""
    admitted_at: datetime | None = None
    """DTP*435; at midnight where the file gives the day alone (`admission_has_hour`)."""
    admission_has_hour: bool = False
    discharge_time: str = ""
    """DTP*096 TM: HHMM."""
    estimated_due_cents: int | None = None
    """AMT*F3: what the patient is thought to owe."""
    attending_provider: Provider | None = None
    """2310A."""
    operating_provider: Provider | None = None
    """2310B."""
    other_operating_provider: Provider | None = None
    """2310C."""
    certifications: tuple[Certification, ...] = ()
    """CRC*ZZ: what an EPSDT screening led to."""

    @property
    def type_of_bill(self) -> str:
        """Four digits as people write them: 0131."""
        return f"0{self.bill_type}{self.frequency}"


InstitutionalClaimInFile = FoundClaim[InstitutionalClaim]
"""A claim as a reader found it."""
