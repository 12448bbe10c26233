"""Pydantic's complaints as faults: a JSON pointer, a stable code, what is wrong, how to mend it, and never the value itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from rcm.errors import Fault

FAULTS_MAX = 100
"""So many complaints are told at once; a body with more is wrong in kind."""

FIXES: Mapping[str, str] = {
    "missing": "Add the field.",
    "extra_forbidden": "Remove the field, or spell it as in /openapi.json.",
    "json_invalid": "Send well-formed JSON in UTF-8.",
    "date_from_datetime_parsing": "Write the date as YYYY-MM-DD.",
    "date_parsing": "Write the date as YYYY-MM-DD.",
    "date_type": "Write the date as YYYY-MM-DD.",
    "date_from_datetime_inexact": "Write the date as YYYY-MM-DD.",
    "datetime_type": "Write the instant as YYYY-MM-DDTHH:MM:SSZ.",
    "datetime_from_date_parsing": "Write the instant as YYYY-MM-DDTHH:MM:SSZ.",
    "datetime_parsing": "Write the instant as YYYY-MM-DDTHH:MM:SSZ.",
    "timezone_aware": "Add the offset from UTC, e.g. Z.",
    "uuid_parsing": "Send a UUID.",
    "uuid_type": "Send a UUID.",
    "int_type": "Send a whole number, without quotes.",
    "int_parsing": "Send a whole number.",
    "int_from_float": "Send a whole number; money is in cents.",
    "string_type": "Send text, in quotes.",
    "bool_type": "Send true or false.",
    "bool_parsing": "Send true or false.",
    "list_type": "Send a list.",
    "model_type": "Send an object.",
    "model_attributes_type": "Send an object.",
    "dict_type": "Send an object.",
    "enum": "Use one of the values that the message lists.",
    "literal_error": "Use one of the values that the message lists.",
    "greater_than": "Send a larger number.",
    "greater_than_equal": "Send a larger number.",
    "less_than": "Send a smaller number.",
    "less_than_equal": "Send a smaller number.",
    "string_too_long": "Send a shorter text.",
    "string_too_short": "Send a longer text.",
    "string_pattern_mismatch": "Write it in the form that the message names.",
    "too_long": "Send fewer items.",
    "too_short": "Send more items.",
}
FIX = "Change the value as the message says."
_PLACES: Mapping[str, str] = {"query": "?{}", "path": "{{{}}}", "header": "{}:", "cookie": "cookie {}"}


def faults_of(errors: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Faults from FastAPI's errors, whose `loc` begins with body, query, path, header or cookie."""
    faults = []
    for error in list(errors)[:FAULTS_MAX]:
        kind = str(error["type"])
        place, *rest = error["loc"]
        if kind == "json_invalid":
            pointer = ""
        elif place in _PLACES:
            pointer = _PLACES[place].format("/".join(str(part) for part in rest))
        else:
            pointer = json_pointer(rest if place == "body" else error["loc"])
        faults.append(Fault(pointer, kind, _message(error), FIXES.get(kind, FIX)))
    return tuple(faults)


def faults_of_model(error: ValidationError, *, at: Sequence[object] = ()) -> tuple[Fault, ...]:
    """Faults from a model's own ValidationError; `at` is where the model stands in the body."""
    faults = []
    for found in error.errors(include_url=False, include_input=False)[:FAULTS_MAX]:
        kind = str(found["type"])
        place: Sequence[object] = () if kind == "json_invalid" else found["loc"]
        faults.append(Fault(json_pointer([*at, *place]), kind, _message(found), FIXES.get(kind, FIX)))
    return tuple(faults)


def json_pointer(parts: Iterable[object]) -> str:
    """RFC 6901: `("lines", 0, "a/b")` -> `/lines/0/a~1b`; nothing points to the whole body."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _message(error: Mapping[str, Any]) -> str:
    """Pydantic's words; for malformed JSON with the place."""
    message = str(error["msg"])
    if error["type"] == "json_invalid":
        told = str((error.get("ctx") or {}).get("error", ""))
        position = f", at character {error['loc'][-1]}" if error["loc"] and isinstance(error["loc"][-1], int) else ""
        return f"The body is not JSON: {told}{position}" if told else "The body is not JSON"
    return message.removeprefix("Value error, ")
