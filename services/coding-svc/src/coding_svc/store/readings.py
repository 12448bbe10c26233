"""Notes that the engine reads, what it suggested, and what was decided on it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from coding_svc.domain.suggestions import Action, DecidedBy, Evidence, Kind, Reader, Suggestion
from coding_svc.models import CodeDecision, NoteReading
from coding_svc.models import Suggestion as SuggestionRow
from rcm.database.rows import insert_rows, update_rows
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

WAITING, READ, DROPPED, FAILED = "waiting", "read", "dropped", "failed"

_DECISION = """decision_id, encounter_id, suggestion_id, decided_at, actor, decided_by, rule_version, action, kind,
 suggested_code, code, score, engine, evidence, reason"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A reading of an encounter's notes."""

    reading_id: UUID
    encounter_id: UUID
    state: str
    requested_at: datetime
    read_at: datetime | None
    engine: str
    failure: str
    not_coded: Sequence[Mapping[str, Any]]
    unread: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """A stored suggestion."""

    suggestion_id: UUID
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one code."""

    decision_id: UUID
    encounter_id: UUID
    suggestion_id: UUID | None
    decided_at: datetime
    actor: str
    decided_by: DecidedBy
    rule_version: int | None
    action: Action
    kind: Kind
    suggested_code: str
    code: str
    score: float | None
    engine: str
    evidence: tuple[Evidence, ...]
    reason: str


async def request(unit: UnitOfWork, encounter_ids: Sequence[UUID], now: datetime) -> None:
    """The notes of these encounters are to be read."""
    rows = [
        {
            "organisation_id": unit.organisation,
            "reading_id": new_id(),
            "encounter_id": encounter_id,
            "state": WAITING,
            "requested_at": now,
            "engine": "",
            "failure": "",
            "not_coded": [],
            "unread": [],
        }
        for encounter_id in encounter_ids
    ]
    await insert_rows(unit.connection, NoteReading, rows)


async def next_waiting(unit: UnitOfWork) -> tuple[UUID, UUID, UUID] | None:
    """(organisation, reading, encounter) of what waits longest, of all organisations."""
    row = await unit.connection.fetchrow(
        "select organisation_id, reading_id, encounter_id from note_reading where state = 'waiting' order by reading_id limit 1"
    )
    return (row["organisation_id"], row["reading_id"], row["encounter_id"]) if row else None


async def settle(
    unit: UnitOfWork,
    reading_id: UUID,
    state: str,
    now: datetime,
    *,
    found: Reader,
    engine: str = "",
    failure: str = "",
) -> list[Offered]:
    """What became of a reading; the suggestions as they are stored. `failure` is the name of the engine's error."""
    told = {
        "organisation_id": unit.organisation,
        "reading_id": reading_id,
        "state": state,
        "read_at": now,
        "engine": engine,
        "failure": failure,
        "not_coded": [asdict(each) for each in found.not_coded],
        "unread": [asdict(each) for each in found.unread],
    }
    await update_rows(unit.connection, NoteReading, [told], key=("organisation_id", "reading_id"))
    offered = [Offered(new_id(), each) for each in found.suggestions]
    rows = [
        {
            "organisation_id": unit.organisation,
            "suggestion_id": each.suggestion_id,
            "reading_id": reading_id,
            "place": place,
            **asdict(each.suggestion),
        }
        for place, each in enumerate(offered)
    ]
    await insert_rows(unit.connection, SuggestionRow, rows)
    return offered


async def latest(unit: UnitOfWork, encounter_id: UUID) -> Stored | None:
    """The reading of an encounter that counts."""
    row = await unit.connection.fetchrow(
        "select reading_id, encounter_id, state, requested_at, read_at, engine, failure, not_coded, unread from note_reading"
        " where organisation_id = $1 and encounter_id = $2 order by reading_id desc limit 1",
        unit.organisation,
        encounter_id,
    )
    return Stored(**row) if row else None


async def offered(unit: UnitOfWork, reading_id: UUID) -> list[Offered]:
    """The suggestions of a reading, in the order to code in."""
    rows = await unit.connection.fetch(
        "select suggestion_id, kind, code, description, score, assertion, why, evidence from suggestion"
        " where organisation_id = $1 and reading_id = $2 order by place",
        unit.organisation,
        reading_id,
    )
    return [Offered(row["suggestion_id"], _suggestion(row)) for row in rows]


async def record(unit: UnitOfWork, decisions: Sequence[Decision]) -> None:
    """Keeps what was decided; for ever. A suggestion on which another transaction just decided is a serialization failure."""
    rows = [{"organisation_id": unit.organisation, **asdict(each)} for each in decisions]
    await insert_rows(unit.connection, CodeDecision, rows, on_conflict="(organisation_id, suggestion_id) do nothing")


async def decisions(unit: UnitOfWork, encounter_id: UUID) -> list[Decision]:
    """What was decided on an encounter's codes, the first decision first."""
    rows = await unit.connection.fetch(
        f"select {_DECISION} from code_decision where organisation_id = $1 and encounter_id = $2"  # noqa: S608 - our own names
        " order by decision_id",
        unit.organisation,
        encounter_id,
    )
    return [_decision(row) for row in rows]


async def decisions_page(
    unit: UnitOfWork, *, action: Action | None, category: str | None, after: UUID | None, limit: int
) -> list[Decision]:
    """Decisions of the organisation, the first one first; `category` is how the suggested (else the added) code begins."""
    rows = await unit.connection.fetch(
        f"select {_DECISION} from code_decision where organisation_id = $1"  # noqa: S608 - our own names
        " and ($2::text is null or action = $2)"
        " and ($3::text is null or starts_with(coalesce(nullif(suggested_code, ''), code), $3))"
        " and ($4::uuid is null or decision_id > $4) order by decision_id limit $5",
        unit.organisation,
        action.value if action else None,
        category,
        after,
        limit,
    )
    return [_decision(row) for row in rows]


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(
        **{
            **row,
            "decided_by": DecidedBy(row["decided_by"]),
            "action": Action(row["action"]),
            "kind": Kind(row["kind"]),
            "evidence": _spans(row["evidence"]),
        }
    )


def _suggestion(row: Mapping[str, Any]) -> Suggestion:
    return Suggestion(
        Kind(row["kind"]),
        row["code"],
        row["description"],
        row["score"],
        row["assertion"],
        row["why"],
        _spans(row["evidence"]),
    )


def _spans(told: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**each) for each in told)
