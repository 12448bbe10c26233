"""The people of a DFT: patient (PID), guarantor (GT1), coverages (IN1) and providers (XCN, XON)."""

from coding_svc.domain.edits.coverages import PLAN_TYPES
from coding_svc.edi.hl7v2.message import Message, Segment
from coding_svc.edi.sheet import Sheet

_RELATIONSHIPS = {
    "SEL": "18", "SELF": "18", "SPO": "01", "SPOUSE": "01", "CHD": "19", "CHILD": "19", "NCH": "19", "EMC": "20", "LIF": "53",
    "18": "18", "01": "01", "19": "19", "20": "20", "21": "21", "39": "39", "40": "40", "53": "53", "G8": "G8",
}  # fmt: skip
"""HL7 table 0063 and SBR02's own codes; any other is G8."""
_RANKS = "PST"
_SEXES = {"M": "M", "F": "F"}
_NPI = "NPI"
MOST_COVERAGES = 3


def patient(message: Message, sheet: Sheet) -> None:
    """PID: the id of type MR, else the first."""
    segment = message.first("PID")
    if segment is None:
        sheet.fault("PID", "hl7-no-patient", "The message has no PID segment", "Send the patient.")
        return
    repetition = next((at for at in range(1, segment.repetitions(3) + 1) if segment.get(3, 5, repetition=at) == "MR"), 1)
    sheet.at("/patient/external_id", segment.place(3))
    sheet.put("/patient/external_id", segment.get(3, repetition=repetition), segment.place(3))
    _person(sheet, "/patient", segment, name=5, born=7, sex=8, address=11, phone=13)


def guarantor(message: Message, sheet: Sheet) -> None:
    """GT1: where it has a number; without one the patient is billed."""
    segment = message.first("GT1")
    if segment is None or not segment.get(2):
        return
    sheet.put("/guarantor/external_id", segment.get(2), segment.place(2))
    _person(sheet, "/guarantor", segment, name=3, born=8, sex=9, address=5, phone=6)


def coverages(message: Message, sheet: Sheet) -> None:
    """IN1, in their order: primary, secondary, tertiary."""
    for place, segment in enumerate(message.all("IN1")):
        if place >= MOST_COVERAGES:
            sheet.fault(f"IN1[{place + 1}]", "hl7-coverages", "There are more than three coverages", "Send those that pay.")
            return
        at = f"/coverages/{place}"
        sheet.put(f"{at}/rank", _RANKS[place], f"IN1[{segment.number}]")
        sheet.at(at, f"IN1[{segment.number}]")
        sheet.put(f"{at}/payer_id", segment.get(3), segment.place(3))
        sheet.put(f"{at}/payer_name", segment.get(4) or segment.get(2, 2), segment.place(4))
        sheet.at(f"{at}/member_id", segment.place(36))
        sheet.put(f"{at}/member_id", segment.get(36) or segment.get(49), segment.place(36))
        sheet.put(f"{at}/group_number", segment.get(8), segment.place(8))
        plan = segment.get(15)
        sheet.put(f"{at}/plan_type", plan if plan in PLAN_TYPES else "", segment.place(15))
        sheet.put(f"{at}/effective_from", _day(segment.get(12)), segment.place(12))
        sheet.put(f"{at}/effective_to", _day(segment.get(13)), segment.place(13))
        if place == 0:
            sheet.put("/authorisation_number", segment.get(14), segment.place(14))
        _subscriber(sheet, at, segment)


def _subscriber(sheet: Sheet, at: str, segment: Segment) -> None:
    told = segment.get(17).upper()
    relationship = _RELATIONSHIPS.get(told, "G8") if told else ""
    sheet.put(f"{at}/relationship", relationship, segment.place(17))
    if relationship not in ("", "18"):
        sheet.at(f"{at}/subscriber", segment.place(16))
        _person(sheet, f"{at}/subscriber", segment, name=16, born=18, sex=43, address=19)


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) >= 8 and text[:8].isdigit() else text


def _person(
    sheet: Sheet, at: str, segment: Segment, *, name: int, born: int, sex: int, address: int, phone: int | None = None
) -> None:
    sheet.at(f"{at}/last_name", segment.place(name, 1))
    sheet.put(f"{at}/last_name", segment.get(name, 1), segment.place(name, 1))
    sheet.put(f"{at}/first_name", segment.get(name, 2), segment.place(name, 2))
    sheet.put(f"{at}/middle_name", segment.get(name, 3), segment.place(name, 3))
    sheet.put(f"{at}/birth_date", _day(segment.get(born)), segment.place(born))
    sheet.put(f"{at}/sex", _SEXES.get(segment.get(sex).upper()[:1], "U"), segment.place(sex))
    if phone is not None:
        digits = "".join(filter(str.isdigit, segment.get(phone, 1) or segment.get(phone, 12)))
        sheet.put(f"{at}/phone", digits[:30], segment.place(phone))
    street = f"{segment.get(address, 1, 1)} {segment.get(address, 1, 2)}".strip()
    sheet.put(f"{at}/address/line1", street, segment.place(address, 1))
    for part, component in (("line2", 2), ("city", 3), ("state", 4), ("postal_code", 5)):
        sheet.put(f"{at}/address/{part}", segment.get(address, component), segment.place(address, component))


def provider(sheet: Sheet, at: str, segment: Segment, field: int) -> None:
    """An XCN (a person): where its identifier is an NPI, by its type (XCN.13) or by its ten digits."""
    npi = segment.get(field, 1)
    if segment.get(field, 13) != _NPI and not (len(npi) == 10 and npi.isdigit()):
        return
    sheet.put(f"{at}/npi", npi, segment.place(field, 1))
    sheet.put(f"{at}/last_name", segment.get(field, 2), segment.place(field, 2))
    sheet.put(f"{at}/first_name", segment.get(field, 3), segment.place(field, 3))


def billing_provider(message: Message, sheet: Sheet) -> None:
    """Who bills: the responsible organisation of the sender (MSH-22), else the performing facility of a charge (FT1-32)."""
    places = [(message.first("MSH"), 22), *((segment, 32) for segment in message.all("FT1"))]
    for segment, field in places:
        if segment is None or not segment.get(field, 1):
            continue
        number = segment.get(field, 10) or segment.get(field, 3)
        typed = segment.get(field, 7) == _NPI
        sheet.at("/billing_provider", segment.place(field))
        sheet.put("/billing_provider/last_name", segment.get(field, 1), segment.place(field, 1))
        sheet.put("/billing_provider/npi", number if typed else "", segment.place(field, 10))
        return
