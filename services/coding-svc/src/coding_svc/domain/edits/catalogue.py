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
    """What the encounter and its codes have, or lack, that edits look at: with it, most encounters need few of the edits."""
    found = _aspects_of_lines(encounter, facts)
    found |= _lacks(encounter)
    day, codes = diagnoses.coding_day(encounter), facts.codes
    if day is not None:
        for diagnosis in encounter.diagnoses:
            found |= codes.diagnosis(diagnosis.code, day).aspects
    if len(encounter.diagnoses) > 1:
        found.add("diagnoses")
    if encounter.accident:
        found.add("accident")
    if encounter.self_pay:
        found.add("self-pay")
    if facts.billed:
        found.add("billed")
    return found


def _lacks(encounter: Encounter) -> set[str]:
    """What every encounter should have, and this one has not."""
    parts = {
        "no-date": encounter.date_of_service,
        "no-coverages": encounter.coverages,
        "no-billing-provider": encounter.billing_provider,
        "no-diagnoses": encounter.diagnoses,
        "no-lines": encounter.lines,
    }
    return {name for name, part in parts.items() if not part}


def _aspects_of_lines(encounter: Encounter, facts: Facts) -> set[str]:
    found: set[str] = set()
    first = encounter.date_of_service
    for line in encounter.lines:
        on = line.date_of_service or first
        if on is not None and line.procedure:
            found |= facts.codes.procedure(line.procedure, on).aspects
        if line.modifiers:
            found.add("modifiers")
        if line.drug:
            found.add("drugs")
        if line.date_of_service or line.date_of_service_to:
            found.add("line-dates")
    if len(encounter.lines) > 1:
        found.add("lines")
    return found


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
    return any(finding.severity is Severity.HOLD for finding in findings)


_NONE = Edit("", "", "", "", "", lambda _encounter, _facts: iter(()))
