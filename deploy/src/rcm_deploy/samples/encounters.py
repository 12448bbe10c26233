"""Sample encounters as bodies of `POST /v1/encounters`: the same seed gives the same encounters.

Each hundred in a row holds every case of `DECK`, in an order that the seed decides: so from 200 encounters on every
scenario of the sandbox payer occurs, with self-pay and held encounters beside it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from rcm_deploy.samples.practice import ADDRESS, BILLING_PROVIDER, PAYERS, RENDERING_PROVIDERS

DECK: tuple[tuple[str, int], ...] = (
    ("001", 34),
    ("002", 14),
    ("003", 4),
    ("004", 4),
    ("005", 7),
    ("006", 4),
    ("007", 11),
    ("008", 3),
    ("009", 2),
    ("rejected in 999", 2),
    ("rejected in TA1", 2),
    ("two coverages", 2),
    ("self-pay", 6),
    ("held: no diagnosis", 2),
    ("held: no coverage", 2),
    ("held: diagnosis not valid", 1),
)
"""How many of each hundred encounters are of which case. Three digits: the sandbox payer's scenario of that number."""

FIRST_NAMES = (
    "Ada",
    "Bram",
    "Celia",
    "Dario",
    "Edda",
    "Femi",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Lior",
    "Mina",
    "Nico",
)
LAST_NAMES = ("Abend", "Birch", "Calloway", "Dunmore", "Ellery", "Farrow", "Garnet", "Hollis", "Ivory", "Juniper", "Kestrel")
STREETS = ("Aspen Way", "Birchwood Lane", "Cedar Court", "Dogwood Drive", "Elm Terrace", "Foxglove Road")
DIAGNOSES = ("E11.9", "I10", "J06.9", "E78.5", "J02.9", "N39.0", "R05.9", "F41.1", "K21.9", "R51.9", "Z00.00", "M54.50")
VISITS = (("99213", 13200, "Office visit"), ("99214", 18750, "Office visit, longer"), ("99203", 16400, "New patient visit"))
EXTRAS = (
    ("85025", 2900, "Blood count"),
    ("80053", 4150, "Metabolic panel"),
    ("93000", 7725, "Electrocardiogram"),
    ("36415", 1500, "Blood draw"),
    ("87880", 3340, "Strep test"),
    ("81002", 1210, "Urine test"),
)


def sample_encounters(count: int, seed: int, today: date, *, first: int = 0) -> Iterator[dict[str, Any]]:
    """`count` encounters from number `first` on, with dates of service in the three weeks before `today`."""
    deck = [case for case, copies in DECK for _ in range(copies)]
    assert len(deck) == 100
    shuffled: list[str] = []
    for number in range(first, first + count):
        if not shuffled or number % 100 == 0:
            shuffled = Random(f"deck {seed} {number // 100}").sample(deck, k=100)  # noqa: S311  # samples, no secrets
        # Every fifth encounter is another visit of the patient before it: their account has two encounters.
        patient_number = number - 1 if number % 5 == 4 else number
        yield sample_encounter(number, seed, shuffled[number % 100], today, patient_number=patient_number)


def sample_encounter(number: int, seed: int, case: str, today: date, *, patient_number: int) -> dict[str, Any]:
    """One encounter of a case of `DECK`."""
    random = Random(f"encounter {seed} {number}")  # noqa: S311  # samples, no secrets
    # A patient's second visit is on an odd number of days ago, the first on an even one: they are never duplicates.
    served_on = today - timedelta(days=2 * random.randint(1, 10) + (patient_number != number))
    patient = _patient(patient_number, seed)
    encounter: dict[str, Any] = {
        "external_id": f"MSFP-{seed}-{number:06d}",
        "patient": patient,
        "guarantor": {**patient, "external_id": f"G{patient['external_id']}"},
        "coverages": _coverages(case, random),
        "self_pay": case == "self-pay",
        "billing_provider": dict(BILLING_PROVIDER),
        "rendering_provider": dict(random.choice(RENDERING_PROVIDERS)),
        "place_of_service": "11",
        "date_of_service": served_on.isoformat(),
        "diagnoses": [{"code": code} for code in random.sample(DIAGNOSES, random.randint(1, 3))],
        "lines": [],
    }
    encounter["lines"] = _lines(case, random, served_on, len(encounter["diagnoses"]))
    if case == "held: no diagnosis":
        encounter["diagnoses"] = []
        for line in encounter["lines"]:
            line["diagnosis_pointers"] = []
    elif case == "held: diagnosis not valid":
        encounter["diagnoses"][0] = {"code": "E11"}
    return encounter


def _patient(number: int, seed: int) -> dict[str, Any]:
    random = Random(f"patient {seed} {number}")  # noqa: S311  # samples, no secrets
    return {
        "external_id": f"P{seed}-{number:06d}",
        "last_name": random.choice(LAST_NAMES),
        "first_name": random.choice(FIRST_NAMES),
        "birth_date": (date(1940, 1, 1) + timedelta(days=random.randint(0, 25_000))).isoformat(),
        "sex": random.choice(("F", "M")),
        "address": {**ADDRESS, "line1": f"{random.randint(1, 999)} {random.choice(STREETS)}"},
        "phone": f"217555{random.randint(0, 9999):04d}",
    }


def _coverages(case: str, random: Random) -> list[dict[str, Any]]:
    if case in ("self-pay", "held: no coverage"):
        return []
    scenario = case if case.isdigit() else "001"
    payer = {"rejected in 999": PAYERS[3], "rejected in TA1": PAYERS[4]}.get(case) or random.choice(PAYERS[:3])

    def coverage(rank: str, payer_id: str, name: str, filing_indicator: str) -> dict[str, Any]:
        return {
            "rank": rank,
            "payer_id": payer_id,
            "payer_name": name,
            "member_id": f"{''.join(random.choices('ABCDEFGH', k=3))}{random.randint(0, 999_999):06d}{scenario}",
            "group_number": f"GRP{random.randint(100, 999)}",
            "plan_type": filing_indicator,
        }

    primary = coverage("P", payer.payer_id, payer.name, payer.filing_indicator)
    if case != "two coverages":
        return [primary]
    other = next(other for other in PAYERS[:3] if other is not payer)
    return [primary, coverage("S", other.payer_id, other.name, other.filing_indicator)]


def _lines(case: str, random: Random, served_on: date, diagnoses: int) -> list[dict[str, Any]]:
    # A partly denied claim needs a line that is paid beside the one that is denied.
    extras = random.sample(EXTRAS, random.randint(1 if case == "005" else 0, 3))
    return [
        {
            "line_number": place,
            "procedure": procedure,
            "description": description,
            "units": "1",
            "charge_cents": charge_cents,
            "diagnosis_pointers": sorted(random.sample(range(1, diagnoses + 1), random.randint(1, diagnoses))),
            "date_of_service": served_on.isoformat(),
        }
        for place, (procedure, charge_cents, description) in enumerate((random.choice(VISITS), *extras), 1)
    ]
