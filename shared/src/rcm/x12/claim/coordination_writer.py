"""What other payers have done with a claim as segments: loops 2320 with 2330, and 2430."""

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer, OtherSubscriber
from rcm.x12.claim.parties_writer import address_segments, reference_segments
from rcm.x12.elements import amount_text, day_text, decimal_text
from rcm.x12.problems import CannotWrite
from rcm.x12.text import clean, code, free, segment
from rcm.x12.writing import adjustment_segments, inpatient_segment, outpatient_segment, procedure_composite, refuse_lost


def other_payer_segments(out: list[str], found: OtherPayer) -> None:
    """2320 and 2330; refusals carry the path within the other payer."""
    if found.raw:
        roles = frozenset([provider.role for provider in found.providers])
        refuse_lost(found.raw, "raw", names={"IL": found.subscriber.last_name, "PR": found.name}, roles=roles)
    group_name = "" if found.group_number else free(found.group_name, 60, "group_name")
    out.append(
        segment(
            "SBR",
            code(found.rank, 1, "rank"),
            code(found.relationship, 2, "relationship"),
            free(found.group_number, 50, "group_number"),
            group_name,
            clean(found.insurance_type),
            "",
            "",
            "",
            code(found.filing_indicator, 2, "filing_indicator"),
        )
    )
    adjustment_segments(out, found.adjustments, "other_payer.")
    for qualifier, amount in (
        ("D", found.paid_cents), ("A8", found.non_covered_cents), ("EAF", found.remaining_liability_cents),
    ):  # fmt: skip
        if amount is not None:
            out.append(f"AMT*{qualifier}*{amount_text(amount)}")
    if found.benefits_assigned not in {"Y", "N", "W"} or found.release_of_information not in {"Y", "I"}:
        raise CannotWrite("benefits_assigned", "must be Y, N or W, and release_of_information Y or I")
    out.append(f"OI***{found.benefits_assigned}*{found.patient_signature}**{found.release_of_information}")
    if found.inpatient is not None:
        out.append(inpatient_segment(found.inpatient))
    if found.outpatient is not None:
        out.append(outpatient_segment(found.outpatient))
    _subscriber(out, found.subscriber)
    name = free(found.name, 60, "name", required=True)
    out.append(f"NM1*PR*2*{name}*****{found.identifier_qualifier}*{free(found.payer_id, 80, 'payer_id', required=True)}")
    if found.address is not None:
        out += address_segments(found.address, "address")
    if found.adjudicated_on is not None:
        out.append(f"DTP*573*D8*{day_text(found.adjudicated_on)}")
    out += reference_segments(found.references)
    for provider in found.providers:
        if not provider.references:
            raise CannotWrite("providers.references", "a number that this payer knows the provider by is required")
        out.append(f"NM1*{code(provider.role, 3, 'providers.role')}*{'2' if provider.organisation else '1'}")
        out += reference_segments(provider.references)


def _subscriber(out: list[str], found: OtherSubscriber) -> None:
    """2330A."""
    member = free(found.member_id, 80, "subscriber.member_id", required=True)
    out.append(
        segment(
            "NM1",
            "IL",
            "2" if found.organisation else "1",
            free(found.last_name, 60, "subscriber.last_name", required=True),
            free(found.first_name, 35, "subscriber.first_name"),
            free(found.middle_name, 25, "subscriber.middle_name"),
            "",
            free(found.suffix, 10, "subscriber.suffix"),
            found.identifier_qualifier,
            member,
        )
    )
    if found.address is not None:
        out += address_segments(found.address, "subscriber.address")
    out += reference_segments(found.references)


def line_adjudication_segments(out: list[str], found: LineAdjudication, payer_ids: frozenset[str]) -> None:
    """2430; `payer_ids` are those of the claim's other payers."""
    if found.payer_id not in payer_ids:
        raise CannotWrite("adjudications.payer_id", "is the id of no other payer of the claim")
    refuse_lost(found.raw, "adjudications.raw")
    units = decimal_text(found.units)
    if units is None:
        raise CannotWrite("adjudications.units", "must be a number")
    procedure = ""
    if found.procedure:
        wanted = code(found.procedure, 48, "adjudications.procedure")
        procedure = procedure_composite(found.procedure_qualifier, wanted, found.modifiers, found.description)
    payer = free(found.payer_id, 80, "adjudications.payer_id", required=True)
    elements = (amount_text(found.paid_cents), procedure, clean(found.revenue_code), units, clean(found.bundled_line))
    out.append(segment("SVD", payer, *elements))
    adjustment_segments(out, found.adjustments, "adjudications.")
    if found.adjudicated_on is not None:
        out.append(f"DTP*573*D8*{day_text(found.adjudicated_on)}")
    if found.remaining_liability_cents is not None:
        out.append(f"AMT*EAF*{amount_text(found.remaining_liability_cents)}")
