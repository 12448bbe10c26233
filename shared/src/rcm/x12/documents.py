"""Claims as JSON: what `rcm x12 write` takes, its JSON Schema, and refusals by path."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from rcm.money import LARGEST_AMOUNT_CENTS
from rcm.x12.institutional_claim import InstitutionalClaim, write_institutional_claims
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import ProfessionalClaim, Receiver, Submitter, write_professional_claims
from rcm.x12.validation import validate
from rcm.x12.values import InterchangeHeader


class ProfessionalFile(Struct, frozen=True):
    """An 837P as JSON: the typed values, amounts in whole cents, dates as YYYY-MM-DD."""

    header: InterchangeHeader
    submitter: Submitter
    receiver: Receiver
    claims: list[ProfessionalClaim]
    reference: str = "1"
    """BHT03, the sender's number of this file."""


class InstitutionalFile(Struct, frozen=True):
    """An 837I as JSON: the typed values, amounts in whole cents, dates as YYYY-MM-DD."""

    header: InterchangeHeader
    submitter: Submitter
    receiver: Receiver
    claims: list[InstitutionalClaim]
    reference: str = "1"
    """BHT03, the sender's number of this file."""


KINDS: Mapping[str, type[ProfessionalFile] | type[InstitutionalFile]] = {"837p": ProfessionalFile, "837i": InstitutionalFile}
"""What can be written, by the command's word for it."""


def schema(kind: str) -> bytes:
    """The JSON Schema of a kind's document; each field is described by the words that stand beneath it in the code."""
    found = msgspec.json.schema(KINDS[kind])
    for struct in _structs(KINDS[kind], set()):
        properties = found["$defs"][struct.__name__]["properties"]
        for name, words in _field_words(struct).items():
            if name in properties and "$ref" not in properties[name]:
                properties[name]["description"] = words
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _structs(expected: Any, seen: set[type]) -> Iterator[type[Struct]]:
    """A type's structs, itself and those in its fields, each once."""
    for inner in get_args(expected):
        yield from _structs(inner, seen)
    if isinstance(expected, type) and issubclass(expected, Struct) and expected not in seen:
        seen.add(expected)
        yield expected
        for hint in get_type_hints(expected).values():
            yield from _structs(hint, seen)


@cache
def _field_words(struct: type[Struct]) -> dict[str, str]:
    """The string beneath each field of a struct and of those that it builds on."""
    found: dict[str, str] = {}
    for base in reversed([one for one in struct.__mro__ if issubclass(one, Struct) and one is not Struct]):
        (body,) = ast.parse(inspect.getsource(base)).body
        assert isinstance(body, ast.ClassDef)
        for field, words in pairwise(body.body):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(words, ast.Expr):
                found[field.target.id] = inspect.cleandoc(ast.literal_eval(words.value))
    return found


def write_document(kind: str, content: bytes) -> bytes:
    """The X12 of a JSON document, which our validator finds no error in.

    Raises CannotWrite with the path of what is wrong, in the JSON or for the guide.
    """
    try:
        document = msgspec.json.decode(content, type=KINDS[kind])
    except msgspec.DecodeError as error:
        raise _refusal(error) from error
    plain = msgspec.json.decode(content)
    unknown = next(_unknown(plain, KINDS[kind], ""), None)
    if unknown is not None:
        raise CannotWrite(unknown, "no such field")
    too_large = next(_too_large(plain, ""), None)
    if too_large is not None:
        raise CannotWrite(too_large, "is more than any amount")
    written = _written(document)
    _refuse_faults(written, [claim.patient_control_number for claim in document.claims])
    return written


def _written(document: ProfessionalFile | InstitutionalFile) -> bytes:
    header, submitter, receiver = document.header, document.submitter, document.receiver
    if isinstance(document, ProfessionalFile):
        return write_professional_claims(header, submitter, receiver, document.claims, reference=document.reference)
    return write_institutional_claims(header, submitter, receiver, document.claims, reference=document.reference)


def _refuse_faults(written: bytes, numbers: list[str]) -> None:
    """What no writer looks at by itself, the validator finds: a form of a code, a period that ends before it begins."""
    for finding in validate(written):
        if finding.severity == "error":
            number = finding.context.removeprefix("CLM01:")
            path = f"claims[{numbers.index(number)}]" if number in numbers else "the document"
            place = f"{finding.segment}{finding.element:02d}" if finding.element else finding.segment
            raise CannotWrite(path, f"{place} of {finding.loop or 'the header'}: {finding.message}")


def _too_large(value: Any, path: str) -> Iterator[str]:
    """Paths of amounts that have more digits than any that can be written."""
    if isinstance(value, dict):
        for name, item in value.items():
            here = f"{path}.{name}".lstrip(".")
            if name.endswith("_cents") and isinstance(item, int) and abs(item) > LARGEST_AMOUNT_CENTS:
                yield here
            yield from _too_large(item, here)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _too_large(item, f"{path}[{place}]")


def _refusal(error: msgspec.DecodeError) -> CannotWrite:
    """msgspec's message, with its place in our words for paths."""
    told, _, place = str(error).partition(" - at `$")
    path = place.rstrip("`").lstrip(".")
    return CannotWrite(path or "the document", re.sub(r"^[A-Z](?=[a-z ])", lambda found: found[0].lower(), told))


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
