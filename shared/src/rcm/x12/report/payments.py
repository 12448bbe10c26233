"""The report of an 835: payment, claims with their lines and adjustments, and which balances hold."""

from collections.abc import Generator, Sequence
from typing import Any

from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import Problem
from rcm.x12.remittance.balances import claim_differences, transaction_difference
from rcm.x12.remittance.reader import RemittanceReader
from rcm.x12.remittance.values import ClaimPayment, LinePayment, Party
from rcm.x12.values import Adjustment, Difference

Json = dict[str, Any]


def remittance(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Generator[tuple[str, Json], None, Json]:
    """Members of `claims`; at the end payer, payment, provider adjustments and balances. Claims are not kept."""
    reader = RemittanceReader(walker, item)
    claims = bad_claims = lines = bad_lines = paid = 0
    differences: list[Difference] = []
    for claim in reader.claims():
        claims += 1
        lines += len(claim.lines)
        paid += claim.paid_cents
        found = claim_differences(claim)
        bad_lines += sum(one.level == "line" for one in found)
        bad_claims += any(one.level == "claim" for one in found)
        differences += found
        yield "claims", _claim(claim)
    whole = reader.remittance((ClaimPayment("", "", 0, paid),))
    problems += whole.problems
    own = transaction_difference(whole)
    if own is not None:
        differences.append(own)
    return {
        **({} if claims else {"claims": []}),
        "payment_cents": whole.payment_cents,
        "method": whole.method,
        "trace_number": whole.trace_number,
        "payment_date": whole.payment_date,
        "payer": _party(whole.payer),
        "payee": _party(whole.payee),
        "provider_adjustments": [
            {"code": one.code, "reference": one.reference, "amount_cents": one.amount_cents}
            for one in whole.provider_adjustments
        ],
        "balances": {
            "lines": {"ok": lines - bad_lines, "bad": bad_lines},
            "claims": {"ok": claims - bad_claims, "bad": bad_claims},
            "transaction": {"ok": own is None, "difference_cents": own.difference_cents if own else 0},
            "differences": [difference(one) for one in differences],
        },
    }


def _party(party: Party) -> Json:
    return {"name": party.name, "qualifier": party.qualifier, "identifier": party.identifier}


def _claim(claim: ClaimPayment) -> Json:
    return {
        "patient_control_number": claim.patient_control_number,
        "status": claim.status,
        "charge_cents": claim.charge_cents,
        "paid_cents": claim.paid_cents,
        "patient_responsibility_cents": claim.patient_responsibility_cents,
        "payer_claim_control_number": claim.payer_claim_control_number,
        "adjustments": adjustments(claim.adjustments),
        "remarks": claim.remarks,
        "lines": [_line(line) for line in claim.lines],
    }


def _line(line: LinePayment) -> Json:
    return {
        "procedure": line.procedure,
        "modifiers": line.modifiers,
        "charge_cents": line.charge_cents,
        "paid_cents": line.paid_cents,
        "units": line.units,
        "adjustments": adjustments(line.adjustments),
        "control_number": line.control_number,
        "revenue_code": line.revenue_code,
        "date_of_service": line.date_of_service,
        "remarks": line.remarks,
    }


def adjustments(found: Sequence[Adjustment]) -> list[Json]:
    """CAS triplets."""
    return [
        {"group": one.group, "reason": one.reason, "amount_cents": one.amount_cents, "quantity": one.quantity} for one in found
    ]


def difference(one: Difference) -> Json:
    """A balance that fails."""
    return {
        "level": one.level,
        "patient_control_number": one.patient_control_number,
        "line": one.line or None,
        "expected_cents": one.expected_cents,
        "found_cents": one.found_cents,
        "segment_number": one.segment_number,
        "rule": one.rule,
        **({"payer_id": one.payer_id} if one.payer_id else {}),
    }
