"""What holds on every bus: the same tests on the direct one and on a real Kafka."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from rcm.clock import SystemClock
from rcm.database.pool import Database
from rcm.ids import new_id
from rcm.messaging import parked
from rcm.messaging.bus import Bus
from rcm.messaging.direct import Chaos, DirectBus
from rcm.messaging.parked import dead_letters, drop_dead_letter, retry_dead_letter
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from tests.shared.messaging.system import ORGANISATION, Pair, eventually, pair
from tests.shared.messaging.toy.service import BRINGS, BUSY, EARLY, POISON, Voided, event_about, say
from tests.support.postgres import Databases


@pytest.fixture(params=["direct", "chaos", "kafka"])
def bus(request: pytest.FixtureRequest) -> Bus:
    """Each bus in turn; chaos is the direct one that repeats and reorders."""
    if request.param == "kafka":
        broker = request.getfixturevalue("kafka")
        from rcm.messaging.kafka import KafkaBus

        return KafkaBus(broker.bootstrap)
    return DirectBus(Chaos(duplicate=True, reorder=True, seed=7) if request.param == "chaos" else None)


@pytest_asyncio.fixture
async def two(databases: Databases, bus: Bus) -> AsyncIterator[Pair]:
    async with pair(databases, bus) as found:
        yield found


def in_order(taken: list[Any], things: list[Any], sequences: list[int]) -> bool:
    """Whether each thing's events took effect once each and in the order of their versions."""
    return all([row["sequence"] for row in taken if row["subject"] == thing] == sequences for thing in things)


async def test_everything_arrives_once_and_in_order(two: Pair) -> None:
    things = [new_id() for _ in range(40)]
    for _ in range(12):
        await two.say(things)
    await two.quiet()
    taken = await two.taken()
    assert len(taken) == 40 * 12
    assert in_order(taken, things, list(range(1, 13)))
    await eventually(lambda: state(two))
    assert await parked_ones(two) == []


async def test_long_events_arrive_in_order_too(two: Pair) -> None:
    """Of 300 KB each: more than one batch of Kafka's producer holds, and the first of them alone more than half."""
    things = [new_id() for _ in range(3)]
    for _ in range(4):
        await two.say(things, reason="x" * 300_000)
    await two.quiet()
    taken = await two.taken()
    assert len(taken) == 12
    assert in_order(taken, things, [1, 2, 3, 4])


async def test_order_holds_where_writers_overlap(two: Pair) -> None:
    """FOUNDATION's interleaving: an xid taken early, then a key read that a later xid has changed and committed."""
    things = [new_id() for _ in range(6)]

    async def once(number: int, turn: int, unit: UnitOfWork) -> None:
        # Takes the xid before the key is looked at, as an inbox row would.
        await unit.connection.fetchval("select pg_current_xact_id()::text")
        await asyncio.sleep(0.001 * ((number + turn) % 3))
        thing = things[(number * 7 + turn) % len(things)]
        version = 1 + await unit.connection.fetchval("select version from thing where thing_id = $1", thing)
        await unit.connection.execute("update thing set version = $2 where thing_id = $1", thing, version)
        unit.emit(event_about(thing, version), organisation_id=ORGANISATION, sequence=version, correlation_id=thing)

    async def writer(number: int) -> None:
        for turn in range(20):
            await two.producer.run(partial(once, number, turn), organisation_id=ORGANISATION, cause=Cause())

    await two.say(things)
    await asyncio.gather(*(writer(number) for number in range(4)))
    await two.quiet()
    taken = await two.taken()
    assert len(taken) == 6 + 4 * 20
    for thing in things:
        found = [row["sequence"] for row in taken if row["subject"] == thing]
        assert found == list(range(1, len(found) + 1))


async def test_an_xid_taken_early_does_not_overtake(two: Pair) -> None:
    """The same, step by step: at READ COMMITTED the first writer would say version 3 before the second's version 2."""
    things = [new_id()]
    await two.say(things)
    began, overtaken = asyncio.Event(), asyncio.Event()
    tries = 0

    async def early(unit: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        await unit.connection.fetchval("select pg_current_xact_id()::text")
        began.set()
        await overtaken.wait()
        await say(unit, ORGANISATION, things)

    first = asyncio.create_task(two.producer.run(early, organisation_id=ORGANISATION, cause=Cause()))
    await began.wait()
    await two.say(things)
    overtaken.set()
    await first
    await two.quiet()
    assert tries == 2
    assert [row["sequence"] for row in await two.taken()] == [1, 2, 3]


async def test_a_rolled_back_transaction_says_nothing(two: Pair) -> None:
    thing = new_id()

    async def fails(unit: UnitOfWork) -> None:
        unit.emit(event_about(thing, 1), organisation_id=ORGANISATION, sequence=1, correlation_id=thing)
        raise RuntimeError("after it was said")

    with pytest.raises(RuntimeError):
        await two.producer.run(fails, organisation_id=ORGANISATION, cause=Cause())
    await two.say([thing])
    await two.quiet()
    assert [row["sequence"] for row in await two.taken()] == [1]


async def test_poison_goes_to_the_dead_letters_alone(two: Pair) -> None:
    things = [new_id() for _ in range(20)]
    bad = things[7]
    await two.say(things)
    await two.say([bad], reason=POISON)
    await two.say(things)
    await two.quiet()
    await eventually(lambda: dead(two, 1))
    taken = await two.taken()
    assert len(taken) == 40
    assert in_order(taken, [bad], [1, 3])
    async with two.consumer.api.transaction(ORGANISATION) as connection:
        [letter] = await dead_letters(connection, ORGANISATION, None, 10)
    assert (letter.code, letter.reason, letter.subject) == ("conflict", "this message can never succeed", bad)


async def parked_ones(two: Pair) -> list[UUID]:
    """What each message is about that is put aside, dead or not."""
    return [row["subject"] for row in await two.consumer.worker.pool.fetch("select subject from parked_message")]


async def dead(two: Pair, number: int) -> bool:
    return (await two.consumer.flow()).dead_letters == number


async def test_dead_letters_are_retried_or_dropped(two: Pair) -> None:
    first, second = new_id(), new_id()
    await two.say([first, second], reason=POISON)
    await eventually(lambda: dead(two, 2))
    async with two.consumer.api.transaction(ORGANISATION) as connection:
        letters = {letter.subject: letter for letter in await dead_letters(connection, ORGANISATION, None, 10)}
        assert await drop_dead_letter(connection, ORGANISATION, letters[second].dead_letter_id, "pat (admin)")
        assert not await drop_dead_letter(connection, ORGANISATION, letters[second].dead_letter_id, "pat (admin)")
        assert await retry_dead_letter(connection, ORGANISATION, letters[first].dead_letter_id)
    two.consumer.wake()
    await eventually(lambda: dead(two, 1))
    two.moods.poison = False
    async with two.consumer.api.transaction(ORGANISATION) as connection:
        assert await retry_dead_letter(connection, ORGANISATION, letters[first].dead_letter_id)
    two.consumer.wake()
    await eventually(lambda: state(two))
    assert await parked_ones(two) == [second], "it was dropped"
    assert [row["subject"] for row in await two.taken()] == [first]


async def test_a_dead_letter_of_another_organisation_is_out_of_reach(two: Pair) -> None:
    await two.say([new_id()], reason=POISON)
    await eventually(lambda: dead(two, 1))
    await two.quiet()  # a broker that is not told so gives the poison to the next test, too
    stranger = new_id()
    letter = await two.consumer.worker.pool.fetchval("select parked_id from parked_message")
    async with two.consumer.api.transaction(stranger) as connection:
        assert await dead_letters(connection, ORGANISATION, None, 10) == []
        assert not await retry_dead_letter(connection, stranger, letter)
        assert not await drop_dead_letter(connection, ORGANISATION, letter, "pat (admin)")


async def test_what_is_transient_is_tried_again_and_keeps_its_keys_order(two: Pair) -> None:
    busy, other = new_id(), new_id()
    two.moods.busy = True
    await two.say([busy], reason=BUSY)
    await eventually(lambda: state(two, retrying=1))
    await two.say([busy, other])
    await eventually(lambda: state(two, retrying=1, waiting=1))
    assert [row["subject"] for row in await two.taken()] == [other]
    two.moods.busy = False
    two.consumer.wake()
    await two.quiet()
    await eventually(lambda: state(two))
    assert in_order(await two.taken(), [busy], [1, 2])


async def state(two: Pair, *, retrying: int = 0, waiting: int = 0) -> bool:
    """Whether so many are put aside, and all others taken."""
    unpublished = (await two.producer.flow()).unpublished
    flow = await two.consumer.flow()
    return (flow.retrying, flow.waiting, unpublished, flow.unconsumed) == (retrying, waiting, 0, 0)


async def test_a_fact_before_its_fact_waits_and_comes_when_it_arrives(two: Pair) -> None:
    early, other = new_id(), new_id()
    await two.say([early, other], reason=EARLY)
    await two.say([early])
    await eventually(lambda: state(two, waiting=3))
    assert await two.taken() == []
    await arrive(two, early, tell=True)
    await eventually(lambda: state(two, waiting=1))
    assert in_order(await two.taken(), [early], [1, 2])


async def test_what_waits_comes_when_another_event_brings_its_fact(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "FIRST_PAUSE_SECONDS", 3600.0)
    early = new_id()
    await two.say([early], reason=EARLY)
    await eventually(lambda: state(two, waiting=1))
    await two.say([new_id()], reason=f"{BRINGS}{early}")
    await eventually(lambda: state(two))
    assert in_order(await two.taken(), [early], [1])


async def test_a_message_may_wait_for_what_its_own_batch_brings(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "FIRST_PAUSE_SECONDS", 3600.0)
    early = new_id()

    async def work(unit: UnitOfWork) -> None:
        await say(unit, ORGANISATION, [early], EARLY)
        await say(unit, ORGANISATION, [new_id()], f"{BRINGS}{early}")

    await two.producer.run(work, organisation_id=ORGANISATION, cause=Cause())
    await eventually(lambda: state(two))
    assert in_order(await two.taken(), [early], [1])


async def test_the_sweep_finds_what_two_transactions_missed(two: Pair) -> None:
    """The waiting and the arrival committed at once, neither seeing the other: nobody tells, the sweep looks."""
    early = new_id()
    await two.say([early], reason=EARLY)
    await eventually(lambda: state(two, waiting=1))
    await arrive(two, early, tell=False)
    await eventually(lambda: state(two))
    assert in_order(await two.taken(), [early], [1])


async def arrive(two: Pair, thing: Any, *, tell: bool) -> None:
    async def work(unit: UnitOfWork) -> None:
        await unit.connection.execute("insert into thing values ($1, $2, 1)", ORGANISATION, thing)
        if tell:
            unit.arrived("thing", [thing])

    await two.consumer.run(work, organisation_id=ORGANISATION, cause=Cause())


async def test_a_replay_publishes_again_and_has_no_effect_twice(two: Pair) -> None:
    things = [new_id() for _ in range(5)]
    await two.say(things)
    await asyncio.sleep(0.01)
    since = datetime.now(UTC)
    await two.say(things)
    await two.quiet()
    assert await two.producer.replay(since) == 5
    await two.quiet()
    assert len(await two.taken()) == 10
    # A consumer that has forgotten everything is filled again from the log.
    owner = await Database.open(two.consumer.worker.url.replace("_worker@", "_owner@"), maximum=1)
    await owner.pool.execute("truncate inbox, taken")
    await owner.close()
    assert await two.producer.replay(datetime(2020, 1, 1, tzinfo=UTC)) == 10
    await two.quiet()
    assert in_order(await two.taken(), things, [1, 2])


async def test_a_replay_for_one_organisation_publishes_what_that_said_and_then_goes_on(two: Pair) -> None:
    mine, theirs, stranger = [new_id() for _ in range(5)], [new_id() for _ in range(5)], new_id()

    async def strange(unit: UnitOfWork) -> list[UUID]:
        return await say(unit, stranger, theirs, "")

    for _ in range(2):
        await two.say(mine)
        await two.producer.run(strange, organisation_id=stranger, cause=Cause())
    await two.quiet()
    owner = await Database.open(two.consumer.worker.url.replace("_worker@", "_owner@"), maximum=1)
    await owner.pool.execute("truncate inbox, taken")
    await owner.close()
    assert await two.producer.replay(datetime(2020, 1, 1, tzinfo=UTC), ORGANISATION) == 10
    await two.say(mine)
    await two.producer.run(strange, organisation_id=stranger, cause=Cause())
    await eventually(lambda: counted(two, 20))
    await two.quiet()
    taken = await two.taken()
    assert in_order(taken, mine, [1, 2, 3])
    assert in_order(taken, theirs, [3])


async def counted(two: Pair, number: int) -> bool:
    return len(await two.taken()) >= number


async def test_causes_and_traces_travel(two: Pair) -> None:
    thing, request = new_id(), new_id()
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    seen: list[Any] = []

    async def look(unit: UnitOfWork, messages: Any) -> None:
        seen.extend((message, unit.cause) for message in messages)

    handlers = two.consumer._consumer.handlers
    handlers.update(dict.fromkeys(handlers, look))

    async def work(unit: UnitOfWork) -> None:
        unit.emit(event_about(thing, 1), organisation_id=ORGANISATION, sequence=1, correlation_id=thing)

    await two.producer.run(work, organisation_id=ORGANISATION, cause=Cause(request, trace, "a test"))
    await two.quiet()
    [(message, cause)] = seen
    assert (message.causation_id, message.traceparent, message.correlation_id) == (request, trace, thing)
    assert message.organisation_id == ORGANISATION
    assert message.data == Voided(thing, ""), "what the subscription reads of the event"
    assert (cause.causation_id, cause.traceparent) == (message.event_id, trace)
    assert cause.actor == "payments-svc ClaimVoided"


async def test_work_goes_on_when_a_runtime_is_stopped_and_started(databases: Databases, bus: Bus) -> None:
    async with pair(databases, bus) as two:
        things = [new_id() for _ in range(10)]
        await two.say(things)
        await two.producer.stop()
        await two.say(things)
        assert (await two.producer.flow()).unpublished >= 10
        again = type(two.producer)(
            two.producer.service, api=two.producer.api, worker=two.producer.worker, clock=SystemClock(), bus=bus
        )
        await again.start()
        try:
            await two.quiet()
        finally:
            await again.stop()
        assert in_order(await two.taken(), things, [1, 2])
