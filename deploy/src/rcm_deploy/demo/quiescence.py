"""When is a system at rest? Every log read to its end, nothing waiting for a retry or a file, no answer due.

What "at rest" is made of is asked of the programs themselves: the services' flow, the claims that wait for a file, the
adapter's and the sandbox's open work.
"""

import asyncio
from dataclasses import dataclass

from rcm_deploy.remote import SERVICES, NotRunningError, Remote

LOOK_SECONDS = 0.1
STILL_LOOKS = 2
"""So many equal looks in a row, none with anything moving, are rest: work may pass unseen between two questions of a look."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything that can move."""

    log_events: int
    moving: int
    """Events, files and claims on their way, without what waits for the sandbox's clock."""
    sandbox_pending: int
    """Answers that the sandbox will give when its clock has come that far."""
    dead_letters: int


async def look(remote: Remote) -> Look:
    """Asks every program once."""
    flows = await asyncio.gather(
        *(remote.json("GET", service, "/v1/admin/flow") for service in SERVICES),
        remote.json("GET", "adapter", "/v1/flow"),
        remote.json("GET", "sandbox", "/v1/flow"),
        remote.json("GET", "claims", "/v1/summary"),
        remote.json("GET", "payments", "/v1/unmatched", params={"state": "unmatched", "limit": 1}),
    )
    *services, adapter, sandbox, claims, unmatched = flows
    by_state = claims["claims"]
    return Look(
        log_events=sum(flow["log_events"] for flow in services),
        moving=sum(flow[name] for flow in services for name in ("unpublished", "unconsumed", "waiting", "retrying"))
        + adapter["waiting"]
        + sandbox.get("unread", 0)
        # A remittance taken at the same moment as its claim's submission is joined to it by a sweep.
        + len(unmatched["items"])
        + sum(by_state.get(state, 0) for state in ("DRAFT", "READY", "BATCHED")),
        sandbox_pending=sandbox["pending"],
        dead_letters=sum(flow["dead_letters"] for flow in services),
    )


async def settle(remote: Remote, *, patience_seconds: float = 900.0) -> Look:
    """Waits until nothing moves any more but by the sandbox's clock. Raises NotRunningError when that takes too long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    last: Look | None = None
    still = 0
    while loop.time() < deadline:
        now = await look(remote)
        still = still + 1 if now == last and now.moving == 0 else 0
        if still >= STILL_LOOKS:
            return now
        last = now
        await asyncio.sleep(LOOK_SECONDS)
    raise NotRunningError(f"the system did not come to rest in {patience_seconds:.0f} s; last seen: {last}")
