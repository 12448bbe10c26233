"""Published samples through HTTP: every bundle of Synthea and the sample DFT are taken, held for coding, with their record."""

import os
from pathlib import Path

import orjson
import pytest

from rcm.contracts.encounters import EncounterCoded, EncounterHeld
from rcm.identity import Role
from tests.coding.conftest import Coding

SHARED = Path(os.environ.get("RCM_SHARED_DATA", "../shared"))
EHR = SHARED / "data/ehr"
BUNDLES = sorted(EHR.glob("synthea_*/*.json"))
MESSAGES = sorted(EHR.glob("hl7v2/*.hl7"))
FHIR, HL7 = {"content-type": "application/fhir+json"}, {"content-type": "application/hl7-v2"}


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


pytestmark = pytest.mark.skipif(not EHR.is_dir(), reason=f"no published samples at {EHR} (RCM_SHARED_DATA names their folder)")


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem[:24])
async def test_a_synthea_bundle_is_held_for_coding(coding: Coding, path: Path) -> None:
    body = bytes_of(path)
    resources = [entry["resource"] for entry in orjson.loads(body)["entry"]]
    ids = [resource["id"] for resource in resources if resource["resourceType"] == "Encounter"]
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers=FHIR)
        assert answer.status_code == 200, answer.text[:500]
        assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["201 Created"] * len(ids)
        again = await ehr.post("/v1/encounters/batch", content=body, headers=FHIR)
        assert {entry["response"]["status"] for entry in again.json()["entry"]} == {"200 OK"}
        assert (await ehr.get("/v1/raw-inputs")).json()["items"] == []
        page = (await ehr.get(f"/v1/encounters?limit={len(ids)}")).json()["items"]
        assert [item["external_id"] for item in page] == ids
        assert all(item["state"] == "held" for item in page)
        raw = await ehr.get(f"/v1/encounters/{page[0]['encounter_id']}/raw")
        assert (raw.content, raw.headers["x-raw-place"]) == (body, ids[0])
    assert await coding.said(EncounterCoded) == []
    assert len(await coding.said(EncounterHeld)) == len(ids)
    rows = await coding.own_rows("select document from encounter where organisation_id = $1")
    documents = [orjson.loads(row["document"]) for row in rows]
    assert all(
        document["diagnoses"] == [] and not any(line["procedure"] for line in document["lines"]) for document in documents
    )
    coded_in_snomed = [r for r in resources if r["resourceType"] in ("Condition", "Procedure") and "encounter" in r]
    kept = sum(item["kind"] in ("condition", "procedure") for document in documents for item in document.get("record", []))
    assert kept == len(coded_in_snomed)
    notes = sum(resource["resourceType"] == "DocumentReference" for resource in resources)
    assert sum(len(document.get("documents", [])) for document in documents) >= notes


async def test_the_sample_dft_is_held_for_coding(coding: Coding) -> None:
    body = bytes_of(EHR / "hl7v2/DFT-P03-02.hl7")
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers=HL7)
        assert (answer.status_code, answer.headers["x-encounter-state"]) == (201, "held")
        assert answer.text.split("\r")[1] == "MSA|AA|MSG00001"
        told = (await ehr.get(answer.headers["location"])).json()
    assert {reason["edit_id"] for reason in told["reasons"]} >= {"diagnosis-missing", "provider-incomplete"}
    record = told["encounter"]["record"]
    assert [(item["system"], item["code"]) for item in record] == [("SCT", "29857009"), ("SCT", "68235000")]
    assert [line["charge_cents"] for line in told["encounter"]["lines"]] == [10000, 12000]


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
async def test_every_message_is_acknowledged(coding: Coding, path: Path) -> None:
    """What is no DFT, or not whole (DFT-P11-02 has no end), is refused by name and kept."""
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=bytes_of(path), headers=HL7)
        acknowledgement = answer.text.split("\r")[1].split("|")[1]
        if path.stem == "DFT-P03-02":
            assert (answer.status_code, acknowledgement) == (201, "AA")
        else:
            assert (answer.status_code, acknowledgement) == (422, "AE" if path.stem == "DFT-P11-02" else "AR")
            assert (await ehr.get(f"/v1/raw-inputs/{answer.headers['x-raw-input']}")).content == bytes_of(path)


async def test_the_longer_sample_with_its_end_is_held(coding: Coding) -> None:
    body = bytes_of(EHR / "hl7v2/DFT-P11-02.hl7") + b"\n"
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers=HL7)
    assert (answer.status_code, answer.headers["x-encounter-state"]) == (201, "held")
