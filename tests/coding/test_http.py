"""Encounters through HTTP: taken, known again, held, completed, corrected, cancelled; what the log says of each."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from coding_svc.api.documents import BUNDLE, DFT
from coding_svc.views.encounters import ENCOUNTER
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterHeld, EncounterRecoded
from rcm.identity import Role
from tests.coding.conftest import Coding
from tests.coding.making import another, document, line
from tests.support.live import STRANGER

EXAMPLES = Path(__file__).parents[2] / "services/coding-svc/examples"
HL7 = {"content-type": "application/hl7-v2"}
FHIR = {"content-type": "application/fhir+json"}
LINES = {"content-type": "application/x-ndjson"}


async def post(coding: Coding, body: Any, **headers: str) -> httpx.Response:
    async with coding.client(Role.EHR) as ehr:
        return await ehr.post("/v1/encounters", json=body, headers=headers)


async def get(coding: Coding, path: str, role: Role = Role.CODER) -> Any:
    async with coding.client(role) as reader:
        answer = await reader.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def patch(coding: Coding, encounter_id: str, change: Any, version: int | None = None) -> httpx.Response:
    if version is None:
        version = (await get(coding, f"/v1/encounters/{encounter_id}"))["version"]
    async with coding.client(Role.CODER) as coder:
        return await coder.patch(f"/v1/encounters/{encounter_id}", json=change, headers={"If-Match": f'"{version}"'})


async def test_a_clean_encounter_is_coded(coding: Coding) -> None:
    answer = await post(coding, ENCOUNTER)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["version"], told["charge_cents"], told["reasons"]) == ("coded", 1, 16000, [])
    assert answer.headers["location"] == f"/v1/encounters/{told['encounter_id']}"
    (message,) = await coding.said(EncounterCoded)
    said = message.data
    assert (str(said.encounter_id), message.sequence) == (told["encounter_id"], 1)
    assert message.correlation_id == said.encounter_id
    assert said.model_dump(mode="json", exclude_none=True, exclude={"encounter_id"}) == {
        **EncounterCoded.model_validate(
            {
                **ENCOUNTER,
                "encounter_id": told["encounter_id"],
                "charge_cents": 16000,
                "date_of_service_to": "2026-03-02",
                "code_set_release": said.code_set_release,
                "lines": [{**each, "date_of_service": "2026-03-02"} for each in ENCOUNTER["lines"]],
            }
        ).model_dump(mode="json", exclude_none=True, exclude={"encounter_id"})
    }


async def test_the_event_carries_no_notes_and_fills_what_is_not_stated(coding: Coding) -> None:
    body = document(guarantor=None, rendering_provider=None, notes=["private"], documents=[{"title": "x", "text": "private"}])
    assert (await post(coding, body)).json()["state"] == "coded"
    (row,) = await coding.own_rows("select data::text as data from event_log where organisation_id = $1")
    assert "private" not in row["data"]
    assert not {"notes", "documents", "tags", "record", "overrides"} & set(orjson.loads(row["data"]))
    (message,) = await coding.said(EncounterCoded)
    assert message.data.guarantor.external_id == ENCOUNTER["patient"]["external_id"]
    assert message.data.rendering_provider.npi == ENCOUNTER["billing_provider"]["npi"]


async def test_the_same_again_is_known_and_other_content_refused(coding: Coding) -> None:
    first = await post(coding, ENCOUNTER)
    again = await post(coding, ENCOUNTER)
    assert (again.status_code, again.json()) == (200, first.json())
    other = await post(coding, document(tags=["other"]))
    assert (other.status_code, other.json()["code"]) == (409, "external-id-taken")
    assert f"PATCH /v1/encounters/{first.json()['encounter_id']}" in other.json()["errors"][0]["fix"]
    async with coding.client(Role.BILLER) as biller:
        (waiting,) = (await biller.get("/v1/raw-inputs")).json()["items"]
        assert (waiting["raw_input_id"], waiting["code"]) == (other.json()["raw_input_id"], "external-id-taken")
        kept = await biller.get(f"/v1/raw-inputs/{waiting['raw_input_id']}")
        assert kept.content == orjson.dumps(document(tags=["other"]))
        retried = await biller.post(f"/v1/raw-inputs/{waiting['raw_input_id']}/retry")
        assert (retried.status_code, retried.json()["code"]) == (409, "external-id-taken")
    assert len(await coding.said(EncounterCoded)) == 1
    (counted,) = await coding.own_rows("select count(*) from encounter where organisation_id = $1")
    assert counted["count"] == 1


async def test_another_organisation_has_its_own_external_ids(coding: Coding) -> None:
    mine = (await post(coding, ENCOUNTER)).json()
    async with coding.client(Role.EHR, STRANGER) as stranger:
        theirs = await stranger.post("/v1/encounters", json=document(tags=["theirs"]))
        assert theirs.status_code == 201
        assert (await stranger.get(f"/v1/encounters/{mine['encounter_id']}")).status_code == 404
        assert (await stranger.get(f"/v1/encounters/{mine['encounter_id']}/raw")).status_code == 404


async def test_many_at_once_share_transactions_and_none_is_lost(coding: Coding) -> None:
    async with coding.client(Role.EHR) as ehr:
        bodies = [another(number) for number in range(40)] * 2
        answers = await asyncio.gather(*(ehr.post("/v1/encounters", json=body) for body in bodies))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert sum(answer.status_code == 201 for answer in answers) == 40
    assert len(await coding.said(EncounterCoded)) == 40
    causes = {message.causation_id for message in await coding.said(EncounterCoded)}
    assert len(causes) == 40, "each event names its own request"


async def test_an_idempotency_key_replays(coding: Coding) -> None:
    first = await post(coding, ENCOUNTER, **{"Idempotency-Key": "k"})
    again = await post(coding, ENCOUNTER, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.content) == (201, first.content)
    assert (await post(coding, another(1), **{"Idempotency-Key": "k"})).status_code == 422


async def test_a_refusal_is_not_kept_under_its_key(coding: Coding) -> None:
    assert (await post(coding, document(colour="red"), **{"Idempotency-Key": "k"})).status_code == 422
    assert (await post(coding, ENCOUNTER, **{"Idempotency-Key": "k"})).status_code == 201


async def test_what_is_incomplete_is_held_then_completed(coding: Coding) -> None:
    told = (await post(coding, document(diagnoses=[], coverages=[]))).json()
    assert told["state"] == "held"
    assert {reason["edit_id"] for reason in told["reasons"]} == {"diagnosis-missing", "coverage-missing"}
    (message,) = await coding.said(EncounterHeld)
    assert {reason.edit_id for reason in message.data.reasons} == {"diagnosis-missing", "coverage-missing"}
    work = await get(coding, "/v1/worklist")
    assert [item["encounter_id"] for item in work["items"]] == [told["encounter_id"]]
    assert (await get(coding, "/v1/summary"))["held"] == 1

    half = await patch(coding, told["encounter_id"], {"diagnoses": [{"code": "e119"}, {"code": "I10"}]})
    assert (half.status_code, half.json()["state"], half.headers["etag"]) == (200, "held", '"2"')
    assert half.json()["repairs"] == [{"path": "/diagnoses/0/code", "before": "e119", "after": "E11.9"}]
    done = await patch(coding, told["encounter_id"], {"coverages": ENCOUNTER["coverages"]})
    assert (done.json()["state"], done.json()["version"]) == ("coded", 3)
    (coded,) = await coding.said(EncounterCoded)
    assert (coded.sequence, coded.data.charge_cents) == (3, 16000)
    assert [message.sequence for message in await coding.said(EncounterHeld)] == [1, 2]
    assert (await get(coding, "/v1/worklist"))["items"] == []
    history = await get(coding, f"/v1/encounters/{told['encounter_id']}/history")
    assert [(item["version"], item["action"], item["changed"]) for item in history["items"]] == [
        (2, "changed", ["/diagnoses"]),
        (3, "coded", ["/coverages"]),
    ]


async def test_a_coded_encounter_is_said_anew(coding: Coding) -> None:
    told = (await post(coding, ENCOUNTER)).json()
    lines = [ENCOUNTER["lines"][0], {**ENCOUNTER["lines"][1], "charge_cents": 3000}]
    answer = await patch(coding, told["encounter_id"], {"lines": lines, "tags": None})
    assert (answer.status_code, answer.json()["charge_cents"]) == (200, 16200)
    (message,) = await coding.said(EncounterRecoded)
    assert message.sequence == 2
    assert (message.data.changed, message.data.previous_charge_cents) == (("/lines/1/charge_cents",), 16000)
    assert message.data.charge_cents == 16200
    (row,) = (await get(coding, "/v1/reconciliation"))["items"]
    assert (row["state"], row["charge_cents"]) == ("coded", 16200)


async def test_a_change_that_nobody_needs_to_hear_of_is_not_said(coding: Coding) -> None:
    told = (await post(coding, ENCOUNTER)).json()
    answer = await patch(coding, told["encounter_id"], {"notes": ["called the patient"], "tags": ["vip"]})
    assert answer.json()["version"] == 2
    assert (await patch(coding, told["encounter_id"], {"tags": ["vip"]})).json()["version"] == 2
    assert await coding.said(EncounterRecoded) == []


async def test_a_coded_encounter_is_never_held_again(coding: Coding) -> None:
    told = (await post(coding, ENCOUNTER)).json()
    answer = await patch(coding, told["encounter_id"], {"diagnoses": []})
    assert (answer.status_code, answer.json()["code"]) == (422, "edits-failed")
    assert answer.json()["errors"][0]["code"] == "diagnosis-missing"
    assert (await get(coding, f"/v1/encounters/{told['encounter_id']}"))["version"] == 1


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"external_id": "other"}, "identity-fixed", "/external_id"),
        ({"colour": "red"}, "invalid-body", "/colour"),
        ({"patient": None}, "invalid-body", "/patient"),
        ({"date_of_service": "2026-02-30"}, "invalid-body", "/date_of_service"),
        ([], "invalid-body", ""),
    ],
)
async def test_a_patch_that_makes_no_encounter(coding: Coding, change: Any, code: str, pointer: str) -> None:
    told = (await post(coding, ENCOUNTER)).json()
    answer = await patch(coding, told["encounter_id"], change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_versions_guard_changes(coding: Coding) -> None:
    told = (await post(coding, ENCOUNTER)).json()
    path = f"/v1/encounters/{told['encounter_id']}"
    async with coding.client(Role.BILLER) as biller:
        assert (await biller.patch(path, json={"tags": []})).status_code == 428
        assert (await biller.patch(path, json={"tags": []}, headers={"If-Match": '"7"'})).status_code == 412
        assert (await biller.get(path)).headers["etag"] == '"1"'


@pytest.mark.parametrize(("changes", "was_coded"), [({}, True), ({"diagnoses": []}, False)])
async def test_cancel(coding: Coding, changes: dict[str, Any], was_coded: bool) -> None:
    told = (await post(coding, document(changes))).json()
    path = f"/v1/encounters/{told['encounter_id']}"
    async with coding.client(Role.BILLER) as biller:
        answer = await biller.post(f"{path}/cancel", json={"reason": "entered for the wrong patient"})
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        again = await biller.post(f"{path}/cancel", json={"reason": "again"})
        assert (again.status_code, again.json()["code"]) == (409, "encounter-state")
        assert "another external id" in again.json()["errors"][0]["fix"]
        changed = await biller.patch(path, json={"tags": ["x"]}, headers={"If-Match": '"2"'})
        assert (changed.status_code, changed.json()["code"]) == (409, "encounter-state")
    (message,) = await coding.said(EncounterCancelled)
    assert (message.data.was_coded, message.sequence) == (was_coded, 2)
    (row,) = (await get(coding, "/v1/reconciliation"))["items"]
    assert (row["state"], row["charge_cents"]) == ("cancelled", 16000 if was_coded else 0)
    assert (await get(coding, "/v1/summary"))["charge_cents"] == 0


async def test_the_same_service_twice_is_held(coding: Coding) -> None:
    first = (await post(coding, ENCOUNTER)).json()
    second = (await post(coding, document(external_id="V-2"))).json()
    assert {reason["edit_id"] for reason in second["reasons"]} == {"service-billed-twice"}
    assert first["encounter_id"] in second["reasons"][0]["message"]
    reason = {"edit_id": "service-billed-twice", "reason": "two visits on one day"}
    answer = await patch(coding, second["encounter_id"], {"overrides": [reason]})
    assert (answer.json()["state"], len(answer.json()["warnings"])) == ("coded", 2)
    other = (await post(coding, document(external_id="V-3", patient={"external_id": "another patient"}))).json()
    assert other["state"] == "coded"


async def test_a_cancelled_twin_is_none(coding: Coding) -> None:
    first = (await post(coding, ENCOUNTER)).json()
    second = (await post(coding, document(external_id="V-2"))).json()
    async with coding.client(Role.EHR) as ehr:
        await ehr.post(f"/v1/encounters/{first['encounter_id']}/cancel", json={"reason": "sent twice"})
    answer = await patch(coding, second["encounter_id"], {"tags": ["kept"]})
    assert answer.json()["state"] == "coded"


async def test_of_two_held_twins_the_first_can_go_on(coding: Coding) -> None:
    first = (await post(coding, document(diagnoses=[]))).json()
    await post(coding, document(external_id="V-2", diagnoses=[]))
    answer = await patch(coding, first["encounter_id"], {"diagnoses": ENCOUNTER["diagnoses"]})
    assert answer.json()["state"] == "coded"


async def test_twins_within_one_batch_are_found(coding: Coding) -> None:
    sent = [document(external_id=f"V-{number}") for number in range(3)]
    sent.append(document(external_id="V-3", patient={"external_id": "another patient"}))
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters/batch", content=b"\n".join(map(orjson.dumps, sent)), headers=LINES)
    assert [result["state"] for result in answer.json()["results"]] == ["coded", "held", "held", "coded"]


async def test_a_batch_is_answered_line_by_line(coding: Coding) -> None:
    bodies = [
        orjson.dumps(another(1)),
        b"",
        orjson.dumps(another(1)),
        orjson.dumps(another(1, tags=["other"])),
        b'{"external_id": ',
        orjson.dumps(another(2, colour="red")),
        orjson.dumps(another(3, diagnoses=[])),
        b'{"external_id": ',
    ]
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters/batch", content=b"\n".join(bodies) + b"\n", headers=LINES)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["accepted"], told["refused"]) == (3, 4)
        assert [(result["line"], result["status"]) for result in told["results"]] == [
            (1, 201), (3, 200), (4, 409), (5, 422), (6, 422), (7, 201), (8, 422),
        ]  # fmt: skip
        problem = told["results"][4]["problem"]
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("invalid-body", "/colour")
        quarantine = (await ehr.get("/v1/raw-inputs")).json()["items"]
        assert len(quarantine) == 3, "the same broken line is kept once, other content of a known encounter too"
        raw = await ehr.get(f"/v1/raw-inputs/{problem['raw_input_id']}")
        assert raw.content == bodies[5]
        kept = await ehr.get(f"/v1/encounters/{told['results'][0]['encounter_id']}/raw")
    assert (kept.content, kept.headers["x-raw-place"]) == (bodies[0], "1")


async def test_thousands_of_lines(coding: Coding) -> None:
    body = b"\n".join(orjson.dumps(another(number)) for number in range(2_000))
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters/batch", content=body, headers=LINES)
        assert (answer.json()["accepted"], answer.json()["refused"]) == (2_000, 0)
        too_many = await ehr.post("/v1/encounters/batch", content=b"{}\n" * 5_001, headers=LINES)
        assert (too_many.status_code, too_many.json()["errors"][0]["code"]) == (422, "too-many-lines")
    assert (await get(coding, "/v1/summary"))["coded"] == 2_000


async def test_the_examples_are_coded(coding: Coding) -> None:
    async with coding.client(Role.EHR) as ehr:
        encounter = await ehr.post("/v1/encounters", content=(EXAMPLES / "encounter.json").read_bytes(),
                                   headers={"content-type": "application/json"})  # fmt: skip
        assert encounter.json()["state"] == "coded"
        bundle = await ehr.post("/v1/encounters", content=(EXAMPLES / "visits.fhir.json").read_bytes(), headers=FHIR)
        assert [entry["response"]["status"] for entry in bundle.json()["entry"]] == ["201 Created"] * 2
        message = await ehr.post("/v1/encounters", content=(EXAMPLES / "visit.hl7").read_bytes(), headers=HL7)
        assert (message.status_code, message.headers["x-encounter-state"]) == (201, "coded")
        assert (await ehr.post("/v1/encounters", json=BUNDLE, headers=FHIR)).status_code == 200
        assert (await ehr.post("/v1/encounters", content=DFT, headers=HL7)).headers["x-encounter-state"] == "coded"
    assert (await get(coding, "/v1/summary"))["coded"] == 6
    assert len(await coding.said(EncounterCoded)) == 6


async def test_lists_have_pages(coding: Coding) -> None:
    for number in range(5):
        await post(coding, another(number, diagnoses=ENCOUNTER["diagnoses"] if number % 2 else []))
    first = await get(coding, "/v1/encounters?limit=3")
    rest = await get(coding, f"/v1/encounters?limit=3&after={first['next']}")
    assert [item["external_id"] for item in first["items"] + rest["items"]] == [f"V-{number}" for number in range(5)]
    assert rest["next"] is None
    assert [item["external_id"] for item in (await get(coding, "/v1/encounters?state=held"))["items"]] == ["V-0", "V-2", "V-4"]
    async with coding.client(Role.CODER) as coder:
        found = (await coder.post("/v1/encounters/search", json={"external_id": "V-3", "state": "coded"})).json()["items"]
        assert [item["external_id"] for item in found] == ["V-3"]
        assert (await coder.post("/v1/encounters/search", json={"external": "V-3"})).status_code == 422
    page = await get(coding, "/v1/worklist?limit=2")
    assert len(page["items"]) == 2
    assert len((await get(coding, f"/v1/worklist?after={page['next']}"))["items"]) == 1
    said = await get(coding, "/v1/reconciliation?limit=4")
    assert [item["charge_cents"] for item in said["items"]] == [0, 16000, 0, 16000]


async def test_the_catalogue_of_edits(coding: Coding) -> None:
    edits = (await get(coding, "/v1/edits"))["edits"]
    told = {
        "edit_id",
        "version",
        "effective_from",
        "effective_to",
        "severity",
        "path",
        "message",
        "fix",
        "source",
        "overridable",
    }
    assert set(edits[0]) == {*told, "overridable"}
    assert len({edit["edit_id"] for edit in edits}) == len(edits)


async def test_units_may_be_numbers_and_lines_keep_their_order(coding: Coding) -> None:
    told = (await post(coding, document(lines=[line(2, units=3), line(1, units="1.5")]))).json()
    assert told["state"] == "coded"
    (message,) = await coding.said(EncounterCoded)
    assert [(each.line_number, each.units) for each in message.data.lines] == [(2, "3"), (1, "1.5")]
