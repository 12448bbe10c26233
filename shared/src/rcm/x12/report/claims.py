"""The report of 837s: claims with their lines and other payers."""

from collections.abc import Generator
from typing import Any

from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import Problem
from rcm.x12.professional_claim.reader import ProfessionalClaimReader, is_professional
from rcm.x12.professional_claim.values import ProfessionalClaim, ServiceLine
from rcm.x12.report.segments import untyped

Json = dict[str, Any]


def claims(walker: Walker, item: TransactionSet, problems: list[Problem]) -> Generator[tuple[str, Json], None, Json]:
    """Members of `claims`."""
    if not is_professional(item):
        return (yield from untyped(walker, item, problems))
    count = 0
    for found in ProfessionalClaimReader(walker, item, problems).claims():
        count += 1
        yield "claims", _professional(found.claim)
    return {} if count else {"claims": []}


def _professional(claim: ProfessionalClaim) -> Json:
    return {
        "patient_control_number": claim.patient_control_number,
        "charge_cents": claim.charge_cents,
        "frequency": claim.frequency,
        "place_of_service": claim.place_of_service,
        "diagnoses": claim.diagnoses,
        "lines": [_professional_line(line) for line in claim.lines],
        "other_payers": [],
    }


def _professional_line(line: ServiceLine) -> Json:
    return {
        "procedure": line.procedure,
        "modifiers": line.modifiers,
        "charge_cents": line.charge_cents,
        "units": line.units,
        "diagnosis_pointers": line.diagnosis_pointers,
        "date_of_service": line.date_of_service,
        "control_number": line.line_control_number,
    }
