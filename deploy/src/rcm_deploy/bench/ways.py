"""The ways of intake that are measured, and what every system that is measured can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rcm_deploy.bench.load import Load

BATCH = 100
CLIENTS = (8, 16, 32)
BATCH_CLIENTS = 2
BATCHED = 3
"""So many times the encounters in batches: they are faster, and what the last file and its payer wait must count for little."""
Writes = dict[str, dict[str, float]]
"""By database: rows, events (log rows, among the rows) and committed transactions."""


@dataclass(frozen=True, slots=True)
class Way:
    """So many encounters, so many in a request, over so many connections at once."""

    name: str
    count: int
    batch: int
    clients: int


def single_ways(count: int) -> list[Way]:
    """One encounter a request."""
    return [Way(f"single {clients}", count, 1, clients) for clients in CLIENTS]


def batch_way(count: int) -> Way:
    """NDJSON."""
    return Way("batch", BATCHED * count, BATCH, BATCH_CLIENTS)


@dataclass(frozen=True, slots=True)
class Leg:
    """One way gone once: from the first post until the last encounter has arrived."""

    encounters: int
    seconds: float
    load: Load


class Path(Protocol):
    """A running system that encounters go through: the real one or a floor."""

    async def go(self, way: Way) -> Leg:
        """Posts the encounters of a way, each of them new to the system, and waits for the last to arrive."""
        ...

    async def written(self) -> Writes:
        """What its databases have written so far."""
        ...


def per_encounter(before: Writes, after: Writes, count: int) -> Writes:
    """What was written between two looks, for each encounter."""
    return {
        database: {kind: round((after[database][kind] - before[database][kind]) / count, 2) for kind in after[database]}
        for database in after
    }


async def writes_of(path: Path, ways: Sequence[Way]) -> Writes:
    """What a system writes for each encounter that goes these ways."""
    before = await path.written()
    for way in ways:
        await path.go(way)
    return per_encounter(before, await path.written(), sum(way.count for way in ways))
