"""What became of a parcel, told in its own form: JSON, JSON by line, a FHIR bundle, an HL7 acknowledgement."""

from collections.abc import Mapping, Sequence
from typing import Any

from coding_svc.domain.edits.form import Finding
from coding_svc.edi import fhir, hl7v2
from coding_svc.edi.parcel import Form, Parcel
from coding_svc.edi.told import Told
from coding_svc.handlers.intake import Accepted, Outcome, accepted
from rcm.errors import RcmError
from rcm.web.edge import Answer
from rcm.web.problems import MEDIA_TYPE as PROBLEM
from rcm.web.problems import problem_of

CREATED, OK = 201, 200


def answer_of(parcel: Parcel, outcomes: Sequence[Outcome]) -> Answer:
    """The answer to one request."""
    if parcel.form is Form.JSON:
        return _single(outcomes[0])
    if parcel.form is Form.NDJSON:
        return _lines(outcomes)
    told = [_told(outcome) for outcome in outcomes]
    if parcel.form is Form.FHIR:
        status, body, headers = fhir.answer(parcel.header, told)
    else:
        status, body, headers = hl7v2.answer(parcel.header, told)
    return Answer(body, status, headers, stored=status < 400)


def _single(outcome: Outcome) -> Answer:
    if isinstance(outcome, Accepted):
        headers = {"Location": f"/v1/encounters/{outcome.encounter_id}", "ETag": f'"{outcome.version}"'}
        return Answer(_view(outcome), OK if outcome.again else CREATED, headers)
    problem = _problem(outcome.error, outcome.raw_input_id)
    return Answer(problem, outcome.error.status, {"content-type": PROBLEM}, stored=False)


def _lines(outcomes: Sequence[Outcome]) -> Answer:
    results = []
    for outcome in outcomes:
        line: dict[str, Any] = {"line": int(outcome.place)}
        if isinstance(outcome, Accepted):
            results.append({**line, "status": OK if outcome.again else CREATED, **_view(outcome)})
        else:
            problem = _problem(outcome.error, outcome.raw_input_id)
            results.append({**line, "status": outcome.error.status, "external_id": outcome.external_id or None, "problem": problem})
    taken = accepted(outcomes)
    return Answer({"accepted": taken, "refused": len(outcomes) - taken, "results": results})


def _view(outcome: Accepted) -> dict[str, Any]:
    reasons, warnings = [], []
    for finding in outcome.findings:
        told = finding if isinstance(finding, Mapping) else _plain(finding)
        (reasons if told["severity"] == "hold" else warnings).append(told)
    return {
        "encounter_id": outcome.encounter_id,
        "external_id": outcome.external_id,
        "state": outcome.state,
        "version": outcome.version,
        "charge_cents": outcome.charge_cents,
        "reasons": reasons,
        "warnings": warnings,
    }


def _plain(finding: Finding) -> Mapping[str, str]:
    return {
        "edit_id": finding.edit_id,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix,
    }


def _problem(error: RcmError, raw_input_id: object) -> dict[str, Any]:
    """Problem details; `raw_input_id` names the kept body, which can be fetched and tried again."""
    problem = problem_of(error)
    if raw_input_id is not None:
        problem["raw_input_id"] = raw_input_id
    return problem


def _told(outcome: Outcome) -> Told:
    if isinstance(outcome, Accepted):
        view = _view(outcome)
        return Told(
            place=outcome.place,
            external_id=outcome.external_id,
            encounter_id=str(outcome.encounter_id),
            state=outcome.state.value,
            version=outcome.version,
            status=OK if outcome.again else CREATED,
            findings=tuple((told["path"], told["edit_id"], told["message"], told["fix"]) for told in view["reasons"]),
        )
    error = outcome.error
    return Told(
        place=outcome.place,
        external_id=outcome.external_id,
        raw_input_id=str(outcome.raw_input_id or ""),
        status=error.status,
        code=error.code,
        detail=error.detail,
        findings=tuple((fault.pointer, fault.code, fault.message, fault.fix) for fault in error.faults),
    )
