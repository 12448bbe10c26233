"""What coding-svc says later: corrections and cancellations, in every state of the claim."""

import httpx
import pytest

from claims_svc.domain.states import State
from rcm.contracts.claims import ClaimHeld, ClaimSubmitted, ClaimVoided
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
from tests.support.live import LiveService


async def tasks(client: httpx.AsyncClient, **query: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await client.get("/v1/tasks", params=query)).json()["items"]
    return found


async def test_self_pay_has_no_claim(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(self_pay=True)
    await claims.deliver(case.coded())
    await claims.deliver(case.cancelled())
    assert (await biller.get("/v1/claims")).json()["items"] == []
    assert await claims.said(ClaimVoided) == []


async def test_the_same_encounter_twice_is_one_claim(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    messages = await claims.deliver(case.coded())
    await claims.redeliver(messages)
    await claims.deliver(case.coded())
    assert len((await biller.get("/v1/claims")).json()["items"]) == 1


async def test_a_correction_mends_a_held_claim(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(member_id="12")
    await claims.deliver(case.coded())
    case.member_id = "ABC123456001"
    await claims.deliver(case.recoded("/coverages/0/member_id"))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["member_id"], claim["findings"]) == ("READY", "ABC123456001", [])
    timeline = (await biller.get(f"/v1/claims/{claim['claim_id']}/timeline")).json()["items"]
    assert [item["kind"] for item in timeline] == ["created", "held", "recoded", "passed"]
    assert timeline[2]["details"] == {"changed": ["/coverages/0/member_id"]}
    assert timeline[1]["details"]["findings"][0]["edit_id"] == "member-id-form"


async def test_several_corrections_of_one_batch_leave_the_last(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await claims.deliver(case.coded())
    first = Case(encounter_id=case.encounter_id, member_id="1").recoded("/coverages/0/member_id")
    case.charges = (20000,)
    await claims.deliver(first, case.recoded("/lines"))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["charge_cents"], len(claim["lines"])) == ("READY", 20000, 1)
    assert await claims.said(ClaimHeld) == []


async def test_a_correction_after_the_file_was_written_waits_for_the_answer(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """The payer has the old content: a task asks for a replacement; where it rejects, the corrected claim goes by itself."""
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    case.charges = (20000,)
    await claims.deliver(case.recoded("/lines"))
    (task,) = await tasks(biller, kind="replacement", state="OPEN")
    assert task["encounter_id"] == str(case.encounter_id)
    await transmit(adapter, submission)
    (submitted,) = await claims.said(ClaimSubmitted)
    assert submitted.data.charge_cents == 16100, "what was sent"
    each = await sent(biller, case, submission)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    assert await state_of(biller, case) == "READY"
    assert await tasks(biller, kind="replacement", state="OPEN") == []
    (again,) = await cut(biller)
    await transmit(adapter, again)
    assert [message.data.charge_cents for message in await claims.said(ClaimSubmitted)] == [16100, 20000]


async def test_a_correction_of_a_paid_claim_is_a_task(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000))
    case.charges = (13200, 2900, 500)
    await claims.deliver(case.recoded("/lines"))
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["changed_since_file"], claim["charge_cents"]) == ("PAID", True, 16600)
    (task,) = await tasks(biller, kind="replacement")
    closed = await biller.post(f"/v1/tasks/{task['task_id']}/close", json={"resolution": "Not worth it"})
    assert (closed.status_code, closed.json()["state"], closed.json()["resolution"]) == (200, "CLOSED", "Not worth it")
    again = await biller.post(f"/v1/tasks/{task['task_id']}/close", json={"resolution": "Not worth it"})
    assert (again.status_code, again.json()["code"]) == (409, "task-closed")


async def test_from_insurance_to_self_pay_and_back(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await claims.deliver(case.coded())
    case.self_pay = True
    await claims.deliver(case.recoded("/coverages", "/self_pay"))
    assert await state_of(biller, case) == "CLOSED"
    assert await claims.said(ClaimVoided) == [], "the charges stand: the patient pays them"
    case.self_pay = False
    await claims.deliver(case.recoded("/coverages", "/self_pay"))
    assert await state_of(biller, case) == "READY"


async def test_from_self_pay_to_insurance_makes_a_claim(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(self_pay=True)
    await claims.deliver(case.coded())
    case.self_pay = False
    await claims.deliver(case.recoded("/coverages", "/self_pay"))
    assert await state_of(biller, case) == "READY"


@pytest.mark.parametrize("member_id", ["ABC123456001", "1"])
async def test_a_cancelled_encounter_voids_a_claim_in_no_file(
    claims: LiveService, biller: httpx.AsyncClient, member_id: str
) -> None:
    case = Case(member_id=member_id)
    await claims.deliver(case.coded())
    await claims.deliver(case.cancelled())
    assert await state_of(biller, case) == "VOIDED"
    (voided,) = await claims.said(ClaimVoided)
    assert voided.data.reason == "The encounter was cancelled: entered twice"
    assert await cut(biller) == []


async def test_a_cancelled_encounter_whose_claim_is_out_is_a_task(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    await claims.deliver(case.cancelled())
    assert await state_of(biller, case) == "BATCHED"
    (task,) = await tasks(biller, kind="cancellation")
    assert task["title"] == "The encounter was cancelled while a payer holds its claim"
    assert await claims.said(ClaimVoided) == []
    await transmit(adapter, submission)
    each = await sent(biller, case, submission)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    assert await state_of(biller, case) == "VOIDED", "the payer refused it: nothing is left to take back"
    assert len(await claims.said(ClaimVoided)) == 1


async def test_a_cancelled_encounter_with_a_rejected_claim_is_voided(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    await claims.deliver(case.cancelled())
    assert await state_of(biller, case) == "VOIDED"
    summary = (await biller.get("/v1/summary")).json()
    assert summary["partition"] == {"submitted": 0, "rejected": 0, "paid": 0, "denied": 0, "open": 0}


async def test_a_replacement_of_a_cancelled_encounter_stops_but_its_void_goes(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    claim = await claim_of(biller, case)
    path, tag = f"/v1/claims/{each.claim_id}", {"If-Match": f'"{claim["version"]}"'}
    assert (await biller.patch(path, json={"frequency": "7"}, headers=tag)).json()["state"] == "READY"
    await claims.deliver(case.cancelled())
    held = await claim_of(biller, case)
    assert [finding["edit_id"] for finding in held["findings"]] == ["encounter-cancelled"]
    tag = {"If-Match": f'"{held["version"]}"'}
    assert (await biller.patch(path, json={"frequency": "8"}, headers=tag)).json()["state"] == "READY"


async def test_a_cancellation_of_what_never_came_is_none_of_ours(claims: LiveService, biller: httpx.AsyncClient) -> None:
    await claims.deliver(Case().cancelled())
    assert (await biller.get("/v1/summary")).json()["claims"] == {}


@pytest.mark.parametrize("state", ["EDIT_FAILED", "READY", "BATCHED", "SUBMITTED", "PAYER_REJECTED", "PAID", "VOIDED"])
async def test_no_state_makes_an_encounters_event_fail(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, state: str
) -> None:
    """Every event of an encounter, delivered in every state, ends in the inbox and not in the dead letters."""
    case = Case(member_id="1" if state == "EDIT_FAILED" else "")
    if state in {"SUBMITTED", "PAYER_REJECTED", "PAID"}:
        (each,) = await submit(claims, biller, adapter, case)
        if state == "PAYER_REJECTED":
            await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
        if state == "PAID":
            await claims.deliver(each.posted(9000, 2000))
    else:
        await claims.deliver(case.coded())
        if state == "BATCHED":
            await cut(biller)
        if state == "VOIDED":
            await claims.deliver(case.cancelled())
    assert await state_of(biller, case) == State(state)
    await claims.deliver(case.coded())
    await claims.deliver(case.recoded("/lines"))
    case.self_pay = True
    await claims.deliver(case.recoded("/self_pay"))
    await claims.deliver(case.cancelled())
    assert await claims.rows("select code, reason from parked_message") == []
