"""Idempotency-Key: the same request twice has one effect and one answer (ARCHITECTURE, rule 7).

A key belongs to an organisation, a method and a path. The answer is stored in the request's own transaction, so that there is
never an effect without its answer. Whoever works under a key holds a lock of PostgreSQL on it until the commit: another process
that gets the same key meanwhile answers 409 and does not wait.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Request

from rcm.errors import Conflict, Fault, InvalidBody, RcmError
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic
from rcm.web.answers import Rendered

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

HEADER = "idempotency-key"
REPLAYED = {"Idempotency-Replayed": "true"}
_FORM = re.compile(r"^[\x21-\x7e]{1,255}$")

_LOOK_UP = """
select pg_try_advisory_xact_lock(asked.lock_id) as locked, known.body_hash, known.status, known.headers, known.body
from unnest($2::bigint[], $3::text[], $4::text[]) with ordinality as asked(lock_id, method_path, key, place)
left join idempotency_key as known
  on known.organisation_id = $1 and known.method_path = asked.method_path and known.key = asked.key
order by asked.place
"""
_LOOK_UP_ONE = """
select pg_try_advisory_xact_lock($2) as locked, known.body_hash, known.status, known.headers, known.body
from (select 1) as always left join idempotency_key as known
  on known.organisation_id = $1 and known.method_path = $3 and known.key = $4
"""
"""One key is the common case, and asyncpg takes its time over arrays."""
_STORE_ONE = """
insert into idempotency_key (organisation_id, method_path, key, body_hash, status, headers, body)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_STORE = """
insert into idempotency_key (organisation_id, method_path, key, body_hash, status, headers, body)
select $1, given.method_path, given.key, given.body_hash, given.status, given.headers, given.body
from unnest($2::text[], $3::text[], $4::bytea[], $5::int[], $6::jsonb[], $7::bytea[])
  as given(method_path, key, body_hash, status, headers, body)
"""
_FORGET = """
delete from idempotency_key where (organisation_id, method_path, key) in (
    select organisation_id, method_path, key from idempotency_key where created_at < now() - $1::interval limit $2
)
"""
KEPT = timedelta(days=7)
"""A client that tries again after a week means something new."""
FORGOTTEN_AT_ONCE = 5_000


class KeyReused(InvalidBody):
    """The key was used before for another request."""

    code = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"


class KeyInFlight(Conflict):
    """A request with this key is being worked on."""

    code = "idempotency-key-in-flight"
    retryable = True
    title = "A request with this Idempotency-Key is being worked on"


@dataclass(frozen=True, slots=True)
class Key:
    """One request's key in its place, and the fingerprint of what was asked under it."""

    organisation_id: UUID
    method_path: str
    key: str
    body_hash: bytes

    @property
    def place(self) -> tuple[UUID, str, str]:
        """Where the key is unique."""
        return (self.organisation_id, self.method_path, self.key)

    @property
    def lock_id(self) -> int:
        """The number that PostgreSQL locks: 64 bits of the place's hash."""
        digest = hashlib.blake2b("\0".join(map(str, self.place)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


def key_of(request: Request, organisation_id: UUID, body: bytes) -> Key | None:
    """The request's key, or None without the header. Raises InvalidBody for one that is empty, too long or not ASCII."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _FORM.match(given):
        fault = Fault(
            "Idempotency-Key:", "form", "1 to 255 visible ASCII characters", "Send a UUID of your own for each request."
        )
        raise InvalidBody("The Idempotency-Key can't be taken", faults=[fault])
    scope = request.scope
    digest = hashlib.blake2b(digest_size=32)
    for part in (scope.get("query_string", b""), request.headers.get("content-type", "").encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return Key(organisation_id, f"{scope['method']} {scope['path']}", given, digest.digest())


async def look_up(connection: "PoolConnectionProxy[Any]", keys: Sequence[Key]) -> list[Rendered | RcmError | None]:
    """For each key the stored answer, a refusal (other request, in flight), or None: then it is ours until the commit."""
    if len(keys) == 1:
        key = keys[0]
        row = await connection.fetchrow(_LOOK_UP_ONE, key.organisation_id, key.lock_id, key.method_path, key.key)
        assert row is not None
        return [_found(key, row)]
    rows = await connection.fetch(
        _LOOK_UP,
        keys[0].organisation_id,
        [key.lock_id for key in keys],
        [key.method_path for key in keys],
        [key.key for key in keys],
    )
    return [_found(key, row) for key, row in zip(keys, rows, strict=True)]


async def store(connection: "PoolConnectionProxy[Any]", answers: Sequence[tuple[Key, Rendered]]) -> None:
    """Keeps each answer under its key."""
    if len(answers) == 1:
        key, answer = answers[0]
        kept = (key.body_hash, answer.status, dict(answer.headers), answer.body)
        await connection.execute(_STORE_ONE, key.organisation_id, key.method_path, key.key, *kept)
        return
    await connection.execute(
        _STORE,
        answers[0][0].organisation_id,
        [key.method_path for key, _ in answers],
        [key.key for key, _ in answers],
        [key.body_hash for key, _ in answers],
        [rendered.status for _, rendered in answers],
        [dict(rendered.headers) for _, rendered in answers],
        [rendered.body for _, rendered in answers],
    )


async def forget(unit: UnitOfWork) -> bool:
    """Deletes keys whose time is over; True where there may be more."""
    done: str = await unit.connection.execute(_FORGET, KEPT, FORGOTTEN_AT_ONCE)
    return done == f"DELETE {FORGOTTEN_AT_ONCE}"


FORGETTING = Periodic("forget idempotency keys", timedelta(minutes=10), forget)


def _found(key: Key, row: Mapping[str, Any]) -> Rendered | RcmError | None:
    if row["body_hash"] is not None:
        if row["body_hash"] != key.body_hash:
            fault = Fault(
                "Idempotency-Key:", "reused", "Another request came under this key", "Send a new key with a new request."
            )
            return KeyReused(faults=[fault])
        return Rendered(row["status"], row["headers"], row["body"])
    if not row["locked"]:
        return in_flight()
    return None


def in_flight() -> KeyInFlight:
    """The refusal of a key that is being worked on."""
    fault = Fault("Idempotency-Key:", "in-flight", "The first request is not answered yet", "Send it again in a moment.")
    return KeyInFlight(faults=[fault])
