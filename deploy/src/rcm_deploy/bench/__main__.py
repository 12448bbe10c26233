"""`make bench`: one JSON object; every ratio in it comes from this one run."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from rcm_deploy.bench import codes, real
from rcm_deploy.bench.real import RealPath
from rcm_deploy.bench.turns import bench_bus, in_turns, per_second
from rcm_deploy.bench.ways import BATCH, BATCH_CLIENTS, Way
from rcm_deploy.demo.system import own_system
from rcm_deploy.remote import remote

STORED_AT_ONCE = 5_000
FEW = 1_000
"""Claims that the new system of the growth's measure holds at first."""
GROWTH_COUNT = 5_000
GROWTH_ROUNDS = 3


async def bench_growth(stored: int, count: int) -> dict[str, float]:
    """The seconds that a claim takes with many stored claims against few, direct bus, two systems in turns."""
    with (
        own_system(bus="direct", environment=real.ENVIRONMENT) as full,
        own_system(bus="direct", environment=real.ENVIRONMENT) as new,
    ):
        full.start()
        async with remote(full.data_folder) as many_connected:
            many = RealPath.of(many_connected, full.data_folder)
            for _ in range(0, stored, STORED_AT_ONCE):
                await many.go(_in_batches(STORED_AT_ONCE))
            new.start()
            async with remote(new.data_folder) as few_connected:
                few = RealPath.of(few_connected, new.data_folder)
                await few.go(_in_batches(FEW))
                legs = await in_turns({"few": few, "many": many}, [_in_batches(count)], GROWTH_ROUNDS)
    rates = {name: per_second(gone["growth"]) for name, gone in legs.items()}
    return {
        "stored": stored,
        "microseconds_few": round(1e6 / rates["few"], 1),
        "microseconds_many": round(1e6 / rates["many"], 1),
        "ratio": round(rates["few"] / rates["many"], 3),
    }


def _in_batches(count: int) -> Way:
    return Way("growth", count, BATCH, BATCH_CLIENTS)


async def bench(buses: Sequence[str], count: int, rounds: int, stored: int) -> dict[str, Any]:
    """Everything, bus by bus."""
    result: dict[str, Any] = {"processors": os.cpu_count(), "encounters": count, "rounds": rounds}
    for bus in buses:
        result[bus] = await bench_bus(bus, count, rounds)
    if stored:
        result["growth"] = await bench_growth(stored, GROWTH_COUNT)
    return result


def main() -> None:
    """Prints the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buses", default="direct,kafka")
    parser.add_argument("--encounters", type=int, default=10_000, help="posted singly in a turn, for each number of clients")
    parser.add_argument("--rounds", type=int, default=2, help="turns of the real path and of each floor")
    parser.add_argument("--stored", type=int, default=100_000, help="stored claims for the cost of growth; 0 leaves it out")
    arguments = parser.parse_args()
    code_sets = codes.measure()
    result = asyncio.run(bench(arguments.buses.split(","), arguments.encounters, arguments.rounds, arguments.stored))
    result["codes"] = code_sets
    sys.stdout.write(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")


if __name__ == "__main__":
    main()
