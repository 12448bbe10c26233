"""Encounters as JSON: one, or one on each line (NDJSON)."""

from collections.abc import Iterable, Iterator

import orjson

from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter_json import ENCOUNTER_MODEL, of_model, quickly
from coding_svc.domain.repairs import repaired
from coding_svc.edi.parcel import Form, Parcel, Raw, Refused, Taken
from rcm.errors import Fault, InvalidBody, RcmError
from rcm.web.bodies import load_json, parse_json, without_bom

LINES_MAX = 5_000
"""So many lines are taken in one transaction; a longer one would hold up the log's readers."""


def read_json(body: bytes) -> Parcel:
    """One encounter."""
    return Parcel(Form.JSON, [_read(body, "")])


def read_lines(body: bytes) -> Parcel:
    """An encounter on each line; empty lines are passed over. Raises InvalidBody for more than LINES_MAX."""
    lines = [(number, line) for number, line in enumerate(without_bom(body).split(b"\n"), 1) if line.strip()]
    if not lines:
        raise InvalidBody(
            "The body is empty", faults=[Fault("", "empty", "There is no line", "Send an encounter on each line.")]
        )
    if len(lines) > LINES_MAX:
        fault = Fault("", "too-many-lines", f"There are {len(lines)} lines", f"Send at most {LINES_MAX} at once.")
        raise InvalidBody("The body has too many lines", faults=[fault])
    return Parcel(Form.NDJSON, [_read(line, str(number)) for number, line in lines])


def read_many(body: bytes) -> Iterator[Encounter | Refused]:
    """Each encounter of a file, repaired: a JSON array, one object, or one on each line.

    Raises InvalidBody for what is no JSON at all.
    """
    content = without_bom(body).strip()
    if not content:
        raise InvalidBody("The file is empty", faults=[Fault("", "empty", "The file is empty", "Give a file with encounters.")])
    if content.startswith(b"["):
        items: Iterable[bytes] = (orjson.dumps(each) for each in load_json(content))
    elif _is_one(content):
        items = (content,)
    else:
        items = (line for line in content.split(b"\n") if line.strip())
    for number, item in enumerate(items, 1):
        try:
            yield repaired(_encounter(item))[0]
        except RcmError as error:
            yield Refused(error, Raw(Form.JSON.value, item, b""), str(number), _external_id(item))


def _is_one(content: bytes) -> bool:
    """Whether it is one JSON value, written on as many lines as there are."""
    first = content.split(b"\n", 1)[0]
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return True
    return first == content


def _read(body: bytes, place: str) -> Taken | Refused:
    raw = Raw.of(Form.JSON, body)
    try:
        return Taken.of(_encounter(body), raw, place)
    except RcmError as error:
        return Refused(error, raw, place, _external_id(body))


def _encounter(body: bytes) -> Encounter:
    """Raises InvalidBody."""
    return quickly(without_bom(body)) or of_model(parse_json(ENCOUNTER_MODEL, body))


def _external_id(body: bytes) -> str:
    """The external id of what became no encounter, as far as it can be told."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    named = found.get("external_id") if isinstance(found, dict) else None
    return named[:120] if isinstance(named, str) else ""
