"""Demos for tests: the result without what may differ from run to run."""

from collections.abc import Sequence
from typing import Any

from rcm_deploy.demo.whole import run_demo

NOTHING: tuple[str, ...] = ()


async def outcome(*, encounters: int, seed: int, bus: str, chaos: Sequence[str] = NOTHING) -> dict[str, Any]:
    """What a demo ends with, but for `events` and `seconds`."""
    result, _ = await run_demo(encounters=encounters, seed=seed, bus=bus, chaos=chaos, progress=lambda *_: None)
    return {name: value for name, value in result.items() if name not in ("events", "seconds")}
