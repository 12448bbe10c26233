"""What the API takes and shows. Amounts are integer cents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from payments_svc.domain.ledger import Account, EntryKind
from payments_svc.domain.remittance import ClaimState, Exit, RemittanceState

REMITTANCE_ID = "0198f5d0-5c00-7000-8000-0000000000a1"
UNMATCHED_ID = "0198f5d0-5c00-7000-8000-0000000000a2"
CLAIM_ID = "0198f5d0-5c00-7000-8000-0000000000a3"
ENCOUNTER_ID = "0198f5d0-5c00-7000-8000-0000000000a4"
FILE_ID = "0198f5d0-5c00-7000-8000-0000000000a5"
TASK_ID = "0198f5d0-5c00-7000-8000-0000000000a6"
ENTRY_ID = "0198f5d0-5c00-7000-8000-0000000000a7"
EXAMPLE_835 = (
    "ISA*00*          *00*          *ZZ*RCMSANDBOX     *ZZ*MAPLESTREET    *250901*1200*^*00501*000000001*0*T*:~"
    "GS*HP*RCMSANDBOX*MAPLESTREET*20250901*1200*1*X*005010X221A1~ST*835*0001~"
    "BPR*I*80*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20250901~TRN*1*EFT0001*1512345678~"
    "N1*PR*EVERGREEN MUTUAL~N1*PE*MAPLE STREET FAMILY PRACTICE*XX*1993999998~LX*1~"
    "CLP*PCN0001*1*125*80*20*CI*ICN0001*11*1~CAS*CO*45*25~CAS*PR*3*20~NM1*QC*1*RIVERS*DANA****MI*ABC123456001~"
    "SE*10*0001~GE*1*1~IEA*1*000000001~"
)


def example(values: dict[str, Any], *, takes: bool = False) -> ConfigDict:
    """A model's configuration, with an example for OpenAPI; what is taken refuses unknown fields."""
    return ConfigDict(frozen=True, extra="forbid" if takes else "ignore", json_schema_extra={"examples": [values]})


REMITTANCE: dict[str, Any] = {
    "remittance_id": REMITTANCE_ID,
    "file_id": FILE_ID,
    "state": "posted",
    "reasons": [],
    "difference_cents": 0,
    "trace_number": "EFT0001",
    "payer_identifier": "1512345678",
    "payer_name": "Evergreen Mutual",
    "payment_date": "2025-09-01",
    "payment_cents": 8000,
    "claims": {"posted": 1},
    "provider_adjustments": [],
    "warnings": [],
    "same_check_as": None,
    "received_at": "2025-09-01T12:00:00Z",
    "decided_by": "",
    "note": "",
}
PROVIDER_ADJUSTMENT: dict[str, Any] = {"code": "L6", "reference": "INT", "amount_cents": -150}
WARNING: dict[str, Any] = {
    "code": "patient-responsibility-differs",
    "position": 1,
    "patient_control_number": "PCN0001",
    "difference_cents": -500,
}
SUGGESTION: dict[str, Any] = {
    "claim_id": CLAIM_ID,
    "encounter_id": ENCOUNTER_ID,
    "patient_control_number": "PCN0001",
    "charge_cents": 12500,
    "date_of_service": "2025-08-20",
}
UNMATCHED: dict[str, Any] = {
    "unmatched_id": UNMATCHED_ID,
    "remittance_id": REMITTANCE_ID,
    "position": 1,
    "state": "unmatched",
    "reason": "unmatched",
    "difference_cents": 0,
    "trace_number": "EFT0001",
    "payer_name": "Evergreen Mutual",
    "patient_control_number": "PCN0001",
    "payer_claim_control_number": "ICN0001",
    "status_code": "1",
    "charge_cents": 12500,
    "paid_cents": 8000,
    "claim_id": None,
    "suggestions": [SUGGESTION],
}
LINE: dict[str, Any] = {"account": "insurance_paid", "amount_cents": 8000}
ENTRY: dict[str, Any] = {
    "entry_id": ENTRY_ID,
    "posted_at": "2025-09-01T12:00:00Z",
    "kind": "insurance_payment",
    "reason": "CLP02 1",
    "claim_id": CLAIM_ID,
    "remittance_id": REMITTANCE_ID,
    "patient_payment_id": None,
    "reverses": None,
    "caused_by": "0198f5d0-5c00-7000-8000-0000000000f1",
    "actor": "adapter@example.org adapter",
    "lines": [LINE, {"account": "insurance_open", "amount_cents": -8000}],
}
BALANCES: dict[str, Any] = {
    "charges_cents": 12500,
    "insurance_paid_cents": 8000,
    "contractual_cents": 2500,
    "other_adjustments_cents": 0,
    "patient_paid_cents": 0,
    "patient_open_cents": 2000,
    "insurance_open_cents": 0,
}
TASK: dict[str, Any] = {
    "task_id": TASK_ID,
    "kind": "reversal-differs",
    "remittance_id": REMITTANCE_ID,
    "unmatched_id": UNMATCHED_ID,
    "claim_id": CLAIM_ID,
    "message": "The reversal's amounts are not those of what it takes back",
    "amount_cents": -500,
    "opened_at": "2025-09-01T12:00:00Z",
    "closed_at": None,
    "closed_by": "",
    "note": "",
}


class ProviderAdjustmentView(BaseModel):
    """One PLB adjustment; positive lowers the payment."""

    model_config = example(PROVIDER_ADJUSTMENT)

    code: str
    reference: str
    amount_cents: int


class WarningView(BaseModel):
    """What is odd about a CLP and stands in no way."""

    model_config = example(WARNING)

    code: str
    position: int
    """Of the CLP in its remittance, from 1."""
    patient_control_number: str
    difference_cents: int
    """CLP05 less the PR adjustments."""


class RemittanceView(BaseModel):
    """A check."""

    model_config = example(REMITTANCE)

    remittance_id: UUID
    file_id: UUID
    state: RemittanceState
    reasons: list[str]
    """Why it is quarantined."""
    difference_cents: int
    """sum(CLP04) - sum(PLB) less BPR02."""
    trace_number: str
    payer_identifier: str
    payer_name: str
    payment_date: date | None
    payment_cents: int
    claims: dict[ClaimState, int] = Field(description="How many CLPs are in which state; empty while quarantined")
    provider_adjustments: list[ProviderAdjustmentView]
    warnings: list[WarningView] = Field(description="CLPs whose CLP05 is not the sum of their PR adjustments")
    same_check_as: UUID | None = Field(description="Another content of this check that came first")
    received_at: datetime
    decided_by: str
    note: str


class ReceivedFile(BaseModel):
    """A file of remittances as it was taken."""

    model_config = example({"remittance_id": REMITTANCE_ID, "state": "posted", "remittances": [REMITTANCE]})

    remittance_id: UUID
    """The first check's; a file mostly holds one."""
    state: RemittanceState
    """The first check's, or quarantined where any of them is."""
    remittances: list[RemittanceView]


class Suggestion(BaseModel):
    """A claim with the same member id, date of service and charge: for a person to judge."""

    model_config = example(SUGGESTION)

    claim_id: UUID
    encounter_id: UUID
    patient_control_number: str
    charge_cents: int
    date_of_service: date


class UnmatchedView(BaseModel):
    """A CLP that waits, its payment in suspense."""

    model_config = example(UNMATCHED)

    unmatched_id: UUID
    remittance_id: UUID
    position: int
    state: ClaimState
    reason: str
    difference_cents: int
    trace_number: str
    payer_name: str
    patient_control_number: str
    payer_claim_control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    claim_id: UUID | None
    suggestions: list[Suggestion]


class MatchIn(BaseModel):
    """Whose CLP it is."""

    model_config = example({"claim_id": CLAIM_ID}, takes=True)

    claim_id: UUID


class DismissIn(BaseModel):
    """How it ends without posting here, and why."""

    model_config = example({"exit": "dismissed", "note": "The payer's test file"}, takes=True)

    exit: Exit = Exit.DISMISSED
    note: str = Field(min_length=1, max_length=500)


class CloseIn(BaseModel):
    """What came of a task."""

    model_config = example({"note": "The payer was called: an error of theirs, a corrected reversal follows"}, takes=True)

    note: str = Field(min_length=1, max_length=500)


class ClaimOutcome(BaseModel):
    """What became of a CLP that waited."""

    model_config = example(
        {"unmatched_id": UNMATCHED_ID, "state": "posted", "claim_id": CLAIM_ID, "note": "matched by a person"}
    )

    unmatched_id: UUID
    state: ClaimState
    claim_id: UUID | None
    note: str


class TaskView(BaseModel):
    """Something a person should look at."""

    model_config = example(TASK)

    task_id: UUID
    kind: str
    remittance_id: UUID
    unmatched_id: UUID | None
    claim_id: UUID | None
    message: str
    amount_cents: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str


class LineView(BaseModel):
    """A ledger line, debit positive."""

    model_config = example(LINE)

    account: Account
    amount_cents: int


class EntryView(BaseModel):
    """A ledger entry: when, why, from what."""

    model_config = example(ENTRY)

    entry_id: UUID
    posted_at: datetime
    kind: EntryKind
    reason: str
    claim_id: UUID | None
    remittance_id: UUID | None
    patient_payment_id: UUID | None
    reverses: UUID | None
    caused_by: UUID | None
    actor: str
    lines: list[LineView]


class Balances(BaseModel):
    """charges = insurance paid + contractual + other adjustments + patient paid + patient open + insurance open."""

    model_config = example(BALANCES)

    charges_cents: int
    insurance_paid_cents: int
    contractual_cents: int
    other_adjustments_cents: int
    patient_paid_cents: int
    patient_open_cents: int
    insurance_open_cents: int


class EncounterLedger(BaseModel):
    """All that the ledger says of an encounter."""

    model_config = example({"encounter_id": ENCOUNTER_ID, "external_id": "E-1001", "balances": BALANCES, "entries": [ENTRY]})

    encounter_id: UUID
    external_id: str
    balances: Balances
    entries: list[EntryView]


class Summary(Balances):
    """The organisation's figures."""

    model_config = example({**BALANCES, "suspense_cents": 0, "identity_breaks": 0})

    suspense_cents: int
    """Money that is in no encounter: held and unmatched CLPs, PLB, patients' deposits."""
    identity_breaks: int


class EncounterFigures(Balances):
    """An encounter's balances, summed from its ledger lines."""

    model_config = example({"encounter_id": ENCOUNTER_ID, "external_id": "E-1001", **BALANCES})

    encounter_id: UUID
    external_id: str


PROOF: dict[str, Any] = {
    "remittance_id": REMITTANCE_ID,
    "trace_number": "EFT0001",
    "payment_cents": 8000,
    "posted_cents": 8000,
    "suspense_cents": 0,
    "provider_adjustment_cents": 0,
}


class RemittanceProof(BaseModel):
    """payment = posted + suspense - provider adjustments, from the ledger."""

    model_config = example(PROOF)

    remittance_id: UUID
    trace_number: str
    payment_cents: int
    posted_cents: int
    suspense_cents: int
    provider_adjustment_cents: int


class TrialBalance(BaseModel):
    """Every account's balance over the whole ledger, debit positive; their sum is zero."""

    model_config = example({"accounts": {"charges": -12500, "insurance_open": 12500}, "total_cents": 0})

    accounts: dict[Account, int]
    total_cents: int
