"""What can't be taken: a named refusal that says where and how to mend it, kept in the quarantine; never a 5xx."""

import json
from typing import Any

import orjson
import pytest

from coding_svc.api.documents import BUNDLE, DFT
from coding_svc.edi import reading
from coding_svc.edi.parcel import Form, Parcel, Raw, Refused
from coding_svc.views.encounters import ENCOUNTER
from rcm.errors import InvalidBody
from rcm.identity import Role
from tests.coding.conftest import Coding
from tests.coding.making import document, line

JSON, FHIR, HL7 = "application/json", "application/fhir+json", "application/hl7-v2"
TEXT = orjson.dumps(ENCOUNTER)


def _without(segment: str) -> str:
    return "".join(f"{each}\r" for each in DFT.split("\r") if each and not each.startswith(segment))


BROKEN_JSON: list[tuple[bytes, str, str]] = [
    (b"", "json_invalid", ""),
    (b"{", "json_invalid", ""),
    (TEXT[:-20], "json_invalid", ""),
    (b"[" * 100_000, "json_invalid", ""),
    (b"\xff\xfe" + ENCOUNTER["external_id"].encode("utf-16-le"), "json_invalid", ""),
    (b"null", "model_type", ""),
    (b"[]", "model_type", ""),
    (b"{}", "missing", "/external_id"),
    (orjson.dumps(document(colour="red")), "extra_forbidden", "/colour"),
    (orjson.dumps(document(patient={"nick": "G"})), "extra_forbidden", "/patient/nick"),
    (orjson.dumps(document(external_id="")), "string_too_short", "/external_id"),
    (orjson.dumps(document(external_id="x" * 121)), "string_too_long", "/external_id"),
    (orjson.dumps(document(external_id=7)), "string_type", "/external_id"),
    (orjson.dumps(document(date_of_service="2026-02-30")), "date_parsing", "/date_of_service"),
    (orjson.dumps(document(date_of_service="03/02/2026")), "date_parsing", "/date_of_service"),
    (orjson.dumps(document(date_of_service=20260302)), "date_type", "/date_of_service"),
    (orjson.dumps(document(patient={"birth_date": "1984"})), "date_parsing", "/patient/birth_date"),
    (orjson.dumps(document(lines=[line(charge_cents=-1)])), "greater_than_equal", "/lines/0/charge_cents"),
    (orjson.dumps(document(lines=[line(charge_cents=10**13)])), "less_than_equal", "/lines/0/charge_cents"),
    (orjson.dumps(document(lines=[line(charge_cents=132.5)])), "int_type", "/lines/0/charge_cents"),
    (orjson.dumps(document(lines=[line(charge_cents="132")])), "int_type", "/lines/0/charge_cents"),
    (orjson.dumps(document(lines=[line(units="many")])), "string_pattern_mismatch", "/lines/0/units"),
    (orjson.dumps(document(lines=[line(units="-1")])), "string_pattern_mismatch", "/lines/0/units"),
    (orjson.dumps(document(lines=[line(units=True)])), "string_type", "/lines/0/units"),
    (orjson.dumps(document(lines=[line(unit="KG")])), "literal_error", "/lines/0/unit"),
    (orjson.dumps(document(lines={})), "tuple_type", "/lines"),
    (orjson.dumps(document(self_pay="yes")), "bool_type", "/self_pay"),
    (orjson.dumps(document(coverages=[{"rank": "Q"}])), "literal_error", "/coverages/0/rank"),
    (orjson.dumps(document(patient={"last_name": "a\u0000b"})), "string_pattern_mismatch", "/patient/last_name"),
    (orjson.dumps(document(patient={"last_name": "a\u0007b"})), "string_pattern_mismatch", "/patient/last_name"),
    (TEXT.replace(b'"Greta"', b'"\\ud800"'), "json_invalid", ""),
    (TEXT.replace(b"13200", b"NaN"), "int_type", "/lines/0/charge_cents"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "pointer"), BROKEN_JSON, ids=[f"{n}-{c}" for n, (_, c, _) in enumerate(BROKEN_JSON)])
async def test_json(coding: Coding, body: bytes, code: str, pointer: str) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers={"content-type": JSON})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        problem = answer.json()
        assert (code, pointer) in [(error["code"], error["pointer"]) for error in problem["errors"]], problem
        assert all(error["message"] for error in problem["errors"])
        kept = await ehr.get(f"/v1/raw-inputs/{problem['raw_input_id']}")
        assert kept.content == body
        (waiting,) = (await ehr.get("/v1/raw-inputs")).json()["items"]
        assert (waiting["raw_input_id"], waiting["state"], waiting["bytes"]) == (problem["raw_input_id"], "open", len(body))


async def test_no_refusal_repeats_what_was_sent(coding: Coding) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", json=document(patient={"last_name": "Secret\u0007Name"}))
    assert "Secret" not in answer.text


async def test_a_byte_order_mark_is_passed_over(coding: Coding) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=b"\xef\xbb\xbf" + TEXT, headers={"content-type": JSON})
        assert answer.json()["state"] == "coded"
        answer = await ehr.post("/v1/encounters", content=b"\xef\xbb\xbf" + DFT.encode(), headers={"content-type": HL7})
        assert answer.headers["x-encounter-state"] == "coded"


async def test_another_media_type(coding: Coding) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=b"<a/>", headers={"content-type": "application/xml"})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
        answer = await ehr.post("/v1/encounters/batch", content=TEXT, headers={"content-type": HL7})
        assert answer.status_code == 415


BROKEN_HL7: list[tuple[str, str, str, str]] = [
    ("hello", "AR", "hl7-header", "segment 1"),
    (DFT[: len(DFT) // 2], "AE", "hl7-truncated", "segment 4 (PV1)"),
    (DFT[:-1], "AE", "hl7-truncated", "segment 7 (IN1)"),
    (DFT.replace("DFT^P03^DFT_P03", "ADT^A01"), "AR", "hl7-unsupported", "MSH-9"),
    (DFT.replace("|MSG00042|", "||"), "AE", "hl7-control-id", "MSH-10"),
    (_without("PID"), "AE", "hl7-no-patient", "PID"),
    (_without("FT1"), "AE", "hl7-no-charge", "FT1"),
    (_without("PV1"), "AE", "hl7-visit-number", "PV1-19"),
    (DFT.replace("132.00", "-132.00"), "AE", "negative-charge", "FT1[1]-11"),
    (DFT.replace("132.00", "12x"), "AE", "not-money", "FT1[1]-11"),
    (DFT.replace("132.00", "1.234"), "AE", "not-money", "FT1[1]-11"),
    (DFT.replace("|CG|", "|CD|"), "AE", "hl7-transaction-type", "FT1[1]-6"),
    (DFT.replace("19790521", "19791321"), "AE", "date_parsing", "PID-7"),
    (DFT.replace("|1|||20260302|", "|1|||2026|"), "AE", "date_parsing", "FT1[1]-4"),
    (DFT.replace("DG1|1", "bad segment"), "AE", "hl7-segment", "segment 6"),
    (DFT.replace("P-2051", "x" * 130), "AE", "string_too_long", "PID-3"),
    ("MSH|\r", "AR", "hl7-header", "segment 1"),
    ("MSH|||||||||\r", "AR", "hl7-delimiters", "MSH-2"),
    ("MSH|^^^^|A\r", "AR", "hl7-delimiters", "MSH-2"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "acknowledgement", "code", "place"), BROKEN_HL7, ids=[c for _, _, c, _ in BROKEN_HL7])
async def test_hl7(coding: Coding, body: str, acknowledgement: str, code: str, place: str) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body.encode(), headers={"content-type": HL7})
        assert answer.status_code == 422
        header, msa, *errors = answer.text.split("\r")[:-1]
        assert header.startswith("MSH|^~\\&|")
        assert msa.split("|")[1] == acknowledgement
        assert (code, place) in [(error.split("|")[5], error.split("|")[7]) for error in errors], answer.text
        assert all(error.split("|")[4] == "E" for error in errors)
        kept = await ehr.get(f"/v1/raw-inputs/{answer.headers['x-raw-input']}")
        assert kept.content == body.encode()


async def test_another_message_is_told_by_hl7s_own_code(coding: Coding) -> None:
    """An engine routes by table 0357: "internal error" would be sent again and again."""
    async with coding.client(Role.EHR) as ehr:
        body = DFT.replace("DFT^P03^DFT_P03", "ADT^A01").encode()
        answer = await ehr.post("/v1/encounters", content=body, headers={"content-type": HL7})
    error = answer.text.split("\r")[2]
    assert error.split("|")[3] == "200^Unsupported message type^HL70357"


async def test_a_dates_fix_is_hl7s(coding: Coding) -> None:
    """Who is told to write 1979-05-21 into PID-7 is refused again."""
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post(
            "/v1/encounters", content=DFT.replace("19790521", "19791321").encode(), headers={"content-type": HL7}
        )
    (error,) = [found for found in answer.text.split("\r") if "date_parsing" in found]
    assert error.endswith("Write the date as YYYYMMDD.")


def _bundle(**changes: Any) -> bytes:
    return orjson.dumps({**BUNDLE, **changes})


def _claim(**changes: Any) -> bytes:
    entries = [
        {"resource": {**entry["resource"], **changes}} if entry["resource"]["resourceType"] == "Claim" else entry
        for entry in BUNDLE["entry"]
    ]
    return _bundle(entry=entries)


def _item(**changes: Any) -> bytes:
    (item,) = BUNDLE["entry"][-1]["resource"]["item"]
    return _claim(item=[{**item, **changes}])


BROKEN_FHIR: list[tuple[bytes, str, str]] = [
    (b"", "json_invalid", "Bundle"),
    (b'{"resourceType": "Bundle"', "json_invalid", "Bundle"),
    (b"[" * 100_000, "json_invalid", "Bundle"),
    (b'{"resourceType": "Bundle", "type": "batch", "x": NaN}', "json_invalid", "Bundle"),
    (b'{"a": "\xff"}', "json_invalid", "Bundle"),
    (b"[]", "fhir-no-bundle", "Bundle.resourceType"),
    (b'{"resourceType": "Patient"}', "fhir-no-bundle", "Bundle.resourceType"),
    (_bundle(type="history"), "fhir-bundle-type", "Bundle.type"),
    (_bundle(entry=[]), "fhir-no-encounter", "Bundle.entry"),
    (_bundle(entry="x"), "fhir-no-encounter", "Bundle.entry"),
    (_bundle(entry=[{"resource": {"resourceType": "Encounter"}}]), "missing", "Bundle.entry[0].resource.id"),
    (_item(net={"value": -1}), "negative-charge", "Bundle.entry[5].resource.item[0].net"),
    (_item(net={"value": 0.001}), "not-money", "Bundle.entry[5].resource.item[0].net"),
    (_item(net={"value": "lots"}), "not-money", "Bundle.entry[5].resource.item[0].net"),
    (_item(servicedDate="2026-02-30"), "date_parsing", "Bundle.entry[5].resource.item[0].serviced"),
    (_bundle(type=[]), "fhir-bundle-type", "Bundle.type"),
    (_item(net={"value": 0}).replace(b'"value":0', b'"value":1e99999'), "not-money", "Bundle.entry[5].resource.item[0].net"),
    (
        _item(net=None, unitPrice={"value": 7}, quantity={"value": 8})
        .replace(b":7", b":9e999999")
        .replace(b":8", b":9e999999"),
        "not-money",
        "Bundle.entry[5].resource.item[0].net",
    ),
    (_claim(diagnosis=[], created="x").replace(b'"Mina"', b'"\\ud800"'), "half-character", "V-10061"),
    (_item(quantity={"value": -2}), "string_pattern_mismatch", "Bundle.entry[5].resource.item[0].quantity.value"),
]


@pytest.mark.parametrize(("body", "code", "place"), BROKEN_FHIR, ids=[f"{n}-{c}" for n, (_, c, _) in enumerate(BROKEN_FHIR)])
async def test_fhir(coding: Coding, body: bytes, code: str, place: str) -> None:
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers={"content-type": FHIR})
        assert (answer.status_code, answer.headers["content-type"]) == (422, FHIR)
        outcome = json.loads(answer.text)
        assert outcome["resourceType"] == "OperationOutcome"
        told = [(issue["details"]["coding"][0]["code"], issue["expression"][0]) for issue in outcome["issue"]]
        assert (code, place) in told, outcome
        assert (await ehr.get(f"/v1/raw-inputs/{answer.headers['x-raw-input']}")).content == body


async def test_one_bad_encounter_of_a_bundle_is_refused_by_itself(coding: Coding) -> None:
    bad = {"resource": {"resourceType": "Encounter", "id": "V-bad", "status": "planned"}}
    body = _bundle(entry=[*BUNDLE["entry"], bad])
    async with coding.client(Role.EHR) as ehr:
        answer = await ehr.post("/v1/encounters", content=body, headers={"content-type": FHIR})
        assert answer.status_code == 200
        assert [entry["response"]["status"][:3] for entry in answer.json()["entry"]] == ["201", "422"]
        issues = answer.json()["entry"][1]["response"]["outcome"]["issue"]
        assert issues[0]["expression"] == ["Bundle.entry[6].resource.status"]
        (waiting,) = (await ehr.get("/v1/raw-inputs")).json()["items"]
        assert waiting["errors"][0]["code"] == "fhir-encounter-status"


async def test_what_is_quarantined_is_tried_again_or_dismissed(coding: Coding) -> None:
    broken = orjson.dumps(document(colour="red"))
    async with coding.client(Role.EHR) as ehr, coding.client(Role.BILLER) as biller:
        first = await ehr.post("/v1/encounters", content=broken, headers={"content-type": JSON})
        kept = first.json()["raw_input_id"]
        again = await ehr.post("/v1/encounters", content=broken, headers={"content-type": JSON})
        assert again.json()["raw_input_id"] == kept, "the same body is kept once"
        retried = await biller.post(f"/v1/raw-inputs/{kept}/retry")
        assert (retried.status_code, retried.json()["raw_input_id"]) == (422, kept)
        (waiting,) = (await biller.get("/v1/raw-inputs")).json()["items"]
        assert waiting["attempts"] == 3
        dismissed = await biller.post(f"/v1/raw-inputs/{kept}/dismiss")
        assert dismissed.json()["state"] == "dismissed"
        refused = await biller.post(f"/v1/raw-inputs/{kept}/retry")
        assert (refused.status_code, refused.json()["code"]) == (409, "not-quarantined")
        assert (await biller.get("/v1/raw-inputs")).json()["items"] == []
        assert (await biller.get(f"/v1/raw-inputs/{kept}")).content == broken


async def test_a_quarantined_body_that_can_be_read_now_is_taken(coding: Coding, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an update of the reader."""

    def unable(body: bytes) -> Parcel:
        raw = Raw.of(Form.JSON, body)
        return Parcel(Form.JSON, [Refused(InvalidBody("not yet"), raw)])

    async with coding.client(Role.EHR) as ehr:
        with monkeypatch.context() as patched:
            patched.setitem(reading._READERS, Form.JSON, unable)
            first = await ehr.post("/v1/encounters", content=TEXT, headers={"content-type": JSON})
        assert first.status_code == 422
        kept = first.json()["raw_input_id"]
        answer = await ehr.post(f"/v1/raw-inputs/{kept}/retry")
        assert (answer.status_code, answer.json()["state"]) == (201, "coded")
        (taken,) = (await ehr.get("/v1/raw-inputs?state=taken")).json()["items"]
        assert (taken["raw_input_id"], taken["attempts"]) == (kept, 2)
