"""Segments that writers of several guides make alike."""

import re
from collections.abc import Mapping, Sequence

from rcm.x12.elements import amount_text
from rcm.x12.problems import CannotWrite
from rcm.x12.reading import TYPED, longer_than_typed
from rcm.x12.text import clean, code, composite, free, segment
from rcm.x12.values import Adjustment, Contact, InpatientAdjudication, OutpatientAdjudication

_TRIPLETS = 6
"""Adjustments that one CAS holds."""
_REASON_LENGTH = 5
_GROUPS = frozenset({"CO", "PR", "OA", "PI"})
_INPATIENT_REMARKS = (5, 20, 21, 22, 23)
"""MIA elements that are remark codes."""
_INPATIENT_ELEMENTS = 24
_OUTPATIENT_REMARKS = 5
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}(?=\*)").match
_SERVICES = frozenset({"SVC", "SV1", "SV2", "SV3", "SVD"})
_SERVICE_PARTS = 7
"""Components of a procedure that have a typed place."""
_NO_ROLES: frozenset[str] = frozenset()
_NOBODY: Mapping[str, str] = {}


def adjustment_segments(out: list[str], adjustments: Sequence[Adjustment], path: str = "") -> None:
    """CAS: neighbours of one group share a segment, up to six. `path` is where they belong to, with a dot behind it."""
    group, count, body = "", 0, ""
    for place, item in enumerate(adjustments):
        if not count or item.group != group or count == _TRIPLETS:
            if count:
                out.append(body.rstrip("*"))
            if item.group not in _GROUPS:
                raise CannotWrite(f"{path}adjustments[{place}].group", "must be CO, PR, OA or PI")
            group, count, body = item.group, 0, f"CAS*{item.group}"
        reason = item.reason
        if not reason.isdigit() or len(reason) > _REASON_LENGTH or not reason.isascii():
            reason = code(reason, _REASON_LENGTH, f"{path}adjustments[{place}].reason")
        body += f"*{reason}*{amount_text(item.amount_cents)}*{clean(item.quantity) if item.quantity else ''}"
        count += 1
    if count:
        out.append(body.rstrip("*"))


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


def contact_segment(found: Contact, path: str = "") -> str:
    """PER. `path` is whose contact it is, with a dot behind it."""
    if len(found.numbers) > 3:
        raise CannotWrite(f"{path}contacts", "hold more than three numbers")
    numbers = [element for kind, number in found.numbers for element in (kind, contact_number(kind, number, path))]
    return segment("PER", found.function, free(found.name, 60, f"{path}contacts"), *numbers)


def contact_number(kind: str, number: str, path: str) -> str:
    """PER04, 06, 08: an email keeps what an address may hold but delimiters, in capitals as all our text."""
    if kind != "EM":
        return clean(number)
    cleaned = number.strip()
    if not cleaned.isascii() or not cleaned.isprintable() or any(mark in cleaned for mark in "*:~^ ") or "@" not in cleaned:
        raise CannotWrite(f"{path}email", "is no address that X12 can hold")
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


def refuse_lost(
    raws: Sequence[str],
    path: str,
    places: tuple[str, ...] = (),
    names: Mapping[str, str] = _NOBODY,
    roles: frozenset[str] = _NO_ROLES,
) -> None:
    """Raises CannotWrite with `path` at a segment that was kept as it stood and that nobody writes.

    Those that begin with one of `places` the caller writes where the guide has them. A fuller copy of what a typed value
    writes is left out: what it says more the guide has no element for. Such is a party's NM1, in `names` by NM101, and the
    whole loop of a provider of whom the guide takes a number alone, by NM101 in `roles`.
    """
    copied_loop = False
    for raw in raws:
        elements = raw.split("*")
        found = _SEGMENT_ID(raw)
        name = found[0] if found is not None else "a segment with another file's delimiters"
        if name == "NM1":
            copied_loop = elements[1] in roles
            if copied_loop or (elements[1] in names and "".join(elements[3:4]) == names[elements[1]]):
                continue
        elif copied_loop and name != "DTP":
            continue
        if "~" in raw or not (raw.startswith(places) or _is_copy(elements)):
            raise CannotWrite(path, f"{name} has no place that the guide gives it")


def _is_copy(elements: Sequence[str]) -> bool:
    """Whether a segment that is typed was kept as well, because it says more: a day with an hour, an eighth component."""
    name = elements[0]
    if name == "DTP":
        return "".join(elements[2:3]) == "DT"
    return (name in TYPED and longer_than_typed(elements)) or (
        name in _SERVICES and any(element.count(":") >= _SERVICE_PARTS for element in elements)
    )  # fmt: skip
