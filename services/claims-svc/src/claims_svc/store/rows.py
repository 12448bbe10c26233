"""Claims as rows and back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from claims_svc.domain.claim import Claim, Finding, Own
from claims_svc.domain.facts import Filed, Heard
from claims_svc.domain.states import State
from rcm.database.rows import Row, Same
from rcm.ids import new_id

if TYPE_CHECKING:
    from asyncpg import Record

CLAIM = """c.organisation_id, c.claim_id, c.encounter_id, c.rank, c.state, c.version, c.payer_id, c.payer_name, c.member_id,
 c.billing_npi, c.receiver_id, c.charge_cents, c.date_of_service, c.duplicate_key, c.next_rank, c.created_at, c.updated_at,
 c.frequency, c.payer_claim_control_number, c.own, c.findings, c.setup_revision, c.ready_at, c.submission_id,
 c.patient_control_number, c.submissions,
 c.submitted_at, c.accepted_on, c.payer_holds, c.changed_since_file, c.insurance_paid_cents, c.responsibility,
 c.sequence_completed, c.cancelled, c.facts, c.places, c.file_refused"""
_OWN = Own()
_STATES = {state.value: state for state in State}
_encode_lines = msgspec.json.Encoder().encode_lines
_FINDINGS = tuple[Finding, ...]
_RESPONSIBILITY = tuple[tuple[str, int], ...]


def claim_of(row: "Record") -> Claim:
    """A row that begins with the columns of CLAIM, in their order."""
    values: list[Any] = list(row[:37])
    values[4] = _STATES[values[4]]
    values[19] = _OWN if values[19] is None else msgspec.convert(values[19], Own)
    values[20] = () if values[20] is None else msgspec.convert(values[20], _FINDINGS)
    if values[31] is not None:
        values[31] = msgspec.convert(values[31], _RESPONSIBILITY)
    return Claim(*values)


class NewRow(Row):
    """What a new claim has, beside what it has in common with others; for the rest the table knows how a claim begins."""

    claim_id: UUID
    encounter_id: UUID
    payer_id: str
    payer_name: str
    member_id: str
    billing_npi: str
    charge_cents: int
    date_of_service: date
    duplicate_key: bytes
    receiver_id: str = ""
    rank: str = "P"
    state: State = State.READY
    version: int = 1
    next_rank: str = ""
    findings: tuple[Finding, ...] | None = None


class ClaimRow(NewRow, kw_only=True):
    """Every column but its places in files and its facts."""

    organisation_id: UUID
    created_at: datetime
    updated_at: datetime
    setup_revision: int
    ready_at: datetime | None = None
    frequency: str = "1"
    payer_claim_control_number: str = ""
    submission_id: UUID | None = None
    patient_control_number: str = ""
    submissions: int = 0
    submitted_at: datetime | None = None
    accepted_on: date | None = None
    payer_holds: bool = False
    changed_since_file: bool = False
    insurance_paid_cents: int = 0
    responsibility: tuple[tuple[str, int], ...] | None = None
    sequence_completed: bool = False
    cancelled: bool = False
    file_refused: bool = False
    own: Own | None = None


class FiledRow(Row):
    """What changes when a claim goes into a file, beside its places and what the file's claims have in common."""

    claim_id: UUID
    version: int
    patient_control_number: str
    submissions: int = 1


class AnsweredRow(Row):
    """What changes when the outside answers, beside the claim's facts and what it has in common with others."""

    claim_id: UUID
    version: int
    state: State = State.PAID
    submitted_at: datetime | None = None
    file_refused: bool = False
    accepted_on: date | None = None
    payer_holds: bool = True
    payer_claim_control_number: str = ""
    insurance_paid_cents: int = 0
    responsibility: tuple[tuple[str, int], ...] | None = None
    sequence_completed: bool = True


NEW_ALIKE = ("organisation_id", "created_at", "updated_at", "setup_revision", "ready_at")
"""What the claims that a batch makes have in common, those of an organisation that pass their edits and those that don't."""
FILED_ALIKE = ("organisation_id", "updated_at", "submission_id", "state", "ready_at", "changed_since_file", "file_refused")
"""What the claims of a new file have in common."""
ANSWERED_ALIKE = ("organisation_id", "updated_at")
"""What the answered claims of an organisation have in common in a batch."""
_new = attrgetter(*NewRow.__struct_fields__)
_filed = attrgetter(*FiledRow.__struct_fields__)
_answered = attrgetter(*AnsweredRow.__struct_fields__)


def alike(claims: Iterable[Claim], names: Sequence[str]) -> list[tuple[Same, list[Claim]]]:
    """Claims that have these fields in common, with what they are."""
    values_of = attrgetter(*names)
    found: dict[tuple[Any, ...], list[Claim]] = {}
    for claim in claims:
        found.setdefault(values_of(claim), []).append(claim)
    return [(dict(zip(names, values, strict=True)), those) for values, those in found.items()]


def new_row(claim: Claim) -> NewRow:
    """A new claim's row."""
    row = NewRow(*_new(claim))
    row.findings = claim.findings or None
    return row


def claim_row(claim: Claim) -> ClaimRow:
    """A claim's row as it is now."""
    row = ClaimRow(**{name: getattr(claim, name) for name in ClaimRow.__struct_fields__})
    row.findings = claim.findings or None
    row.own = None if claim.own == _OWN else claim.own
    return row


def filed_row(claim: Claim) -> FiledRow:
    """The row of a claim that went into a file."""
    return FiledRow(*_filed(claim))


def answered_row(claim: Claim) -> AnsweredRow:
    """The row of a claim that was answered."""
    return AnsweredRow(*_answered(claim))


def all_facts(claim: Claim) -> str:
    """What the claim's facts are with the new ones, which are kept from now on."""
    if claim.facts_new:
        claim.facts_kept += as_lines(claim.facts_new)
        claim.facts_new = []
    return claim.facts_kept


def all_places(claim: Claim) -> str:
    """What the claim's places in files are with the new one, which is kept from now on."""
    if claim.places_new:
        claim.places_kept += as_lines(claim.places_new)
        claim.places_new = []
    return claim.places_kept


def as_lines(values: Sequence[Heard] | Sequence[Filed]) -> str:
    """Facts or places as a claim keeps them."""
    return _encode_lines(values).decode()


def entry_rows(claims: Collection[Claim]) -> list[dict[str, object]]:
    """What the claims' histories gained; taken from them."""
    rows: list[dict[str, object]] = [
        {
            "organisation_id": claim.organisation_id,
            "claim_id": claim.claim_id,
            "entry_id": new_id(),
            "at": entry.act.at,
            "kind": entry.kind,
            "actor": entry.act.actor,
            "state": entry.state,
            "reason": entry.reason,
            "details": None if entry.details is None else as_json(entry.details),
            "cause_id": entry.act.cause_id,
        }
        for claim in claims
        for entry in claim.entries
    ]
    if rows:
        for claim in claims:
            claim.entries = []
    return rows


def as_json(value: object) -> msgspec.Raw:
    """A Struct, or several, as a jsonb column takes it."""
    return msgspec.Raw(msgspec.json.encode(value))


def columns(keys: Iterable[tuple[UUID, Any]]) -> tuple[list[UUID], list[Any]]:
    """Pairs of organisation and key as two arrays for unnest."""
    pairs = list(keys)
    return [organisation_id for organisation_id, _ in pairs], [value for _, value in pairs]
