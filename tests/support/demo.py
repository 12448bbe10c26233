"""Demos for tests: the result without what may differ from run to run."""

from collections.abc import Sequence
from typing import Any

import pytest

from rcm_deploy.demo.whole import run_demo
from rcm_deploy.jars import JarsMissing, verified_jars

NOTHING: tuple[str, ...] = ()


async def outcome(*, encounters: int, seed: int, bus: str, chaos: Sequence[str] = NOTHING) -> dict[str, Any]:
    """What a demo ends with, but for `events` and `seconds`."""
    result, _ = await run_demo(encounters=encounters, seed=seed, bus=bus, chaos=chaos, progress=lambda *_: None)
    return {name: value for name, value in result.items() if name not in ("events", "seconds")}


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """Skips where this machine can't have Kafka."""
    try:
        verified_jars()
    except JarsMissing as error:
        pytest.skip(str(error))
