"""Files: what goes into one, when, under which numbers; and what a recorded transmission does."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from claims_svc.main import Settings, build
from rcm.contracts.claims import ClaimHeld, ClaimSubmitted, SubmissionReady
from rcm.contracts.values import Address, Person
from rcm.identity import Role
from rcm.x12.professional_claim import read_professional_claims
from tests.claims.making import NPI, ORGANISATION_BODY, Case, claim_of, cut, payer_body, put, set_up, state_of, submit, transmit
from tests.shared.x12.judge import findings
from tests.support.live import STRANGER, Live, LiveService


async def file_of(client: httpx.AsyncClient, submission: dict[str, Any]) -> bytes:
    answer = await client.get(f"/v1/submissions/{submission['submission_id']}/file")
    assert answer.headers["content-type"] == "application/edi-x12"
    return answer.content


async def test_a_file_waits_for_enough_claims_or_for_its_oldest(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await claims.deliver(case.coded())
    await claims.run_periodics()
    assert await state_of(biller, case) == "READY"
    claims.advance(timedelta(seconds=2))
    await claims.run_periodics()
    assert await state_of(biller, case) == "BATCHED"


async def test_enough_claims_are_a_file_at_once_and_no_file_is_larger_than_it_may_be(live: Live) -> None:
    settings = Settings(submission_claims_wanted=3, submission_claims_max=4)
    async with live(build(settings)) as claims, claims.client(Role.BILLER) as biller:
        await set_up(biller)
        await claims.deliver(*[Case().coded() for _ in range(2)])
        await claims.run_periodics()
        assert await claims.said(SubmissionReady) == []
        await claims.deliver(*[Case().coded() for _ in range(8)])
        await claims.run_periodics()
        assert [ready.data.claim_count for ready in await claims.said(SubmissionReady)] == [4, 4]


async def test_every_kind_of_claim_is_written_as_pyx12_wants_it(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    home = Address(line1="9 Birch Way", city="Springfield", state="IL", postal_code="62701")
    parent = Person(last_name="Garnet", first_name="Otto", birth_date=Case().on.replace(year=1950), sex="M", address=home)
    child = {"relationship": "19", "subscriber": parent, "group_number": "GRP12"}
    cases = [
        Case(),
        Case(coverage_changes=child),
        Case(coverage_changes=child, member_id="ABC000000077"),
        Case(member_id="ABC000000077", charges=(5000,), changes={"authorisation_number": "AUTH1"}),
        Case(payer_id="SBX02", charges=tuple(range(100, 150))),
        Case(changes={"accident": {"kind": "AA", "state": "IL", "occurred_on": "2025-08-01"}}),
        Case(changes={"date_of_service_to": Case().on, "onset_on": Case().on.replace(day=1)}),
    ]
    await claims.deliver(*[case.coded() for case in cases])
    (submission,) = await cut(biller)
    content = await file_of(adapter, submission)
    assert findings(content) == []
    assert (submission["sha256"], submission["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    written = {found.claim.patient_control_number: found for found in read_professional_claims(content)}
    assert len(written) == len(cases) == submission["claim_count"]
    for case in cases:
        claim = await claim_of(biller, case)
        found = written[claim["patient_control_number"]].claim
        assert found.charge_cents == case.charge_cents
        assert found.subscriber.member_id == case.member_id
        assert (found.patient is not None) is bool(case.coverage_changes)
        timeline = (await biller.get(f"/v1/claims/{claim['claim_id']}/timeline")).json()["items"]
        (batched,) = [item for item in timeline if item["kind"] == "batched"]
        segments = "~".join(batched["segments"])
        assert f"CLM*{claim['patient_control_number']}*" in segments
        assert f"*MI*{case.member_id}" in segments
        # By whole segments: a claim's random number can end in "LX".
        names = [segment.partition("*")[0] for segment in batched["segments"]]
        assert (names.count("CLM"), names.count("LX")) == (1, len(case.charges))
        assert segments.count("*23*") == int(bool(case.coverage_changes))


async def test_each_receiver_gets_its_own_file(claims: LiveService, biller: httpx.AsyncClient) -> None:
    await put(biller, "/v1/receivers/OTHERHOUSE", {"name": "Other house"})
    await put(biller, "/v1/payers/SBX02", payer_body("SBX02", receiver_id="OTHERHOUSE"))
    await claims.deliver(Case().coded(), Case(payer_id="SBX02").coded(), Case().coded())
    files = {submission["receiver_id"]: submission for submission in await cut(biller)}
    assert {name: file["claim_count"] for name, file in files.items()} == {"RCMSANDBOX": 2, "OTHERHOUSE": 1}
    assert len({file["control_number"] for file in files.values()}) == 2


async def test_organisations_never_share_a_file(claims: LiveService, biller: httpx.AsyncClient) -> None:
    async with claims.client(Role.BILLER, STRANGER) as stranger:
        await set_up(stranger)
        theirs = Case()
        await claims.deliver(Case().coded())
        await claims.deliver(theirs.coded(), organisation_id=STRANGER)
        claims.advance(timedelta(seconds=3))
        await claims.run_periodics()
        ours = (await biller.get("/v1/submissions")).json()["items"]
        others = (await stranger.get("/v1/submissions")).json()["items"]
        assert [submission["claim_count"] for submission in ours] == [1]
        assert [submission["claim_count"] for submission in others] == [1]
        assert (await biller.get(f"/v1/submissions/{others[0]['submission_id']}/file")).status_code == 404
        assert ours[0]["file_name"] != others[0]["file_name"]


async def test_a_transmission_is_recorded_once(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    assert [(await transmit(adapter, submission)).status_code for _ in range(2)] == [201, 200]
    assert len(await claims.said(ClaimSubmitted)) == 1
    other = await transmit(adapter, submission, "inbound/other.837")
    assert (other.status_code, other.json()["code"]) == (409, "already-transmitted")


async def test_nothing_was_sent_tomorrow(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    await claims.deliver(Case().coded())
    (submission,) = await cut(biller)
    told = {"remote_name": "inbound/x.837", "sha256": submission["sha256"]}
    path = f"/v1/submissions/{submission['submission_id']}/transmissions"
    early = await adapter.post(path, json={**told, "transmitted_at": (claims.clock.now() + timedelta(days=1)).isoformat()})
    assert (early.status_code, early.json()["code"]) == (422, "transmitted-in-future")
    assert early.json()["errors"][0]["pointer"] == "/transmitted_at"
    assert await claims.said(ClaimSubmitted) == []
    skewed = await adapter.post(path, json={**told, "transmitted_at": (claims.clock.now() + timedelta(minutes=5)).isoformat()})
    assert skewed.status_code == 201


async def test_what_was_not_our_file_is_refused(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    body = {"transmitted_at": "2025-09-01T15:00:00Z", "remote_name": "x", "sha256": "0" * 64}
    path = f"/v1/submissions/{submission['submission_id']}/transmissions"
    answer = await adapter.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "sha256-differs")
    assert await state_of(biller, case) == "BATCHED"
    naive = await adapter.post(path, json=body | {"transmitted_at": "2025-09-01T15:00:00"})
    assert naive.json()["errors"][0]["pointer"] == "/transmitted_at"


@pytest.mark.parametrize("lost", ["payer", "provider"])
async def test_events_say_what_the_file_said(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, lost: str
) -> None:
    """The set-up may change between the file and its transmission: ClaimSubmitted is what was written."""
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    if lost == "payer":
        await put(biller, "/v1/payers/SBX01", payer_body("SBX01", name="Renamed"))
    else:
        await put(biller, f"/v1/billing-providers/{NPI}", {"last_name": "Renamed", "tax_id": "999999999"})
    await transmit(adapter, submission)
    (submitted,) = await claims.said(ClaimSubmitted)
    assert (submitted.data.payer_name, submitted.data.billing_tax_id) == ("Evergreen Mutual", "371234567")
    assert submitted.data.charge_cents == case.charge_cents
    assert [line.charge_cents for line in submitted.data.lines] == list(case.charges)
    assert str(submitted.data.submission_id) == submission["submission_id"]


async def test_one_claim_that_can_not_be_written_keeps_no_other_back(claims: LiveService, biller: httpx.AsyncClient) -> None:
    good, bad = Case(), Case(changes={"place_of_service": "1*1"})
    await claims.deliver(good.coded(), bad.coded())
    (submission,) = await cut(biller)
    assert submission["claim_count"] == 1
    claim = await claim_of(biller, bad)
    assert (claim["state"], claim["findings"][0]["edit_id"]) == ("EDIT_FAILED", "not-writable")
    (held,) = await claims.said(ClaimHeld)
    assert str(held.data.claim_id) == claim["claim_id"]
    assert await state_of(biller, good) == "BATCHED"


async def test_a_fault_of_the_envelope_is_no_claims_fault(claims: LiveService, biller: httpx.AsyncClient) -> None:
    await put(biller, "/v1/organisation", ORGANISATION_BODY | {"name": "\u4e2d\u6587"})
    cases = [Case(), Case()]
    await claims.deliver(*[case.coded() for case in cases])
    assert await cut(biller) == []
    for case in cases:
        (finding,) = (await claim_of(biller, case))["findings"]
        assert finding["edit_id"] == "not-writable"
        assert "submitter.name" in finding["message"]
        assert "PUT /v1/organisation" in finding["fix"]
    await put(biller, "/v1/organisation", ORGANISATION_BODY)
    (submission,) = await cut(biller)
    assert submission["claim_count"] == 2


async def test_patient_control_numbers_are_new_each_time(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    cases = [Case() for _ in range(5)]
    sent = await submit(claims, biller, adapter, *cases)
    numbers = {each.number for each in sent}
    assert len(numbers) == 5
    assert all(case.member_id not in number for case, number in zip(cases, numbers, strict=True))


async def test_roles(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    await claims.deliver(Case().coded())
    (submission,) = await cut(biller)
    assert (await transmit(biller, submission)).status_code == 403
    assert (await adapter.post("/v1/submissions")).status_code == 403
    assert (await adapter.get("/v1/claims")).status_code == 403
    assert (await adapter.get(f"/v1/submissions/{submission['submission_id']}")).status_code == 200
