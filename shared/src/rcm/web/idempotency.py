"""Idempotency-Key: the same request twice has one effect and one answer (ARCHITECTURE, rule 7).

A key belongs to an organisation, a method and a path. The answer is stored in the request's own transaction, so that there is
never an effect without its answer. Whoever works under a key holds a lock of PostgreSQL on it until the commit: another process
that gets the same key meanwhile answers 409 and does not wait.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from fastapi import Request
from msgspec import Struct

from rcm.database.texts_of_rows import recordset
from rcm.errors import Conflict, Fault, InvalidBody, RcmError
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic
from rcm.web.answers import Rendered
from rcm.web.context import context_of

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

T = TypeVar("T")

HEADER = b"idempotency-key"
REPLAYED = {"Idempotency-Replayed": "true"}
_FORM = re.compile(rb"[\x21-\x7e]{1,255}")

_LOOK_UP = """
select * from (
    select asked.key, known.body_hash, known.status, known.headers, known.body,
        pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::text, $2, asked.key), 0)) as locked
    from string_to_table($3, ' ') as asked(key) left join lateral (
        select * from idempotency_key k where k.organisation_id = $1 and k.method_path = $2 and k.key = asked.key limit 1
    ) known on true
) found where not locked or body_hash is not null
"""
"""Locks all keys of a path, and tells of those that are locked already or known: mostly of none.

Each is looked for by itself (`lateral`): the planner doesn't know how many they are, and for a hundred would read the table.
"""
_STORE = """
insert into idempotency_key (organisation_id, method_path, key, body_hash, status, headers, body)
select $1, $2, k, decode(h, 'base64'), s, d, decode(b, 'base64')
from json_to_recordset($3::text::json) as u(k text, h text, s integer, d jsonb, b text)
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


class Key(Struct, frozen=True, gc=False):
    """One request's key in its place, and the fingerprint of what was asked under it."""

    organisation_id: UUID
    method_path: str
    key: str
    body_hash: bytes

    @property
    def place(self) -> tuple[UUID, str, str]:
        """Where the key is unique."""
        return (self.organisation_id, self.method_path, self.key)


class _Kept(Struct, gc=False):
    """An answer as `_STORE` takes it, bytes in base64."""

    k: str
    h: bytes
    s: int
    d: Mapping[str, str]
    b: bytes


def key_of(request: Request, organisation_id: UUID, body: bytes) -> Key | None:
    """The request's key, or None without the header. Raises InvalidBody for one that is empty, too long or not ASCII."""
    headers = context_of(request).headers
    given = headers.get(HEADER)
    if given is None:
        return None
    if not _FORM.fullmatch(given):
        fault = Fault(
            "Idempotency-Key:", "form", "1 to 255 visible ASCII characters", "Send a UUID of your own for each request."
        )
        raise InvalidBody("The Idempotency-Key can't be taken", faults=[fault])
    scope = request.scope
    digest = hashlib.sha256()  # processors compute it themselves
    for part in (scope.get("query_string", b""), headers.get(b"content-type", b""), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return Key(organisation_id, f"{scope['method']} {scope['path']}", given.decode(), digest.digest())


async def look_up(connection: "PoolConnectionProxy[Any]", keys: Sequence[Key]) -> list[Rendered | RcmError | None]:
    """For each key the stored answer, a refusal (other request, in flight), or None: then it is ours until the commit."""
    organisation_id = keys[0].organisation_id
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for path, asked in _by_path((key.method_path, key.key) for key in keys).items():
        for row in await connection.fetch(_LOOK_UP, organisation_id, path, " ".join(asked)):
            found[path, row["key"]] = row
    return [_found(key, found.get((key.method_path, key.key))) for key in keys]


async def store(connection: "PoolConnectionProxy[Any]", answers: Sequence[tuple[Key, Rendered]]) -> None:
    """Keeps each answer under its key."""
    organisation_id = answers[0][0].organisation_id
    kept = ((key.method_path, _Kept(key.key, key.body_hash, found.status, found.headers, found.body)) for key, found in answers)
    for path, rows in _by_path(kept).items():
        await connection.execute(_STORE, organisation_id, path, recordset(rows))


def _by_path(found: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """What belongs to each path; that is one, but for endpoints whose path holds an id."""
    paths: dict[str, list[T]] = {}
    for path, thing in found:
        paths.setdefault(path, []).append(thing)
    return paths


async def forget(unit: UnitOfWork) -> bool:
    """Deletes keys whose time is over; True where there may be more."""
    done: str = await unit.connection.execute(_FORGET, KEPT, FORGOTTEN_AT_ONCE)
    return done == f"DELETE {FORGOTTEN_AT_ONCE}"


FORGETTING = Periodic("forget idempotency keys", timedelta(minutes=10), forget)


def _found(key: Key, row: Mapping[str, Any] | None) -> Rendered | RcmError | None:
    if row is None:
        return None
    if row["body_hash"] is None:
        return in_flight()
    if row["body_hash"] != key.body_hash:
        fault = Fault("Idempotency-Key:", "reused", "Another request came under this key", "Send a new key with a new request.")
        return KeyReused(faults=[fault])
    return Rendered(row["status"], row["headers"], row["body"])


def in_flight() -> KeyInFlight:
    """The refusal of a key that is being worked on."""
    fault = Fault("Idempotency-Key:", "in-flight", "The first request is not answered yet", "Send it again in a moment.")
    return KeyInFlight(faults=[fault])
