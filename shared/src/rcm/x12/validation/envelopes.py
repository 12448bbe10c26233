"""ISA, GS and TA1: the elements of the envelopes that no guide's table holds."""

import re
from collections.abc import Callable, Mapping, Sequence

from rcm.x12.grammar import Delimiters
from rcm.x12.validation.report import Report
from rcm.x12.validation.segments import is_day

Good = Callable[[str], object]

FUNCTIONAL_IDS: Mapping[str, str] = {
    "837": "HC", "835": "HP", "277": "HN", "276": "HR", "270": "HS", "271": "HB", "999": "FA", "997": "FA",
    "278": "HI", "820": "RA", "834": "BE", "275": "PI",
}  # fmt: skip
"""ST01 -> GS01."""
is_qualifier = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"}).__contains__
"""ISA05 and ISA07."""
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?").fullmatch
_DIGITS = re.compile(r"[0-9]+").fullmatch


def _day(length: int) -> Good:
    return lambda text: len(text) == length and is_day(text)


def _short_time(text: str) -> bool:
    return len(text) == 4 and _TIME(text) is not None


def _number(longest: int, *, exact: bool = False) -> Good:
    return lambda text: _DIGITS(text) and (len(text) == longest if exact else len(text) <= longest)


def _anything(_: str) -> bool:
    return True


def _text(shortest: int, longest: int) -> Good:
    return lambda text: shortest <= len(text) <= longest


ISA: Sequence[Good] = (
    frozenset({"00", "03"}).__contains__, _anything, frozenset({"00", "01"}).__contains__, _anything,
    is_qualifier, _text(1, 15), is_qualifier, _text(1, 15), _day(6), _short_time, _text(1, 1),
    frozenset({"00501", "00401"}).__contains__, _number(9, exact=True), frozenset({"0", "1"}).__contains__,
    frozenset({"P", "T"}).__contains__, _text(1, 1),
)  # fmt: skip
"""ISA01 to ISA16, stripped of their padding."""
ISA_NOTES = (
    "010", "011", "012", "013", "005", "006", "007", "008", "014", "015", "016", "017", "018", "019", "020", "027"
)  # fmt: skip
"""TA105 for each of them."""
GS: Sequence[Good] = (
    re.compile(r"[A-Z]{2}").fullmatch, _text(2, 15), _text(2, 15), _day(8), _TIME, _number(9), frozenset("XT").__contains__,
    _text(1, 12),
)  # fmt: skip
"""GS01 to GS08."""
GS_CODES = {6: "6", 8: "2"}
"""AK905 for them; 1 for the others."""
TA1: Sequence[Good] = (
    _number(9, exact=True), _day(6), _short_time, frozenset("AER").__contains__, re.compile(r"0[0-3][0-9]").fullmatch,
)  # fmt: skip
"""TA101 to TA105."""


def check(rule: str, goods: Sequence[Good], elements: Sequence[str], report: Report) -> None:
    """Each element of an envelope's segment by what is good there."""
    for place, good in enumerate(goods, 1):
        if not good(elements[place]):
            report.find(rule, elements[0], place)


def plain_segment(delimiters: Delimiters) -> Good:
    """What any segment of any transaction set looks like: an id, then printable elements."""
    mark = re.escape(delimiters.element)
    return re.compile(rf"[A-Z][A-Z0-9]{{1,2}}(?:{mark}[ -~]*)?").fullmatch
