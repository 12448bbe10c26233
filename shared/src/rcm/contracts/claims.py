"""What claims-svc says, on `rcm.claims`: keyed by claim, SubmissionReady by submission, PayerSequence* by encounter."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from rcm.contracts.envelope import Event
from rcm.contracts.values import ClaimLine, EditFinding, Rank


class ClaimEvent(Event):
    TOPIC: ClassVar[str] = "rcm.claims"
    KEY: ClassVar[str] = "claim_id"

    claim_id: UUID
    encounter_id: UUID


class ClaimHeld(ClaimEvent):
    """A claim failed edits and waits for a correction."""

    rank: Rank
    edits: tuple[EditFinding, ...]


class SubmissionReady(Event):
    """A file of claims lies ready at `GET /v1/submissions/{id}/file` for the adapter."""

    TOPIC: ClassVar[str] = "rcm.claims"
    KEY: ClassVar[str] = "submission_id"

    submission_id: UUID
    receiver_id: str
    """The receiver's id (ISA08)."""
    file_name: str
    sha256: str
    bytes: int
    claim_count: int


class ClaimSubmitted(ClaimEvent):
    """A claim left the house in a file whose transmission is recorded."""

    submission_id: UUID
    patient_control_number: str
    payer_id: str
    payer_name: str
    member_id: str
    rank: Rank
    frequency: str
    """CLM05-3: 1 original, 7 replacement, 8 void."""
    charge_cents: int
    date_of_service: date
    billing_npi: str
    billing_tax_id: str
    lines: tuple[ClaimLine, ...]
    last_payer: bool = False
    """No coverage of the encounter comes after this one, as known when the file left: what this payer says is the last
    word about the patient's share, unless PayerSequenceReopened is said.
    """


class ClaimAccepted(ClaimEvent):
    """A clearinghouse or a payer took the claim (277CA A1, A2)."""

    patient_control_number: str
    by: Literal["clearinghouse", "payer"]
    payer_claim_control_number: str = ""


class ClaimRejected(ClaimEvent):
    """TA1, 999 or 277CA refused the claim: no remittance will come for this submission."""

    patient_control_number: str
    by: Literal["TA1", "999", "277CA"]
    status_category: str = ""
    status_code: str = ""
    message: str


class ClaimVoided(ClaimEvent):
    """The claim is withdrawn; payments-svc reverses the charges."""

    rank: Rank
    reason: str


class PayerSequenceCompleted(Event):
    """No payer is left to ask about an encounter and nothing is pending: PR-1/2/3 become the patient's."""

    TOPIC: ClassVar[str] = "rcm.claims"
    KEY: ClassVar[str] = "encounter_id"

    encounter_id: UUID
    claim_ids: tuple[UUID, ...]


class PayerSequenceReopened(Event):
    """Another payer is to be asked after all: what PayerSequenceCompleted made the patient's is insurance's again, until it
    is said anew. The event with the higher sequence of the two is the last word.
    """

    TOPIC: ClassVar[str] = "rcm.claims"
    KEY: ClassVar[str] = "encounter_id"

    encounter_id: UUID
    claim_ids: tuple[UUID, ...]
    """The claim whose payer's turn is over, as PayerSequenceCompleted named it."""
