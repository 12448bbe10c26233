"""The whole service on a real database: facts in, statements out, by HTTP and by the clock."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pypdf

from rcm.contracts.patient_accounts import StatementIssued
from rcm.identity import Role
from tests.patient_billing.desk import ENCOUNTER, applied, only_account, pay
from tests.patient_billing.making import responsibility_event
from tests.support.live import STRANGER, LiveService

DAY = timedelta(days=1)


async def test_responsibility_opens_the_guarantors_account_and_a_later_one_replaces_it(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    await billing.deliver(responsibility_event(uuid4(), copay=1000))
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500, deductible=4200))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        figures = (await biller.get("/v1/reconciliation")).json()["items"]
        summary = (await biller.get("/v1/summary")).json()
    assert account["balance_cents"] == 7700
    assert account["number"] == "A0000001"
    assert account["guarantor_name"] == "Dana Rivers"
    assert sorted(each["open_cents"] for each in account["encounters"]) == [1000, 6700]
    assert sum(each["responsibility_cents"] for each in figures) == 7700
    assert summary == {"accounts": 1, "statements": 0, "patient_open_cents": 7700, "payments_cents": 0}


async def test_an_earlier_word_that_comes_late_changes_nothing(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=900), sequence=5)
    await billing.deliver(responsibility_event(ENCOUNTER, "G-2", copay=4200), sequence=4)
    async with billing.client(Role.BILLER) as biller:
        items = (await biller.get("/v1/accounts", params={"owing": True})).json()["items"]
    assert [each["balance_cents"] for each in items] == [900]


async def test_another_guarantor_takes_the_encounter_to_another_account_with_its_payments(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, "G-1", copay=2500))
    async with billing.client(Role.BILLER) as biller:
        first = (await biller.get("/v1/accounts")).json()["items"][0]
        payment = await pay(biller, first["account_id"], 1000)
        await billing.deliver(applied(first["account_id"], payment["patient_payment_id"], 1000), sequence=2)
        await billing.deliver(responsibility_event(ENCOUNTER, "G-2", copay=2500), sequence=3)
        items = (await biller.get("/v1/accounts")).json()["items"]
    assert {each["account_id"] == first["account_id"]: each["balance_cents"] for each in items} == {True: 0, False: 1500}
    assert [each["deposit_cents"] for each in items] == [0, 0]


async def test_everything_twice_is_as_once(billing: LiveService) -> None:
    messages = await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        payment = await pay(biller, account["account_id"], 1000)
        messages += await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 1000))
        once = await only_account(biller)
        await billing.redeliver(messages)
        await billing.redeliver(list(reversed(messages)))
        twice = await only_account(biller)
    assert twice == once


async def test_a_statement_goes_out_after_the_grace_and_then_every_thirty_days(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500), responsibility_event(uuid4(), deductible=100, copay=0))
    issued = []
    for wait in (timedelta(), timedelta(hours=23), timedelta(hours=1), 29 * DAY, DAY):
        billing.advance(wait)
        await billing.run_periodics()
        issued.append(len(await billing.said(StatementIssued)))
    assert issued == [0, 0, 1, 1, 2]
    first, second = await billing.said(StatementIssued)
    assert (first.data.balance_cents, len(first.data.encounter_ids)) == (2600, 2)
    assert (first.data.due_on - first.data.issued_on).days == 30
    assert first.sequence < second.sequence


async def test_nothing_owed_gets_no_statement_and_money_we_hold_is_not_asked_for(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500), responsibility_event(uuid4(), "G-2", copay=0))
    async with billing.client(Role.BILLER) as biller:
        [account] = (await biller.post("/v1/accounts/search", json={"guarantor_external_id": "G-1001"})).json()["items"]
        payment = await pay(biller, account["account_id"], 2500)
        billing.advance(2 * DAY)
        await billing.run_periodics()
        assert await billing.said(StatementIssued) == []
        await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 2000))
        await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 500))
        await billing.run_periodics()
    assert await billing.said(StatementIssued) == []


async def test_a_hold_stops_statements_until_it_is_released(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER))
    async with billing.client(Role.BILLER, subject="pat@example.org") as biller:
        account = await only_account(biller)
        path = f"/v1/accounts/{account['account_id']}"
        bare = await biller.put(f"{path}/hold", json={"hold": "dispute"})
        tag = (await biller.get(path)).headers["etag"]
        held = await biller.put(f"{path}/hold", json={"hold": "dispute", "note": "Asks why"}, headers={"If-Match": tag})
        stale = await biller.put(f"{path}/hold", json={"hold": None}, headers={"If-Match": tag})
        billing.advance(3 * DAY)
        await billing.run_periodics()
        assert await billing.said(StatementIssued) == []
        run = await biller.post("/v1/statement-runs")
        assert run.json() == {"issued": 0, "more": False, "statement_ids": []}
        released = await biller.put(f"{path}/hold", json={"hold": None}, headers={"If-Match": held.headers["etag"]})
        twice = await biller.put(f"{path}/hold", json={"hold": None}, headers={"If-Match": "*"})
        await billing.run_periodics()
    assert (bare.status_code, stale.status_code, twice.status_code) == (428, 412, 409)
    assert held.json()["state"] == "on_hold"
    assert [each["hold"] for each in released.json()["holds"]] == [None, "dispute"]
    assert len(await billing.said(StatementIssued)) == 1


async def test_a_statement_run_bills_the_callers_organisation_alone(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER))
    await billing.deliver(responsibility_event(uuid4()), organisation_id=STRANGER)
    billing.advance(2 * DAY)
    async with billing.client(Role.BILLER) as biller, billing.client(Role.BILLER, STRANGER) as stranger:
        run = (await biller.post("/v1/statement-runs")).json()
        again = (await biller.post("/v1/statement-runs")).json()
        listed = (await biller.get("/v1/statements")).json()["items"]
        foreign = (await stranger.get("/v1/statements")).json()["items"]
        hidden = await stranger.get(f"/v1/statements/{run['statement_ids'][0]}")
    assert (run["issued"], run["more"], again["issued"]) == (1, False, 0)
    assert [each["number"] for each in listed] == ["00000001"]
    assert foreign == []
    assert hidden.status_code == 404


async def test_statement_numbers_have_no_gaps_and_pages_follow_each_other(billing: LiveService) -> None:
    await billing.deliver(*[responsibility_event(uuid4(), f"G-{number}") for number in range(7)])
    billing.advance(2 * DAY)
    await billing.run_periodics()
    async with billing.client(Role.DASHBOARD) as reader:
        numbers: list[str] = []
        after: str | None = None
        while True:
            page = (await reader.get("/v1/statements", params={"limit": 3} | ({"after": after} if after else {}))).json()
            numbers += [each["number"] for each in page["items"]]
            if (after := page["next"]) is None:
                break
    assert numbers == [f"{number:08d}" for number in range(7, 0, -1)]


async def test_a_statement_is_json_page_and_pdf_and_never_changes(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500, deductible=4200))
    billing.advance(2 * DAY)
    await billing.run_periodics()
    async with billing.client(Role.BILLER) as biller:
        [listed] = (await biller.get("/v1/statements")).json()["items"]
        path = f"/v1/statements/{listed['statement_id']}"
        before = await biller.get(path)
        first_pdf = await biller.get(f"{path}/pdf")
        await billing.deliver(responsibility_event(ENCOUNTER, copay=9900))
        after = await biller.get(path)
        page = await biller.get(path, headers={"accept": "text/html,application/xhtml+xml;q=0.9"})
        pdf = await biller.get(path, headers={"accept": "application/pdf"})
        of_account = (await biller.get(f"/v1/accounts/{listed['account_id']}/statements")).json()["items"]
    document = after.json()
    assert document == before.json()
    assert of_account == [listed]
    assert document["balance_cents"] == 6700
    assert document["encounters"][0]["lines"][0] | {"description": ""} == {
        "line_number": 1,
        "procedure": "99213",
        "description": "",
        "date_of_service": "2025-02-11",
        "charge_cents": 20000,
        "insurance_paid_cents": 8300,
        "adjusted_cents": 5000,
        "insurance_pending_cents": 0,
        "owed_cents": 6700,
    }
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "You owe <b>$67.00</b> by April 3, 2025" in page.text
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content == first_pdf.content
    text = "".join(each.extract_text() for each in pypdf.PdfReader(BytesIO(pdf.content)).pages)
    assert "Dana Rivers" in text
    assert "$67.00" in text


async def test_nobody_else_may(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER))
    async with billing.client(Role.EHR) as ehr, billing.client(Role.DASHBOARD) as dashboard, billing.client(None) as nobody:
        assert (await ehr.get("/v1/accounts")).status_code == 403
        assert (await dashboard.get("/v1/accounts")).status_code == 200
        assert (await dashboard.post("/v1/statement-runs")).status_code == 403
        assert (await nobody.get("/v1/accounts")).status_code == 401
