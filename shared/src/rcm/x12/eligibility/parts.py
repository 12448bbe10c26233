"""What a reader collects of loop 2110 until it is whole: a question of 270, a benefit of 271."""

from rcm.x12.eligibility.values import Benefit, Delivery, Detail, Question
from rcm.x12.grammar import Delimiters
from rcm.x12.interchange import Segment, at
from rcm.x12.parties import Rejection
from rcm.x12.party_parts import Notes, PartyPart, dated_of, procedure, reference
from rcm.x12.values import Amount, Dated, Reference

_BLANKS = [""] * 15
_OF_QUESTIONS = frozenset({"AMT", "III", "REF", "DTP"})
_OF_PARTIES = frozenset({"N3", "N4", "PER", "PRV", "REF"})


class DetailPart:
    """2110, and 2115 and 2120 within it."""

    def __init__(self, elements: Segment, number: int, loop: str, delimiters: Delimiters, notes: Notes) -> None:
        self.elements = [*elements, *_BLANKS]
        self.raw: list[str] = []
        self._number = number
        self._loop = loop
        self._delimiters = delimiters
        self._notes = notes
        self._references: list[Reference] = []
        self._dates: list[Dated] = []
        self._details: list[Detail] = []
        self._amounts: list[Amount] = []
        self._deliveries: list[Delivery] = []
        self._rejections: list[Rejection] = []
        self._messages: list[str] = []
        self._related: list[PartyPart] = []
        self._party: PartyPart | None = None
        self._amount = notes.money(self.elements, 7) if elements[0] == "EB" else None

    def take(self, elements: Segment) -> bool:
        """Takes a segment of the loop; False for what has no typed place, which the caller keeps raw."""
        name, used = elements[0], len(elements) - 1
        if self.elements[0] == "EQ" and name not in _OF_QUESTIONS:
            return False
        if name in {"LS", "LE"}:
            self._party = self._begin_party() if name == "LS" else None
        elif name == "NM1":
            return self._name(elements)
        elif self._party is not None and name in _OF_PARTIES:
            return self._party.take(elements)
        elif name == "HSD" and used <= 8:
            self._deliveries.append(Delivery(*elements[1:]))
        elif name == "REF" and used <= 3:
            self._references.append(reference(elements))
        elif name == "DTP" and (dated := dated_of(elements)) is not None:
            self._dates.append(dated)
        elif name == "AAA" and used <= 4:
            self._rejections.append(rejection(elements, self._loop))
        elif name == "MSG" and used == 1:
            self._messages.append(elements[1])
        elif name == "III" and used <= 4:
            self._details.append(Detail(at(elements, 1), *elements[2:]))
        elif name == "AMT" and used == 2:
            return self._amt(elements)
        else:
            return False
        return True

    def question(self) -> Question:
        """The loop as 270 has it."""
        eq = self.elements
        return Question(
            self._repeated(eq[1]),
            procedure(eq[2], self._delimiters.component),
            eq[3],
            tuple(filter(None, eq[5].split(self._delimiters.component))),
            tuple(self._amounts),
            tuple(self._details),
            tuple(self._references),
            tuple(self._dates),
            self._number,
            tuple(self.raw),
        )

    def benefit(self) -> Benefit:
        """The loop as 271 has it."""
        eb = self.elements
        return Benefit(
            eb[1],
            eb[2],
            self._repeated(eb[3]),
            eb[4],
            eb[5],
            eb[6],
            self._amount,
            eb[8],
            eb[9],
            eb[10],
            eb[11],
            eb[12],
            procedure(eb[13], self._delimiters.component),
            tuple(filter(None, eb[14].split(self._delimiters.component))),
            tuple(self._deliveries),
            tuple(self._references),
            tuple(self._dates),
            tuple(self._rejections),
            tuple(self._messages),
            tuple(self._details),
            tuple([part.whole() for part in self._related]),
            self._number,
            tuple(self.raw),
        )

    def _begin_party(self) -> PartyPart:
        self._party = PartyPart()
        self._related.append(self._party)
        return self._party

    def _name(self, elements: Segment) -> bool:
        """NM1: of the party that LS has begun, or of one more."""
        party = self._party
        if party is None or party.named:
            party = self._begin_party()
        return party.take(elements)

    def _amt(self, elements: Segment) -> bool:
        amount = self._notes.money(elements, 2) if self.elements[0] == "EQ" else None
        if amount is None:
            return False
        self._amounts.append(Amount(elements[1], amount))
        return True

    def _repeated(self, text: str) -> tuple[str, ...]:
        """Service types: repetitions in 5010, one in 4010, whose ISA tells no repetition separator."""
        mark = self._delimiters.repetition
        return tuple(filter(None, text.split(mark) if mark else [text]))


def rejection(elements: Segment, loop: str) -> Rejection:
    """AAA."""
    return Rejection(loop, at(elements, 3), at(elements, 4), at(elements, 1) != "N", at(elements, 2))
