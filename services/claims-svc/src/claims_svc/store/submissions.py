"""Files of claims: what waits for one, their rows, bytes and places."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from claims_svc import models
from claims_svc.domain.claim import Claim, LeftClaim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.states import State
from claims_svc.domain.submission import Submission, SubmissionState, Waiting
from claims_svc.store.claims import claims_with_content, filed
from claims_svc.store.contents import Contents
from claims_svc.store.writing import Write, inserting, write_together
from rcm.database.rows import update_rows
from rcm.ids import id_of

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_COLUMNS = """organisation_id, submission_id, receiver_id, state, control_number, file_name, sha256, size, claim_count,
 charge_cents, created_at, version, transmitted_at, recorded_at, remote_name, recorded_by"""


_BODIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SENT = """
with sent as (
    update submission set version = $3, state = $4, transmitted_at = $5, recorded_at = $6, remote_name = $7, recorded_by = $8
    where organisation_id = $1 and submission_id = $2
)
update claim c set state = $10, version = c.version + 1, payer_holds = true, updated_at = $6,
    submitted_at = coalesce(c.submitted_at, $6)
where c.organisation_id = $1 and c.claim_id = any($9::uuid[]) and c.state = $11 and c.facts = '' and not c.file_refused
returning c.claim_id, c.version, c.encounter_id, c.next_rank
"""


async def waiting_claims(connection: "Connection", organisation_id: UUID | None = None) -> list[Waiting]:
    """What waits for a file, by organisation and receiver; claims whose edits ran against an older set-up are edited first."""
    rows = await connection.fetch(
        """select c.organisation_id, c.receiver_id, count(*), min(c.ready_at)
           from setup_revision r join claim c on c.organisation_id = r.organisation_id
             and c.worklist = 'READY' and c.setup_revision = r.revision
           where $1::uuid is null or r.organisation_id = $1
           group by c.organisation_id, c.receiver_id order by min(c.ready_at)""",
        organisation_id,
    )
    return [Waiting(*row) for row in rows]


async def ready_claims(
    connection: "Connection", contents: Contents, organisation_id: UUID, revision: int, receiver_id: str, limit: int
) -> list[tuple[Claim, Encounter]]:
    """The claims of a receiver's next file with their content, those that wait longest first."""
    rows = await connection.fetch(
        """select c.claim_id, c.version from claim c
            where organisation_id = $1 and worklist = 'READY' and setup_revision = $2 and receiver_id = $3
            order by ready_at, claim_id limit $4""",
        organisation_id,
        revision,
        receiver_id,
        limit,
    )
    ready = {claim_id: contents.take(claim_id, version) for claim_id, version in rows}
    missing = [(organisation_id, claim_id) for claim_id, kept in ready.items() if kept is None]
    read = await claims_with_content(connection, missing) if missing else {}
    return [kept or read[claim_id] for claim_id, kept in ready.items()]


async def insert_submission(
    connection: "Connection", submission: Submission, content: bytes, bodies: Mapping[UUID, Struct], *others: Write | None
) -> None:
    """A new file with its bytes and what ClaimSubmitted will say of each claim, beside what else is written with it."""
    claims = msgspec.json.encode(bodies).decode()
    wide: dict[str, list[object]] = {"content": [content], "claims": [claims]}
    await write_together(connection, inserting(models.Submission, [_row(submission)], wide=wide), *others)


def keeping_numbers(former: Sequence[tuple[UUID, UUID, str]]) -> Write | None:
    """Patient control numbers under which claims go no more, as answers may name them: (organisation, claim, number)."""
    return inserting(
        models.FormerNumber,
        [
            {"organisation_id": organisation_id, "claim_id": claim_id, "patient_control_number": number}
            for organisation_id, claim_id, number in former
        ],
    )


async def record_sent(connection: "Connection", submission: Submission, claim_ids: Collection[UUID]) -> list[LeftClaim]:
    """A file that has left, and each claim of it about which nothing was heard yet: as `domain.claim.leave_the_house` says."""
    rows = await connection.fetch(
        _SENT,
        submission.organisation_id,
        submission.submission_id,
        submission.version,
        submission.state,
        submission.transmitted_at,
        submission.recorded_at,
        submission.remote_name,
        submission.recorded_by,
        list(claim_ids),
        State.SUBMITTED,
        State.BATCHED,
    )
    return [LeftClaim(*row) for row in rows]


async def count_change(connection: "Connection", submission: Submission) -> None:
    """A file's new version: whoever changes the row at the same moment is met."""
    row = {name: getattr(submission, name) for name in ("organisation_id", "submission_id", "version")}
    await update_rows(connection, models.Submission, [row], key=("organisation_id", "submission_id"))


async def read_submission(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> Submission | None:
    """One file's row."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from submission where organisation_id = $1 and submission_id = $2",  # noqa: S608 - constants
        organisation_id,
        submission_id,
    )
    return _submission_of(row) if row else None


async def submissions_by_control_number(
    connection: "Connection", organisation_id: UUID, numbers: Collection[int]
) -> dict[int, tuple[Submission, bool]]:
    """Files by ISA13, which is GS06 as well, each with whether a TA1, 999 or 277CA refused it as a whole before."""
    if not numbers:
        return {}
    rows = await connection.fetch(
        f"""select {_COLUMNS}, exists (
                select from submission_fact f where f.organisation_id = s.organisation_id
                  and f.submission_id = s.submission_id and not f.accepted)
            from submission s where organisation_id = $1 and control_number = any($2::int[])""",  # noqa: S608 - constants
        organisation_id,
        list(numbers),
    )
    return {row["control_number"]: (_submission_of(row), row[-1]) for row in rows}


async def submission_page(connection: "Connection", limit: int, after: UUID | None, state: str | None) -> list[Submission]:
    """Files of the unit's organisation, the newest first; one more than `limit`."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from submission
            where ($2::uuid is null or submission_id < $2) and ($3::text is null or state = $3)
            order by submission_id desc limit $1""",  # noqa: S608 - constants
        limit + 1,
        after,
        state,
    )
    return [_submission_of(row) for row in rows]


async def read_file(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> tuple[Submission, bytes] | None:
    """One file with its bytes."""
    row = await connection.fetchrow(
        f"select {_COLUMNS}, content from submission where organisation_id = $1 and submission_id = $2",  # noqa: S608
        organisation_id,
        submission_id,
    )
    return (_submission_of(row), row["content"]) if row else None


async def read_with_claims(
    connection: "Connection", organisation_id: UUID, submission_id: UUID
) -> tuple[Submission, dict[UUID, str]] | None:
    """One file, and what ClaimSubmitted says of each of its claims, by claim, as JSON."""
    row = await connection.fetchrow(
        f"select {_COLUMNS}, claims from submission where organisation_id = $1 and submission_id = $2",  # noqa: S608
        organisation_id,
        submission_id,
    )
    if row is None:
        return None
    bodies = _BODIES.decode(row["claims"])
    return _submission_of(row), {id_of(claim_id): bytes(body).decode() for claim_id, body in bodies.items()}


async def claims_inside(connection: "Connection", submission: Submission) -> list[tuple[UUID, UUID]]:
    """The claims that stand in a file, whatever became of them since, as (organisation, claim)."""
    found = await read_with_claims(connection, submission.organisation_id, submission.submission_id)
    return [(submission.organisation_id, claim_id) for claim_id in found[1]] if found else []


async def places_of_claim(connection: "Connection", claim: Claim) -> list[dict[str, Any]]:
    """Every file that a claim went into, the first one first."""
    places = filed(claim)
    if not places:
        return []
    rows = await connection.fetch(
        """select submission_id, file_name, receiver_id, control_number, transmitted_at, recorded_at, remote_name, recorded_by
           from submission where organisation_id = $1 and submission_id = any($2::uuid[])""",
        claim.organisation_id,
        [place.submission_id for place in places],
    )
    files = {row["submission_id"]: dict(row) for row in rows}
    return [
        files[place.submission_id]
        | {
            "number": number,
            "patient_control_number": place.patient_control_number,
            "frequency": place.frequency,
            "charge_cents": place.charge_cents,
            "batched_at": place.at,
        }
        for number, place in enumerate(places, 1)
    ]


async def facts_of_submissions(connection: "Connection", organisation_id: UUID, ids: Collection[UUID]) -> "list[Record]":
    """What TA1 and 999 said about these files."""
    return await connection.fetch(
        """select submission_id, acknowledgement_id, stage, accepted, message, at, actor from submission_fact
           where organisation_id = $1 and submission_id = any($2::uuid[]) order by fact_id""",
        organisation_id,
        list(ids),
    )


def keeping_facts(rows: Sequence[Mapping[str, Any]]) -> Write | None:
    """What TA1 and 999 say."""
    return inserting(models.SubmissionFact, rows)


def _submission_of(row: "Record") -> Submission:
    values: list[Any] = list(row[:16])
    values[3] = SubmissionState(values[3])
    return Submission(*values)


def _row(submission: Submission) -> dict[str, object]:
    return {
        "organisation_id": submission.organisation_id,
        "submission_id": submission.submission_id,
        "version": submission.version,
        "receiver_id": submission.receiver_id,
        "state": submission.state,
        "control_number": submission.control_number,
        "file_name": submission.file_name,
        "sha256": submission.sha256,
        "size": submission.size,
        "claim_count": submission.claim_count,
        "charge_cents": submission.charge_cents,
        "created_at": submission.created_at,
        "transmitted_at": submission.transmitted_at,
        "recorded_at": submission.recorded_at,
        "remote_name": submission.remote_name,
        "recorded_by": submission.recorded_by,
    }
