"""Submissions, acknowledgements, tasks and figures."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from claims_svc.domain.acknowledgement import Acknowledgement, AcknowledgementState
from claims_svc.domain.states import State
from claims_svc.domain.submission import Submission, SubmissionState
from claims_svc.domain.tasks import Task, TaskKind, TaskState
from claims_svc.views.base import ACKNOWLEDGEMENT_ID, CLAIM_ID, ENCOUNTER_ID, SUBMISSION_ID, TASK_ID, TEXT, shown, taken

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SUBMISSION: dict[str, Any] = {
    "submission_id": SUBMISSION_ID,
    "receiver_id": "RCMSANDBOX",
    "state": "TRANSMITTED",
    "control_number": 12,
    "file_name": "MAPLE412-RCMSANDBOX-000000012-8f00a1c2.837",
    "sha256": SHA256,
    "size": 48213,
    "claim_count": 31,
    "charge_cents": 498100,
    "created_at": "2025-08-21T09:00:02Z",
    "transmitted_at": "2025-08-21T09:00:04Z",
    "recorded_at": "2025-08-21T09:00:04Z",
    "remote_name": "inbound/MAPLE412-RCMSANDBOX-000000012-8f00a1c2.837",
    "recorded_by": "clearinghouse-adapter (adapter)",
    "version": 2,
}
ACKNOWLEDGEMENT: dict[str, Any] = {
    "acknowledgement_id": ACKNOWLEDGEMENT_ID,
    "state": "APPLIED",
    "kinds": ["277CA"],
    "sha256": SHA256,
    "size": 2011,
    "received_at": "2025-08-22T02:11:30Z",
    "received_by": "clearinghouse-adapter (adapter)",
    "accepted": 30,
    "rejected": 1,
    "unresolved": [],
    "version": 1,
}
TASK: dict[str, Any] = {
    "task_id": TASK_ID,
    "kind": "denial",
    "state": "OPEN",
    "claim_id": CLAIM_ID,
    "encounter_id": ENCOUNTER_ID,
    "title": "Denied: authorisation",
    "details": {"category": "authorisation", "line_numbers": [], "reasons": []},
    "opened_at": "2025-09-05T03:00:00Z",
    "closed_at": None,
    "closed_by": "",
    "resolution": "",
    "version": 1,
}


class SubmissionView(BaseModel):
    """A file of claims. Its bytes are at `/v1/submissions/{submission_id}/file`."""

    model_config = shown(SUBMISSION)

    submission_id: UUID
    receiver_id: str
    state: SubmissionState
    control_number: int = Field(description="ISA13, GS06, BHT03")
    file_name: str
    sha256: str
    size: int = Field(description="Bytes")
    claim_count: int
    charge_cents: int
    created_at: datetime
    transmitted_at: datetime | None
    recorded_at: datetime | None
    remote_name: str
    recorded_by: str
    version: int


class CutIn(BaseModel):
    """Nothing is needed: all that waits is written."""

    model_config = taken({})


class CutView(BaseModel):
    """The files that were cut: one for each receiver for which claims waited."""

    model_config = shown({"submissions": [SUBMISSION]})

    submissions: list[SubmissionView]


class TransmissionIn(BaseModel):
    """That a file was sent: when, under which name there, and the sha256 of what was sent."""

    model_config = taken(
        {
            "transmitted_at": "2025-08-21T09:00:04Z",
            "remote_name": "inbound/MAPLE412-RCMSANDBOX-000000012-8f00a1c2.837",
            "sha256": SHA256,
        }
    )

    transmitted_at: AwareDatetime
    remote_name: Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class UnresolvedView(BaseModel):
    """A part of an acknowledgement that names nothing of ours."""

    model_config = shown({"kind": "277CA", "control_number": "UNKNOWN1", "reason": "no claim was sent under this number"})

    kind: str
    control_number: str
    reason: str


class AcknowledgementView(BaseModel):
    """What came, and what became of it. QUARANTINED: `unresolved` waits for a retry."""

    model_config = shown(ACKNOWLEDGEMENT)

    acknowledgement_id: UUID
    state: AcknowledgementState
    kinds: list[str]
    sha256: str
    size: int
    received_at: datetime
    received_by: str
    accepted: int = Field(description="Claims that it takes (277CA)")
    rejected: int = Field(description="Claims that it refuses, be it with their file")
    unresolved: list[UnresolvedView]
    version: int


class AcknowledgementWhole(AcknowledgementView):
    """An acknowledgement with its segments."""

    model_config = shown(ACKNOWLEDGEMENT | {"segments": ["TA1*000000012*250821*0900*A*000"]})

    segments: list[str] = Field(description="Without envelopes, the first 200")


class TaskView(BaseModel):
    """Work for people."""

    model_config = shown(TASK)

    task_id: UUID
    kind: TaskKind
    state: TaskState
    claim_id: UUID
    encounter_id: UUID
    title: str
    details: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    resolution: str
    version: int


class CloseIn(BaseModel):
    """What was done."""

    model_config = taken({"resolution": "Corrected and sent again"})

    resolution: Annotated[str, Field(min_length=3, max_length=500, pattern=TEXT)]


class Partition(BaseModel):
    """Every claim that left the house, once: submitted = rejected + paid + denied + open."""

    model_config = shown({"submitted": 90, "rejected": 8, "paid": 70, "denied": 8, "open": 4})

    submitted: int
    rejected: int = Field(description="By TA1, 999 or 277CA")
    paid: int = Field(description="Partly denied ones and $0 with a deductible too")
    denied: int
    open: int = Field(description="Unanswered, held by payments-svc, or in correction")


class SummaryView(BaseModel):
    """The organisation's claims by state, and the partition of those submitted."""

    model_config = shown(
        {
            "claims": {"PAID": 70, "READY": 2},
            "partition": {"submitted": 90, "rejected": 8, "paid": 70, "denied": 8, "open": 4},
        }
    )

    claims: dict[str, int]
    partition: Partition


class ClaimFigures(BaseModel):
    """One claim, to be compared with coding-svc and payments-svc."""

    model_config = shown(
        {
            "claim_id": CLAIM_ID,
            "encounter_id": ENCOUNTER_ID,
            "state": "PAID",
            "charge_cents": 16100,
            "insurance_paid_cents": 9800,
        }
    )

    claim_id: UUID
    encounter_id: UUID
    state: State
    charge_cents: int
    insurance_paid_cents: int


def submission_view(submission: Submission) -> SubmissionView:
    """A file as it is shown."""
    return SubmissionView.model_validate({name: getattr(submission, name) for name in SubmissionView.model_fields})


def acknowledgement_view(acknowledgement: Acknowledgement) -> AcknowledgementView:
    """An acknowledgement as it is shown."""
    return AcknowledgementView.model_validate(_acknowledgement(acknowledgement))


def acknowledgement_whole(acknowledgement: Acknowledgement, segments: list[str]) -> AcknowledgementWhole:
    """An acknowledgement with its segments."""
    return AcknowledgementWhole.model_validate(_acknowledgement(acknowledgement) | {"segments": segments})


def _acknowledgement(acknowledgement: Acknowledgement) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(acknowledgement, name) for name in AcknowledgementView.model_fields}
    values["kinds"] = acknowledgement.kinds.split()
    values["unresolved"] = [
        {"kind": part.kind, "control_number": part.control_number, "reason": part.reason} for part in acknowledgement.unresolved
    ]
    return values


def task_view(task: Task) -> TaskView:
    """A task as it is shown."""
    return TaskView.model_validate({name: getattr(task, name) for name in TaskView.model_fields})
