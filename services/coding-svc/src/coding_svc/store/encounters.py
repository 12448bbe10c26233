"""Encounters as they stand, and what was changed in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from msgspec import Struct

from coding_svc.domain.edits.form import Finding, Severity
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.repairs import Repair
from coding_svc.domain.states import State
from coding_svc.models import Encounter as EncounterRow
from coding_svc.models import EncounterChange
from rcm.database.rows import Row, Write, insert_rows, inserting, update_rows
from rcm.messaging.unit_of_work import UnitOfWork

_STORED = """encounter_id, external_id, state, version, said_charge_cents, charge_cents, document, findings, repairs,
 content_sha256, raw_input_id, raw_place, received_at, changed_at"""


class Known(Struct, frozen=True):
    """What an encounter with an external id that came again is compared with."""

    encounter_id: UUID
    external_id: str
    state: State
    version: int
    charge_cents: int
    findings: Sequence[Finding]
    content_sha256: bytes


@dataclass(frozen=True, slots=True)
class Twin:
    """Another live encounter of a patient, and the keys of its services."""

    encounter_id: UUID
    patient_external_id: str
    state: State
    service_keys: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stored:
    """An encounter as it stands. `document` is its model's JSON as Python values."""

    encounter_id: UUID
    external_id: str
    state: State
    version: int
    said_charge_cents: int
    charge_cents: int
    document: dict[str, Any]
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...]
    raw_input_id: UUID
    raw_place: str
    received_at: datetime
    changed_at: datetime


class New(Struct, frozen=True):
    """A row to be: an encounter with the state that was decided, and its place in its raw input."""

    encounter_id: UUID
    state: State
    said_charge_cents: int
    findings: tuple[Finding, ...]
    encounter: Encounter
    digest: bytes
    keys: Sequence[int | None]
    repairs: tuple[Repair, ...]
    raw_input_id: UUID
    raw_place: str


async def known(unit: UnitOfWork, external_ids: Collection[str]) -> dict[str, Known]:
    """Those of the external ids that are there already."""
    rows = await unit.connection.fetch(
        "select encounter_id, external_id, state, version, charge_cents, findings, content_sha256 from encounter"
        " where organisation_id = $1 and external_id = any($2)",
        unit.organisation,
        list(external_ids),
    )
    return {
        row["external_id"]: Known(
            row["encounter_id"],
            row["external_id"],
            State(row["state"]),
            row["version"],
            row["charge_cents"],
            _findings(row["findings"]),
            row["content_sha256"],
        )
        for row in rows
    }


async def twins(unit: UnitOfWork, patients: Collection[str], first: date, last: date) -> list[Twin]:
    """The live encounters of these patients that touch the days from `first` to `last`."""
    rows = await unit.connection.fetch(
        "select encounter_id, patient_external_id, state, service_keys from encounter where organisation_id = $1"
        " and patient_external_id = any($2) and date_of_service <= $4 and date_of_service_to >= $3 and state <> 'cancelled'",
        unit.organisation,
        list(patients),
        first,
        last,
    )
    return [Twin(row["encounter_id"], row["patient_external_id"], State(row["state"]), row["service_keys"]) for row in rows]


async def was_seen(unit: UnitOfWork, patient: str, first: date, before: date) -> bool:
    """Whether a patient has a live encounter from `first` to the day before `before`."""
    found: bool = await unit.connection.fetchval(
        "select exists (select from encounter where organisation_id = $1 and patient_external_id = $2"
        " and date_of_service >= $3 and date_of_service < $4 and state <> 'cancelled')",
        unit.organisation,
        patient,
        first,
        before,
    )
    return found


NOTHING = "[]"
"""An empty list in a JSON column, which the statement knows and need not be told."""


class _NewRow(Row):
    """A new encounter's columns beside the document, and beside what all of a statement have in common."""

    encounter_id: UUID
    patient_external_id: str
    date_of_service: date | None
    date_of_service_to: date | None
    charge_cents: int
    said_charge_cents: int
    service_keys: list[int]
    external_id: str
    content_sha256: bytes
    raw_input_id: UUID
    raw_place: str
    state: State = State.CODED
    findings: Sequence[Finding] | str = NOTHING
    repairs: Sequence[Repair] | str = NOTHING


def writing(unit: UnitOfWork, encounters: Sequence[New], now: datetime) -> Write | None:
    """All of them, as a statement. One whose external id another transaction just took is a serialization failure."""
    rows = [
        _NewRow(
            new.encounter_id,
            new.encounter.patient.external_id,
            new.encounter.date_of_service,
            new.encounter.last_day,
            new.encounter.charge_cents,
            new.said_charge_cents,
            _known_keys(new.keys),
            new.encounter.external_id,
            new.digest,
            new.raw_input_id,
            new.raw_place,
            new.state,
            new.findings or NOTHING,
            new.repairs or NOTHING,
        )
        for new in encounters
    ]
    return inserting(
        EncounterRow,
        rows,
        on_conflict="(organisation_id, external_id) do nothing",
        wide={"document": [new.encounter.document.decode() for new in encounters]},
        same={"organisation_id": unit.organisation, "version": 1, "received_at": now, "changed_at": now},
    )


def _known_keys(keys: Sequence[int | None]) -> list[int]:
    """The keys of the services that can be told from others."""
    return [key for key in keys if key is not None]


async def find(unit: UnitOfWork, encounter_id: UUID) -> Stored | None:
    """One encounter of this organisation."""
    row = await unit.connection.fetchrow(
        f"select {_STORED} from encounter where organisation_id = $1 and encounter_id = $2",  # noqa: S608 - our own names
        unit.organisation,
        encounter_id,
    )
    return _stored(row) if row else None


async def page(
    unit: UnitOfWork, *, state: State | None, external_id: str | None, after: UUID | None, limit: int
) -> list[Stored]:
    """Encounters in the order in which they came, after one of them."""
    rows = await unit.connection.fetch(
        f"select {_STORED} from encounter where organisation_id = $1"  # noqa: S608 - our own names
        " and ($2::text is null or state = $2) and ($3::text is null or external_id = $3)"
        " and ($4::uuid is null or encounter_id > $4) order by encounter_id limit $5",
        unit.organisation,
        state.value if state else None,
        external_id,
        after,
        limit,
    )
    return [_stored(row) for row in rows]


async def held_page(unit: UnitOfWork, *, after: UUID | None, limit: int) -> list[Stored]:
    """The worklist: held encounters, those that wait longest first."""
    rows = await unit.connection.fetch(
        f"select {_STORED} from encounter where organisation_id = $1 and state = 'held'"  # noqa: S608 - our own names
        " and ($2::uuid is null or encounter_id > $2) order by encounter_id limit $3",
        unit.organisation,
        after,
        limit,
    )
    return [_stored(row) for row in rows]


def _findings(told: Any) -> tuple[Finding, ...]:
    return tuple(Finding(**{**finding, "severity": Severity(finding["severity"])}) for finding in told)


def _stored(row: Any) -> Stored:
    return Stored(
        row["encounter_id"],
        row["external_id"],
        State(row["state"]),
        row["version"],
        row["said_charge_cents"],
        row["charge_cents"],
        orjson.loads(row["document"]),
        _findings(row["findings"]),
        tuple(Repair(**repair) for repair in row["repairs"]),
        row["raw_input_id"],
        row["raw_place"],
        row["received_at"],
        row["changed_at"],
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A step of an encounter's life after it came."""

    encounter_id: UUID
    version: int
    changed_at: datetime
    actor: str
    action: str
    reason: str
    changed: Sequence[str]
    before: Mapping[str, Any]


async def replace(
    unit: UnitOfWork,
    stored: Stored,
    *,
    state: State,
    said_charge_cents: int,
    encounter: Encounter,
    keys: Sequence[int | None],
    findings: Sequence[Finding],
    repairs: Sequence[Repair],
    change: Change,
) -> None:
    """The encounter's new content at `change.version`, and the change itself."""
    row = {
        "organisation_id": unit.organisation,
        "encounter_id": stored.encounter_id,
        "state": state.value,
        "version": change.version,
        "patient_external_id": encounter.patient.external_id,
        "date_of_service": encounter.date_of_service,
        "date_of_service_to": encounter.last_day,
        "charge_cents": encounter.charge_cents,
        "said_charge_cents": said_charge_cents,
        "service_keys": _known_keys(keys),
        "findings": findings,
        "repairs": repairs,
        "changed_at": change.changed_at,
    }
    key = ("organisation_id", "encounter_id")
    await update_rows(unit.connection, EncounterRow, [row], key=key, wide={"document": [encounter.document.decode()]})
    await _record(unit, change)


async def close(unit: UnitOfWork, change: Change) -> None:
    """The encounter is cancelled at `change.version`."""
    await update_rows(
        unit.connection,
        EncounterRow,
        [
            {
                "organisation_id": unit.organisation,
                "encounter_id": change.encounter_id,
                "state": State.CANCELLED.value,
                "version": change.version,
                "changed_at": change.changed_at,
            }
        ],
        key=("organisation_id", "encounter_id"),
    )
    await _record(unit, change)


async def _record(unit: UnitOfWork, change: Change) -> None:
    row = {"organisation_id": unit.organisation, **asdict(change)}
    await insert_rows(unit.connection, EncounterChange, [row])


async def changes(unit: UnitOfWork, encounter_id: UUID) -> list[Change]:
    """What was changed, the first change first."""
    rows = await unit.connection.fetch(
        "select encounter_id, version, changed_at, actor, action, reason, changed, before from encounter_change"
        " where organisation_id = $1 and encounter_id = $2 order by version",
        unit.organisation,
        encounter_id,
    )
    return [Change(**row) for row in rows]
