"""One element's text to a value and back: amounts, dates, numbers, composites. Cached where files repeat themselves."""

from datetime import date, datetime
from functools import lru_cache
from typing import Annotated

import msgspec

from rcm.money import LARGEST_AMOUNT_CENTS, NotMoney, cents_from_text, text_from_cents

_CACHE = 1 << 12
"""Files repeat days and small amounts; a larger cache costs memory and, where it thrashes, time."""


def cents(text: str) -> int:
    """Cents of a decimal amount (R): "100" = "100.00". Raises NotMoney."""
    if text[-3:-2] == ".":
        digits, scale = text[:-3] + text[-2:], 1
    elif text[-2:-1] == ".":
        digits, scale = text[:-2] + text[-1:], 10
    else:
        digits, scale = text, 100
    if digits.isdigit() and digits.isascii() and len(digits) < 11:
        return int(digits) * scale
    return cents_from_text(text)


_Cents = Annotated[int, msgspec.Meta(ge=-LARGEST_AMOUNT_CENTS, le=LARGEST_AMOUNT_CENTS)]
_all_cents = msgspec.json.Decoder(list[_Cents], strict=False).decode


def many_cents(texts: list[str]) -> list[int]:
    """The same of many amounts at once, several times as fast: a number with the exponent 2 is exact as JSON's decoder reads
    it, and one that has a third decimal is no integer. An empty text is 0. Raises NotMoney where one of them is none."""
    numbers = f"[{'e2,'.join(texts)}e2]".replace(",e2", ",0e2").replace(",.", ",0.").replace("-.", "-0.")
    try:
        amounts = _all_cents(numbers)
        if len(amounts) == len(texts):
            return amounts
    except msgspec.DecodeError:
        pass
    return [cents(text) if text else 0 for text in texts]


@lru_cache(_CACHE)
def amount_text(amount: int) -> str:
    """An amount as X12 wants it: 10050 -> "100.5". Raises NotMoney past the largest amount."""
    if abs(amount) > LARGEST_AMOUNT_CENTS:
        raise NotMoney("the amount is out of range")
    return text_from_cents(amount)


@lru_cache(_CACHE)
def day(text: str) -> date | None:
    """A date D8 (CCYYMMDD, or YYMMDD as TA1 has it); None where the text is none."""
    if len(text) not in {6, 8} or not (text.isascii() and text.isdigit()):
        return None
    if len(text) == 6:
        text = ("20" if text < "70" else "19") + text
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_text(value: date) -> str:
    """D8. Birth dates are too many to be kept."""
    return value.isoformat().replace("-", "")


@lru_cache(_CACHE)
def period(text: str) -> tuple[date | None, date | None]:
    """First and last day of RD8 (CCYYMMDD-CCYYMMDD); of D8 and DT the day, and None."""
    first, _, last = text.partition("-")
    return day(first[:8]), day(last[:8]) if last else None


def instant(day_part: str, time_part: str) -> datetime | None:
    """A date and a time HHMM or HHMMSS as X12 has them (it tells no zone); None where they are none."""
    on = day(day_part)
    if on is None or len(time_part) < 4 or not (time_part.isascii() and time_part.isdigit()):
        return None
    try:
        hour, minute, second = int(time_part[:2]), int(time_part[2:4]), int(time_part[4:6] or 0)
        return datetime(on.year, on.month, on.day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def has_digits(text: str, *lengths: int) -> bool:
    """Whether a text is digits alone (0 to 9), as many as one of `lengths`."""
    return len(text) in lengths and text.isascii() and text.isdigit()


def whole_number(text: str) -> int | None:
    """A count (N0); None where the text is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@lru_cache(_CACHE)
def decimal_text(text: str) -> str | None:
    """A decimal (R) in its shortest form: "1.0" -> "1", "0.50" -> ".5"; None where the text is none or is negative."""
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdigit() or not text.isascii() or len(text) > 15:
        return None
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    return (f"{whole}.{fraction}" if fraction else whole) or "0"
