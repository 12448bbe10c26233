"""Reads 276 and 277 claim by claim: payer, receiver, provider, subscriber, dependent, and each claim's TRN loop."""

from collections.abc import Iterator

from rcm.x12.claim_status.parts import LinePart, LoopPart
from rcm.x12.claim_status.values import ClaimStatusAnswer, ClaimStatusInquiry
from rcm.x12.grammar import Source
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.parties import Member, Party, TransactionHeader
from rcm.x12.party_parts import HeaderPart, MemberPart, Notes, PartyPart
from rcm.x12.problems import Problem
from rcm.x12.transaction_sets import read_sets

_LEVELS = ("20", "21", "19", "22", "23")
"""HL03 from the payer down to the dependent."""
_MEMBERS = frozenset({"22", "23"})
_NOT_ASKED = frozenset({"STC", "PER"})
_NOT_ANSWERED = frozenset({"AMT"})
_OF_CLAIMS = frozenset({"STC", "REF", "AMT", "DTP", "SVC"})


def is_status_answer(transaction: TransactionSet) -> bool:
    """Whether a 277 answers a 276 (X212; X093 in 4010), or names no guide; claim acknowledgements (X214, X364) do not."""
    version = transaction.version
    return transaction.identifier == "277" and ("X212" in version or "X093" in version or "X" not in version)


def read_claim_status_inquiries(source: Source, problems: list[Problem] | None = None) -> Iterator[ClaimStatusInquiry]:
    """What every 276 of the file asks, one claim at a time. Raises NotX12 and WrongTransaction; adds faults to `problems`."""
    return read_sets(
        source, problems, "276", lambda item: item.identifier == "276", lambda *known: StatusReader(*known).inquiries()
    )


def read_claim_status_answers(source: Source, problems: list[Problem] | None = None) -> Iterator[ClaimStatusAnswer]:
    """What every 277 of the file answers, one claim (or provider, or receiver) at a time.

    Raises NotX12 and WrongTransaction; adds faults to `problems`.
    """
    return read_sets(source, problems, "277", is_status_answer, lambda *known: StatusReader(*known).answers())


class StatusReader:
    """One 276 or 277 transaction set."""

    def __init__(self, walker: Walker, transaction: TransactionSet, problems: list[Problem]) -> None:
        self._walker = walker
        self._transaction = transaction
        self._notes = Notes(walker, problems)
        self._component = walker.delimiters.component
        self._header_part = HeaderPart(transaction)
        self._header: TransactionHeader | None = None
        self._parts: dict[str, PartyPart] = {}
        """The levels that stand open, by HL03."""
        self._typed: dict[str, Party | Member] = {}
        """Those of them that are whole."""
        self._code = ""
        self._level_number = 0
        self._handed_out = True
        """Whether something of the level at hand, or below it, was handed out."""
        self._loop: LoopPart | None = None

    def inquiries(self) -> Iterator[ClaimStatusInquiry]:
        """What is asked, claim by claim."""
        for loop in self._loops():
            yield ClaimStatusInquiry(*self._above(), *loop.shared(), amounts=tuple(loop.amounts))

    def answers(self) -> Iterator[ClaimStatusAnswer]:
        """What is answered, claim by claim."""
        for loop in self._loops():
            yield ClaimStatusAnswer(
                *self._above(), *loop.shared(), statuses=tuple(loop.statuses), contacts=tuple(loop.contacts)
            )

    def _loops(self) -> Iterator[LoopPart]:
        """Each TRN loop when it ends; an empty one for a level without, below which there is nothing."""
        for elements in self._transaction:
            name = elements[0]
            if name == "HL" and at(elements, 3) in _LEVELS:
                yield from self._ended(at(elements, 3))
                self._begin(at(elements, 3))
            elif name == "TRN" and self._code and len(elements) <= 5:
                if self._loop is not None:
                    yield self._loop
                self._loop = self._part_of(self._walker.number, elements)
                self._handed_out = True
            elif not self._took(elements):
                self._keep(elements)
        yield from self._ended("")
        if not self._code:
            self._notes.note("HL", 0, "missing-level", "the transaction set has no level")

    def _part_of(self, number: int, trn: Segment | None) -> LoopPart:
        return LoopPart(number, trn, _NOT_ASKED if self._transaction.identifier == "276" else _NOT_ANSWERED)

    def _ended(self, following: str) -> Iterator[LoopPart]:
        """What is to be handed out before `following` begins ("" at the end)."""
        if not self._code:
            return
        below = following and _LEVELS.index(following) > _LEVELS.index(self._code)
        if self._loop is not None:
            yield self._loop
        elif not self._handed_out and not below:
            yield self._part_of(self._level_number, None)
        self._loop = None

    def _begin(self, code: str) -> None:
        for lower in _LEVELS[_LEVELS.index(code) :]:
            self._parts.pop(lower, None)
            self._typed.pop(lower, None)
        self._parts[code] = MemberPart() if code in _MEMBERS else PartyPart()
        self._code, self._level_number, self._handed_out = code, self._walker.number, False

    def _took(self, elements: Segment) -> bool:
        name, loop = elements[0], self._loop
        if not self._code:
            return self._header_part.take(elements)
        part = self._parts[self._code]
        if name == "NM1" and not part.named:
            return part.take(elements)
        if loop is None and name in _OF_CLAIMS and self._code in _MEMBERS:
            self._notes.note(name, 0, "missing-trace", "the claim's loop does not begin with TRN")
            loop = self._loop = self._part_of(self._walker.number, None)
        if loop is not None:
            if name == "DMG" and isinstance(part, MemberPart):
                return part.take_member(elements, self._component)
            return loop.take(elements, self._component, self._notes, self._walker.number)
        return part.take_member(elements, self._component) if isinstance(part, MemberPart) else part.take(elements)

    def _keep(self, elements: Segment) -> None:
        """The segment at hand has no typed place: it stays raw where it stands."""
        if elements[0] == "HL":
            self._notes.note("HL", 3, "unknown-level", "HL03 names no level of a 276 or 277")
        loop = self._loop
        place: LoopPart | LinePart | PartyPart | HeaderPart
        if loop is not None:
            place = loop.lines[-1] if loop.lines else loop
        else:
            place = self._parts[self._code] if self._code else self._header_part
        place.raw.append(self._walker.raw)

    def _above(self) -> tuple[TransactionHeader, Party, Party | None, Party | None, Member | None, Member | None]:
        """Header and levels of what is handed out, each made once."""
        if self._header is None:
            self._header = self._header_part.whole()
        party, member = self._party, self._member
        return self._header, party("20") or Party(""), party("21"), party("19"), member("22"), member("23")

    def _party(self, code: str) -> Party | None:
        found = self._typed.get(code)
        if found is None and code in self._parts:
            found = self._typed[code] = self._parts[code].whole()
        assert not isinstance(found, Member)
        return found

    def _member(self, code: str) -> Member | None:
        found = self._typed.get(code)
        part = self._parts.get(code)
        if found is None and isinstance(part, MemberPart):
            found = self._typed[code] = part.member()
        assert not isinstance(found, Party)
        return found
