"""Writes 837P files: hierarchy, counts and control numbers are computed here, delimiters never stand in data."""

from collections.abc import Iterator, Sequence

from rcm.x12.elements import amount_text, day_text, decimal_text, has_digits
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import loops
from rcm.x12.professional_claim.values import (
    CLAIM_LIMIT,
    DIAGNOSIS_LIMIT,
    LINE_LIMIT,
    Accident,
    ProfessionalClaim,
    Provider,
    Receiver,
    ServiceLine,
    Submitter,
)
from rcm.x12.text import code, composite, free, interchange
from rcm.x12.values import Dated, InterchangeHeader

VERSION = "005010X222A1"
_DATE_ORDER = ("431", "454", "304", "453", "439", "484", "455", "471", "314", "360", "361", "297", "296", "435", "096", "444")
_REPLACING = frozenset({"7", "8"})
_DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})


def transaction_control_number(index: int) -> str:
    """ST02 of the set that holds the claim at `index` of those handed to the writer: "0001" for the first 5,000."""
    return f"{index // CLAIM_LIMIT + 1:04d}"


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
    if not claims:
        raise CannotWrite("claims", "a file needs one or more")
    return interchange(header, "HC", VERSION, _sets(header, submitter, receiver, claims, reference))


def _sets(
    header: InterchangeHeader, submitter: Submitter, receiver: Receiver, claims: Sequence[ProfessionalClaim], reference: str
) -> Iterator[list[str]]:
    parties = loops.submitter_segments(submitter, receiver)
    for start in range(0, len(claims), CLAIM_LIMIT):
        number = transaction_control_number(start)
        name = free(reference if not start else f"{reference}-{int(number)}", 50, "reference", required=True)
        moment = f"{header.created:%Y%m%d}*{header.created:%H%M}"
        out = [f"ST*837*{number}*{VERSION}", f"BHT*0019*00*{name}*{moment}*CH", *parties]
        _hierarchy(out, claims, range(start, min(start + CLAIM_LIMIT, len(claims))))
        yield out


def _hierarchy(out: list[str], claims: Sequence[ProfessionalClaim], places: range) -> None:
    """2000A, 2000B, 2000C and the claims below them; claims of one subscriber or patient that follow each other share it."""
    by_provider: dict[Provider, list[int]] = {}
    for place in places:
        by_provider.setdefault(claims[place].billing_provider, []).append(place)
    level = 0
    for provider, members in by_provider.items():
        level += 1
        provider_level = level
        place = members[0]
        try:
            out.append(f"HL*{level}**20*1")
            out += _within("billing_provider", loops.billing_provider_segments, provider)
            previous: ProfessionalClaim | None = None
            subscriber_level = 0
            for place in members:
                claim = claims[place]
                dependant = claim.patient is not None
                if previous is None or not _same_subscriber(previous, claim):
                    level += 1
                    subscriber_level = level
                    out.append(f"HL*{level}*{provider_level}*22*{int(dependant)}")
                    out += loops.subscriber_segments(claim.subscriber, claim.payer, is_patient=not dependant)
                    previous = None
                if claim.patient is not None and (previous is None or previous.patient != claim.patient):
                    level += 1
                    out.append(f"HL*{level}*{subscriber_level}*23*0")
                    out += loops.patient_segments(claim.patient)
                previous = claim
                _claim(out, claim)
        except CannotWrite as error:
            raise CannotWrite(f"claims[{place}].{error.path}", error.reason) from None


def _same_subscriber(one: ProfessionalClaim, other: ProfessionalClaim) -> bool:
    return (
        one.subscriber == other.subscriber
        and one.payer == other.payer
        and (one.patient is None) == (other.patient is None)
    )  # fmt: skip


def _claim(out: list[str], claim: ProfessionalClaim) -> None:
    """2300, 2310 and 2400."""
    _check(claim)
    control_number = code(claim.patient_control_number, 20, "patient_control_number")
    place = loops.place_of_service(claim.place_of_service, "place_of_service")
    accident = f"**{_accident(claim.accident)}" if claim.accident is not None else ""
    out.append(
        f"CLM*{control_number}*{amount_text(claim.charge_cents)}***{place}:B:{claim.frequency}"
        f"*{'Y' if claim.signature_on_file else 'N'}*{claim.assignment}*{claim.benefits_assigned}"
        f"*{claim.release_of_information}{accident}"
    )
    _dates(out, claim)
    if claim.patient_paid_cents:
        out.append(f"AMT*F5*{amount_text(claim.patient_paid_cents)}")
    _references(out, claim)
    if claim.note:
        out.append(f"NTE*ADD*{free(claim.note, 80, 'note', required=True)}")
    out.append(_diagnoses(claim.diagnoses))
    if claim.referring_provider is not None:
        out += _within("referring_provider", loops.provider_segments, "DN", claim.referring_provider)
    if claim.rendering_provider is not None:
        out += _within("rendering_provider", loops.provider_segments, "82", claim.rendering_provider)
    if claim.service_facility is not None:
        out += _within("service_facility", loops.provider_segments, "77", claim.service_facility)
    if claim.supervising_provider is not None:
        out += _within("supervising_provider", loops.provider_segments, "DQ", claim.supervising_provider)
    number = 0
    try:
        for number, line in enumerate(claim.lines, 1):
            out.append(f"LX*{number}")
            _line(out, line, len(claim.diagnoses))
    except CannotWrite as error:
        raise CannotWrite(f"lines[{number - 1}].{error.path}", error.reason) from None


def _check(claim: ProfessionalClaim) -> None:
    """What binds a claim's parts to each other."""
    if claim.frequency not in {"1", "7", "8"}:
        raise CannotWrite("frequency", "must be 1, 7 or 8")
    if claim.frequency in _REPLACING and not claim.payer_claim_control_number:
        raise CannotWrite("payer_claim_control_number", "is required for frequency 7 and 8")
    if not 1 <= len(claim.lines) <= LINE_LIMIT:
        raise CannotWrite("lines", f"must be 1 to {LINE_LIMIT}")
    total = 0
    for line in claim.lines:
        total += line.charge_cents
    if total != claim.charge_cents or claim.charge_cents < 0:
        raise CannotWrite("charge_cents", "is not the sum of the lines' charges")
    if claim.assignment not in {"A", "B", "C"}:
        raise CannotWrite("assignment", "must be A, B or C")
    if claim.benefits_assigned not in {"Y", "N", "W"}:
        raise CannotWrite("benefits_assigned", "must be Y, N or W")
    if claim.release_of_information not in {"Y", "I"}:
        raise CannotWrite("release_of_information", "must be Y or I")


def _accident(accident: Accident) -> str:
    """CLM11."""
    kinds = accident.kinds
    if not 1 <= len(kinds) <= 3 or not set(kinds) <= {"AA", "EM", "OA"}:
        raise CannotWrite("accident.kinds", "must be one to three of AA, EM, OA")
    if "AA" in kinds and len(accident.state) != 2:
        raise CannotWrite("accident.state", "is required for an automobile accident")
    state = code(accident.state, 2, "accident.state", shortest=2) if accident.state else ""
    return composite(*kinds, *[""] * (3 - len(kinds)), state)


def _dates(out: list[str], claim: ProfessionalClaim) -> None:
    """DTP of 2300 in the guide's order."""
    if claim.accident is not None and claim.accident.occurred_on is None and set(claim.accident.kinds) & {"AA", "OA"}:
        raise CannotWrite("accident.occurred_on", "is required for an accident")
    dates = {item.qualifier: item for item in claim.dates}
    accident_on = claim.accident.occurred_on if claim.accident is not None else None
    named = {"431": claim.onset_on, "439": accident_on, "435": claim.admitted_on, "096": claim.discharged_on}
    dates |= {qualifier: Dated(qualifier, on) for qualifier, on in named.items() if on is not None}
    if not dates:
        return
    if unknown := dates.keys() - set(_DATE_ORDER):
        raise CannotWrite("dates", f"{min(unknown)} has no place in 2300")
    out += [_dated(dates[qualifier]) for qualifier in _DATE_ORDER if qualifier in dates]


def _dated(item: Dated) -> str:
    if item.last is None or item.last == item.first:
        return f"DTP*{item.qualifier}*D8*{day_text(item.first)}"
    return f"DTP*{item.qualifier}*RD8*{day_text(item.first)}-{day_text(item.last)}"


def _references(out: list[str], claim: ProfessionalClaim) -> None:
    """REF of 2300."""
    for qualifier, value, path in (
        ("9F", claim.referral_number, "referral_number"),
        ("G1", claim.authorisation_number, "authorisation_number"),
        ("F8", claim.payer_claim_control_number, "payer_claim_control_number"),
        ("D9", claim.clearinghouse_number, "clearinghouse_number"),
        ("EA", claim.medical_record_number, "medical_record_number"),
    ):
        if value:
            out.append(f"REF*{qualifier}*{free(value, 50, path, required=True)}")
    if claim.references:
        out += loops.reference_segments(claim.references)


def _diagnoses(diagnoses: tuple[str, ...]) -> str:
    """HI: the principal, then up to eleven others."""
    if not 1 <= len(diagnoses) <= DIAGNOSIS_LIMIT:
        raise CannotWrite("diagnoses", f"must be 1 to {DIAGNOSIS_LIMIT}")
    plain = [code(diagnosis.replace(".", ""), 7, "diagnoses", shortest=3) for diagnosis in diagnoses]
    return f"HI*ABK:{plain[0]}" + "".join([f"*ABF:{diagnosis}" for diagnosis in plain[1:]])


def _line(out: list[str], line: ServiceLine, diagnoses: int) -> None:
    """2400, 2410, 2420A."""
    pointers = line.diagnosis_pointers
    if not 1 <= len(pointers) <= 4 or min(pointers) < 1 or max(pointers) > diagnoses:
        raise CannotWrite("diagnosis_pointers", "must be one to four places of the claim's diagnoses")
    units = decimal_text(line.units)
    if units is None or line.unit not in {"UN", "MJ"} or line.charge_cents < 0:
        raise CannotWrite("units", "must be a number of UN or MJ, and the charge not negative")
    place = loops.place_of_service(line.place_of_service, "place_of_service") if line.place_of_service else ""
    emergency = "**Y" if line.emergency else ""
    out.append(
        f"SV1*{loops.procedure_composite(line.procedure, line.modifiers, line.description)}*{amount_text(line.charge_cents)}"
        f"*{line.unit}*{units}*{place}**{':'.join(map(str, pointers))}{emergency}"
    )
    out.append(_dated(Dated("472", line.date_of_service, line.date_of_service_to)))
    out += [_dated(item) for item in line.dates]
    if line.authorisation_number:
        out.append(f"REF*G1*{free(line.authorisation_number, 50, 'authorisation_number', required=True)}")
    if line.line_control_number:
        out.append(f"REF*6R*{code(line.line_control_number, 30, 'line_control_number')}")
    if line.references:
        out += loops.reference_segments(line.references)
    if line.note:
        out.append(f"NTE*ADD*{free(line.note, 80, 'note', required=True)}")
    if line.drug is not None:
        quantity = decimal_text(line.drug.quantity)
        if not has_digits(line.drug.ndc, 11) or line.drug.unit not in _DRUG_UNITS or quantity is None:
            raise CannotWrite("drug", "must be eleven digits with a quantity of F2, GR, ME, ML or UN")
        out += [f"LIN**N4*{line.drug.ndc}", f"CTP****{quantity}*{line.drug.unit}"]
        if line.drug.prescription_number:
            out.append(f"REF*XZ*{free(line.drug.prescription_number, 50, 'drug.prescription_number', required=True)}")
    if line.rendering_provider is not None:
        out += _within("rendering_provider", loops.provider_segments, "82", line.rendering_provider)


def _within(path: str, segments: "loops.SegmentsOf", *arguments: object) -> tuple[str, ...]:
    """Segments of a part, whose refusals get the part's path."""
    try:
        return segments(*arguments)
    except CannotWrite as error:
        raise CannotWrite(f"{path}.{error.path}", error.reason) from None
