"""Writes 837P files: hierarchy, counts and control numbers are computed here, delimiters never stand in data."""

from collections.abc import Sequence
from functools import lru_cache

from rcm.x12.claim import writer as common
from rcm.x12.claim.parties_writer import place_segments, reference_segments
from rcm.x12.claim.values import Accident, Receiver, Submitter
from rcm.x12.claim.writer import transaction_control_number
from rcm.x12.elements import amount_text, decimal_text
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim.values import DIAGNOSIS_LIMIT, LINE_LIMIT, ProfessionalClaim, ServiceLine
from rcm.x12.text import code, composite, free, segment
from rcm.x12.values import Dated, InterchangeHeader
from rcm.x12.writing import procedure_composite, refuse_lost

__all__ = ["VERSION", "transaction_control_number", "write_professional_claims"]

VERSION = "005010X222A1"
_CACHE = 4096
_NO_PAYERS: frozenset[str] = frozenset()
_UNITS_OR_CHARGE = "must be a number of UN or MJ, and the charge not negative"
_FREQUENCIES = frozenset({"1", "7", "8"})
_CLAIM_DATES = (
    "431", "454", "304", "453", "439", "484", "455", "471", "314", "360", "361", "297", "296", "435", "096", "090", "091",
    "444", "050",
)  # fmt: skip
_LINE_DATES = ("471", "607", "463", "461", "304", "738", "739", "011", "455", "454")
_CLAIM_REFERENCES = {
    qualifier: place
    for place, qualifier in enumerate(("4N", "F5", "EW", "9F", "G1", "F8", "X4", "9A", "9C", "LX", "D9", "EA", "P4", "1J"))
}
_LINE_ROLES = ("82", "QB", "77", "DQ", "DK", "DN", "P3")
_CLAIM_RAW = ("CN1*", "K3*", "CR2*", "HCP*")
_LINE_RAW = ("SV5*", "CR3*", "MEA*", "CN1*", "K3*", "PS1*", "HCP*", *common.RAW_DRUG, "LQ*", "FRM*")


def write_professional_claims(
    header: InterchangeHeader,
    submitter: Submitter,
    receiver: Receiver,
    claims: Sequence[ProfessionalClaim],
    *,
    reference: str,
) -> bytes:
    """One interchange with one group and as many transaction sets as 5,000 claims each need.

    `reference` becomes BHT03 (with "-2" and so on after the first set). Within a set claims stand by billing provider, in
    their order otherwise. Raises CannotWrite with the path of what the guide has no place for.
    """
    return common.write_claims(header, submitter, receiver, claims, reference, VERSION, _claim)


def _claim(out: list[str], claim: ProfessionalClaim) -> None:
    """2300 and what is below it."""
    common.check_claim(claim, claim.lines, _FREQUENCIES, LINE_LIMIT)
    if claim.diagnosis_version != 10:
        raise CannotWrite("diagnosis_version", "5010 claims of today bear ICD-10")
    out.append(_clm(claim))
    _dates(out, claim)
    _particulars(out, claim)
    _codes(out, claim)
    if claim.raw:
        common.raw_segments(out, claim.raw, "HCP")
    common.provider(out, "referring_provider", "DN", claim.referring_provider)
    for one in claim.providers:
        common.provider(out, "providers", one.role, one.provider)
    common.provider(out, "rendering_provider", "82", claim.rendering_provider)
    common.provider(out, "service_facility", "77", claim.service_facility)
    common.provider(out, "supervising_provider", "DQ", claim.supervising_provider)
    if claim.pickup is not None:
        out += place_segments("PW", claim.pickup, "pickup")
    if claim.dropoff is not None:
        out += place_segments("45", claim.dropoff, "dropoff")
    payer_ids = common.other_payers(out, claim) if claim.other_payers else _NO_PAYERS
    diagnoses, number = len(claim.diagnoses), 0
    try:
        for number, line in enumerate(claim.lines, 1):
            out.append(f"LX*{number}")
            _line(out, line, diagnoses, payer_ids)
    except CannotWrite as error:
        raise CannotWrite(f"lines[{number - 1}].{error.path}", error.reason) from None


def _particulars(out: list[str], claim: ProfessionalClaim) -> None:
    """What stands between the dates of 2300 and its codes, which most claims don't have."""
    if not _has_claim_particulars(claim):
        return
    if claim.raw:
        refuse_lost(claim.raw, "raw", _CLAIM_RAW)
    common.attachment_segments(out, claim.attachments)
    common.raw_segments(out, claim.raw, "CN1")
    if claim.patient_paid_cents:
        out.append(f"AMT*F5*{amount_text(claim.patient_paid_cents)}")
    if claim.amounts:
        raise CannotWrite("amounts", "2300 has no AMT but the patient's payment")
    common.claim_references(out, claim, _CLAIM_REFERENCES)
    common.raw_segments(out, claim.raw, "K3")
    common.note_segments(out, claim.note, claim)
    if claim.ambulance is not None:
        out.append(common.ambulance_segment(claim.ambulance))
    common.raw_segments(out, claim.raw, "CR2")
    common.certification_segments(out, claim.certifications)


def _has_claim_particulars(claim: ProfessionalClaim) -> bool:
    return bool(
        claim.raw or claim.attachments or claim.patient_paid_cents or claim.amounts or claim.references or claim.note
        or claim.notes or claim.ambulance or claim.certifications or claim.authorisation_number or claim.referral_number
        or claim.payer_claim_control_number or claim.clearinghouse_number or claim.medical_record_number
    )  # fmt: skip


def _clm(claim: ProfessionalClaim) -> str:
    """CLM."""
    control_number = code(claim.patient_control_number, 20, "patient_control_number")
    head = (
        f"CLM*{control_number}*{amount_text(claim.charge_cents)}***{_place(claim.place_of_service)}:B:{claim.frequency}"
        f"*{'Y' if claim.signature_on_file else 'N'}*{claim.assignment}*{claim.benefits_assigned}"
        f"*{claim.release_of_information}"
    )
    if claim.accident is None and not (claim.patient_signature or claim.special_program or claim.delay_reason):
        return head
    accident = _accident(claim.accident) if claim.accident is not None else ""
    return segment(head, claim.patient_signature, accident, claim.special_program, *[""] * 7, claim.delay_reason)


def _accident(accident: Accident) -> str:
    """CLM11."""
    kinds = accident.kinds
    if not 1 <= len(kinds) <= 3 or not set(kinds) <= {"AA", "EM", "OA"}:
        raise CannotWrite("accident.kinds", "must be one to three of AA, EM, OA")
    if "AA" in kinds and len(accident.state) != 2 and not accident.country:
        raise CannotWrite("accident.state", "is required for an automobile accident")
    state = code(accident.state, 2, "accident.state", shortest=2) if accident.state else ""
    country = code(accident.country, 3, "accident.country", shortest=2) if accident.country else ""
    return composite(*kinds, *[""] * (3 - len(kinds)), state, country)


def _dates(out: list[str], claim: ProfessionalClaim) -> None:
    """DTP of 2300 in the guide's order."""
    accident = claim.accident
    if accident is not None and accident.occurred_on is None and set(accident.kinds) & {"AA", "OA"}:
        raise CannotWrite("accident.occurred_on", "is required for an accident")
    accident_on = accident.occurred_on if accident is not None else None
    if not claim.dates and accident_on is None and claim.onset_on is claim.admitted_on is claim.discharged_on is None:
        return
    dates = {item.qualifier: item for item in claim.dates}
    named = {"431": claim.onset_on, "439": accident_on, "435": claim.admitted_on, "096": claim.discharged_on}
    dates |= {qualifier: Dated(qualifier, on) for qualifier, on in named.items() if on is not None}
    common.date_segments(out, dates, _CLAIM_DATES)


def _codes(out: list[str], claim: ProfessionalClaim) -> None:
    """HI: the principal diagnosis, then up to eleven others; anaesthesia's surgery; conditions."""
    diagnoses = claim.diagnoses
    if not 1 <= len(diagnoses) <= DIAGNOSIS_LIMIT:
        raise CannotWrite("diagnoses", f"must be 1 to {DIAGNOSIS_LIMIT}")
    out.append(_diagnosis_segment(diagnoses))
    if claim.anaesthesia_procedures:
        if len(claim.anaesthesia_procedures) > 2:
            raise CannotWrite("anaesthesia_procedures", "are more than two")
        procedures = [code(one, 30, "anaesthesia_procedures") for one in claim.anaesthesia_procedures]
        out.append(segment("HI", *[f"{kind}:{one}" for kind, one in zip(("BP", "BO"), procedures, strict=False)]))
    if claim.condition_codes:
        if len(claim.condition_codes) > 12:
            raise CannotWrite("condition_codes", "are more than twelve")
        out.append(segment("HI", *[f"BG:{code(one, 30, 'condition_codes')}" for one in claim.condition_codes]))


@lru_cache(_CACHE)
def _diagnosis_segment(diagnoses: tuple[str, ...]) -> str:
    """HI of the diagnoses, without their dots: the same ones stand together again and again."""
    principal, *others = [code(diagnosis.replace(".", ""), 7, "diagnoses", shortest=3) for diagnosis in diagnoses]
    return f"HI*ABK:{principal}" + "".join([f"*ABF:{diagnosis}" for diagnosis in others])


def _line(out: list[str], line: ServiceLine, diagnoses: int, payer_ids: frozenset[str]) -> None:
    """2400 and what is below it."""
    out.append(_sv1(line, diagnoses))
    if _has_particulars(line):
        _line_with_particulars(out, line, payer_ids)
        return
    out.append(common.day_segment("472", line.date_of_service, line.date_of_service_to))
    if line.line_control_number:
        out.append(f"REF*6R*{code(line.line_control_number, 30, 'line_control_number')}")
    if line.drug is not None:
        common.drug_segments(out, line.drug)


def _has_particulars(line: ServiceLine) -> bool:
    """Whether a line has anything beside service, days, control number and drug; most have not."""
    return bool(
        line.raw or line.attachments or line.ambulance or line.certifications or line.dates or line.quantities
        or line.authorisation_number or line.references or line.amounts or line.note or line.notes
        or line.rendering_provider or line.providers or line.pickup or line.dropoff or line.adjudications
    )  # fmt: skip


def _line_with_particulars(out: list[str], line: ServiceLine, payer_ids: frozenset[str]) -> None:
    """2400 after SV1, in the guide's order."""
    if line.raw:
        refuse_lost(line.raw, "raw", _LINE_RAW)
        common.raw_segments(out, line.raw, "SV5")
    common.attachment_segments(out, line.attachments)
    if line.ambulance is not None:
        out.append(common.ambulance_segment(line.ambulance))
    common.raw_segments(out, line.raw, "CR3")
    common.certification_segments(out, line.certifications)
    out.append(common.day_segment("472", line.date_of_service, line.date_of_service_to))
    if line.dates:
        common.date_segments(out, {item.qualifier: item for item in line.dates}, _LINE_DATES)
    for item in line.quantities:
        quantity = decimal_text(item.quantity)
        if item.qualifier not in {"PT", "FL"} or quantity is None:
            raise CannotWrite("quantities", "must be numbers of patients (PT) or of obstetric units (FL)")
        out.append(f"QTY*{item.qualifier}*{quantity}")
    common.raw_segments(out, line.raw, "MEA", "CN1")
    if line.authorisation_number:
        out.append(f"REF*G1*{free(line.authorisation_number, 50, 'authorisation_number', required=True)}")
    if line.line_control_number:
        out.append(f"REF*6R*{code(line.line_control_number, 30, 'line_control_number')}")
    if line.references:
        out += reference_segments(line.references)
    common.amounts(out, line)
    common.raw_segments(out, line.raw, "K3")
    common.note_segments(out, line.note, line)
    common.raw_segments(out, line.raw, "PS1", "HCP")
    common.drug_of(out, line)
    common.provider(out, "rendering_provider", "82", line.rendering_provider)
    if line.providers or line.pickup is not None or line.dropoff is not None:
        _line_providers(out, line)
    if line.adjudications or line.raw:
        common.line_end(out, line, payer_ids)


def _sv1(line: ServiceLine, diagnoses: int) -> str:
    """SV1."""
    before, after = _service(
        line.procedure, line.diagnosis_pointers, line.modifiers, line.units, line.unit, line.place_of_service,
        line.procedure_qualifier, line.description, diagnoses,
    )  # fmt: skip
    if line.charge_cents < 0:
        raise CannotWrite("units", _UNITS_OR_CHARGE)
    head = f"{before}{amount_text(line.charge_cents)}{after}"
    if not (line.emergency or line.epsdt or line.family_planning or line.copay_exempt):
        return head
    epsdt, planning = "Y" if line.epsdt else "", "Y" if line.family_planning else ""
    return segment(head, "", "Y" if line.emergency else "", "", epsdt, planning, "", "", "0" if line.copay_exempt else "")


@lru_cache(_CACHE)
def _service(
    procedure: str, pointers: tuple[int, ...], modifiers: tuple[str, ...], units: str, unit: str, place_of_service: str,
    qualifier: str, description: str, diagnoses: int,
) -> tuple[str, str]:  # fmt: skip
    """What stands before the charge and after it, up to SV107: a practice does the same services over and over."""
    if not 1 <= len(pointers) <= 4 or min(pointers) < 1 or max(pointers) > diagnoses:
        raise CannotWrite("diagnosis_pointers", "must be one to four places of the claim's diagnoses")
    quantity = decimal_text(units)
    if quantity is None or unit not in {"UN", "MJ"}:
        raise CannotWrite("units", _UNITS_OR_CHARGE)
    if len(procedure) != 5 and qualifier == "HC":
        raise CannotWrite("procedure", "must be five letters and digits")
    place = _place(place_of_service) if place_of_service else ""
    service = procedure_composite(qualifier, code(procedure, 48, "procedure"), modifiers, description)
    return f"SV1*{service}*", f"*{unit}*{quantity}*{place}**{':'.join(map(str, pointers))}"


@lru_cache(_CACHE)
def _place(place_of_service: str) -> str:
    """CLM05-1 and SV105."""
    return code(place_of_service, 2, "place_of_service", shortest=2)


def _line_providers(out: list[str], line: ServiceLine) -> None:
    """2420 but for the rendering provider."""
    for role in _LINE_ROLES:
        for one in line.providers:
            if one.role == role:
                common.provider(out, "providers", role, one.provider)
    if any(one.role not in _LINE_ROLES for one in line.providers):
        raise CannotWrite("providers", f"must have one of the roles {', '.join(_LINE_ROLES)}")
    if line.pickup is not None:
        out += place_segments("PW", line.pickup, "pickup")
    if line.dropoff is not None:
        out += place_segments("45", line.dropoff, "dropoff")
