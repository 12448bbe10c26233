"""One encounter from charge to the patient's payment."""

import httpx

from rcm.contracts.payments import PatientPaymentApplied, PatientResponsibilityAssigned, PaymentPosted
from tests.payments.making import Case, check, file_of
from tests.support.live import LiveService


async def test_an_encounter_from_charge_to_the_patients_payment(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.coded(), case.submitted())
    content = file_of(check(case.paid([("CO", "45", 2000), ("PR", "3", 2000)], [("CO", "45", 500)])))
    answer = await biller.post("/v1/remittances", content=content, headers={"content-type": "application/edi-x12"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "posted"
    assert answer.json()["remittances"][0]["claims"] == {"posted": 1}
    await payments.deliver(case.completed())
    await payments.deliver(case.pays(2500))
    ledger = (await biller.get(f"/v1/ledger/claims/{case.claim_id}")).json()
    assert ledger["balances"] == {
        "charges_cents": 12500,
        "insurance_paid_cents": 8000,
        "contractual_cents": 2500,
        "other_adjustments_cents": 0,
        "patient_paid_cents": 2000,
        "patient_open_cents": 0,
        "insurance_open_cents": 0,
    }
    assert (await biller.get("/v1/summary")).json()["suspense_cents"] == 500
    assert (await biller.get("/v1/trial-balance")).json()["total_cents"] == 0
    [posted] = await payments.said(PaymentPosted)
    assert posted.data.denied == "none"
    [assigned] = await payments.said(PatientResponsibilityAssigned)
    assert assigned.data.total_cents == 2000
    [applied] = await payments.said(PatientPaymentApplied)
    assert (applied.data.applied_cents, applied.data.deposit_left_cents) == (2000, 500)
    again = await biller.post("/v1/remittances", content=content, headers={"content-type": "application/edi-x12"})
    assert again.status_code == 200


async def test_a_deposit_is_found_among_those_of_others(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case(guarantor="G-3")
    await payments.deliver(case.coded(), case.submitted(last_payer=True))
    await payments.deliver(*(case.pays(700, named=False, guarantor=f"G-{number}") for number in range(1, 6)))
    content = file_of(check(case.paid([("CO", "45", 2000), ("PR", "3", 2000)], [("CO", "45", 500)])))
    await biller.post("/v1/remittances", content=content, headers={"content-type": "application/edi-x12"})
    [applied] = await payments.said(PatientPaymentApplied)
    assert (applied.data.encounter_id, applied.data.applied_cents) == (case.encounter_id, 700)
    assert (await biller.get("/v1/summary")).json()["suspense_cents"] == 4 * 700
