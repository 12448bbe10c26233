"""Edits of the patient, the guarantor and the subscribers: names, birth date, address."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from coding_svc.domain.edits.form import Edit, Facts, Hit
from coding_svc.domain.encounter import Address, Encounter, Person, Provider

_OLDEST = timedelta(days=366 * 130)
_STATE = re.compile(r"[A-Z]{2}")
_ZIP = re.compile(r"[0-9]{5}(?:[0-9]{4})?")
_CACHED = 16_384


def name_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for path, person in encounter.people:
        if not person.last_name:
            yield Hit(f"{path}/last_name")
        if not person.first_name:
            yield Hit(f"{path}/first_name")


def birth_date_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if encounter.patient.birth_date is None:
        yield Hit("/patient/birth_date")
    for place, coverage in enumerate(encounter.coverages):
        if coverage.subscriber and coverage.subscriber.birth_date is None:
            yield Hit(f"/coverages/{place}/subscriber/birth_date")


def birth_date_impossible(encounter: Encounter, facts: Facts) -> Iterator[Hit]:
    patient, day = encounter.patient.birth_date, encounter.date_of_service
    if patient and day and patient > day:
        yield Hit("/patient/birth_date", "it is after the date of service")
    for path, person in encounter.people:
        born = person.birth_date
        if born is None:
            continue
        if born > facts.today:
            yield Hit(f"{path}/birth_date", "it lies in the future")
        elif facts.today - born > _OLDEST:
            yield Hit(f"{path}/birth_date", "it is more than 130 years ago")


def address_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    address = encounter.patient.address
    if address is None:
        yield Hit("/patient/address")
        return
    for name in ("line1", "city", "state", "postal_code"):
        if not getattr(address, name):
            yield Hit(f"/patient/address/{name}")


@lru_cache(maxsize=_CACHED)
def is_state(code: str) -> bool:
    """Two capital letters."""
    return _STATE.fullmatch(code) is not None


@lru_cache(maxsize=_CACHED)
def is_zip(code: str) -> bool:
    """5 or 9 digits without a dash, not 00000."""
    return _ZIP.fullmatch(code) is not None and not code.startswith("00000")


def address_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    owners: tuple[tuple[str, Person | Provider], ...] = (*encounter.people, *encounter.providers)
    for path, owner in owners:
        address = owner.address
        if address is None:
            continue
        if address.postal_code and not is_zip(address.postal_code):
            yield Hit(f"{path}/address/postal_code", "a ZIP code has 5 or 9 digits")
        if address.state and not is_state(address.state):
            yield Hit(f"{path}/address/state", "a state has two capital letters")


def unremarkable(person: Person, today: date) -> bool:
    """Whether no edit of people has anything to say: names, a birth date that can be, no address or a whole one."""
    born, address = person.birth_date, person.address
    return (
        person.last_name != ""
        and person.first_name != ""
        and born is not None
        and today - _OLDEST <= born <= today
        and (address is None or is_whole(address))
    )


def is_whole(address: Address) -> bool:
    """Street, city, and state and ZIP code in their forms."""
    return address.line1 != "" and address.city != "" and is_state(address.state) and is_zip(address.postal_code)


EDITS = (
    Edit(
        "person-name-missing",
        "/patient/last_name",
        "A name is missing",
        "Send the family name and the first name as the payer knows them.",
        "837P 2010BA/2010CA NM103, NM104",
        name_missing,
        needs="parties",
    ),
    Edit(
        "birth-date-missing",
        "/patient/birth_date",
        "The birth date is missing",
        "Send the birth date.",
        "837P 2010BA/2010CA DMG02",
        birth_date_missing,
        needs="parties",
    ),
    Edit(
        "birth-date-impossible",
        "/patient/birth_date",
        "The birth date can't be right",
        "Correct the birth date, or the date of service.",
        "837P 2010BA/2010CA DMG02",
        birth_date_impossible,
        needs="parties",
    ),
    Edit(
        "patient-address-missing",
        "/patient/address",
        "The patient's address is incomplete",
        "Send street, city, state and ZIP code: claim and statement need them.",
        "837P 2010BA/2010CA N3, N4",
        address_missing,
        needs="parties",
    ),
    Edit(
        "address-form",
        "/patient/address/postal_code",
        "A part of an address has a wrong form",
        "Send the state as two letters and the ZIP code as 5 or 9 digits without a dash.",
        "837P N402, N403",
        address_form,
        needs="parties",
    ),
)
