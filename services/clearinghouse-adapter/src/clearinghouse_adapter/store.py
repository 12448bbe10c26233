"""Every query. Each is one short transaction of the worker's role and names its organisation.

A statement that stands alone is its own transaction: one round trip instead of three, and each file's way has several.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rcm.database.pool import Database

_OUTGOING = (
    "submission_id, receiver_id, remote_name, sha256, size_bytes, state, intended_at, sent_at, recorded_at, status, reason"
)
_KEEP_CURSOR = """
insert into stream_cursor (organisation_id, service, cursor, updated_at) values ($1, $2, $3, $4)
on conflict (organisation_id, service) do update set cursor = excluded.cursor, updated_at = excluded.updated_at
"""
_INTEND = """
with behind as (
    insert into stream_cursor (organisation_id, service, cursor, updated_at) values ($1, $8, $9, $7)
    on conflict (organisation_id, service) do update set cursor = excluded.cursor, updated_at = excluded.updated_at
)
insert into outgoing_file
    (organisation_id, submission_id, receiver_id, remote_name, sha256, size_bytes, state, intended_at, reason)
select $1, unnest($2::uuid[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
    unnest($6::bigint[]), 'intended', $7, ''
on conflict (organisation_id, submission_id) do nothing
"""
_ANSWERED = """
insert into incoming_file (organisation_id, sha256, remote_name, kind, service, state, size_bytes, fetched_at, answered_at,
    status, reason, content)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (organisation_id, sha256, remote_name) do update set state = excluded.state, answered_at = excluded.answered_at,
    status = excluded.status, reason = excluded.reason, content = excluded.content
where incoming_file.state = 'fetched' or excluded.state <> 'fetched'
"""
_INCOMING = "sha256, remote_name, kind, service, state, size_bytes, fetched_at, answered_at, status, reason"

_KNOWN = f"""
select {_INCOMING} from unnest($2::text[], $3::text[]) as named (name, sum)
join incoming_file on organisation_id = $1 and sha256 = named.sum and remote_name = named.name
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A submission on its way."""

    submission_id: UUID
    receiver_id: str
    remote_name: str
    sha256: str
    size_bytes: int
    state: str
    intended_at: datetime
    sent_at: datetime | None
    recorded_at: datetime | None
    status: int | None
    """The last answer of claims-svc where that was no success."""
    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file from a payer."""

    sha256: str
    remote_name: str
    kind: str
    service: str
    state: str
    size_bytes: int
    fetched_at: datetime
    answered_at: datetime | None
    status: int | None
    reason: str


class Store:
    """The adapter's memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _execute(self, statement: str, *arguments: Any) -> None:
        await self._fetch(statement, *arguments)

    async def _fetch(self, statement: str, *arguments: Any) -> Sequence[Any]:
        async with self._database.pool.acquire() as connection:
            rows: Sequence[Any] = await connection.fetch(statement, *arguments)
        return rows

    async def cursor(self, organisation_id: UUID, service: str) -> str | None:
        """How far the service's stream is dealt with."""
        rows = await self._fetch(
            "select cursor from stream_cursor where organisation_id = $1 and service = $2", organisation_id, service
        )
        return rows[0]["cursor"] if rows else None

    async def keep_cursor(self, organisation_id: UUID, service: str, cursor: str, now: datetime) -> None:
        """Everything up to `cursor` is dealt with, or kept as an intent."""
        await self._execute(
            _KEEP_CURSOR,
            organisation_id,
            service,
            cursor,
            now,
        )

    async def intend(self, organisation_id: UUID, service: str, files: Sequence[Outgoing], cursor: str, now: datetime) -> None:
        """Keeps intents and the cursor behind them in one transaction; an intent that is there already stays as it is."""
        await self._execute(
            _INTEND,
            organisation_id,
            [file.submission_id for file in files],
            [file.receiver_id for file in files],
            [file.remote_name for file in files],
            [file.sha256 for file in files],
            [file.size_bytes for file in files],
            now,
            service,
            cursor,
        )

    async def open_outgoing(self, organisation_id: UUID) -> list[Outgoing]:
        """What is intended or sent and not recorded, oldest first."""
        rows = await self._fetch(
            f"select {_OUTGOING} from outgoing_file where organisation_id = $1 and state in ('intended', 'sent') "  # noqa: S608
            "order by intended_at, submission_id",
            organisation_id,
        )
        return [Outgoing(*row) for row in rows]

    async def sent(self, organisation_id: UUID, submission_id: UUID, at: datetime) -> datetime:
        """The file lies in the mailbox; answers when that was first said, which stays the transmission's time."""
        rows = await self._fetch(
            "update outgoing_file set state = 'sent', sent_at = coalesce(sent_at, $3) "
            "where organisation_id = $1 and submission_id = $2 returning sent_at",
            organisation_id,
            submission_id,
            at,
        )
        first: datetime = rows[0]["sent_at"]
        return first

    async def outgoing_waits(self, organisation_id: UUID, submission_id: UUID, status: int | None, reason: str) -> None:
        """Why the file can't go on now."""
        await self._execute(
            "update outgoing_file set status = $3, reason = $4 where organisation_id = $1 and submission_id = $2",
            organisation_id,
            submission_id,
            status,
            reason,
        )

    async def finish_outgoing(
        self, organisation_id: UUID, submission_id: UUID, *, at: datetime, status: int | None = None, refused: str = ""
    ) -> None:
        """claims-svc knows of the transmission, or the file is refused for a reason."""
        await self._execute(
            "update outgoing_file set state = $3, recorded_at = $4, reason = $5, status = $6 "
            "where organisation_id = $1 and submission_id = $2",
            organisation_id,
            submission_id,
            "refused" if refused else "recorded",
            at,
            refused,
            status if refused else None,
        )

    async def retry_outgoing(self, organisation_id: UUID, submission_id: UUID) -> bool:
        """A refused submission is tried again; False where there is no such."""
        rows = await self._fetch(
            "update outgoing_file set state = case when sent_at is null then 'intended' else 'sent' end, "
            "status = null, reason = '' "
            "where organisation_id = $1 and submission_id = $2 and state = 'refused' returning 1",
            organisation_id,
            submission_id,
        )
        return bool(rows)

    async def known(self, organisation_id: UUID, files: Sequence[Incoming]) -> dict[tuple[str, str], Incoming]:
        """What is known already of files that were fetched, by name and sum."""
        names, sums = [file.remote_name for file in files], [file.sha256 for file in files]
        rows = await self._fetch(_KNOWN, organisation_id, names, sums)
        return {(row["remote_name"], row["sha256"]): Incoming(*row) for row in rows}

    async def incoming_waits(self, organisation_id: UUID, file: Incoming, status: int | None, reason: str) -> None:
        """Why no service takes the file now."""
        await self._keep(organisation_id, file, "fetched", None, status, reason, None)

    async def answered(
        self,
        organisation_id: UUID,
        file: Incoming,
        *,
        status: int,
        at: datetime,
        refused: str = "",
        content: bytes | None = None,
    ) -> None:
        """A service took the file, or refused it for good: then its bytes are kept."""
        await self._keep(organisation_id, file, "refused" if refused else "accepted", at, status, refused, content)

    async def _keep(
        self,
        organisation_id: UUID,
        file: Incoming,
        state: str,
        answered_at: datetime | None,
        status: int | None,
        reason: str,
        content: bytes | None,
    ) -> None:
        await self._execute(
            _ANSWERED,
            organisation_id,
            file.sha256,
            file.remote_name,
            file.kind,
            file.service,
            state,
            file.size_bytes,
            file.fetched_at,
            answered_at,
            status,
            reason,
            content,
        )

    async def refused_content(self, organisation_id: UUID, sha256: str) -> tuple[Incoming, bytes] | None:
        """A refused file with its bytes."""
        rows = await self._fetch(
            f"select {_INCOMING}, content from incoming_file "  # noqa: S608
            "where organisation_id = $1 and sha256 = $2 and state = 'refused' and content is not null limit 1",
            organisation_id,
            sha256,
        )
        if not rows:
            return None
        *known, content = rows[0]
        return Incoming(*known), content

    async def list_outgoing(
        self, organisation_id: UUID, state: str | None, before: tuple[datetime, UUID] | None, limit: int
    ) -> list[Outgoing]:
        """Newest first; `limit` + 1 of them, so that the next page is known."""
        rows = await self._fetch(
            f"select {_OUTGOING} from outgoing_file where organisation_id = $1 and ($2::text is null or state = $2) "  # noqa: S608
            "and ($3::timestamptz is null or (intended_at, submission_id) < ($3, $4::uuid)) "
            "order by intended_at desc, submission_id desc limit $5",
            organisation_id,
            state,
            *(before or (None, None)),
            limit + 1,
        )
        return [Outgoing(*row) for row in rows]

    async def list_incoming(
        self, organisation_id: UUID, state: str | None, before: tuple[datetime, str] | None, limit: int
    ) -> list[Incoming]:
        """Newest first; `limit` + 1 of them."""
        rows = await self._fetch(
            f"select {_INCOMING} from incoming_file where organisation_id = $1 and ($2::text is null or state = $2) "  # noqa: S608
            "and ($3::timestamptz is null or (fetched_at, remote_name) < ($3, $4::text)) "
            "order by fetched_at desc, remote_name desc limit $5",
            organisation_id,
            state,
            *(before or (None, None)),
            limit + 1,
        )
        return [Incoming(*row) for row in rows]

    async def counts(self) -> dict[str, int]:
        """Files by direction and state: "outgoing intended", "incoming refused", ..."""
        rows = await self._fetch(
            "select 'outgoing ' || state as what, count(*) from outgoing_file where state <> 'recorded' group by 1 "
            "union all select 'incoming ' || state, count(*) from incoming_file where state <> 'accepted' group by 1"
        )
        return {row[0]: row[1] for row in rows}
