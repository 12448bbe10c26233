"""What became of a parcel, told in its own form: JSON, JSON by line, a FHIR bundle, an HL7 acknowledgement."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from coding_svc.domain.edits.form import Severity
from coding_svc.edi import fhir, hl7v2
from coding_svc.edi.parcel import Form, Parcel, Refused, Taken
from coding_svc.edi.told import Told
from coding_svc.handlers.intake import Accepted, Outcome, accepted
from rcm.errors import RcmError
from rcm.web.edge import Answer
from rcm.web.problems import MEDIA_TYPE as PROBLEM
from rcm.web.problems import problem_of

CREATED, OK = 201, 200


def answer_of(parcel: Parcel, outcomes: Sequence[Outcome], now: datetime) -> Answer:
    """The answer to one request; places in findings are said as the sender's form names them."""
    if parcel.form is Form.JSON:
        return _single(outcomes[0])
    if parcel.form is Form.NDJSON:
        return _lines(outcomes)
    told = [_told(outcome, item) for outcome, item in zip(outcomes, parcel.items, strict=True)]
    if parcel.form is Form.FHIR:
        status, body, headers = fhir.answer(parcel.header, told)
    else:
        status, body, headers = hl7v2.answer(parcel.header, told, now)
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
            results.append(
                {**line, "status": outcome.error.status, "external_id": outcome.external_id or None, "problem": problem}
            )
    taken = accepted(outcomes)
    return Answer({"accepted": taken, "refused": len(outcomes) - taken, "results": results})


def _view(outcome: Accepted) -> dict[str, Any]:
    view: dict[str, Any] = {
        "encounter_id": outcome.encounter_id,
        "external_id": outcome.external_id,
        "state": outcome.state,
        "version": outcome.version,
        "charge_cents": outcome.charge_cents,
        "reasons": [],
        "warnings": [],
    }
    for finding in outcome.findings:
        view["reasons" if finding.severity is Severity.HOLD else "warnings"].append(asdict(finding))
    return view


def _problem(error: RcmError, raw_input_id: object) -> dict[str, Any]:
    """Problem details; `raw_input_id` names the kept body, which can be fetched and tried again."""
    problem = problem_of(error)
    if raw_input_id is not None:
        problem["raw_input_id"] = raw_input_id
    return problem


def _told(outcome: Outcome, item: Taken | Refused) -> Told:
    if isinstance(outcome, Accepted):
        view = _view(outcome)
        place_of = item.place_of if isinstance(item, Taken) else None
        return Told(
            place=outcome.place,
            external_id=outcome.external_id,
            encounter_id=str(outcome.encounter_id),
            state=outcome.state.value,
            version=outcome.version,
            status=OK if outcome.again else CREATED,
            findings=tuple(
                (place_of(told["path"]) if place_of else told["path"], told["edit_id"], told["message"], told["fix"])
                for told in view["reasons"]
            ),
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
