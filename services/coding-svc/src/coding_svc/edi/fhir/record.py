"""The clinical record of an Encounter, for the coder: conditions, procedures, notes. Nothing here becomes a code."""

import base64
import binascii

from coding_svc.edi.fhir.composition import narrative
from coding_svc.edi.fhir.resources import ICD_10_CM, Index, Resource, code_of, day, each, part, text, words_of
from coding_svc.edi.sheet import Sheet

ENTRIES_MAX = 5_000
DOCUMENTS_MAX = 500


def note_concept(sheet: Sheet, kind: str, concept: object, where: str, recorded_on: str) -> None:
    """A CodeableConcept as an entry of the record, in the coding that it came in."""
    number = _count(sheet, "/record")
    coding = part(concept, "coding")
    first = coding[0] if isinstance(coding, list) and coding else {}
    words = words_of(concept)
    if number >= ENTRIES_MAX or not (words or text(part(first, "code"))):
        return
    pointer = f"/record/{number}"
    sheet.put(f"{pointer}/kind", kind, where)
    sheet.put(f"{pointer}/system", text(part(first, "system"))[:255], where)
    sheet.put(f"{pointer}/code", text(part(first, "code"))[:255], where)
    sheet.put(f"{pointer}/text", words[:255], where)
    sheet.put(f"{pointer}/recorded_on", recorded_on if len(recorded_on) == len("YYYY-MM-DD") else "", where)


def _count(sheet: Sheet, pointer: str) -> int:
    count = 0
    while sheet.value(f"{pointer}/{count}/{'kind' if pointer == '/record' else 'title'}") is not None:
        count += 1
    return count


def conditions(index: Index, encounter: Resource, sheet: Sheet, _: str) -> None:
    """Conditions that are not coded in ICD-10-CM."""
    for place, condition in index.about("Condition", encounter):
        if not code_of(condition.get("code"), ICD_10_CM):
            recorded = day(condition.get("onsetDateTime")) or day(condition.get("recordedDate"))
            note_concept(sheet, "condition", condition.get("code"), f"Bundle.entry[{place}].resource.code", recorded)


def procedures(index: Index, encounter: Resource, sheet: Sheet, _: str) -> None:
    """Procedures, whatever they are coded in: a charge is what a Claim says."""
    for place, procedure in index.about("Procedure", encounter):
        done = day(procedure.get("performedDateTime")) or day(part(procedure, "performedPeriod", "start"))
        note_concept(sheet, "procedure", procedure.get("code"), f"Bundle.entry[{place}].resource.code", done)


def documents(index: Index, encounter: Resource, sheet: Sheet, _: str) -> None:
    """DocumentReferences, reports that carry their text, and the narrative of Compositions."""
    number = 0
    for place, composition in index.about("Composition", encounter)[:DOCUMENTS_MAX]:
        number += _composition(sheet, number, composition, place)
    for kind, contents in (("DocumentReference", "content"), ("DiagnosticReport", "presentedForm")):
        for place, resource in index.about(kind, encounter):
            written = day(resource.get("date")) or day(resource.get("effectiveDateTime"))
            for told in each(resource.get(contents)):
                attachment = told.get("attachment") if kind == "DocumentReference" else told
                if number < DOCUMENTS_MAX and _document(sheet, number, resource, attachment, written, place):
                    number += 1


def _composition(sheet: Sheet, number: int, composition: Resource, place: int) -> bool:
    told = narrative(composition)
    if told:
        pointer, where = f"/documents/{number}", f"Bundle.entry[{place}].resource"
        title = text(composition.get("title")) or words_of(composition.get("type")) or "document"
        written = day(composition.get("date"))
        sheet.put(f"{pointer}/external_id", text(composition.get("id")), f"{where}.id")
        sheet.put(f"{pointer}/title", title[:255], f"{where}.title")
        sheet.put(f"{pointer}/text", told, f"{where}.section")
        sheet.put(f"{pointer}/written_on", written if len(written) == len("YYYY-MM-DD") else "", f"{where}.date")
    return bool(told)


def _document(sheet: Sheet, number: int, resource: Resource, attachment: object, written: str, place: int) -> bool:
    data = text(part(attachment, "data"))
    if not data:
        return False
    pointer, where = f"/documents/{number}", f"Bundle.entry[{place}].resource"
    media_type = text(part(attachment, "contentType")) or "text/plain"
    sheet.put(f"{pointer}/external_id", text(resource.get("id")), f"{where}.id")
    title = text(part(attachment, "title")) or words_of(resource.get("type")) or words_of(resource.get("code")) or "document"
    sheet.put(f"{pointer}/title", title[:255], where)
    sheet.put(f"{pointer}/media_type", media_type[:255], where)
    readable = _readable(data) if media_type.startswith("text/") else None
    sheet.put(f"{pointer}/{'content_base64' if readable is None else 'text'}", data if readable is None else readable, where)
    sheet.put(f"{pointer}/written_on", written if len(written) == len("YYYY-MM-DD") else "", where)
    return True


def _readable(data: str) -> str | None:
    """Base64 as text; None where it is none."""
    try:
        return base64.b64decode(data, validate=True).decode("utf-8").replace("\r\n", "\n").replace("\x00", "")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
