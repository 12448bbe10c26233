"""A guide made ready for walking: from each segment, which may come next, what is left, begun and passed over by it.

States are made when a file first needs them and kept for the guide and its delimiters.
"""

from collections.abc import Iterator
from functools import lru_cache

from rcm.x12.grammar import Delimiters
from rcm.x12.validation.guide import Guide, LoopUse, SegmentUse
from rcm.x12.validation.patterns import Matcher, matcher

Key = str | tuple[str, str]
"""A segment's id, with the code that tells it apart where there are several."""


class State:
    """A segment of the guide as the one that came last."""

    __slots__ = ("index", "matches", "next", "use")

    def __init__(self, use: SegmentUse, matches: Matcher | None) -> None:
        self.use = use
        self.index = use.index
        self.matches = matches
        self.next: dict[Key, Step] = {}


class Step:
    """What happens when a segment comes: loops are left, a place is passed, perhaps a loop begins."""

    __slots__ = ("bit", "leaves", "limit", "loop", "passed", "state")

    def __init__(self, state: State, leaves: tuple[int, ...], passed: int, loop: LoopUse | None) -> None:
        self.state = state
        self.leaves = leaves
        """For each loop that is left, innermost first, which required children may not be missing."""
        self.passed = passed
        """The same for the loop that stays."""
        self.loop = loop
        """The loop that begins."""
        target = loop if loop is not None else state.use
        self.bit = target.bit
        self.limit = target.repeat


class Machine:
    """A guide for one set of delimiters."""

    def __init__(self, guide: Guide, delimiters: Delimiters) -> None:
        self.guide = guide
        self.delimiters = delimiters
        self._states: dict[int, State] = {}
        self._known: dict[str, set[str]] = {}
        """Ids and the codes that tell their segments apart; no codes where one of them takes any."""
        for use in guide.segments:
            self._known.setdefault(use.name, set()).update(self._codes(use))
        for use in guide.segments:
            if not self._codes(use):
                self._known[use.name] = set()
        self._openings = {use.name for use in guide.segments if use.first}
        self.start = self.state(guide.segments[0])

    def state(self, use: SegmentUse) -> State:
        """Of the segment that came last; made once."""
        state = self._states.get(use.index)
        if state is None:
            state = self._states[use.index] = State(use, matcher(use, self.delimiters))
        return state

    def knows(self, name: str) -> bool:
        """Whether the guide has segments of this id."""
        return name in self._known

    def begins(self, name: str) -> bool:
        """Whether segments of this id begin loops."""
        return name in self._openings

    def step(self, state: State, name: str, code: str) -> Step | None:
        """What a segment does after another; None where the guide has no place for it there."""
        known = self._known.get(name)
        if known is None or (known and code not in known):
            return None
        step = self._search(state, name, code)
        if step is not None:
            place = self.guide.places.get(name)
            state.next[(name, code) if place else name] = step
        return step

    def rescue(self, state: State, name: str, code: str) -> Step | None:
        """The step into a loop that lacks its own first segment, when one comes that begins a loop within it: CLP without LX.

        Only for ids that begin nothing else (NM1 may be just misplaced).
        """
        if self.guide.places.get(name) and name != "HL":
            return None
        for leaves, passed, child in self._ahead(state):
            if isinstance(child, LoopUse) and any(
                isinstance(inner, LoopUse) and self.fits(inner, name, code) for inner in child.children
            ):
                return Step(self.state(child.opening), leaves, passed, child)
        return None

    def _search(self, state: State, name: str, code: str) -> Step | None:
        for leaves, passed, child in self._ahead(state):
            if self.fits(child, name, code):
                if isinstance(child, LoopUse):
                    return Step(self.state(child.opening), leaves, passed, child)
                return Step(self.state(child), leaves, passed, None)
        return None

    def _ahead(self, state: State) -> Iterator[tuple[tuple[int, ...], int, LoopUse | SegmentUse]]:
        """What may come after a segment, nearest first: what is required of the loops that would be left for it, what would be
        passed over in the loop that stays, and the segment or loop."""
        use = state.use
        loop: LoopUse | None = use.loop
        group = max(use.group, 1) if use.first else use.group
        leaves: tuple[int, ...] = ()
        while loop is not None:
            passed = 0
            for place in range(group, len(loop.groups)):
                for child in loop.groups[place]:
                    yield leaves, passed, child
                passed |= required(loop, place)
            leaves = (*leaves, passed)
            group, loop = loop.group, loop.parent

    def fits(self, child: LoopUse | SegmentUse, name: str, code: str) -> bool:
        """Whether a segment is this one, or begins this loop."""
        opening = child.opening if isinstance(child, LoopUse) else child
        return opening.name == name and self._fits(opening, code)

    def _fits(self, use: SegmentUse, code: str) -> bool:
        codes = self._codes(use)
        return not codes or code in codes

    def _codes(self, use: SegmentUse) -> frozenset[str]:
        """The codes of the element that tells segments of this id apart; empty where any will do."""
        place = self.guide.places.get(use.name)
        if place is None:
            return frozenset()
        return use.elements[0].components[0].codes if place < 0 else use.elements[place - 1].codes


def required(loop: LoopUse, place: int) -> int:
    """The bits of the required children at one place of a loop."""
    bits = 0
    for child in loop.groups[place]:
        if child.usage == "R":
            bits |= child.bit
    return bits


@lru_cache(64)
def machine_of(guide: Guide, delimiters: Delimiters) -> Machine:
    """The guide for these delimiters, made once."""
    return Machine(guide, delimiters)
