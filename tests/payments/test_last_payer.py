"""Where no payer comes after this one, its whole answer makes the patient's share known, in the transaction that posts it."""

from uuid import UUID

import httpx
import pytest

from payments_svc.domain.claim_payment import ClaimPayment, LinePayment
from payments_svc.domain.matching import SentLine, answers_whole_claim, match_lines
from rcm.contracts.payments import PatientResponsibilityAssigned, PaymentPosted
from tests.payments.auditing import audit
from tests.payments.making import SERVICE_DAY, Case, check, negated
from tests.payments.test_remittances import PAID, post
from tests.support.live import ORGANISATION, LiveService

SENT = (SentLine(1, "A1", "99213", SERVICE_DAY, 1000), SentLine(2, "A2", "85025", SERVICE_DAY, 500))
FIRST = LinePayment("99213", 1000, 800, control_number="A1")
SECOND = LinePayment("85025", 500, 500, control_number="A2")
STRANGE = LinePayment("99999", 10, 10)


@pytest.mark.parametrize(
    ("status", "lines", "whole"),
    [
        ("1", (FIRST, SECOND), True),
        ("2", (SECOND, FIRST), True),
        ("4", (FIRST, SECOND), True),
        ("19", (FIRST, SECOND), False),
        ("23", (FIRST, SECOND), False),
        ("1", (FIRST,), False),
        ("1", (), False),
        ("1", (FIRST, SECOND, STRANGE), False),
    ],
)
def test_a_whole_answer(status: str, lines: tuple[LinePayment, ...], *, whole: bool) -> None:
    payment = match_lines(ClaimPayment("P", status, 1500, 1300, lines=lines), SENT)
    assert answers_whole_claim(payment, SENT) is whole


async def owes(payments: LiveService, case: Case) -> int:
    return (await audit(payments, ORGANISATION))[case.encounter_id]["patient_open"]


async def assigned(payments: LiveService) -> list[tuple[UUID, int]]:
    return [(each.data.encounter_id, each.data.total_cents) for each in await payments.said(PatientResponsibilityAssigned)]


@pytest.mark.parametrize("submitted_first", [True, False])
async def test_the_share_is_known_with_the_payment(
    payments: LiveService, biller: httpx.AsyncClient, *, submitted_first: bool
) -> None:
    case = Case()
    await payments.deliver(case.coded())
    if submitted_first:
        await payments.deliver(case.submitted(last_payer=True))
    await post(biller, check(case.paid(*PAID)))
    if not submitted_first:
        await payments.deliver(case.submitted(last_payer=True))
    assert await owes(payments, case) == 2000
    assert await assigned(payments) == [(case.encounter_id, 2000)]
    [posted] = await payments.said(PaymentPosted)
    [said] = await payments.said(PatientResponsibilityAssigned)
    assert posted.sequence < said.sequence
    assert posted.causation_id == said.causation_id
    await payments.deliver(case.completed())
    assert await assigned(payments) == [(case.encounter_id, 2000)], "claims-svc says what is known"


@pytest.mark.parametrize("reversal_waits", [False, True])
async def test_a_share_is_the_same_at_once_and_after_the_last_claim(
    payments: LiveService, biller: httpx.AsyncClient, *, reversal_waits: bool
) -> None:
    """At once where one CLP is about the encounter; after all where several are, or where a reversal waits (decision 0193)."""
    alone, taken_back, stranger = Case(), Case(), Case()
    for case in (alone, taken_back, stranger):
        await payments.deliver(case.coded())
        await payments.deliver(case.submitted(last_payer=True))
    kept_back = [("FB", "later", -alone.paid(*PAID).paid_cents)]
    if reversal_waits:
        await post(biller, check(negated(stranger.paid(*PAID)), trace="EFT0000", provider_adjustments=kept_back))
    claims = (alone.paid(*PAID), taken_back.paid(*PAID), negated(taken_back.paid(*PAID)))
    await post(biller, check(*claims, trace="EFT0001"))
    assert await assigned(payments) == [(alone.encounter_id, 2000)]
    assert [await owes(payments, case) for case in (alone, taken_back, stranger)] == [2000, 0, 0]
    entries = await payments.rows("select kind, reason from ledger_entry where encounter_id = $1", alone.encounter_id)
    assert {tuple(row) for row in entries if row["kind"] != "charge"} == {
        ("insurance_payment", "CLP02 1, and the patient's share")
    }
    await post(biller, check(negated(alone.paid(*PAID)), trace="EFT0002", provider_adjustments=kept_back))
    assert await owes(payments, alone) == 0


async def test_what_claims_svc_says_of_it_goes_before(payments: LiveService, biller: httpx.AsyncClient) -> None:
    """A coverage was added after the file was written; its word may come before the payment or after it."""
    before, after = Case(), Case()
    await payments.deliver(before.coded(), after.coded())
    await payments.deliver(before.submitted(last_payer=True), after.submitted(last_payer=True))
    await payments.deliver(before.reopened())
    await post(biller, check(before.paid(*PAID), after.paid(*PAID)))
    assert (await owes(payments, before), await owes(payments, after)) == (0, 2000)
    await payments.deliver(after.reopened())
    assert await owes(payments, after) == 0
    await payments.deliver(before.completed(), after.completed())
    assert (await owes(payments, before), await owes(payments, after)) == (2000, 2000)


async def test_a_part_of_an_answer_waits_for_claims_svc(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.coded())
    await payments.deliver(case.submitted(last_payer=True))
    forwarded = case.paid(*PAID, status="19")
    await post(biller, check(forwarded))
    assert await owes(payments, case) == 0
    await payments.deliver(case.completed())
    assert await owes(payments, case) == 2000


async def test_a_void_makes_nothing_the_patients(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.coded())
    await payments.deliver(case.submitted(last_payer=True).model_copy(update={"frequency": "8"}))
    await post(biller, check(case.paid(*PAID)))
    assert await owes(payments, case) == 0


async def test_an_answer_and_the_share_in_it_are_one_entry(payments: LiveService, biller: httpx.AsyncClient) -> None:
    """Taken back, too; and where only the answer is corrected, the reversal leaves the share to the correction."""
    taken, corrected = Case(), Case()
    for case in (taken, corrected):
        await payments.deliver(case.coded())
        await payments.deliver(case.submitted(last_payer=True))
    answers = [taken.paid(*PAID), corrected.paid(*PAID)]
    await post(biller, check(*answers))
    assert await shown(biller, taken) == [
        ("charge", {"charges": -12500, "insurance_open": 12500}),
        ("insurance_payment", {"insurance_paid": 8000, "contractual": 2500, "patient_open": 2000, "insurance_open": -12500}),
    ]
    again = corrected.paid([("CO", "45", 3000), ("PR", "3", 2500)], [("CO", "45", 500)])
    kept_back = [("WO", "RECOVERY", -9500)]
    await post(biller, check(*map(negated, answers), again, trace="EFT2", provider_adjustments=kept_back, payment_cents=0))
    mirrored = {"insurance_paid": -8000, "contractual": -2500, "insurance_open": 10500}
    share = {"patient_open": -2000, "insurance_open": 12500}
    assert (await shown(biller, taken))[2:] == [("insurance_reversal", mirrored | share)]
    rise = {"insurance_paid": 6500, "contractual": 3500, "patient_open": 500, "insurance_open": -10500}
    assert (await shown(biller, corrected))[2:] == [("insurance_reversal", mirrored), ("insurance_payment", rise)]
    assert (await owes(payments, taken), await owes(payments, corrected)) == (0, 2500)


async def shown(biller: httpx.AsyncClient, case: Case) -> list[tuple[str, dict[str, int]]]:
    """The ledger of an encounter: each entry's kind and lines."""
    entries = (await biller.get(f"/v1/ledger/encounters/{case.encounter_id}")).json()["entries"]
    return [(each["kind"], {line["account"]: line["amount_cents"] for line in each["lines"]}) for each in entries]
