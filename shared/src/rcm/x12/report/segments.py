"""Transactions that have no types yet (278, 275, 820, 834, ...): their segments in their loops."""

from collections.abc import Generator
from typing import Any

from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.loops import HEADER, LoopTracker, kind_of
from rcm.x12.problems import Problem

Json = dict[str, Any]


def untyped(walker: Walker, item: TransactionSet, _: list[Problem]) -> Generator[tuple[str, Json], None, Json]:
    """Members of `loops`: each loop of the first level, whole, with its segments as they stand and the loops within it."""
    tracker = LoopTracker(kind_of(item.identifier, item.version))
    found: list[Json] = [_loop(HEADER)]
    """The loops that stand open, from the outermost."""
    for elements in item:
        place = tracker.place(elements)
        if place.begins:
            if place.depth == 1 or found[0]["loop"] == HEADER:
                yield "loops", found[0]
                found = []
            del found[place.depth - 1 :]
            loop = _loop(place.loop)
            if found:
                found[-1]["loops"].append(loop)
            found.append(loop)
        elif place.depth:
            del found[place.depth :]
        found[-1]["segments"].append(walker.raw)
    yield "loops", found[0]
    return {}


def _loop(number: str) -> Json:
    return {"loop": number, "segments": [], "loops": []}
