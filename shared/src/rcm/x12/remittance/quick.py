"""Reads the claims of an 835 that look as most do, several times as fast as segment by segment.

One expression takes a whole line (2110) with its segments in the guide's order; all amounts of a claim are converted
together. A claim with anything else in it, or with a fault, is left to the reader of segments: `read` gives None. Both make the
same of a claim that both can read, which a test holds them to.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from rcm.money import NotMoney
from rcm.x12.elements import day, many_cents
from rcm.x12.grammar import Delimiters
from rcm.x12.remittance.values import ClaimPayment, LinePayment, Person
from rcm.x12.values import Adjustment, Amount, Dated, OutpatientAdjudication, Reference

_Row = tuple[str, ...]
_More = dict[int, tuple[list[list[str]], list[list[str]]]]
"""Of lines that have more than two CAS or one AMT, by their place: these, without their ids."""
_NINE = [""] * 9
_TRIPLETS_END = 19


def _line_pattern(element: str, component: str, terminator: str) -> re.Pattern[str]:
    """2110: two CAS with one adjustment each, further ones together; the last group is a segment that fits no line.

    What may be missing is written as a choice with nothing, and runs are possessive: both are faster than `?` and `+`.
    """
    e, c, t = map(re.escape, (element, component, terminator))
    text = f"[^{e}{t}]*+"
    value = f"[^{e}{t}]++"
    cas = rf"(?:CAS{e}(\w\w){e}(\w+){e}({value}){t}|)"
    return re.compile(
        rf"""
        SVC{e}(\w\w){c}([^{e}{c}{t}]++)([{c}\w]*+){e}({value}){e}({value})(?:{e}({text})(?:{e}({text})|)|){t}
        (?:DTM{e}(?:472|150){e}(\d{{8}}){t}(?:DTM{e}151{e}(\d{{8}}){t}|)|)
        {cas}{cas}((?:CAS{e}[^{t}]*{t})+|)
        (?:REF{e}6R{e}({value}){t}|)
        ((?:REF{e}(?!6R){text}{e}{text}{t})+|)
        (?:AMT{e}({value}){e}({value}){t}|)((?:AMT{e}{value}{e}{value}{t})+|)
        ((?:LQ{e}HE{e}{text}{t})+|)
        | ([^{t}]+{t})
        """,
        re.VERBOSE,
    )


class _Otherwise(Exception):
    """The claim is not one of those that are read here."""


class _Head:
    """What stands between a claim's CLP and its first line; amounts as texts, converted with all of the claim."""

    __slots__ = ("amounts", "cas", "dates", "outpatient", "persons", "references")

    def __init__(self, raws: list[str], element: str, texts: list[str]) -> None:
        """Raises _Otherwise for a segment that is not among the usual."""
        self.persons: tuple[Person, ...] = ()
        self.dates: tuple[Dated, ...] = ()
        self.references: tuple[Reference, ...] = ()
        self.amounts: tuple[str, ...] = ()
        self.outpatient: OutpatientAdjudication | None = None
        self.cas: list[list[str]] = []
        of_amounts: list[str] = []
        for raw in raws:
            elements = raw.split(element)
            name, count = elements[0], len(elements)
            if name == "NM1" and 4 <= count <= 10:
                if count < 10:
                    elements += _NINE[count - 1 :]
                _, entity, kind, family, first, middle, prefix, suffix, qualifier, identifier = elements
                if prefix:
                    raise _Otherwise
                self.persons += (Person(entity, family, first, middle, qualifier, identifier, suffix, kind == "2"),)
            elif name == "DTM" and count == 3 and (on := day(elements[2])) is not None:
                self.dates += (Dated(elements[1], on),)
            elif name == "CAS":
                self.cas.append(_triplets(elements[1:], texts))
            elif name == "REF" and count == 3:
                self.references += (Reference(elements[1], elements[2]),)
            elif name == "AMT" and count == 3:
                self.amounts += (elements[1],)
                of_amounts.append(elements[2])
            elif name == "MOA" and 3 < count < 9 and not elements[1] and not elements[2] and self.outpatient is None:
                self.outpatient = OutpatientAdjudication("", None, tuple(filter(None, elements[3:])))
            else:
                raise _Otherwise
        texts += of_amounts


def _triplets(elements: list[str], texts: list[str]) -> list[str]:
    """A CAS without its id; its amounts are added to `texts`."""
    amounts = elements[2::3]
    if len(elements) > _TRIPLETS_END or len(elements[1::3]) != len(amounts) or "" in elements[1::3] or not amounts:
        raise _Otherwise
    texts += amounts
    return elements


def _adjustments(cas: list[list[str]], take: Callable[[], int]) -> tuple[Adjustment, ...]:
    """The adjustments of some CAS, whose amounts come next."""
    found: list[Adjustment] = []
    for elements in cas:
        if len(elements) == 3:
            found.append(Adjustment(elements[0], elements[1], take()))
        else:
            quantities = [*elements[3::3], ""]
            for reason, quantity in zip(elements[1::3], quantities, strict=False):
                found.append(Adjustment(elements[0], reason, take(), quantity))
    return tuple(found)


@lru_cache(16)
def quick_claims(delimiters: Delimiters) -> "QuickClaims":
    """The reader for these delimiters."""
    return QuickClaims(delimiters)


class QuickClaims:
    """Reads claims with one set of delimiters."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._element, self._terminator = element, terminator = delimiters.element, delimiters.terminator
        self._component = delimiters.component
        self._rows = _line_pattern(element, delimiters.component, terminator).findall
        self._svc, self._cas, self._ref, self._amt, self._lq = (
            f"{terminator}{name}{element}" for name in ("SVC", "CAS", "REF", "AMT", f"LQ{element}HE")
        )

    def read(self, text: str, number: int, last: int, loop: int) -> ClaimPayment | None:
        """The claim whose text is that after "CLP*", whose first and last segments have these numbers; None where it is one
        for the reader of segments."""
        head, mark, _ = text.partition(self._svc)
        rows = self._rows(text + self._terminator, len(head) + 1) if mark else ()
        first, *others = head.split(self._terminator)
        clp = first.split(self._element)
        count = len(clp)
        if not 4 <= count <= 9 or not clp[0] or not clp[1]:
            return None
        if count < 9:
            clp += _NINE[count:]
        texts = [clp[2], clp[3], clp[4] or "0"]
        try:
            part = _Head(others, self._element, texts)
            more = self._texts(rows, texts)
            take = iter(many_cents(texts)).__next__
            charge, paid, responsibility = take(), take(), take()
            adjustments = _adjustments(part.cas, take) if part.cas else ()
            amounts = tuple([Amount(qualifier, take()) for qualifier in part.amounts]) if part.amounts else ()
            lines = self._lines(rows, more, take, number + len(others) + 1)
        except (_Otherwise, NotMoney):
            return None
        return ClaimPayment(
            clp[0], clp[1], charge, paid, responsibility, clp[5], clp[6], clp[7], clp[8], adjustments, lines,
            part.persons, part.references, part.dates, amounts, (), part.outpatient, None, loop, number, last,
        )  # fmt: skip

    def _texts(self, rows: Sequence[_Row], texts: list[str]) -> _More:
        """Adds the lines' amounts to `texts`, in their order."""
        more: _More = {}
        for row in rows:
            if row[22]:
                raise _Otherwise
            texts += row[3:5]
            if row[11]:
                texts.append(row[11])
                if row[14]:
                    texts.append(row[14])
            if row[15] or row[20]:
                cas = [part.split(self._element) for part in row[15][4:-1].split(self._cas)] if row[15] else []
                for elements in cas:
                    _triplets(elements, texts)
                if row[19]:
                    texts.append(row[19])
                amounts = [part.split(self._element) for part in row[20][4:-1].split(self._amt)] if row[20] else []
                texts += [elements[1] for elements in amounts]
                more[id(row)] = cas, amounts
            elif row[19]:
                texts.append(row[19])
        return more

    def _modifiers(self, marks: str) -> tuple[str, ...]:
        """Those of ":25:59"."""
        modifiers = tuple(marks[1:].split(self._component))
        if len(modifiers) > 4 or "" in modifiers or marks[0] != self._component:
            raise _Otherwise
        return modifiers

    def _days(self, begin: str, end: str) -> tuple[date, date | None]:
        """DTM*472, or 150 and 151."""
        first, last = day(begin), day(end) if end else None
        if first is None or (end and last is None):
            raise _Otherwise
        return first, last

    def _lines(self, rows: Sequence[_Row], more: _More, take: Callable[[], int], place: int) -> tuple[LinePayment, ...]:
        """The lines; `place` is the first one's number."""
        lines: list[LinePayment] = []
        for row in rows:
            (
                qualifier, procedure, marks, _, _, revenue, units, begin, end, group, reason, found, group2, reason2, found2,
                _, control_number, refs, kind, _, _, remarks, _,
            ) = row  # fmt: skip
            number, charge, paid = place, take(), take()
            place += 1
            adjustments: tuple[Adjustment, ...] = ()
            amounts: tuple[Amount, ...] = ()
            if found:
                if found2:
                    adjustments = (Adjustment(group, reason, take()), Adjustment(group2, reason2, take()))
                    place += 2
                else:
                    adjustments = (Adjustment(group, reason, take()),)
                    place += 1
            if more and (blocks := more.get(id(row))) is not None:
                adjustments += _adjustments(blocks[0], take)
                place += len(blocks[0]) + len(blocks[1])
                if kind:
                    amounts = (Amount(kind, take()), *[Amount(elements[0], take()) for elements in blocks[1]])
                    place += 1
            elif kind:
                amounts = (Amount(kind, take()),)
                place += 1
            first, last = self._days(begin, end) if begin else (None, None)
            place += (1 if begin else 0) + (1 if end else 0) + (1 if control_number else 0)
            references: tuple[Reference, ...] = ()
            if refs:
                references = tuple([Reference(*part.split(self._element)) for part in refs[4:-1].split(self._ref)])
                place += len(references)
            codes: tuple[str, ...] = ()
            if remarks:
                codes = tuple(remarks[6:-1].split(self._lq))
                place += len(codes)
            if not revenue and qualifier == "NU":
                revenue = procedure
            lines.append(
                LinePayment(
                    procedure, charge, paid, self._modifiers(marks) if marks else (), qualifier, units or "1",
                    revenue, "", (), "", control_number, first, last, adjustments, references, amounts, (), codes, number,
                )
            )  # fmt: skip
        return tuple(lines)
