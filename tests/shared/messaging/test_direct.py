"""The direct bus alone: nothing counts as published before everybody who belongs to it has taken it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from rcm.clock import SystemClock
from rcm.contracts.claims import ClaimHeld, ClaimVoided
from rcm.contracts.envelope import Event, WrittenEvent
from rcm.contracts.values import Rank
from rcm.database.pool import Database
from rcm.ids import new_id
from rcm.messaging import just_said, log, relay
from rcm.messaging.direct import Chaos, DirectBus
from rcm.messaging.flush import flush
from rcm.messaging.log import read_log
from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.messaging.wire import START, Envelope
from tests.shared.messaging.system import ORGANISATION, PATIENCE_SECONDS, eventually, pair, running
from tests.shared.messaging.toy.service import Moods, consumer, producer, say
from tests.support.postgres import Databases


async def test_a_relay_waits_for_a_consumer_that_starts_later_and_for_one_that_stopped_first(databases: Databases) -> None:
    bus, thing = DirectBus(), new_id()
    one, two = producer(), consumer(Moods())
    async with databases.fresh(one) as first, databases.fresh(two) as second:
        api, worker = await Database.open(second.api_url), await Database.open(second.worker_url)
        late = Runtime(two, api=api, worker=worker, clock=SystemClock(), bus=bus)
        async with running(one, first.api_url, first.worker_url, bus) as saying:

            async def once() -> None:
                await saying.run(lambda unit: say(unit, ORGANISATION, [thing]), organisation_id=ORGANISATION, cause=Cause())

            async def published() -> bool:
                return (await saying.flow()).unpublished == 0

            await once()
            await asyncio.sleep(0.5)
            assert not await published()
            await late.start()
            await eventually(published)
            await late.stop()
            await once()
            await asyncio.sleep(0.5)
            assert not await published()
        taken = await worker.pool.fetch("select sequence from taken")
        assert [row["sequence"] for row in taken] == [1]
        again = Runtime(two, api=api, worker=worker, clock=SystemClock(), bus=bus)
        await again.start()
        async with running(one, first.api_url, first.worker_url, bus) as saying:

            async def both() -> bool:
                return [row["sequence"] for row in await worker.pool.fetch("select sequence from taken")] == [1, 2]

            await eventually(both)
        await again.stop()
        await api.close()
        await worker.close()


class Later(ClaimVoided):
    """ClaimVoided as a later release says it."""

    VERSION = 9

    @classmethod
    def type_name(cls) -> str:
        return "rcm.claims.ClaimVoided.v9"


async def test_what_nobody_hears_is_not_read_and_what_nobody_knows_is_put_aside(databases: Databases) -> None:
    async with pair(databases, DirectBus()) as two:
        carried: list[str] = []
        publish = two.producer._relay._publish

        async def watched(service: str, envelopes: Sequence[Envelope]) -> None:
            carried.extend(envelope.type for envelope in envelopes)
            await publish(service, envelopes)

        two.producer._relay._publish = watched

        async def said(*kinds: type[Event]) -> None:
            async def work(unit: UnitOfWork) -> None:
                for kind in kinds:
                    thing = new_id()
                    text = f'{{"claim_id":"{thing}","encounter_id":"{thing}","rank":"P","reason":"","edits":[]}}'
                    event = WrittenEvent(kind, thing, text)
                    unit.emit(event, organisation_id=ORGANISATION, sequence=1, correlation_id=thing)

            await two.producer.run(work, organisation_id=ORGANISATION, cause=Cause())
            await two.quiet()

        await said(ClaimHeld, ClaimHeld)
        assert carried == []
        await said(ClaimHeld, ClaimVoided, Later, ClaimHeld)
        await said(ClaimHeld)
        assert carried == [ClaimVoided.type_name(), Later.type_name()]
        assert len(await two.taken()) == 1
        assert (await two.consumer.flow()).dead_letters == 1
        async with two.producer.worker.pool.acquire() as connection:
            everything = (await read_log(connection, START, 100)).envelopes
        assert [envelope.type for envelope in everything].count(ClaimHeld.type_name()) == 5


def voided(unit: UnitOfWork, things: Sequence[UUID]) -> None:
    """Says what hot paths say, events whose JSON stands already; and last one that is a model."""
    for thing in things:
        model = ClaimVoided(claim_id=thing, encounter_id=thing, rank=Rank.PRIMARY, reason="")
        event = model if thing == things[-1] else WrittenEvent(ClaimVoided, thing, model.model_dump_json())
        unit.emit(event, organisation_id=ORGANISATION, sequence=1, correlation_id=thing)


@pytest.mark.parametrize(("kept", "read"), [(100, 0), (10, 12)])
async def test_of_what_was_said_here_the_relay_reads_no_content_unless_it_is_too_much(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, kept: int, read: int
) -> None:
    monkeypatch.setattr(just_said, "KEPT_MAX", kept)
    contents: list[UUID] = []
    envelope_of = log.envelope_of
    said = asyncio.Event()
    read_log_of = relay.Relay._read

    async def once_said(self: relay.Relay, *arguments: Any) -> Any:
        await said.wait()  # a relay that looks between a commit and its answer knows nothing of what was said
        return await read_log_of(self, *arguments)

    monkeypatch.setattr(relay.Relay, "_read", once_said)
    async with pair(databases, DirectBus()) as two:

        async def leading() -> bool:
            return two.producer._relay.leading

        await eventually(leading)

        def watched(row: Any) -> Envelope:
            contents.append(row[4])
            return envelope_of(row)

        monkeypatch.setattr(log, "envelope_of", watched)

        async def work(unit: UnitOfWork) -> None:
            voided(unit, [new_id() for _ in range(12)])

        await two.producer.run(work, organisation_id=ORGANISATION, cause=Cause())
        said.set()
        await two.quiet()
        assert len(await two.taken()) == 12
        assert len(contents) == read
        assert not two.producer._relay._just_said


async def test_what_was_published_before_it_was_known_here_is_forgotten(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when events that the relay read between a commit and its answer stay in memory."""
    monkeypatch.setattr(relay, "SWEEP_SECONDS", 0.05)
    async with pair(databases, DirectBus()) as two:
        producing, units = two.producer._relay, list[UnitOfWork]()

        async def work(unit: UnitOfWork) -> None:
            voided(unit, [new_id()])
            units.append(unit)

        async def forgotten() -> bool:
            return not producing._just_said

        await two.producer.run(work, organisation_id=ORGANISATION, cause=Cause())
        await two.quiet()
        producing.said(units[0])
        assert producing._just_said
        await eventually(forgotten)


async def test_what_another_process_said_is_read_from_the_log(databases: Databases) -> None:
    async with pair(databases, DirectBus()) as two:
        things = [new_id() for _ in range(3)]

        async def elsewhere(connection: Any) -> None:
            unit = UnitOfWork(connection, SystemClock(), organisation_id=None, cause=Cause())
            voided(unit, things[:2])
            await flush(unit)

        async def here(unit: UnitOfWork) -> None:
            voided(unit, things[2:])

        await two.producer.worker.run(elsewhere)
        await two.producer.run(here, organisation_id=ORGANISATION, cause=Cause())
        await two.quiet()
        assert [row["subject"] for row in await two.taken()] == things


async def test_chaos_gives_everything_twice(databases: Databases) -> None:
    async with pair(databases, DirectBus(Chaos(duplicate=True, reorder=True, seed=3))) as two:
        given: list[int] = []
        take = two.consumer._consumer.take

        async def counted(envelopes: list[object]) -> None:
            given.append(len(envelopes))
            await take(envelopes)  # type: ignore[arg-type]

        two.consumer._consumer.take = counted  # type: ignore[assignment,method-assign]
        await two.say([new_id() for _ in range(50)])
        await two.quiet()
        assert sum(given) >= 100
        assert len(await two.taken()) == 50


async def test_the_end_of_an_older_transaction_lets_go_at_once_what_it_held_back(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "UNSETTLED_SECONDS", PATIENCE_SECONDS)
    written, go_on = asyncio.Event(), asyncio.Event()

    async def older(unit: UnitOfWork) -> None:
        await unit.connection.execute("insert into thing values ($1, $2, 1)", ORGANISATION, new_id())
        written.set()
        await go_on.wait()

    async with pair(databases, DirectBus()) as two:
        holding = asyncio.create_task(two.producer.run(older, organisation_id=ORGANISATION, cause=Cause()))
        await written.wait()
        await two.say([new_id()])

        async def held_back() -> bool:
            return two.producer._relay.unsettled

        await eventually(held_back)
        assert await two.taken() == []
        go_on.set()
        await holding
        await two.quiet(PATIENCE_SECONDS / 2)
        assert len(await two.taken()) == 1
