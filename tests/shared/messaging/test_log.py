"""Appending to the log: what events have in common is said once in its statement, and each comes back with its own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from rcm.clock import SystemClock
from rcm.contracts.claims import ClaimVoided, PayerSequenceCompleted
from rcm.contracts.envelope import Event, WrittenEvent
from rcm.database.pool import Database
from rcm.ids import new_id
from rcm.messaging.flush import flush
from rcm.messaging.just_said import JustSaid
from rcm.messaging.log import append, read_heard, read_log
from rcm.messaging.unit_of_work import Cause, PendingEvent, UnitOfWork
from rcm.messaging.wire import START, Envelope
from tests.shared.messaging.system import ORGANISATION
from tests.shared.messaging.toy.service import Moods, consumer
from tests.support.postgres import Databases

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER, SUBJECT, CAUSE = new_id(), new_id(), new_id()


def event(
    sequence: int,
    organisation: UUID = ORGANISATION,
    correlation: UUID = SUBJECT,
    cause: UUID | None = None,
    trace: str | None = None,
    kind: type[Event] = ClaimVoided,
) -> PendingEvent:
    said = WrittenEvent(kind, SUBJECT, f'{{"sequence":{sequence},"text":"M\u00fcller, \\\\"a\\\\" "}}')
    return PendingEvent(new_id(), organisation, sequence, correlation, cause, trace, said)


SAID = [
    [event(1)],
    [event(1), event(2)],
    [event(1, cause=CAUSE, trace=TRACE), event(2, cause=CAUSE, trace=TRACE)],
    [event(1, trace=TRACE), event(2, OTHER, OTHER, CAUSE), event(3, kind=PayerSequenceCompleted)],
    [event(1), event(2, correlation=OTHER), event(3, OTHER, cause=CAUSE, trace=TRACE)],
    [event(3, cause=CAUSE), event(3, cause=OTHER), event(3)],
    [event(2, cause=CAUSE), event(2, cause=CAUSE)],
]


@pytest.mark.parametrize("pending", SAID)
async def test_what_is_kept_of_what_was_just_said_is_what_the_log_holds(
    databases: Databases, pending: Sequence[PendingEvent]
) -> None:
    kept = JustSaid()
    async with databases.fresh(consumer(Moods())) as there:
        database = await Database.open(there.worker_url, maximum=1)

        async def work(connection: Any) -> UnitOfWork:
            unit = UnitOfWork(connection, SystemClock(), organisation_id=None, cause=Cause())
            unit.pending += pending
            await flush(unit)
            return unit

        kept.add(await database.run(work), unheard=[])
        async with database.pool.acquire() as connection:
            found = (await read_log(connection, START, 10)).envelopes
            again = (await read_heard(connection, START, 10, [], kept)).envelopes
        await database.close()
    fields = [name for name in Envelope.__struct_fields__ if name not in ("position", "logged_at")]
    assert [[getattr(e, name) for name in fields] for e in again] == [[getattr(e, name) for name in fields] for e in found]
    assert [id(e) for e in again] == [id(e) for e in kept.all_of([e.event_id for e in found]) or []]
    kept.forget(again)
    assert not kept


@pytest.mark.parametrize("pending", SAID)
async def test_each_event_comes_back_as_it_was_said(databases: Databases, pending: Sequence[PendingEvent]) -> None:
    now = SystemClock().now()
    async with databases.fresh(consumer(Moods())) as there:
        database = await Database.open(there.worker_url, maximum=1)
        await database.run(lambda connection: append(connection, pending, now))
        async with database.pool.acquire() as connection:
            found = (await read_log(connection, START, 10)).envelopes
        await database.close()
    assert [
        (e.event_id, e.organisation_id, e.sequence, e.correlation_id, e.causation_id, e.traceparent, e.data, e.type, e.subject)
        for e in found
    ] == [
        (
            e.event_id,
            e.organisation_id,
            e.sequence,
            e.correlation_id,
            e.causation_id,
            e.traceparent,
            e.data.model_dump_json(),
            e.data.type_name(),
            SUBJECT,
        )
        for e in pending
    ]
    assert {e.time for e in found} == {now}
