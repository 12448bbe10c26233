"""Encounters, the worklist, the quarantine, figures and the catalogue of edits. Amounts are integer cents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from coding_svc.domain.edits.form import Severity
from coding_svc.domain.encounter_json import ENCOUNTER_MODEL
from coding_svc.domain.states import State
from coding_svc.views.base import ENCOUNTER_ID, INSTANT, RAW_INPUT_ID, example, taken

ADDRESS: dict[str, Any] = {"line1": "12 Elm Terrace", "city": "Springfield", "state": "IL", "postal_code": "62701"}
PATIENT: dict[str, Any] = {
    "external_id": "P-2044",
    "last_name": "Hollis",
    "first_name": "Greta",
    "birth_date": "1984-03-12",
    "sex": "F",
    "address": ADDRESS,
    "phone": "2175550142",
}
ENCOUNTER: dict[str, Any] = {
    "external_id": "V-10001",
    "patient": PATIENT,
    "guarantor": {**PATIENT, "external_id": "G-2044"},
    "coverages": [
        {
            "rank": "P",
            "payer_id": "SBX01",
            "payer_name": "Evergreen Mutual",
            "member_id": "EVG204400001",
            "group_number": "GRP100",
            "plan_type": "CI",
            "relationship": "18",
        }
    ],
    "billing_provider": {
        "npi": "1993999998",
        "last_name": "Maple Street Family Practice",
        "taxonomy": "207Q00000X",
        "tax_id": "371234567",
        "address": {"line1": "412 Maple Street", "city": "Springfield", "state": "IL", "postal_code": "627011234"},
    },
    "rendering_provider": {"npi": "1234567893", "last_name": "Okafor", "first_name": "Ngozi", "taxonomy": "207Q00000X"},
    "place_of_service": "11",
    "date_of_service": "2026-03-02",
    "diagnoses": [{"code": "E11.9"}, {"code": "I10"}],
    "lines": [
        {
            "line_number": 1,
            "procedure": "99213",
            "modifiers": ["25"],
            "description": "Office visit",
            "charge_cents": 13200,
            "diagnosis_pointers": [1, 2],
        },
        {
            "line_number": 2,
            "procedure": "83036",
            "description": "Hemoglobin A1c",
            "charge_cents": 2800,
            "diagnosis_pointers": [1],
        },
    ],
    "tags": ["walk-in"],
}
FINDING: dict[str, Any] = {
    "edit_id": "diagnosis-missing",
    "severity": "hold",
    "path": "/diagnoses",
    "message": "No diagnosis is coded",
    "fix": "Code the record in ICD-10-CM and add the diagnoses, the main one first.",
}
RESULT: dict[str, Any] = {
    "encounter_id": ENCOUNTER_ID,
    "external_id": "V-10001",
    "state": "coded",
    "version": 1,
    "charge_cents": 16000,
    "reasons": [],
    "warnings": [],
}
SUMMARY_ITEM: dict[str, Any] = {
    "encounter_id": ENCOUNTER_ID,
    "external_id": "V-10002",
    "state": "held",
    "version": 1,
    "charge_cents": 16000,
    "date_of_service": "2026-03-02",
    "received_at": INSTANT,
    "changed_at": INSTANT,
    "reasons": [FINDING],
}
FAULT: dict[str, Any] = {
    "pointer": "",
    "code": "json_invalid",
    "message": "The body is not JSON: EOF while parsing a string, at character 412",
    "fix": "Send well-formed JSON in UTF-8.",
}


class EncounterIn(ENCOUNTER_MODEL):  # type: ignore[misc, valid-type]
    """An encounter as an EHR states it. What is incomplete or wrong in a biller's eyes is held, not refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [ENCOUNTER]})


class FindingView(BaseModel):
    """What an edit says about an encounter."""

    model_config = example(FINDING)

    edit_id: str
    severity: Severity
    path: str = Field(description="JSON pointer into the encounter")
    message: str
    fix: str = Field(description="How to mend it")


class EncounterResult(BaseModel):
    """What became of an encounter that was sent."""

    model_config = example(RESULT)

    encounter_id: UUID
    external_id: str
    state: State
    version: int
    charge_cents: int = Field(description="The sum of the lines, in cents")
    reasons: tuple[FindingView, ...] = Field(description="Why it is held; empty when coded")
    warnings: tuple[FindingView, ...] = ()


class LineResult(BaseModel):
    """What became of one line of a batch: an encounter, or a problem."""

    line: int = Field(description="The line's number in the body, from 1")
    status: int = Field(description="201 new, 200 known already, 409 or 422 refused")
    encounter_id: UUID | None = None
    external_id: str | None = None
    state: State | None = None
    version: int | None = None
    charge_cents: int | None = None
    reasons: tuple[FindingView, ...] = ()
    warnings: tuple[FindingView, ...] = ()
    problem: dict[str, Any] | None = Field(default=None, description="RFC 9457 problem details, with the `raw_input_id` kept")


class BatchResult(BaseModel):
    """What became of a batch, line by line."""

    model_config = example({"accepted": 1, "refused": 0, "results": [{"line": 1, "status": 201, **RESULT}]})

    accepted: int
    refused: int
    results: tuple[LineResult, ...]


class RepairView(BaseModel):
    """A change of form that was made when the encounter came."""

    path: str
    before: str
    after: str


class EncounterView(EncounterResult):
    """An encounter as it stands."""

    model_config = example(
        {
            **RESULT,
            "repairs": [{"path": "/diagnoses/0/code", "before": "E119", "after": "E11.9"}],
            "received_at": INSTANT,
            "changed_at": INSTANT,
            "raw_input_id": RAW_INPUT_ID,
            "raw_place": "",
            "encounter": ENCOUNTER,
        }
    )

    repairs: tuple[RepairView, ...]
    received_at: datetime
    changed_at: datetime
    raw_input_id: UUID
    raw_place: str = Field(
        description="Where it stands in its raw input: a line's number, an Encounter's id; empty: it is the whole"
    )
    encounter: dict[str, Any] = Field(description="The encounter in the form of POST /v1/encounters")


class EncounterSummary(BaseModel):
    """An encounter in a list."""

    model_config = example(SUMMARY_ITEM)

    encounter_id: UUID
    external_id: str
    state: State
    version: int
    charge_cents: int
    date_of_service: date | None
    received_at: datetime
    changed_at: datetime
    reasons: tuple[FindingView, ...]


class EncounterSearch(BaseModel):
    """What encounters are looked for: a visit's number stands in a body and never in an address."""

    model_config = taken({"external_id": "V-10001"})

    external_id: str | None = Field(default=None, max_length=120, description="The EHR's id of the encounter")
    state: State | None = Field(default=None, description="Only encounters in this state")


class WorklistItem(EncounterSummary):
    """A held encounter, and for how many whole days it has waited."""

    model_config = example({**SUMMARY_ITEM, "waiting_days": 3})

    waiting_days: int


class CancelIn(BaseModel):
    """Why an encounter is not to be billed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "entered for the wrong patient"}]})

    reason: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")


class ChangeView(BaseModel):
    """A step of an encounter's life after it came."""

    version: int = Field(description="The version that the change made")
    changed_at: datetime
    actor: str
    action: str = Field(description="changed, coded or cancelled")
    reason: str
    changed: list[str] = Field(description="JSON pointers of what is different since then")
    before: dict[str, Any] = Field(description="The encounter as it was before")


CHANGE: dict[str, Any] = {
    "version": 2,
    "changed_at": INSTANT,
    "actor": "pat@example.org (coder)",
    "action": "coded",
    "reason": "",
    "changed": ["/diagnoses"],
    "before": {**ENCOUNTER, "diagnoses": []},
}


class History(BaseModel):
    """What was changed in an encounter, the first change first."""

    model_config = example({"items": [CHANGE]})

    items: list[ChangeView]


class RawInputFault(BaseModel):
    """One thing that was wrong."""

    pointer: str
    code: str
    message: str
    fix: str = ""


class RawInputView(BaseModel):
    """A body of which something became no encounter."""

    model_config = example(
        {
            "raw_input_id": RAW_INPUT_ID,
            "state": "open",
            "media_type": "application/json",
            "bytes": 412,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "code": "invalid-body",
            "errors": [FAULT],
            "attempts": 1,
            "first_at": INSTANT,
            "last_at": INSTANT,
        }
    )

    raw_input_id: UUID
    state: str = Field(description="open, taken or dismissed")
    media_type: str
    bytes: int
    sha256: str
    code: str
    errors: list[RawInputFault]
    attempts: int
    first_at: datetime
    last_at: datetime


class SummaryView(BaseModel):
    """Counts of encounters; `charge_cents` is what was said for those that are coded."""

    model_config = example({"encounters": 200, "coded": 190, "held": 10, "cancelled": 0, "charge_cents": 3_120_400})

    encounters: int
    coded: int
    held: int
    cancelled: int
    charge_cents: int


class ReconciliationItem(BaseModel):
    """The charges that were said last for an encounter: 0 while it was never coded; a cancelled one keeps what was said."""

    model_config = example({"encounter_id": ENCOUNTER_ID, "external_id": "V-10001", "state": "coded", "charge_cents": 16000})

    encounter_id: UUID
    external_id: str
    state: State
    charge_cents: int


class EditView(BaseModel):
    """One rule of the catalogue."""

    edit_id: str
    version: int
    effective_from: date | None = Field(description="The first date of service that it counts for; null: all before as well")
    effective_to: date | None
    severity: Severity
    path: str
    message: str
    fix: str
    source: str
    overridable: bool


EDIT: dict[str, Any] = {
    "edit_id": "npi-check-digit",
    "version": 1,
    "effective_from": None,
    "effective_to": None,
    "severity": "hold",
    "path": "/billing_provider/npi",
    "message": "The NPI is not valid: ten digits with the right check digit",
    "fix": "Compare it with the NPI registry; a digit is likely mistyped.",
    "source": "45 CFR 162.406; Luhn with the prefix 80840",
    "overridable": False,
}


class Catalogue(BaseModel):
    """Every edit of this service."""

    model_config = example({"edits": [EDIT]})

    edits: list[EditView]
