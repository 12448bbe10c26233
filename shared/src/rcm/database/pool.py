"""Connections to a service's database: REPEATABLE READ, bounded in time, one round trip to begin, retried on conflicts."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel

from rcm.errors import RcmError, Unavailable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

T = TypeVar("T")

STATEMENT_TIMEOUT_MS = 20_000
TRANSACTION_TIMEOUT_MS = 30_000
"""A writing transaction holds back every reader of the log (decision 0011): none may live longer."""
KEEP_COMMITS = "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
"""A commit that a crash of the server may forget must not be seen by a relay before: it would publish what never was."""
KEPT_PLANS = "set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)"
"""Until the transaction's end each statement has one plan for all its parameters, made once a connection (decision 0018)."""
SERIALIZATION_ATTEMPTS = 40
_PAUSE_SECONDS_MAX = 0.1
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_JSONB_VERSION = b"\x01"
_TRANSACTION_TIMEOUT_SINCE = 17

_CONNECTION_FAILURES = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    OSError,
)


class RetriesExhausted(Unavailable):
    """Other transactions changed the same rows again and again; nothing was written."""

    code = "too-much-contention"


def connection_failed(error: BaseException) -> bool:
    """Whether the database itself is away (stopped, starting, unreachable), so that no transaction of any kind can succeed."""
    return isinstance(error, _CONNECTION_FAILURES) and not isinstance(error, asyncpg.QueryCanceledError)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: the database is away, it took too long, or a refusal says so of itself."""
    if isinstance(error, RcmError):
        return error.retryable
    later = (
        *_CONNECTION_FAILURES,
        TimeoutError,
        asyncpg.LockNotAvailableError,
        asyncpg.TransactionRollbackError,
        asyncpg.InsufficientResourcesError,
    )
    return isinstance(error, later)


def encode_json(value: object) -> bytes:
    """A document's JSON: any value that orjson knows, and pydantic models, decimals and durations at any depth."""
    return orjson.dumps(value, default=_json_of)


def _json_of(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)  # asyncpg's own class, which orjson doesn't take for a UUID
    if isinstance(value, BaseModel):
        return orjson.Fragment(value.model_dump_json())
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


async def connect(url: str, *, application_name: str = "rcm") -> "asyncpg.Connection[Any]":
    """One connection outside a pool, set up like the pool's: for a lock that is held for long, and for programs' start."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url, server_settings=_server_settings(application_name))
    try:
        await _prepare(connection)
    except BaseException:  # who is cancelled here never sees it, and can't close it
        connection.terminate()
        raise
    return connection


def _server_settings(application_name: str) -> dict[str, str]:
    return {
        "application_name": application_name,
        "default_transaction_isolation": "repeatable read",
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(TRANSACTION_TIMEOUT_MS),
        "jit": "off",
        # Our rows are found by key, and lie in memory or on a solid disk: a page in the middle costs what the next one costs.
        "random_page_cost": "1.1",
        # A statement that is prepared while its tables are nearly empty would keep a plan for empty tables (decision 0018).
        "plan_cache_mode": "force_custom_plan",
        "TimeZone": "UTC",
    }


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: _JSONB_VERSION + encode_json(value),
        decoder=lambda value: orjson.loads(memoryview(value)[1:]),
    )
    await connection.set_type_codec("timestamptz", schema="pg_catalog", format="tuple", encoder=_microseconds, decoder=_instant)
    settings = KEEP_COMMITS
    if connection.get_server_version().major >= _TRANSACTION_TIMEOUT_SINCE:
        settings += f"; set transaction_timeout = {TRANSACTION_TIMEOUT_MS}"
    await connection.execute(settings)


def _microseconds(instant: datetime) -> tuple[int]:
    """As PostgreSQL counts. Raises TypeError for a time without its zone."""
    return ((instant - _EPOCH) // _MICROSECOND,)


@lru_cache(maxsize=4096)
def _instant(counted: tuple[int]) -> datetime:
    """The instant of so many microseconds since 2000; those of a transaction are mostly one (asyncpg: 0.6 us each)."""
    try:
        return _EPOCH + timedelta(microseconds=counted[0])
    except OverflowError:  # infinity, and years that Python doesn't know
        return datetime.max.replace(tzinfo=UTC) if counted[0] > 0 else datetime.min.replace(tzinfo=UTC)


async def _keep(connection: Any) -> None:
    """Nothing to reset: what we set is set for the transaction only. asyncpg itself rolls back what was left open."""


class Database:
    """A pool of one role's connections to one service's database."""

    def __init__(self, pool: "asyncpg.Pool[Any]", url: str, application_name: str, wait_seconds: float | None = None) -> None:
        self.pool = pool
        self.wait_seconds = wait_seconds
        """How long a transaction waits for a free connection (TimeoutError, a 503 for a request); None: until there is one."""
        self.url = url
        self.application_name = application_name

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        minimum: int = 1,
        maximum: int = 10,
        application_name: str = "rcm",
        wait_seconds: float | None = None,
    ) -> "Database":
        """Connects; fails where the database is not there."""
        pool = await asyncpg.create_pool(
            url,
            min_size=minimum,
            max_size=maximum,
            init=_prepare,
            reset=_keep,
            max_inactive_connection_lifetime=0,
            server_settings=_server_settings(application_name),
        )
        assert pool is not None
        return cls(pool, url, application_name, wait_seconds)

    async def close(self) -> None:
        """Waits for transactions that run, for a few seconds, then closes."""
        try:
            async with asyncio.timeout(5):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    async def connect(self) -> "asyncpg.Connection[Any]":
        """A connection of the same role outside the pool; the caller closes it."""
        return await connect(self.url, application_name=self.application_name)

    @asynccontextmanager
    async def transaction(
        self, organisation_id: UUID | None = None, *, read_only: bool = False, keep_plans: bool = False
    ) -> "AsyncIterator[Connection]":
        """One transaction, tried once. With an organisation row-level security shows the api role that one alone.

        `keep_plans` is for transactions whose every statement a test has seen find its rows by the right index, whatever its
        tables held when it was planned. A transaction is begun by plain SQL, in one round trip with the settings:
        `connection.transaction()` and cursors don't work in it.
        """
        settings = [f"set_config('app.org', '{organisation_id}', true)"] if organisation_id is not None else []
        if keep_plans:
            settings.append(KEPT_PLANS)
        begin = "begin read only" if read_only else "begin"
        if settings:
            begin += f"; select {', '.join(settings)}"
        # asyncpg makes a task for a wait with a limit: only where there is something to wait for.
        limit = None if self.pool.get_idle_size() else self.wait_seconds
        async with self.pool.acquire(timeout=limit) as connection:
            try:
                await connection.execute(begin)
                yield connection
                await connection.execute("commit")
            except BaseException:
                # A connection that is gone has rolled back; the error that counts is the first.
                with suppress(Exception):
                    if connection.is_in_transaction():
                        await connection.execute("rollback")
                raise

    async def run(
        self,
        work: "Callable[[Connection], Awaitable[T]]",
        *,
        organisation_id: UUID | None = None,
        read_only: bool = False,
        keep_plans: bool = False,
    ) -> T:
        """Does `work` in a transaction and commits; where another transaction was in the way (40001, 40P01) does it anew.

        `work` may run many times, so it keeps nothing from a run that failed. Raises RetriesExhausted in the end.
        """
        pause = 0.001
        for _ in range(SERIALIZATION_ATTEMPTS):
            try:
                async with self.transaction(organisation_id, read_only=read_only, keep_plans=keep_plans) as connection:
                    return await work(connection)
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                await asyncio.sleep(random.random() * pause)  # noqa: S311 - spreads writers, hides nothing
                pause = min(pause * 2, _PAUSE_SECONDS_MAX)
        raise RetriesExhausted("other transactions kept changing the same rows")
