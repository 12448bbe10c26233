"""Claims as JSON: what `rcm x12 write` takes, its JSON Schema, and refusals by path."""

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import ProfessionalClaim, Receiver, Submitter, write_professional_claims
from rcm.x12.values import InterchangeHeader


class ProfessionalFile(Struct, frozen=True):
    """An 837P as JSON: the typed values, amounts in whole cents, dates as YYYY-MM-DD."""

    header: InterchangeHeader
    submitter: Submitter
    receiver: Receiver
    claims: list[ProfessionalClaim]
    reference: str = "1"
    """BHT03, the sender's number of this file."""


KINDS: Mapping[str, type[ProfessionalFile]] = {"837p": ProfessionalFile}
"""What can be written, by the command's word for it."""


def schema(kind: str) -> bytes:
    """The JSON Schema of a kind's document."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(KINDS[kind])), indent=2)


def write_document(kind: str, content: bytes) -> bytes:
    """The X12 of a JSON document. Raises CannotWrite with the path of what is wrong, in the JSON or for the guide."""
    try:
        document = msgspec.json.decode(content, type=KINDS[kind])
    except msgspec.DecodeError as error:
        raise _refusal(error) from error
    unknown = next(_unknown(msgspec.json.decode(content), KINDS[kind], ""), None)
    if unknown is not None:
        raise CannotWrite(unknown, "no such field")
    header, submitter, receiver = document.header, document.submitter, document.receiver
    return write_professional_claims(header, submitter, receiver, document.claims, reference=document.reference)


def _refusal(error: msgspec.DecodeError) -> CannotWrite:
    """msgspec's message, with its place in our words for paths."""
    told, _, place = str(error).partition(" - at `$")
    path = place.rstrip("`").lstrip(".")
    return CannotWrite(path or "the document", re.sub(r"^(\w)", lambda found: found[1].lower(), told))


def _unknown(value: Any, expected: Any, path: str) -> Iterator[str]:
    """Paths of fields that no type has: a misspelt one would be lost in silence."""
    origin = get_origin(expected)
    if origin in {Union, UnionType}:
        for one in get_args(expected):
            if value is not None and one is not type(None):
                yield from _unknown(value, one, path)
    elif isinstance(value, list) and origin in {tuple, list}:
        for place, item in enumerate(value):
            yield from _unknown(item, get_args(expected)[0], f"{path}[{place}]")
    elif isinstance(value, dict) and isinstance(expected, type) and issubclass(expected, Struct):
        hints = get_type_hints(expected)
        for name, item in value.items():
            here = f"{path}.{name}".lstrip(".")
            if name in hints:
                yield from _unknown(item, hints[name], here)
            else:
                yield here
