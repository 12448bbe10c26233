"""Reads the claims of an 835 that hold nothing odd, several times as fast as segment by segment.

One expression takes what most lines (2110) have, in the guide's order; what else a line has, and what stands before the lines,
is looked at segment by segment; all amounts of a claim are converted together. A claim with something that has no typed place,
or with a fault, is left to the reader of segments: `read` gives None. Both make the same of a claim that both can read, which
a test holds them to.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from msgspec.structs import replace

from rcm.money import NotMoney
from rcm.x12.elements import day, many_cents
from rcm.x12.grammar import Delimiters
from rcm.x12.reading import Faults, contact, longer_than_typed
from rcm.x12.remittance.values import ClaimPayment, LinePayment, Person
from rcm.x12.values import (
    Adjustment,
    Amount,
    Contact,
    Dated,
    InpatientAdjudication,
    OutpatientAdjudication,
    Quantity,
    Reference,
)

_Value = TypeVar("_Value")
_Row = tuple[str, ...]
_Service = tuple[str, str, tuple[str, ...]]
"""A procedure: its qualifier, code, modifiers."""
_BLANKS = [""] * 13
_TRIPLETS_END = 19
_SERVICES_KEPT = 4096
_USUAL_CLP = 9
"""Elements up to CLP09; few claims have a DRG."""
_LONGEST_UNITS = 4
"""Letters of SVC05; where there are more, SVC06 and 07 may be among them."""
_WHOLE_NAME = 10
"""NM1 up to NM109."""
_SERVED = frozenset({"472", "150", "151"})
_amounts_of = itemgetter(1, 2, 9, 12, 15)
"""Of a row, empty where there is none: charge, payment, those of two CAS, that of AMT."""
_OF_CLAIM, _OF_LINE = 3, 5
"""How many amounts every claim and every line has."""
_REST, _OTHER = 16, 17


def _line_pattern(element: str, terminator: str) -> re.Pattern[str]:
    """2110: what most lines have, two CAS with one adjustment each; then what else it has, as it stands. The last group is a
    segment that fits no line.

    What may be missing is written as a choice with nothing, and runs are possessive: both are faster than `?` and `+`.
    No run of whole segments is: before Python 3.11.5 a possessive group in which something was given back did not match.
    """
    e, t = map(re.escape, (element, terminator))
    text = f"[^{e}{t}]*+"
    value = f"[^{e}{t}]++"
    cas = rf"(?:CAS{e}(\w\w){e}(\w+){e}({value}){t}|)"
    return re.compile(
        rf"""
        SVC{e}({value}){e}({value}){e}({value})(?:{e}({text})(?:{e}([^{t}]*+)|)|){t}
        (?:DTM{e}(?:472|150){e}(\d{{8}}){t}(?:DTM{e}151{e}(\d{{8}}){t}|)|)
        {cas}{cas}
        (?:REF{e}6R{e}({value}){t}|)
        (?:AMT{e}({value}){e}({value}){t}|)
        ((?:(?!SVC{e})[^{t}]++{t})*)
        | ([^{t}]+{t})
        """,
        re.VERBOSE,
    )


class _Otherwise(Exception):
    """The claim is not one of those that are read here."""


class _Rest:
    """What was looked at segment by segment: before a claim's first line, or of a line what few have.

    Most have little of it, so what is not there is the class's.
    """

    persons: tuple[Person, ...] = ()
    dates: tuple[Dated, ...] = ()
    references: tuple[Reference, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    contacts: tuple[Contact, ...] = ()
    remarks: tuple[str, ...] = ()
    outpatient: OutpatientAdjudication | None = None
    inpatient: InpatientAdjudication | None = None
    control_number = ""
    cas: tuple[list[str], ...] = ()
    """Each without its id."""
    amounts: tuple[tuple[str, str], ...] = ()
    """Amounts stand as texts, to be converted with all of the claim."""

    def take(self, raws: Sequence[str], element: str) -> None:
        """What claims and lines both have. Raises _Otherwise for a segment that is none of it."""
        for raw in raws:
            elements = raw.split(element)
            name, count = elements[0], len(elements)
            if name == "NM1" and count == _WHOLE_NAME and not elements[6]:
                self.take_name(elements)
            elif name == "CAS":
                self.cas += (_whole_triplets(elements[1:]),)
            elif name == "REF" and count == 3 and elements[2]:
                self.references += (Reference(elements[1], elements[2]),)
            elif name == "DTM" and count == 3 and (on := day(elements[2])) is not None:
                self.dates += (Dated(elements[1], on),)
            elif name == "AMT" and count == 3 and elements[2]:
                self.amounts += ((elements[1], elements[2]),)
            elif name == "QTY" and count == 3:
                self.quantities += (Quantity(elements[1], elements[2]),)
            else:
                self.take_own(elements)

    def take_name(self, elements: list[str]) -> None:
        """NM1 with all its elements but a prefix."""
        self.take_own(elements)

    def take_own(self, elements: list[str]) -> None:
        """What either has for itself."""
        raise NotImplementedError

    def texts(self) -> list[str]:
        """Its amounts, in the order in which they are wanted."""
        found = [amount for elements in self.cas for amount in elements[2::3]]
        return [*found, *[amount for _, amount in self.amounts]]


class _Head(_Rest):
    """2100 behind CLP."""

    def take_name(self, elements: list[str]) -> None:
        """NM1 with all its elements but a prefix."""
        _, entity, kind, family, first, middle, _, suffix, qualifier, identifier = elements
        self.persons += (Person(entity, family, first, middle, qualifier, identifier, suffix, kind == "2"),)

    def take_own(self, elements: list[str]) -> None:
        """NM1, PER, MOA, MIA."""
        name = elements[0]
        if longer_than_typed(elements):
            raise _Otherwise
        if name == "NM1":
            self.take_name([*elements, *_BLANKS][:_WHOLE_NAME])
        elif name == "PER":
            self.contacts += (contact(elements),)
        elif name == "MOA" and self.outpatient is None:
            self.outpatient = _without_fault(Faults.outpatient, elements)
        elif name == "MIA" and self.inpatient is None:
            self.inpatient = _without_fault(Faults.inpatient, elements)
        else:
            raise _Otherwise


class _LineRest(_Rest):
    """2110 behind what most lines have."""

    def take_own(self, elements: list[str]) -> None:
        """LQ*HE."""
        if len(elements) != 3 or elements[:2] != ["LQ", "HE"]:
            raise _Otherwise
        self.remarks += (elements[2],)

    def own_number(self) -> str:
        """REF*6R, where others stood before it: it is taken out of them."""
        for place, item in enumerate(self.references):
            if item.qualifier == "6R":
                self.references = self.references[:place] + self.references[place + 1 :]
                return item.value
        return ""


_NO_HEAD = _Head()


def _without_fault(read: Callable[[Faults, list[str]], _Value], elements: list[str]) -> _Value:
    """What `read` makes of a segment that it finds nothing wrong with."""
    faults = Faults([])
    found = read(faults, elements)
    if faults.problems:
        raise _Otherwise
    return found


def _whole_triplets(elements: list[str]) -> list[str]:
    """A CAS without its id, every reason of which has an amount."""
    reasons, amounts = elements[1::3], elements[2::3]
    if len(elements) > _TRIPLETS_END or len(reasons) != len(amounts) or "" in reasons or "" in amounts or not amounts:
        raise _Otherwise
    return elements


def _adjustments(cas: Sequence[list[str]], take: Callable[[], int]) -> tuple[Adjustment, ...]:
    """The adjustments of some CAS, whose amounts come next."""
    found: list[Adjustment] = []
    for elements in cas:
        quantities = [*elements[3::3], ""]
        for reason, quantity in zip(elements[1::3], quantities, strict=False):
            found.append(Adjustment(elements[0], reason, take(), quantity))
    return tuple(found)


def _amounts(kinds: Sequence[tuple[str, str]], take: Callable[[], int]) -> tuple[Amount, ...]:
    """Some AMT, whose amounts come next."""
    return tuple([Amount(kind, take()) for kind, _ in kinds])


@lru_cache(16)
def quick_claims(delimiters: Delimiters) -> "QuickClaims":
    """The reader for these delimiters."""
    return QuickClaims(delimiters)


class QuickClaims:
    """Reads claims with one set of delimiters."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._element, self._terminator, self._component = delimiters.element, delimiters.terminator, delimiters.component
        self._svc = f"{self._terminator}SVC{self._element}"
        self._rows = _line_pattern(self._element, self._terminator).findall
        self._services: dict[str, _Service] = {}
        """By SVC01: a practice's services are few."""

    def read(self, text: str, number: int, last: int, loop: int) -> ClaimPayment | None:
        """The claim whose text is that after "CLP*", whose first and last segments have these numbers; None where it is one
        for the reader of segments."""
        try:
            return self._whole(text, number, last, loop)
        except (_Otherwise, NotMoney):
            return None

    def _whole(self, text: str, number: int, last: int, loop: int) -> ClaimPayment:
        """The same; raises _Otherwise or NotMoney."""
        begin = text.find(self._svc)
        rows: list[_Row] = self._rows(text + self._terminator, begin + 1) if begin >= 0 else []
        first, *others = (text[:begin] if begin >= 0 else text).split(self._terminator)
        clp = first.split(self._element)
        if len(clp) != _USUAL_CLP:
            if longer_than_typed(["CLP", *clp]):
                raise _Otherwise
            clp += _BLANKS
        control_number, status, charge, paid, owed, filing, payer_number, facility, frequency, *_ = clp
        if not (control_number and status and charge and paid):
            raise _Otherwise
        # Each line has five amounts, an empty text for what is not there: so one call reads all of a claim.
        texts = [charge, paid, owed]
        rests: list[_LineRest] = []
        for row in rows:
            texts += _amounts_of(row)
            if row[_REST] or row[_OTHER]:
                rests.append(self._rest(row))
        head = _NO_HEAD
        if others:
            head = _Head()
            head.take(others, self._element)
        for rest in (head, *rests):
            if rest.cas or rest.amounts:
                texts += rest.texts()
        cents = many_cents(texts)
        take = iter(cents[_OF_CLAIM + _OF_LINE * len(rows) :]).__next__
        adjustments = _adjustments(head.cas, take) if head.cas else ()
        amounts = _amounts(head.amounts, take) if head.amounts else ()
        lines = self._lines(rows, iter(rests), cents, take, number + len(others) + 1)
        drg, drg_weight, discharge_fraction = clp[10:13] if len(clp) != _USUAL_CLP else ("", "", "")
        return ClaimPayment(
            control_number, status, cents[0], cents[1], cents[2], filing, payer_number, facility, frequency, adjustments, lines,
            head.persons, head.references, head.dates, amounts, head.quantities, head.outpatient, head.inpatient, loop, number,
            last, (), head.contacts, drg, drg_weight, discharge_fraction,
        )  # fmt: skip

    def _rest(self, row: _Row) -> _LineRest:
        """What a line has that few have."""
        rest = _LineRest()
        rest.take(row[_REST][:-1].split(self._terminator), self._element)
        if row[_OTHER] or any(item.qualifier in _SERVED for item in rest.dates):
            raise _Otherwise
        return rest

    def _lines(
        self, rows: Sequence[_Row], rests: Iterator[_LineRest], cents: list[int], take: Callable[[], int], number: int
    ) -> tuple[LinePayment, ...]:
        """The lines; `number` is the first one's, `rests` and `take` give what some have more, and its amounts."""
        lines: list[LinePayment] = []
        at, known = _OF_CLAIM, self._services
        for row in rows:
            (
                service, _, _, revenue, units, begin, end, group, reason, adjusted, group2, reason2, adjusted2, control_number,
                kind, _, more, _,
            ) = row  # fmt: skip
            charge, paid, cents1, cents2, amount = cents[at : at + _OF_LINE]
            at += _OF_LINE
            segments = 2 if control_number else 1
            adjustments: tuple[Adjustment, ...] = ()
            if adjusted2:
                adjustments = (Adjustment(group, reason, cents1), Adjustment(group2, reason2, cents2))
                segments += 2
            elif adjusted:
                adjustments = (Adjustment(group, reason, cents1),)
                segments += 1
            amounts: tuple[Amount, ...] = ()
            if kind:
                amounts = (Amount(kind, amount),)
                segments += 1
            first = last = None
            if begin:
                first, last = day(begin), day(end) if end else None
                if first is None or (end and last is None):
                    raise _Otherwise
                segments += 2 if end else 1
            references: tuple[Reference, ...] = ()
            quantities: tuple[Quantity, ...] = ()
            remarks: tuple[str, ...] = ()
            dates: tuple[Dated, ...] = ()
            if more:
                rest = next(rests)
                control_number = control_number or rest.own_number()
                references, quantities, remarks, dates = rest.references, rest.quantities, rest.remarks, rest.dates
                adjustments += _adjustments(rest.cas, take)
                amounts += _amounts(rest.amounts, take)
                segments += more.count(self._terminator)
            qualifier, procedure, modifiers = known.get(service) or self._service(service)
            if not revenue and qualifier == "NU":
                revenue = procedure
            line = LinePayment(
                procedure, charge, paid, modifiers, qualifier, units or "1", revenue, "", (), "", control_number, first, last,
                adjustments, references, amounts, quantities, remarks, number, (), dates,
            )  # fmt: skip
            lines.append(line if len(units) <= _LONGEST_UNITS else self._with_original(line, units))
            number += segments
        return tuple(lines)

    def _with_original(self, line: LinePayment, text: str) -> LinePayment:
        """The line with what stands in SVC05 to SVC07."""
        units, original, original_units, *more = *text.split(self._element), "", "", ""
        if "".join(more):
            raise _Otherwise
        qualifier, procedure, modifiers = self._service(original) if original else ("", "", ())
        return replace(
            line, units=units or "1", original_procedure=procedure, original_modifiers=modifiers, original_units=original_units,
            original_qualifier=qualifier if qualifier != line.procedure_qualifier else "",
        )  # fmt: skip

    def _service(self, text: str) -> _Service:
        """A procedure without a description, which is remembered."""
        qualifier, procedure, *modifiers = *text.split(self._component), ""
        del modifiers[-1:]
        if len(qualifier) != 2 or not procedure or len(modifiers) > 4 or "" in modifiers:
            raise _Otherwise
        if len(self._services) >= _SERVICES_KEPT:
            self._services.clear()
        found = self._services[text] = qualifier, procedure, tuple(modifiers)
        return found
