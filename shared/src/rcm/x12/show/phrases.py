"""How values are put for people: money, days, codes."""

from collections.abc import Mapping
from datetime import date

from rcm.money import NotMoney, cents_from_text, dollars


def money(text: str) -> str:
    """An amount for people: 67 -> $67.00; what is no amount stays as it is."""
    try:
        return dollars(cents_from_text(text))
    except NotMoney:
        return text


def day(text: str) -> str:
    """CCYYMMDD or a range of two, as people read it; anything else as it stands."""
    first, dash, last = text.partition("-")
    try:
        told = f"{date.fromisoformat(first):%b} {date.fromisoformat(first).day}, {first[:4]}"
    except ValueError:
        return text
    return f"{told} to {day(last)}" if dash else told


def word(table: Mapping[str, str], code: str) -> str:
    """A code's meaning, else the code itself."""
    return table.get(code, code)


def capital(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def dotted(code: str) -> str:
    """A diagnosis with its dot: E119 -> E11.9."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code


def percent(text: str) -> str:
    """A fraction as percent: 0.2 -> 20%; what is no number stays as it is."""
    try:
        told = f"{float(text) * 100:.6g}%"
    except ValueError:
        return text
    return told if "n" not in told else text
