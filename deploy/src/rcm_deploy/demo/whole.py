"""A demo from nothing to its line: a fresh system, the story, the figures, and nothing left behind."""

import itertools
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from rcm_deploy.demo.chaos import killing, publish_again
from rcm_deploy.demo.run import Progress, play, read_result, undisturbed
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import remote

PATIENCE_SECONDS = 1800.0
"""One request may meet every kill of a run, each with the time that a start takes on a busy machine."""
CHAOS = {"direct": ("kill", "duplicate", "reorder"), "kafka": ("kill", "duplicate")}
"""What can go wrong on purpose on each bus. Kafka keeps the order of what it was given: there is nothing to shuffle."""


async def run_demo(
    *, encounters: int, seed: int, bus: str, chaos: Sequence[str], progress: Progress
) -> tuple[dict[str, Any], Counter[str]]:
    """The demo's result, and how often what was killed. `chaos` holds what `CHAOS` names for the bus."""
    assert set(chaos) <= set(CHAOS[bus])
    began, started_at = time.monotonic(), datetime.now(UTC)
    times = itertools.count()
    with own_system(bus=bus, chaos=chaos, seed=seed) as system:
        progress("start", 0.0)
        system.start()
        async with AsyncExitStack() as stack:
            connected = await stack.enter_async_context(remote(system.data_folder, patience_seconds=PATIENCE_SECONDS))

            async def publish_all_again() -> None:
                await publish_again(connected, started_at, next(times))

            kills: Counter[str] = Counter()
            disturb = publish_all_again if bus == "kafka" and "duplicate" in chaos else undisturbed
            after_batch = undisturbed
            async with AsyncExitStack() as danger:
                if "kill" in chaos:
                    killer = await danger.enter_async_context(killing(system, bus, seed))
                    kills = killer.kills
                    if bus == "direct":
                        disturb = after_batch = killer.one_more
                await play(
                    connected, encounters=encounters, seed=seed, progress=progress, disturb=disturb, after_batch=after_batch
                )
            result = await read_result(connected, lambda: time.monotonic() - began)
            return result, kills
