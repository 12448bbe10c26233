"""Claims as rows and back."""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from claims_svc.domain.claim import Claim, Finding, Own
from claims_svc.domain.facts import Heard
from claims_svc.domain.states import State
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
_encode = msgspec.json.Encoder().encode
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


_NEW = (
    "organisation_id",
    "claim_id",
    "encounter_id",
    "rank",
    "state",
    "version",
    "payer_id",
    "payer_name",
    "member_id",
    "billing_npi",
    "receiver_id",
    "charge_cents",
    "date_of_service",
    "duplicate_key",
    "next_rank",
    "created_at",
    "updated_at",
    "setup_revision",
    "ready_at",
)
_new = attrgetter(*_NEW)
_LATER = (
    "frequency",
    "payer_claim_control_number",
    "submission_id",
    "patient_control_number",
    "submissions",
    "submitted_at",
    "accepted_on",
    "payer_holds",
    "changed_since_file",
    "insurance_paid_cents",
    "responsibility",
    "sequence_completed",
    "cancelled",
)
FILED = (
    "state",
    "version",
    "updated_at",
    "ready_at",
    "submission_id",
    "patient_control_number",
    "submissions",
    "changed_since_file",
    "file_refused",
    "places",
)
"""What changes when a claim goes into a file."""
ANSWERED = (
    "state",
    "version",
    "updated_at",
    "submitted_at",
    "file_refused",
    "accepted_on",
    "payer_holds",
    "payer_claim_control_number",
    "insurance_paid_cents",
    "responsibility",
    "sequence_completed",
    "facts",
)
"""What changes when the outside answers."""


def new_row(claim: Claim) -> dict[str, object]:
    """What a new claim has; for the rest the table knows what a new claim begins with."""
    row = dict(zip(_NEW, _new(claim), strict=True))
    row["findings"] = as_json(claim.findings) if claim.findings else None
    return row


def claim_row(claim: Claim) -> dict[str, object]:
    """Every column."""
    row = new_row(claim)
    for name in _LATER:
        row[name] = getattr(claim, name)
    row["facts"] = all_facts(claim)
    row["file_refused"] = claim.file_refused
    row["own"] = None if claim.own == _OWN else as_json(claim.own)
    return row


def progress_rows(claims: Iterable[Claim], changed: Sequence[str]) -> list[dict[str, object]]:
    """The key and the columns of FILED or ANSWERED."""
    names = ("organisation_id", "claim_id", *[name for name in changed if name not in GROWING])
    plain = attrgetter(*names)
    growing = [(name, GROWING[name]) for name in changed if name in GROWING]
    rows: list[dict[str, object]] = []
    for claim in claims:
        row = dict(zip(names, plain(claim), strict=True))
        for name, whole in growing:
            row[name] = whole(claim)
        rows.append(row)
    return rows


def all_facts(claim: Claim) -> str:
    """What the claim's facts are with the new ones, which are kept from now on."""
    if claim.facts_new:
        claim.facts_kept = _longer(claim.facts_kept, as_facts(claim.facts_new))
        claim.facts_new = []
    return claim.facts_kept


def all_places(claim: Claim) -> str:
    """What the claim's places in files are with the new one, which is kept from now on."""
    if claim.places_new:
        claim.places_kept = _longer(claim.places_kept, _encode(claim.places_new).decode())
        claim.places_new = []
    return claim.places_kept


def as_facts(heard: Sequence[Heard]) -> str:
    """Facts as a claim keeps them."""
    return _encode(heard).decode()


def _longer(kept: str, new: str) -> str:
    """An array of JSON, and another one's members at its end."""
    return f"{kept[:-1]},{new[1:]}" if kept else new


GROWING = {"facts": all_facts, "places": all_places}
"""Columns that are added to, and grow long."""


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
