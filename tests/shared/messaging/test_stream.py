"""The public stream: pages and followers see their organisation's events, all of them, in order, from any cursor on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from rcm.ids import new_id
from rcm.messaging import stream
from rcm.messaging.direct import DirectBus
from rcm.messaging.log import READ_OTHERS, READ_PLACES, READ_TYPES, LogBatch, read_log, reading
from rcm.messaging.stream import BadCursor, EventPage, PublicEvent, cursor_text, position_of, read_events
from rcm.messaging.unit_of_work import Cause
from rcm.messaging.wire import START, Position
from tests.shared.messaging.system import ORGANISATION, PATIENCE_SECONDS, Pair, eventually, pair
from tests.shared.messaging.toy.service import say
from tests.support.postgres import Databases

OTHER = new_id()


@pytest_asyncio.fixture
async def two(databases: Databases) -> AsyncIterator[Pair]:
    async with pair(databases, DirectBus()) as found:
        yield found


async def said_by(two: Pair, organisation: UUID, things: list[UUID]) -> None:
    await two.producer.run(lambda unit: say(unit, organisation, things), organisation_id=organisation, cause=Cause())


async def page(two: Pair, after: str | None, limit: int, organisation: UUID = ORGANISATION) -> EventPage:
    async with two.producer.api.transaction(organisation, read_only=True) as connection:
        return await read_events(connection, organisation, after, limit, source="/claims-svc")


def sequences(events: list[PublicEvent]) -> list[int]:
    return [int(orjson.loads(event.body)["sequence"]) for event in events]


async def test_pages_go_on_where_the_last_one_ended(two: Pair) -> None:
    thing = new_id()
    for _ in range(7):
        await said_by(two, ORGANISATION, [thing])
        await said_by(two, OTHER, [new_id()])
    await two.quiet()
    found: list[int] = []
    cursor: str | None = None
    for wanted in (3, 3, 1, 0):
        got = await page(two, cursor, 3)
        assert (len(got.events), got.more) == (wanted, wanted == 3)
        found += sequences(got.events)
        cursor = got.cursor
    assert found == list(range(1, 8))
    await said_by(two, ORGANISATION, [thing])
    await two.quiet()
    assert sequences((await page(two, cursor, 3)).events) == [8]
    assert len((await page(two, None, 100, OTHER)).events) == 7


async def test_an_event_is_cloudevents_in_structured_mode(two: Pair) -> None:
    thing = new_id()
    await said_by(two, ORGANISATION, [thing])
    await two.quiet()
    [event] = (await page(two, None, 10)).events
    body = orjson.loads(event.body)
    data = body.pop("data")
    assert data["claim_id"] == str(thing)
    assert UUID(body.pop("id"))
    assert body.pop("time").startswith("20")
    assert body == {
        "specversion": "1.0",
        "source": "/claims-svc",
        "type": "rcm.claims.ClaimVoided.v1",
        "subject": str(thing),
        "datacontenttype": "application/json",
        "dataschema": "/schemas/rcm.claims.ClaimVoided.v1.json",
        "sequence": "1",
        "organisationid": str(ORGANISATION),
        "correlationid": str(thing),
    }


@pytest.mark.parametrize("text", ["", "x", "MS4y", "äöü", "MS4yLjMuNA", "LTEuMi4z", "MS4yLng", "A" * 400])
def test_a_cursor_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        position_of(text)
    position = Position(3, 2**40, 17)
    assert position_of(cursor_text(position)) == position


async def collected(two: Pair, organisation: UUID, after: str, number: int) -> list[int]:
    """Follows until so many events have come."""
    found: list[PublicEvent] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for news in two.producer.tail.follow(organisation, after, beat_seconds=0.2):
            assert all(event.organisation_id == organisation for event in news.events)
            found += news.events
            if len(found) >= number:
                break
    assert len({event.cursor for event in found}) == len(found)
    return sequences(found)


@pytest.mark.parametrize("ring", [5, 5_000])
async def test_followers_see_everything_once_and_in_order(two: Pair, monkeypatch: pytest.MonkeyPatch, ring: int) -> None:
    """Also those that are slower than the ring is long: they fall back to the log."""
    monkeypatch.setattr(stream, "RING_EVENTS", ring)
    two.producer.tail._ring = type(two.producer.tail._ring)(maxlen=ring)
    thing = new_id()
    for _ in range(20):
        await said_by(two, ORGANISATION, [thing])
    beginning = cursor_text(Position(0, 0, 0))
    followers = [asyncio.create_task(collected(two, ORGANISATION, beginning, 60)) for _ in range(5)]
    other = asyncio.create_task(collected(two, OTHER, beginning, 40))
    for _ in range(40):
        await said_by(two, ORGANISATION, [thing])
        await said_by(two, OTHER, [thing])
    assert await asyncio.gather(*followers) == [list(range(1, 61))] * 5
    assert await other == list(range(1, 41))


async def test_what_the_ring_forgets_while_a_follower_reads_the_log_is_not_lost(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a follower goes on where the ring begins after its reading, not where the ring began before."""
    tail, thing = two.producer.tail, new_id()
    monkeypatch.setattr(stream, "RING_EVENTS", 2)
    tail._ring = type(tail._ring)(maxlen=2)
    overtaken: list[int] = []

    async def slowly(connection: Any, after: Position, limit: int, **which: Any) -> LogBatch:
        batch = await read_log(connection, after, limit, **which)
        if which.get("organisation_id") and not overtaken:
            overtaken.append(1)
            before = tail._since
            for _ in range(10):
                await said_by(two, ORGANISATION, [thing])

            async def forgotten() -> bool:
                return tail._since > before

            await eventually(forgotten)
        return batch

    monkeypatch.setattr(stream, "read_log", slowly)
    for _ in range(3):
        await said_by(two, ORGANISATION, [thing])
    await two.quiet()
    assert await collected(two, ORGANISATION, cursor_text(Position(0, 0, 0)), 13) == list(range(1, 14))
    assert overtaken


async def test_of_some_types_alone_and_the_cursor_passes_the_others(two: Pair) -> None:
    """Who wants few events is given those, and does not look through the others again from its cursor."""
    thing, type_name = new_id(), "rcm.toys.Nothing.v1"
    await said_by(two, ORGANISATION, [thing])
    await two.quiet()
    async with two.producer.api.transaction(ORGANISATION, read_only=True) as connection:
        nothing = await read_events(connection, ORGANISATION, None, 10, source="/claims-svc", types=[type_name])
        everything = await read_events(connection, ORGANISATION, None, 10, source="/claims-svc")
    assert nothing.events == []
    assert nothing.cursor == everything.cursor
    tail = two.producer.tail

    async def followed(types: frozenset[str]) -> list[int]:
        async for news in tail.follow(ORGANISATION, everything.cursor, types=types, beat_seconds=0.2):
            if news.events or types == frozenset({type_name}):
                return sequences(news.events)
        return []

    follower = asyncio.create_task(followed(frozenset({everything.events[0].type})))
    assert await followed(frozenset({type_name})) == []
    await said_by(two, ORGANISATION, [thing])
    assert await follower == [2]
    assert await followed(frozenset({everything.events[0].type})) == [2]


async def test_a_rare_type_is_found_without_reading_the_whole_log(two: Pair) -> None:
    """Breaks when each look for new events takes the longer the more were ever said."""
    await said_by(two, ORGANISATION, [new_id() for _ in range(5_000)])
    await two.quiet()
    async with two.producer.worker.pool.acquire() as connection:
        assert "->  Sort" in await plan(connection), "what this guards against is not there any more"
    async with reading(two.producer.worker) as connection:
        assert "->  Sort" not in await plan(connection)
        assert "->  Sort" not in await plan(connection, READ_OTHERS)
        assert "->  Sort" not in await plan(connection, READ_PLACES)
    async with two.producer.api.transaction(ORGANISATION, read_only=True) as connection:
        await read_events(connection, ORGANISATION, None, 10, source="/claims-svc")
        assert "->  Sort" not in await plan(connection)


async def plan(connection: Any, statement: str = READ_TYPES) -> str:
    """How PostgreSQL finds the events of a type that nobody has said, or all others."""
    return "\n".join(line for (line,) in await connection.fetch(f"explain {statement}", 0, 0, 0, 500, ["org.example.nothing"]))


async def test_from_now_on_one_sees_what_comes(two: Pair) -> None:
    thing = new_id()
    await said_by(two, ORGANISATION, [thing])
    await two.quiet()
    now = await two.producer.tail.now()
    followers = [asyncio.create_task(collected(two, ORGANISATION, now, 2)) for _ in range(2)]
    await said_by(two, ORGANISATION, [thing])
    await said_by(two, ORGANISATION, [thing])
    assert await asyncio.gather(*followers) == [[2, 3]] * 2


async def test_the_first_event_of_all_is_told_at_once(two: Pair) -> None:
    """Breaks when the reader takes an empty log for one whose end it does not know: the event waits for the next beat."""

    async def first() -> list[int]:
        async for news in two.producer.tail.follow(ORGANISATION, cursor_text(START), beat_seconds=3600):
            return sequences(news.events)
        return []

    follower = asyncio.create_task(first())
    await said_by(two, ORGANISATION, [new_id()])
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await follower == [1]


async def test_a_silent_stream_beats_and_ends_with_the_service(two: Pair) -> None:
    beats = 0
    now = await two.producer.tail.now()

    async def follow() -> None:
        nonlocal beats
        async for news in two.producer.tail.follow(ORGANISATION, now, beat_seconds=0.05):
            assert news.events == []
            beats += 1

    async def alive() -> bool:
        return beats >= 3

    follower = asyncio.create_task(follow())
    await eventually(alive)
    await two.producer.stop_tail()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await follower
