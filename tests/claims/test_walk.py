"""The way of a claim: coded, in a file, acknowledged, paid; and its neighbours that are not."""

import httpx

from rcm.contracts.claims import (
    ClaimAccepted,
    ClaimHeld,
    ClaimRejected,
    ClaimSubmitted,
    PayerSequenceCompleted,
    SubmissionReady,
)
from tests.claims.making import (
    Case,
    acknowledge,
    claim_acknowledgement,
    claim_of,
    cut,
    functional,
    state_of,
    submit,
    ta1,
    transmit,
)
from tests.shared.x12.judge import findings
from tests.support.live import LiveService


async def test_a_clean_claim_goes_from_encounter_to_money(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    assert await state_of(biller, case) == "READY"
    (submission,) = await cut(biller)
    assert await state_of(biller, case) == "BATCHED"
    (ready,) = await claims.said(SubmissionReady)
    assert str(ready.data.submission_id) == submission["submission_id"]
    content = (await adapter.get(f"/v1/submissions/{submission['submission_id']}/file")).content
    assert findings(content) == []
    assert (await transmit(adapter, submission)).status_code == 201
    claim = await claim_of(biller, case)
    assert claim["state"] == "SUBMITTED"
    (submitted,) = await claims.said(ClaimSubmitted)
    assert submitted.data.patient_control_number == claim["patient_control_number"]
    assert [line.line_number for line in submitted.data.lines] == [1, 2]
    assert f"CLM*{claim['patient_control_number']}*161*".encode() in content

    for content in (ta1(submission), functional(submission)):
        assert (await acknowledge(adapter, content))["state"] == "APPLIED"
    assert await state_of(biller, case) == "SUBMITTED"
    await acknowledge(adapter, claim_acknowledgement((claim["patient_control_number"], "A1"), by="AY"))
    assert await state_of(biller, case) == "CLEARINGHOUSE_ACCEPTED"
    await acknowledge(adapter, claim_acknowledgement((claim["patient_control_number"], "A2")))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["payer_claim_control_number"]) == ("PAYER_ACCEPTED", "EM2025000117")
    assert [message.data.by for message in await claims.said(ClaimAccepted)] == ["clearinghouse", "payer"]


async def test_money_ends_the_payers_turn(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    case = Case()
    (sent,) = await submit(claims, biller, adapter, case)
    await claims.deliver(sent.posted(9000, 2000, responsibility=2000))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["insurance_paid_cents"]) == ("PAID", 11000)
    (completed,) = await claims.said(PayerSequenceCompleted)
    assert completed.data.encounter_id == case.encounter_id
    assert completed.data.claim_ids == (sent.claim_id,)
    summary = (await biller.get("/v1/summary")).json()
    assert summary["partition"] == {"submitted": 1, "rejected": 0, "paid": 1, "denied": 0, "open": 0}
    assert summary["claims"] == {"PAID": 1}


async def test_a_rejected_claim_is_corrected_and_sent_again(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (sent,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((sent.number, "A7")))
    assert await state_of(biller, case) == "PAYER_REJECTED"
    (rejected,) = await claims.said(ClaimRejected)
    assert (rejected.data.by, rejected.data.status_category) == ("277CA", "A7")
    case.member_id = "ABC999999999"
    await claims.deliver(case.recoded("/coverages/0/member_id"))
    assert await state_of(biller, case) == "READY"
    (again,) = await cut(biller)
    await transmit(adapter, again)
    claim = await claim_of(biller, case)
    assert claim["patient_control_number"] != sent.number
    assert [place["frequency"] for place in claim["submissions"]] == ["1", "1"]
    assert (claim["state"], claim["submission_count"]) == ("SUBMITTED", 2)


async def test_what_is_missing_holds_the_claim_until_it_is_there(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(payer_id="NEWPAY")
    await claims.deliver(case.coded())
    claim = await claim_of(biller, case)
    assert claim["state"] == "EDIT_FAILED"
    assert [finding["edit_id"] for finding in claim["findings"]] == ["payer-unknown"]
    (held,) = await claims.said(ClaimHeld)
    assert held.data.edits[0].fix.startswith("Set the payer up")
    from tests.claims.making import NPI, payer_body, put

    await put(biller, "/v1/payers/NEWPAY", payer_body("NEWPAY"))
    await put(biller, f"/v1/enrolments/NEWPAY/{NPI}", {"enrolled": True})
    await claims.run_periodics()
    assert await state_of(biller, case) == "READY"
