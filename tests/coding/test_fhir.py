"""FHIR R4 -> the model: where each value comes from, and what is never taken for a code."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec import to_builtins

from coding_svc.api.documents import BUNDLE
from coding_svc.domain.edits.catalogue import assess
from coding_svc.domain.encounter import Encounter
from coding_svc.edi import fhir
from coding_svc.edi.parcel import Refused, Taken
from tests.coding.making import FACTS, stated

EXAMPLE = Path(__file__).parents[2] / "services/coding-svc/examples/visits.fhir.json"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
MAPLE = {
    "npi": "1993999998",
    "last_name": "Maple Street Family Practice",
    "taxonomy": "207Q00000X",
    "tax_id": "371234567",
    "address": {"line1": "412 Maple Street", "city": "Springfield", "state": "IL", "postal_code": "627011234"},
}
NICO = {
    "last_name": "Juniper",
    "first_name": "Nico",
    "birth_date": "1985-01-30",
    "sex": "F",
    "address": {"line1": "31 Foxglove Road", "city": "Springfield", "state": "IL", "postal_code": "62704"},
    "phone": "2175550161",
}

FIRST_VISIT: dict[str, Any] = {
    "external_id": "7c2f0a1e-5b1d-4c5e-9a10-000000000008",
    "patient": {
        "external_id": "7c2f0a1e-5b1d-4c5e-9a10-000000000005",
        "last_name": "Farrow",
        "first_name": "Mina",
        "birth_date": "1991-11-02",
        "sex": "F",
        "address": {"line1": "9 Cedar Court", "city": "Springfield", "state": "IL", "postal_code": "62704"},
        "phone": "2175550161",
    },
    "coverages": [
        {
            "payer_id": "SBX01",
            "payer_name": "Evergreen Mutual",
            "member_id": "EVG206100001",
            "group_number": "GRP100",
            "effective_from": "2025-01-01",
        }
    ],
    "billing_provider": MAPLE,
    "rendering_provider": {"npi": "1234567893", "last_name": "Okafor", "first_name": "Ngozi", "taxonomy": "207Q00000X"},
    "place_of_service": "11",
    "date_of_service": "2026-03-02",
    "diagnoses": [{"code": "E11.9"}, {"code": "I10"}],
    "lines": [
        {
            "line_number": 1,
            "procedure": "99213",
            "modifiers": ["25"],
            "description": "Office visit",
            "charge_cents": 13250,
            "diagnosis_pointers": [1, 2],
            "place_of_service": "11",
        },
        {
            "line_number": 2,
            "procedure": "83036",
            "description": "Hemoglobin A1c",
            "charge_cents": 2800,
            "diagnosis_pointers": [1],
            "place_of_service": "11",
        },
    ],
}


def taken(bundle: dict[str, Any] | bytes, place: int = 0) -> Encounter:
    body = bundle if isinstance(bundle, bytes) else orjson.dumps(bundle)
    item = fhir.read(body).items[place]
    assert isinstance(item, Taken), item.error.faults
    return item.encounter


def changed(kind: str, **changes: Any) -> dict[str, Any]:
    """The small bundle with another resource of that kind."""
    entries = [
        {"resource": {**entry["resource"], **changes}} if entry["resource"]["resourceType"] == kind else entry
        for entry in BUNDLE["entry"]
    ]
    return {**BUNDLE, "entry": entries}


def with_more(*resources: dict[str, Any]) -> dict[str, Any]:
    return {
        **BUNDLE,
        "entry": [*(dict(entry) for entry in BUNDLE["entry"]), *({"resource": resource} for resource in resources)],
    }


def claim(**changes: Any) -> dict[str, Any]:
    return changed("Claim", **changes)


def item(**changes: Any) -> dict[str, Any]:
    (only,) = BUNDLE["entry"][-1]["resource"]["item"]
    return claim(item=[{**only, **changes}])


def test_the_example_bundle_whole() -> None:
    """The golden bundle: a patient who is guarantor and subscriber, and a child with both others."""
    items = fhir.read(EXAMPLE.read_bytes()).items
    first, second = (stated(each.encounter) for each in items if isinstance(each, Taken))
    assert first == FIRST_VISIT
    assert second["guarantor"] == {"external_id": "7c2f0a1e-5b1d-4c5e-9a10-000000000007", **NICO}
    assert second["coverages"] == [
        {
            "payer_id": "SBX02",
            "payer_name": "Harbor Health Plan",
            "member_id": "HHP207200002",
            "plan_type": "HM",
            "relationship": "19",
            "subscriber": NICO,
            "effective_from": "2025-01-01",
        }
    ]
    assert [each["charge_cents"] for each in second["lines"]] == [13200, 3340]
    assert all(assess(each.encounter, FACTS) == () for each in items if isinstance(each, Taken))


def test_snomed_becomes_record_and_never_a_code() -> None:
    condition = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": SNOMED, "code": "44054006", "display": "Diabetes"}]},
        "encounter": {"reference": "Encounter/V-10061"},
        "onsetDateTime": "2020-05-01T00:00:00Z",
    }
    procedure = {
        "resourceType": "Procedure",
        "code": {"text": "Throat culture"},
        "encounter": {"reference": "Encounter/V-10061"},
        "performedPeriod": {"start": "2026-03-02T09:00:00Z"},
    }
    told = taken(with_more(condition, procedure))
    assert list(to_builtins(told.record)) == [
        {"kind": "condition", "system": SNOMED, "code": "44054006", "text": "Diabetes", "recorded_on": "2020-05-01"},
        {"kind": "procedure", "system": "", "code": "", "text": "Throat culture", "recorded_on": "2026-03-02"},
    ]
    assert [each.code for each in told.diagnoses] == ["J06.9"]


def test_notes_become_documents() -> None:
    note = {
        "resourceType": "DocumentReference",
        "id": "note",
        "type": {"text": "Progress note"},
        "date": "2026-03-02T10:00:00Z",
        "context": {"encounter": [{"reference": "Encounter/V-10061"}]},
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": "U29yZSB0aHJvYXQuDQpObyBmZXZlci4="}}],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "id": "report",
        "encounter": {"reference": "Encounter/V-10061"},
        "presentedForm": [{"contentType": "application/pdf", "data": "JVBERi0=", "title": "X-ray"}],
    }
    note_told, report_told = taken(with_more(note, report)).documents
    assert (note_told.title, note_told.text, str(note_told.written_on)) == (
        "Progress note",
        "Sore throat.\nNo fever.",
        "2026-03-02",
    )
    assert (report_told.title, report_told.content_base64, report_told.text) == ("X-ray", "JVBERi0=", "")


def test_a_compositions_narrative_is_a_document() -> None:
    sections = [
        {"title": "Assessment", "text": {"div": "<div><p>Type 2 diabetes &amp; hypertension.</p><script>x()</script></div>"}},
        {"code": {"text": "Plan"}, "section": [{"text": {"div": "<ul><li>Metformin</li><li>Rest"}}]},
        {"title": "Nothing said"},
    ]
    composition = {
        "resourceType": "Composition",
        "id": "note",
        "title": "Progress note",
        "date": "2026-03-02T09:00:00Z",
        "encounter": {"reference": "Encounter/V-10061"},
        "section": sections,
    }
    (document,) = taken(with_more(composition)).documents
    assert (document.external_id, document.title, str(document.written_on)) == ("note", "Progress note", "2026-03-02")
    assert document.text == "Assessment:\nType 2 diabetes & hypertension.\n\nMetformin\nRest"


@pytest.mark.parametrize(
    ("changes", "cents"),
    [
        ({"net": {"value": 132}}, 13200),
        ({"net": {"value": 132.5}}, 13250),
        ({"net": {"value": 0.07}}, 7),
        ({"net": {"value": 1234567.89}}, 123456789),
        ({"net": None, "unitPrice": {"value": 12.25}, "quantity": {"value": 3}}, 3675),
        ({"net": None, "unitPrice": {"value": 12.25}}, 1225),
        ({"net": None, "unitPrice": {"value": 0.1}, "quantity": {"value": 3}}, 30),
        ({"net": None}, 0),
    ],
)
def test_charges_are_exact(changes: dict[str, Any], cents: int) -> None:
    assert taken(item(**changes)).lines[0].charge_cents == cents


def test_the_total_of_a_claim_is_no_charge() -> None:
    assert taken(claim(item=[], total={"value": 500})).lines == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "preauthorization"},
        {"use": "predetermination"},
        {"status": "cancelled"},
        {"status": "entered-in-error"},
        {"type": {"coding": [{"code": "pharmacy"}]}},
    ],
)
def test_a_claim_that_asks_for_no_payment_here_says_no_charge(changes: dict[str, Any]) -> None:
    assert taken(claim(**changes)).lines == ()


def test_items_belong_to_the_encounter_that_they_name() -> None:
    other = {"resourceType": "Encounter", "id": "V-2", "subject": {"reference": "Patient/P-2061"}}
    bundle = with_more(other)
    assert [len(taken(bundle, place).lines) for place in (0, 1)] == [1, 0]


def test_a_claim_that_names_no_encounter_is_the_only_ones() -> None:
    other = {"resourceType": "Encounter", "id": "V-2", "subject": {"reference": "Patient/P-2061"}}
    (only,) = BUNDLE["entry"][-1]["resource"]["item"]
    silent = {name: value for name, value in only.items() if name != "encounter"}
    bundle = claim(item=[silent])
    assert [line.charge_cents for line in taken(bundle).lines] == [13200]
    two = {**bundle, "entry": [*bundle["entry"], {"resource": other}]}
    assert [taken(two, place).lines for place in (0, 1)] == [(), ()]


def test_resources_that_have_no_id_yet_are_known_by_their_address() -> None:
    visit, patient = "urn:uuid:0b1c", "urn:uuid:9f2e"
    encounter = {"resourceType": "Encounter", "subject": {"reference": patient}, "period": {"start": "2026-03-02"}}
    told = taken(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {"fullUrl": patient, "resource": {"resourceType": "Patient", "name": [{"family": "Farrow"}]}},
                {"fullUrl": visit, "resource": encounter},
            ],
        }
    )
    assert (told.external_id, told.patient.external_id, told.patient.last_name) == ("0b1c", "9f2e", "Farrow")


def test_a_line_of_everything() -> None:
    told = taken(
        item(
            productOrService={
                "coding": [{"system": SNOMED, "code": "1"}, {"system": "urn:oid:2.16.840.1.113883.6.285", "code": "J1885"}]
            },
            modifier=[{"coding": [{"code": "LT"}]}, {}],
            quantity={"value": 2.50},
            servicedPeriod={"start": "2026-03-02", "end": "2026-03-02"},
            diagnosisSequence=[1, 9, 1],
            detail=[
                {"productOrService": {"coding": [{"system": SNOMED, "code": "x"}]}},
                {
                    "productOrService": {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "0409-3795-01"}]},
                    "quantity": {"value": 1, "code": "ml"},
                },
            ],
        )
    ).lines[0]
    assert (told.procedure, told.modifiers, told.units, told.diagnosis_pointers) == ("J1885", ("LT",), "2.5", (1,))
    assert (str(told.date_of_service), told.date_of_service_to) == ("2026-03-02", None)
    assert told.drug is not None
    assert (told.drug.ndc, told.drug.unit) == ("00409379501", "ML")


def test_diagnoses_in_their_order_and_once() -> None:
    told = taken(
        claim(
            diagnosis=[
                {"sequence": 2, "diagnosisCodeableConcept": {"coding": [{"system": ICD, "code": "I10"}]}},
                {"sequence": 1, "diagnosisCodeableConcept": {"coding": [{"system": ICD, "code": "E11.9"}]}},
                {"sequence": 3, "diagnosisCodeableConcept": {"coding": [{"system": SNOMED, "code": "1"}]}},
                {"sequence": 4, "diagnosisCodeableConcept": {"coding": [{"system": ICD, "code": "E11.9"}]}},
            ]
        )
    )
    assert [each.code for each in told.diagnoses] == ["E11.9", "I10"]
    assert told.lines[0].diagnosis_pointers == (1,)


def test_self_pay_and_what_is_told_in_words_alone() -> None:
    pays = changed("Coverage", type={"coding": [{"code": "pay"}]})
    assert (taken(pays).self_pay, taken(pays).coverages) == (True, ())
    words = claim(insurance=[{"sequence": 1, "focal": True, "coverage": {"display": "private"}}])
    assert (taken(words).self_pay, taken(words).coverages) == (False, ())


def test_the_care_team_and_the_facility() -> None:
    npi = "http://hl7.org/fhir/sid/us-npi"
    inside = {
        "resourceType": "Practitioner",
        "id": "inside",
        "name": [{"family": "Lindqvist", "given": ["Maja"]}],
        "identifier": [{"system": npi, "value": "1245319599"}],
    }
    nurse = {
        "resourceType": "PractitionerRole",
        "id": "role",
        "practitioner": {"reference": "#inside"},
        "specialty": [{"coding": [{"system": "http://nucc.org/provider-taxonomy", "code": "363LF0000X"}]}],
        "contained": [inside],
    }
    clinic = {
        "resourceType": "Location",
        "id": "clinic",
        "name": "East Clinic",
        "identifier": [{"system": npi, "value": "1234567893"}],
    }
    bundle = with_more(nurse, clinic)
    by_npi = f"Practitioner?identifier={npi}|1234567893"
    team = [
        {"sequence": 1, "provider": {"reference": "PractitionerRole/role"}, "role": {"coding": [{"code": "primary"}]}},
        {"sequence": 2, "provider": {"reference": by_npi}, "role": {"coding": [{"code": "supervisor"}]}},
    ]
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Claim":
            entry["resource"] = {**entry["resource"], "careTeam": team}
        if entry["resource"]["resourceType"] == "Encounter":
            location = {"location": {"reference": "Location/clinic"}}
            entry["resource"] = {**entry["resource"], "location": [location]}
    told = taken(bundle)
    assert told.rendering_provider is not None
    assert (told.rendering_provider.npi, told.rendering_provider.taxonomy) == ("1245319599", "363LF0000X")
    assert told.supervising_provider is not None
    assert told.supervising_provider.npi == "1234567893"
    assert told.service_facility is not None
    assert told.service_facility.last_name == "East Clinic"


def test_accident_onset_authorisation_and_stay() -> None:
    bundle = claim(
        accident={"date": "2026-03-01", "type": {"coding": [{"code": "MVA"}]}, "locationAddress": {"state": "IL"}},
        supportingInfo=[{"sequence": 1, "category": {"coding": [{"code": "onset"}]}, "timingDate": "2026-02-27"}],
        insurance=[{"sequence": 1, "coverage": {"reference": "Coverage/coverage"}, "preAuthRef": ["A-77"]}],
    )
    told = taken(bundle)
    assert told.accident is not None
    assert (told.accident.kind, told.accident.state, str(told.accident.occurred_on)) == ("AA", "IL", "2026-03-01")
    assert (str(told.onset_on), told.authorisation_number) == ("2026-02-27", "A-77")
    stay = {"class": {"code": "IMP"}, "period": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-04"}}
    told = taken(changed("Encounter", **stay))
    assert (str(told.admitted_on), str(told.discharged_on), str(told.last_day)) == ("2026-03-01", "2026-03-04", "2026-03-04")


@pytest.mark.parametrize("status", ["planned", "cancelled", "entered-in-error"])
def test_an_encounter_that_did_not_take_place_is_refused(status: str) -> None:
    (refused,) = fhir.read(orjson.dumps(changed("Encounter", status=status))).items
    assert isinstance(refused, Refused)
    assert refused.external_id == "V-10061"


def test_findings_name_fhirs_places() -> None:
    (read,) = fhir.read(orjson.dumps(claim(diagnosis=[]))).items
    assert isinstance(read, Taken)
    assert read.place_of is not None
    assert read.place_of("/lines/0/diagnosis_pointers") == "Bundle.entry[5].resource.item[0].diagnosisSequence"
    assert read.place_of("/lines/0/modifiers/0") == "Bundle.entry[5].resource.item[0]"
    assert read.place_of("/coverages/0/member_id") == "Coverage/coverage.subscriberId"
