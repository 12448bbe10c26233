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
from rcm.x12.text import clean, code, composite, free, interchange, plain, segment
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


def _set(index: int, remittance: Remittance) -> list[str]:
    """One transaction set, its claims gathered in one list: a generator within a generator costs more than what it hands on."""
    path = f"remittances[{index}]"
    out = list(_header(index, remittance, path))
    _claims(out, remittance, path)
    out += _provider_adjustments(remittance.provider_adjustments)
    return out


def _header(index: int, payment: Remittance, path: str) -> Iterator[str]:
    """ST to 1000B."""
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
    yield from _references(payment.references, f"{path}.references")
    if payment.produced_on is not None:
        yield f"DTM*405*{day_text(payment.produced_on)}"
    yield from _party("PR", payment.payer, f"{path}.payer")
    yield from _party("PE", payment.payee, f"{path}.payee")


def _account(account: BankAccount | None) -> tuple[str, str, str, str]:
    if account is None:
        return "", "", "", ""
    return account.routing_qualifier, clean(account.routing_number), account.account_qualifier, clean(account.account_number)


def _claims(out: list[str], remittance: Remittance, path: str) -> None:
    """2000 and 2100; a claim's LX, with the sums of its group, is written where its number changes."""
    number = 0
    groups = {group.number: group for group in remittance.groups}
    for place, claim in enumerate(remittance.claims):
        if not place or claim.header_number != number:
            number = claim.header_number
            out.append(f"LX*{number or 1}")
            if (group := groups.get(number)) is not None:
                refuse_lost(group.raw, f"{path}.groups.raw")
                out += _group(group)
        try:
            _claim(out, claim)
        except CannotWrite as refusal:
            raise CannotWrite(f"{path}.claims[{place}].{refusal.path}", refusal.reason) from refusal


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


def _claim(out: list[str], claim: ClaimPayment) -> None:
    """2100 and its lines. Raises CannotWrite with a path within the claim."""
    out.append(_clp(claim))
    adjustment_segments(out, claim.adjustments)
    persons = claim.persons if len(claim.persons) < 2 else sorted(claim.persons, key=_place_of_person)
    out += [_person(person) for person in persons]
    if claim.inpatient is not None:
        out.append(inpatient_segment(claim.inpatient))
    if claim.outpatient is not None:
        out.append(outpatient_segment(claim.outpatient))
    out += _references(claim.references)
    for item in claim.dates:
        out.append(f"DTM*{item.qualifier}*{day_text(item.first)}")
    for contact in claim.contacts:
        out.append(contact_segment(contact))
    for amount in claim.amounts:
        out.append(f"AMT*{amount.qualifier}*{amount_text(amount.amount_cents)}")
    for quantity in claim.quantities:
        out.append(f"QTY*{clean(quantity.qualifier)}*{clean(quantity.quantity)}")
    refuse_lost(claim.raw, "raw")
    for place, line in enumerate(claim.lines):
        try:
            _line(out, line)
        except CannotWrite as refusal:
            raise CannotWrite(f"lines[{place}].{refusal.path}", refusal.reason) from refusal


def _clp(claim: ClaimPayment) -> str:
    number = free(claim.patient_control_number, 38, "patient_control_number", required=True)
    responsibility = amount_text(claim.patient_responsibility_cents) if claim.patient_responsibility_cents else ""
    amounts = f"{amount_text(claim.charge_cents)}*{amount_text(claim.paid_cents)}*{responsibility}"
    known = f"{clean(claim.filing_indicator)}*{plain(claim.payer_claim_control_number)}"
    bill = f"{clean(claim.facility_code)}*{clean(claim.frequency)}"
    text = f"CLP*{number}*{code(claim.status, 2, 'status')}*{amounts}*{known}*{bill}"
    if claim.drg or claim.drg_weight or claim.discharge_fraction:
        text += f"**{clean(claim.drg)}*{clean(claim.drg_weight)}*{clean(claim.discharge_fraction)}"
    return text.rstrip("*")


def _line(out: list[str], line: LinePayment) -> None:
    """2110. Raises CannotWrite with a path within the line."""
    out.append(_svc(line))
    if line.date_of_service is not None:
        if line.date_of_service_to is None:
            out.append(f"DTM*472*{day_text(line.date_of_service)}")
        else:
            out += [f"DTM*150*{day_text(line.date_of_service)}", f"DTM*151*{day_text(line.date_of_service_to)}"]
    for item in line.dates:
        out.append(f"DTM*{item.qualifier}*{day_text(item.first)}")
    adjustment_segments(out, line.adjustments)
    if line.references:
        out += _references(line.references)
    if line.control_number:
        out.append(f"REF*6R*{free(line.control_number, 50, 'control_number', required=True)}")
    for amount in line.amounts:
        out.append(f"AMT*{amount.qualifier}*{amount_text(amount.amount_cents)}")
    for quantity in line.quantities:
        out.append(f"QTY*{clean(quantity.qualifier)}*{clean(quantity.quantity)}")
    for remark in line.remarks:
        out.append(f"LQ*HE*{clean(remark)}")
    if line.raw:
        refuse_lost(line.raw, "raw", _LINE_RAW)
        out += [raw for raw in line.raw if raw.startswith("LQ*")]


def _svc(line: LinePayment) -> str:
    qualifier = line.procedure_qualifier
    service = procedure_composite(qualifier, code(line.procedure, 48, "procedure"), line.modifiers, line.description)
    revenue = "" if qualifier == "NU" or not line.revenue_code else clean(line.revenue_code)
    text = f"SVC*{service}*{amount_text(line.charge_cents)}*{amount_text(line.paid_cents)}*{revenue}*{line.units}"
    if line.original_procedure or line.original_units:
        text += f"*{_original(line)}*{line.original_units}"
    return text.rstrip("*")


def _original(line: LinePayment) -> str:
    """SVC06."""
    if not line.original_procedure:
        return ""
    qualifier = line.original_qualifier or line.procedure_qualifier
    return procedure_composite(qualifier, line.original_procedure, line.original_modifiers, line.original_description)


def _place_of_person(person: Person) -> int:
    return _PERSON_ORDER.index(person.entity) if person.entity in _PERSON_ORDER else len(_PERSON_ORDER)


def _person(person: Person) -> str:
    organisation = person.organisation or person.entity in {"TT", "PR"} or (person.entity == "82" and not person.first_name)
    middle = free(person.middle_name, 25, "persons.middle_name") if person.middle_name else ""
    names = f"{clean(person.last_name)}*{clean(person.first_name)}*{middle}"
    known = f"{clean(person.suffix)}*{person.qualifier}*{plain(person.identifier)}"
    return f"NM1*{person.entity}*{'2' if organisation else '1'}*{names}**{known}".rstrip("*")


def _party(entity: str, party: Party, path: str) -> Iterator[str]:
    name = free(party.name, 60, f"{path}.name")
    yield segment("N1", entity, name, party.qualifier, clean(party.identifier))
    if party.address is not None:
        yield from _address(party.address, path)
    yield from _references(party.references, f"{path}.references")
    for item in party.contacts:
        yield contact_segment(item, f"{path}.")
    refuse_lost(party.raw, f"{path}.raw", _PAYEE_RAW if entity == "PE" else ())
    yield from (raw for raw in party.raw if raw.startswith("RDM*"))


def _address(address: Address, path: str) -> Iterator[str]:
    if address.line1:
        yield segment("N3", free(address.line1, 55, f"{path}.address.line1"), clean(address.line2))
    country = (clean(address.country), "", "", clean(address.subdivision))
    yield segment("N4", clean(address.city), clean(address.state), clean(address.postal_code), *country)


def _references(references: Sequence[Reference], path: str = "references") -> Iterator[str]:
    for item in references:
        yield f"REF*{code(item.qualifier, 3, path)}*{free(item.value, 50, path, required=True)}"


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
