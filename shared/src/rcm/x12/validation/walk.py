"""Walks one transaction set by its guide: loops, order, repeats, what is missing; each segment is matched and looked into."""

from collections.abc import Callable, Mapping
from typing import Protocol

from rcm.x12.grammar import ELEMENTS_MAX, Batch
from rcm.x12.validation.guide import LoopUse, SegmentUse
from rcm.x12.validation.machine import Machine, State, Step, required
from rcm.x12.validation.patterns import in_order
from rcm.x12.validation.report import Report
from rcm.x12.validation.rows import ReadyRow, Row, Take, ready_rows
from rcm.x12.validation.segments import faults

Check = Callable[[list[str]], None]


class Situations(Protocol):
    """Rules between segments, as the walk meets them."""

    def checks(self) -> Mapping[str, Check]:
        """What looks at which segment: by its id, or by its loop and id ("2010AA N4")."""
        ...

    def rows(self) -> Mapping[Row, Take]:
        """What is looked at as a row, instead of by `checks`, where it is one."""
        ...

    def misplaced(self, elements: list[str]) -> None:
        """A segment that has no place where it stands."""
        ...


ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "TA1"})
"""Segments that end a set whose SE is missing."""


class Segments:
    """The segments of a batch, and how far they are taken."""

    __slots__ = ("at", "place", "raws", "text")

    def __init__(self, batch: Batch) -> None:
        self.raws = batch.segments()
        self.text = batch.text if not batch.binaries else ""
        """All of them with their terminators; nothing where a binary one is only named in it."""
        self.place = self.at = 0
        """The next segment in `raws`, and where it begins in `text`."""

    def next(self) -> str | None:
        """The next segment; None at the batch's end."""
        if self.place == len(self.raws):
            return None
        raw = self.raws[self.place]
        self.place += 1
        self.at += len(raw) + 1
        return raw


class _Frame:
    """A loop that is open: which children were seen, and how often those that may repeat."""

    __slots__ = ("counts", "loop", "seen")

    def __init__(self, loop: LoopUse, seen: int) -> None:
        self.loop = loop
        self.seen = seen
        self.counts: dict[int, int] = {}


class SetWalk:
    """One transaction set from its ST on; is given the segments of the file batch by batch."""

    def __init__(self, machine: Machine, report: Report, situations: Situations) -> None:
        self._machine = machine
        self._report = report
        self._situations = situations
        checks = situations.checks()
        self._lost_at = 0
        """The last segment behind a misplaced beginning of a loop: those that follow it without a place belong to it, and are
        told of with it."""
        self._checks: list[Check | None] = []
        for use in machine.guide.segments:
            self._checks.append(checks.get(f"{use.loop.name} {use.name}") or checks.get(use.name))
        self._rows: list[tuple[ReadyRow, Take] | None] = [None] * len(machine.guide.segments)
        for row, take in situations.rows().items():
            for index, ready in ready_rows(machine, row).items():
                self._rows[index] = ready, take
        self._walked_to = self._row_ends = 0
        """The last segment of a row that was refused: up to there rows are not looked for again; where one ends in the text."""
        self._state = self._left = machine.start
        self._nowhere = State(machine.start.use, None)
        """Behind a misplaced HL: all up to the next HL belongs to it."""
        self._frames = [_Frame(machine.guide.root, 1)]
        self.last: list[str] = []
        """The SE, once it came."""

    def begin(self, raw: str) -> None:
        """The ST."""
        self._look(self._state, raw.split(self._machine.delimiters.element))

    def take(self, segments: Segments) -> str | None:
        """Takes segments up to its SE, which is then `last`, or to another envelope's, which is given back."""
        report, machine, checks, rows, frames = self._report, self._machine, self._checks, self._rows, self._frames
        separator, places = machine.delimiters.element, machine.guide.places
        raws, text, at, taken, count = segments.raws, segments.text, segments.at, segments.place, len(segments.raws)
        state, frame, number = self._state, frames[-1], report.number
        stopped: str | None = None
        while taken < count:
            raw, begins = raws[taken], at
            taken, at = taken + 1, at + len(raw) + 1
            elements = raw.split(separator, ELEMENTS_MAX)
            name = elements[0]
            place = places.get(name)
            step = state.next.get(name if place is None else (name, self._code(elements, place)))
            if step is None and name in ENVELOPE:
                stopped = raw
                break
            number += 1
            report.number = number
            if step is None:
                step = self._step(state, elements)
                if step is None:
                    state = self._state
                    continue
                frame = frames[-1]
            if step.leaves or step.loop is not None:
                frame = self._move(step)
            else:
                if step.passed & ~frame.seen or frame.seen & step.bit:
                    self._stay(step, frame)
                frame.seen |= step.bit
            state = step.state
            row = rows[state.index]
            if row is not None and number > self._walked_to and (many := self._take_row(*row, text, begins)):
                taken, number = taken + many - 1, number + many - 1
                at, state, frame = self._row_ends, row[0].state, frames[-1]
                continue
            check = checks[state.index]
            if check is not None:
                report.loop = state.use.loop.name
                check(elements)
            matches = state.matches
            found = matches(raw) if matches is not None else None
            if found is None or (found.lastindex is not None and not in_order(found.groups())):
                self._look(state, elements)
            if name == "SE":
                self.last = elements
                break
        segments.place, segments.at = taken, at
        self._state, report.number, report.loop = state, number, ""
        return stopped

    def _take_row(self, row: ReadyRow, take: Take, text: str, begins: int) -> int:
        """How many segments the row is, whose first was stepped to; 0 where they are for the walk."""
        whole = row.matches(text, begins)
        if whole is None:
            return 0
        many = text.count(self._machine.delimiters.terminator, begins, whole.end())
        frames, report, again = self._frames, self._report, many // row.length - 1
        counts, loop = frames[-2].counts, frames[-1].loop
        times = counts.get(loop.bit, 1) + again
        report.loop = loop.name
        if (again and times > loop.repeat) or not take(whole):
            self._walked_to = report.number + many - 1
            return 0
        if again:
            counts[loop.bit] = times
        frames[-1].seen |= row.seen
        for below, seen in row.loops:
            frames.append(_Frame(below, seen))
        self._row_ends = whole.end()
        return many

    def _code(self, elements: list[str], place: int) -> str:
        """What tells segments of one id apart; see Guide.places."""
        if place > 0:
            return elements[place] if place < len(elements) else ""
        return elements[1].partition(self._machine.delimiters.component)[0] if len(elements) > 1 else ""

    def _step(self, state: State, elements: list[str]) -> Step | None:
        """A step that is taken for the first time; None with a finding where there is none."""
        name = elements[0]
        if state is self._nowhere:
            if name not in {"HL", "SE"}:
                self._lost_at = self._report.number
                self._situations.misplaced(elements)
                return None
            state = self._left
        place = self._machine.guide.places.get(name, 0)
        code = self._code(elements, place) if place else ""
        step = self._machine.step(state, name, code)
        if step is None and not self._late(state, name, code):
            step = self._rescue(state, name, code)
        if step is not None:
            return step
        self._situations.misplaced(elements)
        lost = self._lost_at == self._report.number - 1
        if not lost:
            self._misplaced(state, name, code)
        if lost or self._machine.begins(name):
            self._lost_at = self._report.number
        self._left, self._state = state, self._nowhere if name == "HL" else state
        return None

    def _late(self, state: State, name: str, code: str) -> bool:
        """Whether the segment had its place earlier in a loop that is open."""
        loop: LoopUse | None = state.use.loop
        while loop is not None:
            if any(self._machine.fits(child, name, code) for child in loop.children):
                return True
            loop = loop.parent
        return False

    def _rescue(self, state: State, name: str, code: str) -> Step | None:
        """Begins a loop whose first segment is missing; the step from there."""
        step = self._machine.rescue(state, name, code)
        if step is None or step.loop is None:
            return None
        self._move(step)
        opening = step.state.use
        self._report.find("segment-missing", opening.name, more=_described(opening), loop=opening.loop.name)
        return self._machine.step(step.state, name, code)

    def _misplaced(self, state: State, name: str, code: str) -> None:
        if not self._machine.knows(name):
            self._report.find("segment-unknown", name[:3], loop=state.use.loop.name)
            return
        rule = "segment-order" if self._late(state, name, code) else "segment-unexpected"
        self._report.find(rule, name, loop=state.use.loop.name)

    def _move(self, step: Step) -> _Frame:
        """Loops are left, and perhaps one begins."""
        frames = self._frames
        for mask in step.leaves:
            frame = frames.pop()
            if mask & ~frame.seen:
                self._missing(frame, mask & ~frame.seen)
        frame = frames[-1]
        seen = frame.seen
        if step.passed & ~seen or (seen & step.bit and step.limit < _ENDLESS):
            self._stay(step, frame)
        frame.seen = seen | step.bit
        if step.loop is not None:
            frame = _Frame(step.loop, 1)
            frames.append(frame)
        return frame

    def _stay(self, step: Step, frame: _Frame) -> None:
        """A place was passed without what is required there, or a child comes again."""
        missing = step.passed & ~frame.seen
        if missing:
            self._missing(frame, missing)
        if frame.seen & step.bit and step.limit < _ENDLESS:
            count = frame.counts.get(step.bit, 1) + 1
            frame.counts[step.bit] = count
            if count > step.limit:
                use = step.state.use
                rule = "segment-repeats" if step.loop is None else "loop-repeats"
                self._report.find(rule, use.name, more=f"{step.limit} at most", loop=use.loop.name)

    def _missing(self, frame: _Frame, bits: int) -> None:
        for child in frame.loop.children:
            if child.bit & bits:
                if isinstance(child, SegmentUse):
                    self._report.find("segment-missing", child.name, more=_described(child), loop=frame.loop.name)
                else:
                    self._report.find("loop-missing", child.opening.name, more=_described(child.opening), loop=child.name)

    def _look(self, state: State, elements: list[str]) -> None:
        """Element by element, where the pattern did not match."""
        use = state.use
        for fault in faults(use, elements, self._machine.delimiters):
            self._report.find(
                fault.rule,
                use.name,
                fault.place,
                loop=use.loop.name,
                component=fault.component,
                repetition=fault.repetition,
                reference=fault.reference,
                value=fault.value,
            )

    def abandon(self) -> None:
        """The set ends without its SE: what is missing of it is told at the segment that came instead."""
        last = self._left if self._state is self._nowhere else self._state
        group = last.use.group
        for frame in reversed(self._frames):
            mask = 0
            for place in range(group, len(frame.loop.groups)):
                mask |= required(frame.loop, place)
            missing = mask & ~frame.seen
            if frame.loop.parent is None:
                missing &= ~frame.loop.children[-1].bit
            if missing:
                self._missing(frame, missing)
            group = frame.loop.group


_ENDLESS = 1 << 30


def _described(use: SegmentUse) -> str:
    """A segment as a person looks for it: "NM1*PR of 2010BB"."""
    first = use.elements[2 if use.name == "HL" else 0]
    codes = (first.components[0] if first.components else first).codes
    shown = f"{use.name}*{'/'.join(sorted(codes))}" if 0 < len(codes) < 4 and use.name != "HL" else use.name
    return f"{shown} of {use.loop.name}" if use.loop.name else shown
