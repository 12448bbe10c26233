"""Each edit of the catalogue: what it finds, where, and that a clean encounter passes all."""

from datetime import date
from typing import Any

import pytest

from coding_svc.domain.edits.catalogue import BY_ID, EDITS, assess, holds
from coding_svc.domain.edits.form import Facts, Severity
from coding_svc.domain.service_keys import service_keys
from tests.coding.making import FACTS, TODAY, encounter, line
from tests.coding.test_code_edits import FOUND as WHAT_CODES_MEAN

SPOUSE = {"relationship": "01", "subscriber": {"last_name": "Hollis", "first_name": "Bram", "birth_date": "1980-01-01"}}
COVERAGE = {"rank": "P", "payer_id": "SBX01", "payer_name": "Evergreen Mutual", "member_id": "EVG204400001"}
DRUG = {"ndc": "00409120201", "quantity": "1", "unit": "ML"}
MANY = "E11.9 I10 J06.9 E78.5 J02.9 N39.0 R05.9 F41.1 K21.9 R51.9 Z00.00 M54.50 R07.9".split()  # noqa: SIM905

FOUND: list[tuple[str, str, dict[str, Any]]] = [
    ("person-name-missing", "/patient/last_name", {"patient": {"last_name": ""}}),
    ("person-name-missing", "/patient/first_name", {"patient": {"first_name": " "}}),
    ("person-name-missing", "/guarantor/last_name", {"guarantor": {"last_name": None}}),
    ("birth-date-missing", "/patient/birth_date", {"patient": {"birth_date": None}}),
    ("birth-date-missing", "/coverages/0/subscriber/birth_date",
     {"coverages": [{**COVERAGE, "relationship": "01", "subscriber": {"last_name": "A", "first_name": "B"}}]}),
    ("birth-date-impossible", "/patient/birth_date", {"patient": {"birth_date": "2026-03-03"}}),
    ("birth-date-impossible", "/patient/birth_date", {"patient": {"birth_date": "1890-01-01"}}),
    ("birth-date-impossible", "/guarantor/birth_date", {"guarantor": {"birth_date": "2030-01-01"}}),
    ("patient-address-missing", "/patient/address", {"patient": {"address": None}}),
    ("patient-address-missing", "/patient/address/city", {"patient": {"address": {"city": ""}}}),
    ("address-form", "/patient/address/postal_code", {"patient": {"address": {"postal_code": "6270"}}}),
    ("address-form", "/patient/address/postal_code", {"patient": {"address": {"postal_code": "00000"}}}),
    ("address-form", "/billing_provider/address/state", {"billing_provider": {"address": {"state": "Illinois"}}}),
    ("coverage-missing", "/coverages", {"coverages": []}),
    ("self-pay-with-coverage", "/self_pay", {"self_pay": True}),
    ("coverage-rank", "/coverages", {"coverages": [{**COVERAGE, "rank": "S"}]}),
    ("coverage-rank", "/coverages", {"coverages": [COVERAGE, {**COVERAGE, "member_id": "X"}]}),
    ("coverage-incomplete", "/coverages/0/payer_id", {"coverages": [{**COVERAGE, "payer_id": ""}]}),
    ("coverage-incomplete", "/coverages/0/payer_name", {"coverages": [{**COVERAGE, "payer_name": ""}]}),
    ("coverage-incomplete", "/coverages/0/member_id", {"coverages": [{**COVERAGE, "member_id": ""}]}),
    ("coverage-code", "/coverages/0/plan_type", {"coverages": [{**COVERAGE, "plan_type": "PPO"}]}),
    ("coverage-code", "/coverages/0/relationship", {"coverages": [{**COVERAGE, **SPOUSE, "relationship": "wife"}]}),
    ("subscriber-missing", "/coverages/0/subscriber", {"coverages": [{**COVERAGE, "relationship": "19"}]}),
    ("billing-provider-missing", "/billing_provider", {"billing_provider": None}),
    ("provider-incomplete", "/rendering_provider/npi", {"rendering_provider": {"npi": ""}}),
    ("provider-incomplete", "/billing_provider/last_name", {"billing_provider": {"last_name": ""}}),
    ("npi-check-digit", "/billing_provider/npi", {"billing_provider": {"npi": "1993999999"}}),
    ("npi-check-digit", "/rendering_provider/npi", {"rendering_provider": {"npi": "123456789"}}),
    ("npi-check-digit", "/lines/0/ordering_provider/npi", {"lines": [line(ordering_provider={"npi": "A", "last_name": "B"})]}),
    ("taxonomy-form", "/billing_provider/taxonomy", {"billing_provider": {"taxonomy": "207Q000000"}}),
    ("tax-id-form", "/billing_provider/tax_id", {"billing_provider": {"tax_id": "12345678"}}),
    ("date-of-service-missing", "/date_of_service", {"date_of_service": None}),
    ("date-in-future", "/date_of_service", {"date_of_service": "2026-03-11"}),
    ("date-in-future", "/date_of_service_to", {"date_of_service_to": "2026-04-01"}),
    ("date-in-future", "/lines/0/date_of_service", {"lines": [line(date_of_service="2026-03-12")]}),
    ("date-order", "/date_of_service_to", {"date_of_service_to": "2026-03-01"}),
    ("date-order", "/discharged_on", {"admitted_on": "2026-03-02", "discharged_on": "2026-03-01"}),
    ("date-order", "/onset_on", {"onset_on": "2026-03-03"}),
    ("date-order", "/accident/occurred_on", {"accident": {"kind": "OA", "occurred_on": "2026-03-05"}}),
    ("line-date-outside", "/lines/0/date_of_service", {"lines": [line(date_of_service="2026-03-01")]}),
    ("line-date-outside", "/lines/0/date_of_service_to", {"lines": [line(date_of_service_to="2026-03-03")]}),
    ("place-of-service", "/place_of_service", {"place_of_service": ""}),
    ("place-of-service", "/place_of_service", {"place_of_service": "98"}),
    ("place-of-service", "/lines/0/place_of_service", {"lines": [line(place_of_service="1")]}),
    ("accident-state", "/accident/state", {"accident": {"kind": "AA"}}),
    ("accident-state", "/accident/state", {"accident": {"kind": "OA", "state": "Ohio"}}),
    ("diagnosis-missing", "/diagnoses", {"diagnoses": []}),
    ("diagnosis-count", "/diagnoses/12", {"diagnoses": [{"code": code} for code in MANY]}),
    ("diagnosis-invalid", "/diagnoses/0/code", {"diagnoses": [{"code": "E11"}]}),
    ("diagnosis-invalid", "/diagnoses/1/code", {"diagnoses": [{"code": "E11.9"}, {"code": "44054006"}]}),
    ("diagnosis-invalid", "/diagnoses/0/code", {"diagnoses": [{"code": "B88.0"}]}),
    ("before-icd-10-cm", "/date_of_service", {"date_of_service": "2015-09-30"}),
    ("diagnosis-repeated", "/diagnoses/1/code", {"diagnoses": [{"code": "I10"}, {"code": "I10"}]}),
    ("diagnosis-first", "/diagnoses/0/code", {"diagnoses": [{"code": "W19.XXXA"}]}),
    ("diagnosis-first", "/diagnoses/0/code", {"diagnoses": [{"code": "D63.1"}, {"code": "N18.30"}]}),
    ("line-missing", "/lines", {"lines": []}),
    ("line-count", "/lines/50", {"lines": [line(number) for number in range(1, 52)]}),
    ("line-number-repeated", "/lines/1/line_number", {"lines": [line(), line(procedure="99214")]}),
    ("procedure-missing", "/lines/0/procedure", {"lines": [line(procedure="")]}),
    ("procedure-form", "/lines/0/procedure", {"lines": [line(procedure="9921")]}),
    ("procedure-form", "/lines/0/procedure", {"lines": [line(procedure="W1234")]}),
    ("modifier-form", "/lines/0/modifiers", {"lines": [line(modifiers=["25", "25"])]}),
    ("modifier-form", "/lines/0/modifiers", {"lines": [line(modifiers=["25", "59", "LT", "RT", "50"])]}),
    ("modifier-form", "/lines/0/modifiers/0", {"lines": [line(modifiers=["255"])]}),
    ("charge-missing", "/lines/0/charge_cents", {"lines": [line(charge_cents=0)]}),
    ("units-implausible", "/lines/0/units", {"lines": [line(units="0")]}),
    ("units-implausible", "/lines/0/units", {"lines": [line(units="10000")]}),
    ("diagnosis-pointers", "/lines/0/diagnosis_pointers", {"lines": [line(diagnosis_pointers=[])]}),
    ("diagnosis-pointers", "/lines/0/diagnosis_pointers", {"lines": [line(diagnosis_pointers=[3])]}),
    ("diagnosis-pointers", "/lines/0/diagnosis_pointers", {"lines": [line(diagnosis_pointers=[0])]}),
    ("diagnosis-pointers", "/lines/0/diagnosis_pointers", {"lines": [line(diagnosis_pointers=[1, 1])]}),
    ("diagnosis-pointers", "/lines/0/diagnosis_pointers", {"lines": [line(diagnosis_pointers=[1, 2, 1, 2, 1])]}),
    ("drug-form", "/lines/0/drug/ndc", {"lines": [line(drug={**DRUG, "ndc": "0040912020"})]}),
    ("drug-form", "/lines/0/drug/unit", {"lines": [line(drug={**DRUG, "unit": "EA"})]}),
    ("drug-form", "/lines/0/drug/quantity", {"lines": [line(drug={**DRUG, "quantity": "0"})]}),
]  # fmt: skip

PASSES: list[dict[str, Any]] = [
    {},
    {"guarantor": None, "rendering_provider": None},
    {"self_pay": True, "coverages": []},
    {"coverages": [{**COVERAGE, **SPOUSE}]},
    {"coverages": [COVERAGE, {**COVERAGE, "rank": "S"}, {**COVERAGE, "rank": "T", "member_id": "X"}]},
    {"date_of_service_to": "2026-03-04", "lines": [line(date_of_service="2026-03-03", date_of_service_to="2026-03-04")]},
    {"place_of_service": "", "lines": [line(place_of_service="22")]},
    {"lines": [line(drug=DRUG, modifiers=["25", "24", "95", "GC"], units="2.5")]},
    {"lines": [line(procedure="J1885"), line(2, procedure="0591T"), line(3, procedure="3008F"), line(4, procedure="0001A")]},
    {"accident": {"kind": "AA", "state": "IL", "occurred_on": "2026-03-01"}, "onset_on": "2026-03-01"},
    {"diagnoses": [{"code": code} for code in MANY[:12]]},
    {"diagnoses": [{"code": "N18.30"}, {"code": "D63.1"}]},
]


@pytest.mark.parametrize(("edit_id", "path", "changes"), FOUND, ids=lambda value: value if isinstance(value, str) else "")
def test_an_edit_finds(edit_id: str, path: str, changes: dict[str, Any]) -> None:
    findings = assess(encounter(changes), FACTS)
    assert (edit_id, path) in [(finding.edit_id, finding.path) for finding in findings]
    assert holds(findings)


@pytest.mark.parametrize("changes", PASSES)
def test_what_is_right_passes(changes: dict[str, Any]) -> None:
    assert assess(encounter(changes), FACTS) == ()


def test_every_edit_has_an_example() -> None:
    """The two that need another encounter or a later day have tests of their own; so it is no dead one that `needs` a thing."""
    apart = {"service-billed-twice", "code-set-outdated"}
    assert {edit_id for edit_id, _, _ in (*FOUND, *WHAT_CODES_MEAN)} | apart == set(BY_ID)


def test_the_catalogue_explains_itself() -> None:
    assert len(BY_ID) == len(EDITS)
    for edit in EDITS:
        assert edit.message
        assert edit.source
        assert edit.fix.endswith(".")
        assert edit.path.startswith("/")
        assert edit.effective_from <= edit.effective_to
        assert edit.version >= 1


def test_a_service_billed_twice_is_held_unless_a_person_says_why() -> None:
    told = encounter()
    keys = service_keys(told)
    facts = Facts(TODAY, FACTS.codes, FACTS.is_place_of_service, {key: "the other" for key in keys[:1] if key is not None})
    (finding,) = assess(told, facts)
    assert (finding.edit_id, finding.path) == ("service-billed-twice", "/lines/0")
    assert "the other" in finding.message
    reason = {"edit_id": "service-billed-twice", "reason": "seen twice that day"}
    (finding,) = assess(encounter(overrides=[reason]), facts)
    assert finding.severity is Severity.WARN


def test_only_an_overridable_edit_can_be_overridden() -> None:
    overrides = [{"edit_id": "diagnosis-missing", "reason": "because"}, {"edit_id": "no-such-edit", "reason": "because"}]
    assert holds(assess(encounter(diagnoses=[], overrides=overrides), FACTS))


def test_a_day_past_the_code_sets_end_is_judged_by_its_last_with_a_warning() -> None:
    facts = Facts(date(2027, 6, 1), FACTS.codes, FACTS.is_place_of_service)
    (finding,) = assess(encounter(date_of_service="2027-05-01"), facts)
    assert (finding.edit_id, finding.severity) == ("code-set-outdated", Severity.WARN)
    assert not holds((finding,))


def test_an_inpatients_codes_are_those_of_the_discharge() -> None:
    stay = {"place_of_service": "21", "date_of_service": "2025-09-29", "date_of_service_to": "2025-10-02"}
    code = {"diagnoses": [{"code": "QA0.0101"}], "lines": [line()]}
    admitted = {**stay, **code, "admitted_on": "2025-09-29"}
    assert [found.edit_id for found in assess(encounter(admitted), FACTS)] == ["diagnosis-invalid"]
    assert assess(encounter({**admitted, "discharged_on": "2025-10-02"}), FACTS) == ()


def test_findings_never_carry_a_patients_data() -> None:
    """Messages go into events and problems."""
    for _, _, changes in FOUND:
        for finding in assess(encounter(changes), FACTS):
            assert not {"Hollis", "Greta", "1984-03-12", "EVG204400001"} & set(finding.message.split())
