"""A whole file: envelopes, their numbers and counts, and each transaction set by its guide."""

from collections.abc import Iterator

from msgspec import Struct

from rcm.x12.elements import whole_number
from rcm.x12.grammar import ELEMENTS_MAX, Delimiters, Source, Tokens
from rcm.x12.interchange import at
from rcm.x12.problems import Problem
from rcm.x12.validation import envelopes
from rcm.x12.validation.findings import RULES, Finding
from rcm.x12.validation.machine import machine_of
from rcm.x12.validation.report import Report
from rcm.x12.validation.situations import situations_of
from rcm.x12.validation.tables import guide_of
from rcm.x12.validation.walk import ENVELOPE, Segments, SetWalk


class CheckedSet(Struct, gc=False):
    """A transaction set that was walked."""

    identifier: str
    """ST01."""
    control_number: str
    version: str
    """ST03, or GS08 where it is not there."""
    first_segment: int
    last_segment: int = 0
    complete: bool = False
    """Its SE came."""
    findings: tuple[Finding, ...] = ()
    """What is wrong within it, ST to SE."""
    rejected: bool = False
    """It has errors."""


class CheckedGroup(Struct):
    """A functional group as its GS tells it."""

    functional_id: str
    control_number: str
    version: str
    sender: str
    receiver: str
    first_segment: int
    included: int | None = None
    """GE01."""
    closed: bool = False
    received: int = 0
    """STs."""
    sets: list[CheckedSet] = []
    findings: list[Finding] = []
    """What is wrong with its own envelope."""


class CheckedInterchange(Struct):
    """An interchange as its ISA tells it."""

    control_number: str
    date: str
    """ISA09 and ISA10: YYMMDDHHMM."""
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    usage: str
    acknowledgement_requested: bool
    """ISA14."""
    groups: list[CheckedGroup] = []
    findings: list[Finding] = []
    """What is wrong with its own envelope."""
    acknowledgements: int = 0
    """TA1s."""
    closed: bool = False


class _PlainWalk:
    """A set of which there is no table: its characters alone are looked at."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        self._separator = delimiters.element
        self._plain = envelopes.plain_segment(delimiters)
        self._report = report
        self.last: list[str] = []

    def take(self, segments: Segments) -> str | None:
        """As SetWalk's."""
        while (raw := segments.next()) is not None:
            name = raw.partition(self._separator)[0]
            if name in ENVELOPE:
                return raw
            self._report.number += 1
            if name != "BIN" and not self._plain(raw):
                self._report.find("element-characters", name[:3])
            if name == "SE":
                self.last = raw.split(self._separator, ELEMENTS_MAX)
                break
        return None

    def abandon(self) -> None:
        """Nothing is known to be missing."""


class FileWalk:
    """Walks a file; hands out each interchange once it is done with it."""

    def __init__(self, source: Source | Tokens, report: Report, *, keep: bool = True) -> None:
        """`keep`: sets are kept in their groups with their findings; else only the report knows."""
        self._tokens = source if isinstance(source, Tokens) else Tokens(source)
        self._keeps = keep
        self._report = report
        self._delimiters = Delimiters()
        self._interchange: CheckedInterchange | None = None
        self._group: CheckedGroup | None = None
        self._set: CheckedSet | None = None
        self._walk: SetWalk | _PlainWalk | None = None
        self._numbers: set[str] = set()
        self._stray = False
        """The last segment stood outside too: a run of them is one finding."""
        self._kept = 0
        self._errors = 0
        """Errors before the set at hand."""

    def interchanges(self) -> Iterator[CheckedInterchange]:
        """Every interchange, as it ends. Raises NotX12."""
        for batch in self._tokens.batches():
            self._delimiters = batch.delimiters
            segments = Segments(batch)
            while (raw := self._next_outside(segments)) is not None:
                self._report.number += 1
                elements = raw.split(batch.delimiters.element, ELEMENTS_MAX)
                if elements[0] == "ISA" and self._interchange is not None:
                    yield self._end_interchange()
                self._envelope(elements, raw)
        if self._walk is not None:
            self._end_set()
        self._problems()
        if self._interchange is not None:
            yield self._end_interchange()

    def _next_outside(self, segments: Segments) -> str | None:
        """The next segment that is in no transaction set, once the set that is open took its own; None at the batch's end."""
        if self._walk is not None:
            stopped = self._walk.take(segments)
            if stopped is None and not self._walk.last:
                return None
            self._end_set()
            if stopped is not None:
                return stopped
        return segments.next()

    def _envelope(self, elements: list[str], raw: str) -> None:
        name = elements[0]
        if name == "ISA":
            self._begin_interchange(elements, raw)
        elif name == "GS":
            self._begin_group(elements)
        elif name == "ST":
            self._begin_set(elements, raw)
        elif name == "GE":
            self._close_group(elements)
        elif name == "IEA":
            self._close_interchange(elements)
        elif name == "TA1":
            self._acknowledgement(elements)
        elif not self._stray:
            self._report.find("segment-outside", name[:3])
        self._stray = name not in ENVELOPE
        if name != "ST":
            self._keep()

    def _keep(self) -> None:
        """What was just found belongs to the open group or interchange."""
        found = self._report.findings[self._kept :]
        self._kept = len(self._report.findings)
        for one in found:
            owner = self._group if RULES[one.rule].level == "group" and self._group is not None else self._interchange
            if owner is not None:
                owner.findings.append(one)

    def _begin_interchange(self, elements: list[str], raw: str) -> None:
        isa = [element.strip() for element in (*elements, *[""] * 17)]
        self._interchange = CheckedInterchange(
            isa[13], isa[9] + isa[10], isa[5], isa[6], isa[7], isa[8], isa[15], isa[14] == "1"
        )
        self._group = None
        if len(raw) != 105:
            self._report.find("isa-width", "ISA")
        envelopes.check("isa-element", envelopes.ISA, isa, self._report)

    def _begin_group(self, elements: list[str]) -> None:
        self._leave_group()
        interchange = self._interchange
        assert interchange is not None
        gs = [*elements, *[""] * 9]
        if any(one.control_number == gs[6] for one in interchange.groups):
            self._report.find("group-number-twice", "GS", 6)
        self._group = CheckedGroup(gs[1], gs[6], gs[8], gs[2].strip(), gs[3].strip(), self._report.number)
        interchange.groups.append(self._group)
        self._numbers = set()
        envelopes.check("gs-element", envelopes.GS, gs, self._report)

    def _begin_set(self, elements: list[str], raw: str) -> None:
        report = self._report
        if self._group is None or self._group.closed:
            report.find("missing-gs", "ST")
            self._group = CheckedGroup("", "", "", "", "", report.number, closed=True)
            if self._interchange is not None:
                self._interchange.groups.append(self._group)
            self._keep()
        group = self._group
        identifier, number = at(elements, 1), at(elements, 2)
        version = at(elements, 3) or group.version
        self._errors = report.errors
        self._set = CheckedSet(identifier, number, version, report.number)
        group.received += 1
        if self._keeps:
            group.sets.append(self._set)
        if number in self._numbers:
            report.find("set-number-twice", "ST", 2)
        self._numbers.add(number)
        expected = envelopes.FUNCTIONAL_IDS.get(identifier)
        if expected is not None and group.functional_id and group.functional_id != expected:
            report.find("wrong-set", "ST", 1)
        guide = guide_of(identifier, group.version) or guide_of(identifier, version)
        if guide is None:
            report.find("no-guide", "ST", 3)
            self._walk = _PlainWalk(self._delimiters, report)
            return
        if at(elements, 3) != group.version and identifier != "835" and group.version:
            report.find("st03", "ST", 3)
        self._situations = situations_of(guide, report, self._delimiters)
        walk = SetWalk(machine_of(guide, self._delimiters), report, self._situations)
        walk.begin(raw)
        self._situations.begin(elements)
        self._walk = walk

    def _end_set(self) -> None:
        """At SE, or where another envelope's segment or the end came instead."""
        walk, one, report = self._walk, self._set, self._report
        assert walk is not None
        assert one is not None
        self._walk = self._set = None
        one.last_segment = report.number
        one.complete = bool(walk.last)
        if one.complete:
            counted = report.number - one.first_segment + 1
            if whole_number(at(walk.last, 1)) != counted:
                report.find("segment-count", "SE", 1, f"there are {counted}")
            if at(walk.last, 2) != one.control_number:
                report.find("set-number", "SE", 2)
        else:
            walk.abandon()
            report.find("missing-se", "SE")
        if isinstance(walk, SetWalk):
            self._situations.close()
            report.context = ""
        report.settle(self._kept)
        if self._keeps:
            one.findings = tuple(sorted(report.findings[self._kept :], key=_place))
        one.rejected = report.errors > self._errors
        self._kept = len(report.findings)

    def _leave_group(self) -> None:
        if self._group is not None and not self._group.closed:
            self._report.find("missing-ge", "GE")
            self._group.closed = True
            self._keep()

    def _close_group(self, elements: list[str]) -> None:
        group, report = self._group, self._report
        if group is None or group.closed:
            report.find("missing-gs", "GE")
            return
        group.closed = True
        group.included = whole_number(at(elements, 1))
        if group.included != group.received:
            report.find("set-count", "GE", 1, f"there are {group.received}")
        if at(elements, 2) != group.control_number:
            report.find("group-number", "GE", 2)

    def _close_interchange(self, elements: list[str]) -> None:
        self._leave_group()
        interchange, report = self._interchange, self._report
        assert interchange is not None
        interchange.closed = True
        counted = len(interchange.groups)
        told = whole_number(at(elements, 1))
        if told != counted and not (counted == 0 and interchange.acknowledgements and told == 1):
            report.find("group-count", "IEA", 1, f"there are {counted}")
        if at(elements, 2) != interchange.control_number:
            report.find("interchange-number", "IEA", 2)
        if not counted and not interchange.acknowledgements:
            report.find("nothing-inside", "IEA")

    def _acknowledgement(self, elements: list[str]) -> None:
        assert self._interchange is not None
        self._interchange.acknowledgements += 1
        ta1 = [*elements, *[""] * 6]
        for place, good in enumerate(envelopes.TA1, 1):
            if not good(ta1[place]):
                self._report.find("isa-element", "TA1", place)

    def _end_interchange(self) -> CheckedInterchange:
        interchange = self._interchange
        assert interchange is not None
        self._leave_group()
        if not interchange.closed:
            self._report.find("missing-iea", "IEA")
        self._keep()
        self._interchange = self._group = None
        return interchange

    def _problems(self) -> None:
        """What the tokeniser stumbled over."""
        for problem in self._tokens.problems:
            self._report.find(problem.code, problem.segment, more=_more(problem), number=problem.segment_number)
        self._keep()


def _place(one: Finding) -> tuple[int, int, int, str]:
    return one.segment_number, one.element, one.component, one.rule


def _more(problem: Problem) -> str:
    return problem.message if problem.code == "unreadable-isa" else ""
