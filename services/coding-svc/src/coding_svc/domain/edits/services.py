"""Edits of when, where and why: dates, place of service, accident."""

from collections.abc import Iterator

from coding_svc.domain.edits.form import Edit, Facts, Hit
from coding_svc.domain.edits.people import is_state
from coding_svc.domain.encounter import Encounter


def date_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if encounter.date_of_service is None:
        yield Hit("/date_of_service")


def date_in_future(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    if encounter.date_of_service and encounter.date_of_service > facts.today:
        yield Hit("/date_of_service")
    if encounter.date_of_service_to and encounter.date_of_service_to > facts.today:
        yield Hit("/date_of_service_to")
    for place, line in enumerate(encounter.lines):
        if line.date_of_service and line.date_of_service > facts.today:
            yield Hit(f"/lines/{place}/date_of_service")
        if line.date_of_service_to and line.date_of_service_to > facts.today:
            yield Hit(f"/lines/{place}/date_of_service_to")


def date_order(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    first, last = encounter.date_of_service, encounter.last_day
    if first and last and last < first:
        yield Hit("/date_of_service_to", "the last day is before the first")
    if encounter.admitted_on and encounter.discharged_on and encounter.discharged_on < encounter.admitted_on:
        yield Hit("/discharged_on", "the discharge is before the admission")
    if encounter.onset_on and last and encounter.onset_on > last:
        yield Hit("/onset_on", "the onset is after the last day")
    if encounter.accident and encounter.accident.occurred_on and last and encounter.accident.occurred_on > last:
        yield Hit("/accident/occurred_on", "the accident is after the last day")


def line_date(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    first, last = encounter.date_of_service, encounter.last_day
    if first is None or last is None:
        return
    for place, line in enumerate(encounter.lines):
        start, end = line.date_of_service, line.date_of_service_to
        if start and not first <= start <= last:
            yield Hit(f"/lines/{place}/date_of_service")
        if end and not (start or first) <= end <= last:
            yield Hit(f"/lines/{place}/date_of_service_to")


def place_of_service(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    day = encounter.date_of_service or facts.today
    if not encounter.place_of_service:
        if any(not line.place_of_service for line in encounter.lines) or not encounter.lines:
            yield Hit("/place_of_service", "it is missing")
    elif not facts.is_place_of_service(encounter.place_of_service, day):
        yield Hit("/place_of_service", f"{encounter.place_of_service} is not one")
    for place, line in enumerate(encounter.lines):
        if line.place_of_service and not facts.is_place_of_service(line.place_of_service, encounter.day_of(line) or day):
            yield Hit(f"/lines/{place}/place_of_service", f"{line.place_of_service} is not one")


def accident_state(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    accident = encounter.accident
    if accident and (accident.kind == "AA" or accident.state) and not is_state(accident.state):
        yield Hit("/accident/state")


EDITS = (
    Edit(
        "date-of-service-missing",
        "/date_of_service",
        "The date of service is missing",
        "Send the first day of service.",
        "837P 2400 DTP*472",
        date_missing,
        needs="no-date",
    ),
    Edit(
        "date-in-future",
        "/date_of_service",
        "A date of service lies in the future",
        "Correct the date; what has not happened can't be billed.",
        "837P 2400 DTP*472",
        date_in_future,
        needs="days",
    ),
    Edit(
        "date-order",
        "/date_of_service_to",
        "Two dates contradict each other",
        "Correct one of them.",
        "837P 2300, 2400 DTP",
        date_order,
        needs="days",
    ),
    Edit(
        "line-date-outside",
        "/lines/0/date_of_service",
        "A line's date lies outside the encounter's days",
        "Correct the line's date, or the encounter's first and last day.",
        "837P 2400 DTP*472",
        line_date,
        needs="line-dates",
    ),
    Edit(
        "place-of-service",
        "/place_of_service",
        "The place of service is not a code of CMS's list on that day",
        "Send two digits such as 11 (office) or 22 (outpatient department).",
        "CMS place of service code set; 837P CLM05-1, SV105",
        place_of_service,
        needs="places",
    ),
    Edit(
        "accident-state",
        "/accident/state",
        "An automobile accident needs the state where it happened",
        "Send the state as two letters.",
        "837P CLM11-4",
        accident_state,
        needs="accident",
    ),
)
