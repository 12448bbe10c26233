"""Money as a type of its own: a whole number of US cents. No float and no binary fraction ever touches it."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import NewType

Cents = NewType("Cents", int)
"""An amount in US cents; negative where a reversal or a takeback makes it so."""

ZERO = Cents(0)
LARGEST_AMOUNT_CENTS = 10**12
"""The largest amount that is taken from outside, in cents: ten billion dollars."""


class NotMoney(ValueError):
    """The text is no amount with at most two decimals, or is past `LARGEST_AMOUNT_CENTS`."""


def cents_from_text(text: str) -> Cents:
    """Cents of a decimal amount as X12, FHIR and HL7 write it: "100", "100.5", "-12.34", ".5".

    Raises NotMoney for anything else: an exponent, a third decimal that is not zero, a currency sign.
    """
    if "e" in text.lower():
        raise NotMoney("an amount has no exponent")
    try:
        scaled = Decimal(text) * 100
    except InvalidOperation as error:
        raise NotMoney("not a decimal amount") from error
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_AMOUNT_CENTS:
        raise NotMoney("not an amount of whole cents in range")
    return Cents(int(scaled))


def text_from_cents(amount: int) -> str:
    """The shortest decimal text of an amount, as X12 wants it: 10000 -> "100", 10050 -> "100.5", -5 -> "-.05"."""
    sign = "-" if amount < 0 else ""
    dollars, cents = divmod(abs(amount), 100)
    if not cents:
        return f"{sign}{dollars}" if dollars else "0"
    fraction = f"{cents:02d}".rstrip("0")
    return f"{sign}{dollars or ''}.{fraction}"


def dollars(amount: int) -> str:
    """An amount as people read it: -123456 -> "-$1,234.56"."""
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def split_exactly(amount: int, weights: Sequence[int]) -> list[Cents]:
    """Shares of `amount` in proportion to `weights` that sum to it to the cent.

    The cents that rounding leaves go one each to the largest remainders, the earlier first. Weights are not negative and
    not all zero, else ValueError.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be positive in sum and none negative")
    sign = -1 if amount < 0 else 1
    quotients = [divmod(abs(amount) * weight, total) for weight in weights]
    left = abs(amount) - sum(quotient for quotient, _ in quotients)
    favoured = sorted(range(len(weights)), key=lambda place: -quotients[place][1])[:left]
    shares = [quotient for quotient, _ in quotients]
    for place in favoured:
        shares[place] += 1
    return [Cents(sign * share) for share in shares]
