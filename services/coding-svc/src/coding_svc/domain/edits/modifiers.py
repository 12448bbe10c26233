"""Edits of the modifiers: what excludes each other, what goes with visits alone, sides, and 25 and 57 on a visit."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from coding_svc.domain.codes import MAJOR_GLOBAL, MINOR_GLOBAL, ProcedureFacts
from coding_svc.domain.edits.diagnoses import coding_day
from coding_svc.domain.edits.form import Edit, Facts, Hit, Severity
from coding_svc.domain.encounter import Encounter, ServiceLine

_OTHER_SIDE = {"L": "R", "R": "L"}


def procedures_by_day(encounter: Encounter, facts: Facts) -> dict[date, list[tuple[int, ServiceLine, ProcedureFacts]]]:
    """The coded lines of each day, with their places."""
    found: dict[date, list[tuple[int, ServiceLine, ProcedureFacts]]] = {}
    for place, line in enumerate(encounter.lines):
        day = line.date_of_service or encounter.date_of_service
        if day is not None and line.procedure:
            found.setdefault(day, []).append((place, line, facts.codes.procedure(line.procedure, day)))
    return found


def modifier_conflict(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        day = encounter.day_of(line)
        if len(line.modifiers) > 1 and day is not None:
            for one, other in combinations(line.modifiers, 2):
                why = facts.codes.modifiers_conflict(one, other, day)
                if why:
                    yield Hit(f"/lines/{place}/modifiers", f"{one} and {other}: {why}")


def modifier_misplaced(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, line in enumerate(encounter.lines):
        day = encounter.day_of(line)
        if not line.modifiers or not line.procedure or day is None:
            continue
        kind = "visit" if facts.codes.procedure(line.procedure, day).visit else "procedure"
        for at, modifier in enumerate(line.modifiers):
            wanted = facts.codes.modifier_needs(modifier, day)
            if wanted and wanted != kind:
                yield Hit(f"/lines/{place}/modifiers/{at}", f"{modifier} goes with a {wanted}, and {line.procedure} is none")


def side_conflict(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    """A line's modifier names one side and every diagnosis with a side that it points at the other."""
    on = coding_day(encounter)
    for place, line in enumerate(encounter.lines):
        if not line.modifiers or on is None:
            continue
        sides = {facts.codes.modifier_side(modifier, on) for modifier in line.modifiers} - {""}
        if len(sides) != 1:
            continue
        (side,) = sides
        pointed = [encounter.diagnoses[at - 1].code for at in line.diagnosis_pointers if 0 < at <= len(encounter.diagnoses)]
        told = {facts.codes.diagnosis_side(code, on) for code in pointed} - {""}
        if told == {_OTHER_SIDE[side]}:
            yield Hit(f"/lines/{place}/modifiers", f"{', '.join(line.modifiers)} with {', '.join(pointed)}")


def _visits_without(modifier: str, encounter: Encounter, facts: Facts) -> Iterator[tuple[int, list[ProcedureFacts]]]:
    """Visits without the modifier, each with what was done besides on its day."""
    if len(encounter.lines) < 2:
        return
    for lines in procedures_by_day(encounter, facts).values():
        others = [procedure for _, _, procedure in lines if not procedure.visit]
        if others:
            for place, line, procedure in lines:
                if procedure.visit and modifier not in line.modifiers:
                    yield place, others


def visit_with_procedure(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, others in _visits_without("25", encounter, facts):
        found = sorted({other.code for other in others if other.global_days in MINOR_GLOBAL})
        if found:
            yield Hit(f"/lines/{place}/modifiers", f"with {', '.join(found)}")


def visit_with_likely_procedure(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, others in _visits_without("25", encounter, facts):
        found = sorted({other.code for other in others if other.minor_procedure and not other.global_days})
        if found and "57" not in encounter.lines[place].modifiers:
            yield Hit(f"/lines/{place}/modifiers", f"with {', '.join(found)}")


def visit_with_major_procedure(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, others in _visits_without("57", encounter, facts):
        found = sorted({other.code for other in others if other.global_days == MAJOR_GLOBAL})
        if found and "25" not in encounter.lines[place].modifiers:
            yield Hit(f"/lines/{place}/modifiers", f"with {', '.join(found)}")


EDITS = (
    Edit(
        "modifier-conflict",
        "/lines/0/modifiers",
        "Two modifiers of a line exclude each other",
        "Keep the one that says what was done.",
        "our dated list of conflicts, each row with its source",
        modifier_conflict,
        needs="modifiers",
    ),
    Edit(
        "modifier-misplaced",
        "/lines/0/modifiers/0",
        "A modifier stands at a service that it does not go with",
        "Move it to the line that it belongs to, or remove it.",
        "NCCI policy manual, chapter 1; our dated list",
        modifier_misplaced,
        severity=Severity.WARN,
        needs="modifiers",
    ),
    Edit(
        "side-conflict",
        "/lines/0/modifiers",
        "A line's modifier names one side of the body and its diagnosis the other",
        "Correct the one that is wrong; where both are right, add an override of side-conflict with the reason.",
        "ICD-10-CM guidelines I.B.13; HCPCS level II modifiers",
        side_conflict,
        overridable=True,
        needs="modifiers",
    ),
    Edit(
        "visit-with-procedure",
        "/lines/0/modifiers",
        "A visit on the day of a procedure needs modifier 25 to be paid besides",
        "Add 25 where the visit was significant and separate; else remove the visit, or override with the reason.",
        "Medicare Claims Processing Manual 12, 30.6.6; global days of the fee schedule that is loaded",
        visit_with_procedure,
        overridable=True,
        needs="minor-procedure",
    ),
    Edit(
        "visit-with-likely-procedure",
        "/lines/0/modifiers",
        "A visit stands beside what looks like a procedure, without modifier 25",
        "Add 25 where the visit was significant and separate. Load the fee schedule, and its global days decide.",
        "Medicare Claims Processing Manual 12, 30.6.6; our dated list of code ranges",
        visit_with_likely_procedure,
        severity=Severity.WARN,
        needs="minor-procedure",
    ),
    Edit(
        "visit-with-major-procedure",
        "/lines/0/modifiers",
        "A visit on the day of a major procedure needs modifier 57 to be paid besides",
        "Add 57 where the visit led to the decision for surgery; else remove the visit, or override with the reason.",
        "Medicare Claims Processing Manual 12, 40.2; global days of the fee schedule that is loaded",
        visit_with_major_procedure,
        overridable=True,
        needs="major-procedure",
    ),
)
