"""Claims, their corrections and timelines, and the catalogue of edits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from claims_svc.domain.claim import Claim, original_reference
from claims_svc.domain.edits.form import Edit, Severity
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import State
from claims_svc.domain.timeline import Moment
from claims_svc.views.base import ACKNOWLEDGEMENT_ID, CLAIM_ID, ENCOUNTER_ID, SUBMISSION_ID, TEXT, shown, taken

ACCIDENT: dict[str, Any] = {"kind": "AA", "state": "IL", "occurred_on": "2025-08-01"}
OVERRIDE: dict[str, Any] = {"edit_id": "duplicate-claim", "reason": "Two visits on one day, both documented"}
FINDING: dict[str, Any] = {
    "edit_id": "payer-unknown",
    "path": "/coverages/0/payer_id",
    "message": "The payer is not set up: SBX09",
    "fix": "Set the payer up with PUT /v1/payers/{payer_id}, or correct the coverage at coding-svc.",
}
CLAIM: dict[str, Any] = {
    "claim_id": CLAIM_ID,
    "encounter_id": ENCOUNTER_ID,
    "rank": "P",
    "state": "PAYER_ACCEPTED",
    "payer_id": "SBX01",
    "payer_name": "Evergreen Mutual",
    "receiver_id": "RCMSANDBOX",
    "date_of_service": "2025-08-20",
    "charge_cents": 16100,
    "insurance_paid_cents": 0,
    "frequency": "1",
    "payer_claim_control_number": "EM2025000117",
    "submission_id": SUBMISSION_ID,
    "patient_control_number": "MFRGGZDFMZTWQ2LK",
    "submission_count": 1,
    "submitted_at": "2025-08-21T09:00:04Z",
    "created_at": "2025-08-21T09:00:00Z",
    "updated_at": "2025-08-22T02:11:30Z",
    "findings": [],
    "version": 4,
}
PLACE: dict[str, Any] = {
    "submission_id": SUBMISSION_ID,
    "file_name": "MAPLE412-RCMSANDBOX-000000012-8f00a1c2.837",
    "receiver_id": "RCMSANDBOX",
    "patient_control_number": "MFRGGZDFMZTWQ2LK",
    "frequency": "1",
    "charge_cents": 16100,
    "batched_at": "2025-08-21T09:00:02Z",
    "transmitted_at": "2025-08-21T09:00:04Z",
}
LINE: dict[str, Any] = {
    "line_number": 1,
    "procedure": "99213",
    "modifiers": [],
    "units": "1",
    "charge_cents": 13200,
    "date_of_service": "2025-08-20",
    "diagnosis_pointers": [1],
}
MOMENT: dict[str, Any] = {
    "at": "2025-08-21T09:00:02Z",
    "actor": "claims-svc file cutter",
    "kind": "batched",
    "reason": "Written into MAPLE412-RCMSANDBOX-000000012-8f00a1c2.837 for RCMSANDBOX, frequency 1",
    "state": "BATCHED",
    "details": {"frequency": "1", "charge_cents": 16100},
    "submission_id": SUBMISSION_ID,
    "acknowledgement_id": None,
    "cause_id": None,
    "patient_control_number": "MFRGGZDFMZTWQ2LK",
    "segments": ["CLM*MFRGGZDFMZTWQ2LK*161***11:B:1*Y*A*Y*Y"],
}


class FindingView(BaseModel):
    """Why a claim is held."""

    model_config = shown(FINDING)

    edit_id: str
    path: str = Field(description="JSON pointer into the encounter or the claim")
    message: str
    fix: str


class AccidentView(BaseModel):
    """CLM11 and DTP*439."""

    model_config = taken(ACCIDENT)

    kind: Literal["AA", "EM", "OA"] = Field(description="AA automobile, EM employment, OA other")
    state: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    occurred_on: date | None = None


class OverrideIn(BaseModel):
    """A person's word that an edit does not apply."""

    model_config = taken(OVERRIDE)

    edit_id: str
    reason: Annotated[str, Field(min_length=3, max_length=500, pattern=TEXT)]


class OverrideView(BaseModel):
    """An override, and who gave it."""

    model_config = shown(OVERRIDE | {"by": "pat@example.org (biller)"})

    edit_id: str
    reason: str
    by: str


class ClaimSummary(BaseModel):
    """A claim in a list."""

    model_config = shown(CLAIM)

    claim_id: UUID
    encounter_id: UUID
    rank: Literal["P", "S", "T"]
    state: State
    payer_id: str
    payer_name: str
    receiver_id: str
    date_of_service: date
    charge_cents: int
    insurance_paid_cents: int
    frequency: str
    payer_claim_control_number: str
    submission_id: UUID | None = Field(description="The newest file that it stands in")
    patient_control_number: str = Field(description="Its number in the newest file")
    submission_count: int = Field(description="How many files it went into")
    submitted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    findings: list[FindingView]
    version: int


class LineView(BaseModel):
    """A service line."""

    model_config = shown(LINE)

    line_number: int
    procedure: str
    modifiers: list[str]
    units: str
    charge_cents: int
    date_of_service: date
    diagnosis_pointers: list[int]


class PlaceView(BaseModel):
    """A file that the claim went into."""

    model_config = shown(PLACE)

    submission_id: UUID
    file_name: str
    receiver_id: str
    patient_control_number: str
    frequency: str
    charge_cents: int
    batched_at: datetime
    transmitted_at: datetime | None


class ClaimView(ClaimSummary):
    """A claim with its content. `version` is its ETag."""

    model_config = shown(
        CLAIM
        | {
            "external_id": "MSFP-1-000017",
            "patient_name": "Celia Garnet",
            "member_id": "ABC123456001",
            "billing_npi": "1993999998",
            "place_of_service": "11",
            "diagnoses": ["E11.9"],
            "lines": [LINE],
            "submissions": [PLACE],
            "authorisation_number": "",
            "accident": None,
            "original_reference": "",
            "overrides": [],
            "payer_holds": True,
            "changed_since_file": False,
            "cancelled": False,
        }
    )

    external_id: str = Field(description="The encounter's id at the EHR")
    patient_name: str
    member_id: str
    billing_npi: str
    place_of_service: str
    diagnoses: list[str]
    lines: list[LineView]
    submissions: list[PlaceView] = Field(description="Every file that it went into, the first one first")
    authorisation_number: str
    accident: AccidentView | None
    original_reference: str = Field(description="REF*F8 that the next file will carry, for frequency 7 and 8")
    overrides: list[OverrideView]
    payer_holds: bool = Field(description="A payer has it: it can be replaced (7) or voided (8), not sent anew")
    changed_since_file: bool = Field(description="The encounter changed after the claim went into its newest file")
    cancelled: bool = Field(description="The encounter was cancelled")


class ClaimPatch(BaseModel):
    """A JSON merge patch of what claims-svc owns: an absent field stays, null clears it."""

    model_config = taken({"authorisation_number": "AUTH77120"})

    authorisation_number: Annotated[str, Field(max_length=50, pattern=r"^[A-Za-z0-9 -]*$")] | None = None
    accident: AccidentView | None = None
    frequency: Literal["1", "7", "8"] = Field(default="1", description="CLM05-3: 1 original, 7 replacement, 8 void")
    payer_claim_control_number: Annotated[str, Field(max_length=50, pattern=r"^[A-Za-z0-9-]*$")] | None = Field(
        default=None, description="REF*F8, where it is not the one that we learned"
    )
    overrides: Annotated[list[OverrideIn], Field(max_length=20)] | None = None


class Reason(BaseModel):
    """Why a person does it."""

    model_config = taken({"reason": "The payer mended its member file"})

    reason: Annotated[str, Field(min_length=3, max_length=500, pattern=TEXT)]


class MomentView(BaseModel):
    """One thing that happened to a claim."""

    model_config = shown(MOMENT)

    at: datetime
    actor: str
    kind: str = Field(description="What happened: created, held, batched, submitted, acknowledged, posted, ...")
    reason: str
    state: str = Field(description="The claim's state after it; empty where it moved nothing")
    details: dict[str, Any] | None
    submission_id: UUID | None
    acknowledgement_id: UUID | None
    cause_id: UUID | None = Field(description="The event or request that brought it")
    patient_control_number: str
    segments: list[str] = Field(description="The X12 segments in which it stands")


class Timeline(BaseModel):
    """A claim's whole story, the first thing first."""

    model_config = shown(
        {"claim_id": CLAIM_ID, "state": "BATCHED", "version": 2, "items": [MOMENT | {"acknowledgement_id": ACKNOWLEDGEMENT_ID}]}
    )

    claim_id: UUID
    state: State
    version: int
    items: list[MomentView]


class EditView(BaseModel):
    """An edit of the catalogue."""

    model_config = shown(
        {
            "edit_id": "payer-unknown",
            "version": 1,
            "effective_from": None,
            "effective_to": None,
            "severity": "hold",
            "path": "/coverages/0/payer_id",
            "message": "The payer is not set up",
            "fix": "Set the payer up with PUT /v1/payers/{payer_id}, or correct the coverage at coding-svc.",
            "source": "837P 2010BB NM109",
            "overridable": False,
        }
    )

    edit_id: str
    version: int
    effective_from: date | None = Field(description="The first date of service it counts for; null: any")
    effective_to: date | None = Field(description="The last date of service it counts for; null: any")
    severity: Severity
    path: str = Field(description="JSON pointer into the encounter or the claim")
    message: str
    fix: str
    source: str
    overridable: bool = Field(description="A person may say, with a reason, that the claim is right as it is")


def summary_of(claim: Claim) -> ClaimSummary:
    """A claim as a list shows it."""
    return ClaimSummary.model_validate(_summary(claim))


def view_of(claim: Claim, encounter: Encounter, places: Sequence[Mapping[str, Any]]) -> ClaimView:
    """A claim with its content."""
    patient = encounter.patient
    accident = claim.own.accident or encounter.accident
    return ClaimView.model_validate(
        _summary(claim)
        | {
            "external_id": encounter.external_id,
            "patient_name": f"{patient.first_name} {patient.last_name}".strip(),
            "member_id": claim.member_id,
            "billing_npi": claim.billing_npi,
            "place_of_service": encounter.place_of_service,
            "diagnoses": [diagnosis.code for diagnosis in encounter.diagnoses],
            "lines": [{name: getattr(line, name) for name in LineView.model_fields} for line in encounter.lines],
            "authorisation_number": claim.own.authorisation_number or encounter.authorisation_number,
            "submissions": [{name: place[name] for name in PlaceView.model_fields} for place in places],
            "accident": {name: getattr(accident, name) for name in AccidentView.model_fields} if accident else None,
            "original_reference": original_reference(claim),
            "overrides": [{"edit_id": o.edit_id, "reason": o.reason, "by": o.by} for o in claim.own.overrides],
            "payer_holds": claim.payer_holds,
            "changed_since_file": claim.changed_since_file,
            "cancelled": claim.cancelled,
        }
    )


def _summary(claim: Claim) -> dict[str, Any]:
    names = ClaimSummary.model_fields.keys() - {"submission_count"}
    values: dict[str, Any] = {name: getattr(claim, name) for name in names} | {"submission_count": claim.submissions}
    values["findings"] = [{name: getattr(finding, name) for name in FindingView.model_fields} for finding in claim.findings]
    return values


def timeline_of(claim: Claim, moments: list[Moment]) -> Timeline:
    """A claim's story."""
    views = [
        MomentView.model_validate(
            {name: getattr(moment, name) for name in MomentView.model_fields} | {"segments": list(moment.segments)}
        )
        for moment in moments
    ]
    return Timeline(claim_id=claim.claim_id, state=claim.state, version=claim.version, items=views)


def edit_view(edit: Edit) -> EditView:
    """An edit as the catalogue shows it."""
    return EditView(
        edit_id=edit.edit_id,
        version=edit.version,
        effective_from=None if edit.effective_from == date.min else edit.effective_from,
        effective_to=None if edit.effective_to == date.max else edit.effective_to,
        severity=edit.severity,
        path=edit.path,
        message=edit.message,
        fix=edit.fix,
        source=edit.source,
        overridable=edit.overridable,
    )
