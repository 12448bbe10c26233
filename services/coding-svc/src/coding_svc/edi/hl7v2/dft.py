"""DFT^P03 -> an encounter: the visit of PV1, its charges from FT1, its people from PID, GT1, IN1. No code is ever made up."""

from datetime import date

from coding_svc.edi.hl7v2 import people
from coding_svc.edi.hl7v2.message import ERROR, REJECT, Hl7Refused, Message, Segment, check_whole, parse, unframed
from coding_svc.edi.parcel import Form, Parcel, Raw, Refused, Taken
from coding_svc.edi.sheet import Sheet
from rcm.errors import Fault, RcmError

MESSAGES = frozenset({"P03", "P11"})
ICD_10_CM = frozenset({"I10", "I10C", "ICD10", "ICD10CM", "ICD-10", "ICD-10-CM"})
"""How senders name ICD-10-CM in a coded element's third component (HL7 table 0396: I10C, I10)."""
PROCEDURES = frozenset({"", "C4", "C5", "CPT", "CPT4", "CPT-4", "HCPCS", "HCPT", "HPC"})
"""How they name CPT and HCPCS; FT1-25 without a system is its own table, which is CPT or HCPCS."""
CHARGE = "CG"
SELF_PAY = "SELFPAY"
_FIXES = dict.fromkeys(
    ("date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact"), "Write the date as YYYYMMDD."
)
_ACCIDENTS = {"AA": "AA", "EM": "EM", "OA": "OA"}


def read(body: bytes) -> Parcel:
    """One message, one encounter. A refusal keeps what the acknowledgement needs of the header."""
    raw = Raw.of(Form.HL7, body)
    header: dict[str, str] = {}
    try:
        text = unframed(body)
        message = parse(text)
        header.update(message.header)
        _check_kind(message)
        check_whole(text, message)
        return Parcel(Form.HL7, [_encounter(message, raw)], header)
    except RcmError as error:
        header["acknowledgement"] = error.acknowledgement if isinstance(error, Hl7Refused) else REJECT
        return Parcel(Form.HL7, [Refused(error, raw)], header)


def _check_kind(message: Message) -> None:
    header = message.first("MSH")
    assert header is not None
    kind, trigger = header.get(9, 1), header.get(9, 2)
    if kind != "DFT" or trigger not in MESSAGES:
        told = "^".join(part for part in (kind, trigger) if part) or "nothing"
        raise Hl7Refused(REJECT, Fault("MSH-9", "hl7-unsupported", f"MSH-9 says {told[:20]}", "Send DFT^P03."))
    if not header.get(10):
        raise Hl7Refused(ERROR, Fault("MSH-10", "hl7-control-id", "The message has no control id", "Number your messages."))


def _encounter(message: Message, raw: Raw) -> Taken | Refused:
    sheet = Sheet(_FIXES)
    _visit(message, sheet)
    people.patient(message, sheet)
    people.guarantor(message, sheet)
    people.coverages(message, sheet)
    people.billing_provider(message, sheet)
    diagnoses = _diagnoses(message, sheet)
    _lines(message, sheet, diagnoses)
    _days(message, sheet)
    _accident(message, sheet)
    _notes(message, sheet)
    return sheet.read(raw, "")


def _visit(message: Message, sheet: Sheet) -> None:
    visit = message.first("PV1")
    number = visit.get(19) if visit else ""
    if not number:
        sheet.fault("PV1-19", "hl7-visit-number", "The message has no visit number", "Send the visit's number in PV1-19.")
        return
    assert visit is not None
    sheet.put("/external_id", number, visit.place(19))
    if visit.get(20).upper() == SELF_PAY:
        sheet.put("/self_pay", value=True, place=visit.place(20))
    if visit.get(2) == "I":
        sheet.put("/admitted_on", day(visit.get(44)), visit.place(44))
        sheet.put("/discharged_on", day(visit.get(45)), visit.place(45))
    place = visit.get(3, 6)
    if len(place) == 2 and place.isdigit():
        sheet.put("/place_of_service", place, visit.place(3, 6))
    people.provider(sheet, "/referring_provider", visit, 8)


def day(text: str) -> str:
    """YYYYMMDD[HHMM...] as YYYY-MM-DD; anything else unchanged, for the model to refuse at its place."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) >= 8 and text[:8].isdigit() else text


def _diagnoses(message: Message, sheet: Sheet) -> list[str]:
    """DG1 in ICD-10-CM, then what FT1-19 says besides; what is coded otherwise goes into the record."""
    codes: list[str] = []
    for segment in message.all("DG1"):
        _diagnosis(segment, 3, 1, codes, sheet)
    for segment in message.all("FT1"):
        for repetition in range(1, segment.repetitions(19) + 1):
            _diagnosis(segment, 19, repetition, codes, sheet)
    return codes


def _diagnosis(segment: Segment, field: int, repetition: int, codes: list[str], sheet: Sheet) -> None:
    code, text, system = (segment.get(field, component, repetition=repetition) for component in (1, 2, 3))
    if system.upper() in ICD_10_CM:
        if code and code not in codes:
            sheet.put(f"/diagnoses/{len(codes)}/code", code, segment.place(field))
            codes.append(code)
    elif code or text:
        at = f"/record/{record_count(sheet)}"
        if not _recorded(sheet, code, text):
            sheet.put(f"{at}/kind", "condition", segment.place(field))
            sheet.put(f"{at}/system", system, segment.place(field, 3))
            sheet.put(f"{at}/code", code, segment.place(field, 1))
            sheet.put(f"{at}/text", text, segment.place(field, 2))


def record_count(sheet: Sheet) -> int:
    """How many entries the clinical record has."""
    count = 0
    while sheet.has(f"/record/{count}"):
        count += 1
    return count


def _recorded(sheet: Sheet, code: str, text: str) -> bool:
    return any(
        (sheet.value(f"/record/{at}/code") or "") == code and (sheet.value(f"/record/{at}/text") or "") == text
        for at in range(record_count(sheet))
    )


def _lines(message: Message, sheet: Sheet, diagnoses: list[str]) -> None:
    for place, segment in enumerate(message.all("FT1")):
        at = f"/lines/{place}"
        sheet.at(at, f"FT1[{segment.number}]")
        kind = segment.get(6)
        if kind != CHARGE:
            sheet.fault(segment.place(6), "hl7-transaction-type", f"The transaction is no charge ({kind[:4] or 'empty'})",
                        "Send charges (CG); cancel or change the encounter instead of crediting it.")  # fmt: skip
        sheet.put(f"{at}/line_number", place + 1, segment.place(1))
        sheet.put(f"{at}/date_of_service", day(segment.get(4, 1)), segment.place(4))
        sheet.put(f"{at}/date_of_service_to", day(segment.get(4, 2)), segment.place(4, 2))
        _procedure(segment, at, sheet)
        sheet.put(f"{at}/units", segment.get(10), segment.place(10))
        sheet.money(f"{at}/charge_cents", _charge(segment), segment.place(11))
        pointers = [
            diagnoses.index(code) + 1
            for repetition in range(1, segment.repetitions(19) + 1)
            if (code := segment.get(19, repetition=repetition)) in diagnoses
        ]
        sheet.put(f"{at}/diagnosis_pointers", list(dict.fromkeys(pointers)), segment.place(19))
        sheet.at(f"{at}/diagnosis_pointers", segment.place(19))
        where = segment.get(16, 6)
        if len(where) == 2 and where.isdigit():
            sheet.put(f"{at}/place_of_service", where, segment.place(16, 6))
        _drug(segment, at, sheet)
        if place == 0 or not sheet.has("/rendering_provider"):
            people.provider(sheet, "/rendering_provider", segment, 20)
        people.provider(sheet, f"{at}/ordering_provider", segment, 21)
    if message.first("FT1") is None:
        sheet.fault("FT1", "hl7-no-charge", "The message has no FT1 segment", "Send at least one charge.")


def _procedure(segment: Segment, at: str, sheet: Sheet) -> None:
    code, text, system = (segment.get(25, component) for component in (1, 2, 3))
    if system.upper() in PROCEDURES:
        sheet.put(f"{at}/procedure", code, segment.place(25))
    elif code or text:
        entry = f"/record/{record_count(sheet)}"
        sheet.put(f"{entry}/kind", "procedure", segment.place(25))
        sheet.put(f"{entry}/system", system, segment.place(25, 3))
        sheet.put(f"{entry}/code", code, segment.place(25, 1))
        sheet.put(f"{entry}/text", text, segment.place(25, 2))
    sheet.at(f"{at}/procedure", segment.place(25))
    sheet.put(f"{at}/description", text or segment.get(7, 2) or segment.get(8), segment.place(25, 2))
    modifiers = [segment.get(26, repetition=repetition) for repetition in range(1, segment.repetitions(26) + 1)]
    sheet.put(f"{at}/modifiers", [modifier for modifier in modifiers if modifier], segment.place(26))


def _charge(segment: Segment) -> str:
    """FT1-11, the extended amount; where it is empty, FT1-12 for a single unit."""
    return segment.get(11) or (segment.get(12) if segment.get(10) in ("", "1") else "")


def _drug(segment: Segment, at: str, sheet: Sheet) -> None:
    code = segment.get(29)
    if not code:
        return
    sheet.put(f"{at}/drug/ndc", code, segment.place(29))
    sheet.put(f"{at}/drug/quantity", segment.get(43, 1), segment.place(43))
    unit = segment.get(43, 2)
    sheet.put(f"{at}/drug/unit", unit.upper() if len(unit) == 2 else "", segment.place(43, 2))


def _days(message: Message, sheet: Sheet) -> None:
    """The encounter's days: the first and the last of its charges."""
    count = sum(1 for _ in message.all("FT1"))
    starts = [start for place in range(count) if _is_day(start := sheet.value(f"/lines/{place}/date_of_service"))]
    ends = [end for place in range(count) if _is_day(end := sheet.value(f"/lines/{place}/date_of_service_to"))]
    sheet.at("/date_of_service", "FT1[1]-4")
    if starts:
        sheet.put("/date_of_service", min(starts), "FT1-4")
        last = max([*starts, *ends])
        if last != min(starts):
            sheet.put("/date_of_service_to", last, "FT1-4")


def _is_day(text: str | None) -> bool:
    try:
        return bool(text and date.fromisoformat(text))
    except ValueError:
        return False


def _accident(message: Message, sheet: Sheet) -> None:
    segment = message.first("ACC")
    if segment is None:
        return
    kind = _ACCIDENTS.get(segment.get(2).upper()) or ("EM" if segment.get(5) == "Y" else "OA")
    sheet.put("/accident/kind", kind, segment.place(2))
    sheet.put("/accident/occurred_on", day(segment.get(1)), segment.place(1))
    sheet.put("/accident/state", segment.get(4), segment.place(4))


def _notes(message: Message, sheet: Sheet) -> None:
    notes = [text for segment in message.all("NTE") if (text := segment.get(3))]
    sheet.put("/notes", notes, "NTE-3")
    documents = (segment for segment in message.all("OBX") if segment.get(2) in ("TX", "FT", "ST") and segment.get(5))
    for place, segment in enumerate(documents):
        sheet.put(f"/documents/{place}/title", segment.get(3, 2) or segment.get(3), segment.place(3))
        sheet.put(f"/documents/{place}/text", segment.get(5), segment.place(5))
        sheet.put(f"/documents/{place}/written_on", day(segment.get(14)), segment.place(14))
