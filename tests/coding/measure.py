"""What an encounter costs coding-svc in Python: `python -m tests.coding.measure`. The budget is 100 us (FOUNDATION).

Reading, edits, rows and event of the demo's encounters, without HTTP and without PostgreSQL: the store's statements are
replaced by nothing. Prints each part and the whole; no test asserts a time.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from msgspec.json import Encoder

from coding_svc import events
from coding_svc.domain.edits.catalogue import assess
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.repairs import repaired
from coding_svc.domain.service_keys import service_keys
from coding_svc.edi.json_bodies import read_json
from coding_svc.edi.parcel import Taken
from coding_svc.handlers.answers import answer_of
from coding_svc.handlers.intake import Delivery, receive
from coding_svc.main import code_book
from rcm.clock import FixedClock
from rcm.ids import new_id
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from rcm.web.answers import render
from rcm_deploy.samples.encounters import sample_encounters

GROUP = 32
NOW = datetime(2026, 3, 10, tzinfo=UTC)
BOOK = code_book()


class _Nothing:
    """A connection that stores nothing: what insert_rows does in Python is paid, what PostgreSQL does is not."""

    async def fetch(self, *_: object) -> list[Any]:
        return []


def bodies(count: int) -> list[bytes]:
    """The encounters that the demo and the benchmark send."""
    return [orjson.dumps(encounter) for encounter in sample_encounters(count, 7, NOW.date())]


async def whole(posted: Sequence[bytes]) -> None:
    """All that happens in Python between the bodies and the answers' bytes."""
    unit = UnitOfWork(_Nothing(), FixedClock(NOW), organisation_id=new_id(), cause=Cause())  # type: ignore[arg-type]
    deliveries = [Delivery(read_json(body), Cause()) for body in posted]
    outcomes = await receive(unit, BOOK, deliveries)
    for delivery, found in zip(deliveries, outcomes, strict=True):
        render(answer_of(delivery.parcel, found, NOW))
    assert len(unit.pending) == len(posted)


def best(work: Callable[[], object], times: int = 50, rounds: int = 100) -> float:
    """The best round's microseconds of processor time for each call."""
    found = 1e9
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(times):
            work()
        found = min(found, (time.process_time() - started) / times)
    return found * 1e6


def main() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    (body,) = bodies(1)
    (taken,) = read_json(body).items
    assert isinstance(taken, Taken)
    encounter, facts, identity = taken.encounter, BOOK.facts(NOW.date(), {}), new_id()
    parts = {
        "read_json (all of reading)": lambda: read_json(body),
        "  parse": lambda: encounter_of(body),
        "  repairs": lambda: repaired(encounter),
        "  service keys": lambda: service_keys(encounter),
        "  document": lambda: Encoder().encode(encounter),
        "edits": lambda: assess(encounter, facts),
        "event": lambda: events.coded(encounter, identity, "release"),
    }
    for name, work in parts.items():
        print(f"{name:32}{best(work):8.1f} us")  # noqa: T201
    posted = bodies(GROUP)
    loop = asyncio.new_event_loop()
    each = best(lambda: loop.run_until_complete(whole(posted)), times=2) / GROUP
    print(f"{f'whole, {GROUP} in a group':32}{each:8.1f} us an encounter")  # noqa: T201
    loop.close()


if __name__ == "__main__":
    main()
