"""What payments-svc says: paid, denied, taken back; and who is asked next."""

import random

import httpx
import pytest

from rcm.contracts.claims import ClaimHeld, PayerSequenceCompleted
from rcm.contracts.payments import PaymentPosted, PaymentReversed
from rcm.ids import new_id
from tests.claims.making import Case, Sent, acknowledge, claim_acknowledgement, claim_of, cut, state_of, submit
from tests.support.live import LiveService


async def one(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, case: Case) -> Sent:
    (each,) = await submit(claims, biller, adapter, case)
    return each


async def test_a_full_deductible_is_paid_and_goes_to_the_patient(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    await claims.deliver(each.posted(0, 0, responsibility=13200, reason="1"))
    assert await state_of(biller, case) == "PAID"
    assert len(await claims.said(PayerSequenceCompleted)) == 1
    assert (await biller.get("/v1/tasks")).json()["items"] == []


async def test_a_denial_is_a_task_and_ends_the_turn_all_the_same(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    posted = each.posted(0, 0, denied="all")
    await claims.deliver(posted, each.denial(posted))
    assert await state_of(biller, case) == "DENIED"
    (task,) = (await biller.get("/v1/tasks", params={"kind": "denial"})).json()["items"]
    assert (task["title"], task["details"]["reasons"][0]["reason"]) == ("Denied: authorisation", "197")
    assert len(await claims.said(PayerSequenceCompleted)) == 1
    partition = (await biller.get("/v1/summary")).json()["partition"]
    assert partition == {"submitted": 1, "rejected": 0, "paid": 0, "denied": 1, "open": 0}
    await claims.deliver(each.reversed(posted))
    assert await state_of(biller, case) == "REVERSED"
    assert [task["state"] for task in (await biller.get("/v1/tasks")).json()["items"]] == ["CLOSED"]


async def test_denied_lines_are_partly_paid(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 0, denied="lines", denied_lines=[2]))
    assert await state_of(biller, case) == "PARTIALLY_PAID"
    assert (await biller.get("/v1/summary")).json()["partition"]["paid"] == 1


async def test_the_turn_ends_when_every_line_is_answered(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000))
    assert await state_of(biller, case) == "PARTIALLY_PAID"
    assert await claims.said(PayerSequenceCompleted) == []
    second = each.posted(9000, 2000)
    rest = second.model_copy(update={"lines": second.lines[1:], "charge_cents": 2900, "paid_cents": 2000})
    await claims.deliver(rest)
    assert await state_of(biller, case) == "PAID"
    assert len(await claims.said(PayerSequenceCompleted)) == 1


async def test_a_reversal_and_its_correction_say_it_again(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    first = each.posted(9000, 2000, responsibility=2000)
    await claims.deliver(first)
    await claims.deliver(each.reversed(first))
    assert await state_of(biller, case) == "REVERSED"
    assert (await claim_of(biller, case))["insurance_paid_cents"] == 0
    await claims.deliver(each.posted(8000, 2000, responsibility=3000))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["insurance_paid_cents"]) == ("PAID", 10000)
    completed = await claims.said(PayerSequenceCompleted)
    assert [message.data.encounter_id for message in completed] == [case.encounter_id] * 2
    assert completed[0].sequence < completed[1].sequence


async def test_reversal_and_correction_in_one_batch(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    first = each.posted(9000, 2000)
    remittance = new_id()
    taken = each.reversed(first).model_copy(update={"remittance_id": remittance})
    await claims.deliver(first, taken, each.posted(8000, 2000, remittance_id=remittance))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["insurance_paid_cents"]) == ("PAID", 10000)


async def test_the_next_payers_claim_is_made_and_held(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case(second_payer_id="SBX02")
    each = await one(claims, biller, adapter, case)
    first = each.posted(9000, 2000, responsibility=2000)
    await claims.deliver(first)
    assert await claims.said(PayerSequenceCompleted) == []
    second = await claim_of(biller, case, "S")
    assert (second["state"], second["payer_id"]) == ("EDIT_FAILED", "SBX02")
    assert [finding["edit_id"] for finding in second["findings"]] == ["coordination-of-benefits"]
    (held,) = await claims.said(ClaimHeld)
    assert held.data.rank == "S"
    await claims.deliver(each.reversed(first), each.posted(8000, 2000, responsibility=3000))
    assert len((await biller.get("/v1/claims")).json()["items"]) == 2, "it is made once"
    assert await cut(biller) == []


async def test_a_next_coverage_that_is_not_active_or_not_needed_is_not_asked(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case(second_payer_id="SBX02")
    each = await one(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000))
    assert len(await claims.said(PayerSequenceCompleted)) == 1, "nothing is left to pay"
    assert len((await biller.get("/v1/claims")).json()["items"]) == 1


async def test_money_before_its_claim_waits_for_it(claims: LiveService, biller: httpx.AsyncClient) -> None:
    stray = PaymentPosted(
        claim_id=new_id(),
        encounter_id=new_id(),
        remittance_id=new_id(),
        patient_control_number="X1",
        status_code="1",
        charge_cents=100,
        paid_cents=100,
    )
    await claims.deliver(stray)
    rows = await claims.rows("select state, kind, awaited_id from parked_message")
    assert [tuple(row) for row in rows] == [("waiting", "claim", stray.claim_id)]


async def test_money_that_comes_without_any_acknowledgement(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000))
    await acknowledge(adapter, claim_acknowledgement((each.number, "A1"), by="AY"))
    assert await state_of(biller, case) == "PAID"


async def test_money_for_a_rejected_claim_that_was_about_to_go_again_stops_it(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    each = await one(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    body = {"reason": "We think they are wrong"}
    assert (await biller.post(f"/v1/claims/{each.claim_id}/resubmit", json=body)).json()["state"] == "READY"
    await claims.deliver(each.posted(9000, 2000))
    assert await state_of(biller, case) == "PAID"
    assert await cut(biller) == []


async def test_the_same_events_twice_and_many_at_once_change_nothing(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    cases = [Case() for _ in range(20)]
    sents = await submit(claims, biller, adapter, *cases)
    events: list[PaymentPosted | PaymentReversed] = []
    expected = {}
    for place, each in enumerate(sents):
        first = each.posted(9000 - place, 2000, responsibility=2000)
        events.append(first)
        expected[str(each.claim_id)] = 11000 - place
        if place % 4 == 0:
            events += [each.reversed(first), each.posted(5000, 1000)]
            expected[str(each.claim_id)] = 6000
    messages = [claims.message(event) for event in events]
    await claims.redeliver(messages)
    dice = random.Random(3)
    again = list(messages)
    dice.shuffle(again)
    await claims.redeliver(again)
    found = {}
    page = (await biller.get("/v1/reconciliation")).json()
    for item in page["items"]:
        found[item["claim_id"]] = item["insurance_paid_cents"]
    assert found == expected
    assert (await biller.get("/v1/summary")).json()["claims"] == {"PAID": 20}
    assert len(await claims.said(PayerSequenceCompleted)) == 25, "once each, and once more after each of the five reversals"


@pytest.mark.parametrize("limit", [1, 2])
async def test_reconciliation_is_a_page(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, limit: int
) -> None:
    cases = [Case() for _ in range(3)]
    await claims.deliver(*[case.coded() for case in cases])
    found, after = [], None
    while True:
        params = {"limit": str(limit)} | ({"after": after} if after else {})
        page = (await biller.get("/v1/reconciliation", params=params)).json()
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert {item["encounter_id"] for item in found} == {str(case.encounter_id) for case in cases}
    assert {item["charge_cents"] for item in found} == {16100}
