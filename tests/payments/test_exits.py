"""How quarantine, holding and waiting end: retry, a corrected file, a match, a named dismissal."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from rcm.contracts.payments import PaymentPosted
from rcm.identity import Role
from rcm.x12.remittance import ClaimPayment
from tests.payments.auditing import audit, suspense
from tests.payments.making import Case, check, negated
from tests.payments.test_remittances import PAID, post, proofs, ready
from tests.support.live import ORGANISATION, STRANGER, LiveService


def unbalanced(claim: ClaimPayment) -> ClaimPayment:
    """The claim with a line whose adjustments don't explain its payment."""
    first, *rest = claim.lines
    return replace(claim, lines=(replace(first, adjustments=first.adjustments[:-1]), *rest))


async def only(client: httpx.AsyncClient) -> dict[str, Any]:
    [item] = (await client.get("/v1/unmatched")).json()["items"]
    found: dict[str, Any] = item
    return found


async def test_a_person_names_the_claim(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID, number="UNKNOWN")))
    path = f"/v1/unmatched/{(await only(biller))['unmatched_id']}"
    assert (await biller.post(f"{path}/match", json={"claim_id": str(case.encounter_id)})).status_code == 404
    async with payments.client(Role.BILLER, STRANGER) as stranger:
        assert (await stranger.post(f"{path}/match", json={"claim_id": str(case.claim_id)})).status_code == 404
        assert (await stranger.post(f"{path}/dismiss", json={"note": "x"})).status_code == 404
    answer = await biller.post(f"{path}/match", json={"claim_id": str(case.claim_id)})
    assert answer.json()["state"] == "posted", answer.text
    assert await suspense(payments, ORGANISATION) == 0
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000
    [posted] = await payments.said(PaymentPosted)
    assert [line.line_number for line in posted.data.lines] == [1, 2]
    assert (await biller.post(f"{path}/match", json={"claim_id": str(case.claim_id)})).status_code == 409
    await proofs(biller)


async def test_a_reversal_can_not_be_matched_to_a_claim_without_a_payment(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    await ready(payments, case)
    reversal = negated(case.paid(*PAID))
    await post(biller, check(reversal, provider_adjustments=[("WO", "", -8000)]))
    path = f"/v1/unmatched/{(await only(biller))['unmatched_id']}/match"
    answer = await biller.post(path, json={"claim_id": str(case.claim_id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "still-waiting")
    assert (await only(biller))["reason"] == "reversal-without-original"


@pytest.mark.parametrize(
    ("exit_", "state"),
    [
        ("superseded", "superseded"),
        ("corrected_file", "corrected"),
        ("posted_by_hand", "posted_by_hand"),
        ("dismissed", "dismissed"),
    ],
)
async def test_named_exits(payments: LiveService, biller: httpx.AsyncClient, exit_: str, state: str) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(unbalanced(case.paid(*PAID))))
    path = f"/v1/unmatched/{(await only(biller))['unmatched_id']}"
    assert (await biller.post(f"{path}/match", json={"claim_id": str(case.claim_id)})).status_code == 409
    assert (await biller.post(f"{path}/dismiss", json={"exit": "nowhere", "note": "x"})).status_code == 422
    assert (await biller.post(f"{path}/dismiss", json={"exit": exit_})).status_code == 422
    answer = await biller.post(f"{path}/dismiss", json={"exit": exit_, "note": "agreed with the payer"})
    assert (answer.json()["state"], answer.json()["note"]) == (state, "agreed with the payer")
    assert (await biller.post(f"{path}/dismiss", json={"exit": exit_, "note": "x"})).status_code == 409
    assert await suspense(payments, ORGANISATION) == 8000, "cash that came does not vanish"
    quarantined = await post(biller, check(case.paid(*PAID), trace="T2", payment_cents=1))
    place = f"/v1/remittances/{quarantined['remittance_id']}"
    assert (await biller.post(f"{place}/retry")).json()["state"] == "quarantined"
    answer = await biller.post(f"{place}/dismiss", json={"exit": exit_, "note": "n"})
    assert answer.json()["state"] == state
    assert (await biller.post(f"{place}/dismiss", json={"exit": exit_, "note": "n"})).status_code == 409
    assert (await biller.post(f"{place}/retry")).status_code == 409


async def test_a_corrected_file_mends_what_is_held(payments: LiveService, biller: httpx.AsyncClient) -> None:
    good, bad = Case(), Case()
    await ready(payments, good, bad)
    first = await post(biller, check(good.paid(*PAID), unbalanced(bad.paid(*PAID))))
    second = await post(biller, check(good.paid(*PAID), bad.paid(*PAID)))
    assert second["remittances"][0]["reasons"] == ["same-check-other-content"]
    answer = (await biller.post(f"/v1/remittances/{second['remittance_id']}/retry")).json()
    assert answer["state"] == "corrected", answer
    assert (await biller.get(f"/v1/remittances/{first['remittance_id']}")).json()["claims"] == {"posted": 2}
    assert await suspense(payments, ORGANISATION) == 0
    assert (await audit(payments, ORGANISATION))[bad.encounter_id]["insurance_paid"] == 8000
    [proof] = await proofs(biller)
    assert proof["posted_cents"] == 16000


async def test_a_corrected_file_may_not_change_what_is_posted(payments: LiveService, biller: httpx.AsyncClient) -> None:
    good, bad = Case(), Case()
    await ready(payments, good, bad)
    await post(biller, check(good.paid(*PAID), unbalanced(bad.paid(*PAID))))
    changed = good.paid([("CO", "45", 4000)], [("CO", "45", 500)])
    second = await post(biller, check(changed, bad.paid(*PAID), payment_cents=16000))
    path = f"/v1/remittances/{second['remittance_id']}/retry"
    answer = await biller.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "posted-claims-differ")
    assert await suspense(payments, ORGANISATION) == 8000


async def test_a_better_content_takes_the_place_of_one_that_was_never_posted(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    await ready(payments, case)
    first = await post(biller, check(case.paid([("CO", "45", 1000)], []), payment_cents=8000))
    assert first["remittances"][0]["reasons"] == ["transaction-unbalanced"]
    second = await post(biller, check(case.paid(*PAID)))
    answer = (await biller.post(f"/v1/remittances/{second['remittance_id']}/retry")).json()
    assert answer["state"] == "posted"
    assert (await biller.get(f"/v1/remittances/{first['remittance_id']}")).json()["state"] == "superseded"
    assert (await post(biller, check(case.paid(*PAID)), control_number=9))["status"] == 200
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000


async def test_retry_of_a_posted_check_looks_at_its_unmatched(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    answer = await post(biller, check(case.paid(*PAID, number="UNKNOWN"), unbalanced(case.paid(*PAID))))
    again = (await biller.post(f"/v1/remittances/{answer['remittance_id']}/retry")).json()
    assert again["claims"] == {"held": 1, "unmatched": 1}
    assert (await biller.post("/v1/remittances/0198f5d0-5c00-7000-8000-0000000000ff/retry")).status_code == 404
