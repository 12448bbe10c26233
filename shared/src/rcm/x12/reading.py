"""What readers of several guides do alike: faults with their place, amounts, the segments that every guide has."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rcm.money import NotMoney
from rcm.x12.elements import cents
from rcm.x12.interchange import Segment, at
from rcm.x12.problems import Problem
from rcm.x12.values import Address, Adjustment, Amount, Contact, InpatientAdjudication, OutpatientAdjudication

BLANKS = [""] * 26
_TRIPLETS_END = 20
_INPATIENT_AMOUNTS = (2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 24)
"""MIA elements that are amounts."""


class Faults:
    """Keeps problems with the number of the segment at hand."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.number = 0

    def note(self, segment: str, element: int, code: str, message: str, number: int = 0) -> None:
        """A fault at the segment at hand, or at `number`."""
        self.problems.append(Problem(number or self.number, segment, element, code, message))

    def money(self, elements: Segment, place: int, number: int = 0) -> int:
        """An amount in cents; 0 and a problem where it can't be read, 0 where it is not there."""
        text = elements[place] if place < len(elements) else ""
        if not text:
            return 0
        try:
            return cents(text)
        except NotMoney as error:
            self.note(elements[0], place, "not-an-amount", str(error), number)
            return 0

    def money_if_any(self, elements: Segment, place: int) -> int | None:
        """An amount; None where it is not there."""
        return self.money(elements, place) if at(elements, place) else None

    def adjustments(self, elements: Segment) -> list[Adjustment]:
        """CAS: up to six triplets; more are read too, and told by `longer_than`."""
        if len(elements) == 4 and elements[2] and elements[3]:
            return [Adjustment(elements[1], elements[2], self.money(elements, 3))]
        found: list[Adjustment] = []
        group = at(elements, 1)
        for place in range(2, len(elements), 3):
            reason, amount, quantity = elements[place], at(elements, place + 1), at(elements, place + 2)
            if not reason and not amount:
                continue
            if not amount:
                self.note("CAS", place + 1, "missing-element", "a reason without an amount")
            found.append(Adjustment(group, reason, self.money(elements, place + 1), quantity))
        return found

    def outpatient(self, elements: Segment) -> OutpatientAdjudication:
        """MOA."""
        remarks = tuple(filter(None, elements[3:8]))
        return OutpatientAdjudication(
            at(elements, 1),
            self.money_if_any(elements, 2),
            remarks,
            self.money_if_any(elements, 8),
            self.money_if_any(elements, 9),
        )

    def inpatient(self, elements: Segment) -> InpatientAdjudication:
        """MIA."""
        remarks = tuple(filter(None, (*elements[5:6], *elements[20:24])))
        amounts = tuple(
            [Amount(f"{place:02d}", self.money(elements, place)) for place in _INPATIENT_AMOUNTS if at(elements, place)]
        )
        return InpatientAdjudication(at(elements, 1), at(elements, 3), remarks, amounts, at(elements, 15))


def contact(elements: Segment) -> Contact:
    """PER."""
    pairs = [(kind, number) for kind, number in zip(elements[3:9:2], elements[4:9:2], strict=False) if kind or number]
    return Contact(at(elements, 1), at(elements, 2), tuple(pairs))


def address(street: Segment, city: Segment) -> Address | None:
    """N3 and N4, where there are any; empty lists where one is not there."""
    if not street and not city:
        return None
    found = Address(at(street, 1), at(city, 1), at(city, 2), at(city, 3), at(street, 2), at(city, 4), at(city, 7))
    return found if any((found.line1, found.line2, found.city, found.state, found.postal_code, found.country)) else None


_LONGEST = {
    "CLP": 14, "SVC": 8, "CAS": _TRIPLETS_END, "NM1": 10, "DTM": 3, "REF": 3, "AMT": 3, "QTY": 3, "LQ": 3, "PER": 9, "N1": 5,
    "N3": 3, "N4": 5, "BPR": 17, "TRN": 5, "PLB": 15, "MIA": 25, "MOA": 10, "LX": 2, "TS3": 25, "TS2": 20,
    "BHT": 7, "SBR": 10, "PAT": 10, "DMG": 4, "PRV": 4, "DTP": 4, "HI": 13, "NTE": 3, "CR1": 11, "CRC": 8, "OI": 7, "CL1": 4,
    "CTP": 6, "LIN": 4, "PWK": 7, "SVD": 7, "TOO": 4, "DN1": 6, "DN2": 3, "HL": 5, "SV1": 16, "SV2": 8, "SV3": 12, "CLM": 21,
}  # fmt: skip
"""One more than the last element that has a typed place."""


_HOLES = {
    "NM1": (6,), "CLP": (10,), "SBR": (6, 7, 8), "PAT": (2, 3, 4), "PWK": (3, 4), "CTP": (1, 2, 3), "LIN": (1,),
    "CR1": (3, 7, 8), "CLM": (3, 4, 13, 14, 15, 16, 17, 18), "SV1": (6, 8, 10, 13, 14), "SV2": (6,), "OI": (1, 2, 5),
    "SV3": (7, 8, 9, 10),
}  # fmt: skip
"""Elements before it that the guides do not use."""


_YES_OR_NO = frozenset({"", "N", "Y"})
_FIXED = {
    "DMG": {1: frozenset({"", "D8"})},
    "DTP": {2: frozenset({"D8", "RD8", "TM", "DT"})},
    "PAT": {5: frozenset({"", "D8"}), 7: frozenset({"", "01"}), 9: _YES_OR_NO},
    "PRV": {2: frozenset({"", "PXC"})},
    "PWK": {5: frozenset({"", "AC"})},
    "CR1": {1: frozenset({"", "LB"}), 5: frozenset({"", "DH"})},
    "CRC": {2: _YES_OR_NO},
    "CLM": {6: _YES_OR_NO},
    "SV1": {9: _YES_OR_NO, 11: _YES_OR_NO, 12: _YES_OR_NO, 15: frozenset({"", "0"})},
    "TOO": {1: frozenset({"", "JP"})},
}
"""Elements whose few values a type holds by its own fields, or takes for granted; others are not lost with it."""


_FORMS = {name: (_LONGEST[name], _HOLES.get(name, ()), tuple(_FIXED.get(name, {}).items())) for name in _LONGEST}


def longer_than_typed(elements: Sequence[str]) -> bool:
    """Whether a segment says more than its type holds, or has none: such a one is kept raw as well."""
    form = _FORMS.get(elements[0])
    if form is None:
        return True
    longest, holes, fixed = form
    count = len(elements)
    if count > longest and any(elements[longest:]):
        return True
    for place in holes:
        if place < count and elements[place]:
            return True
    return bool(fixed) and any(place < count and elements[place] not in values for place, values in fixed)


TYPED = frozenset(_LONGEST)
"""Segments whose values a writer makes: those that stand raw as well are not written twice."""


class _Collector:
    """The garbage collector, paused while anybody reads: of readers in several threads the last one lets it go on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers = 0
        self._was_enabled = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Without looking for garbage: what a reader makes holds no cycles, and much of it is kept."""
        with self._lock:
            if not self._readers:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers and self._was_enabled:
                    gc.enable()


COLLECTOR = _Collector()
