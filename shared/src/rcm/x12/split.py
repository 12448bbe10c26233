"""Cuts 837 and 835 files into smaller ones, each a whole interchange with its own numbers and counts, while they are read.

By claim, an 837's part holds the claim with the levels above it; an 835's holds the claim with the header of its payment,
whose BPR02 becomes what the claim was paid, so that the parts balance one by one and together still make the check (a debit
where the claim was taken back, a notice without payment where it was paid nothing). Provider
adjustments (PLB) get a part of their own; totals of groups of claims (TS2, TS3) are true of the whole alone and are left out.
By payer, an 837's subscribers and an 835's transaction sets stay whole.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from rcm.money import NotMoney
from rcm.x12.elements import amount_text, cents
from rcm.x12.grammar import ELEMENTS_MAX, Delimiters, Source, Tokens
from rcm.x12.interchange import Segment, at
from rcm.x12.problems import WrongTransaction
from rcm.x12.split_parts import Part, PartFile

__all__ = ["Part", "split"]

_LEVELS = {"20": 0, "22": 1, "23": 2}
_ENDS = frozenset({"SE", "GE", "IEA", "ISA", "GS", "ST"})


class _Level(Struct):
    """An HL of an 837 with its segments, claims included."""

    code: str
    segments: list[str]
    claims: int = 0


def split(source: Source, folder: Path, by: str) -> Iterator[Part]:
    """Writes the parts into `folder` (made where it is missing) and hands each out when it is whole; `by` is claim or payer.

    Raises NotX12, WrongTransaction where the file holds neither claims nor remittances, and OSError, also where a part's file
    exists.
    """
    splitter = _Splitter(folder, by)
    found = False
    for part in splitter.parts(source):
        found = True
        yield part
    if not found:
        raise WrongTransaction("the file holds no claims (837) and no remittances (835) to split")


class _Splitter:
    """Follows the segments of a file."""

    def __init__(self, folder: Path, by: str) -> None:
        self._folder = folder
        self._by = by
        self._delimiters = Delimiters()
        self._isa = self._gs = ""
        self._group = 0
        self._files: dict[tuple[int, str], PartFile] = {}
        """By payer: the parts that stand open, by group and payer."""
        self._count = 0

    def parts(self, source: Source) -> Iterator[Part]:
        """Every part when it is whole."""
        reading: _Claims | _Payments | None = None
        for delimiters, batch in Tokens(source):
            self._delimiters = delimiters
            for raw in batch:
                elements = raw.split(delimiters.element, ELEMENTS_MAX)
                if elements[0] in _ENDS:
                    if reading is not None:
                        yield from reading.end()
                        reading = None
                    if elements[0] == "ISA":
                        self._isa, self._gs = raw, ""
                        self._group += 1
                    elif elements[0] == "GS":
                        self._gs = raw
                        self._group += 1
                    elif elements[0] == "ST" and at(elements, 1) in {"837", "835"}:
                        reading = (_Claims if elements[1] == "837" else _Payments)(self, elements)
                elif reading is not None:
                    yield from reading.take(elements, raw)
        if reading is not None:
            yield from reading.end()
        for file in self._files.values():
            yield file.close()

    @property
    def by_claim(self) -> bool:
        """Whether each claim becomes a part."""
        return self._by == "claim"

    @property
    def delimiters(self) -> Delimiters:
        """Those of the interchange at hand."""
        return self._delimiters

    def new_file(self, name: str) -> PartFile:
        """One more part."""
        self._count += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        told = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "part"
        return PartFile(self._folder / f"{self._count:05d}-{told}.x12", self._isa, self._gs, self._delimiters)

    def end_sets(self) -> None:
        """The transaction set at hand ends in every part that holds some of it."""
        for file in self._files.values():
            file.end_set()

    def file_of_payer(self, payer: str) -> PartFile:
        """The part of this payer in the group at hand."""
        key = (self._group, payer)
        if key not in self._files:
            self._files[key] = self.new_file(payer or "no payer")
        return self._files[key]


class _Claims:
    """One 837."""

    def __init__(self, splitter: _Splitter, st: Segment) -> None:
        self._splitter = splitter
        self._st = st
        self._header: list[str] = []
        self._levels: list[_Level] = []
        """The levels that stand open, from the billing provider down."""
        self._subtree: list[_Level] = []
        """By payer: the subscriber's level and its patients'."""
        self._claim: list[str] | None = None
        self._payer = ""

    def take(self, elements: Segment, raw: str) -> Iterator[Part]:
        """One segment; a part where one became whole."""
        name = elements[0]
        if name == "HL" and at(elements, 3) in _LEVELS:
            yield from self._end_claim()
            self._begin_level(at(elements, 3))
            return
        if name == "CLM":
            yield from self._end_claim()
            self._claim = [raw]
            return
        if self._claim is not None:
            self._claim.append(raw)
        elif self._levels:
            self._levels[-1].segments.append(raw)
            if name == "NM1" and at(elements, 1) == "PR":
                self._payer = at(elements, 9) or at(elements, 3)
        else:
            self._header.append(raw)

    def end(self) -> Iterator[Part]:
        """The transaction set ends."""
        yield from self._end_claim()
        self._end_subscriber()
        self._splitter.end_sets()

    def _begin_level(self, code: str) -> None:
        if code != "23":
            self._end_subscriber()
            self._payer = ""
        del self._levels[_LEVELS[code] :]
        self._levels.append(_Level(code, []))
        if code != "20":
            self._subtree.append(self._levels[-1])

    def _end_claim(self) -> Iterator[Part]:
        claim, self._claim = self._claim, None
        if claim is None:
            return
        if not self._splitter.by_claim:
            if self._levels:
                self._levels[-1].segments += claim
                self._levels[-1].claims += 1
            return
        file = self._splitter.new_file(self._st[1])
        file.begin_set(self._st, self._header)
        for place, level in enumerate(self._levels):
            last = place == len(self._levels) - 1
            file.level(level.code, level.segments, has_children=not last)
        file.add(claim, claims=1)
        yield file.close()

    def _end_subscriber(self) -> None:
        subtree, self._subtree = self._subtree, []
        if self._splitter.by_claim or not subtree:
            return
        file = self._splitter.file_of_payer(self._payer)
        file.begin_set(self._st, self._header)
        billing = self._levels[0]
        if billing.code == "20":
            file.shared_level(billing.code, billing.segments)
        for level in subtree:
            file.level(level.code, level.segments, has_children=level.code == "22" and len(subtree) > 1)
            file.add([], claims=level.claims)


class _Payments:
    """One 835."""

    def __init__(self, splitter: _Splitter, st: Segment) -> None:
        self._splitter = splitter
        self._st = st
        self._header: list[Segment] = []
        self._payer = ""
        self._file: PartFile | None = None
        self._group: str = ""
        """LX as it stands."""
        self._claim: list[str] | None = None
        self._paid = 0
        self._adjustments: list[str] = []
        self._adjusted = 0

    def take(self, elements: Segment, raw: str) -> Iterator[Part]:
        """One segment; a part where one became whole."""
        name = elements[0]
        if self._file is not None:
            self._file.add([raw], claims=name == "CLP")
            return
        if name in {"LX", "CLP", "PLB"}:
            yield from self._end_claim()
            if not self._splitter.by_claim:
                self._begin_payer()
                assert self._file is not None
                self._file.add([raw], claims=name == "CLP")
            elif name == "LX":
                self._group = raw
            elif name == "CLP":
                self._claim, self._paid = [raw], self._cents(at(elements, 4))
            else:
                self._adjustments.append(raw)
                self._adjusted += sum(self._cents(at(elements, place)) for place in range(4, len(elements), 2))
        elif self._claim is not None:
            self._claim.append(raw)
        elif not self._group:
            self._header.append(elements)
            if name == "N1" and at(elements, 1) == "PR":
                self._payer = at(elements, 4) or at(elements, 2)

    def end(self) -> Iterator[Part]:
        """The transaction set ends."""
        yield from self._end_claim()
        if not self._splitter.by_claim:
            self._begin_payer()
            assert self._file is not None
            self._file.end_set()
        elif self._adjustments:
            yield self._part(self._adjustments, -self._adjusted, claims=0)

    def _begin_payer(self) -> None:
        if self._file is None:
            self._file = self._splitter.file_of_payer(self._payer)
            separator = self._splitter.delimiters.element
            self._file.begin_set(self._st, [separator.join(elements) for elements in self._header])

    def _end_claim(self) -> Iterator[Part]:
        claim, self._claim = self._claim, None
        if claim is not None:
            yield self._part([*([self._group] if self._group else []), *claim], self._paid, claims=1)

    def _part(self, segments: list[str], paid: int, claims: int) -> Part:
        """A part that balances by itself: BPR02 is what it pays, BPR03 D where it takes."""
        file = self._splitter.new_file(self._st[1])
        separator = self._splitter.delimiters.element
        header = []
        for elements in self._header:
            told = [*elements]
            if told[0] == "BPR" and len(told) > 3:
                told[2], told[3] = amount_text(abs(paid)), "D" if paid < 0 else "C"
                if not paid and len(told) > 4:
                    told[1], told[4], told[5:16] = "H", "NON", [""] * len(told[5:16])
            header.append(separator.join(told))
        file.begin_set(self._st, header)
        file.add(segments, claims=claims)
        return file.close()

    def _cents(self, text: str) -> int:
        """An amount; what is none counts as nothing, as a reader of the file will find."""
        try:
            return cents(text) if text else 0
        except NotMoney:
            return 0
