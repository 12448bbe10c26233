"""The real path and its two floors, alive at once and measured in turns.

A machine that others share changes its speed by a third within minutes: a virtual one takes memory that it has not touched for
a while from its host at 5 to 20 us a page, and all that is written goes through such pages. Gone through one after the other,
the path would meet a fast minute and its floor a slow one, or the reverse; in turns both meet the same. Who has no turn idles
at 2 to 4 % of a core (with a broker 13).
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rcm_deploy.bench import real
from rcm_deploy.bench.floor import Shape
from rcm_deploy.bench.floors import running_floor, same_writes
from rcm_deploy.bench.load import percentile
from rcm_deploy.bench.processes import memory_mib
from rcm_deploy.bench.real import RealLeg, RealPath
from rcm_deploy.bench.ways import Leg, Path, Way, batch_way, single_ways, writes_of
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import remote

WARM_UP = Way("warm up", 200, 1, 8)
FIRST_PASS = 4
"""The pass that counts writes has one encounter in so many of what a turn has."""
Legs = dict[str, dict[str, list[Leg]]]
"""By path and way, one for each round."""


async def bench_bus(bus: str, count: int, rounds: int) -> dict[str, Any]:
    """One bus: figures of the real path, what is written for an encounter, the ratios to both floors."""
    singly, in_batches = single_ways(count // FIRST_PASS), batch_way(count // FIRST_PASS)
    with own_system(bus=bus, environment=real.ENVIRONMENT) as system:
        processes = system.start().processes
        async with remote(system.data_folder) as connected:
            path = RealPath.of(connected, system.data_folder)
            await path.go(WARM_UP)
            writes = await writes_of(path, singly)
            writes_in_batches = await writes_of(path, [in_batches])
            async with running_floor(bus, Shape()) as bare:
                await bare.go(WARM_UP)
                bare_writes = await writes_of(bare, singly)
                shape = same_writes(writes, bare_writes)
                async with running_floor(bus, shape) as same:
                    await same.go(WARM_UP)
                    same_writes_seen = await writes_of(same, singly)
                    ways = [*single_ways(count), batch_way(count)]
                    legs = await in_turns({"real": path, "same_writes": same, "four_hops": bare}, ways, rounds)
            return {
                **_figures(legs["real"]),
                "writes_per_encounter_single": writes,
                "writes_per_encounter_batch": writes_in_batches,
                "relay_lag_p95_ms": await path.relay_lag_p95_ms(),
                "memory_mib": memory_mib(processes),
                "floor_shape": asdict(shape),
                "floor_writes_per_encounter": {"four_hops": bare_writes, "same_writes": same_writes_seen},
                **_ratios(legs),
            }


async def in_turns(paths: dict[str, Path], ways: Sequence[Way], rounds: int) -> Legs:
    """Every path goes every way in each round; who goes first changes from round to round."""
    legs: Legs = {name: {way.name: [] for way in ways} for name in paths}
    for turn in range(rounds):
        for way in ways:
            for name, path in list(paths.items())[:: -1 if turn % 2 else 1]:
                legs[name][way.name].append(await path.go(way))
    return legs


def _figures(legs: dict[str, list[Leg]]) -> dict[str, Any]:
    """The real path's own: encounters a second, CPU and intake's latency by way."""
    figures = {way: _figures_of(gone) for way, gone in legs.items()}
    return {
        "single": {way.removeprefix("single "): found for way, found in figures.items() if way != "batch"},
        "batch": figures["batch"],
    }


def _figures_of(legs: list[Leg]) -> dict[str, Any]:
    count = sum(leg.encounters for leg in legs)
    spent = [leg.cpu_seconds for leg in legs if isinstance(leg, RealLeg)]
    latencies = [latency for leg in legs for latency in leg.load.latencies_ms]
    return {
        "encounters_per_second": round(per_second(legs), 1),
        "refused": sum(leg.load.refused for leg in legs),
        "cpu_us_per_encounter": {name: round(sum(each[name] for each in spent) / count * 1e6, 1) for name in spent[0]},
        "p50_ms": round(percentile(latencies, 0.5), 1),
        "p95_ms": round(percentile(latencies, 0.95), 1),
    }


def _ratios(legs: Legs) -> dict[str, Any]:
    """The floors' encounters a second and the real path's share of them: of all rounds together, and of each."""
    path, floors = legs["real"], {name: gone for name, gone in legs.items() if name != "real"}
    return {
        "floors_encounters_per_second": {
            name: {way: round(per_second(found), 1) for way, found in gone.items()} for name, gone in floors.items()
        },
        "ratios": {
            name: {way: round(per_second(path[way]) / per_second(found), 3) for way, found in gone.items()}
            for name, gone in floors.items()
        },
        "ratios_by_round": {
            name: {
                way: [round(per_second([ours]) / per_second([bare]), 3) for ours, bare in zip(path[way], found, strict=True)]
                for way, found in gone.items()
            }
            for name, gone in floors.items()
        },
    }


def per_second(legs: Sequence[Leg]) -> float:
    """Encounters a second over all of these legs."""
    return sum(leg.encounters for leg in legs) / sum(leg.seconds for leg in legs)
