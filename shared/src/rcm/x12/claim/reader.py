"""Reads the claims of one 837 transaction set: what the three guides have in common. A guide's own reader makes its claims.

The text is cut at HL and CLM, a claim at LX into its lines, those at SVD, and all of it at NM1: so each loop is one text, and
loops that files repeat (providers, payers) are read once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic

from msgspec import Struct

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer
from rcm.x12.claim.coordination_reader import CoordinationReader
from rcm.x12.claim.parties_reader import PartyReader
from rcm.x12.claim.parts import ClaimPart, LinePart
from rcm.x12.claim.quick_levels import QuickLevels
from rcm.x12.claim.values import (
    Accident,
    ClaimT,
    FoundClaim,
    Patient,
    Payer,
    PayTo,
    Provider,
    Receiver,
    RoledProvider,
    Submitter,
    Subscriber,
)
from rcm.x12.elements import day, whole_number
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.problems import Problem
from rcm.x12.reading import BLANKS, Faults, longer_than_typed

_NO_SUBMITTER = Submitter("", "")
_NO_RECEIVER = Receiver("", "")
_NO_PROVIDER = Provider("", "")
_NO_SUBSCRIBER = Subscriber("", "")
_NO_PAYER = Payer("", "")
_LEVELS = {"20": ("PRV",), "22": ("SBR", "PAT"), "23": ("PAT",)}
"""Segments of a level itself that have a typed place, by HL03."""


class ClaimText(Struct):
    """A claim cut into its loops, each with the number of its first segment."""

    clm: Segment
    """Padded; [0] is CLM."""
    part: ClaimPart
    """2300."""
    providers: list[tuple[str, str, int]]
    """2310: NM101 and the loop's text behind "NM1*"."""
    other_payers: tuple[OtherPayer, ...]
    lines: list[tuple[str, int]]
    """2400: texts behind "LX*"."""


class LineText(Struct):
    """A line cut into its loops."""

    number: int
    """LX01."""
    part: LinePart
    providers: list[tuple[str, str, int]]
    adjudications: tuple[LineAdjudication, ...]


class ClaimReader(ABC, Generic[ClaimT]):
    """One 837 transaction set; `claim` and what it needs is a guide's own."""

    claim_part: type[ClaimPart] = ClaimPart
    line_part: type[LinePart] = LinePart

    def __init__(self, walker: Walker, transaction: TransactionSet, problems: list[Problem]) -> None:
        self._walker = walker
        self._transaction = transaction
        self.delimiters = walker.delimiters
        self.faults = Faults(problems)
        self.parties = PartyReader(self.faults, self.delimiters)
        self._levels = QuickLevels(self.delimiters, self.parties)
        self._coordination = CoordinationReader(self.faults, self.delimiters)
        element, terminator = self.delimiters.element, self.delimiters.terminator
        self._element, self._terminator = element, terminator
        self._name_mark, self._payer_mark, self._line_mark, self._adjudication_mark, self._form_mark = (
            f"{terminator}{name}{element}" for name in ("NM1", "SBR", "LX", "SVD", "LQ")
        )
        self.reference = ""
        """BHT03."""
        self._raw: tuple[str, ...] = ()
        """What of the header has no typed place."""
        self._stray: list[str] = []
        """Levels of no known kind, which go with the next claim."""
        self._submitter = _NO_SUBMITTER
        self._receiver = _NO_RECEIVER
        self.billing_provider = _NO_PROVIDER
        self.pay_to: tuple[PayTo, ...] = ()
        self.subscriber = _NO_SUBSCRIBER
        self.payer = _NO_PAYER
        self.patient: Patient | None = None

    def claims(self) -> Iterator[FoundClaim[ClaimT]]:
        """The claims in order, each released before the next is read."""
        walker, transaction = self._walker, self._transaction
        claim_mark, level_mark = f"CLM{self._element}", f"HL{self._element}"
        for mark, text, number in transaction.pieces("HL", "CLM"):
            if mark == claim_mark:
                claim = self.claim(text, number)
                around = (*self._raw, *self._stray) if self._stray else self._raw
                self._stray = []
                yield FoundClaim(
                    claim, transaction.envelope, transaction.control_number, self._submitter, self._receiver, number,
                    walker.number, self.reference, around,
                )  # fmt: skip
            elif mark == level_mark:
                self._level(text, number)
            else:
                self._header(text)

    @abstractmethod
    def claim(self, text: str, number: int) -> ClaimT:
        """The claim of the text behind "CLM*", whose first segment has this number."""

    def cut_claim(self, text: str, number: int) -> ClaimText:
        """A claim's loops."""
        head, *line_texts = text.split(self._line_mark)
        head, *payer_texts = head.split(self._payer_mark)
        first, *loops = head.split(self._name_mark)
        first, *others = first.split(self._terminator)
        clm = ["CLM", *first.split(self._element)]
        self.faults.number = number
        for place in (1, 2, 5):
            if not at(clm, place):
                self.faults.note("CLM", place, "missing-element", f"CLM{place:02d} is not there")
        part = self.claim_part(self.faults, self.delimiters)
        if longer_than_typed(clm):
            part.raw.append(f"CLM{self._element}{first}")
        if others:
            part.take(others, number + 1)
        place = number + len(others) + 1
        providers, place = self._numbered(loops, place) if loops else ([], place)
        payers: list[OtherPayer] = []
        for payer_text in payer_texts:
            payers.append(self._coordination.other_payer(payer_text, place))
            place += payer_text.count(self._terminator) + 1
        lines: list[tuple[str, int]] = []
        for line_text in line_texts:
            lines.append((line_text, place))
            place += line_text.count(self._terminator) + 1
        clm += BLANKS
        return ClaimText(clm, part, providers, tuple(payers), lines)

    def cut_line(self, text: str, number: int) -> LineText:
        """A line's loops; `text` is what stands behind "LX*"."""
        text, form, forms = text.partition(self._form_mark)
        head, *svd_texts = text.split(self._adjudication_mark)
        first, *loops = head.split(self._name_mark)
        lx, *others = first.split(self._terminator)
        part = self.line_part(self.faults, self.delimiters)
        if whole_number(lx) is None:
            part.raw.append(f"LX{self._element}{lx}")
        part.take(others, number + 1)
        place = number + len(others) + 1
        providers, place = self._numbered(loops, place) if loops else ([], place)
        adjudications: list[LineAdjudication] = []
        for svd_text in svd_texts:
            adjudications.append(self._coordination.line_adjudication(svd_text, place))
            place += svd_text.count(self._terminator) + 1
        if form:
            part.raw += f"{form[1:]}{forms}".split(self._terminator)
        return LineText(whole_number(lx) or 0, part, providers, tuple(adjudications))

    def _numbered(self, loops: list[str], place: int) -> tuple[list[tuple[str, str, int]], int]:
        """Loops with NM101 and their first segment's number; the number after them."""
        found: list[tuple[str, str, int]] = []
        for loop in loops:
            found.append((loop.partition(self._element)[0], loop, place))
            place += loop.count(self._terminator) + 1
        return found, place

    def _whole(self, loop: str) -> list[str]:
        """The segments of a loop as they stood."""
        return f"NM1{self._element}{loop}".split(self._terminator)

    def roled(self, providers: list[tuple[str, str, int]], raw: list[str], known: frozenset[str]) -> dict[str, Provider]:
        """The first provider of each role that a guide knows; the others' segments go to `raw`."""
        found: dict[str, Provider] = {}
        if not providers:
            return found
        for role, text, _ in providers:
            if role in known and role not in found:
                found[role] = self.parties.provider(text)
            else:
                raw += self._whole(text)
        return found

    def others(self, providers: dict[str, Provider], own: frozenset[str]) -> tuple[RoledProvider, ...]:
        """Those that have no field of their own."""
        return tuple([RoledProvider(role, provider) for role, provider in providers.items() if role not in own])

    def _header(self, text: str) -> None:
        """BHT, 1000A and 1000B."""
        head, *loops = text.split(self._name_mark)
        if text.startswith(self._name_mark[1:]):
            head, loops = "", [text[len(self._name_mark) - 1 :].split(self._name_mark, maxsplit=1)[0], *loops]
        raws = head.split(self._terminator) if head else []
        for raw in raws:
            elements = raw.split(self._element)
            if elements[0] == "BHT" and not self.reference:
                self.reference = at(elements, 3)
        for loop in loops:
            role = loop.partition(self._element)[0]
            if role == "41" and self._submitter is _NO_SUBMITTER:
                self._submitter = self.parties.submitter(loop)
            elif role == "40" and self._receiver is _NO_RECEIVER:
                self._receiver = self.parties.receiver(loop)
            else:
                raws += self._whole(loop)
        self._raw = tuple(raws)

    def _level(self, text: str, number: int) -> None:
        """2000A, 2000B or 2000C up to its first claim."""
        usual = self._levels.subscriber(text)
        if usual is not None:
            self.subscriber, self.payer = usual
            self.patient = None
            return
        patient = self._levels.patient(text)
        if patient is not None:
            self.patient = patient
            return
        head, *loops = text.split(self._name_mark)
        hl, *others = head.split(self._terminator)
        kind = at(hl.split(self._element), 2)
        place = number + len(others) + 1
        segments: dict[str, Segment] = {}
        raw: list[str] = []
        for at_number, other in enumerate(others, number + 1):
            elements = other.split(self._element)
            if elements[0] == "PAT" and at(elements, 6) and day(elements[6]) is None:
                self.faults.note("PAT", 6, "not-a-date", "PAT06 is no date", at_number)
                raw.append(other)
            if elements[0] not in _LEVELS.get(kind, ()) or elements[0] in segments or longer_than_typed(elements):
                raw.append(other)
            segments.setdefault(elements[0], elements)
        numbered, _ = self._numbered(loops, place)
        if kind == "20":
            self._billing_level(numbered, segments, raw)
        elif kind == "22":
            self._subscriber_level(numbered, segments, raw)
        elif kind == "23":
            self._patient_level(numbered, segments, raw)
        else:
            self._stray += [f"HL{self._element}{hl}", *raw, *[one for _, loop, _ in numbered for one in self._whole(loop)]]

    def _billing_level(self, loops: list[tuple[str, str, int]], segments: dict[str, Segment], raw: list[str]) -> None:
        text, pay_to = "", []
        for role, loop, _ in loops:
            if role == "85" and not text:
                text = loop
            elif role in {"87", "PE"}:
                pay_to.append(self.parties.pay_to(loop))
            else:
                raw += self._whole(loop)
        self.billing_provider = self.parties.billing_provider(text, at(segments.get("PRV", []), 3), raw)
        self.pay_to = tuple(pay_to)
        self.subscriber, self.payer, self.patient = _NO_SUBSCRIBER, _NO_PAYER, None

    def _subscriber_level(self, loops: list[tuple[str, str, int]], segments: dict[str, Segment], raw: list[str]) -> None:
        text, place = "", 0
        self.payer, self.patient = _NO_PAYER, None
        for role, loop, number in loops:
            if role == "IL" and not text:
                text, place = loop, number
            elif role == "PR" and self.payer is _NO_PAYER:
                self.payer = self.parties.payer(loop)
            else:
                raw += self._whole(loop)
        sbr = [*segments.get("SBR", []), *BLANKS]
        self.subscriber = self.parties.subscriber(text, sbr, segments.get("PAT", []), raw, place)

    def _patient_level(self, loops: list[tuple[str, str, int]], segments: dict[str, Segment], raw: list[str]) -> None:
        text, place = "", 0
        for role, loop, number in loops:
            if role == "QC" and not text:
                text, place = loop, number
            else:
                raw += self._whole(loop)
        self.patient = self.parties.patient(text, segments.get("PAT", []), raw, place)


def accident_of(element: str, part: ClaimPart) -> Accident | None:
    """CLM11 and DTP*439."""
    if not element:
        return None
    composite = [*element.split(part.component), *BLANKS]
    kinds = tuple(filter(None, composite[:3]))
    return Accident(kinds, composite[3], part.day_alone("439"), composite[4]) if kinds else None
