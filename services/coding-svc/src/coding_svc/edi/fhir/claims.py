"""What a Claim says of its Encounter: lines (the only source of charges), diagnoses, coverages, care team, accident."""

from collections.abc import Mapping
from decimal import Decimal

from coding_svc.edi.fhir import people
from coding_svc.edi.fhir.resources import (
    ICD_10_CM,
    NDC,
    PLACES_OF_SERVICE,
    PROCEDURES,
    Index,
    Resource,
    code_of,
    day,
    each,
    part,
    text,
    words_of,
)
from coding_svc.edi.sheet import Sheet

PLACES = PLACES_OF_SERVICE
_BILLED = frozenset({"professional", "institutional", ""})
"""Claim types whose items are charges of the Encounter; a pharmacy's or a dentist's claim is another's."""
_POINTERS_MAX = 99
_ACCIDENTS = {"MVA": "AA", "WPA": "EM"}
_PRESENT = {"y": "Y", "n": "N", "u": "U", "w": "W", "1": "1"}


def claims(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    """Every claim for the Encounter that asks for payment."""
    sheet.at("/lines", f"{at}")
    found = [(place, claim) for place, claim in index.about("Claim", encounter) if _asks_for_payment(claim)]
    seen: set[int] = set()
    for place, claim in found:
        where = f"Bundle.entry[{place}].resource"
        numbers = _diagnoses(index, claim, sheet, where)
        _lines(index, encounter, claim, sheet, where, numbers)
        people.coverages(index, claim, sheet, where, seen)
        _accident(claim, sheet, where)
        _onset(claim, sheet, where)
    _encounter_diagnoses(index, encounter, sheet, at)


def _asks_for_payment(claim: Resource) -> bool:
    kinds = {text(coding.get("code")) for coding in each(part(claim, "type", "coding"))} or {""}
    return claim.get("use", "claim") == "claim" and claim.get("status", "active") == "active" and bool(kinds & _BILLED)


def _diagnoses(index: Index, claim: Resource, sheet: Sheet, where: str) -> Mapping[int, int]:
    """Claim.diagnosis in its order; answers our number for each sequence that is in ICD-10-CM."""
    numbers: dict[int, int] = {}
    told = [(place, found) for place, found in enumerate(each(claim.get("diagnosis")))]
    for place, found in sorted(told, key=lambda pair: _sequence(pair[1])):
        concept = found.get("diagnosisCodeableConcept")
        if concept is None:
            concept = index.follow(found.get("diagnosisReference"), claim).get("code")
        code = code_of(concept, ICD_10_CM)
        if code:
            present = _PRESENT.get(text(part(found, "onAdmission", "coding", "code")).lower(), "")
            numbers[_sequence(found)] = add_diagnosis(sheet, code, f"{where}.diagnosis[{place}]", present)
    return numbers


def _encounter_diagnoses(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    """Encounter.diagnosis by its rank, then the Conditions of the Encounter, as far as they are coded in ICD-10-CM."""
    told = list(enumerate(each(encounter.get("diagnosis"))))
    for place, found in sorted(told, key=lambda pair: part(pair[1], "rank") if isinstance(part(pair[1], "rank"), int) else 999):
        code = code_of(index.follow(found.get("condition"), encounter).get("code"), ICD_10_CM)
        if code:
            add_diagnosis(sheet, code, f"{at}.diagnosis[{place}]")
    for place, condition in index.about("Condition", encounter):
        code = code_of(condition.get("code"), ICD_10_CM)
        if code:
            add_diagnosis(sheet, code, f"Bundle.entry[{place}].resource.code")


def add_diagnosis(sheet: Sheet, code: str, place: str, present: str = "") -> int:
    """The number, from 1, under which the diagnosis stands; a code that is there already keeps its own."""
    number = 0
    while (known := sheet.value(f"/diagnoses/{number}/code")) is not None:
        if known == code:
            return number + 1
        number += 1
    sheet.put(f"/diagnoses/{number}/code", code, place)
    sheet.put(f"/diagnoses/{number}/present_on_admission", present, place)
    return number + 1


def _lines(index: Index, encounter: Resource, claim: Resource, sheet: Sheet, where: str, numbers: Mapping[int, int]) -> None:
    first = _line_count(sheet)
    for number, (place, item) in enumerate(index.items(claim, encounter), first):
        at, here = f"/lines/{number}", f"{where}.item[{place}]"
        sheet.at(at, here)
        sheet.put(f"{at}/line_number", number + 1, f"{here}.sequence")
        concept = item.get("productOrService")
        sheet.at(f"{at}/procedure", f"{here}.productOrService")
        sheet.put(f"{at}/procedure", code_of(concept, PROCEDURES), f"{here}.productOrService")
        sheet.put(f"{at}/description", words_of(concept)[:255], f"{here}.productOrService")
        modifiers = [text(part(modifier, "coding", "code")) for modifier in each(item.get("modifier"))]
        sheet.put(f"{at}/modifiers", [modifier for modifier in modifiers if modifier], f"{here}.modifier")
        quantity = text(part(item, "quantity", "value"))
        sheet.put(f"{at}/units", _units(quantity), f"{here}.quantity.value")
        sheet.at(f"{at}/charge_cents", f"{here}.net")
        sheet.money(f"{at}/charge_cents", _charge(item), f"{here}.net")
        pointers = [numbers[told] for told in _integers(item.get("diagnosisSequence")) if told in numbers][:_POINTERS_MAX]
        sheet.put(f"{at}/diagnosis_pointers", list(dict.fromkeys(pointers)), f"{here}.diagnosisSequence")
        sheet.at(f"{at}/diagnosis_pointers", f"{here}.diagnosisSequence")
        _when_and_where(item, sheet, at, here)
        _drug(item, sheet, at, here)


def _line_count(sheet: Sheet) -> int:
    count = 0
    while sheet.has(f"/lines/{count}"):
        count += 1
    return count


def _units(quantity: str) -> str:
    """1.0 as 1: trailing zeros say nothing."""
    return quantity.rstrip("0").rstrip(".") if "." in quantity else quantity


def _charge(item: Resource) -> str:
    """item.net; where it is not told, unitPrice times quantity."""
    net = text(part(item, "net", "value"))
    price = part(item, "unitPrice", "value")
    if net or not isinstance(price, int | Decimal):
        return net
    quantity = part(item, "quantity", "value")
    if not isinstance(quantity, int | Decimal):
        return text(price)
    try:
        return text(Decimal(price) * Decimal(quantity))
    except ArithmeticError:
        return "out of all reason"


def _when_and_where(item: Resource, sheet: Sheet, at: str, here: str) -> None:
    first = day(item.get("servicedDate")) or day(part(item, "servicedPeriod", "start"))
    last = day(part(item, "servicedPeriod", "end"))
    sheet.put(f"{at}/date_of_service", first, f"{here}.serviced")
    sheet.put(f"{at}/date_of_service_to", last if last != first else "", f"{here}.serviced")
    place = code_of(item.get("locationCodeableConcept"), PLACES)
    sheet.put(f"{at}/place_of_service", place, f"{here}.locationCodeableConcept")
    if place and not sheet.has("/place_of_service"):
        sheet.put("/place_of_service", place, f"{here}.locationCodeableConcept")


def _drug(item: Resource, sheet: Sheet, at: str, here: str) -> None:
    """The first detail of a line that is coded in NDC."""
    for place, detail in enumerate(each(item.get("detail"))):
        code = code_of(detail.get("productOrService"), NDC)
        if code:
            sheet.put(f"{at}/drug/ndc", code, f"{here}.detail[{place}].productOrService")
            sheet.put(
                f"{at}/drug/quantity", _units(text(part(detail, "quantity", "value"))), f"{here}.detail[{place}].quantity"
            )
            unit = text(part(detail, "quantity", "code")) or text(part(detail, "quantity", "unit"))
            sheet.put(f"{at}/drug/unit", unit.upper(), f"{here}.detail[{place}].quantity")
            return


def _accident(claim: Resource, sheet: Sheet, where: str) -> None:
    told = claim.get("accident")
    if isinstance(told, dict):
        kind = _ACCIDENTS.get(text(part(told, "type", "coding", "code")), "OA")
        sheet.put("/accident/kind", kind, f"{where}.accident.type")
        sheet.put("/accident/occurred_on", day(told.get("date")), f"{where}.accident.date")
        sheet.put("/accident/state", text(part(told, "locationAddress", "state")), f"{where}.accident.locationAddress.state")


def _onset(claim: Resource, sheet: Sheet, where: str) -> None:
    for place, told in enumerate(each(claim.get("supportingInfo"))):
        if text(part(told, "category", "coding", "code")) == "onset":
            first = day(told.get("timingDate")) or day(part(told, "timingPeriod", "start"))
            sheet.put("/onset_on", first, f"{where}.supportingInfo[{place}]")


def _sequence(value: Resource) -> int:
    found = value.get("sequence")
    return found if isinstance(found, int) else 999


def _integers(value: object) -> list[int]:
    return [item for item in value if isinstance(item, int)] if isinstance(value, list) else []
