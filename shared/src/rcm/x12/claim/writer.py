"""Writes the claims of an 837: what the three guides have in common. A guide's own writer makes its claims' segments."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from rcm.x12.claim import parties_writer as parties
from rcm.x12.claim.coordination_writer import line_adjudication_segments, other_payer_segments
from rcm.x12.claim.values import (
    CLAIM_LIMIT,
    Ambulance,
    Attachment,
    Certification,
    Claim,
    ClaimLine,
    ClaimT,
    Drug,
    Provider,
    Receiver,
    Submitter,
)
from rcm.x12.elements import amount_text, day_text, decimal_text, has_digits
from rcm.x12.problems import CannotWrite
from rcm.x12.text import clean, code, free, interchange, segment
from rcm.x12.values import Dated, InterchangeHeader

_CACHE = 4096
_DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})
RAW_DRUG = ("LIN*", "CTP*", "REF*XZ*", "REF*VY*")
"""What 2410 begins with where it stands as it stood."""
_WITHOUT_CONTROL_NUMBER = frozenset({"AA", "AB", "AD", "AF", "AG", "NS"})
"""PWK02 of what is on request or in the file itself."""

_NAMED_REFERENCES = (
    ("9F", "referral_number"),
    ("G1", "authorisation_number"),
    ("F8", "payer_claim_control_number"),
    ("D9", "clearinghouse_number"),
    ("EA", "medical_record_number"),
)
"""REF of 2300 that have a field, in the fields' order."""

WriteClaim = Callable[[list[str], ClaimT], None]
"""Adds a claim's segments, 2300 and below."""


def transaction_control_number(index: int) -> str:
    """ST02 of the set that holds the claim at `index` of those handed to the writer: "0001" for the first 5,000."""
    return f"{index // CLAIM_LIMIT + 1:04d}"


def write_claims(
    header: InterchangeHeader,
    submitter: Submitter,
    receiver: Receiver,
    claims: Sequence[ClaimT],
    reference: str,
    version: str,
    write_claim: WriteClaim[ClaimT],
) -> bytes:
    """One interchange with one group and as many transaction sets as 5,000 claims each need.

    `reference` becomes BHT03 (with "-2" and so on after the first set). Within a set claims stand by billing provider, in
    their order otherwise. Raises CannotWrite with the path of what the guide has no place for.
    """
    if not claims:
        raise CannotWrite("claims", "a file needs one or more")

    def sets() -> Iterator[list[str]]:
        first = parties.submitter_segments(submitter, receiver)
        for start in range(0, len(claims), CLAIM_LIMIT):
            number = transaction_control_number(start)
            name = free(reference if not start else f"{reference}-{int(number)}", 50, "reference", required=True)
            moment = f"{header.created:%Y%m%d}*{header.created:%H%M}"
            out = [f"ST*837*{number}*{version}", f"BHT*0019*00*{name}*{moment}*CH", *first]
            _hierarchy(out, claims, range(start, min(start + CLAIM_LIMIT, len(claims))), write_claim)
            yield out

    return interchange(header, "HC", version, sets())


def _hierarchy(out: list[str], claims: Sequence[ClaimT], places: range, write_claim: WriteClaim[ClaimT]) -> None:
    """2000A, 2000B, 2000C and the claims below them; claims of one subscriber or patient that follow each other share it."""
    by_provider: dict[object, list[int]] = {}
    for place in places:
        by_provider.setdefault((claims[place].billing_provider, claims[place].pay_to), []).append(place)
    level = 0
    for members in by_provider.values():
        level += 1
        provider_level, place = level, members[0]
        try:
            out.append(f"HL*{level}**20*1")
            out += within("billing_provider", parties.billing_provider_segments, claims[place].billing_provider)
            for pay_to in claims[place].pay_to:
                out += parties.pay_to_segments(pay_to)
            previous: ClaimT | None = None
            subscriber_level = 0
            for place in members:
                claim = claims[place]
                dependant = claim.patient is not None
                if previous is None or not _same_subscriber(previous, claim):
                    level += 1
                    subscriber_level = level
                    out.append(f"HL*{level}*{provider_level}*22*{int(dependant)}")
                    out += parties.subscriber_segments(claim.subscriber, claim.payer, is_patient=not dependant)
                    previous = None
                if claim.patient is not None and (previous is None or previous.patient != claim.patient):
                    level += 1
                    out.append(f"HL*{level}*{subscriber_level}*23*0")
                    out += parties.patient_segments(claim.patient)
                previous = claim
                write_claim(out, claim)
        except CannotWrite as error:
            raise CannotWrite(f"claims[{place}].{error.path}", error.reason) from None


def _same_subscriber(one: Claim, other: Claim) -> bool:
    return (
        one.subscriber == other.subscriber
        and one.payer == other.payer
        and (one.patient is None) == (other.patient is None)
    )  # fmt: skip


def within(path: str, segments: parties.SegmentsOf, *arguments: object) -> tuple[str, ...]:
    """Segments of a part, whose refusals get the part's path."""
    try:
        return segments(*arguments)
    except CannotWrite as error:
        raise CannotWrite(f"{path}.{error.path}", error.reason) from None


def check_claim(claim: Claim, lines: Sequence[ClaimLine], frequencies: frozenset[str], most_lines: int) -> None:
    """What binds a claim's parts to each other in every guide."""
    if claim.frequency not in frequencies:
        raise CannotWrite("frequency", f"must be one of {', '.join(sorted(frequencies))}")
    if claim.frequency in {"7", "8"} and not claim.payer_claim_control_number:
        raise CannotWrite("payer_claim_control_number", "is required for frequency 7 and 8")
    if not 1 <= len(lines) <= most_lines:
        raise CannotWrite("lines", f"must be 1 to {most_lines}")
    total = 0
    for line in lines:
        total += line.charge_cents
    if total != claim.charge_cents or claim.charge_cents < 0:
        raise CannotWrite("charge_cents", "is not the sum of the lines' charges")
    if claim.assignment not in {"A", "B", "C"}:
        raise CannotWrite("assignment", "must be A, B or C")
    if claim.benefits_assigned not in {"Y", "N", "W"}:
        raise CannotWrite("benefits_assigned", "must be Y, N or W")
    if claim.release_of_information not in {"Y", "I"}:
        raise CannotWrite("release_of_information", "must be Y or I")


@lru_cache(_CACHE)
def day_segment(qualifier: str, first: date, last: date | None) -> str:
    """DTP of a day, or of a period: a file's lines are of few days."""
    if last is None or last == first:
        return f"DTP*{qualifier}*D8*{day_text(first)}"
    return f"DTP*{qualifier}*RD8*{day_text(first)}-{day_text(last)}"


def date_segments(out: list[str], dates: Mapping[str, Dated], order: Sequence[str]) -> None:
    """DTP in the guide's order; one that has no place there is refused."""
    if unknown := dates.keys() - set(order):
        raise CannotWrite("dates", f"{min(unknown)} has no place there")
    found = [dates[qualifier] for qualifier in order if qualifier in dates]
    out += [day_segment(item.qualifier, item.first, item.last) for item in found]


def claim_references(out: list[str], claim: Claim, order: Mapping[str, int]) -> None:
    """REF of 2300 in the guide's order."""
    named = (
        claim.referral_number, claim.authorisation_number, claim.payer_claim_control_number, claim.clearinghouse_number,
        claim.medical_record_number,
    )  # fmt: skip
    if not claim.references and not any(named):
        return
    found: list[tuple[int, str]] = []
    for (qualifier, path), value in zip(_NAMED_REFERENCES, named, strict=True):
        if value:
            found.append((order[qualifier], f"REF*{qualifier}*{free(value, 50, path, required=True)}"))
    for item, text in zip(claim.references, parties.reference_segments(claim.references), strict=True):
        if item.qualifier not in order:
            raise CannotWrite("references", f"{clean(item.qualifier)} has no place in 2300")
        found.append((order[item.qualifier], text))
    if len(found) > 1:
        found.sort(key=lambda one: one[0])
    out += [text for _, text in found]


def attachment_segments(out: list[str], attachments: Sequence[Attachment]) -> None:
    """PWK."""
    for item in attachments:
        control = free(item.control_number, 50, "attachments.control_number")
        if not control and item.transmission not in _WITHOUT_CONTROL_NUMBER:
            raise CannotWrite("attachments.control_number", "is required where the document is sent by itself")
        report, transmission = code(item.report_type, 2, "attachments"), code(item.transmission, 2, "attachments")
        out.append(segment("PWK", report, transmission, "", "", "AC" if control else "", control))


def note_segments(out: list[str], note: str, of: Claim | ClaimLine) -> None:
    """NTE."""
    if note:
        out.append(f"NTE*ADD*{free(note, 80, 'note', required=True)}")
    if of.notes:
        out += [f"NTE*{code(item.kind, 3, 'notes')}*{free(item.text, 80, 'notes', required=True)}" for item in of.notes]


def ambulance_segment(found: Ambulance) -> str:
    """CR1."""
    miles, weight = decimal_text(found.miles), decimal_text(found.weight_pounds) if found.weight_pounds else ""
    if miles is None or weight is None:
        raise CannotWrite("ambulance", "miles and weight must be numbers")
    pounds = ("LB", weight) if weight else ("", "")
    return segment(
        "CR1", *pounds, "", code(found.reason, 1, "ambulance.reason"), "DH", miles, "", "",
        free(found.round_trip, 80, "ambulance.round_trip"), free(found.stretcher, 80, "ambulance.stretcher"),
    )  # fmt: skip


def certification_segments(out: list[str], found: Sequence[Certification]) -> None:
    """CRC."""
    for item in found:
        if not 1 <= len(item.codes) <= 5:
            raise CannotWrite("certifications.codes", "must be one to five")
        codes = [code(one, 3, "certifications.codes") for one in item.codes]
        out.append(segment("CRC", code(item.category, 2, "certifications.category"), "Y" if item.applies else "N", *codes))


def drug_of(out: list[str], line: ClaimLine) -> None:
    """2410, typed; or as it stood, where the drug bears another number than an NDC (LIN02 is not N4)."""
    raw = [one for one in line.raw if one.startswith(RAW_DRUG)] if line.raw else []
    if line.drug is not None and raw:
        raise CannotWrite("raw", "a line has one drug, and that is typed")
    if line.drug is not None:
        drug_segments(out, line.drug)
    out += raw


def drug_segments(out: list[str], drug: Drug) -> None:
    """LIN, CTP, REF."""
    quantity = decimal_text(drug.quantity)
    if not has_digits(drug.ndc, 11) or drug.unit not in _DRUG_UNITS or quantity is None:
        raise CannotWrite("drug", "must be eleven digits with a quantity of F2, GR, ME, ML or UN")
    out += [f"LIN**N4*{drug.ndc}", f"CTP****{quantity}*{drug.unit}"]
    if drug.prescription_number:
        out.append(f"REF*XZ*{free(drug.prescription_number, 50, 'drug.prescription_number', required=True)}")
    elif drug.link_number:
        out.append(f"REF*VY*{free(drug.link_number, 50, 'drug.link_number', required=True)}")


def provider(out: list[str], path: str, role: str, found: Provider | None) -> None:
    """2310 or 2420, where there is one."""
    if found is not None:
        out += within(path, parties.provider_segments, role, found)


def other_payers(out: list[str], claim: Claim) -> frozenset[str]:
    """2320; the ids of the payers."""
    for place, found in enumerate(claim.other_payers):
        try:
            other_payer_segments(out, found)
        except CannotWrite as error:
            raise CannotWrite(f"other_payers[{place}].{error.path}", error.reason) from None
    return frozenset([found.payer_id for found in claim.other_payers])


def line_end(out: list[str], line: ClaimLine, payer_ids: frozenset[str]) -> None:
    """2430, and what is raw behind it (2440)."""
    for adjudication in line.adjudications:
        line_adjudication_segments(out, adjudication, payer_ids)
    if line.raw:
        out += [raw for raw in line.raw if raw.startswith(("LQ*", "FRM*"))]


def raw_segments(out: list[str], raws: Sequence[str], *names: str) -> None:
    """Of the segments that were kept as they stood those with these ids."""
    if raws:
        out += [raw for raw in raws if raw.partition("*")[0] in names]


def amounts(out: list[str], of: Claim | ClaimLine, path: str = "amounts") -> None:
    """AMT."""
    if of.amounts:
        out += [f"AMT*{code(item.qualifier, 3, path)}*{amount_text(item.amount_cents)}" for item in of.amounts]
