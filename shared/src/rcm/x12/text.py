"""Data as X12 text: upper case, without accents, never with a delimiter in it; and the envelopes around a file."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rcm.x12.problems import CannotWrite
from rcm.x12.values import InterchangeHeader

_CACHE = 1 << 15
_PLAIN = re.compile(r"[A-Z0-9](?:[A-Z0-9!\"&'()+,\-./;?=%@\[\]_{}<>#$]| (?! ))*(?<! )|").fullmatch
_CODE = re.compile(r"[A-Z0-9]+").fullmatch
_KEPT = re.compile(r"[^A-Z0-9!\"&'()+,\-./;?=%@\[\]_{}<>#$ ]+")
_LETTERS = str.maketrans(
    {
        "Æ": "AE", "Œ": "OE", "Ø": "O", "ß": "SS", "Ð": "D", "Þ": "TH", "Ł": "L", "Đ": "D", "İ": "I", "ı": "I",
        "‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-",
        "*": " ", ":": " ", "~": "-", "^": " ", "|": " ", "\\": "/",
    }
)  # fmt: skip


@lru_cache(_CACHE)
def clean(text: str) -> str:
    """Free text as an element can hold it: "Muñoz-O’Neill" -> "MUNOZ-O'NEILL", "A*B" -> "A B"; characters that no Latin
    letter stands for are left out."""
    upper = text.upper()
    if _PLAIN(upper):
        return upper
    upper = upper.translate(_LETTERS)
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(mark))
    kept = _KEPT.sub(" ", plain.translate(_LETTERS).upper())
    return " ".join(kept.split())


def plain(text: str) -> str:
    """The same of a number or id: most hold capital letters and digits alone and come but once, so that nobody would need them
    kept."""
    return text if _CODE(text) else clean(text)


def free(text: str, longest: int, path: str, *, required: bool = False) -> str:
    """Cleaned text of at most `longest` characters. Raises CannotWrite."""
    cleaned = plain(text)
    if len(cleaned) > longest:
        raise CannotWrite(path, f"longer than the {longest} characters that the guide allows")
    if required and not cleaned:
        raise CannotWrite(path, "nothing is left that X12 can hold" if text else "is required")
    return cleaned


def code(text: str, longest: int, path: str, *, shortest: int = 1) -> str:
    """A code of letters and digits, as it stands. Raises CannotWrite."""
    if not shortest <= len(text) <= longest or not _CODE(text):
        many = f"{shortest} to {longest}" if shortest < longest else f"{longest}"
        raise CannotWrite(path, f"must be {many} capital letters and digits")
    return text


def segment(*elements: str) -> str:
    """Elements joined, without trailing empty ones."""
    return "*".join(elements).rstrip("*")


def composite(*components: str) -> str:
    """Components joined, without trailing empty ones."""
    return ":".join(components).rstrip(":")


@lru_cache(_CACHE)
def is_npi(text: str) -> bool:
    """Ten digits that start with 1 or 2 and whose check digit is right (Luhn over 80840 and the first nine)."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    total = 24
    for place, digit in enumerate(reversed(text)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def interchange(header: InterchangeHeader, functional_id: str, version: str, sets: Iterable[Iterable[str]]) -> bytes:
    """ISA to IEA around the bodies of transaction sets.

    Each of `sets` is a transaction set with its ST and without SE, whose count and number are computed here.
    """
    out = [_isa(header)]
    created = header.created
    number = str(header.control_number)
    sender = header.group_sender or header.sender_id
    receiver = header.group_receiver or header.receiver_id
    out.append(f"GS*{functional_id}*{sender}*{receiver}*{created:%Y%m%d}*{created:%H%M}*{number}*X*{version}")
    count = 0
    for body in sets:
        start = len(out)
        out.extend(body)
        set_number = out[start].split("*", 3)[2]
        out.append(f"SE*{len(out) - start + 1}*{set_number}")
        count += 1
    out.append(f"GE*{count}*{number}")
    out.append(f"IEA*1*{header.control_number:09d}~")
    return _encoded(out)


def bare_interchange(header: InterchangeHeader, segments: Iterable[str]) -> bytes:
    """ISA to IEA around segments that stand in no group: TA1."""
    return _encoded([_isa(header), *segments, f"IEA*0*{header.control_number:09d}~"])


def _encoded(segments: list[str]) -> bytes:
    """The last guard: what came by a field that is written as it stands."""
    try:
        return "~".join(segments).encode("ascii")
    except UnicodeEncodeError as error:
        raise CannotWrite("text", "a code holds letters that X12 does not know") from error


def _isa(header: InterchangeHeader) -> str:
    for path, value in (("header.sender_id", header.sender_id), ("header.receiver_id", header.receiver_id)):
        if not 2 <= len(value) <= 15 or clean(value) != value:
            raise CannotWrite(path, "must be 2 to 15 characters that X12 can hold")
    if not 1 <= header.control_number <= 999_999_999:
        raise CannotWrite("header.control_number", "must be 1 to 999999999")
    created, asked = header.created, "1" if header.acknowledgement_requested else "0"
    parties = f"{header.sender_qualifier}*{header.sender_id:<15}*{header.receiver_qualifier}*{header.receiver_id:<15}"
    return (
        f"ISA*00*{'':10}*00*{'':10}*{parties}*{created:%y%m%d}*{created:%H%M}*^*00501"
        f"*{header.control_number:09d}*{asked}*{header.usage}*:"
    )
