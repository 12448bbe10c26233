"""The report of 837s: claims with their lines and other payers, and where coordination of benefits does not balance."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from rcm.x12.claim.balances import coordination_differences
from rcm.x12.claim.coordination import LineAdjudication, OtherPayer
from rcm.x12.claim.values import ClaimLine
from rcm.x12.dental_claim import DentalClaim, DentalClaimReader, DentalLine, is_dental
from rcm.x12.institutional_claim import InstitutionalClaim, InstitutionalClaimReader, RevenueLine, is_institutional
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import Problem
from rcm.x12.professional_claim import ProfessionalClaim, ProfessionalClaimReader, ServiceLine, is_professional
from rcm.x12.report.payments import adjustments, difference
from rcm.x12.report.segments import untyped
from rcm.x12.values import Difference

Json = dict[str, Any]
AnyClaim = ProfessionalClaim | InstitutionalClaim | DentalClaim
AnyLine = ServiceLine | RevenueLine | DentalLine


def claims(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Generator[tuple[str, Json], None, Json]:
    """Members of `claims`; at the end `differences` of secondary claims. An 837 of no guide that we know: its loops."""
    found = _claims(walker, item, problems)
    if found is None:
        return (yield from untyped(walker, item, problems))
    differences: list[Difference] = []
    count = 0
    for claim in found:
        count += 1
        if claim.other_payers:
            differences += coordination_differences(claim, claim.lines)
        yield "claims", _claim(claim)
    return {**({} if count else {"claims": []}), "differences": [difference(one) for one in differences]}


def _claims(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Iterator[AnyClaim] | None:
    if is_professional(item):
        return (found.claim for found in ProfessionalClaimReader(walker, item, problems).claims())
    if is_institutional(item):
        return (found.claim for found in InstitutionalClaimReader(walker, item, problems).claims())
    if is_dental(item):
        return (found.claim for found in DentalClaimReader(walker, item, problems).claims())
    return None


def _claim(claim: AnyClaim) -> Json:
    own: Json
    if isinstance(claim, InstitutionalClaim):
        own = {
            "bill_type": claim.bill_type,
            "type_of_bill": claim.type_of_bill,
            "diagnoses": _diagnoses(claim),
            "statement_from": claim.statement_from,
            "statement_to": claim.statement_to,
            "patient_status": claim.patient_status,
            "drg": claim.drg,
        }
    else:
        own = {"place_of_service": claim.place_of_service, "diagnoses": claim.diagnoses}
    return {
        "patient_control_number": claim.patient_control_number,
        "charge_cents": claim.charge_cents,
        "frequency": claim.frequency,
        **own,
        "lines": [_line(line) for line in claim.lines],
        "other_payers": [_other_payer(payer) for payer in claim.other_payers],
    }


def _diagnoses(claim: InstitutionalClaim) -> list[str]:
    """The principal diagnosis first."""
    principal = [claim.principal_diagnosis] if claim.principal_diagnosis is not None else []
    return [one.code for one in (*principal, *claim.other_diagnoses)]


def _line(line: AnyLine) -> Json:
    own: Json = {"revenue_code": line.revenue_code} if isinstance(line, RevenueLine) else {}
    if not isinstance(line, RevenueLine):
        own = {"diagnosis_pointers": line.diagnosis_pointers, "place_of_service": line.place_of_service}
    return {
        "procedure": line.procedure,
        "modifiers": line.modifiers,
        "charge_cents": line.charge_cents,
        "units": line.units,
        **own,
        "date_of_service": line.date_of_service,
        "control_number": line.line_control_number,
        **_adjudicated(line),
    }


def _adjudicated(line: ClaimLine) -> Json:
    """What other payers have decided on the line, where they have."""
    return {"adjudications": _adjudications(line.adjudications)} if line.adjudications else {}


def _adjudications(found: Sequence[LineAdjudication]) -> list[Json]:
    return [{"payer_id": one.payer_id, "paid_cents": one.paid_cents, "paid_units": one.units,
             "adjustments": adjustments(one.adjustments)} for one in found]  # fmt: skip


def _other_payer(payer: OtherPayer) -> Json:
    return {
        "payer_id": payer.payer_id,
        "name": payer.name,
        "rank": payer.rank,
        "paid_cents": payer.paid_cents,
        "remaining_liability_cents": payer.remaining_liability_cents,
        "adjustments": adjustments(payer.adjustments),
    }
