"""CPU time of Python per claim and step: `python -m tests.claims.measure [claims] [stored before]`.

A real database; each step takes 500 claims a transaction. `handler` is this service's own code (and asyncpg's), `with platform`
adds what reads messages, keeps the inbox and writes the log. Numbers are for comparing, not a test.
"""

import asyncio
import functools
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from claims_svc.consumers import subscriptions
from claims_svc.domain.submission import Transmission
from claims_svc.handlers import acknowledgements, submissions
from claims_svc.handlers.context import Context
from claims_svc.main import Settings, build
from rcm.contracts.envelope import Event, Message
from rcm.identity import Role
from rcm.messaging.parked import envelope_of_message
from rcm.messaging.subscription import Handler
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from tests.claims.making import Case, Sent, claim_acknowledgement, set_up
from tests.support.live import NOW, ORGANISATION, LiveService, live_service
from tests.support.postgres import Databases, running_server

BATCH = 500


@dataclass
class Stopwatch:
    """The best batch of a step: what other programs on the machine took is left out as far as can be."""

    name: str
    cpu: float = float("inf")
    wall: float = float("inf")

    async def time(self, count: int, work: Awaitable[Any]) -> Any:
        """Times one batch."""
        cpu, wall = time.process_time(), time.perf_counter()
        found = await work
        self.cpu = min(self.cpu, (time.process_time() - cpu) / count)
        self.wall = min(self.wall, (time.perf_counter() - wall) / count)
        return found

    def report(self) -> None:
        sys.stdout.write(f"{self.name:42} {self.cpu * 1e6:7.1f} us of Python {self.wall * 1e6:8.1f} us wall a claim\n")


@dataclass
class Measurement:
    """One organisation's claims on their way, step by step."""

    it: LiveService
    context: Context
    whole: bool
    cases: list[Case] = field(default_factory=list)

    async def take(self, name: str, events: Sequence[Event]) -> None:
        """Feeds events in batches, either to the handler alone or through the consumer."""
        taker = next(each for each in subscriptions(self.context) if isinstance(events[0], each.event))
        watch = Stopwatch(f"{'with platform' if self.whole else 'handler'} {name}")
        for start in range(0, len(events), BATCH):
            messages = [self.it.message(event) for event in events[start : start + BATCH]]
            envelopes = [envelope_of_message(message) for message in messages]
            if self.whole:
                await watch.time(len(messages), self.it.consumer.take(envelopes))
            else:
                taken = _alone(taker.handler, [envelope.message(taker.reads) for envelope in envelopes])
                await watch.time(len(messages), self.it.runtime.run_worker(taken, cause=Cause()))
        watch.report()

    async def walk(self, count: int) -> None:
        """Every step of `count` claims."""
        self.cases = [Case(charges=(13200, 2900, 1500)) for _ in range(count)]
        await self.take("EncounterCoded (3 lines)", [case.coded() for case in self.cases])
        await self.cut(count)
        await self.transmit()
        sent = await self.sent()
        await self.acknowledge(sent)
        charges = (13200, 2900, 1500)
        await self.take("PaymentPosted", [each.posted(9000, 2000, 1000, responsibility=2000, charges=charges) for each in sent])

    async def request(self, watch: Stopwatch, work: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        cause = Cause(actor="measure")
        return await watch.time(BATCH, self.it.runtime.run(work, organisation_id=ORGANISATION, cause=cause))

    async def cut(self, count: int) -> None:
        watch = Stopwatch("file writing (837P)")
        policy, context = submissions.CutPolicy(claims_max=BATCH), self.context
        for _ in range(0, count, BATCH):
            await self.request(
                watch, functools.partial(submissions.cut_now, setups=context.setups, contents=context.contents, policy=policy)
            )
        watch.report()

    async def transmit(self) -> None:
        watch = Stopwatch("transmission, ClaimSubmitted each")
        for row in await self.it.rows("select submission_id, sha256 from submission where state = 'READY'"):
            transmission = Transmission(NOW, "inbound/file", row["sha256"])
            work: Callable[[UnitOfWork], Awaitable[Any]] = functools.partial(
                submissions.transmit,
                submission_id=row["submission_id"],
                transmission=transmission,
                setups=self.context.setups,
            )
            await self.request(watch, work)
        watch.report()

    async def sent(self) -> list[Sent]:
        rows = await self.it.rows(
            "select claim_id, encounter_id, patient_control_number from claim where state = 'SUBMITTED' order by claim_id"
        )
        return [Sent(UUID(str(claim)), UUID(str(encounter)), number, 17600, {}) for claim, encounter, number in rows]

    async def acknowledge(self, sent: Sequence[Sent]) -> None:
        watch = Stopwatch("277CA, ClaimAccepted each")
        for start in range(0, len(sent), BATCH):
            content = claim_acknowledgement(*[(each.number, "A2") for each in sent[start : start + BATCH]])
            work: Callable[[UnitOfWork], Awaitable[Any]] = functools.partial(
                acknowledgements.receive, content=content, setups=self.context.setups
            )
            await self.request(watch, work)
        watch.report()


def _alone(handler: Handler[Any], messages: Sequence[Message[Any]]) -> Callable[[UnitOfWork], Awaitable[None]]:
    return lambda unit: handler(unit, messages)


async def main(count: int, stored: int) -> None:
    with running_server() as server:
        async with live_service(Databases(server), build(Settings())) as it:
            async with it.client(Role.BILLER) as client:
                await set_up(client)
            context = it.service.context
            assert isinstance(context, Context)
            gc.freeze()
            gc.set_threshold(20000, 20, 50)
            await Measurement(it, context, whole=True).walk(max(stored, BATCH))
            sys.stdout.write(f"-- {max(stored, BATCH)} claims are stored\n")
            await Measurement(it, context, whole=False).walk(count)
            await Measurement(it, context, whole=True).walk(count)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, int(sys.argv[2]) if len(sys.argv) > 2 else BATCH))
