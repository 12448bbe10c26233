"""The acknowledgement: MSA-1 says AA (taken), AE (an error in it) or AR (not ours to read); ERR tells what and where."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from coding_svc.edi.parcel import Form
from coding_svc.edi.told import Told
from rcm.ids import new_id

ACCEPTED = "AA"
_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+))?(?:\.(\d+))?")
_DATA_ERROR = "207^Application internal error^HL70357"
_MISSING = "101^Required field missing^HL70357"
_UNSUPPORTED = "200^Unsupported message type^HL70357"
_INFORMATION = "0^Message accepted^HL70357"


def answer(header: Mapping[str, str], told: Sequence[Told], now: datetime) -> tuple[int, bytes, dict[str, str]]:
    """HTTP status, the ACK, and headers; a held encounter is accepted, each reason a warning."""
    (one,) = told
    code = ACCEPTED if not one.refused else header.get("acknowledgement", "AE")
    segments = [_header(header, now), f"MSA|{code}|{_escaped(header.get('control_id', ''))}"]
    severity = "E" if one.refused else "W"
    findings = one.findings or (() if not one.refused else (("", one.code, one.detail, ""),))
    segments.extend(_error(place, reason, message, fix, severity) for place, reason, message, fix in findings)
    headers = {"content-type": f"{Form.HL7.value}; charset=utf-8"}
    if one.refused:
        if one.raw_input_id:
            headers["X-Raw-Input"] = one.raw_input_id
    else:
        headers["Location"] = f"/v1/encounters/{one.encounter_id}"
        headers["X-Encounter-State"] = one.state
    return one.status, "".join(f"{segment}\r" for segment in segments).encode(), headers


def _header(header: Mapping[str, str], now: datetime) -> str:
    fields = [
        "MSH",
        "^~\\&",
        header.get("receiver", ""),
        header.get("receiver_facility", ""),
        header.get("sender", ""),
        header.get("sender_facility", ""),
        now.strftime("%Y%m%d%H%M%S+0000"),
        "",
        f"ACK^{header.get('trigger', 'P03') or 'P03'}^ACK",
        new_id().hex[:20],
        header.get("processing", "P"),
        header.get("version", "2.5.1"),
    ]
    return "|".join(
        [*fields[:2], *(_escaped(field) if place not in (6, 8) else field for place, field in enumerate(fields[2:], 2))]
    )


def _error(place: str, code: str, message: str, fix: str, severity: str) -> str:
    """ERR-2 location, -3 HL7's code, -4 severity, -5 ours, -7 for programs (the place in words), -8 for people."""
    kind = _INFORMATION if severity == "W" else _kind(code)
    text = f"{message}. {fix}".strip() if fix else message
    return f"ERR||{_location(place)}|{kind}|{severity}|{_escaped(code)}||{_escaped(place)}|{_escaped(text)}"


def _kind(code: str) -> str:
    if code == "hl7-unsupported":
        return _UNSUPPORTED
    return _MISSING if "missing" in code else _DATA_ERROR


def _location(place: str) -> str:
    """ "FT1[2]-11.1" as ERL: segment^sequence^field^repetition^component."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return ""
    segment, sequence, field, component = found.groups()
    parts = [segment, sequence or "1", field or "", "1" if field else "", component or ""]
    return "^".join(parts).rstrip("^")


def _escaped(text: str) -> str:
    for character, escape in (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("~", "\\R\\"), ("&", "\\T\\")):
        text = text.replace(character, escape)
    return text.replace("\r", " ").replace("\n", " ")
