"""Where no payer comes after this one, its whole answer makes the patient's share known, in the transaction that posts it."""

from uuid import UUID

import httpx
import pytest

from payments_svc.domain.claim_payment import ClaimPayment, LinePayment
from payments_svc.domain.matching import SentLine, answers_whole_claim, match_lines
from rcm.contracts.payments import PatientResponsibilityAssigned, PaymentPosted
from tests.payments.auditing import audit
from tests.payments.making import SERVICE_DAY, Case, check
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
