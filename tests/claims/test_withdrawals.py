"""How a claim that a payer holds is taken back: the void goes out, the payer answers it, the charges go, the tasks close."""

import httpx
import pytest

from rcm.contracts.claims import ClaimVoided
from tests.claims.making import Case, Sent, acknowledge, claim_acknowledgement, claim_of, cut, sent, submit, transmit
from tests.claims.test_corrections import patch
from tests.claims.test_encounters import tasks
from tests.support.live import LiveService


async def send_void(biller: httpx.AsyncClient, adapter: httpx.AsyncClient, case: Case) -> Sent:
    """The biller asks for a void, and it leaves the house."""
    answer = await patch(biller, case, frequency="8", payer_claim_control_number="EM2025000117")
    assert answer.json()["state"] == "READY", answer.text
    (submission,) = await cut(biller)
    assert (await transmit(adapter, submission, "inbound/void.837")).status_code == 201
    return await sent(biller, case, submission)


@pytest.mark.parametrize("cancelled_first", [True, False])
async def test_a_paid_claim_is_voided_when_the_payer_takes_its_money_back(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, *, cancelled_first: bool
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    first = each.posted(9000, 2000)
    await claims.deliver(first)
    if cancelled_first:
        await claims.deliver(case.cancelled())
    void = await send_void(biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((void.number, "A2")))
    assert (await claim_of(biller, case))["state"] == "PAYER_ACCEPTED", "its money is not back yet"
    await claims.deliver(each.reversed(first))
    if not cancelled_first:
        claim = await claim_of(biller, case)
        assert (claim["state"], claim["payer_holds"], await claims.said(ClaimVoided)) == ("REVERSED", False, [])
        await claims.deliver(case.cancelled())
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["payer_holds"], claim["insurance_paid_cents"]) == ("VOIDED", False, 0)
    assert len(await claims.said(ClaimVoided)) == 1
    assert [task["state"] for task in await tasks(biller, kind="cancellation")] == ["CLOSED"] * cancelled_first


@pytest.mark.parametrize("denied", [True, False])
async def test_a_void_of_a_claim_that_was_never_paid_needs_the_payers_word_alone(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, *, denied: bool
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    if denied:
        await claims.deliver(each.posted(0, 0, denied="all"))
    await claims.deliver(case.cancelled())
    void = await send_void(biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((void.number, "A1"), by="AY"))
    assert (await claim_of(biller, case))["state"] == "CLEARINGHOUSE_ACCEPTED"
    await acknowledge(adapter, claim_acknowledgement((void.number, "A2")))
    assert (await claim_of(biller, case))["state"] == "VOIDED"
    assert len(await claims.said(ClaimVoided)) == 1
    assert [task["state"] for task in await tasks(biller, kind="cancellation")] == ["CLOSED"]


async def test_a_reversal_before_the_void_leaves_is_known_when_it_has_left(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    first = each.posted(9000, 2000)
    await claims.deliver(first)
    await claims.deliver(case.cancelled())
    assert (await patch(biller, case, frequency="8")).json()["state"] == "READY"
    (submission,) = await cut(biller)
    await claims.deliver(each.reversed(first))
    await transmit(adapter, submission, "inbound/void.837")
    assert (await claim_of(biller, case))["state"] == "VOIDED"


async def test_a_refused_void_changes_nothing(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000))
    await claims.deliver(case.cancelled())
    void = await send_void(biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((void.number, "A7")))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["payer_holds"]) == ("PAYER_REJECTED", True)
    assert [task["state"] for task in await tasks(biller, kind="cancellation")] == ["OPEN"]


async def test_a_replacement_in_a_file_closes_its_task(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    case.charges = (13200, 3900)
    await claims.deliver(case.recoded("/lines"))
    assert [task["state"] for task in await tasks(biller, kind="replacement")] == ["OPEN"]
    assert (await patch(biller, case, frequency="7")).json()["state"] == "READY"
    (submission,) = await cut(biller)
    (task,) = await tasks(biller, kind="replacement")
    assert (task["state"], task["resolution"]) == ("CLOSED", f"It stands in {submission['file_name']}")


async def test_money_for_a_withdrawn_claim_is_a_task_until_it_is_taken_back(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    await claims.deliver(case.cancelled())
    paid = each.posted(9000, 2000)
    await claims.deliver(paid)
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["insurance_paid_cents"]) == ("VOIDED", 11000)
    (task,) = await tasks(biller, kind="payment-after-withdrawal")
    assert (task["state"], task["details"]) == ("OPEN", {"state": "VOIDED", "paid_cents": 11000})
    await claims.deliver(each.reversed(paid))
    (task,) = await tasks(biller, kind="payment-after-withdrawal")
    assert task["state"] == "CLOSED"
