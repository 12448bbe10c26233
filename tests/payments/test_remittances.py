"""Remittances over HTTP: balances, quarantine, holding, identity, matching, reversals."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from rcm.contracts.payments import (
    ClaimDenied,
    ClaimRemittanceHeld,
    PaymentPosted,
    PaymentReversed,
    ProviderAdjustmentRecorded,
    RemittanceQuarantined,
)
from rcm.x12.remittance import Remittance
from rcm.x12.values import Adjustment
from tests.payments.auditing import audit, suspense
from tests.payments.making import Case, check, file_of, negated
from tests.support.live import ORGANISATION, LiveService

PAID = ([("CO", "45", 2000), ("PR", "3", 2000)], [("CO", "45", 500)])


async def post(client: httpx.AsyncClient, *remittances: Remittance, control_number: int = 1) -> dict[str, Any]:
    """Posts a file; answers its body with `status`."""
    content = file_of(*remittances, control_number=control_number)
    answer = await client.post("/v1/remittances", content=content, headers={"content-type": "application/edi-x12"})
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return {**found, "status": answer.status_code}


async def proofs(client: httpx.AsyncClient) -> list[dict[str, int]]:
    """The proofs of balance, each checked."""
    items: list[dict[str, int]] = (await client.get("/v1/reconciliation/remittances")).json()["items"]
    for item in items:
        assert item["payment_cents"] == item["posted_cents"] + item["suspense_cents"] - item["provider_adjustment_cents"]
    return items


async def ready(payments: LiveService, *cases: Case) -> None:
    await payments.deliver(*(case.coded() for case in cases))
    await payments.deliver(*(case.submitted() for case in cases))


async def test_payment_posted_says_all_the_money(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    denied = case.paid([("CO", "45", 2000), ("PR", "2", 800), ("CO", "253", 144)], [("CO", "50", 2500)])
    await post(biller, check(denied))
    [posted] = [message.data for message in await payments.said(PaymentPosted)]
    assert (posted.claim_id, posted.encounter_id) == (case.claim_id, case.encounter_id)
    assert (posted.charge_cents, posted.paid_cents, posted.denied) == (12500, 7056, "lines")
    assert [(each.reason, each.amount_cents) for each in posted.patient_responsibility] == [("2", 800)]
    assert [(line.line_number, line.paid_cents, line.denied) for line in posted.lines] == [(1, 7056, False), (2, 0, True)]
    accounts = {each.reason: each.account for line in posted.lines for each in line.adjustments}
    assert accounts == {
        "45": "contractual",
        "2": "insurance_open",
        "253": "other_adjustments",
        "50": "insurance_open",
    }
    [refused] = [message.data for message in await payments.said(ClaimDenied)]
    assert (refused.category, refused.line_numbers) == ("medical_necessity", (2,))
    assert [(each.reason, each.amount_cents) for each in refused.reasons] == [("50", 2500)]
    figures = (await audit(payments, ORGANISATION))[case.encounter_id]
    assert figures["insurance_open"] == 12500 - 7056 - 2000 - 144


async def test_the_same_check_again_does_nothing(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case, other = Case(), Case()
    await ready(payments, case, other)
    first = await post(biller, check(case.paid(*PAID)))
    again = await post(biller, check(case.paid(*PAID)))
    elsewhere = await post(biller, check(other.paid(*PAID), trace="EFT0002"), check(case.paid(*PAID)), control_number=77)
    assert (first["status"], again["status"], elsewhere["status"]) == (201, 200, 201)
    assert again["remittance_id"] == first["remittance_id"] == elsewhere["remittances"][1]["remittance_id"]
    assert len(await payments.said(PaymentPosted)) == 2
    assert (await post(biller, check(case.paid(*PAID)), control_number=78))["status"] == 200
    raw = await biller.get(f"/v1/remittances/{first['remittance_id']}/raw")
    assert raw.content == file_of(check(case.paid(*PAID)))
    await proofs(biller)


async def test_another_content_of_the_same_check_is_for_a_person(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    first = await post(biller, check(case.paid(*PAID)))
    other = await post(biller, check(case.paid(*PAID, claim_number="OTHER")))
    assert (other["status"], other["state"]) == (201, "quarantined")
    assert other["remittances"][0]["reasons"] == ["same-check-other-content"]
    assert other["remittances"][0]["same_check_as"] == first["remittance_id"]
    assert (await post(biller, check(case.paid(*PAID, claim_number="OTHER"))))["status"] == 200
    [said] = await payments.said(RemittanceQuarantined)
    assert said.data.reason == "same-check-other-content"


async def test_an_unbalanced_check_is_quarantined_whole(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    answer = await post(biller, check(case.paid(*PAID), payment_cents=9000))
    assert answer["state"] == "quarantined"
    assert answer["remittances"][0]["reasons"] == ["transaction-unbalanced"]
    assert answer["remittances"][0]["difference_cents"] == 8000 - 9000
    assert answer["remittances"][0]["claims"] == {}
    assert await payments.said(PaymentPosted) == []
    assert await suspense(payments, ORGANISATION) == 0
    assert await proofs(biller) == []


async def test_a_foreign_payee_is_quarantined_until_it_is_known_as_ours(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    answer = await post(biller, check(case.paid(*PAID)))
    assert answer["remittances"][0]["reasons"] == ["payee-unknown"]
    foreign = await post(biller, check(case.paid(*PAID), trace="X", npi="1234567893"))
    assert foreign["state"] == "quarantined"
    await payments.deliver(case.coded())
    found = (await biller.get(f"/v1/remittances/{answer['remittance_id']}")).json()
    assert (found["state"], found["claims"]) == ("posted", {"unmatched": 1})
    assert (await biller.get(f"/v1/remittances/{foreign['remittance_id']}")).json()["state"] == "quarantined"
    await payments.deliver(case.submitted())
    assert (await biller.get(f"/v1/remittances/{answer['remittance_id']}")).json()["claims"] == {"posted": 1}
    assert await suspense(payments, ORGANISATION) == 0


async def test_a_claim_that_does_not_balance_is_held_by_itself(payments: LiveService, biller: httpx.AsyncClient) -> None:
    good, line_off, claim_off = Case(), Case(), Case()
    await ready(payments, good, line_off, claim_off)
    wrong_line = line_off.paid(*PAID)
    lines = (replace(wrong_line.lines[0], paid_cents=wrong_line.lines[0].paid_cents + 100), *wrong_line.lines[1:])
    wrong_claim = replace(claim_off.paid(*PAID), paid_cents=7900)
    answer = await post(biller, check(good.paid(*PAID), replace(wrong_line, lines=lines), wrong_claim))
    assert answer["remittances"][0]["claims"] == {"posted": 1, "held": 2}
    held = [message.data for message in await payments.said(ClaimRemittanceHeld)]
    assert [(each.reason, each.difference_cents, each.paid_cents) for each in held] == [
        ("line-unbalanced", 100, 8000),
        ("claim-unbalanced", -100, 7900),
    ]
    assert await suspense(payments, ORGANISATION) == 15900
    [proof] = await proofs(biller)
    assert (proof["posted_cents"], proof["suspense_cents"]) == (8000, 15900)
    items = (await biller.get("/v1/unmatched?state=held")).json()["items"]
    assert [item["reason"] for item in items] == ["line-unbalanced", "claim-unbalanced"]


async def test_an_amount_that_can_not_be_read_holds_its_claim_or_quarantines(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    await ready(payments, case)
    content = file_of(check(case.paid(*PAID)))
    headers = {"content-type": "application/edi-x12"}
    broken = await biller.post("/v1/remittances", content=content.replace(b"CAS*CO*45*5~", b"CAS*CO*45*5X~"), headers=headers)
    assert broken.status_code == 201
    assert broken.json()["remittances"][0]["claims"] == {"held": 1}
    head = await biller.post("/v1/remittances", content=content.replace(b"BPR*I*80*", b"BPR*I*8O*"), headers=headers)
    assert head.json()["state"] == "quarantined"
    assert "unreadable" in head.json()["remittances"][0]["reasons"]
    cut = await biller.post("/v1/remittances", content=content[: content.index(b"SE*")], headers=headers)
    assert "unreadable" in cut.json()["remittances"][0]["reasons"]


@pytest.mark.parametrize(
    ("content", "code"), [(b"", None), (b"hello", "not-x12"), (b"{}", "not-x12"), (b"\x00\x01", None), (b"ISA*00", "not-x12")]
)
async def test_what_is_no_remittance_is_refused(biller: httpx.AsyncClient, content: bytes, code: str | None) -> None:
    answer = await biller.post("/v1/remittances", content=content, headers={"content-type": "application/edi-x12"})
    assert answer.status_code == 422
    assert code is None or answer.json()["code"] == code


async def test_a_claim_that_comes_later_takes_what_waited(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case, first = Case(), Case()
    await payments.deliver(first.coded(), case.coded())
    await post(biller, check(case.paid(*PAID)))
    [item] = (await biller.get("/v1/unmatched")).json()["items"]
    assert (item["reason"], item["suggestions"]) == ("unmatched", [])
    assert await suspense(payments, ORGANISATION) == 8000
    await payments.deliver(case.submitted())
    assert await suspense(payments, ORGANISATION) == 0
    [posted] = await payments.said(PaymentPosted)
    assert posted.causation_id is not None
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000
    await proofs(biller)


async def test_the_payers_own_number_finds_the_claim(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid([("CO", "50", 10000)], [("CO", "50", 2500)], claim_number="ICN9")))
    again = await post(biller, check(case.paid([], [], number="SOMETHINGELSE", claim_number="ICN9"), trace="EFT2"))
    assert again["remittances"][0]["claims"] == {"posted": 1}
    other_payer = changed_payer(check(case.paid([], [], number="THIRD", claim_number="ICN9"), trace="EFT3"))
    assert (await post(biller, other_payer))["remittances"][0]["claims"] == {"unmatched": 1}


def changed_payer(remittance: Remittance) -> Remittance:
    return replace(remittance, payer_trace_id="1999999999")


async def test_member_date_and_charge_only_suggest(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    answer = await post(biller, check(case.paid(*PAID, number="UNKNOWN")))
    assert answer["remittances"][0]["claims"] == {"unmatched": 1}
    [item] = (await biller.get("/v1/unmatched")).json()["items"]
    assert [each["claim_id"] for each in item["suggestions"]] == [str(case.claim_id)]


async def test_a_reversal_mirrors_and_the_correction_posts(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    first = case.paid(*PAID)
    original = await post(biller, check(first))
    await payments.deliver(case.completed())
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["patient_open"] == 2000
    corrected = case.paid([("CO", "45", 3000), ("PR", "3", 2500)], [("CO", "45", 500)])
    assert corrected.paid_cents == 6500
    plb = [("WO", "RECOVERY", -1500)]
    answer = await post(biller, check(negated(first), corrected, trace="EFT2", provider_adjustments=plb, payment_cents=0))
    assert answer["remittances"][0]["claims"] == {"reversal": 1, "posted": 1}
    assert (await biller.get(f"/v1/remittances/{original['remittance_id']}")).json()["claims"] == {"reversed": 1}
    figures = (await audit(payments, ORGANISATION))[case.encounter_id]
    assert (figures["insurance_paid"], figures["contractual"], figures["patient_open"]) == (6500, 3500, 2500)
    [taken] = [message.data for message in await payments.said(PaymentReversed)]
    assert (taken.paid_cents, str(taken.reversed_remittance_id)) == (8000, original["remittance_id"])
    [recorded] = [message.data for message in await payments.said(ProviderAdjustmentRecorded)]
    assert (recorded.code, recorded.reference, recorded.amount_cents) == ("WO", "RECOVERY", -1500)
    assert [proof["posted_cents"] for proof in await proofs(biller)] == [8000, -1500]
    entries = (await biller.get(f"/v1/ledger/encounters/{case.encounter_id}")).json()["entries"]
    reversal = next(entry for entry in entries if entry["kind"] == "insurance_reversal")
    mirrored = next(entry for entry in entries if entry["entry_id"] == reversal["reverses"])
    assert [(each["account"], -each["amount_cents"]) for each in mirrored["lines"]] == [
        (each["account"], each["amount_cents"]) for each in reversal["lines"]
    ]


async def test_a_reversal_of_another_amount_leaves_the_difference_in_suspense(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID)))
    other = negated(case.paid([("CO", "45", 2500), ("PR", "3", 2000)], [("CO", "45", 500)]))
    await post(biller, check(other, trace="EFT2", provider_adjustments=[("WO", "", -7500)]))
    figures = (await audit(payments, ORGANISATION))[case.encounter_id]
    assert figures["insurance_paid"] == 0
    assert await suspense(payments, ORGANISATION) == 500 + 7500
    [task] = (await biller.get("/v1/tasks?open=true")).json()["items"]
    assert (task["kind"], task["amount_cents"]) == ("reversal-differs", 500)
    await proofs(biller)


async def test_a_reversal_waits_for_its_original(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    first = case.paid(*PAID)
    corrected = case.paid([("CO", "45", 3000)], [])
    answer = await post(biller, check(negated(first), corrected, trace="EFT2"))
    assert answer["remittances"][0]["claims"] == {"unmatched": 1, "posted": 1}
    [held] = [message.data for message in await payments.said(ClaimRemittanceHeld)]
    assert (held.reason, held.paid_cents, held.claim_id) == ("reversal-without-original", -8000, case.claim_id)
    await post(biller, check(first, trace="EFT1"))
    figures = (await audit(payments, ORGANISATION))[case.encounter_id]
    assert figures["insurance_paid"] == corrected.paid_cents
    assert await suspense(payments, ORGANISATION) == 0
    await proofs(biller)


async def test_23_and_25_are_never_posted(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    nothing = case.paid([("CO", "45", 10000)], [("CO", "45", 2500)], status="25")
    money = case.paid(*PAID, status="23")
    answer = await post(biller, check(nothing, money))
    assert answer["remittances"][0]["claims"] == {"information": 1, "held": 1}
    assert await payments.said(PaymentPosted) == []
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 0
    assert await suspense(payments, ORGANISATION) == 8000


async def test_an_unknown_line_is_a_task_and_its_money_posts(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    paid = case.paid(*PAID)
    lines = (paid.lines[0], replace(paid.lines[1], control_number="", procedure="G0008"))
    await post(biller, check(replace(paid, lines=lines)))
    [posted] = [message.data for message in await payments.said(PaymentPosted)]
    assert [line.line_number for line in posted.lines] == [1, None]
    [task] = (await biller.get("/v1/tasks?open=true")).json()["items"]
    assert task["kind"] == "line-unmatched"
    closed = await biller.post(f"/v1/tasks/{task['task_id']}/close", json={"note": "bundled"})
    assert closed.json()["closed_by"]
    assert (await biller.post(f"/v1/tasks/{task['task_id']}/close", json={"note": "again"})).status_code == 409
    assert (await biller.get("/v1/tasks?open=true")).json()["items"] == []
    await payments.deliver(case.completed())
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["patient_open"] == 2000


async def test_several_sets_of_one_check_are_one_remittance(payments: LiveService, biller: httpx.AsyncClient) -> None:
    one, two = Case(), Case()
    await ready(payments, one, two)
    halves = [check(case.paid(*PAID), payment_cents=16000) for case in (one, two)]
    answer = await post(biller, *halves)
    assert len(answer["remittances"]) == 1
    assert answer["remittances"][0]["claims"] == {"posted": 2}
    assert [proof["payment_cents"] for proof in await proofs(biller)] == [16000]


async def test_claim_level_only_and_many_payers_in_a_file(payments: LiveService, biller: httpx.AsyncClient) -> None:
    one, two = Case(), Case()
    await ready(payments, one, two)
    bare = replace(one.paid([], []), lines=(), adjustments=(Adjustment("PR", "1", 12500),), paid_cents=0)
    answer = await post(biller, check(bare), changed_payer(check(two.paid(*PAID), trace="EFT2")))
    assert [each["claims"] for each in answer["remittances"]] == [{"posted": 1}, {"posted": 1}]
    await payments.deliver(one.completed())
    figures = (await audit(payments, ORGANISATION))[one.encounter_id]
    assert (figures["patient_open"], figures["insurance_open"]) == (12500, 0)
    assert {message.data.denied for message in await payments.said(PaymentPosted)} == {"none"}


async def test_the_sweep_matches_what_two_transactions_missed(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    paid = case.paid(*PAID, number="LATER")
    await post(biller, check(paid))
    row = """insert into submitted_claim select organisation_id, 'LATER', claim_id, encounter_id, rank, payer_id, member_id,
        date_of_service, charge_cents, last_payer, submitted_at, lines from submitted_claim returning 1"""
    await payments.rows(row)
    await payments.run_periodics()
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000


async def test_a_reversal_that_came_first_is_found_by_the_payers_number(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    """Payers garble CLP01: then CLP07 says whose it is, of the payment and of the reversal that waited for it."""
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID, claim_number="ICN9")))
    again = case.paid(*PAID, number="GARBLED", claim_number="ICN9")
    taken = check(negated(again), trace="E2", provider_adjustments=[("CS", "", -again.paid_cents)])
    [first] = (await post(biller, taken))["remittances"]
    assert first["claims"] == {"unmatched": 1}
    [second] = (await post(biller, check(again, trace="E3")))["remittances"]
    assert second["claims"] == {"reversed": 1}
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000
    assert (await biller.get("/v1/unmatched")).json()["items"] == []


@pytest.mark.parametrize("known_first", [True, False])
async def test_a_claim_that_was_sent_on_is_said(payments: LiveService, biller: httpx.AsyncClient, *, known_first: bool) -> None:
    case = Case()
    await payments.deliver(case.coded())
    sent_on = case.paid([("OA", "109", 10000)], [("OA", "109", 2500)], status="23")
    if known_first:
        await payments.deliver(case.submitted())
    await post(biller, check(sent_on))
    if not known_first:
        assert await payments.said(PaymentPosted) == []
        await payments.deliver(case.submitted())
    [said] = [message.data for message in await payments.said(PaymentPosted)]
    assert (said.claim_id, said.status_code, said.paid_cents, said.adjustments) == (case.claim_id, "23", 0, ())
    figures = (await audit(payments, ORGANISATION))[case.encounter_id]
    assert (figures["charges"], figures["insurance_open"]) == (12500, 12500)
    [item] = (await biller.get("/v1/remittances")).json()["items"]
    assert item["claims"] == {"information": 1}


async def test_a_patients_part_that_differs_is_a_warning(payments: LiveService, biller: httpx.AsyncClient) -> None:
    right, wrong = Case(), Case()
    await ready(payments, right, wrong)
    answer = await post(biller, check(right.paid(*PAID), replace(wrong.paid(*PAID), patient_responsibility_cents=1500)))
    [remittance] = answer["remittances"]
    assert (remittance["state"], remittance["claims"]) == ("posted", {"posted": 2})
    [warning] = remittance["warnings"]
    assert (warning["position"], warning["difference_cents"]) == (2, -500)
    shown = (await biller.get(f"/v1/remittances/{remittance['remittance_id']}")).json()
    assert shown["warnings"] == [warning]
