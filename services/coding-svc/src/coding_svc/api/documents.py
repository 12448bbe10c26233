"""What OpenAPI says of bodies that are read by hand, with examples that are taken as they stand (a test posts them)."""

from typing import Any

import orjson

from coding_svc.edi.parcel import Form
from coding_svc.views.encounters import ENCOUNTER, EncounterIn
from rcm.web.openapi import json_body, object_body, raw_body

DFT = "\r".join(
    (
        "MSH|^~\\&|CLINIC|MSFP|RCM|RCM|20260302120000||DFT^P03^DFT_P03|MSG00042|P|2.5.1"
        "||||||||||Maple Street Family Practice^^^^^^NPI^^^1993999998",
        "EVN|P03|20260302120000",
        "PID|1||P-2051^^^MSFP^MR||Ivory^Dario||19790521|M|||77 Aspen Way^^Springfield^IL^62703||2175550177",
        "PV1|1|O|^^^^^11||||||||||||||||V-10051",
        "FT1|1|||20260302||CG|OV||||132.00||||||||J06.9^^I10|1234567893^Okafor^Ngozi^^^^^^^^^^NPI|||||99213^Office visit^C4",
        "DG1|1||J06.9^Acute upper respiratory infection^I10|||F",
        "IN1|1|HMO|SBX02|Harbor Health Plan||||GRP200|||||||HM||SEL|||||||||||||||||||HHP205100001",
        "",
    )
)
"""An invented patient's visit as HL7 v2."""
_PRACTICE = {
    "resourceType": "Organization",
    "id": "practice",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1993999998"}],
    "name": "Maple Street Family Practice",
}
_PLAN = {
    "resourceType": "Organization",
    "id": "plan",
    "identifier": [{"type": {"coding": [{"code": "NIIP"}]}, "value": "SBX01"}],
    "name": "Evergreen Mutual",
}
_PATIENT = {
    "resourceType": "Patient",
    "id": "P-2061",
    "name": [{"family": "Farrow", "given": ["Mina"]}],
    "gender": "female",
    "birthDate": "1991-11-02",
    "address": [{"line": ["9 Cedar Court"], "city": "Springfield", "state": "IL", "postalCode": "62704"}],
}
_COVERAGE = {
    "resourceType": "Coverage",
    "id": "coverage",
    "status": "active",
    "subscriberId": "EVG206100001",
    "beneficiary": {"reference": "Patient/P-2061"},
    "payor": [{"reference": "Organization/plan"}],
}
_VISIT = {
    "resourceType": "Encounter",
    "id": "V-10061",
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/P-2061"},
    "period": {"start": "2026-03-02T09:00:00-06:00", "end": "2026-03-02T09:30:00-06:00"},
}
_CLAIM = {
    "resourceType": "Claim",
    "id": "claim",
    "status": "active",
    "use": "claim",
    "type": {"coding": [{"code": "professional"}]},
    "patient": {"reference": "Patient/P-2061"},
    "created": "2026-03-02",
    "provider": {"reference": "Organization/practice"},
    "priority": {"coding": [{"code": "normal"}]},
    "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/coverage"}}],
    "diagnosis": [
        {
            "sequence": 1,
            "diagnosisCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J06.9"}]},
        }
    ],
    "item": [
        {
            "sequence": 1,
            "diagnosisSequence": [1],
            "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}]},
            "locationCodeableConcept": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/ex-serviceplace", "code": "11"}]
            },
            "net": {"value": 132, "currency": "USD"},
            "encounter": [{"reference": "Encounter/V-10061"}],
        }
    ],
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": resource} for resource in (_PATIENT, _PRACTICE, _PLAN, _COVERAGE, _VISIT, _CLAIM)],
}
"""An invented patient's visit as FHIR R4."""
_LINES = b"\n".join(orjson.dumps({**ENCOUNTER, "external_id": f"V-1010{number}"}) for number in (1, 2)).decode()
_ACK = "MSH|^~\\&|RCM|RCM|CLINIC|MSFP|20260302120001+0000||ACK^P03^ACK|0198f5d05c007000|P|2.5.1\rMSA|AA|MSG00042\r"
_RESPONSE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "batch-response",
    "entry": [
        {
            "response": {
                "status": "201 Created",
                "location": "/v1/encounters/0198f5d0-5c00-7000-8000-0000000000e1",
                "etag": 'W/"1"',
                "outcome": {
                    "resourceType": "OperationOutcome",
                    "issue": [{"severity": "information", "code": "informational", "details": {"text": "coded"}}],
                },
            }
        }
    ],
}
ENCOUNTER_BODY = json_body(EncounterIn, object_body(Form.FHIR, BUNDLE), raw_body({Form.HL7: DFT}))
BATCH_BODY: dict[str, Any] = raw_body({Form.NDJSON: _LINES})
BATCH_BODY["requestBody"]["content"].update(object_body(Form.FHIR, BUNDLE)["requestBody"]["content"])
PATCH_BODY = object_body("application/merge-patch+json", {"diagnoses": [{"code": "J06.9"}]})
BUNDLE_ANSWER: dict[str, Any] = {Form.FHIR: {"schema": {"type": "object"}, "example": _RESPONSE}}
ANSWERS: dict[str, Any] = {**BUNDLE_ANSWER, Form.HL7: {"schema": {"type": "string"}, "example": _ACK}}
"""How FHIR and HL7 are answered."""
RAW_ANSWERS: dict[str, Any] = {
    Form.JSON: {"schema": {"type": "object"}, "example": ENCOUNTER},
    Form.FHIR: {"schema": {"type": "object"}, "example": BUNDLE},
    Form.HL7: {"schema": {"type": "string"}, "example": DFT},
}
"""A raw input in each form."""
