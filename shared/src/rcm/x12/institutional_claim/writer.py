"""Writes 837I files: hierarchy, counts and control numbers are computed here, delimiters never stand in data."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from rcm.x12.claim import writer as common
from rcm.x12.claim.parties_writer import reference_segments
from rcm.x12.claim.values import Receiver, Submitter
from rcm.x12.elements import amount_text, day_text, decimal_text
from rcm.x12.institutional_claim.values import (
    EXTERNAL_CAUSE_LIMIT,
    LINE_LIMIT,
    OTHER_DIAGNOSIS_LIMIT,
    PROCEDURE_LIMIT,
    VISIT_REASON_LIMIT,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueCode,
)
from rcm.x12.problems import CannotWrite
from rcm.x12.text import code, segment
from rcm.x12.values import InterchangeHeader
from rcm.x12.writing import optional_amount, procedure_composite, refuse_lost

VERSION = "005010X223A2"
_FREQUENCIES = frozenset({"1", "2", "3", "4", "5", "7", "8"})
_CLAIM_REFERENCES = {
    qualifier: place for place, qualifier in enumerate(("4N", "9F", "G1", "F8", "9A", "9C", "LX", "D9", "LU", "EA", "P4", "G4"))
}
_CLAIM_RAW = ("CN1*", "K3*", "HCP*")
_LINE_RAW = ("HCP*", *common.RAW_DRUG)
_LINE_ROLES = ("72", "ZZ", "82", "DN")
_SCREENED = frozenset({"AV", "NU", "S2", "ST"})
"""CRC03 to 05."""
_TOGETHER = 12
"""Composites in one HI."""


def write_institutional_claims(
    header: InterchangeHeader,
    submitter: Submitter,
    receiver: Receiver,
    claims: Sequence[InstitutionalClaim],
    *,
    reference: str,
) -> bytes:
    """One interchange with one group and as many transaction sets as 5,000 claims each need.

    `reference` becomes BHT03 (with "-2" and so on after the first set). Within a set claims stand by billing provider, in
    their order otherwise. Raises CannotWrite with the path of what the guide has no place for.
    """
    return common.write_claims(header, submitter, receiver, claims, reference, VERSION, _claim)


def _claim(out: list[str], claim: InstitutionalClaim) -> None:
    """2300 and what is below it."""
    common.check_claim(claim, claim.lines, _FREQUENCIES, LINE_LIMIT)
    refuse_lost(claim.raw, "raw", _CLAIM_RAW)
    if claim.subscriber.insurance_type:
        raise CannotWrite("subscriber.insurance_type", "an institutional claim has no such place")
    out.append(_clm(claim))
    _dates(out, claim)
    admission = (claim.admission_type, claim.admission_source)
    status = code(claim.patient_status, 2, "patient_status")
    out.append(segment("CL1", *[code(one, 1, "admission_type") if one else "" for one in admission], status))
    common.attachment_segments(out, claim.attachments)
    common.raw_segments(out, claim.raw, "CN1")
    if claim.estimated_due_cents is not None:
        out.append(f"AMT*F3*{amount_text(claim.estimated_due_cents)}")
    if claim.amounts:
        raise CannotWrite("amounts", "2300 has no AMT but what the patient is thought to owe")
    common.claim_references(out, claim, _CLAIM_REFERENCES)
    common.raw_segments(out, claim.raw, "K3")
    common.note_segments(out, claim.note, claim)
    _screening(out, claim)
    _codes(out, claim)
    common.raw_segments(out, claim.raw, "HCP")
    common.provider(out, "attending_provider", "71", claim.attending_provider)
    common.provider(out, "operating_provider", "72", claim.operating_provider)
    common.provider(out, "other_operating_provider", "ZZ", claim.other_operating_provider)
    if claim.rendering_provider is not None:
        # Unlike in 837P the guide has no place for this one's taxonomy.
        common.provider(out, "rendering_provider", "82", replace(claim.rendering_provider, taxonomy=""))
    common.provider(out, "service_facility", "77", claim.service_facility)
    common.provider(out, "referring_provider", "DN", claim.referring_provider)
    if claim.providers:
        raise CannotWrite("providers", "have fields of their own")
    payer_ids = common.other_payers(out, claim)
    number = 0
    try:
        for number, line in enumerate(claim.lines, 1):
            out.append(f"LX*{number}")
            _line(out, line, payer_ids)
    except CannotWrite as error:
        raise CannotWrite(f"lines[{number - 1}].{error.path}", error.reason) from None


def _clm(claim: InstitutionalClaim) -> str:
    """CLM; CLM06 is not used."""
    control_number = code(claim.patient_control_number, 20, "patient_control_number")
    kind = code(claim.bill_type, 2, "bill_type", shortest=2)
    return segment(
        "CLM", control_number, amount_text(claim.charge_cents), "", "", f"{kind}:A:{claim.frequency}", "", claim.assignment,
        claim.benefits_assigned, claim.release_of_information, *[""] * 10, claim.delay_reason,
    )  # fmt: skip


def _dates(out: list[str], claim: InstitutionalClaim) -> None:
    """DTP of 2300."""
    if claim.statement_to < claim.statement_from:
        raise CannotWrite("statement_to", "is before the statement's first day")
    if claim.discharge_time:
        out.append(f"DTP*096*TM*{_time(claim.discharge_time)}")
    out.append(f"DTP*434*RD8*{day_text(claim.statement_from)}-{day_text(claim.statement_to)}")
    if claim.admitted_at is not None:
        form = f"DT*{claim.admitted_at:%Y%m%d%H%M}" if claim.admission_has_hour else f"D8*{claim.admitted_at:%Y%m%d}"
        out.append(f"DTP*435*{form}")
    common.date_segments(out, {item.qualifier: item for item in claim.dates}, ("050",))


def _time(text: str) -> str:
    if len(text) != 4 or not (text.isascii() and text.isdigit()) or text >= "2400" or text[2] > "5":
        raise CannotWrite("discharge_time", "must be four digits, hours and minutes")
    return text


def _screening(out: list[str], claim: InstitutionalClaim) -> None:
    """CRC*ZZ."""
    found = claim.certifications
    if len(found) > 1 or any(one.category != "ZZ" or not set(one.codes) <= _SCREENED or len(one.codes) > 3 for one in found):
        raise CannotWrite("certifications", "must be one of ZZ with at most three of AV, NU, S2 and ST")
    common.certification_segments(out, found)


def _codes(out: list[str], claim: InstitutionalClaim) -> None:
    """HI in the guide's order."""
    ten = claim.diagnosis_version == 10
    mark, procedure_mark = ("A", "B") if ten else ("", "")
    if claim.principal_diagnosis is None:
        raise CannotWrite("principal_diagnosis", "is required")
    _write(out, [_diagnosis(f"{mark}BK", claim.principal_diagnosis)], 1, "principal_diagnosis")
    if claim.admitting_diagnosis:
        _write(out, [_plain(f"{mark}BJ", claim.admitting_diagnosis, "admitting_diagnosis")], 1, "admitting_diagnosis")
    reasons = [_plain(f"{mark}PR", one, "visit_reasons") for one in claim.visit_reasons]
    _write(out, reasons, VISIT_REASON_LIMIT, "visit_reasons")
    _write(out, [_diagnosis(f"{mark}BN", one) for one in claim.external_causes], EXTERNAL_CAUSE_LIMIT, "external_causes")
    if claim.drg:
        _write(out, [_plain("DR", claim.drg, "drg")], 1, "drg")
    _write(out, [_diagnosis(f"{mark}BF", one) for one in claim.other_diagnoses], OTHER_DIAGNOSIS_LIMIT, "other_diagnoses")
    if claim.principal_procedure is not None:
        _write(out, [_procedure(f"{procedure_mark}BR", claim.principal_procedure)], 1, "principal_procedure")
    procedures = [_procedure(f"{procedure_mark}BQ", one) for one in claim.other_procedures]
    _write(out, procedures, PROCEDURE_LIMIT, "other_procedures")
    _write(out, [_occurrence(one, span=True) for one in claim.occurrence_spans], PROCEDURE_LIMIT, "occurrence_spans")
    _write(out, [_occurrence(one, span=False) for one in claim.occurrences], PROCEDURE_LIMIT, "occurrences")
    _write(out, [_value(one) for one in claim.values], PROCEDURE_LIMIT, "values")
    _write(out, [_plain("BG", one, "condition_codes") for one in claim.condition_codes], PROCEDURE_LIMIT, "condition_codes")
    _write(out, [_plain("TC", one, "treatment_codes") for one in claim.treatment_codes], PROCEDURE_LIMIT, "treatment_codes")


def _write(out: list[str], composites: Sequence[str], most: int, path: str) -> None:
    """Composites of one kind, twelve in a segment."""
    if len(composites) > most:
        raise CannotWrite(path, f"are more than {most}")
    out += ["*".join(("HI", *composites[start : start + _TOGETHER])) for start in range(0, len(composites), _TOGETHER)]


def _plain(kind: str, text: str, path: str) -> str:
    return f"{kind}:{code(text.replace('.', ''), 30, path)}"


def _diagnosis(kind: str, found: Diagnosis) -> str:
    """A diagnosis with present-on-admission at the ninth component."""
    plain = code(found.code.replace(".", ""), 7, "diagnoses", shortest=3)
    if not found.present_on_admission:
        return f"{kind}:{plain}"
    if found.present_on_admission not in {"Y", "N", "U", "W"}:
        raise CannotWrite("present_on_admission", "must be Y, N, U or W")
    return f"{kind}:{plain}:::::::{found.present_on_admission}"


def _procedure(kind: str, found: Procedure) -> str:
    if found.performed_on is None:
        raise CannotWrite("procedures.performed_on", "is required")
    return f"{kind}:{code(found.code.replace('.', ''), 7, 'procedures')}:D8:{day_text(found.performed_on)}"


def _occurrence(found: Occurrence, *, span: bool) -> str:
    name = code(found.code, 2, "occurrences")
    if not span:
        return f"BH:{name}:D8:{day_text(found.first)}"
    if found.last is None:
        raise CannotWrite("occurrence_spans.last", "is required")
    return f"BI:{name}:RD8:{day_text(found.first)}-{day_text(found.last)}"


def _value(found: ValueCode) -> str:
    return f"BE:{code(found.code, 2, 'values')}:::{amount_text(found.amount_cents)}"


def _line(out: list[str], line: RevenueLine, payer_ids: frozenset[str]) -> None:
    """2400 and what is below it."""
    out.append(_sv2(line))
    if line.raw:
        refuse_lost(line.raw, "raw", _LINE_RAW)
    common.attachment_segments(out, line.attachments)
    if line.date_of_service is not None:
        out.append(common.day_segment("472", line.date_of_service, line.date_of_service_to))
    if line.line_control_number:
        out.append(f"REF*6R*{code(line.line_control_number, 30, 'line_control_number')}")
    if line.references:
        out += reference_segments(line.references)
    common.amounts(out, line)
    _refuse_unused(line)
    common.note_segments(out, "", line)
    common.raw_segments(out, line.raw, "HCP")
    common.drug_of(out, line)
    for role in _LINE_ROLES:
        for one in line.providers:
            if one.role == role:
                common.provider(out, "providers", role, one.provider)
    if line.adjudications:
        common.line_end(out, line, payer_ids)


def _refuse_unused(line: RevenueLine) -> None:
    """What 2400 of an 837I has no place for."""
    unused: Iterable[tuple[str, object]] = (
        ("authorisation_number", line.authorisation_number), ("note", line.note), ("dates", line.dates),
        ("quantities", line.quantities), ("providers", [one for one in line.providers if one.role not in _LINE_ROLES]),
    )  # fmt: skip
    for path, value in unused:
        if value:
            raise CannotWrite(path, "a line of an institutional claim has no such place")


def _sv2(line: RevenueLine) -> str:
    """SV2."""
    units = decimal_text(line.units)
    if units is None or line.unit not in {"UN", "DA"} or line.charge_cents < 0:
        raise CannotWrite("units", "must be a number of UN or DA, and the charge not negative")
    revenue = code(line.revenue_code, 4, "revenue_code", shortest=4)
    procedure = ""
    if line.procedure:
        wanted = code(line.procedure, 48, "procedure")
        procedure = procedure_composite(line.procedure_qualifier, wanted, line.modifiers, line.description)
    amounts = (amount_text(line.charge_cents), line.unit, units, "", optional_amount(line.non_covered_cents))
    return segment("SV2", revenue, procedure, *amounts)
