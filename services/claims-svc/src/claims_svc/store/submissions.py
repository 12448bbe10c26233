"""Files of claims: what waits for one, their rows, bytes and places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from claims_svc import models
from claims_svc.domain.claim import Claim
from claims_svc.domain.encounter import Encounter
from claims_svc.domain.facts import SentClaim
from claims_svc.domain.submission import Submission, SubmissionState, Waiting
from claims_svc.store.claims import encounter_of
from claims_svc.store.rows import CLAIM, claim_of, columns
from rcm.database.rows import insert_rows, update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

_COLUMNS = """organisation_id, submission_id, receiver_id, state, control_number, file_name, sha256, size, claim_count,
 charge_cents, created_at, version, transmitted_at, recorded_at, remote_name, recorded_by"""


@dataclass(frozen=True, slots=True)
class Place:
    """A claim's place in a new file."""

    claim: Claim
    sent: SentClaim
    body: bytes
    """What ClaimSubmitted will say, as JSON."""


async def waiting_claims(connection: "Connection", organisation_id: UUID | None = None) -> list[Waiting]:
    """What waits for a file, by organisation and receiver; claims whose edits ran against an older set-up are edited first."""
    rows = await connection.fetch(
        """select c.organisation_id, c.receiver_id, count(*), min(c.ready_at)
           from claim c join setup_revision r on r.organisation_id = c.organisation_id and r.revision = c.setup_revision
           where c.state = 'READY' and ($1::uuid is null or c.organisation_id = $1)
           group by c.organisation_id, c.receiver_id order by min(c.ready_at)""",
        organisation_id,
    )
    return [Waiting(*row) for row in rows]


async def ready_claims(
    connection: "Connection", organisation_id: UUID, revision: int, receiver_id: str, limit: int
) -> list[tuple[Claim, Encounter]]:
    """The claims of a receiver's next file with their content, those that wait longest first."""
    rows = await connection.fetch(
        f"""select {CLAIM}, e.content from claim c join encounter e using (organisation_id, encounter_id)
            where c.organisation_id = $1 and c.state = 'READY' and c.setup_revision = $2 and c.receiver_id = $3
            order by c.ready_at, c.claim_id limit $4""",  # noqa: S608 - constants
        organisation_id,
        revision,
        receiver_id,
        limit,
    )
    return [(claim_of(row), encounter_of(row["content"])) for row in rows]


async def insert_submission(connection: "Connection", submission: Submission, content: bytes, places: Sequence[Place]) -> None:
    """A new file with its bytes and the places of its claims."""
    await insert_rows(connection, models.Submission, [_row(submission)])
    key = {"organisation_id": submission.organisation_id, "submission_id": submission.submission_id}
    await insert_rows(connection, models.SubmissionFile, [key | {"content": content}])
    rows = [
        {
            **key,
            "claim_id": place.claim.claim_id,
            "number": place.claim.submissions,
            "patient_control_number": place.sent.patient_control_number,
            "frequency": place.sent.frequency,
            "charge_cents": place.sent.charge_cents,
            "sent": place.body.decode(),
            "batched_at": submission.created_at,
        }
        for place in places
    ]
    await insert_rows(connection, models.SubmissionClaim, rows)


async def save_submission(connection: "Connection", submission: Submission) -> None:
    """A changed file's row."""
    await update_rows(connection, models.Submission, [_row(submission)], key=("organisation_id", "submission_id"))


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
) -> dict[int, Submission]:
    """Files by ISA13, which is GS06 as well."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from submission where organisation_id = $1 and control_number = any($2::int[])",  # noqa: S608
        organisation_id,
        list(numbers),
    )
    return {row["control_number"]: _submission_of(row) for row in rows}


async def submissions_by_id(connection: "Connection", organisation_id: UUID, ids: Collection[UUID]) -> dict[UUID, Submission]:
    """Files by id."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from submission where organisation_id = $1 and submission_id = any($2::uuid[])",  # noqa: S608
        organisation_id,
        list(ids),
    )
    return {row["submission_id"]: _submission_of(row) for row in rows}


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


async def read_file(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> bytes | None:
    """A file's bytes."""
    content: bytes | None = await connection.fetchval(
        "select content from submission_file where organisation_id = $1 and submission_id = $2", organisation_id, submission_id
    )
    return content


async def sent_bodies(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> "list[Record]":
    """(claim_id, sent as JSON text) of a file's claims, in the order of their numbers."""
    return await connection.fetch(
        """select claim_id, sent from submission_claim
           where organisation_id = $1 and submission_id = $2 order by claim_id""",
        organisation_id,
        submission_id,
    )


async def claims_answered(connection: "Connection", organisation_id: UUID, submission_id: UUID) -> set[UUID]:
    """The claims of a file about which the outside said something already: of all where the whole file was refused."""
    rows = await connection.fetch(
        """select s.claim_id from submission_claim s join claim c using (organisation_id, claim_id)
           where s.organisation_id = $1 and s.submission_id = $2
             and (c.facts <> ''
               or exists (select from submission_fact f where f.organisation_id = s.organisation_id
                            and f.submission_id = s.submission_id and not f.accepted))""",
        organisation_id,
        submission_id,
    )
    return {row[0] for row in rows}


async def places_of_claim(connection: "Connection", organisation_id: UUID, claim_id: UUID) -> list[dict[str, Any]]:
    """Every file that a claim went into, the first one first."""
    rows = await connection.fetch(
        """select s.submission_id, s.number, s.patient_control_number, s.frequency, s.charge_cents, s.batched_at,
             f.file_name, f.receiver_id, f.control_number, f.transmitted_at, f.recorded_at, f.remote_name, f.recorded_by
           from submission_claim s join submission f using (organisation_id, submission_id)
           where s.organisation_id = $1 and s.claim_id = $2 order by s.number""",
        organisation_id,
        claim_id,
    )
    return [dict(row) for row in rows]


async def facts_of_submissions(connection: "Connection", organisation_id: UUID, ids: Collection[UUID]) -> "list[Record]":
    """What TA1 and 999 said about these files."""
    return await connection.fetch(
        """select submission_id, acknowledgement_id, stage, accepted, message, at, actor from submission_fact
           where organisation_id = $1 and submission_id = any($2::uuid[]) order by fact_id""",
        organisation_id,
        list(ids),
    )


async def refused_before(connection: "Connection", submissions: Collection[Submission]) -> set[UUID]:
    """Which of these files a TA1, 999 or 277CA has refused as a whole."""
    rows = await connection.fetch(
        """select distinct f.submission_id from unnest($1::uuid[], $2::uuid[]) as k(o, i)
           join submission_fact f on f.organisation_id = k.o and f.submission_id = k.i where not f.accepted""",
        *columns((submission.organisation_id, submission.submission_id) for submission in submissions),
    )
    return {row[0] for row in rows}


async def insert_submission_facts(connection: "Connection", rows: Sequence[Mapping[str, Any]]) -> None:
    """What TA1 and 999 say."""
    await insert_rows(connection, models.SubmissionFact, rows)


def _submission_of(row: "Record") -> Submission:
    values: list[Any] = list(row)
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
