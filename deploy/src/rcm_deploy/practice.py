"""The invented practice: made known to the services by their own API, and fed a steady trickle of sample encounters."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from rcm.identity import Role
from rcm_deploy.remote import NotRunningError, Remote, Running, local_token
from rcm_deploy.samples.encounters import sample_encounter, sample_encounters
from rcm_deploy.samples.practice import set_up_requests

THERE_ALREADY = (409, 412, 428)
"""What a PUT answers that would change what it finds: then the practice was set up before."""
TRICKLE_PATIENCE_SECONDS = 3600.0


class PracticeRefused(RuntimeError):
    """The claims service did not take the sample practice."""


@asynccontextmanager
async def connected(running: Running) -> AsyncIterator[Remote]:
    """The running system's APIs, with tokens of its local key."""
    remote = Remote(running, local_token)
    try:
        yield remote
    finally:
        await remote.close()


async def set_up(remote: Remote) -> None:
    """Organisation, receivers, payers, billing provider, enrolments. Repeating it changes nothing."""
    for path, body in set_up_requests():
        response = await remote.call("PUT", "claims", path, role=Role.ADMIN, key=f"set-up:{path}", json=body)
        if response.is_error and response.status_code not in THERE_ALREADY:
            raise PracticeRefused(f"PUT {path} answered {response.status_code}: {response.text[:500]}")


async def trickle(running: Running, per_second: float) -> None:
    """Posts sample encounters one by one until it is cancelled; what is refused or fails is told by the services' own logs."""
    started = datetime.now(UTC)
    seed = int(started.timestamp())
    async with connected(running) as remote:
        remote.patience_seconds = TRICKLE_PATIENCE_SECONDS
        for number in itertools.count():
            encounter = next(sample_encounters(1, seed, datetime.now(UTC).date(), first=number))
            with suppress(httpx.HTTPError, NotRunningError):
                await remote.call(
                    "POST", "coding", "/v1/encounters", role=Role.EHR, key=f"trickle-{seed}-{number}", json=encounter
                )
            await asyncio.sleep(1 / per_second)


def write_sample(file: Path) -> None:
    """One encounter for the reader's own first request; each start makes another patient's, else it would be a duplicate."""
    now = datetime.now(UTC)
    number = int(now.timestamp()) % 1_000_000
    encounter = sample_encounter(number, 7, "001", now.date(), patient_number=number)
    file.write_text(json.dumps(encounter, indent=2) + "\n")
