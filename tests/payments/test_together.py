"""Things that happen at the same moment: one of two transactions sees the other, or is run again until it does."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx

from payments_svc.handlers.responsibility import APPLY_AGAIN
from rcm.contracts.envelope import Event
from rcm.contracts.payments import PatientPaymentApplied, PaymentPosted
from rcm.messaging.parked import envelope_of_message
from rcm.messaging.unit_of_work import Cause, UnitOfWork
from tests.payments.auditing import audit, deposits, suspense
from tests.payments.making import Case, check, file_of
from tests.payments.test_remittances import PAID, post, ready
from tests.support.live import ORGANISATION, LiveService

X12 = {"content-type": "application/edi-x12"}


def handling(it: LiveService, event: Event) -> Callable[[UnitOfWork], Awaitable[None]]:
    """What is done with an event in a transaction."""
    subscription = next(each for each in it.service.subscriptions if isinstance(event, each.event))
    message = envelope_of_message(it.message(event)).message(subscription.reads)
    return lambda unit: subscription.handler(unit, [message])


def handled(it: LiveService, event: Event) -> Awaitable[None]:
    """An event in a transaction of its own, beside whatever else runs."""
    return it.runtime.run_worker(handling(it, event), cause=Cause())


async def test_the_same_file_from_two_senders_at_once(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    paid = check(case.paid(*PAID))
    files = [file_of(paid), file_of(paid), file_of(paid, control_number=2)]
    answers = await asyncio.gather(*(biller.post("/v1/remittances", content=content, headers=X12) for content in files))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert len({answer.json()["remittance_id"] for answer in answers}) == 1
    assert len(await payments.said(PaymentPosted)) == 1
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000


async def test_two_contents_of_one_check_at_once(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await ready(payments, case)
    files = [file_of(check(case.paid(*PAID, claim_number=number))) for number in ("A", "B", "C")]
    answers = await asyncio.gather(*(biller.post("/v1/remittances", content=content, headers=X12) for content in files))
    assert sorted(answer.json()["state"] for answer in answers) == ["posted", "quarantined", "quarantined"]
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["insurance_paid"] == 8000


async def test_a_payment_and_the_share_it_is_for(payments: LiveService, biller: httpx.AsyncClient) -> None:
    for number in range(12):
        owed, other = Case(guarantor=f"G-{number}"), Case(guarantor=f"G-{number}")
        await ready(payments, owed, other)
        await post(biller, check(owed.paid(*PAID), other.paid(*PAID), trace=f"T{number}"))
        events = [owed.completed(), owed.pays(1500, named=number % 2 == 0), other.completed(), other.pays(2400, named=False)]
        await asyncio.gather(*(handled(payments, event) for event in events))
        await payments.run_periodics(APPLY_AGAIN)
        figures = await audit(payments, ORGANISATION)
        assert figures[owed.encounter_id]["patient_open"] + figures[other.encounter_id]["patient_open"] == 100
    assert await deposits(payments, ORGANISATION) == 0


async def test_a_payment_and_a_share_that_miss_each_other(payments: LiveService, biller: httpx.AsyncClient) -> None:
    """Neither transaction sees the other, whichever commits first; both wake the work that joins what they made."""
    case = Case()
    await ready(payments, case)
    await post(biller, check(case.paid(*PAID)))
    both, woken = asyncio.Barrier(2), set()

    async def done(event: Event) -> None:
        work = handling(payments, event)

        async def beside(unit: UnitOfWork) -> None:
            await work(unit)
            woken.add(APPLY_AGAIN in unit.woken)
            await both.wait()

        await payments.runtime.run_worker(beside, cause=Cause())

    await asyncio.gather(done(case.completed()), done(case.pays(1500, named=False)))
    assert woken == {True}
    assert await deposits(payments, ORGANISATION) == 1500
    await payments.run_periodics(APPLY_AGAIN)
    assert await deposits(payments, ORGANISATION) == 0
    assert (await audit(payments, ORGANISATION))[case.encounter_id]["patient_open"] == 500
    [applied] = await payments.said(PatientPaymentApplied)
    assert (applied.data.applied_cents, applied.data.deposit_left_cents) == (1500, 0)
    await payments.run_periodics(APPLY_AGAIN)
    assert len(await payments.said(PatientPaymentApplied)) == 1


async def test_remittances_and_recodes_of_the_same_encounters(payments: LiveService, biller: httpx.AsyncClient) -> None:
    cases = [Case() for _ in range(5)]
    await ready(payments, *cases)
    posts = [post(biller, check(*(case.paid(*PAID) for case in cases), trace=f"T{number}")) for number in range(4)]
    recodes = [handled(payments, case.recoded((9000 + number,))) for number, case in enumerate(cases)]
    await asyncio.gather(*posts, *recodes, *(handled(payments, case.completed()) for case in cases))
    for number, case in enumerate(cases):
        figures = (await audit(payments, ORGANISATION))[case.encounter_id]
        assert (figures["charges"], figures["insurance_paid"], figures["patient_open"]) == (9000 + number, 8000, 2000)
    assert await suspense(payments, ORGANISATION) == 5 * 3 * 8000, "one of four answers stands, the others wait (decision 0190)"


async def test_a_submission_and_its_remittance(payments: LiveService, biller: httpx.AsyncClient) -> None:
    cases = [Case(encounter_id=uuid4()) for _ in range(6)]
    await payments.deliver(*(case.coded() for case in cases))
    for number, case in enumerate(cases):
        await asyncio.gather(handled(payments, case.submitted()), post(biller, check(case.paid(*PAID), trace=f"T{number}")))
    await payments.run_periodics()
    figures = await audit(payments, ORGANISATION)
    assert [figures[case.encounter_id]["insurance_paid"] for case in cases] == [8000] * 6
