"""Writes 835 files: what a payer sends."""

from collections.abc import Iterator, Sequence

from rcm.x12.elements import amount_text, day_text
from rcm.x12.problems import CannotWrite
from rcm.x12.remittance.values import (
    BankAccount,
    ClaimGroup,
    ClaimPayment,
    LinePayment,
    Party,
    Person,
    ProviderAdjustment,
    Remittance,
)
from rcm.x12.text import clean, code, composite, free, interchange, segment
from rcm.x12.values import Address, Amount, InterchangeHeader, Reference
from rcm.x12.writing import (
    adjustment_segments,
    contact_segment,
    inpatient_segment,
    outpatient_segment,
    procedure_composite,
    refuse_lost,
)

VERSION = "005010X221A1"
_PAIRS = 6
"""Adjustments that one PLB holds."""
_HEADER_RAW, _PAYEE_RAW, _LINE_RAW = ("CUR*",), ("RDM*",), ("LQ*",)
"""Segments without a typed place that are written where the guide has them; LQ are those of the list RX."""
_PERSON_ORDER = ("QC", "IL", "74", "82", "TT", "PR", "GB")


def write_remittances(header: InterchangeHeader, remittances: Sequence[Remittance]) -> bytes:
    """One interchange with one transaction set for each remittance.

    Raises CannotWrite with the path of what the guide has no place for. Balances are the caller's: a payer's errors can be
    written too, so that reading them can be tried.
    """
    return interchange(header, "HP", VERSION, map(_set, range(len(remittances)), remittances))


def _set(index: int, remittance: Remittance) -> Iterator[str]:
    path = f"remittances[{index}]"
    payment = remittance
    if payment.payment_cents < 0:
        raise CannotWrite(f"{path}.payment_cents", "is never negative")
    yield f"ST*835*{index + 1:04d}"
    paid_on = day_text(payment.payment_date) if payment.payment_date is not None else ""
    yield segment(
        "BPR", payment.handling, amount_text(payment.payment_cents), payment.credit_or_debit, payment.method,
        payment.payment_format, *_account(payment.payer_account), clean(payment.originating_company_id),
        clean(payment.originating_supplement), *_account(payment.payee_account), paid_on,
    )  # fmt: skip
    trace = free(payment.trace_number, 50, f"{path}.trace_number", required=True)
    yield segment("TRN", "1", trace, clean(payment.payer_trace_id), clean(payment.originating_company))
    refuse_lost(payment.raw, f"{path}.raw", _HEADER_RAW)
    yield from (raw for raw in payment.raw if raw.startswith("CUR*"))
    yield from _references(payment.references, path)
    if payment.produced_on is not None:
        yield f"DTM*405*{day_text(payment.produced_on)}"
    yield from _party("PR", payment.payer, f"{path}.payer")
    yield from _party("PE", payment.payee, f"{path}.payee")
    yield from _claims(payment, path)
    yield from _provider_adjustments(payment.provider_adjustments)


def _account(account: BankAccount | None) -> tuple[str, str, str, str]:
    if account is None:
        return "", "", "", ""
    return account.routing_qualifier, clean(account.routing_number), account.account_qualifier, clean(account.account_number)


def _claims(remittance: Remittance, path: str) -> Iterator[str]:
    """2000 and 2100; a claim's LX, with the sums of its group, is written where its number changes."""
    number = 0
    groups = {group.number: group for group in remittance.groups}
    for place, claim in enumerate(remittance.claims):
        if not place or claim.header_number != number:
            number = claim.header_number
            yield f"LX*{number or 1}"
            if (group := groups.get(number)) is not None:
                refuse_lost(group.raw, f"{path}.groups.raw")
                yield from _group(group)
        yield from _claim(claim, f"{path}.claims[{place}]")


def _group(group: ClaimGroup) -> Iterator[str]:
    """TS3 and TS2."""
    if group.provider_id:
        ends = day_text(group.fiscal_period_ends) if group.fiscal_period_ends is not None else ""
        sums = _by_element(group.totals, 5, 24)
        yield segment("TS3", clean(group.provider_id), clean(group.facility_code), ends, clean(group.claim_count), *sums)
    if group.drg_totals:
        yield segment("TS2", *_by_element(group.drg_totals, 1, 19))


def _by_element(amounts: Sequence[Amount], first: int, last: int) -> list[str]:
    """The amounts as elements, each at the place that is its qualifier."""
    found = {item.qualifier: amount_text(item.amount_cents) for item in amounts}
    return [found.get(f"{place:02d}", "") for place in range(first, last + 1)]


def _claim(claim: ClaimPayment, path: str) -> list[str]:
    """2100 and its lines, gathered in one list: a generator within a generator costs more than what it hands on."""
    responsibility = amount_text(claim.patient_responsibility_cents) if claim.patient_responsibility_cents else ""
    out = [
        segment(
            "CLP",
            free(claim.patient_control_number, 38, f"{path}.patient_control_number", required=True),
            code(claim.status, 2, f"{path}.status"),
            amount_text(claim.charge_cents),
            amount_text(claim.paid_cents),
            responsibility,
            clean(claim.filing_indicator),
            clean(claim.payer_claim_control_number),
            clean(claim.facility_code),
            clean(claim.frequency),
            "",
            clean(claim.drg),
            clean(claim.drg_weight),
            clean(claim.discharge_fraction),
        )
    ]
    adjustment_segments(out, claim.adjustments, path)
    out += [_person(person, path) for person in sorted(claim.persons, key=_place_of_person)]
    if claim.inpatient is not None:
        out.append(inpatient_segment(claim.inpatient))
    if claim.outpatient is not None:
        out.append(outpatient_segment(claim.outpatient))
    out += _references(claim.references, path)
    out += [f"DTM*{item.qualifier}*{day_text(item.first)}" for item in claim.dates]
    out += [contact_segment(item, path) for item in claim.contacts]
    out += [f"AMT*{item.qualifier}*{amount_text(item.amount_cents)}" for item in claim.amounts]
    out += [f"QTY*{clean(item.qualifier)}*{clean(item.quantity)}" for item in claim.quantities]
    refuse_lost(claim.raw, f"{path}.raw")
    for place, line in enumerate(claim.lines):
        _line(out, line, f"{path}.lines[{place}]")
    return out


def _line(out: list[str], line: LinePayment, path: str) -> None:
    """2110."""
    qualifier = line.procedure_qualifier
    out.append(
        segment(
            "SVC",
            procedure_composite(qualifier, code(line.procedure, 48, f"{path}.procedure"), line.modifiers, line.description),
            amount_text(line.charge_cents),
            amount_text(line.paid_cents),
            "" if qualifier == "NU" or not line.revenue_code else clean(line.revenue_code),
            line.units,
            _original(line),
            line.original_units,
        )
    )
    if line.date_of_service is not None:
        if line.date_of_service_to is None:
            out.append(f"DTM*472*{day_text(line.date_of_service)}")
        else:
            out += [f"DTM*150*{day_text(line.date_of_service)}", f"DTM*151*{day_text(line.date_of_service_to)}"]
    out += [f"DTM*{item.qualifier}*{day_text(item.first)}" for item in line.dates]
    adjustment_segments(out, line.adjustments, path)
    if line.references:
        out += _references(line.references, path)
    if line.control_number:
        out.append(f"REF*6R*{free(line.control_number, 50, f'{path}.control_number', required=True)}")
    out += [f"AMT*{item.qualifier}*{amount_text(item.amount_cents)}" for item in line.amounts]
    out += [f"QTY*{clean(item.qualifier)}*{clean(item.quantity)}" for item in line.quantities]
    out += [f"LQ*HE*{clean(remark)}" for remark in line.remarks]
    refuse_lost(line.raw, f"{path}.raw", _LINE_RAW)
    out += [raw for raw in line.raw if raw.startswith("LQ*")]


def _original(line: LinePayment) -> str:
    """SVC06."""
    if not line.original_procedure:
        return ""
    qualifier = line.original_qualifier or line.procedure_qualifier
    return procedure_composite(qualifier, line.original_procedure, line.original_modifiers, line.original_description)


def _place_of_person(person: Person) -> int:
    return _PERSON_ORDER.index(person.entity) if person.entity in _PERSON_ORDER else len(_PERSON_ORDER)


def _person(person: Person, path: str) -> str:
    organisation = person.organisation or person.entity in {"TT", "PR"} or (person.entity == "82" and not person.first_name)
    last, first = clean(person.last_name), clean(person.first_name)
    middle = free(person.middle_name, 25, f"{path}.persons.middle_name")
    return segment(
        "NM1", person.entity, "2" if organisation else "1", last, first, middle, "", clean(person.suffix), person.qualifier,
        clean(person.identifier),
    )  # fmt: skip


def _party(entity: str, party: Party, path: str) -> Iterator[str]:
    name = free(party.name, 60, f"{path}.name")
    yield segment("N1", entity, name, party.qualifier, clean(party.identifier))
    if party.address is not None:
        yield from _address(party.address, path)
    yield from _references(party.references, path)
    for item in party.contacts:
        yield contact_segment(item, path)
    refuse_lost(party.raw, f"{path}.raw", _PAYEE_RAW if entity == "PE" else ())
    yield from (raw for raw in party.raw if raw.startswith("RDM*"))


def _address(address: Address, path: str) -> Iterator[str]:
    if address.line1:
        yield segment("N3", free(address.line1, 55, f"{path}.address.line1"), clean(address.line2))
    country = (clean(address.country), "", "", clean(address.subdivision))
    yield segment("N4", clean(address.city), clean(address.state), clean(address.postal_code), *country)


def _references(references: Sequence[Reference], path: str) -> Iterator[str]:
    for item in references:
        yield f"REF*{code(item.qualifier, 3, f'{path}.references')}*{free(item.value, 50, f'{path}.references', required=True)}"


def _provider_adjustments(adjustments: Sequence[ProviderAdjustment]) -> Iterator[str]:
    """PLB: neighbours of one provider and fiscal period share a segment, up to six."""
    place = 0
    while place < len(adjustments):
        first = adjustments[place]
        key = (first.provider_id, first.fiscal_period_ends)
        pairs: list[str] = []
        while place < len(adjustments) and len(pairs) < 2 * _PAIRS:
            item = adjustments[place]
            if (item.provider_id, item.fiscal_period_ends) != key:
                break
            pairs += [composite(item.code, clean(item.reference)), amount_text(item.amount_cents)]
            place += 1
        if first.fiscal_period_ends is None:
            raise CannotWrite("provider_adjustments.fiscal_period_ends", "is required")
        yield segment("PLB", clean(first.provider_id), day_text(first.fiscal_period_ends), *pairs)
