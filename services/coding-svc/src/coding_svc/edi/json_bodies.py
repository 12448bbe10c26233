"""Encounters as JSON: one, or one on each line (NDJSON)."""

from coding_svc.domain.encounter import Encounter
from coding_svc.edi.parcel import Form, Parcel, Raw, Refused, Taken
from rcm.errors import Fault, InvalidBody, RcmError
from rcm.web.bodies import parse_json, without_bom

LINES_MAX = 5_000
"""So many lines are taken in one transaction; a longer one would hold up the log's readers."""


def read_json(body: bytes) -> Parcel:
    """One encounter."""
    raw = Raw.of(Form.JSON, body)
    return Parcel(Form.JSON, raw, [_read(body, raw, "")])


def read_lines(body: bytes) -> Parcel:
    """An encounter on each line; empty lines are passed over. Raises InvalidBody for more than LINES_MAX."""
    raw = Raw.of(Form.NDJSON, body)
    lines = [(number, line) for number, line in enumerate(without_bom(body).split(b"\n"), 1) if line.strip()]
    if not lines:
        raise InvalidBody(
            "The body is empty", faults=[Fault("", "empty", "There is no line", "Send an encounter on each line.")]
        )
    if len(lines) > LINES_MAX:
        fault = Fault("", "too-many-lines", f"There are {len(lines)} lines", f"Send at most {LINES_MAX} at once.")
        raise InvalidBody("The body has too many lines", faults=[fault])
    return Parcel(Form.NDJSON, raw, [_read(line, Raw.of(Form.JSON, line), str(number)) for number, line in lines])


def _read(body: bytes, raw: Raw, place: str) -> Taken | Refused:
    try:
        return Taken.of(parse_json(Encounter, body), raw, place)
    except RcmError as error:
        return Refused(error, raw, place)
