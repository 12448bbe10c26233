"""A claim is answered once: what would settle it anew waits for a reversal or a person (decision 0190)."""

from collections.abc import Mapping

import httpx
import pytest
from msgspec.structs import replace

from rcm.contracts.payments import ClaimRemittanceHeld, PatientResponsibilityAssigned
from rcm.x12.remittance import ClaimPayment
from tests.payments.auditing import audit, suspense
from tests.payments.making import Case, check, negated
from tests.payments.test_exits import only
from tests.payments.test_remittances import post, proofs
from tests.support.live import ORGANISATION, LiveService

COPAY = [("CO", "45", 2000), ("PR", "3", 2000)]
DENIED = [("CO", "50", 10000)]


def answer(case: Case, adjustments: list[tuple[str, str, int]] = COPAY) -> ClaimPayment:
    return case.paid(adjustments)


async def sent(payments: LiveService, *, last_payer: bool = True) -> Case:
    case = Case(charges=(10000,))
    await payments.deliver(case.coded(), case.submitted(last_payer=last_payer))
    return case


async def books(payments: LiveService, case: Case) -> Mapping[str, int]:
    """The encounter's balances, audited."""
    found: Mapping[str, int] = (await audit(payments, ORGANISATION))[case.encounter_id]
    return found


@pytest.mark.parametrize("last_payer", [True, False])
async def test_the_same_answer_under_another_check_waits(
    payments: LiveService, biller: httpx.AsyncClient, *, last_payer: bool
) -> None:
    case = await sent(payments, last_payer=last_payer)
    await post(biller, check(answer(case), trace="T1"))
    if not last_payer:
        await payments.deliver(case.completed())
    before = await books(payments, case)
    second = await post(biller, check(answer(case), trace="T2"))
    assert second["remittances"][0]["claims"] == {"unmatched": 1}
    assert await books(payments, case) == before
    assert (before["patient_open"], before["contractual"]) == (2000, 2000)
    assert await suspense(payments, ORGANISATION) == 6000, "the second payment is cash all the same"
    assert (await only(biller))["reason"] == "answered-before"
    [held] = await payments.said(ClaimRemittanceHeld)
    assert (held.data.reason, held.data.paid_cents, held.data.claim_id) == ("answered-before", 6000, case.claim_id)
    assert [each.data.total_cents for each in await payments.said(PatientResponsibilityAssigned)] == [2000]
    await proofs(biller)


async def test_twice_in_one_check_waits_too(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    told = await post(biller, check(answer(case), answer(case)))
    assert told["remittances"][0]["claims"] == {"posted": 1, "unmatched": 1}
    assert (await books(payments, case))["patient_open"] == 2000


async def test_the_reversal_lets_the_waiting_answer_in(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    await post(biller, check(answer(case), trace="T1"))
    await post(biller, check(answer(case, [("CO", "45", 1000), ("PR", "3", 3000)]), trace="T2"))
    assert (await only(biller))["reason"] == "answered-before"
    reversal = negated(answer(case))
    await post(biller, check(reversal, trace="T3", provider_adjustments=[("CS", "", -6000)]))
    assert (await biller.get("/v1/unmatched")).json()["items"] == []
    found = await books(payments, case)
    assert (found["insurance_paid"], found["contractual"], found["patient_open"]) == (6000, 1000, 3000)
    await proofs(biller)


async def test_a_correction_may_stand_before_its_reversal(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    await post(biller, check(answer(case), trace="T1"))
    corrected = answer(case, [("CO", "45", 1000), ("PR", "3", 3000)])
    told = await post(biller, check(corrected, negated(answer(case)), trace="T2"))
    assert told["remittances"][0]["claims"] == {"posted": 1, "reversal": 1}
    assert (await books(payments, case))["patient_open"] == 3000


async def test_what_is_taken_back_already_passes_the_correction(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    corrected = answer(case, [("CO", "45", 1000), ("PR", "3", 3000)])
    await post(biller, check(negated(answer(case)), corrected, trace="T2"))
    await post(biller, check(answer(case), trace="T1"))
    assert (await biller.get("/v1/unmatched")).json()["items"] == []
    assert (await books(payments, case))["patient_open"] == 3000
    assert await suspense(payments, ORGANISATION) == 0


async def test_a_person_may_post_it_all_the_same(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    await post(biller, check(answer(case), trace="T1"))
    await post(biller, check(answer(case, [("CO", "45", 9000)]), trace="T2"))
    waiting = await only(biller)
    again = await biller.post(f"/v1/remittances/{waiting['remittance_id']}/retry")
    assert again.status_code == 200
    assert (await only(biller))["reason"] == "answered-before", "trying again decides nothing"
    path = f"/v1/unmatched/{waiting['unmatched_id']}/match"
    answered = await biller.post(path, json={"claim_id": str(case.claim_id)})
    assert answered.json()["state"] == "posted", answered.text
    assert (await books(payments, case))["insurance_paid"] == 7000
    assert await suspense(payments, ORGANISATION) == 0


async def test_a_payer_may_pay_what_it_denied_and_answer_in_pieces(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = await sent(payments)
    await post(biller, check(answer(case, DENIED), trace="T1"))
    await post(biller, check(answer(case), trace="T2"))
    await post(biller, check(answer(case, DENIED), trace="T3"))
    assert (await biller.get("/v1/unmatched")).json()["items"] == []
    found = await books(payments, case)
    assert (found["insurance_paid"], found["patient_open"], found["insurance_open"]) == (6000, 2000, 0)


CORRECTED = [("CO", "45", 3000)]


@pytest.mark.parametrize("waiting_first", [True, False])
async def test_a_reversal_of_the_answer_that_waits_leaves_the_one_that_stands(
    payments: LiveService, biller: httpx.AsyncClient, *, waiting_first: bool
) -> None:
    """Whichever of two answers is taken back by a check of its own, the other one stands."""
    case = await sent(payments)
    standing, waiting = (COPAY, CORRECTED) if waiting_first else (CORRECTED, COPAY)
    await post(biller, check(answer(case, standing), trace="T1"))
    await post(biller, check(answer(case, waiting), trace="T2"))
    taken = negated(answer(case, waiting))
    await post(biller, check(taken, trace="T3", provider_adjustments=[("CS", "", taken.paid_cents)]))
    assert (await biller.get("/v1/unmatched")).json()["items"] == []
    found = await books(payments, case)
    expected = (6000, 2000, 2000) if waiting_first else (7000, 3000, 0)
    assert (found["insurance_paid"], found["contractual"], found["patient_open"]) == expected
    await proofs(biller)


async def test_an_answer_and_its_reversal_in_one_check_leave_what_stands(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = await sent(payments)
    await post(biller, check(answer(case), trace="T1"))
    told = await post(biller, check(answer(case, CORRECTED), negated(answer(case, CORRECTED)), trace="T2"))
    assert told["remittances"][0]["claims"] == {"reversal": 1, "reversed": 1}
    assert (await books(payments, case))["patient_open"] == 2000
    await proofs(biller)


async def test_the_same_small_answer_under_another_check_waits(payments: LiveService, biller: httpx.AsyncClient) -> None:
    """Twice four tenths of the charge would fit into it, and would be paid twice all the same."""
    case = await sent(payments)
    for trace in ("T1", "T2"):
        await post(biller, check(answer(case, [("CO", "50", 6000)]), trace=trace))
    assert (await only(biller))["reason"] == "answered-before"
    assert (await books(payments, case))["insurance_paid"] == 4000


async def test_a_crossed_over_answer_of_the_second_payer_is_another(payments: LiveService, biller: httpx.AsyncClient) -> None:
    """Medicare forwards (CLP02 19) and the next payer answers as the second (2) under the same number."""
    case = await sent(payments, last_payer=False)
    await post(biller, check(replace(answer(case, [("CO", "45", 2000), ("PR", "2", 2000)]), status="19"), trace="T1"))
    await post(biller, check(replace(answer(case, [("OA", "23", 8000)]), status="2"), trace="T2"))
    assert (await biller.get("/v1/unmatched")).json()["items"] == []
    assert (await books(payments, case))["insurance_paid"] == 8000
