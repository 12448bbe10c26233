"""Reads one 999, or one 997, whose AK3, AK4 and AK5 say the same as IK3, IK4 and IK5."""

from msgspec import structs

from rcm.x12.acknowledgement.values import ElementError, FunctionalAcknowledgement, SegmentError, SetAcknowledgement
from rcm.x12.elements import whole_number
from rcm.x12.interchange import Segment, TransactionSet, Walker, at
from rcm.x12.problems import Problem

_BLANKS = [""] * 11


class _SegmentPart:
    """IK3 with its CTX and IK4."""

    def __init__(self, elements: Segment) -> None:
        self.elements = elements
        self.contexts: list[tuple[str, ...]] = []
        self.errors: list[ElementError] = []

    def whole(self) -> SegmentError:
        ik3 = self.elements
        return SegmentError(ik3[1], whole_number(ik3[2]) or 0, ik3[3], ik3[4], tuple(self.contexts), tuple(self.errors))


class _SetPart:
    """AK2 to IK5."""

    def __init__(self, elements: Segment) -> None:
        self.elements = elements
        self.segments: list[_SegmentPart] = []
        self.result: Segment = _BLANKS

    def whole(self) -> SetAcknowledgement:
        ak2, ik5 = self.elements, self.result
        codes = tuple(filter(None, ik5[2:7]))
        return SetAcknowledgement(ak2[1], ak2[2], ik5[1], ak2[3], codes, tuple([part.whole() for part in self.segments]))


def read_functional_acknowledgement(walker: Walker, transaction: TransactionSet) -> FunctionalAcknowledgement:
    """The whole of one 999 or 997."""
    component = walker.delimiters.component
    problems: list[Problem] = []
    raw: list[str] = []
    sets: list[_SetPart] = []
    ak1 = ak9 = _BLANKS
    for elements in transaction:
        name, padded = elements[0], [*elements, *_BLANKS]
        if name == "AK1":
            ak1 = padded
        elif name == "AK2":
            sets.append(_SetPart(padded))
        elif name == "AK9":
            ak9 = padded
        elif not sets:
            raw.append(walker.raw)
            problems.append(Problem(walker.number, name, 0, "misplaced-segment", "the segment stands before any AK2"))
        elif name in {"IK5", "AK5"}:
            sets[-1].result = padded
        elif name in {"IK3", "AK3"}:
            sets[-1].segments.append(_SegmentPart(padded))
        elif name in {"CTX", "IK4", "AK4"} and sets[-1].segments:
            _detail(sets[-1].segments[-1], elements, component)
        else:
            raw.append(walker.raw)
            problems.append(Problem(walker.number, name, 0, "unexpected-segment", "the segment has no place in a 999"))
    for segment, elements in (("AK1", ak1), ("AK9", ak9)):
        if elements is _BLANKS:
            problems.append(Problem(walker.number, segment, 0, "missing-segment", f"the transaction set has no {segment}"))
    first, last = transaction.first_segment, walker.number
    return FunctionalAcknowledgement(
        ak1[1],
        ak1[2],
        ak9[1],
        ak1[3],
        whole_number(ak9[2]) or 0,
        whole_number(ak9[3]) or 0,
        whole_number(ak9[4]) or 0,
        tuple(filter(None, ak9[5:10])),
        tuple([part.whole() for part in sets]),
        transaction.envelope,
        transaction.control_number,
        first,
        last,
        (*problems, *walker.problems_of(transaction)),
        tuple(raw),
    )


def _detail(part: _SegmentPart, elements: Segment, component: str) -> None:
    """IK4, or CTX of the IK4 before it or else of the IK3."""
    if elements[0] == "CTX":
        context = tuple([element.replace(component, ":") for element in elements[1:]])
        if part.errors:
            last = part.errors[-1]
            part.errors[-1] = structs.replace(last, contexts=(*last.contexts, context))
        else:
            part.contexts.append(context)
        return
    place = [whole_number(text) or 0 for text in at(elements, 1).split(component)] + [0, 0]
    error = ElementError(place[0], place[1], place[2], at(elements, 2), at(elements, 3), at(elements, 4))
    part.errors.append(error)
