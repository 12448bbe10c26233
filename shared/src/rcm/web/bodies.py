"""Bodies read by hand: bytes in, a model out, or faults that say where and how to mend it.

body = await request.body()
encounter = parse_json(EncounterIn, body)
"""

from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from rcm.errors import Fault, InvalidBody
from rcm.web.faults import faults_of_model
from rcm.web.problems import UnsupportedMediaType

M = TypeVar("M", bound=BaseModel)

BOM = b"\xef\xbb\xbf"


def without_bom(body: bytes) -> bytes:
    """The body without the byte order mark that some Windows programs put in front."""
    return body[3:] if body.startswith(BOM) else body


def parse_json(model: type[M], body: bytes, *, at: tuple[object, ...] = ()) -> M:
    """The body as `model`. Raises InvalidBody for malformed JSON, a NUL character, or what the model refuses.

    `at` is where this JSON stands in the whole body: ("entry", 3) for a batch's fourth item.
    """
    try:
        found = model.model_validate_json(without_bom(body))
    except ValidationError as error:
        raise InvalidBody("The body does not have the expected form", faults=faults_of_model(error, at=at)) from error
    if b"\\u0000" in body or b"\0" in body:
        refuse_nul(body)
    return found


def load_json(body: bytes) -> Any:
    """Any JSON, for formats with a reader of their own (FHIR, merge patches). Raises InvalidBody."""
    if not body.strip():
        raise InvalidBody("The body is empty", faults=[Fault("", "json_invalid", "The body is empty", "Send JSON.")])
    try:
        found = orjson.loads(without_bom(body))
    except orjson.JSONDecodeError as error:
        fault = Fault("", "json_invalid", f"The body is not JSON: {error.msg}, at character {error.pos}", "Send JSON in UTF-8.")
        raise InvalidBody("The body is not JSON", faults=[fault]) from error
    if b"\\u0000" in body:
        refuse_nul(body)
    return found


def refuse_nul(body: bytes) -> None:
    """PostgreSQL's text has no place for U+0000, and neither has a claim. An escaped backslash before `u0000` is none."""
    escaped = body.replace(b"\\\\", b"")
    if b"\\u0000" in escaped or b"\0" in body:
        raise nul_character()


def nul_character(pointer: str = "") -> InvalidBody:
    """The refusal of a NUL character."""
    fault = Fault(pointer, "nul-character", "A NUL character (U+0000) stands here", "Remove it; no text needs it.")
    return InvalidBody("The text holds a NUL character", faults=[fault])


def media_type(request: Request, *accepted: str) -> str:
    """The body's media type without parameters, one of `accepted` (the first where none is named), else 415."""
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not named:
        return accepted[0]
    if named not in accepted:
        raise UnsupportedMediaType(f"Send {' or '.join(accepted)}")
    return named


def text_of(body: bytes) -> str:
    """An X12 or HL7 body as text: UTF-8 with or without a byte order mark, else Windows-1252, which reads every letter.

    Raises InvalidBody for an empty body or one with NUL characters (a binary file, or UTF-16).
    """
    content = without_bom(body)
    if not content.strip():
        raise InvalidBody("The body is empty", faults=[Fault("", "empty", "The body is empty", "Send the file's content.")])
    if b"\0" in content:
        raise nul_character()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
