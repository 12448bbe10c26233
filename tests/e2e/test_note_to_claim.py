"""A note comes without codes, a coder accepts what the engine suggests, and the claim follows, down to its 837."""

import httpx
import orjson

import claims_svc.main
import coding_svc.main
from rcm.clock import FixedClock
from rcm.contracts.encounters import EncounterCoded
from rcm.identity import Role
from tests.claims.making import cut, set_up
from tests.coding.conftest import TODAY
from tests.coding.making import document, line
from tests.support.live import Live, LiveService

NOTE = "Follow-up. Assessment: type 2 diabetes and hypertension, stable. Plan: refill lisinopril."

RIGHT = ("E11.9", "I10", "99214")


async def code_from_note(coding: LiveService) -> None:
    """What an EHR and a coder do."""
    uncoded = document(diagnoses=[], notes=[NOTE], lines=[line(procedure="", diagnosis_pointers=[])])
    async with coding.client(Role.EHR) as ehr:
        posted = await ehr.post("/v1/encounters", content=orjson.dumps(uncoded), headers={"content-type": "application/json"})
        assert posted.json()["state"] == "held"
    await coding.run_periodics("read notes")
    async with coding.client(Role.CODER) as coder:
        place = posted.headers["location"]
        told = (await coder.get(f"{place}/suggestions")).json()["suggestions"]
        accept = [
            {"suggestion_id": each["suggestion_id"], "line_number": 1 if each["kind"] == "visit" else None} for each in told
        ]
        answer = await coder.post(f"{place}/codes", json={"accept": accept}, headers={"if-match": posted.headers["etag"]})
        assert answer.json()["state"] == "coded", answer.text


async def claim_files(claims: LiveService, said: EncounterCoded) -> str:
    """What claims-svc makes of the coded encounter: the 837 of its only file."""
    async with claims.client(Role.BILLER) as biller:
        await set_up(biller)
        await claims.deliver(said)
        (submission,) = await cut(biller)
        file: httpx.Response = await biller.get(f"/v1/submissions/{submission['submission_id']}/file")
        return file.text


async def test_a_note_becomes_a_claim(live: Live) -> None:
    clock = FixedClock(TODAY)
    async with live(coding_svc.main.build(coding_svc.main.Settings()), clock=clock) as coding:
        await code_from_note(coding)
        (said,) = await coding.said(EncounterCoded)
    async with live(claims_svc.main.build(claims_svc.main.Settings()), clock=clock) as claims:
        written = await claim_files(claims, said.data)
    assert "HI*ABK:E119*ABF:I10~" in written
    assert "SV1*HC:99214*132*UN*1***1:2~" in written
