"""What people change: corrections, replacements, voids, resubmissions, overrides; with If-Match, in the right states."""

from typing import Any

import httpx
import pytest

from rcm.contracts.claims import ClaimSubmitted, ClaimVoided
from rcm.x12.professional_claim import read_professional_claims
from tests.claims.making import (
    Case,
    acknowledge,
    claim_acknowledgement,
    claim_of,
    cut,
    payer_body,
    put,
    sent,
    state_of,
    submit,
    transmit,
)
from tests.shared.x12.judge import findings
from tests.support.live import LiveService


async def patch(client: httpx.AsyncClient, case: Case, **changes: Any) -> httpx.Response:
    """A correction by someone who has just read the claim."""
    claim = await claim_of(client, case)
    tag = {"If-Match": f'"{claim["version"]}"'}
    return await client.patch(f"/v1/claims/{claim['claim_id']}", json=changes, headers=tag)


async def test_a_missing_authorisation_is_added(claims: LiveService, biller: httpx.AsyncClient) -> None:
    await put(biller, "/v1/payers/SBX01", payer_body("SBX01", wants_authorisation=True))
    case = Case()
    await claims.deliver(case.coded())
    assert await state_of(biller, case) == "EDIT_FAILED"
    answer = await patch(biller, case, authorisation_number="AUTH77")
    assert (answer.status_code, answer.json()["state"], answer.json()["findings"]) == (200, "READY", [])
    (submission,) = await cut(biller)
    content = (await biller.get(f"/v1/submissions/{submission['submission_id']}/file")).content
    assert b"REF*G1*AUTH77~" in content
    cleared = await patch(biller, case, authorisation_number=None)
    assert (cleared.status_code, cleared.json()["code"]) == (409, "claim-state")


async def test_a_correction_needs_the_version_that_was_read(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(member_id="1")
    await claims.deliver(case.coded())
    claim = await claim_of(biller, case)
    path = f"/v1/claims/{claim['claim_id']}"
    assert (await biller.patch(path, json={"authorisation_number": "A"})).status_code == 428
    stale = await biller.patch(path, json={"authorisation_number": "A"}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"frequency": "2"}, "/frequency"),
        ({"charge_cents": 1}, "/charge_cents"),
        ({"accident": {"kind": "XX"}}, "/accident/kind"),
        ({"overrides": [{"edit_id": "payer-unknown", "reason": "we know it"}]}, "/overrides/0/edit_id"),
        ({"overrides": [{"edit_id": "duplicate-claim", "reason": ""}]}, "/overrides/0/reason"),
    ],
)
async def test_what_can_not_be_corrected_here_is_refused(
    claims: LiveService, biller: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    case = Case(member_id="1")
    await claims.deliver(case.coded())
    answer = await patch(biller, case, **body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_duplicate_is_held_until_a_person_says_why_it_is_none(claims: LiveService, biller: httpx.AsyncClient) -> None:
    first, second = Case(), Case()
    second.member_id = first.member_id
    await claims.deliver(first.coded())
    await claims.deliver(second.coded())
    held = await claim_of(biller, second)
    assert [finding["edit_id"] for finding in held["findings"]] == ["duplicate-claim"]
    assert (await claim_of(biller, first))["claim_id"] in held["findings"][0]["message"]
    answer = await patch(biller, second, overrides=[{"edit_id": "duplicate-claim", "reason": "Two visits, both documented"}])
    assert answer.json()["state"] == "READY"
    assert answer.json()["overrides"][0]["by"]
    assert await state_of(biller, first) == "READY"


async def test_duplicates_of_one_batch_hold_the_later_one(claims: LiveService, biller: httpx.AsyncClient) -> None:
    first, second, other = Case(), Case(), Case()
    second.member_id = first.member_id
    await claims.deliver(first.coded(), second.coded(), other.coded())
    assert [await state_of(biller, case) for case in (first, second, other)] == ["READY", "EDIT_FAILED", "READY"]


async def test_a_voided_claim_is_no_duplicate(claims: LiveService, biller: httpx.AsyncClient) -> None:
    first, second = Case(), Case()
    second.member_id = first.member_id
    await claims.deliver(first.coded(), first.cancelled())
    assert await state_of(biller, first) == "VOIDED"
    await claims.deliver(second.coded())
    assert await state_of(biller, second) == "READY"


async def test_whether_an_encounter_is_billed_is_coding_svcs_to_say(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    claim = await claim_of(biller, case)
    path, body = f"/v1/claims/{claim['claim_id']}/void", {"reason": "Entered twice"}
    refused = await biller.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "encounter-not-cancelled")
    assert (await state_of(biller, case), await claims.said(ClaimVoided)) == ("READY", [])
    (submission,) = await cut(biller)
    await transmit(adapter, submission)
    each = await sent(biller, case, submission)
    first = each.posted(9000, 2000)
    await claims.deliver(first, case.cancelled())
    held = await biller.post(path, json=body)
    assert (held.status_code, held.json()["code"]) == (409, "replacement-needed")
    await claims.deliver(each.reversed(first))
    voided = await biller.post(path, json=body)
    assert (voided.status_code, voided.json()["state"]) == (200, "VOIDED")
    (said,) = await claims.said(ClaimVoided)
    assert (said.data.rank, said.data.reason) == ("P", "Entered twice")
    again = await biller.post(path, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "claim-state")


async def test_a_rejected_claim_is_sent_again_as_it_is(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    path = f"/v1/claims/{each.claim_id}/resubmit"
    body = {"reason": "The payer mended its member file"}
    early = await biller.post(path, json=body)
    assert (early.status_code, early.json()["code"]) == (409, "claim-state")
    await acknowledge(adapter, claim_acknowledgement((each.number, "A4")))
    assert (await biller.post(path, json=body)).json()["state"] == "READY"
    (submission,) = await cut(biller)
    await transmit(adapter, submission)
    again = await sent(biller, case, submission)
    assert again.number != each.number
    assert [message.data.frequency for message in await claims.said(ClaimSubmitted)] == ["1", "1"]
    late = claim_acknowledgement((each.number, "A7"))
    await acknowledge(adapter, late)
    assert await state_of(biller, case) == "SUBMITTED"
    kinds = [item["kind"] for item in (await biller.get(f"/v1/claims/{each.claim_id}/timeline")).json()["items"]]
    assert kinds.count("batched") == kinds.count("submitted") == 2


async def test_what_a_payer_holds_is_replaced_by_its_number(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    refused = await patch(biller, case, authorisation_number="AUTH1")
    assert (refused.status_code, refused.json()["code"]) == (409, "replacement-needed")
    nameless = await patch(biller, case, frequency="7", authorisation_number="AUTH1")
    assert [finding["edit_id"] for finding in nameless.json()["findings"]] == ["original-reference-missing"]
    back = await patch(biller, case, frequency="1")
    assert (back.status_code, back.json()["code"]) == (409, "replacement-needed")
    named = await patch(biller, case, payer_claim_control_number="EM77")
    assert (named.json()["state"], named.json()["original_reference"]) == ("READY", "EM77")
    (submission,) = await cut(biller)
    content = (await biller.get(f"/v1/submissions/{submission['submission_id']}/file")).content
    assert findings(content) == []
    (written,) = [found.claim for found in read_professional_claims(content)]
    assert (written.frequency, written.payer_claim_control_number, written.authorisation_number) == ("7", "EM77", "AUTH1")
    await transmit(adapter, submission)
    posted = each.posted(9000, 2000)
    await claims.deliver(posted)
    assert (await claim_of(biller, case))["insurance_paid_cents"] == 11000
    assert await state_of(biller, case) == "SUBMITTED", "the original's money does not answer the replacement"
    replaced = await sent(biller, case, submission)
    await claims.deliver(replaced.reversed(posted), replaced.posted(10000, 2500))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["insurance_paid_cents"]) == ("PAID", 12500)


async def test_a_payers_own_number_is_used_where_it_is_known(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    answer = await patch(biller, case, frequency="8")
    assert (answer.json()["state"], answer.json()["original_reference"]) == ("READY", "EM2025000117")


async def test_a_rejected_replacement_stays_one(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    await patch(biller, case, frequency="7")
    (submission,) = await cut(biller)
    await transmit(adapter, submission)
    replacement = await sent(biller, case, submission)
    await acknowledge(adapter, claim_acknowledgement((replacement.number, "A7")))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["payer_holds"]) == ("PAYER_REJECTED", True)
    assert (await patch(biller, case, frequency="1", authorisation_number="B2")).json()["code"] == "replacement-needed"
    assert (await patch(biller, case, authorisation_number="B2")).json()["state"] == "READY"


async def test_nothing_changed_is_nothing_done(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    before = await claim_of(biller, case)
    answer = await patch(biller, case)
    assert (answer.json()["state"], answer.json()["version"]) == ("PAYER_REJECTED", before["version"])


async def test_an_idempotency_key_has_one_effect(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    key = {"Idempotency-Key": "resubmit-1"}
    path = f"/v1/claims/{each.claim_id}/resubmit"
    answers = [await biller.post(path, json={"reason": "Their mistake"}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    timeline = (await biller.get(f"/v1/claims/{each.claim_id}/timeline")).json()["items"]
    assert [item["kind"] for item in timeline].count("resubmitted") == 1
