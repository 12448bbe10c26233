"""Edits of the diagnoses: valid and billable on the day, at most 12, each once, a fit first one."""

from collections.abc import Iterator
from datetime import date

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
_ICD_10_CM_FIRST_DAY = date(2015, 10, 1)


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
    day = coding_day(encounter)
    if day is None or day < _ICD_10_CM_FIRST_DAY:
        return
    for place, diagnosis in enumerate(encounter.diagnoses):
        standing = facts.diagnoses.standing(diagnosis.code, day)
        if standing != "billable":
            yield Hit(f"/diagnoses/{place}/code", f"{diagnosis.code} {_WHY[standing]}")


def before_icd_10(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if day is not None and day < _ICD_10_CM_FIRST_DAY:
        yield Hit("/date_of_service")


def diagnosis_repeated(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if len({diagnosis.code for diagnosis in encounter.diagnoses}) == len(encounter.diagnoses):
        return
    seen: set[str] = set()
    for place, diagnosis in enumerate(encounter.diagnoses):
        if diagnosis.code in seen:
            yield Hit(f"/diagnoses/{place}/code", diagnosis.code)
        seen.add(diagnosis.code)


def first_diagnosis(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if not encounter.diagnoses or day is None:
        return
    code = encounter.diagnoses[0].code
    if code[:1] in "VWXY":
        yield Hit("/diagnoses/0/code", f"{code} is an external cause")
    elif facts.diagnoses.is_manifestation(code, day):
        yield Hit("/diagnoses/0/code", f"{code} is a manifestation of another disease")


def past_the_code_set(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if encounter.diagnoses and day and day > facts.diagnoses.last_day:
        yield Hit("/diagnoses", facts.diagnoses.release)


EDITS = (
    Edit(
        "diagnosis-missing",
        "/diagnoses",
        "No diagnosis is coded",
        "Code the record in ICD-10-CM and add the diagnoses, the main one first.",
        "837P 2300 HI*ABK",
        diagnosis_missing,
    ),
    Edit(
        "diagnosis-count",
        "/diagnoses/12",
        "A professional claim takes at most 12 diagnoses",
        "Keep the 12 that the lines point at.",
        "837P 2300 HI",
        too_many_diagnoses,
    ),
    Edit(
        "diagnosis-invalid",
        "/diagnoses/0/code",
        "A diagnosis is not billable on the date of service",
        "Choose the code of that day's release, with all its characters.",
        "ICD-10-CM of the date of service (inpatient: discharge); 45 CFR 162.1002",
        diagnosis_invalid,
    ),
    Edit(
        "before-icd-10-cm",
        "/date_of_service",
        "Before 2015-10-01 diagnoses are coded in ICD-9-CM, which is not billed here",
        "Correct the date of service, or cancel the encounter.",
        "45 CFR 162.1002",
        before_icd_10,
    ),
    Edit(
        "diagnosis-repeated",
        "/diagnoses/1/code",
        "A diagnosis stands twice",
        "Remove the second and move its pointers to the first.",
        "837P 2300 HI",
        diagnosis_repeated,
    ),
    Edit(
        "diagnosis-first",
        "/diagnoses/0/code",
        "This code may not stand first",
        "Put the condition that was treated, or the underlying disease, first.",
        "ICD-10-CM guidelines I.A.13, I.C.20; Medicare Code Editor's manifestation list",
        first_diagnosis,
    ),
    Edit(
        "code-set-outdated",
        "/diagnoses",
        "The diagnoses were checked against an older release than that of the date of service",
        "Install the newer code set and check them again.",
        "ICD-10-CM of the date of service; 45 CFR 162.1002",
        past_the_code_set,
        severity=Severity.WARN,
    ),
)
