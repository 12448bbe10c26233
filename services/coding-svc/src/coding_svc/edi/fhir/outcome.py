"""What became of a bundle's Encounters: a response Bundle with an OperationOutcome for each; for a refusal that alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from coding_svc.edi.parcel import Form
from coding_svc.edi.told import Told

_WORDS = {201: "201 Created", 200: "200 OK", 409: "409 Conflict", 422: "422 Unprocessable Entity"}
_HEADERS = {"content-type": Form.FHIR.value}


def answer(header: Mapping[str, str], told: Sequence[Told]) -> tuple[int, bytes, dict[str, str]]:
    """HTTP status, body, headers. 200 with a Bundle as soon as one Encounter is taken; else the refusal of all."""
    if all(one.refused for one in told):
        issues = [issue for one in told for issue in _issues(one)]
        headers = dict(_HEADERS)
        kept = next((one.raw_input_id for one in told if one.raw_input_id), "")
        if kept:
            headers["X-Raw-Input"] = kept
        return max(one.status for one in told), _dumped(_outcome(issues)), headers
    kind = "transaction-response" if header.get("type") == "transaction" else "batch-response"
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [_entry(one) for one in told]}
    return 200, _dumped(bundle), dict(_HEADERS)


def _entry(one: Told) -> dict[str, Any]:
    response: dict[str, Any] = {"status": _WORDS.get(one.status, str(one.status))}
    if not one.refused:
        response["location"] = f"/v1/encounters/{one.encounter_id}"
        response["etag"] = f'W/"{one.version}"'
    response["outcome"] = _outcome(_issues(one))
    return {"response": response}


def _issues(one: Told) -> list[dict[str, Any]]:
    told = f"Encounter {one.external_id or one.place}: " if one.external_id or one.place else ""
    if one.refused:
        findings = one.findings or (("", one.code, one.detail, ""),)
        return [_issue("error", "invalid", place, code, f"{told}{message}", fix) for place, code, message, fix in findings]
    state = _issue("information", "informational", "", one.state, f"{told}{one.state}", "")
    waits = [
        _issue("warning", "business-rule", place, code, f"{told}{message}", fix) for place, code, message, fix in one.findings
    ]
    return [state, *waits]


def _issue(severity: str, kind: str, place: str, code: str, message: str, fix: str) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": severity,
        "code": kind,
        "details": {"coding": [{"system": "urn:rcm:code", "code": code}], "text": message},
    }
    if fix:
        issue["diagnostics"] = fix
    if place:
        issue["expression"] = [place]
    return issue


def _outcome(issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def _dumped(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value)
