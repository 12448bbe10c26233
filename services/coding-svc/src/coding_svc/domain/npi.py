"""The National Provider Identifier's check digit (45 CFR 162.406; Luhn over the card-issuer prefix 80840)."""

from functools import lru_cache

_PREFIX_SUM = 24
"""What the digits 80840 add to the Luhn sum."""
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_CACHED = 16_384


@lru_cache(maxsize=_CACHED)
def is_npi(npi: str) -> bool:
    """True for ten ASCII digits, the first 1 or 2, whose check digit is right."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit() or npi[0] not in "12":
        return False
    digits = [int(digit) for digit in npi]
    return (_PREFIX_SUM + sum(_DOUBLED[digit] for digit in digits[0:10:2]) + sum(digits[1:10:2])) % 10 == 0
