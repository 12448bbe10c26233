"""Connections: times come back from the database as they went, to the microsecond; none is left open that nobody holds."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest

from rcm.database import pool
from rcm.database.pool import Database
from tests.shared.messaging.toy.service import producer
from tests.support.postgres import Databases

TIMES = (
    datetime(2026, 11, 23, 1, 2, 3, 456_789, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)


async def test_times_come_back_as_they_went_and_a_time_without_its_zone_is_refused(databases: Databases) -> None:
    async with databases.fresh(producer()) as there:
        database = await Database.open(there.worker_url, maximum=1)
        connections = database.pool
        for instant in TIMES:
            text = instant.strftime("%Y-%m-%d %H:%M:%S.%f+00").rjust(29, "0")
            assert await connections.fetchval("select $1::timestamptz = $2::text::timestamptz", instant, text)
            found = await connections.fetchval("select $1::timestamptz", instant)
            assert (found, found.tzinfo) == (instant, UTC)
        assert await connections.fetchval("select $1::timestamptz[]", [*TIMES, None]) == [*TIMES, None]
        east = datetime(2026, 3, 1, 6, tzinfo=timezone(timedelta(hours=6)))
        assert await connections.fetchval("select $1::timestamptz", east) == datetime(2026, 3, 1, tzinfo=UTC)
        assert await connections.fetchval("select 'infinity'::timestamptz") == datetime.max.replace(tzinfo=UTC)
        assert await connections.fetchval("select '-infinity'::timestamptz") == datetime.min.replace(tzinfo=UTC)
        with pytest.raises(asyncpg.DataError):
            await connections.fetchval("select $1::timestamptz", datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point
        await database.close()


async def test_a_connection_that_is_given_up_before_it_is_ready_is_closed(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a task that reads the log leaves its connection open, where it is ended right after it began."""
    made: list[Any] = []
    connected = asyncio.Event()

    async def never(connection: Any) -> None:
        made.append(connection)
        connected.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(pool, "_prepare", never)
    async with databases.fresh(producer()) as there:
        opening = asyncio.create_task(pool.connect(there.worker_url))
        await connected.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert [connection.is_closed() for connection in made] == [True]
