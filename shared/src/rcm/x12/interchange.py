"""The envelopes: ISA/IEA, GS/GE, ST/SE. Walks a file and checks numbers and counts on the way."""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from rcm.x12.grammar import ELEMENTS_MAX, STANDARD, Batch, Delimiters, Source, Tokens
from rcm.x12.problems import NotX12, Problem, WrongTransaction
from rcm.x12.values import Envelope

Segment = list[str]
"""A segment's elements; [0] is its id."""

Piece = tuple[str, str, int]
"""Segments that belong together: the mark that the first begins with (and that does not stand in the text; empty for what
comes before the first mark), the text with a terminator between segments and none at the end, the first segment's number."""


class Group(Struct):
    """A functional group as its GS tells it."""

    functional_id: str
    version: str
    control_number: str
    transactions: int = 0
    closed: bool = False


class Interchange(Struct):
    """An interchange as its ISA tells it."""

    control_number: str
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    version: str
    date: str
    """ISA09 and ISA10 as they stand: YYMMDDHHMM."""
    usage: str
    delimiters: Delimiters
    groups: list[Group]
    acknowledgements: int = 0
    closed: bool = False


class Loose(Struct, frozen=True):
    """A segment outside of any transaction set: TA1, or one that belongs nowhere."""

    interchange: Interchange
    elements: Segment
    segment_number: int


class TransactionSet:
    """One transaction set; iterating it once hands out its segments between ST and SE."""

    def __init__(self, walker: "Walker", interchange: Interchange, group: Group, elements: Segment) -> None:
        self._walker = walker
        self.interchange = interchange
        self.group = group
        self.identifier = at(elements, 1)
        """ST01: 835."""
        self.control_number = at(elements, 2)
        self.implementation = at(elements, 3)
        """ST03."""
        self.first_segment = walker.number
        self.envelope = envelope_of(interchange, group)

    @property
    def version(self) -> str:
        """GS08, or ST03 where the group names no guide."""
        group = self.group.version
        return self.implementation if self.implementation.startswith(group) and self.implementation else group

    def __iter__(self) -> Iterator[Segment]:
        return self._walker.body(self)

    def pieces(self, *names: str) -> Iterator[Piece]:
        """The set between ST and SE cut before each segment with one of these ids; `names` in any order.

        What is quickest: nothing is done for a segment by itself.
        """
        return self._walker.pieces(self, names)


class Walker:
    """Walks the envelopes of a file. Raises NotX12 when it begins with no ISA; every other fault becomes a problem."""

    def __init__(self, source: Source | Tokens) -> None:
        self._tokens = source if isinstance(source, Tokens) else Tokens(source)
        self._own_problems: list[Problem] = []
        self.number = 0
        """The number of the segment at hand, from 1."""
        self.raw = ""
        """The segment at hand as it stands."""
        self.delimiters = STANDARD
        self.interchanges: list[Interchange] = []
        self.seen: list[str] = []
        """What kinds of transaction set and loose segment came, each once: "837 005010X222A1"."""
        self._batches = self._tokens.batches()
        self._text = STANDARD.terminator
        """The batch at hand with a terminator before it; shared by everyone who takes segments."""
        self._at = 1
        """Where in it the next segment begins."""
        self._binaries: dict[str, str] = {}
        self._separator = STANDARD.element
        self._terminator = STANDARD.terminator
        self._open: TransactionSet | None = None
        self._loose = -1
        """The number of the last segment outside of any set: of those that follow each other only the first is a fault."""

    @property
    def problems(self) -> list[Problem]:
        """All faults of the envelopes so far."""
        return [*self._tokens.problems, *self._own_problems]

    def problems_of(self, transaction: TransactionSet) -> list[Problem]:
        """Those of this set, which was read just now: looked for from the end, or many sets would cost many times many."""
        found: list[Problem] = []
        for kept in (self._tokens.problems, self._own_problems):
            own = itertools.takewhile(lambda one: one.segment_number >= transaction.first_segment, reversed(kept))
            found += reversed([one for one in own if one.segment_number <= self.number])
        return found

    def _refill(self) -> bool:
        """The next batch of segments; False at the file's end."""
        batch = next(self._batches, None)
        if batch is not None:
            self._take(batch)
        return batch is not None

    def _take(self, batch: Batch) -> None:
        self.delimiters = batch.delimiters
        self._separator, self._terminator = batch.delimiters.element, batch.delimiters.terminator
        self._text, self._at, self._binaries = self._terminator + batch.text, 1, batch.binaries

    def note(self, segment: str, element: int, code: str, message: str, number: int = 0) -> None:
        """Keeps a fault at the segment at hand, or at `number`."""
        self._own_problems.append(Problem(number or self.number, segment[:3], element, code, message))

    def __iter__(self) -> Iterator[TransactionSet | Loose]:
        """The transaction sets and loose segments in order. A set that was not read is passed over."""
        while (elements := self._next()) is not None:
            name = elements[0]
            if name == "ISA":
                self._begin_interchange(elements)
            elif name == "GS":
                self._begin_group(elements)
            elif name == "ST":
                self._open = TransactionSet(self, *self._current(elements), elements)
                self._open.group.transactions += 1
                self._see(f"{self._open.identifier} {self._open.version}".strip())
                yield self._open
                if self._open is not None:
                    for _ in self.body(self._open):
                        pass
            elif name in {"GE", "IEA"}:
                self._end(elements)
            else:
                if name == "TA1":
                    self.interchanges[-1].acknowledgements += 1
                    self._see("TA1")
                else:
                    if self.number != self._loose + 1:
                        self.note(name, 0, "segment-outside-transaction", "from here on segments stand in no transaction set")
                    self._loose = self.number
                yield Loose(self.interchanges[-1], elements, self.number)
        self._check_closed()

    def _see(self, kind: str) -> None:
        if len(self.seen) < 5 and kind not in self.seen:
            self.seen.append(kind)

    def _next(self) -> Segment | None:
        while (end := self._text.find(self._terminator, self._at)) < 0:
            if not self._refill():
                return None
        self.number += 1
        self.raw = self.whole(self._text[self._at : end])
        self._at = end + 1
        return self.raw.split(self._separator, ELEMENTS_MAX)

    def whole(self, raw: str) -> str:
        """A segment as it stood, where a binary one is only named in the text."""
        return self._binaries.get(raw, raw) if self._binaries else raw

    def _stretch(self) -> int:
        """Where the body of the transaction set at hand ends in this batch: at an envelope segment, or with the batch."""
        found = envelope_segment(self._separator, self._terminator).search(self._text, self._at - 1)
        return len(self._text) if found is None else found.start() + 1

    def body(self, transaction: TransactionSet) -> Iterator[Segment]:
        """The segments of the set up to its SE, which is checked; another envelope segment ends it too, with a problem."""
        while True:
            end = self._stretch()
            separator = self._separator
            segments = self._text[self._at : end].split(self._terminator)
            segments.pop()
            for raw in segments:
                self._at += len(raw) + 1
                self.number += 1
                self.raw = raw if not self._binaries else self.whole(raw)
                yield self.raw.split(separator, ELEMENTS_MAX)
            if self._at < len(self._text) or not self._refill():
                break
        self._end_transaction(transaction)

    def pieces(self, transaction: TransactionSet, names: Sequence[str]) -> Iterator[Piece]:
        """The body cut before each segment with one of these ids; see TransactionSet.pieces."""
        marks = [name + self._separator for name in names]
        terminator = self._terminator
        while True:
            end = self._stretch()
            cut = _cut(terminator, self._text[self._at - 1 : end - 1], marks) if end > self._at else []
            batch = next(self._batches, None) if end == len(self._text) else None
            # The last piece may go on in the next batch, which begins with it then.
            goes_on = batch is not None and not batch.text.startswith("ISA" + batch.delimiters.element)
            if goes_on:
                del cut[-1:]
            for mark, text in cut:
                first = self.number + 1
                self.number += text.count(terminator) + 1
                self._at += len(mark) + len(text) + 1
                yield mark, text, first
            if batch is None:
                break
            if not goes_on:
                self._take(batch)
                break
            self._text, self._at = self._text[self._at - 1 :] + batch.text, 1
            self._binaries |= batch.binaries
        self._end_transaction(transaction)

    def _end_transaction(self, transaction: TransactionSet) -> None:
        """At the body's end: SE is checked, anything else left for whoever comes next."""
        self._open = None
        elements = self._next()
        if elements is None or elements[0] != "SE":
            # At the file's end no segment is at hand that is not the last claim's: the fault is the whole set's.
            place = self.number if elements is not None else transaction.first_segment
            self.note("SE", 0, "missing-se", f"transaction set {transaction.control_number} has no SE", place)
            if elements is not None:
                self._at -= len(self.raw) + 1
                self.number -= 1
            return
        counted = self.number - transaction.first_segment + 1
        if _number(at(elements, 1)) != counted:
            self.note("SE", 1, "segment-count", f"SE01 is not the {counted} segments of the set")
        if at(elements, 2) != transaction.control_number:
            self.note("SE", 2, "control-number", "SE02 is not ST02")

    def _current(self, elements: Segment) -> tuple[Interchange, Group]:
        interchange = self.interchanges[-1]
        if not interchange.groups or interchange.groups[-1].closed:
            self.note(elements[0], 0, "missing-gs", "a transaction set stands in no functional group")
            interchange.groups.append(Group("", "", ""))
        return interchange, interchange.groups[-1]

    def _begin_interchange(self, elements: Segment) -> None:
        self._check_closed()
        isa = [element.strip() for element in (*elements, *[""] * 17)]
        self.interchanges.append(
            Interchange(isa[13], isa[5], isa[6], isa[7], isa[8], isa[12], isa[9] + isa[10], isa[15], self.delimiters, [])
        )
        if len(self.raw) != 105:
            self.note("ISA", 0, "isa-width", "the elements of ISA have not their fixed widths")

    def _begin_group(self, elements: Segment) -> None:
        groups = self.interchanges[-1].groups
        if groups and not groups[-1].closed:
            self.note("GE", 0, "missing-ge", f"functional group {groups[-1].control_number} has no GE")
            groups[-1].closed = True
        groups.append(Group(at(elements, 1), at(elements, 8), at(elements, 6)))

    def _end(self, elements: Segment) -> None:
        """GE or IEA: its count and control number are checked."""
        interchange = self.interchanges[-1]
        number = _number(at(elements, 1))
        if elements[0] == "GE":
            if not interchange.groups or interchange.groups[-1].closed:
                self.note("GE", 0, "missing-gs", "GE without GS")
                return
            group = interchange.groups[-1]
            group.closed = True
            if number != group.transactions:
                self.note("GE", 1, "transaction-count", f"GE01 is not the {group.transactions} sets of the group")
            if at(elements, 2) != group.control_number:
                self.note("GE", 2, "control-number", "GE02 is not GS06")
            return
        if interchange.groups and not interchange.groups[-1].closed:
            self.note("GE", 0, "missing-ge", f"functional group {interchange.groups[-1].control_number} has no GE")
            interchange.groups[-1].closed = True
        interchange.closed = True
        counted = len(interchange.groups)
        if number != counted and not (counted == 0 and interchange.acknowledgements and number == 1):
            self.note("IEA", 1, "group-count", f"IEA01 is not the {counted} groups of the interchange")
        if at(elements, 2) != interchange.control_number:
            self.note("IEA", 2, "control-number", "IEA02 is not ISA13")

    def _check_closed(self) -> None:
        """At the end and before the next ISA: are GE and IEA there?"""
        if not self.interchanges:
            return
        last = self.interchanges[-1]
        if last.groups and not last.groups[-1].closed:
            self.note("GE", 0, "missing-ge", f"functional group {last.groups[-1].control_number} has no GE")
            last.groups[-1].closed = True
        if not last.closed:
            self.note("IEA", 0, "missing-iea", f"interchange {last.control_number} has no IEA")
            last.closed = True


@lru_cache(64)
def envelope_segment(separator: str, terminator: str) -> re.Pattern[str]:
    """Finds the beginning of an envelope segment, after a terminator."""
    return re.compile(f"{re.escape(terminator)}(?:S[TE]|G[SE]|IEA|ISA|TA1){re.escape(separator)}")


def _cut(terminator: str, text: str, marks: Sequence[str]) -> list[tuple[str, str]]:
    """Pieces with the mark that each begins with, cut off; `text` has a terminator before it."""
    pieces = [("", text)]
    for mark in marks:
        cut_at = terminator + mark
        found: list[tuple[str, str]] = []
        for before, piece in pieces:
            first, *others = piece.split(cut_at)
            found.append((before, first))
            found += [(mark, other) for other in others]
        pieces = found
    if pieces[0][1]:
        pieces[0] = ("", pieces[0][1][1:])
    else:
        del pieces[0]
    return pieces


def refuse_if_nothing(count: int, walker: Walker, wanted: str) -> None:
    """Raises WrongTransaction where a file that was read to its end held nothing of what was wanted."""
    if not count:
        held = ", ".join(kind[:40] for kind in walker.seen[:5]) or "no transaction set"
        raise WrongTransaction(f"the file holds {held}, and no {wanted}")


def envelope_of(interchange: Interchange, group: Group | None = None) -> Envelope:
    """The envelope as typed transactions carry it."""
    return Envelope(
        interchange.sender_qualifier,
        interchange.sender,
        interchange.receiver_qualifier,
        interchange.receiver,
        interchange.control_number,
        interchange.usage,
        group.control_number if group else "",
        group.version if group else "",
        group.functional_id if group else "",
        str(interchange.delimiters),
    )


def at(elements: Segment, place: int) -> str:
    """The element at `place` (1 is the first after the segment's id), empty where it is not there."""
    return elements[place] if place < len(elements) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def first_envelope(source: Source) -> Envelope:
    """The first interchange's and group's envelope; for those who only need to know who sent a file. Raises NotX12."""
    for item in Walker(source):
        if isinstance(item, TransactionSet):
            return item.envelope
        return envelope_of(item.interchange)
    raise NotX12("there is nothing within the interchange")
