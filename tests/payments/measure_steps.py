"""CPU time of Python per claim and step, beside the database's own: `python -m tests.payments.measure_steps [claims]`.

A real database; each step takes 500 claims a transaction. `handler` is this service's own code (and asyncpg's), `with platform`
adds what reads messages, keeps the inbox and writes the log. Numbers are for comparing, not a test.
"""

import asyncio
import functools
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from payments_svc.handlers.remittances import ReceivedContent
from payments_svc.handlers.requests import receive
from payments_svc.main import Settings, build
from rcm.contracts.envelope import Event, Message
from rcm.hosting import GC_THRESHOLDS
from rcm.messaging.parked import envelope_of_message
from rcm.messaging.subscription import Handler
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from tests.payments.making import Case, check, file_of
from tests.support.live import ORGANISATION, LiveService, live_service
from tests.support.postgres import Databases, running_server

BATCH = 500


class Stopwatch:
    """The best batch of a step: what other programs on the machine took is left out as far as can be."""

    def __init__(self, name: str, *, whole: bool) -> None:
        self.name, self.whole = name, whole
        self.cpu = self.wall = float("inf")

    async def time(self, count: int, work: Awaitable[object]) -> None:
        """Times one batch."""
        cpu, wall = time.process_time(), time.perf_counter()
        await work
        self.cpu = min(self.cpu, (time.process_time() - cpu) / count)
        self.wall = min(self.wall, (time.perf_counter() - wall) / count)

    def report(self) -> None:
        what = "with platform" if self.whole else "handler"
        times = f"{self.cpu * 1e6:7.1f} us CPU of Python {self.wall * 1e6:8.1f} us wall a claim"
        sys.stdout.write(f"{what:14} {self.name:24} {times}\n")


async def step(it: LiveService, name: str, events: Sequence[Event], *, whole: bool) -> None:
    """Feeds events in batches, either to the handler alone or through the consumer."""
    subscription = next(each for each in it.service.subscriptions if isinstance(events[0], each.event))
    messages = [it.message(event) for event in events]
    envelopes = [envelope_of_message(message) for message in messages]
    watch = Stopwatch(name, whole=whole)
    for start in range(0, len(messages), BATCH):
        if whole:
            await watch.time(BATCH, it.consumer.take(envelopes[start : start + BATCH]))
        else:
            read = [envelope.message(subscription.reads) for envelope in envelopes[start : start + BATCH]]
            work = _alone(subscription.handler, read)
            await watch.time(BATCH, it.runtime.run_worker(work, cause=Cause()))
    watch.report()


def _alone(handler: Handler[Any], messages: Sequence[Message[Event]]) -> Callable[[UnitOfWork], Awaitable[None]]:
    return lambda unit: handler(unit, messages)


async def measure(it: LiveService, count: int, offset: int, *, whole: bool) -> None:
    cases = [Case(charges=(10000, 2500, 4000), guarantor=f"G-{offset + number}") for number in range(count)]
    await step(it, "EncounterCoded", [case.coded() for case in cases], whole=whole)
    await step(it, "ClaimSubmitted", [case.submitted(last_payer=True) for case in cases], whole=whole)
    adjustments = ([("CO", "45", 2000), ("PR", "3", 2000)], [("CO", "45", 500)], [("CO", "45", 1000), ("PR", "2", 600)])
    files = [
        file_of(check(*(case.paid(*adjustments) for case in cases[start : start + BATCH]), trace=f"E{offset + start}"))
        for start in range(0, count, BATCH)
    ]

    watch = Stopwatch("835 (3 lines)", whole=whole)
    for content in files:
        work: Callable[[UnitOfWork], Awaitable[object]] = functools.partial(receive, file=ReceivedContent(content))
        await watch.time(BATCH, it.runtime.run(work, organisation_id=ORGANISATION, cause=Cause(actor="measure")))
    watch.report()
    await step(it, "PayerSequenceCompleted", [case.completed() for case in cases], whole=whole)
    await step(it, "PatientPaymentReceived", [case.pays(2600) for case in cases], whole=whole)


async def main(count: int) -> None:
    with running_server() as server:
        async with live_service(Databases(server), build(Settings())) as it:
            gc.freeze()
            gc.set_threshold(*GC_THRESHOLDS)
            await measure(it, BATCH, 0, whole=True)
            sys.stdout.write("-- warm\n")
            await measure(it, count, BATCH, whole=False)
            await measure(it, count, BATCH + count, whole=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
