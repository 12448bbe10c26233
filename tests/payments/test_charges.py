"""Charges, the patient's share and the patient's payments, by events."""

import httpx
import pytest

from rcm.contracts.payments import PatientPaymentApplied, PatientResponsibilityAssigned
from rcm.contracts.values import Rank
from tests.payments.auditing import audit, deposits, suspense
from tests.payments.making import Case, check, negated
from tests.payments.test_remittances import PAID, post, ready
from tests.support.live import ORGANISATION, LiveService


async def figures(payments: LiveService, case: Case) -> dict[str, int]:
    """The encounter's seven, those that are not zero."""
    found = (await audit(payments, ORGANISATION))[case.encounter_id]
    return {name: amount for name, amount in found.items() if amount}


async def assigned(payments: LiveService) -> list[int]:
    """The totals that were said."""
    return [message.data.total_cents for message in await payments.said(PatientResponsibilityAssigned)]


async def test_charges_are_posted_once(payments: LiveService) -> None:
    case = Case()
    [message] = await payments.deliver(case.coded())
    await payments.redeliver([message, message])
    assert await figures(payments, case) == {"charges": 12500, "insurance_open": 12500}
    await payments.deliver(case.submitted(), case.submitted("OTHERNUMBER"))
    assert await figures(payments, case) == {"charges": 12500, "insurance_open": 12500}


async def test_a_claim_that_was_not_sent_shows_its_encounters_charges(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.coded())
    path = f"/v1/ledger/claims/{case.claim_id}"
    assert (await biller.get(path)).status_code == 404
    shown = (await biller.get(path, params={"encounter_id": str(case.encounter_id)})).json()
    assert shown["balances"]["charges_cents"] == 12500
    assert [entry["kind"] for entry in shown["entries"]] == ["charge"]


async def test_a_recode_reverses_and_posts_anew(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID)))
    await payments.deliver(case.recoded((9000,)))
    assert await figures(payments, case) == {
        "charges": 9000,
        "insurance_paid": 8000,
        "contractual": 2500,
        "insurance_open": -1500,
    }
    entries = (await biller.get(f"/v1/ledger/encounters/{case.encounter_id}")).json()["entries"]
    assert [entry["kind"] for entry in entries] == ["charge", "insurance_payment", "charge_reversal", "charge"]


async def test_a_recode_that_was_said_earlier_does_nothing(payments: LiveService) -> None:
    case = Case()
    await payments.deliver(case.coded(), sequence=1)
    await payments.deliver(case.recoded((500,)), sequence=3)
    await payments.deliver(case.recoded((700,)), sequence=2)
    assert await figures(payments, case) == {"charges": 500, "insurance_open": 500}


async def test_facts_wait_for_their_encounter(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.completed(), case.submitted(), case.voided(Rank.SECONDARY))
    await payments.deliver(case.pays(300))
    assert await audit(payments, ORGANISATION) == {}
    await payments.deliver(case.coded())
    await post(biller, check(case.paid(*PAID)))
    assert (await figures(payments, case))["patient_open"] == 1700
    assert await assigned(payments) == [2000]


async def test_a_voided_claim_takes_the_charges_back(payments: LiveService) -> None:
    case = Case(ranks=(Rank.PRIMARY, Rank.SECONDARY))
    await payments.deliver(case.coded())
    await payments.deliver(case.voided(Rank.SECONDARY))
    assert (await figures(payments, case))["charges"] == 12500
    await payments.deliver(case.cancelled())
    assert (await figures(payments, case))["charges"] == 12500, "insured: its claim's voiding says so"
    await payments.deliver(case.voided())
    assert await figures(payments, case) == {}
    await payments.deliver(case.recoded((700,)))
    assert await figures(payments, case) == {}


async def test_a_self_payer_owes_at_once_and_nothing_after_a_cancellation(payments: LiveService) -> None:
    case = Case(self_pay=True)
    await payments.deliver(case.coded())
    assert await figures(payments, case) == {"charges": 12500, "patient_open": 12500}
    [said] = await payments.said(PatientResponsibilityAssigned)
    assert [(part.reason, part.amount_cents) for part in said.data.parts] == [("self_pay", 12500)]
    assert [(line.patient_cents, line.description) for line in said.data.lines] == [(10000, "Visit 1"), (2500, "Visit 2")]
    await payments.deliver(case.pays(5000))
    await payments.deliver(case.recoded((10000, 1000)))
    assert await figures(payments, case) == {"charges": 11000, "patient_paid": 5000, "patient_open": 6000}
    await payments.deliver(case.cancelled())
    assert await figures(payments, case) == {}
    assert await deposits(payments, ORGANISATION) == 5000
    assert await assigned(payments) == [12500, 11000, 0]
    applied = [message.data.applied_cents for message in await payments.said(PatientPaymentApplied)]
    assert applied == [5000, -5000]


@pytest.mark.parametrize("void_first", [True, False])
async def test_a_void_and_a_recode_to_self_pay_end_the_same(payments: LiveService, *, void_first: bool) -> None:
    case = Case()
    await payments.deliver(case.coded())
    facts = [case.voided(), case.recoded(self_pay=True)]
    for fact in facts if void_first else reversed(facts):
        await payments.deliver(fact)
    assert await figures(payments, case) == {"charges": 12500, "patient_open": 12500}
    await payments.deliver(case.cancelled())
    assert await figures(payments, case) == {}


@pytest.mark.parametrize("sent_first", [True, False])
async def test_a_self_payer_owes_nothing_while_a_payer_has_the_claim(
    payments: LiveService, biller: httpx.AsyncClient, *, sent_first: bool
) -> None:
    case = Case()
    await payments.deliver(case.coded())
    facts = [case.submitted(), case.recoded(self_pay=True)]
    for fact in facts if sent_first else reversed(facts):
        await payments.deliver(fact)
    assert await figures(payments, case) == {"charges": 12500, "insurance_open": 12500}
    await payments.deliver(case.pays(300))
    assert await deposits(payments, ORGANISATION) == 300
    await post(biller, check(case.paid(*PAID)))
    paid = {"charges": 12500, "insurance_paid": 8000, "contractual": 2500}
    assert await figures(payments, case) == {**paid, "insurance_open": 2000}
    await payments.deliver(case.completed())
    assert await figures(payments, case) == {**paid, "patient_paid": 300, "patient_open": 1700}
    assert (await assigned(payments))[-1] == 2000


async def test_a_self_payer_owes_all_of_it_when_the_payer_lets_go(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID)))
    await payments.deliver(case.recoded(self_pay=True))
    taken = negated(case.paid(*PAID))
    await post(biller, check(taken, trace="E2", provider_adjustments=[("CS", "", taken.paid_cents)]))
    assert await figures(payments, case) == {"charges": 12500, "insurance_open": 12500}
    await payments.deliver(case.voided())
    assert await figures(payments, case) == {"charges": 12500, "patient_open": 12500}


async def test_a_self_payer_who_was_insured_after_all(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(self_pay=True)
    await payments.deliver(case.coded())
    await payments.deliver(case.pays(12500))
    await payments.deliver(case.recoded(self_pay=False))
    assert await figures(payments, case) == {"charges": 12500, "insurance_open": 12500}
    await payments.deliver(case.submitted())
    await post(biller, check(case.paid(*PAID)))
    await payments.deliver(case.completed())
    assert (await figures(payments, case))["patient_paid"] == 2000
    assert await deposits(payments, ORGANISATION) == 10500


async def test_the_patients_share_is_said_when_it_changes_and_not_twice(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    case = Case()
    await ready(payments, case)
    await payments.deliver(case.completed())
    assert await assigned(payments) == [], "nothing is said of nothing"
    await post(biller, check(case.paid(*PAID)))
    await payments.deliver(case.completed())
    await payments.deliver(case.completed())
    assert await assigned(payments) == [2000]
    [said] = await payments.said(PatientResponsibilityAssigned)
    assert [(each.insurance_paid_cents, each.adjusted_cents, each.patient_cents) for each in said.data.lines] == [
        (6000, 2000, 2000),
        (2000, 500, 0),
    ]
    assert said.data.guarantor.external_id == "G-1"


async def test_another_payer_after_all_takes_the_share_back(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID)))
    await payments.deliver(case.completed(), case.pays(500))
    await payments.deliver(case.reopened())
    assert await figures(payments, case) == {
        "charges": 12500,
        "insurance_paid": 8000,
        "contractual": 2500,
        "insurance_open": 2000,
    }
    assert await deposits(payments, ORGANISATION) == 500
    await payments.deliver(case.completed())
    assert (await figures(payments, case))["patient_open"] == 1500
    assert await assigned(payments) == [2000, 0, 2000]


async def test_denials_and_reviews_stay_insurance_open(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid([("CO", "50", 10000)], [("PR", "204", 500), ("PR", "2", 300), ("OA", "23", 100)])))
    await payments.deliver(case.completed())
    assert await figures(payments, case) == {
        "charges": 12500,
        "insurance_paid": 1600,
        "patient_open": 300,
        "insurance_open": 10600,
    }


async def test_a_qmb_never_owes(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID, remarks=("N781",))))
    await payments.deliver(case.completed())
    assert (await figures(payments, case))["insurance_open"] == 2000
    assert await assigned(payments) == []


async def test_a_payment_for_more_than_is_owed_waits(payments: LiveService, biller: httpx.AsyncClient) -> None:
    older, newer = Case(), Case()
    await ready(payments, older, newer)
    await payments.deliver(newer.pays(500), newer.pays(700, named=False))
    assert await deposits(payments, ORGANISATION) == 1200
    assert await suspense(payments, ORGANISATION) == 1200
    await post(biller, check(older.paid(*PAID), newer.paid(*PAID)))
    await payments.deliver(older.completed())
    assert (await figures(payments, older))["patient_paid"] == 700, "the other payment names the other encounter"
    await payments.deliver(newer.completed())
    assert (await figures(payments, newer))["patient_paid"] == 500
    await payments.deliver(newer.pays(5000))
    assert (await figures(payments, newer)).get("patient_open") is None
    assert (await figures(payments, older)).get("patient_open") is None
    assert await deposits(payments, ORGANISATION) == 5000 - 1500 - 1300
    left = [(each.data.applied_cents, each.data.deposit_left_cents) for each in await payments.said(PatientPaymentApplied)]
    assert left == [(700, 0), (500, 0), (1500, 3500), (1300, 2200)]
    async with payments.client(None) as nobody:
        assert (await nobody.get("/v1/summary")).status_code == 401


async def test_a_batch_of_many_kinds(payments: LiveService, biller: httpx.AsyncClient) -> None:
    cases = [Case(guarantor=f"G-{number % 7}") for number in range(40)]
    await ready(payments, *cases)
    answer = await post(biller, check(*(case.paid(*PAID) for case in cases)))
    assert answer["remittances"][0]["claims"] == {"posted": 40}
    await payments.deliver(*(case.completed() for case in cases), *(case.pays(2100) for case in cases))
    for case in cases:
        assert await figures(payments, case) == {
            "charges": 12500,
            "insurance_paid": 8000,
            "contractual": 2500,
            "patient_paid": 2000,
        }
    items: list[object] = []
    after: str | None = None
    while after is not None or not items:
        page = (await biller.get("/v1/reconciliation", params={"limit": 7} | ({"after": after} if after else {}))).json()
        items += page["items"]
        after = page["next"]
    assert len(items) == 40
    assert (await biller.get("/v1/summary")).json() == {
        "charges_cents": 40 * 12500,
        "insurance_paid_cents": 40 * 8000,
        "contractual_cents": 40 * 2500,
        "other_adjustments_cents": 0,
        "patient_paid_cents": 40 * 2000,
        "patient_open_cents": 0,
        "insurance_open_cents": 0,
        "suspense_cents": 40 * 100,
        "identity_breaks": 0,
    }
