"""Rows: segments that follow each other in most files, taken at once where nothing is wrong with any of them.

A row is named by its segments alone: what each may hold comes from the guide's table, what the loops look like behind it from
the steps that the walk would have taken. Where a file has anything else, it is walked segment by segment, which alone decides.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct

from rcm.x12.grammar import Delimiters
from rcm.x12.validation.guide import LoopUse, SegmentUse
from rcm.x12.validation.machine import Machine, State
from rcm.x12.validation.patterns import in_a_row

Take = Callable[[re.Match[str]], bool]
"""What looks at a row's values; False, and nothing done, where they are for the walk."""


class Row(Struct, frozen=True):
    """A row as it is named."""

    first: str
    """The segment that begins it and its loop: "2000B HL"."""
    others: tuple[tuple[str, str], ...]
    """Ids, each with the code that tells it apart where one does."""
    told: Callable[[Delimiters], str] | None = None
    """An expression that begins where the row does: what rules between segments read of it, in groups."""
    repeats: bool = False
    """The row may come again and again."""


class ReadyRow:
    """A row at one place of a guide, for one set of delimiters."""

    __slots__ = ("length", "loops", "matches", "seen", "state")

    def __init__(self, row: Row, first: SegmentUse, machine: Machine) -> None:
        state, frames, uses = machine.state(first), [(first.loop, 1)], [first]
        for name, code in row.others:
            state, frames = _stepped(machine, state, frames, name, code)
            uses.append(state.use)
        told = f"(?={row.told(machine.delimiters)})" if row.told is not None else ""
        whole = told + in_a_row(uses, machine.delimiters)
        self.matches = re.compile(f"(?:{whole})+" if row.repeats else whole, re.ASCII).match
        self.length = len(uses)
        """Segments."""
        self.state: State = state
        """The last segment's."""
        self.seen = frames[0][1]
        """Which children of its loop were seen."""
        self.loops: list[tuple[LoopUse, int]] = frames[1:]
        """Loops below that are still open, with what was seen in them."""


def _stepped(
    machine: Machine, state: State, frames: list[tuple[LoopUse, int]], name: str, code: str
) -> tuple[State, list[tuple[LoopUse, int]]]:
    """The state and open loops after one segment more. Raises ValueError where the walk would find something."""
    step = machine.step(state, name, code)
    if step is None:
        raise ValueError(f"{name} {code} does not follow")
    for mask in step.leaves:
        loop, seen = frames[-1]
        if mask & ~seen or len(frames) == 1:
            raise ValueError(f"{loop.name} can't be left for {name} {code}")
        frames = frames[:-1]
    loop, seen = frames[-1]
    if step.passed & ~seen or seen & step.bit:
        raise ValueError(f"{name} {code} passes something over, or comes again")
    frames = [*frames[:-1], (loop, seen | step.bit)]
    return step.state, [*frames, (step.loop, 1)] if step.loop is not None else frames


@lru_cache(256)
def ready_rows(machine: Machine, row: Row) -> Mapping[int, ReadyRow]:
    """The row wherever the guide has it (2300 stands in 2000B and in 2000C), by its first segment's index; made once."""
    places = [use for use in machine.guide.segments if f"{use.loop.name} {use.name}" == row.first]
    return {use.index: ReadyRow(row, use, machine) for use in places}
