"""Bodies as they came, and the quarantine of those of which something became no encounter."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from coding_svc.models import Quarantine, RawInput
from rcm.database.rows import Row, Write, insert_rows, inserting, write_together
from rcm.errors import Fault
from rcm.messaging.unit_of_work import UnitOfWork

_QUARANTINED = """q.raw_input_id, q.sha256, q.state, q.code, q.faults, q.attempts, q.first_at, q.last_at, r.media_type,
 octet_length(r.body) as bytes"""


class Body(Struct, frozen=True, gc=False):
    """A body as it came."""

    raw_input_id: UUID
    media_type: str
    sha256: bytes
    body: bytes


class _Row(Row):
    """A body's columns beside the body, and beside what all of a statement have in common."""

    raw_input_id: UUID
    media_type: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A raw input that waits, or waited, for another try."""

    raw_input_id: UUID
    sha256: bytes
    state: str
    code: str
    faults: Sequence[Mapping[str, Any]]
    attempts: int
    first_at: datetime
    last_at: datetime
    media_type: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A raw input to put aside, and why."""

    body: Body
    code: str
    faults: Sequence[Fault]


async def insert(unit: UnitOfWork, bodies: Sequence[Body], now: datetime, *others: Write | None) -> None:
    """All of them in one statement, and `others` with it."""
    rows = [_Row(body.raw_input_id, body.media_type, body.sha256) for body in bodies]
    same = {"organisation_id": unit.organisation, "received_at": now}
    written = inserting(RawInput, rows, wide={"body": [body.body for body in bodies]}, same=same)
    await write_together(unit.connection, written, *others)


async def quarantined_as(unit: UnitOfWork, sums: Sequence[bytes]) -> dict[bytes, UUID]:
    """Which of these bodies (by SHA-256) are in the quarantine already, and under which id."""
    rows = await unit.connection.fetch(
        "select sha256, raw_input_id from quarantine where organisation_id = $1 and sha256 = any($2)",
        unit.organisation,
        list(sums),
    )
    return {row["sha256"]: row["raw_input_id"] for row in rows}


async def quarantine(unit: UnitOfWork, refusals: Sequence[Refusal], now: datetime) -> None:
    """Puts bodies aside whose raw inputs are written; one that was there before is opened again."""
    await insert_rows(
        unit.connection,
        Quarantine,
        [
            {
                "organisation_id": unit.organisation,
                "raw_input_id": refusal.body.raw_input_id,
                "sha256": refusal.body.sha256,
                "state": "open",
                "code": refusal.code,
                "faults": [asdict(fault) for fault in refusal.faults],
                "attempts": 1,
                "first_at": now,
                "last_at": now,
            }
            for refusal in refusals
        ],
        on_conflict="(organisation_id, sha256) do update set state = 'open', code = excluded.code, faults = excluded.faults,"
        " attempts = quarantine.attempts + 1, last_at = excluded.last_at",
    )


async def settle(unit: UnitOfWork, raw_input_id: UUID, state: str, now: datetime) -> None:
    """What became of a quarantined input: `taken` or `dismissed`."""
    await unit.connection.execute(
        "update quarantine set state = $3, last_at = $4, attempts = attempts + 1"
        " where organisation_id = $1 and raw_input_id = $2",
        unit.organisation,
        raw_input_id,
        state,
        now,
    )


async def body(unit: UnitOfWork, raw_input_id: UUID) -> Body | None:
    """One body as it came."""
    row = await unit.connection.fetchrow(
        "select raw_input_id, media_type, sha256, body from raw_input where organisation_id = $1 and raw_input_id = $2",
        unit.organisation,
        raw_input_id,
    )
    return Body(**row) if row else None


async def find(unit: UnitOfWork, raw_input_id: UUID) -> Quarantined | None:
    """One quarantined input."""
    row = await unit.connection.fetchrow(
        f"select {_QUARANTINED} from quarantine q join raw_input r using (organisation_id, raw_input_id)"  # noqa: S608
        " where q.organisation_id = $1 and q.raw_input_id = $2",
        unit.organisation,
        raw_input_id,
    )
    return Quarantined(**row) if row else None


async def page(unit: UnitOfWork, *, state: str, after: UUID | None, limit: int) -> list[Quarantined]:
    """The quarantine in a state, in the order in which the inputs came."""
    rows = await unit.connection.fetch(
        f"select {_QUARANTINED} from quarantine q join raw_input r using (organisation_id, raw_input_id)"  # noqa: S608
        " where q.organisation_id = $1 and q.state = $2 and ($3::uuid is null or q.raw_input_id > $3)"
        " order by q.raw_input_id limit $4",
        unit.organisation,
        state,
        after,
        limit,
    )
    return [Quarantined(**row) for row in rows]
