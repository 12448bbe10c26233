"""A bundle -> one sheet for each of its Encounters."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coding_svc.edi.fhir import claims, people, record
from coding_svc.edi.fhir.resources import Index, Resource, code_of, day, each, part, text
from coding_svc.edi.parcel import Form, Parcel, Raw, Refused, Taken
from coding_svc.edi.sheet import Sheet
from rcm.errors import Fault, InvalidBody, RcmError
from rcm.web.bodies import refuse_nul, without_bom

BUNDLES = frozenset({"transaction", "collection", "batch"})
ENCOUNTERS_MAX = 5_000
_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
_UNBILLED = frozenset({"planned", "cancelled", "entered-in-error"})


class FhirRefused(InvalidBody):
    """The body is no bundle that can be taken."""

    code = "fhir-refused"
    title = "The bundle can't be taken"


def read(body: bytes) -> Parcel:
    """Every Encounter of a bundle, each by itself."""
    raw = Raw.of(Form.FHIR, body)
    try:
        bundle = _bundle(body)
        index = Index(bundle)
        encounters = list(index.of("Encounter"))
        if not encounters:
            raise _refused("Bundle.entry", "fhir-no-encounter", "The bundle has no Encounter", "Send the Encounters to bill.")
        if len(encounters) > ENCOUNTERS_MAX:
            raise _refused("Bundle.entry", "fhir-too-many", f"There are {len(encounters)} Encounters", "Send fewer at once.")
    except RcmError as error:
        return Parcel(Form.FHIR, [Refused(error, raw)])
    header = {"type": text(bundle.get("type"))}
    return Parcel(Form.FHIR, [_encounter(index, place, found, raw) for place, found in encounters], header)


def _refused(place: str, code: str, message: str, fix: str) -> FhirRefused:
    return FhirRefused(message, faults=[Fault(place, code, message, fix)])


def _bundle(body: bytes) -> Resource:
    """The body as JSON whose amounts are decimals: no binary fraction touches money."""
    try:
        found = json.loads(without_bom(body), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise _refused(
            "Bundle", "json_invalid", f"The body is not UTF-8, at byte {error.start}", "Send JSON in UTF-8."
        ) from error
    except json.JSONDecodeError as error:
        message = f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}"
        raise _refused("Bundle", "json_invalid", message, "Send well-formed JSON in UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise _refused("Bundle", "json_invalid", "The body is no JSON that can be read", "Send well-formed JSON.") from error
    refuse_nul(body)
    if not isinstance(found, dict) or found.get("resourceType") != "Bundle":
        raise _refused("Bundle.resourceType", "fhir-no-bundle", "The body is no FHIR Bundle", "Send an R4 Bundle.")
    if text(found.get("type")) not in BUNDLES:
        raise _refused(
            "Bundle.type", "fhir-bundle-type", "The bundle is of another type", f"Send {', '.join(sorted(BUNDLES))}."
        )
    return found


def _no_number(_: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def _encounter(index: Index, place: int, encounter: Resource, raw: Raw) -> Taken | Refused:
    sheet = Sheet()
    at = f"Bundle.entry[{place}].resource"
    external_id = index.identity(encounter)
    sheet.at("/external_id", f"{at}.id")
    sheet.put("/external_id", external_id, f"{at}.id")
    status = text(encounter.get("status"))
    if status in _UNBILLED:
        sheet.fault(f"{at}.status", "fhir-encounter-status", f"The Encounter is {status}", "Send Encounters that took place.")
    _visit(encounter, sheet, at)
    steps: tuple[Callable[[Index, Resource, Sheet, str], None], ...] = (
        people.patient,
        record.conditions,
        claims.claims,
        people.providers,
        people.guarantor,
        record.procedures,
        record.documents,
    )
    for step in steps:
        step(index, encounter, sheet, at)
    return sheet.read(raw, external_id or at)


def _visit(encounter: Resource, sheet: Sheet, at: str) -> None:
    period = encounter.get("period")
    first, last = day(part(period, "start")), day(part(period, "end"))
    sheet.at("/date_of_service", f"{at}.period.start")
    sheet.put("/date_of_service", first, f"{at}.period.start")
    if last != first:
        sheet.put("/date_of_service_to", last, f"{at}.period.end")
    if text(part(encounter.get("class"), "code")) in _INPATIENT:
        sheet.put("/admitted_on", first, f"{at}.period.start")
        sheet.put("/discharged_on", last, f"{at}.period.end")
    for place, reason in enumerate(each(encounter.get("reasonCode"))):
        record.note_concept(sheet, "reason", reason, f"{at}.reasonCode[{place}]", first)
    tags = [tag for told in each(part(encounter, "meta", "tag")) if (tag := text(told.get("code")))]
    sheet.put("/tags", tags[:50], f"{at}.meta.tag")
    sheet.at("/place_of_service", f"{at}.location")
    sheet.put("/place_of_service", code_of(part(encounter, "location", "physicalType"), claims.PLACES), f"{at}.location")
