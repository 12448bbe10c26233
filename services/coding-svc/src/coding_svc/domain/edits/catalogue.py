"""The catalogue of all edits, and what it says about one encounter."""

from datetime import date
from functools import lru_cache

from coding_svc.domain.edits import bundling, coverages, diagnoses, lines, modifiers, patients, people, providers, services
from coding_svc.domain.edits.form import Edit, Facts, Finding, Severity
from coding_svc.domain.encounter import Encounter

EDITS: tuple[Edit, ...] = (
    *people.EDITS,
    *coverages.EDITS,
    *providers.EDITS,
    *services.EDITS,
    *diagnoses.EDITS,
    *patients.EDITS,
    *lines.EDITS,
    *modifiers.EDITS,
    *bundling.EDITS,
)
BY_ID: dict[str, Edit] = {edit.edit_id: edit for edit in EDITS}


@lru_cache(maxsize=1024)
def edits_for(day: date, aspects: frozenset[str]) -> tuple[Edit, ...]:
    """The edits that count for a date of service and are worth running, in the catalogue's order."""
    return tuple(
        edit for edit in EDITS if edit.effective_from <= day <= edit.effective_to and (not edit.needs or edit.needs in aspects)
    )


def aspects_of(encounter: Encounter, facts: Facts) -> set[str]:
    """What the encounter and its codes have, or lack, that edits look at: with it, most encounters need few of the edits.

    A test holds it to what all edits would find.
    """
    found: set[str] = set()
    _look_at_lines(found, encounter, facts)
    _look_at_diagnoses(found, encounter, facts)
    _look_for_what_is_missing(found, encounter)
    if _are_parties_remarkable(encounter, facts):
        found.add("parties")
    for place, coverage in enumerate(encounter.coverages):
        if not coverages.unremarkable(coverage, place):
            found.add("coverages")
    if _are_days_remarkable(encounter, facts):
        found.add("days")
    if not facts.is_place_of_service(encounter.place_of_service, encounter.date_of_service or facts.today):
        found.add("places")
    if encounter.accident:
        found.add("accident")
    if encounter.self_pay:
        found.add("self-pay")
    if facts.billed:
        found.add("billed")
    return found


def _look_for_what_is_missing(found: set[str], encounter: Encounter) -> None:
    """What every encounter should have."""
    if not encounter.date_of_service:
        found.add("no-date")
    if not encounter.coverages:
        found.add("no-coverages")
    if not encounter.billing_provider:
        found.add("no-billing-provider")
    if not encounter.diagnoses:
        found.add("no-diagnoses")
    if not encounter.lines:
        found.add("no-lines")


def _are_parties_remarkable(encounter: Encounter, facts: Facts) -> bool:
    born, day = encounter.patient.birth_date, encounter.date_of_service
    if encounter.patient.address is None or (born and day and born > day):
        return True
    for _, person in encounter.people:
        if not people.unremarkable(person, facts.today):
            return True
    for _, provider in encounter.providers:  # noqa: SIM110 - a generator costs as much as what it asks
        if not providers.unremarkable(provider):
            return True
    return False


def _are_days_remarkable(encounter: Encounter, facts: Facts) -> bool:
    """Whether it has days that can contradict each other, or the first one lies in the future."""
    first = encounter.date_of_service
    return bool(
        encounter.date_of_service_to
        or encounter.admitted_on
        or encounter.onset_on
        or encounter.accident
        or (first and first > facts.today)
    )


def _look_at_diagnoses(found: set[str], encounter: Encounter, facts: Facts) -> None:
    day, codes = diagnoses.coding_day(encounter), tuple([diagnosis.code for diagnosis in encounter.diagnoses])
    if day is not None:
        found.update(facts.codes.diagnosis_aspects(codes, day))
        if not diagnoses.ICD_10_CM_FIRST_DAY <= day <= facts.codes.last_day:
            found.add("beyond-the-code-set")
    if len(codes) > diagnoses.MOST_DIAGNOSES or len(set(codes)) < len(codes):
        found.add("diagnosis-list")


def _look_at_lines(found: set[str], encounter: Encounter, facts: Facts) -> None:
    first, on_one_day = encounter.date_of_service, True
    for line in encounter.lines:
        own = line.date_of_service
        if (own and (own != first or encounter.date_of_service_to)) or line.date_of_service_to:
            found.update(("days", "line-dates"))
            on_one_day = False
        if line.charge_cents <= 0 or line.units != "1":
            found.add("line-form")
        if line.modifiers:
            found.add("modifiers")
        if line.drug:
            found.add("drugs")
        if line.place_of_service:
            found.add("places")
    procedures = tuple([line.procedure for line in encounter.lines])
    for day, done in ({first: procedures} if on_one_day else _procedures_by_day(encounter)).items():
        if day is not None:
            found.update(facts.codes.procedure_aspects(done, day))
    if not _are_lines_in_form(encounter, procedures):
        found.add("line-form")


def _procedures_by_day(encounter: Encounter) -> dict[date | None, tuple[str, ...]]:
    done: dict[date | None, list[str]] = {}
    for line in encounter.lines:
        done.setdefault(encounter.day_of(line), []).append(line.procedure)
    return {day: tuple(procedures) for day, procedures in done.items()}


def _are_lines_in_form(encounter: Encounter, procedures: tuple[str, ...]) -> bool:
    """Whether the lines' count, numbers, procedures and pointers are as they should be."""
    count = len(procedures)
    pointers = tuple([line.diagnosis_pointers for line in encounter.lines])
    return (
        count <= lines.MOST_LINES
        and len({line.line_number for line in encounter.lines}) == count
        and lines.are_procedures_form(procedures)
        and sum(map(len, pointers)) <= lines.MOST_POINTERS * count
        and lines.are_pointers(pointers, len(encounter.diagnoses))
    )


def assess(encounter: Encounter, facts: Facts) -> tuple[Finding, ...]:
    """What all edits find, in the catalogue's order. An overridden edit is told as a warning with the override's reason."""
    edits = edits_for(encounter.date_of_service or facts.today, frozenset(aspects_of(encounter, facts)))
    found = [(edit, hit) for edit in edits for hit in edit.check(encounter, facts)]
    if not found:
        return ()
    allowed = [override for override in encounter.overrides if BY_ID.get(override.edit_id, _NONE).overridable]
    overridden = {(override.edit_id, override.path) for override in allowed}
    return tuple(
        Finding(
            edit.edit_id,
            Severity.WARN if {(edit.edit_id, ""), (edit.edit_id, hit.path)} & overridden else edit.severity,
            hit.path,
            f"{edit.message}: {hit.detail}" if hit.detail else edit.message,
            edit.fix,
        )
        for edit, hit in found
    )


def holds(findings: tuple[Finding, ...]) -> bool:
    """Whether any of the findings keeps the encounter from being coded."""
    return bool(findings) and any(finding.severity is Severity.HOLD for finding in findings)


_NONE = Edit("", "", "", "", "", lambda _encounter, _facts: iter(()))
