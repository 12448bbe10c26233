"""A demo from nothing to its line: a fresh system, the story, the figures, and nothing left behind."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from rcm_deploy.demo.chaos import killing
from rcm_deploy.demo.run import Progress, play, read_result
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import remote

PATIENCE_SECONDS = 120.0


async def run_demo(
    *, encounters: int, seed: int, bus: str, chaos: Sequence[str], progress: Progress
) -> tuple[dict[str, Any], int]:
    """The demo's result, and how often something was killed. `chaos` holds any of kill, duplicate, reorder."""
    began = time.monotonic()
    with own_system(bus=bus, chaos=chaos, seed=seed) as system:
        progress("start", 0.0)
        system.start()
        async with AsyncExitStack() as stack:
            connected = await stack.enter_async_context(remote(system.data_folder, patience_seconds=PATIENCE_SECONDS))
            kills = 0
            if "kill" in chaos:
                async with killing(system, bus, seed) as killer:
                    await play(connected, encounters=encounters, seed=seed, progress=progress)
                kills = killer.kills
            else:
                await play(connected, encounters=encounters, seed=seed, progress=progress)
            result = await read_result(connected, time.monotonic() - began)
            return result, kills
