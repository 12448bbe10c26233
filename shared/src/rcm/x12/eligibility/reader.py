"""Reads 270 and 271 patient by patient: source, receiver, subscriber, dependent, and what is asked or answered."""

from collections.abc import Iterator

from rcm.x12.eligibility.parts import DetailPart, rejection
from rcm.x12.eligibility.values import EligibilityAnswer, EligibilityInquiry
from rcm.x12.grammar import Source
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.parties import Member, Party, TransactionHeader
from rcm.x12.party_parts import HeaderPart, MemberPart, Notes, PartyPart
from rcm.x12.problems import Problem
from rcm.x12.transaction_sets import read_sets

_LETTERS = {"20": "A", "21": "B", "22": "C", "23": "D"}


def read_eligibility_inquiries(source: Source, problems: list[Problem] | None = None) -> Iterator[EligibilityInquiry]:
    """What every 270 of the file asks, one patient at a time. Raises NotX12 and WrongTransaction; adds faults to `problems`."""
    return read_sets(
        source, problems, "270", lambda item: item.identifier == "270", lambda *known: InquiryReader(*known).inquiries()
    )


def read_eligibility_answers(source: Source, problems: list[Problem] | None = None) -> Iterator[EligibilityAnswer]:
    """What every 271 of the file answers, one patient at a time; and one answer for each source or receiver without a patient.

    Raises NotX12 and WrongTransaction; adds faults to `problems`.
    """
    return read_sets(
        source, problems, "271", lambda item: item.identifier == "271", lambda *known: AnswerReader(*known).answers()
    )


class _LevelReader:
    """One 270 or 271: collects its levels and tells when a patient is complete."""

    begins_detail = ""
    """The segment that begins loop 2110."""

    def __init__(self, walker: Walker, transaction: TransactionSet, problems: list[Problem]) -> None:
        self._walker = walker
        self._transaction = transaction
        self._notes = Notes(walker, problems)
        self._component = walker.delimiters.component
        self._header_part = HeaderPart(transaction)
        self._header: TransactionHeader | None = None
        self._part: PartyPart | None = None
        """The level at hand."""
        self._code = ""
        """Its HL03."""
        self._number = 0
        """Its HL's number in the file."""
        self._source: Party | None = None
        self._receiver: Party | None = None
        self._subscriber: Member | None = None
        self._dependent: Member | None = None
        self._details: list[DetailPart] = []

    def patients(self) -> Iterator[None]:
        """Stops whenever what was collected is to be handed out."""
        for elements in self._transaction:
            if elements[0] == "HL":
                level = at(elements, 3)
                if level not in _LETTERS:
                    self._notes.note("HL", 3, "unknown-level", "HL03 names no level of a 270 or 271")
                    self._keep()
                    continue
                if self._closed(level):
                    yield
                self._begin(level)
            elif elements[0] == self.begins_detail and isinstance(self._part, MemberPart):
                loop = f"2110{_LETTERS[self._code]}"
                number, delimiters = self._walker.number, self._walker.delimiters
                self._details.append(DetailPart(elements, number, loop, delimiters, self._notes))
            elif not self._took(elements):
                self._keep()
        if self._closed(""):
            yield
        elif self._part is None:
            self._notes.note("HL", 0, "missing-level", "the transaction set has no level")

    def header(self) -> TransactionHeader:
        """ST and BHT, made once."""
        if self._header is None:
            self._header = self._header_part.whole()
        return self._header

    def _took(self, elements: Segment) -> bool:
        part = self._part
        if part is None:
            return self._header_part.take(elements)
        if self._details:
            taken = self._details[-1].take(elements)
        elif elements[0] == "AAA" and len(elements) <= 5:
            unnamed_source = self._code == "20" and not part.named
            part.rejections.append(rejection(elements, "2000A" if unnamed_source else f"2100{_LETTERS[self._code]}"))
            taken = True
        elif isinstance(part, MemberPart):
            taken = part.take_member(elements, self._component)
        else:
            taken = part.take(elements)
        if not taken and elements[0] in {"DTP", "DMG"} and at(elements, 2) in {"D8", "RD8"}:
            self._notes.note(elements[0], 3 if elements[0] == "DTP" else 2, "not-a-date", "no date can be read")
        return taken

    def _keep(self) -> None:
        """The segment at hand has no typed place: it stays raw where it stands."""
        part = self._details[-1] if self._details else self._part or self._header_part
        part.raw.append(self._walker.raw)

    def _closed(self, following: str) -> bool:
        """Types the level at hand before `following` begins ("" at the end); whether it is to be handed out."""
        part, level = self._part, self._code
        if part is None:
            return False
        if level == "20":
            self._source = part.whole()
            return following in {"", "20"}
        if level == "21":
            self._receiver = part.whole()
            return following not in {"22", "23"}
        assert isinstance(part, MemberPart)
        if level == "22":
            self._subscriber = part.member()
            return following != "23" or bool(self._details)
        self._dependent = part.member()
        return True

    def _begin(self, level: str) -> None:
        self._part = MemberPart() if level in {"22", "23"} else PartyPart()
        self._code, self._number = level, self._walker.number
        self._details = []
        self._dependent = None
        if level in {"20", "21", "22"}:
            self._subscriber = None
        if level in {"20", "21"}:
            self._receiver = None
        if level == "20":
            self._source = None


class InquiryReader(_LevelReader):
    """One 270 transaction set."""

    begins_detail = "EQ"

    def inquiries(self) -> Iterator[EligibilityInquiry]:
        """What is asked, patient by patient."""
        for _ in self.patients():
            if self._subscriber is None:
                self._notes.note("HL", 0, "missing-level", "no subscriber's level")
            yield EligibilityInquiry(
                self.header(),
                self._source or Party(""),
                self._receiver or Party(""),
                self._subscriber or Member(Party("")),
                self._dependent,
                tuple([part.question() for part in self._details]),
                self._number,
            )


class AnswerReader(_LevelReader):
    """One 271 transaction set."""

    begins_detail = "EB"

    def answers(self) -> Iterator[EligibilityAnswer]:
        """What is answered, patient by patient."""
        for _ in self.patients():
            yield EligibilityAnswer(
                self.header(),
                self._source or Party(""),
                self._receiver,
                self._subscriber,
                self._dependent,
                tuple([part.benefit() for part in self._details]),
                self._number,
            )
