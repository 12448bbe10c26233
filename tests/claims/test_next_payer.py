"""Who is asked next when the coverages change after a payer has answered."""

from typing import Any
from uuid import UUID

import httpx

from rcm.contracts.claims import ClaimSubmitted, PayerSequenceCompleted, PayerSequenceReopened
from tests.claims.making import (
    Case,
    acknowledge,
    claim_acknowledgement,
    claim_of,
    cut,
    sent,
    state_of,
    submit,
    transmit,
)
from tests.claims.test_corrections import patch
from tests.support.live import LiveService


async def turns(claims: LiveService) -> list[str]:
    """What was said of the payers' turns, in the order of their sequence."""
    messages: list[Any] = [*await claims.said(PayerSequenceCompleted), *await claims.said(PayerSequenceReopened)]
    return [type(message.data).__name__ for message in sorted(messages, key=lambda message: message.sequence)]


async def test_a_coverage_removed_after_payment_ends_the_last_turn(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case(second_payer_id="SBX02")
    (each,) = await submit(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000, responsibility=2000))
    assert await turns(claims) == []
    case.second_payer_id = ""
    await claims.deliver(case.recoded("/coverages"))
    assert (await state_of(biller, case), await state_of(biller, case, "S")) == ("PAID", "CLOSED")
    assert await turns(claims) == ["PayerSequenceCompleted"]


async def test_a_coverage_added_after_payment_is_asked_and_one_that_comes_back_too(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000, responsibility=2000))
    expected = ["PayerSequenceCompleted"]
    for _ in range(2):
        case.second_payer_id = "SBX02"
        await claims.deliver(case.recoded("/coverages"))
        second = await claim_of(biller, case, "S")
        assert (second["state"], second["payer_id"]) == ("EDIT_FAILED", "SBX02")
        expected += ["PayerSequenceReopened"]
        assert await turns(claims) == expected
        case.second_payer_id = ""
        await claims.deliver(case.recoded("/coverages"))
        assert await state_of(biller, case, "S") == "CLOSED"
        expected += ["PayerSequenceCompleted"]
        assert await turns(claims) == expected


async def test_a_coverage_added_while_the_last_payer_has_the_claim_is_said_at_once(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """Who took ClaimSubmitted's word that this payer is the last one must hear it, whenever he answers."""
    case, both = Case(), Case(second_payer_id="SBX02")
    each, _ = await submit(claims, biller, adapter, case, both)
    last = {message.data.claim_id: message.data.last_payer for message in await claims.said(ClaimSubmitted)}
    assert [last[UUID((await claim_of(biller, one))["claim_id"])] for one in (case, both)] == [True, False]
    case.second_payer_id = "SBX02"
    await claims.deliver(case.recoded("/coverages"))
    assert await turns(claims) == ["PayerSequenceReopened"]
    await claims.deliver(each.posted(9000, 2000, responsibility=2000))
    assert await turns(claims) == ["PayerSequenceReopened"]
    assert await state_of(biller, case, "S") == "EDIT_FAILED"


async def test_a_coverage_added_while_the_file_waits_is_known_when_it_leaves(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    case.second_payer_id = "SBX02"
    await claims.deliver(case.recoded("/coverages"))
    await transmit(adapter, submission)
    assert [message.data.last_payer for message in await claims.said(ClaimSubmitted)] == [False]
    assert await turns(claims) == []


async def test_a_correction_that_leaves_the_next_payer_a_balance_reopens_the_sequence(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case(second_payer_id="SBX02")
    (each,) = await submit(claims, biller, adapter, case)
    first = each.posted(9000, 2000)
    await claims.deliver(first)
    await claims.deliver(each.reversed(first))
    assert await turns(claims) == ["PayerSequenceCompleted"]
    await claims.deliver(each.posted(8000, 2000, responsibility=3000))
    assert await turns(claims) == ["PayerSequenceCompleted", "PayerSequenceReopened"]
    assert await state_of(biller, case, "S") == "EDIT_FAILED"


async def test_self_pay_after_a_rejection_ends_the_last_turn(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    early, late = Case(), Case()
    first, second = await submit(claims, biller, adapter, early, late)
    early.self_pay = late.self_pay = True
    await claims.deliver(early.recoded("/coverages", "/self_pay"))
    await acknowledge(adapter, claim_acknowledgement((first.number, "A7"), (second.number, "A7")))
    await claims.deliver(late.recoded("/coverages", "/self_pay"))
    assert [await state_of(biller, case) for case in (early, late)] == ["CLOSED", "CLOSED"]
    said = await claims.said(PayerSequenceCompleted)
    assert {message.data.encounter_id for message in said} == {early.encounter_id, late.encounter_id}
    assert (await biller.get("/v1/tasks", params={"state": "OPEN"})).json()["items"] == []


async def test_self_pay_after_a_void_ends_the_last_turn(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await submit(claims, biller, adapter, case)
    answer = await patch(biller, case, frequency="8", payer_claim_control_number="EM2025000117")
    assert answer.json()["state"] == "READY", answer.text
    (submission,) = await cut(biller)
    await transmit(adapter, submission, "inbound/void.837")
    void = await sent(biller, case, submission)
    case.self_pay = True
    await claims.deliver(case.recoded("/coverages", "/self_pay"))
    assert await turns(claims) == []
    await acknowledge(adapter, claim_acknowledgement((void.number, "A2")))
    assert await state_of(biller, case) == "CLOSED"
    assert await turns(claims) == ["PayerSequenceCompleted"]
