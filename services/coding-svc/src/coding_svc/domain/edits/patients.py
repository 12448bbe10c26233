"""Edits of what a diagnosis asks of the patient and the stay: age, sex, a principal diagnosis, present on admission."""

from collections.abc import Iterator
from datetime import date

from coding_svc.domain.codes import DiagnosisFacts
from coding_svc.domain.edits.diagnoses import coding_day
from coding_svc.domain.edits.form import Edit, Facts, Hit, Severity
from coding_svc.domain.encounter import Encounter

INPATIENT_PLACES = frozenset({"21", "51", "61"})
_SEXES = {"F": "women", "M": "men"}
_EXEMPT = "1"


def is_inpatient(encounter: Encounter) -> bool:
    """A stay in a hospital: by its place of service, or by an admission where no place is told."""
    if encounter.place_of_service:
        return encounter.place_of_service in INPATIENT_PLACES
    return encounter.admitted_on is not None


def age_on(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _diagnoses(encounter: Encounter, facts: Facts) -> Iterator[tuple[int, DiagnosisFacts]]:
    """Those of which the code set has something to say."""
    day = coding_day(encounter)
    if day is not None:
        for place, diagnosis in enumerate(encounter.diagnoses):
            found = facts.codes.diagnosis(diagnosis.code, day)
            if found.ages or found.sex:
                yield place, found


def _age_conflicts(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    born, day = encounter.patient.birth_date, encounter.admitted_on or encounter.date_of_service
    if born is None or day is None or born > day:
        return
    for place, found in _diagnoses(encounter, facts):
        if found.ages and not found.ages.youngest <= age_on(born, day) <= found.ages.oldest:
            yield Hit(f"/diagnoses/{place}/code", f"{found.code} is for ages {found.ages.youngest} to {found.ages.oldest}")


def age_inpatient(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    return _age_conflicts(encounter, facts) if is_inpatient(encounter) else iter(())


def age_outpatient(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    return iter(()) if is_inpatient(encounter) else _age_conflicts(encounter, facts)


def sex_conflict(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    if encounter.patient.sex not in _SEXES:
        return
    for place, found in _diagnoses(encounter, facts):
        if found.sex and found.sex != encounter.patient.sex:
            yield Hit(f"/diagnoses/{place}/code", f"{found.code} occurs in {_SEXES[found.sex]}")


def unacceptable_principal(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if day is None or not encounter.diagnoses or not is_inpatient(encounter):
        return
    first = facts.codes.diagnosis(encounter.diagnoses[0].code, day)
    if first.unacceptable_principal and not (first.external_cause or first.manifestation or first.sequela):
        yield Hit("/diagnoses/0/code", first.code)


def admission_missing(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if day is None or not is_inpatient(encounter):
        return
    for place, diagnosis in enumerate(encounter.diagnoses):
        found = facts.codes.diagnosis(diagnosis.code, day)
        if found.exempt_from_admission is False and diagnosis.present_on_admission in ("", _EXEMPT):
            yield Hit(f"/diagnoses/{place}/present_on_admission", found.code)


def admission_exempt(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = coding_day(encounter)
    if day is None:
        return
    for place, diagnosis in enumerate(encounter.diagnoses):
        if diagnosis.present_on_admission not in ("", _EXEMPT):
            found = facts.codes.diagnosis(diagnosis.code, day)
            if found.exempt_from_admission:
                yield Hit(f"/diagnoses/{place}/present_on_admission", found.code)


EDITS = (
    Edit(
        "age-conflict-inpatient",
        "/diagnoses/0/code",
        "An inpatient's diagnosis does not fit the patient's age",
        "Check the birth date and the code; where both are right, add an override of age-conflict-inpatient with the reason.",
        "Medicare Code Editor, age conflict",
        age_inpatient,
        overridable=True,
        needs="ages",
    ),
    Edit(
        "age-conflict",
        "/diagnoses/0/code",
        "A diagnosis does not fit the patient's age",
        "Check the birth date and the code.",
        "house rule, with the Medicare Code Editor's ages: that editor itself is for inpatients",
        age_outpatient,
        severity=Severity.WARN,
        needs="ages",
    ),
    Edit(
        "sex-conflict",
        "/diagnoses/0/code",
        "A diagnosis occurs in the other sex alone",
        "Check the patient's sex and the code.",
        "house rule, with the Medicare Code Editor's lists: CMS put its own sex conflict out of use on 2024-10-01",
        sex_conflict,
        severity=Severity.WARN,
        needs="sex",
    ),
    Edit(
        "principal-unacceptable",
        "/diagnoses/0/code",
        "This code is no principal diagnosis of an inpatient",
        "Put the condition that caused the admission first; or add an override of principal-unacceptable with the reason.",
        "Medicare Code Editor, unacceptable principal diagnosis",
        unacceptable_principal,
        overridable=True,
        needs="unacceptable",
    ),
    Edit(
        "admission-indicator-missing",
        "/diagnoses/0/present_on_admission",
        "It is not told whether an inpatient's diagnosis was present on admission",
        "Send Y, N, U (not documented) or W (can't be determined) with the diagnosis.",
        "ICD-10-CM guidelines, appendix I; 837I 2300 HI C022-09",
        admission_missing,
        severity=Severity.WARN,
        needs="admission",
    ),
    Edit(
        "admission-indicator-exempt",
        "/diagnoses/0/present_on_admission",
        "A diagnosis that is exempt from present-on-admission tells it",
        "Leave the indicator empty.",
        "ICD-10-CM guidelines, appendix I; CMS list of exempt codes",
        admission_exempt,
        needs="admission",
    ),
)
