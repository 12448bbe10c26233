"""Appending to the log: what events have in common is said once in its statement, and each comes back with its own."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from rcm.clock import SystemClock
from rcm.contracts.claims import ClaimVoided, PayerSequenceCompleted
from rcm.contracts.envelope import Event, WrittenEvent
from rcm.database.pool import Database
from rcm.ids import new_id
from rcm.messaging.log import append, read_log
from rcm.messaging.unit_of_work import PendingEvent
from rcm.messaging.wire import START
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


@pytest.mark.parametrize(
    "pending",
    [
        [event(1)],
        [event(1), event(2)],
        [event(1, cause=CAUSE, trace=TRACE), event(2, cause=CAUSE, trace=TRACE)],
        [event(1, trace=TRACE), event(2, OTHER, OTHER, CAUSE), event(3, kind=PayerSequenceCompleted)],
        [event(1), event(2, correlation=OTHER), event(3, OTHER, cause=CAUSE, trace=TRACE)],
        [event(3, cause=CAUSE), event(3, cause=OTHER), event(3)],
        [event(2, cause=CAUSE), event(2, cause=CAUSE)],
    ],
)
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
