"""What a person decides on the pages: tasks are closed, quarantined remittances and waiting claims get their end."""

import json
from typing import Any

import httpx
import pytest

from rcm.identity import Role
from tests.console.making import Answers, TestConsole, console, csrf_of

CLAIM, ENCOUNTER = "0198f5d0-5c00-7000-8000-0000000000e1", "0198f5d0-5c00-7000-8000-0000000000e2"
REMITTANCE, WAITING = "0198f5d0-5c00-7000-8000-0000000000e3", "0198f5d0-5c00-7000-8000-0000000000e4"
DENIAL, REVERSAL = "0198f5d0-5c00-7000-8000-0000000000e5", "0198f5d0-5c00-7000-8000-0000000000e6"
DENIAL_TASK = {
    "task_id": DENIAL,
    "kind": "denial",
    "state": "OPEN",
    "claim_id": CLAIM,
    "encounter_id": ENCOUNTER,
    "title": "Denied: <b>authorisation</b>",
    "opened_at": "2025-09-05T03:00:00Z",
}
REVERSAL_TASK = {
    "task_id": REVERSAL,
    "kind": "reversal-differs",
    "remittance_id": REMITTANCE,
    "claim_id": None,
    "message": "The reversal's amounts are not those of what it takes back",
    "amount_cents": -500,
    "opened_at": "2025-09-04T03:00:00Z",
}
QUARANTINED: dict[str, Any] = {
    "remittance_id": REMITTANCE,
    "state": "quarantined",
    "reasons": ["transaction-unbalanced"],
    "difference_cents": 100,
    "trace_number": "EFT0001",
    "payer_name": "Evergreen Mutual",
    "payment_date": "2025-09-01",
    "payment_cents": 8000,
    "claims": {},
    "provider_adjustments": [],
    "same_check_as": None,
    "received_at": "2025-09-01T12:00:00Z",
    "decided_by": "",
    "note": "",
}
SUGGESTED = {"claim_id": CLAIM, "patient_control_number": "PCN1", "charge_cents": 12500, "date_of_service": "2025-08-20"}
UNMATCHED = {
    "unmatched_id": WAITING,
    "remittance_id": REMITTANCE,
    "state": "unmatched",
    "reason": "unmatched",
    "difference_cents": 0,
    "patient_control_number": "PCNX",
    "charge_cents": 12500,
    "paid_cents": 8000,
    "suggestions": [SUGGESTED],
}
PROBLEM = {"title": "It can't be posted to this claim", "detail": "the claim was voided", "code": "still-waiting"}


def refuses(status: int = 409) -> httpx.Response:
    return httpx.Response(status, json=PROBLEM)


async def tasks_console(**answers: Any) -> tuple[TestConsole, Answers, Answers]:
    claims = Answers({"/v1/tasks": {"items": [DENIAL_TASK], "next": None}} | answers)
    payments = Answers({"/v1/tasks": {"items": [REVERSAL_TASK], "next": "more"}} | answers)
    return await console({"claims-svc": claims, "payments-svc": payments}), claims, payments


async def remittance_console(**answers: Any) -> tuple[TestConsole, Answers]:
    place = f"/v1/remittances/{REMITTANCE}"
    found = {place: QUARANTINED, "/v1/unmatched": {"items": [UNMATCHED], "next": None}}
    payments = Answers(found | answers)
    return await console({"payments-svc": payments}), payments


async def test_tasks_of_both_services_stand_together_the_oldest_first() -> None:
    it, _, payments = await tasks_console()
    async with it.signed_in(Role.BILLER) as browser:
        page = (await browser.get("/worklist/tasks")).text
    assert page.index("The reversal&#39;s amounts") < page.index("Denied: &lt;b&gt;authorisation")
    assert f'href="/claims/{CLAIM}"' in page
    assert f'href="/remittances/{REMITTANCE}"' in page
    assert "There are more" in page
    assert payments.asked[-1].url.params["open"] == "true"


async def test_a_role_is_shown_what_its_services_show() -> None:
    away = {"/v1/tasks": httpx.Response(403, json={"title": "no"}), "/v1/worklist": {"items": [], "next": None}}
    it = await console(dict.fromkeys(("coding-svc", "claims-svc", "payments-svc"), Answers(away)))
    async with it.signed_in(Role.CODER) as coder:
        assert "Tasks are the billers' work" in (await coder.get("/worklist/tasks")).text
        assert "Nothing waits" in (await coder.get("/worklist")).text
    it, _, _ = await tasks_console(**{"/v1/worklist": httpx.Response(403, json={"title": "no"})})
    async with it.signed_in(Role.DASHBOARD) as reader:
        page = (await reader.get("/worklist/tasks")).text
    assert "What came of it" not in page
    assert "A biller closes them." in page


@pytest.mark.parametrize(("service", "task", "field"), [("claims", DENIAL, "resolution"), ("payments", REVERSAL, "note")])
async def test_a_task_is_closed_with_what_came_of_it(service: str, task: str, field: str) -> None:
    it, *asked = await tasks_console(**{f"/v1/tasks/{task}/close": {}})
    path = f"/worklist/tasks/{service}/{task}/close"
    async with it.signed_in(Role.BILLER) as browser:
        page = (await browser.get("/worklist/tasks")).text
        key = page.split(f'action="{path}"')[1].split('name="key" value="')[1].split('"')[0]
        done = await browser.post(path, data={"csrf": csrf_of(page), "key": key, "resolution": " Sent again "})
    assert "The task is closed." in done.text
    [sent] = [each for api in asked for each in api.asked if each.method == "POST"]
    assert (json.loads(sent.content), sent.headers["idempotency-key"]) == ({field: "Sent again"}, key)
    assert sent.headers["authorization"].startswith("Bearer ")
    assert page.count(key) == 1, "each form has a key of its own"


async def test_a_task_that_is_not_closed_says_why_beside_its_form() -> None:
    it, *_ = await tasks_console(**{f"/v1/tasks/{DENIAL}/close": refuses()})
    async with it.signed_in(Role.BILLER) as browser:
        form = {"csrf": csrf_of((await browser.get("/worklist/tasks")).text), "key": "k", "resolution": "Sent <again>"}
        refused = await browser.post(f"/worklist/tasks/claims/{DENIAL}/close", data=form)
        nowhere = await browser.post(f"/worklist/tasks/coding/{DENIAL}/close", data=form)
    assert (refused.status_code, nowhere.status_code) == (409, 404)
    assert 'role="alert" id="wrong">It can&#39;t be posted to this claim: the claim was voided' in refused.text
    assert 'value="Sent &lt;again&gt;"' in refused.text


async def test_a_quarantined_remittance_is_looked_at_again_or_put_away() -> None:
    place = f"/v1/remittances/{REMITTANCE}"
    it, payments = await remittance_console(**{f"{place}/retry": QUARANTINED, f"{place}/dismiss": QUARANTINED})
    async with it.signed_in(Role.BILLER) as browser:
        csrf = csrf_of((await browser.get(f"/remittances/{REMITTANCE}")).text)
        again = await browser.post(f"/remittances/{REMITTANCE}/retry", data={"csrf": csrf, "key": "a"})
        form = {"csrf": csrf, "key": "b", "exit": "posted_by_hand", "note": "In the old system"}
        away = await browser.post(f"/remittances/{REMITTANCE}/dismiss", data=form)
    assert "Looked at again. Quarantined" in again.text
    assert "It is put away." in away.text
    sent = [(each.url.path, json.loads(each.content)) for each in payments.asked if each.method == "POST"]
    assert sent == [
        (f"{place}/retry", {}),
        (f"{place}/dismiss", {"exit": "posted_by_hand", "note": "In the old system"}),
    ]


@pytest.mark.parametrize(
    "named", [{"suggested": CLAIM, "claim": ""}, {"suggested": "", "claim": f"http://console/claims/{CLAIM}"}, {"claim": CLAIM}]
)
async def test_a_waiting_claim_is_matched_by_suggestion_or_by_its_pages_address(named: dict[str, str]) -> None:
    outcome = {"unmatched_id": WAITING, "state": "posted", "claim_id": CLAIM, "note": ""}
    it, payments = await remittance_console(**{f"/v1/unmatched/{WAITING}/match": outcome})
    async with it.signed_in(Role.BILLER) as browser:
        page = (await browser.get(f"/remittances/{REMITTANCE}")).text
        path = f"/remittances/{REMITTANCE}/claims/{WAITING}/match"
        assert f'action="{path}"' in page
        done = await browser.post(path, data={"csrf": csrf_of(page), "key": "m"} | named)
    assert "It is that claim&#39;s. Posted." in done.text
    assert [json.loads(each.content) for each in payments.asked if each.method == "POST"] == [{"claim_id": CLAIM}]


async def test_what_the_service_refuses_is_said_beside_the_form_that_asked() -> None:
    it, _ = await remittance_console(
        **{
            f"/v1/unmatched/{WAITING}/match": refuses(),
            f"/v1/unmatched/{WAITING}/dismiss": refuses(422),
            f"/v1/remittances/{REMITTANCE}/retry": refuses(403),
        }
    )
    path = f"/remittances/{REMITTANCE}"
    async with it.signed_in(Role.BILLER) as browser:
        form = {"csrf": csrf_of((await browser.get(path)).text), "key": "k"}
        nobody = await browser.post(f"{path}/claims/{WAITING}/match", data=form | {"claim": "PCN1"})
        voided = await browser.post(f"{path}/claims/{WAITING}/match", data=form | {"suggested": CLAIM})
        empty = await browser.post(f"{path}/claims/{WAITING}/dismiss", data=form | {"note": "told by phone"})
        retried = await browser.post(f"{path}/retry", data=form)
    assert [each.status_code for each in (nobody, voided, empty, retried)] == [422, 409, 422, 403]
    assert "paste the address of the claim&#39;s page" in nobody.text
    assert 'value="PCN1"' in nobody.text
    for answer in (voided, empty, retried):
        assert answer.text.count('role="alert"') == 1
        assert "the claim was voided" in answer.text
    assert 'value="told by phone"' in empty.text
    assert '<details class="decide" open>' in empty.text
    assert '<details class="decide">' in retried.text


async def test_who_may_only_read_decides_nothing() -> None:
    it, _ = await remittance_console()
    async with it.signed_in(Role.DASHBOARD) as reader:
        page = (await reader.get(f"/remittances/{REMITTANCE}")).text
    assert "Look again" not in page
    assert "Decide about it" not in page
