"""A whole file as one JSON-able object: what `rcm x12 read` prints. Transactions that have no types yet are counted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rcm.x12.acknowledgement.claim_reader import read_claim_acknowledgement
from rcm.x12.acknowledgement.functional_reader import read_functional_acknowledgement
from rcm.x12.acknowledgement.values import AcknowledgedClaim, Status
from rcm.x12.elements import day
from rcm.x12.grammar import Source
from rcm.x12.interchange import Group, Interchange, Loose, TransactionSet, Walker, at
from rcm.x12.problems import Problem
from rcm.x12.professional_claim.reader import ProfessionalClaimReader, is_professional
from rcm.x12.professional_claim.values import ProfessionalClaim
from rcm.x12.remittance.balances import claim_differences, transaction_difference
from rcm.x12.remittance.reader import RemittanceReader
from rcm.x12.remittance.values import ClaimPayment, Difference, LinePayment, Party
from rcm.x12.values import Adjustment

Json = dict[str, Any]


def read_report(source: Source) -> Json:
    """Interchanges, groups, transactions with what they hold, and every fault with its place. Raises NotX12."""
    walker = Walker(source)
    problems: list[Problem] = []
    sets: dict[int, list[Json]] = {}
    interchange_answers: dict[int, list[Json]] = {}
    for item in walker:
        if isinstance(item, Loose):
            if item.elements[0] == "TA1":
                ta1 = item.elements
                told = {"control_number": at(ta1, 1), "code": at(ta1, 4), "note": at(ta1, 5)}
                interchange_answers.setdefault(id(item.interchange), []).append(told)
            continue
        found = _transaction(walker, item, problems)
        sets.setdefault(id(item.group), []).append(found)
    problems += walker.problems
    return {
        "interchanges": [_interchange(one, sets, interchange_answers) for one in walker.interchanges],
        "segments": walker.number,
        "problems": [_problem(item) for item in sorted(set(problems), key=lambda item: (item.segment_number, item.element))],
    }


def _interchange(interchange: Interchange, sets: dict[int, list[Json]], answers: dict[int, list[Json]]) -> Json:
    on = day(interchange.date[:6])
    return {
        "control_number": interchange.control_number,
        "sender": interchange.sender,
        "receiver": interchange.receiver,
        "version": interchange.version,
        "date": on.isoformat() if on else interchange.date,
        "groups": [_group(group, sets) for group in interchange.groups],
        "acknowledgements": answers.get(id(interchange), []),
    }


def _group(group: Group, sets: dict[int, list[Json]]) -> Json:
    return {
        "functional_id": group.functional_id,
        "version": group.version,
        "control_number": group.control_number,
        "transactions": sets.get(id(group), []),
    }


def _problem(item: Problem) -> Json:
    return {
        "segment_number": item.segment_number,
        "segment": item.segment,
        "element": item.element,
        "code": item.code,
        "message": item.message,
    }


def _transaction(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Json:
    """One set, by its kind; `segments` counts ST and SE."""
    if item.identifier == "835":
        body = _remittance(walker, item, problems)
    elif is_professional(item):
        body = {"claims": [_claim(found.claim) for found in ProfessionalClaimReader(walker, item, problems).claims()]}
    elif item.identifier in {"999", "997"}:
        body = _functional(walker, item, problems)
    elif item.identifier == "277" and "X214" in item.version:
        body = _claim_answers(walker, item, problems)
    else:
        body = {}
        for _ in item:
            pass
    head = {"type": item.identifier, "control_number": item.control_number, "version": item.version}
    return {**head, "segments": walker.number - item.first_segment + 1, **body}


def _remittance(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Json:
    reader = RemittanceReader(walker, item)
    typed = tuple(reader.claims())
    whole = reader.remittance(typed)
    problems += whole.problems
    differences = [difference for claim in typed for difference in claim_differences(claim)]
    own = transaction_difference(whole)
    lines = sum(len(claim.lines) for claim in typed)
    bad_lines = sum(difference.level == "line" for difference in differences)
    bad_claims = len({difference.segment_number for difference in differences if difference.level == "claim"})
    return {
        "payment_cents": whole.payment_cents,
        "method": whole.method,
        "trace_number": whole.trace_number,
        "payment_date": _date(whole.payment_date),
        "payer": _party(whole.payer),
        "payee": _party(whole.payee),
        "claims": [_claim_payment(claim) for claim in typed],
        "provider_adjustments": [
            {"code": one.code, "reference": one.reference, "amount_cents": one.amount_cents}
            for one in whole.provider_adjustments
        ],
        "balances": {
            "lines": {"ok": lines - bad_lines, "bad": bad_lines},
            "claims": {"ok": len(typed) - bad_claims, "bad": bad_claims},
            "transaction": {"ok": own is None, "difference_cents": own.difference_cents if own else 0},
            "differences": [_difference(one) for one in (*differences, *((own,) if own else ()))],
        },
    }


def _party(party: Party) -> Json:
    return {"name": party.name, "qualifier": party.qualifier, "identifier": party.identifier}


def _claim_payment(claim: ClaimPayment) -> Json:
    return {
        "patient_control_number": claim.patient_control_number,
        "status": claim.status,
        "charge_cents": claim.charge_cents,
        "paid_cents": claim.paid_cents,
        "patient_responsibility_cents": claim.patient_responsibility_cents,
        "payer_claim_control_number": claim.payer_claim_control_number,
        "adjustments": _adjustments(claim.adjustments),
        "lines": [_line_payment(line) for line in claim.lines],
    }


def _line_payment(line: LinePayment) -> Json:
    return {
        "procedure": line.procedure,
        "modifiers": list(line.modifiers),
        "charge_cents": line.charge_cents,
        "paid_cents": line.paid_cents,
        "units": line.units,
        "adjustments": _adjustments(line.adjustments),
        "control_number": line.control_number,
    }


def _adjustments(adjustments: Sequence[Adjustment]) -> list[Json]:
    return [
        {"group": one.group, "reason": one.reason, "amount_cents": one.amount_cents, "quantity": one.quantity}
        for one in adjustments
    ]


def _difference(one: Difference) -> Json:
    return {
        "level": one.level,
        "patient_control_number": one.patient_control_number,
        "line": one.line or None,
        "expected_cents": one.expected_cents,
        "found_cents": one.found_cents,
        "segment_number": one.segment_number,
        "rule": one.rule,
    }


def _claim(claim: ProfessionalClaim) -> Json:
    return {
        "patient_control_number": claim.patient_control_number,
        "charge_cents": claim.charge_cents,
        "frequency": claim.frequency,
        "place_of_service": claim.place_of_service,
        "diagnoses": list(claim.diagnoses),
        "lines": [
            {
                "procedure": line.procedure,
                "modifiers": list(line.modifiers),
                "charge_cents": line.charge_cents,
                "units": line.units,
                "diagnosis_pointers": list(line.diagnosis_pointers),
                "date_of_service": _date(line.date_of_service),
                "control_number": line.line_control_number,
            }
            for line in claim.lines
        ],
        "other_payers": [],
    }


def _functional(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Json:
    whole = read_functional_acknowledgement(walker, item)
    problems += whole.problems
    errors = [
        {
            "transaction": one.control_number,
            "segment": error.segment,
            "segment_number": error.segment_number,
            "loop": error.loop,
            "element": element.position if element else 0,
            "code": element.code if element else error.code,
        }
        for one in whole.sets
        for error in one.errors
        for element in (error.elements or (None,))
    ]
    sets = [{"control_number": one.control_number, "code": one.code} for one in whole.sets]
    group = {"functional_id": whole.functional_id, "control_number": whole.group_control_number, "code": whole.code}
    return {"accepted": whole.code in {"A", "E"}, "group": group, "sets": sets, "errors": errors}


def _claim_answers(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Json:
    whole = read_claim_acknowledgement(walker, item)
    problems += whole.problems
    statuses = [_status("receiver", whole.batch_trace, one) for one in whole.statuses]
    for provider in whole.providers:
        statuses += [_status("provider", provider.npi, one) for one in provider.statuses]
        for claim in provider.claims:
            statuses += _claim_statuses(claim)
    return {"source": {"entity": whole.source_entity, "name": whole.source_name}, "statuses": statuses}


def _claim_statuses(claim: AcknowledgedClaim) -> list[Json]:
    found = [_status("claim", claim.patient_control_number, one) for one in claim.statuses]
    for line in claim.lines:
        found += [_status("line", line.line_control_number, one) for one in line.statuses]
    return found


def _status(level: str, reference: str, one: Status) -> Json:
    return {
        "level": level,
        "reference": reference,
        "category": one.category,
        "code": one.code,
        "entity": one.entity,
        "date": _date(one.on),
        "amount_cents": one.amount_cents,
    }


def _date(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
