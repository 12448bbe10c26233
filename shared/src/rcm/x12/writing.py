"""Segments that writers of several guides make alike."""

from collections.abc import Iterable, Sequence

from rcm.x12.elements import amount_text
from rcm.x12.problems import CannotWrite
from rcm.x12.reading import TYPED
from rcm.x12.text import clean, code, composite, free, segment
from rcm.x12.values import Adjustment, Contact, InpatientAdjudication, OutpatientAdjudication

_TRIPLETS = 6
"""Adjustments that one CAS holds."""
_GROUPS = frozenset({"CO", "PR", "OA", "PI"})
_INPATIENT_REMARKS = (5, 20, 21, 22, 23)
"""MIA elements that are remark codes."""
_INPATIENT_ELEMENTS = 24
_OUTPATIENT_REMARKS = 5


def adjustment_segments(out: list[str], adjustments: Sequence[Adjustment], path: str) -> None:
    """CAS: neighbours of one group share a segment, up to six."""
    place, count = 0, len(adjustments)
    while place < count:
        group = adjustments[place].group
        if group not in _GROUPS:
            raise CannotWrite(f"{path}.adjustments[{place}].group", "must be CO, PR, OA or PI")
        triplets: list[str] = []
        while place < count and adjustments[place].group == group and len(triplets) < 3 * _TRIPLETS:
            item = adjustments[place]
            reason = code(item.reason, 5, f"{path}.adjustments[{place}].reason")
            triplets += [reason, amount_text(item.amount_cents), clean(item.quantity) if item.quantity else ""]
            place += 1
        out.append(segment("CAS", group, *triplets))


def outpatient_segment(found: OutpatientAdjudication) -> str:
    """MOA."""
    remarks = [clean(remark) for remark in found.remarks]
    if len(remarks) > _OUTPATIENT_REMARKS:
        raise CannotWrite("outpatient.remarks", "are more than five")
    remarks += [""] * (_OUTPATIENT_REMARKS - len(remarks))
    amounts = (optional_amount(found.renal_disease_cents), optional_amount(found.professional_component_cents))
    return segment("MOA", clean(found.reimbursement_rate), optional_amount(found.payable_cents), *remarks, *amounts)


def inpatient_segment(found: InpatientAdjudication) -> str:
    """MIA."""
    if len(found.remarks) > len(_INPATIENT_REMARKS):
        raise CannotWrite("inpatient.remarks", "are more than five")
    elements = [""] * (_INPATIENT_ELEMENTS + 1)
    elements[1], elements[3], elements[15] = found.covered_days, found.lifetime_psychiatric_days, found.cost_report_days
    for place, remark in zip(_INPATIENT_REMARKS, found.remarks, strict=False):
        elements[place] = clean(remark)
    for item in found.amounts:
        elements[int(item.qualifier)] = amount_text(item.amount_cents)
    return segment("MIA", *elements[1:])


def contact_segment(found: Contact, path: str) -> str:
    """PER."""
    if len(found.numbers) > 3:
        raise CannotWrite(f"{path}.contacts", "hold more than three numbers")
    numbers = [element for kind, number in found.numbers for element in (kind, contact_number(kind, number, path))]
    return segment("PER", found.function, free(found.name, 60, f"{path}.contacts"), *numbers)


def contact_number(kind: str, number: str, path: str) -> str:
    """PER04, 06, 08: an email keeps what an address may hold but delimiters, in capitals as all our text."""
    if kind != "EM":
        return clean(number)
    cleaned = number.strip()
    if not cleaned.isascii() or not cleaned.isprintable() or any(mark in cleaned for mark in "*:~^ ") or "@" not in cleaned:
        raise CannotWrite(f"{path}.email", "is no address that X12 can hold")
    return cleaned.upper()


def optional_amount(amount: int | None) -> str:
    """An amount, or nothing."""
    return amount_text(amount) if amount is not None else ""


def procedure_composite(qualifier: str, procedure: str, modifiers: Sequence[str], description: str) -> str:
    """C003: the qualifier, the code, up to four modifiers, the description at the seventh place."""
    if not modifiers and not description:
        return f"{qualifier}:{procedure}"
    if len(modifiers) > 4:
        raise CannotWrite("modifiers", "are more than four")
    marks = [code(modifier, 2, "modifiers", shortest=2) for modifier in modifiers]
    return composite(qualifier, procedure, *marks, *[""] * (4 - len(marks)), free(description, 80, "description"))


def untyped(raws: Iterable[str]) -> list[str]:
    """Of segments that were kept as they stood those that no typed value writes anyway."""
    return [raw for raw in raws if raw.partition("*")[0] not in TYPED] if raws else []
