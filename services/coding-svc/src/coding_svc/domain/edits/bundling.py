"""Edits of what is billed together: NCCI's pairs, unit limits and add-on codes, time, and what a diagnosis must support.

They judge by lists that are loaded for the day of service; without a list its edit finds nothing. NCCI's lists are for one
provider, one patient and one day, as an encounter's lines are.
"""

from collections.abc import Iterator
from decimal import Decimal

from coding_svc.domain.codes import BILLABLE, ProcedureFacts
from coding_svc.domain.edits.diagnoses import bare
from coding_svc.domain.edits.form import Edit, Facts, Hit, Severity
from coding_svc.domain.edits.modifiers import procedures_by_day
from coding_svc.domain.encounter import Encounter, ServiceLine, quantity

_WHY = {"not yet": "is not valid yet on that day", "expired": "is no longer valid on that day", "unknown": "is not listed"}
_EVERY_LINE, _EVERY_DAY = 1, 2
_LISTED = 1
_WAIVERS = frozenset({"GA", "GX", "GY", "GZ"})
"""A line with one of these expects its denial: medical necessity is told to the patient, not to the payer."""


def procedure_invalid(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for lines in procedures_by_day(encounter, facts).values():
        for place, line, found in lines:
            if found.standing not in (BILLABLE, "unlisted"):
                yield Hit(f"/lines/{place}/procedure", f"{line.procedure} {_WHY[found.standing]}")


def pairs(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    if len(encounter.lines) < 2:
        return
    for day, lines in procedures_by_day(encounter, facts).items():
        for second in range(1, len(lines)):
            for first in range(second):
                (place, one, _), (other_place, other, _) = lines[first], lines[second]
                if one.procedure == other.procedure:
                    continue
                found = facts.codes.bundling(one.procedure, other.procedure, day)
                if found is None:
                    continue
                told = any(facts.codes.separates(each, day) for each in (*one.modifiers, *other.modifiers))
                if found.modifier_allowed and told:
                    continue
                denied = place if one.procedure == found.column_2 else other_place
                way = "unless a modifier tells that it was separate" if found.modifier_allowed else "whatever the modifier"
                yield Hit(f"/lines/{denied}/procedure", f"{found.column_2} is part of {found.column_1}, {way}")


def unit_limits(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    return _over_the_limit(encounter, facts, reviewed=False)


def reviewed_unit_limits(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    return _over_the_limit(encounter, facts, reviewed=True)


def _over_the_limit(encounter: Encounter, facts: Facts, *, reviewed: bool) -> Iterator[Hit]:
    """Units on a line (indicator 1), or of the whole day (2, and 3 which a reviewer may let pass)."""
    for lines in procedures_by_day(encounter, facts).values():
        sums: dict[str, Decimal] = {}
        for place, line, found in lines:
            limit = found.limit
            if limit is None or reviewed != (limit.indicator not in (_EVERY_LINE, _EVERY_DAY)):
                continue
            units = sums[found.code] = quantity(line.units) + sums.get(found.code, Decimal(0))
            if limit.indicator == _EVERY_LINE:
                units = quantity(line.units)
            if units > limit.most:
                what = "on a line" if limit.indicator == _EVERY_LINE else "on a day"
                yield Hit(f"/lines/{place}/units", f"{found.code} has at most {limit.most} {what}")


def add_ons(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for lines in procedures_by_day(encounter, facts).values():
        codes = {found.code for _, _, found in lines}
        for place, _, found in lines:
            if found.add_on is None or codes & found.add_on.primaries:
                continue
            if found.add_on.kind == _LISTED or codes == {found.code}:
                yield Hit(f"/lines/{place}/procedure", f"{found.code} is added to another procedure, and none of those is here")


def time_missing(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, line, found in _timed(encounter, facts):
        if line.unit != "MJ" and line.minutes is None and found.timed and found.timed.rounding == "minutes":
            yield Hit(f"/lines/{place}/unit", f"{found.code} is billed by the minute")


def time_untold(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for place, line, found in _timed(encounter, facts):
        if line.unit != "MJ" and line.minutes is None and found.timed and found.timed.rounding != "minutes":
            yield Hit(f"/lines/{place}/minutes", f"{found.code} stands for {found.timed.minutes} minutes")


def time_short(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    """A further unit counts from half of its minutes on, the first one from `least` on (Medicare's rule of eights)."""
    for place, line, found in _timed(encounter, facts):
        timed = found.timed
        if line.minutes is None or timed is None or timed.rounding == "minutes" or line.unit == "MJ":
            continue
        units = max(int(quantity(line.units)), 1)
        needed = timed.least if timed.rounding == "once" else timed.least + (units - 1) * timed.minutes
        if line.minutes < needed:
            yield Hit(f"/lines/{place}/minutes", f"{units} of {found.code} need {needed} minutes")


def _timed(encounter: Encounter, facts: Facts) -> Iterator[tuple[int, ServiceLine, ProcedureFacts]]:
    for lines in procedures_by_day(encounter, facts).values():
        for place, line, found in lines:
            if found.timed is not None:
                yield place, line, found


def unsupported(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    for lines in procedures_by_day(encounter, facts).values():
        for place, line, found in lines:
            if found.supported_by is None or _WAIVERS & set(line.modifiers):
                continue
            pointed = [encounter.diagnoses[at - 1].code for at in line.diagnosis_pointers if 0 < at <= len(encounter.diagnoses)]
            if pointed and not any(bare(code) in found.supported_by for code in pointed):
                yield Hit(f"/lines/{place}/diagnosis_pointers", f"{found.code} with {', '.join(pointed)}")


EDITS = (
    Edit(
        "procedure-invalid",
        "/lines/0/procedure",
        "A procedure is not valid on the date of service",
        "Choose the code that is valid on that day.",
        "HCPCS or CPT of the date of service, as loaded; 45 CFR 162.1002",
        procedure_invalid,
        needs="procedure-invalid",
    ),
    Edit(
        "ncci-pair",
        "/lines/1/procedure",
        "Two procedures of one day are not paid together",
        "Remove the second; where both were done apart and a modifier is allowed, add it; or override with the payer's rule.",
        "NCCI procedure-to-procedure edits of the date of service, as loaded",
        pairs,
        overridable=True,
        needs="bundled",
    ),
    Edit(
        "unit-limit",
        "/lines/0/units",
        "There are more units than can be",
        "Correct the units.",
        "NCCI medically unlikely edits of the date of service, as loaded (adjudication indicators 1 and 2)",
        unit_limits,
        needs="limit",
    ),
    Edit(
        "unit-limit-reviewed",
        "/lines/0/units",
        "There are more units on a day than are likely",
        "Correct the units; where the record supports them, add an override of unit-limit-reviewed with the reason.",
        "NCCI medically unlikely edits of the date of service, as loaded (adjudication indicator 3)",
        reviewed_unit_limits,
        overridable=True,
        needs="limit",
    ),
    Edit(
        "add-on-alone",
        "/lines/0/procedure",
        "An add-on code stands without what it is added to",
        "Add the primary procedure of the same day, or remove the add-on; override where another claim has the primary.",
        "NCCI add-on code edits of the date of service, as loaded",
        add_ons,
        overridable=True,
        needs="add-on",
    ),
    Edit(
        "time-missing",
        "/lines/0/unit",
        "A service that is billed by the minute tells no minutes",
        "Send unit MJ and the minutes as units.",
        "837P 2400 SV103 MJ; Medicare Claims Processing Manual 12, 50",
        time_missing,
        needs="timed",
    ),
    Edit(
        "time-untold",
        "/lines/0/minutes",
        "A service that is counted by time tells no time",
        "Send the minutes that the record states.",
        "our dated list of timed services, each row with its source",
        time_untold,
        severity=Severity.WARN,
        needs="timed",
    ),
    Edit(
        "time-short",
        "/lines/0/minutes",
        "The time that the record states is too short for what is billed",
        "Bill as many units as the time allows; or add an override of time-short with the reason.",
        "Medicare Claims Processing Manual 5, 20.2; our dated list of timed services",
        time_short,
        overridable=True,
        needs="timed",
    ),
    Edit(
        "diagnosis-unsupporting",
        "/lines/0/diagnosis_pointers",
        "A procedure has none of the diagnoses that its coverage policy asks for",
        "Point at the diagnosis that supports it; with a signed notice use GA; or override with the reason.",
        "the coverage policies (LCD) of the date of service, as loaded",
        unsupported,
        overridable=True,
        needs="policy",
    ),
)
