"""The pages over real and pretended services: what they show, and what they do when a service is away or refuses."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from console import words
from console.pages.flow import identity, states
from console.visit import day, instant, money
from patient_billing_svc.main import Settings, build
from rcm.clock import FixedClock
from rcm.contracts.patient_accounts import PatientPaymentReceived
from rcm.identity import Role
from tests.console.making import Answers, TestConsole, console, csrf_of
from tests.patient_billing.making import NOON, responsibility_event
from tests.support.live import Live, LiveService

LEDGER = {
    "charges_cents": 10000,
    "insurance_paid_cents": 6000,
    "contractual_cents": 2500,
    "other_adjustments_cents": 100,
    "patient_paid_cents": 400,
    "patient_open_cents": 1600,
    "insurance_open_cents": -600,
    "suspense_cents": 250,
    "identity_breaks": 0,
}
CODING = {"encounters": 12, "coded": 9, "held": 2, "cancelled": 1, "charge_cents": 10000}
CLAIMS = {
    "claims": {"PAID": 5, "DENIED": 1, "READY": 3, "BRAND_NEW": 1},
    "partition": {"submitted": 6, "rejected": 0, "paid": 5, "denied": 1, "open": 0},
}


@pytest_asyncio.fixture
async def billing(live: Live) -> AsyncIterator[LiveService]:
    """A real patient-billing-svc with one account that owes $67.00."""
    async with live(build(Settings()), clock=FixedClock(NOON)) as service:
        await service.deliver(responsibility_event(uuid4(), copay=2500, deductible=4200))
        yield service


async def over(billing: LiveService, **others: httpx.AsyncBaseTransport) -> TestConsole:
    transports: dict[str, httpx.AsyncBaseTransport] = {"patient-billing-svc": httpx.ASGITransport(billing.app)}
    return await console(transports | {name.replace("_", "-"): transport for name, transport in others.items()})


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_identity_is_shown_as_the_ledger_tells_it_and_never_made_to_fit() -> None:
    holds = identity(LEDGER)
    assert (holds.holds, holds.difference_cents, holds.suspense_cents) == (True, 0, 250)
    assert sum(each.cents for each in holds.slices) == holds.charges_cents
    assert holds.slices[-1].width == 0
    assert not identity(LEDGER | {"patient_open_cents": 1599}).holds
    assert not identity(LEDGER | {"identity_breaks": 1}).holds
    assert identity(dict.fromkeys(LEDGER, 0)).holds


def test_states_come_in_the_order_of_a_claims_life_and_a_new_one_is_not_lost() -> None:
    assert [(each.state, each.count) for each in states(CLAIMS)] == [("READY", 3), ("PAID", 5), ("DENIED", 1), ("BRAND_NEW", 1)]


def test_words_know_every_state_of_the_services() -> None:
    """The console imports no service; a test may, so that no state is left without its word."""
    from claims_svc.domain.states import State as ClaimState
    from claims_svc.domain.tasks import TaskKind
    from coding_svc.domain.states import State as EncounterState
    from patient_billing_svc.domain.account import AccountState, Hold
    from payments_svc.domain.remittance import ClaimState as RemittanceClaimState
    from payments_svc.domain.remittance import Exit, Reason, RemittanceState

    assert set(words.CLAIM_STATES) == {str(state) for state in ClaimState}
    assert set(words.ENCOUNTER_STATES) == {str(state) for state in EncounterState}
    assert set(words.REMITTANCE_STATES) == {str(state) for state in (*RemittanceState, *RemittanceClaimState)}
    assert set(words.REASONS) == {str(reason) for reason in Reason}
    assert set(words.ACCOUNT_STATES) == {str(state) for state in AccountState}
    assert set(words.HOLDS) == {str(hold) for hold in Hold}
    assert set(words.EXITS) == {str(each) for each in Exit}
    assert set(words.TASKS) >= {str(kind) for kind in TaskKind}


def test_amounts_and_times_as_people_read_them() -> None:
    assert [money(amount) for amount in (0, 123456, -5, None)] == ["$0.00", "$1,234.56", "−$0.05", "–"]
    assert (day("2025-03-02"), day(None)) == ("Mar 2, 2025", "–")
    assert instant("2025-03-02T14:05:09.5Z") == "Mar 2, 2025 14:05:09"


async def test_the_live_page_shows_the_equation(billing: LiveService) -> None:
    it = await over(
        billing,
        coding_svc=Answers({"/v1/summary": CODING}),
        claims_svc=Answers({"/v1/summary": CLAIMS}),
        payments_svc=Answers({"/v1/summary": LEDGER}),
    )
    async with it.signed_in(Role.ADMIN) as browser:
        page = text_of((await browser.get("/")).text)
        part = await browser.get("/parts/flow", headers={"x-part": "1"})
    told = "Charges $100.00 = Insurance paid $60.00 + Contractual $25.00 + Other adjustments $1.00 + Patient paid $4.00"
    assert told in page
    assert "Balances to the cent" in page
    assert "Encounters 12" in page
    assert "Brand new" in page
    assert "<html" not in part.text
    assert told in text_of(part.text)


async def test_a_service_that_is_away_leaves_the_rest_of_the_page(billing: LiveService) -> None:
    it = await over(billing)
    async with it.signed_in(Role.DASHBOARD) as browser:
        page = await browser.get("/")
        assert page.status_code == 200
        for name in ("coding-svc", "claims-svc", "payments-svc"):
            assert f"{name} does not answer just now" in page.text
        assert "patients owe</span> <b>$67.00" in page.text
        closed = await browser.get("/claims")
    assert closed.status_code == 503
    assert "Try again in a moment" in closed.text


async def test_a_payment_is_taken_once_however_often_the_form_is_sent(billing: LiveService) -> None:
    it = await over(billing)
    async with it.signed_in() as browser:
        listed = await browser.get("/accounts")
        href = re.findall(r'href="(/accounts/[0-9a-f-]{36})"', listed.text)[0]
        page = (await browser.get(href)).text
        form: dict[str, Any] = {
            "csrf": csrf_of(page),
            "key": page.split('name="key" value="')[1].split('"')[0],
            "amount": "$1,025.50",
            "method": "check",
            "reference": "1042",
            "received_on": "2025-03-01",
            "encounter_id": "",
        }
        wrong = await browser.post(f"{href}/payments", data=form | {"amount": "twenty"})
        assert "Give the amount in dollars" in wrong.text
        assert 'value="twenty"' in wrong.text
        refused = await browser.post(f"{href}/payments", data=form | {"reference": ""})
        assert "Give the check&#39;s number." in refused.text
        done = await browser.post(f"{href}/payments", data=form)
        again = await browser.post(f"{href}/payments", data=form)
    assert "The payment is recorded" in done.text
    assert "The payment is recorded" in again.text
    assert "check 1042" in text_of(done.text)
    [said] = await billing.said(PatientPaymentReceived)
    assert said.data.amount_cents == 102550


async def test_a_hold_is_put_and_released(billing: LiveService) -> None:
    it = await over(billing)
    async with it.signed_in() as browser:
        href = re.findall(r'href="(/accounts/[0-9a-f-]{36})"', (await browser.get("/accounts")).text)[0]
        page = (await browser.get(href)).text
        form = {"csrf": csrf_of(page), "version": page.split('name="version" value="')[1].split('"')[0], "hold": "dispute"}
        held = await browser.post(f"{href}/hold", data=form | {"note": "Asks why"})
        assert "On hold: dispute." in held.text
        stale = await browser.post(f"{href}/hold", data=form)
        assert stale.status_code == 412
        version = held.text.split('name="version" value="')[1].split('"')[0]
        released = await browser.post(f"{href}/hold", data=form | {"hold": "", "version": version})
    assert "The hold is released." in released.text
    assert "Asks why" in released.text


async def test_statements_are_run_listed_and_shown(billing: LiveService) -> None:
    billing.advance(timedelta(days=2))
    it = await over(billing)
    async with it.signed_in(Role.ADMIN) as browser:
        before = await browser.get("/statements")
        assert "No statement was issued yet" in before.text
        done = await browser.post("/statement-runs", data={"csrf": csrf_of(before.text), "key": "one"})
        assert "1 statements were issued." in done.text
        href = re.findall(r'href="(/statements/[0-9a-f-]{36})"', done.text)[0]
        shown = text_of((await browser.get(href)).text)
        pdf = await browser.get(f"{href}/pdf")
    assert "Due for this visit $67.00" in shown
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


async def test_who_may_only_read_gets_no_forms_and_is_refused_by_the_service(billing: LiveService) -> None:
    it = await over(billing)
    async with it.signed_in(Role.DASHBOARD) as browser:
        page = (await browser.get("/statements")).text
        assert "Issue what is due now" not in page
        refused = await browser.post("/statement-runs", data={"csrf": csrf_of(page), "key": "x"})
        assert refused.status_code == 403
        href = re.findall(r'href="(/accounts/[0-9a-f-]{36})"', (await browser.get("/accounts")).text)[0]
        assert "Record the payment" not in (await browser.get(href)).text


@pytest.mark.parametrize("path", ["/statements/x", "/accounts/x", f"/statements/{UUID(int=7)}/pdf", "/nothing"])
async def test_what_is_not_there_is_said_kindly(billing: LiveService, path: str) -> None:
    it = await over(billing)
    async with it.signed_in() as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert "There is no such" in answer.text


async def test_names_from_a_service_are_text_and_never_markup() -> None:
    hostile = "<script>alert(1)</script>"
    item = {
        "encounter_id": str(uuid4()),
        "external_id": hostile,
        "state": "held",
        "date_of_service": None,
        "charge_cents": 100,
        "waiting_days": 2,
        "reasons": [{"edit_id": "x", "path": "/a", "message": hostile, "fix": hostile}],
    }
    it = await console({"coding-svc": Answers({"/v1/worklist": {"items": [item], "next": "a&b"}})})
    async with it.signed_in(Role.CODER) as browser:
        page = (await browser.get("/worklist")).text
    assert hostile not in page
    assert page.count("&lt;script&gt;") == 3
    assert 'href="?after=a%26b"' in page


async def test_a_fault_of_ours_is_a_page_with_every_guard() -> None:
    it = await console({"coding-svc": Answers({"/v1/worklist": {"no": "items"}})})
    async with it.signed_in() as browser:
        answer = await browser.get("/worklist")
    assert answer.status_code == 500
    assert "This can&#39;t be shown just now" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
