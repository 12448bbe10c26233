"""Edits of the diagnoses: valid and billable on the day, whole, at most 12, each once, a fit first one, none that exclude
each other."""

from collections.abc import Iterator
from datetime import date

from coding_svc.domain.codes import BILLABLE
from coding_svc.domain.edits.form import Edit, Facts, Hit, Severity
from coding_svc.domain.encounter import Encounter

MOST_DIAGNOSES = 12
_INPATIENT_HOSPITAL = "21"
_WHY = {
    "not yet": "is not valid yet on that day",
    "expired": "is no longer valid on that day",
    "header": "needs more characters",
    "unknown": "is not an ICD-10-CM code",
}
ICD_10_CM_FIRST_DAY = date(2015, 10, 1)
_SEVENTH_CHARACTERS = "ADSBCEFGHJKMNPQR0123459"
"""Those that occur, the initial encounter's first."""


def coding_day(encounter: Encounter) -> date | None:
    """The day whose code set counts: an inpatient's discharge, else the first day of service (DOMAIN 8)."""
    if encounter.place_of_service == _INPATIENT_HOSPITAL and encounter.discharged_on:
        return encounter.discharged_on
    return encounter.date_of_service


def diagnosis_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if not encounter.diagnoses:
        yield Hit("/diagnoses")


def too_many_diagnoses(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if len(encounter.diagnoses) > MOST_DIAGNOSES:
        yield Hit(f"/diagnoses/{MOST_DIAGNOSES}", f"there are {len(encounter.diagnoses)}")


def diagnosis_invalid(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    """Not billable on the day, for another reason than a missing seventh character or placeholder."""
    for path, diagnosis, standing in unbillable(encounter, facts):
        if not _whole_form(diagnosis, encounter, facts):
            yield Hit(path, f"{diagnosis} {_WHY[standing]}")


def seventh_character(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for path, diagnosis, _ in unbillable(encounter, facts):
        whole = _whole_form(diagnosis, encounter, facts)
        if whole and len(bare(diagnosis)) < len(bare(whole)) and bare(whole).startswith(bare(diagnosis)):
            yield Hit(path, f"{diagnosis} needs one, as in {whole}")


def placeholder(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for path, diagnosis, _ in unbillable(encounter, facts):
        whole = _whole_form(diagnosis, encounter, facts)
        if whole and not bare(whole).startswith(bare(diagnosis)):
            yield Hit(path, f"{diagnosis} is written {whole}")


def unbillable(encounter: Encounter, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Path, code and standing of each diagnosis that is not billable on the day."""
    day = coding_day(encounter)
    if day is None or day < ICD_10_CM_FIRST_DAY:
        return
    for place, diagnosis in enumerate(encounter.diagnoses):
        standing = facts.codes.diagnosis(diagnosis.code, day).standing
        if standing != BILLABLE:
            yield f"/diagnoses/{place}/code", diagnosis.code, standing


def bare(code: str) -> str:
    """Without the dot."""
    return code.replace(".", "")


def _whole_form(code: str, encounter: Encounter, facts: Facts) -> str:
    """The billable code of seven characters that this one was meant to be; "" where none can be told.

    "W19.A" and "W19A" were meant as "W19.XXXA" (placeholder X, guideline I.A.4); "S72.001" lacks its seventh character
    (I.A.5) and the first one that exists there is taken as the example.
    """
    day, characters = coding_day(encounter), bare(code)
    if day is None or not 3 <= len(characters) <= 6 or not characters.isalnum() or not characters.isascii():
        return ""
    candidates = [characters[:-1].ljust(6, "X") + characters[-1]] if len(characters) > 3 else []
    candidates += [characters.ljust(6, "X") + last for last in _SEVENTH_CHARACTERS]
    dotted = (f"{found[:3]}.{found[3:]}" for found in candidates)
    return next((found for found in dotted if facts.codes.is_billable(found, day)), "")


def before_icd_10(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if day is not None and day < ICD_10_CM_FIRST_DAY:
        yield Hit("/date_of_service")


def diagnosis_repeated(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    seen: set[str] = set()
    for place, diagnosis in enumerate(encounter.diagnoses):
        if diagnosis.code in seen:
            yield Hit(f"/diagnoses/{place}/code", diagnosis.code)
        seen.add(diagnosis.code)


def first_diagnosis(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if not encounter.diagnoses or day is None:
        return
    first = facts.codes.diagnosis(encounter.diagnoses[0].code, day)
    if first.external_cause:
        yield Hit("/diagnoses/0/code", f"{first.code} is an external cause")
    elif first.manifestation:
        yield Hit("/diagnoses/0/code", f"{first.code} is a manifestation of another disease")


def sequela_first(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if encounter.diagnoses and day is not None:
        first = facts.codes.diagnosis(encounter.diagnoses[0].code, day)
        if first.sequela and not first.external_cause:
            yield Hit("/diagnoses/0/code", first.code)


def excludes1(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    """Both ways, the notes of everything above a code included; what stands above and below each other is no pair."""
    day = coding_day(encounter)
    count = len(encounter.diagnoses)
    if count < 2 or day is None:
        return
    codes = [diagnosis.code for diagnosis in encounter.diagnoses]
    for second in range(1, count):
        for first in range(second):
            note = facts.codes.excluded(codes[first], codes[second], day) if codes[first] != codes[second] else ""
            if note:
                yield Hit(f"/diagnoses/{second}/code", f"{codes[second]} and {codes[first]} (note at {note})")


def past_the_code_set(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if encounter.diagnoses and day and day > facts.codes.last_day:
        yield Hit("/diagnoses", facts.codes.release)


EDITS = (
    Edit(
        "diagnosis-missing",
        "/diagnoses",
        "No diagnosis is coded",
        "Code the record in ICD-10-CM and add the diagnoses, the main one first.",
        "837P 2300 HI*ABK",
        diagnosis_missing,
        needs="no-diagnoses",
    ),
    Edit(
        "diagnosis-count",
        "/diagnoses/12",
        "A professional claim takes at most 12 diagnoses",
        "Keep the 12 that the lines point at.",
        "837P 2300 HI",
        too_many_diagnoses,
        needs="diagnosis-list",
    ),
    Edit(
        "diagnosis-invalid",
        "/diagnoses/0/code",
        "A diagnosis is not billable on the date of service",
        "Choose the code of that day's release, with all its characters.",
        "ICD-10-CM of the date of service (inpatient: discharge); 45 CFR 162.1002",
        diagnosis_invalid,
        needs="unbillable",
    ),
    Edit(
        "diagnosis-seventh-character",
        "/diagnoses/0/code",
        "A diagnosis lacks its seventh character",
        "Add the character that tells the kind of encounter, as A initial, D subsequent, S sequela.",
        "ICD-10-CM guidelines I.A.5; seventh characters of the tabular list",
        seventh_character,
        needs="unbillable",
    ),
    Edit(
        "diagnosis-placeholder",
        "/diagnoses/0/code",
        "A diagnosis lacks the placeholder X before its seventh character",
        "Fill the code up to six characters with X.",
        "ICD-10-CM guidelines I.A.4",
        placeholder,
        needs="unbillable",
    ),
    Edit(
        "before-icd-10-cm",
        "/date_of_service",
        "Before 2015-10-01 diagnoses are coded in ICD-9-CM, which is not billed here",
        "Correct the date of service, or cancel the encounter.",
        "45 CFR 162.1002",
        before_icd_10,
        needs="beyond-the-code-set",
    ),
    Edit(
        "diagnosis-repeated",
        "/diagnoses/1/code",
        "A diagnosis stands twice",
        "Remove the second and move its pointers to the first.",
        "837P 2300 HI",
        diagnosis_repeated,
        needs="diagnosis-list",
    ),
    Edit(
        "diagnosis-first",
        "/diagnoses/0/code",
        "This code may not stand first",
        "Put the condition that was treated, or the underlying disease, first.",
        "ICD-10-CM guidelines I.A.13, I.C.20; Medicare Code Editor's manifestation list",
        first_diagnosis,
        needs="never-first",
    ),
    Edit(
        "sequela-first",
        "/diagnoses/0/code",
        "A late effect may not stand first",
        "Put the condition that is left first and the sequela behind it; or add an override of sequela-first with the reason.",
        "ICD-10-CM guidelines I.B.10",
        sequela_first,
        overridable=True,
        needs="sequela",
    ),
    Edit(
        "excludes1",
        "/diagnoses/1/code",
        "Two diagnoses exclude each other",
        "Keep the one that the record supports; where they are unrelated, add an override of excludes1 that says why.",
        "ICD-10-CM tabular list, Excludes1 notes; guidelines I.A.12.a",
        excludes1,
        overridable=True,
        needs="excluding",
    ),
    Edit(
        "code-set-outdated",
        "/diagnoses",
        "The diagnoses were checked against an older release than that of the date of service",
        "Install the newer code set and check them again.",
        "ICD-10-CM of the date of service; 45 CFR 162.1002",
        past_the_code_set,
        severity=Severity.WARN,
        needs="beyond-the-code-set",
    ),
)
