"""Most encounters need few of the edits: those that are passed over would find nothing."""

from datetime import date
from typing import Any

import msgspec
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coding_svc.domain.codes import ProcedureFacts
from coding_svc.domain.edits.catalogue import EDITS, aspects_of, edits_for
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.merge_patch import merged
from coding_svc.domain.service_keys import service_keys
from tests.coding.code_sets import InMemoryCodes
from tests.coding.making import FACTS, document
from tests.coding.test_properties import CODES

PERSON: list[dict[str, Any]] = [
    *({name: ""} for name in ("last_name", "first_name")),
    *({"birth_date": day} for day in (None, "1850-01-01", "2026-03-09", "2027-01-01")),
    *({"address": told} for told in (None, {"line1": ""}, {"city": ""}, {"state": "Il"}, {"postal_code": "00000"})),
    *({"address": {"state": told}} for told in ("", "IL")),
    *({"address": {"postal_code": told}} for told in ("", "6270", "62701-1234")),
]
PROVIDER: list[dict[str, Any]] = [
    *({"npi": npi} for npi in ("", "1234567890", "1234567893")),
    *({"last_name": ""}, {"taxonomy": "207Q"}, {"taxonomy": ""}, {"tax_id": "37-1"}, {"tax_id": ""}),
    *({"address": told} for told in (None, {"state": "ZZZ"}, {"postal_code": "x"}, {"line1": "", "city": ""})),
]
LINE: list[dict[str, Any]] = [
    *({"procedure": code} for code in ("", "9921", "99213", "83036", "J1885", "0001U")),
    *({"charge_cents": cents} for cents in (0, 1)),
    *({"units": units} for units in ("0", "1", "2", "1.5", "10000")),
    *({"diagnosis_pointers": named} for named in ([], [0], [1], [3], [-1], [1, 1], [2, 1], [1, 2, 1, 2, 1])),
    *({"date_of_service": day} for day in (None, "2026-03-01", "2026-03-02", "2026-03-05", "2027-01-01")),
    *({"date_of_service_to": day} for day in (None, "2026-03-01", "2026-03-05", "2027-01-01")),
    *({"place_of_service": place} for place in ("", "11", "XX")),
    *({"modifiers": told} for told in ([], ["25"], ["25", "25"], ["x"], ["LT", "RT"], ["57"])),
    *({"drug": told} for told in (None, {"ndc": "1"}, {"ndc": "00182106105", "quantity": "0"})),
    *({"line_number": 2}, {"minutes": 5}, {"unit": "MJ"}),
]
COVERAGE: list[dict[str, Any]] = [
    *({"rank": rank} for rank in "PST"),
    *({name: ""} for name in ("payer_id", "payer_name", "member_id")),
    *({"plan_type": told} for told in ("CI", "C1")),
    *({"relationship": told} for told in ("18", "19", "99", "")),
]
WHOLE: list[dict[str, Any]] = [
    *({name: None} for name in ("coverages", "billing_provider", "rendering_provider", "guarantor", "diagnoses", "lines")),
    *({"date_of_service": day} for day in (None, "2014-01-01", "2026-03-01", "2026-03-10", "2027-01-01", "2031-01-01")),
    *({"date_of_service_to": day} for day in (None, "2026-03-01", "2026-03-05", "2027-01-01")),
    *(
        {"admitted_on": "2026-03-02"},
        {"discharged_on": "2026-03-01"},
        {"discharged_on": "2014-01-01"},
        {"onset_on": "2026-03-09"},
    ),
    *({"accident": {"kind": "AA", **told}} for told in ({}, {"state": "IL"}, {"occurred_on": "2026-03-09"})),
    *({"place_of_service": place} for place in ("", "11", "21", "XX")),
    *({"self_pay": True}, {"self_pay": True, "coverages": None}, {"patient": {"sex": "M"}}),
    *(
        {"diagnoses": [{"code": code} for code in told]}
        for told in (
            ["E11.9"],
            ["E11"],
            ["I10", "I10"],
            ["V00.01XA"],
            ["S72.001"],
            ["Z00.00"],
            ["O80"],
            ["J06.9", "J45.909"],
            ["x"],
        )
    ),
    {"diagnoses": [{"code": code} for code in CODES[:13]]},
    {"diagnoses": [{"code": "E11.9", "present_on_admission": "Y"}]},
]


DATED = {
    "line_number": 9,
    "procedure": "99213",
    "charge_cents": 1,
    "diagnosis_pointers": [1],
    "date_of_service": "2026-03-02",
}
PARTS = {
    "": WHOLE,
    "patient": PERSON,
    "guarantor": PERSON,
    "subscriber": PERSON,
    "billing_provider": PROVIDER,
    "lines": LINE,
    "coverages": COVERAGE,
}


def example() -> dict[str, Any]:
    """An encounter that nothing is wrong with, whose coverage is another person's."""
    told = document()
    subscriber = {name: value for name, value in told["patient"].items() if name != "external_id"}
    return {**told, "coverages": [{**told["coverages"][0], "relationship": "19", "subscriber": subscriber}]}


def changed(told: dict[str, Any], place: str, change: dict[str, Any]) -> dict[str, Any]:
    """One thing different, where that part is still there."""
    if place in ("lines", "coverages") and told.get(place):
        return {**told, place: [merged(told[place][0], change), *told[place][1:]]}
    if place == "subscriber" and told.get("coverages"):
        return changed(told, "coverages", {"subscriber": change})
    there = place == "" or (place != "subscriber" and told.get(place))
    return dict(merged(told, {place: change} if place else change)) if there else told


def check(told: dict[str, Any], *, billed: bool = False) -> None:
    """All edits find what those find that are run."""
    encounter = encounter_of(orjson.dumps(told))
    facts = msgspec.structs.replace(FACTS, billed={key: "V-1" for key in service_keys(encounter) if key is not None and billed})
    day = encounter.date_of_service or facts.today
    counting = [edit for edit in EDITS if edit.effective_from <= day <= edit.effective_to]
    run = edits_for(day, frozenset(aspects_of(encounter, facts)))
    every = [(edit.edit_id, hit) for edit in counting for hit in edit.check(encounter, facts)]
    assert [(edit.edit_id, hit) for edit in run for hit in edit.check(encounter, facts)] == every, told


def test_the_usual_encounter_needs_few_edits() -> None:
    encounter = encounter_of(orjson.dumps(example()))
    assert aspects_of(encounter, FACTS) <= {"modifiers", "minor-procedure", "timed"}


def test_a_procedure_is_asked_of_its_own_day_alone() -> None:
    """999 lines on as many days would else be a million questions."""
    asked: list[tuple[str, date]] = []

    class Counting(InMemoryCodes):
        def procedure(self, code: str, on: date) -> ProcedureFacts:
            asked.append((code, on))
            return super().procedure(code, on)

    lines = [
        {**DATED, "line_number": day, "procedure": f"9920{day}", "date_of_service": f"2026-03-0{day}"} for day in (1, 2, 3)
    ]
    aspects_of(encounter_of(orjson.dumps({**example(), "lines": lines})), Counting().facts)
    assert asked == [(f"9920{day}", date(2026, 3, day)) for day in (1, 2, 3)]


def test_one_thing_that_is_different_is_looked_at() -> None:
    lines = [{**line, "line_number": number} for number, line in enumerate(example()["lines"] * 26, 1)]
    check({**example(), "lines": lines})
    check({**example(), "lines": [DATED], "date_of_service_to": "2026-03-01"})
    check(example(), billed=True)
    for place, changes in PARTS.items():
        for change in changes:
            check(changed(example(), place, change))


@given(st.lists(st.sampled_from(sorted(PARTS)).flatmap(lambda place: st.tuples(st.just(place), st.sampled_from(PARTS[place])))))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_things_that_are_different_are_looked_at(changes: list[tuple[str, dict[str, Any]]]) -> None:
    told = example()
    for place, change in changes:
        told = changed(told, place, change)
    check(told)
