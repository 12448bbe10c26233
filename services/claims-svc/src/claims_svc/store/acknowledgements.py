"""Acknowledgements as they came, and what became of them."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from claims_svc import models
from claims_svc.domain.acknowledgement import Acknowledgement, AcknowledgementState, Unresolved
from claims_svc.store.rows import as_json
from claims_svc.store.writing import Write, inserting, updating

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_COLUMNS = """organisation_id, acknowledgement_id, state, kinds, sha256, size, received_at, received_by, version, accepted,
 rejected, unresolved"""
_UNRESOLVED = tuple[Unresolved, ...]


async def acknowledgement_by_content(connection: "Connection", organisation_id: UUID, sha256: str) -> Acknowledgement | None:
    """The acknowledgement that came with just these bytes before."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from acknowledgement where organisation_id = $1 and sha256 = $2",  # noqa: S608 - constants
        organisation_id,
        sha256,
    )
    return _of(row) if row else None


async def read_acknowledgement(
    connection: "Connection", organisation_id: UUID, acknowledgement_id: UUID
) -> Acknowledgement | None:
    """One acknowledgement's row."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from acknowledgement where organisation_id = $1 and acknowledgement_id = $2",  # noqa: S608
        organisation_id,
        acknowledgement_id,
    )
    return _of(row) if row else None


async def acknowledgement_page(
    connection: "Connection", limit: int, after: UUID | None, state: str | None
) -> list[Acknowledgement]:
    """Acknowledgements of the unit's organisation, the newest first; one more than `limit`."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from acknowledgement
            where ($2::uuid is null or acknowledgement_id < $2) and ($3::text is null or state = $3)
            order by acknowledgement_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        state,
    )
    return [_of(row) for row in rows]


async def read_content(connection: "Connection", organisation_id: UUID, acknowledgement_id: UUID) -> bytes | None:
    """An acknowledgement's bytes."""
    content: bytes | None = await connection.fetchval(
        "select content from acknowledgement where organisation_id = $1 and acknowledgement_id = $2",
        organisation_id,
        acknowledgement_id,
    )
    return content


def inserting_acknowledgement(acknowledgement: Acknowledgement, content: bytes) -> Write | None:
    """A new acknowledgement with its bytes."""
    received = {
        "kinds": acknowledgement.kinds,
        "sha256": acknowledgement.sha256,
        "size": acknowledgement.size,
        "received_at": acknowledgement.received_at,
        "received_by": acknowledgement.received_by,
    }
    return inserting(models.Acknowledgement, [_row(acknowledgement) | received], wide={"content": [content]})


def saving_acknowledgement(acknowledgement: Acknowledgement) -> Write | None:
    """What became of it."""
    return updating(models.Acknowledgement, [_row(acknowledgement)], key=("organisation_id", "acknowledgement_id"))


def _of(row: "Record") -> Acknowledgement:
    values: list[Any] = list(row)
    values[2] = AcknowledgementState(values[2])
    values[11] = () if values[11] is None else msgspec.convert(values[11], _UNRESOLVED)
    return Acknowledgement(*values)


def _row(acknowledgement: Acknowledgement) -> dict[str, object]:
    """Its key and what may change."""
    return {
        "organisation_id": acknowledgement.organisation_id,
        "acknowledgement_id": acknowledgement.acknowledgement_id,
        "version": acknowledgement.version,
        "state": acknowledgement.state,
        "accepted": acknowledgement.accepted,
        "rejected": acknowledgement.rejected,
        "unresolved": as_json(acknowledgement.unresolved) if acknowledgement.unresolved else None,
    }
