"""The whole service on a real database: facts in, statements and payments out, by HTTP and by the clock."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx
import pypdf
import pytest

from rcm.contracts.patient_accounts import PatientPaymentReceived, StatementIssued
from rcm.contracts.payments import PatientPaymentApplied
from rcm.identity import Role
from tests.patient_billing.making import responsibility_event
from tests.support.live import STRANGER, LiveService

ENCOUNTER, OTHER = UUID("0198f5d0-5c00-7000-8000-0000000000c1"), UUID("0198f5d0-5c00-7000-8000-0000000000c2")
GUARANTOR = {"external_id": "G-1001", "last_name": "Rivers", "first_name": "Dana"}
DAY = timedelta(days=1)


async def only_account(client: httpx.AsyncClient) -> dict[str, Any]:
    items = (await client.get("/v1/accounts")).json()["items"]
    assert len(items) == 1
    found: dict[str, Any] = (await client.get(f"/v1/accounts/{items[0]['account_id']}")).json()
    return found


async def open_account(client: httpx.AsyncClient, *, status: int = 201) -> dict[str, Any]:
    answer = await client.post("/v1/accounts", json={"guarantor": GUARANTOR})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pay(client: httpx.AsyncClient, account_id: str, cents: int, **more: object) -> dict[str, Any]:
    body = {"amount_cents": cents, "method": "cash", "received_on": "2025-03-02"} | more
    answer = await client.post(f"/v1/accounts/{account_id}/payments", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def applied(account_id: str, payment_id: str, cents: int, encounter_id: UUID = ENCOUNTER) -> PatientPaymentApplied:
    return PatientPaymentApplied(
        encounter_id=encounter_id,
        account_id=UUID(account_id),
        patient_payment_id=UUID(payment_id),
        applied_cents=cents,
        deposit_left_cents=0,
    )


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


async def test_a_payment_is_said_and_counts_when_it_is_applied(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    async with billing.client(Role.BILLER, subject="pat@example.org") as biller:
        account = await only_account(biller)
        payment = await pay(biller, account["account_id"], 4000, method="check", reference="1042", encounter_id=str(ENCOUNTER))
        taken = await only_account(biller)
        await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 2500))
        after = await only_account(biller)
    [said] = await billing.said(PatientPaymentReceived)
    assert said.data == PatientPaymentReceived(
        account_id=UUID(account["account_id"]),
        guarantor_external_id="G-1001",
        patient_payment_id=UUID(payment["patient_payment_id"]),
        amount_cents=4000,
        method="check",
        reference="1042",
        received_on=said.data.received_on,
        encounter_id=ENCOUNTER,
    )
    assert said.correlation_id == ENCOUNTER
    assert (taken["balance_cents"], taken["deposit_cents"]) == (2500, 4000)
    assert (after["balance_cents"], after["deposit_cents"]) == (0, 1500)
    [shown] = after["payments"]
    assert shown["recorded_by"].startswith("pat@example.org")
    assert (shown["applied_cents"], shown["deposit_cents"]) == (2500, 1500)
    assert [(each["encounter_id"], each["applied_cents"]) for each in shown["applications"]] == [(str(ENCOUNTER), 2500)]


async def test_the_same_payment_is_taken_once(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        path = f"/v1/accounts/{account['account_id']}/payments"
        body = {"amount_cents": 2500, "method": "check", "reference": "77", "received_on": "2025-03-01"}
        answers = [await biller.post(path, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
        again = await biller.post(path, json=body)
        after = await only_account(biller)
    assert answers[0].json() == answers[1].json()
    assert (again.status_code, again.json()["code"]) == (409, "payment-already-recorded")
    assert after["payments_cents"] == 2500
    assert len(await billing.said(PatientPaymentReceived)) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount_cents": 0}, "/amount_cents"),
        ({"amount_cents": -5}, "/amount_cents"),
        ({"amount_cents": 10**13}, "/amount_cents"),
        ({"amount_cents": 12.5}, "/amount_cents"),
        ({"amount_cents": "2500"}, "/amount_cents"),
        ({"method": "check"}, "/reference"),
        ({"method": "card"}, "/method"),
        ({"received_on": "2025-03-03"}, "/received_on"),
        ({"received_on": "03/01/2025"}, "/received_on"),
        ({"encounter_id": str(OTHER)}, "/encounter_id"),
        ({"encounter_id": "visit 7"}, "/encounter_id"),
        ({"tip_cents": 5}, "/tip_cents"),
        ({"reference": "a\x01b"}, "/reference"),
    ],
)
async def test_what_is_no_payment_is_refused_by_name(billing: LiveService, change: dict[str, object], pointer: str) -> None:
    await billing.deliver(responsibility_event(OTHER, "G-2"))
    async with billing.client(Role.BILLER) as biller:
        account = await open_account(biller)
        body = {"amount_cents": 2500, "method": "cash", "received_on": "2025-03-02"} | change
        answer = await biller.post(f"/v1/accounts/{account['account_id']}/payments", json=body)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_a_copay_is_taken_at_the_desk_before_anything_is_known(billing: LiveService) -> None:
    async with billing.client(Role.BILLER) as biller:
        opened = await open_account(biller)
        payment = await pay(biller, opened["account_id"], 2500, encounter_id=str(ENCOUNTER))
        await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
        await billing.deliver(applied(opened["account_id"], payment["patient_payment_id"], 2500))
        known = await open_account(biller, status=200)
        account = await only_account(biller)
    [said] = await billing.said(PatientPaymentReceived)
    assert (said.data.encounter_id, said.data.guarantor_external_id, said.correlation_id) == (ENCOUNTER, "G-1001", ENCOUNTER)
    assert (opened["number"], opened["balance_cents"], opened["deposit_cents"]) == ("A0000001", 0, 0)
    assert (known["account_id"], known["number"]) == (opened["account_id"], "A0000001")
    assert (account["balance_cents"], account["deposit_cents"], account["responsibility_cents"]) == (0, 0, 2500)
    assert account["guarantor_address"] == ["12 Elm Street", "Springfield, IL 62701-1234"], "the encounter's word is later"


async def test_a_copay_for_a_visit_that_is_not_billed_yet_lowers_no_other_visits_statement(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(OTHER, copay=2000))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        await pay(biller, account["account_id"], 2500, encounter_id=str(ENCOUNTER))
        await pay(biller, account["account_id"], 300)
        billing.advance(2 * DAY)
        await billing.run_periodics()
        [listed] = (await biller.get("/v1/statements")).json()["items"]
        document = (await biller.get(f"/v1/statements/{listed['statement_id']}")).json()
    assert (document["balance_cents"], document["unapplied_cents"]) == (1700, 300)


@pytest.mark.parametrize(
    ("guarantor", "pointer"),
    [
        ({"external_id": ""}, "/guarantor/external_id"),
        ({"last_name": ""}, "/guarantor/last_name"),
        ({"first_name": "a\nb"}, "/guarantor/first_name"),
        ({"nickname": "D"}, "/guarantor/nickname"),
        (
            {"address": {"line1": "1 Elm", "city": "Springfield", "state": "Illinois", "postal_code": "62701"}},
            "/guarantor/address/state",
        ),
    ],
)
async def test_what_is_no_guarantor_opens_no_account(billing: LiveService, guarantor: dict[str, object], pointer: str) -> None:
    async with billing.client(Role.BILLER) as biller, billing.client(Role.DASHBOARD) as dashboard:
        answer = await biller.post("/v1/accounts", json={"guarantor": GUARANTOR | guarantor})
        forbidden = await dashboard.post("/v1/accounts", json={"guarantor": GUARANTOR})
        listed = (await biller.get("/v1/accounts")).json()["items"]
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert (forbidden.status_code, listed) == (403, [])


async def test_no_address_names_a_guarantor_and_a_search_is_noted(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER), responsibility_event(OTHER, "G-2"))
    async with billing.client(Role.DASHBOARD) as reader, billing.client(Role.BILLER, STRANGER) as stranger:
        unheard = (await reader.get("/v1/accounts", params={"guarantor_external_id": "G-2"})).json()["items"]
        found = (await reader.post("/v1/accounts/search", json={"guarantor_external_id": "G-2"})).json()["items"]
        nobody = (await reader.post("/v1/accounts/search", json={"guarantor_external_id": "G-3"})).json()["items"]
        foreign = (await stranger.post("/v1/accounts/search", json={"guarantor_external_id": "G-2"})).json()["items"]
    assert (len(unheard), len(found), nobody, foreign) == (2, 1, [], [])
    noted = await billing.rows("select path, shown from access_log where method = 'POST'")
    assert [(row["path"], row["shown"]) for row in noted] == [("/v1/accounts/search", [found[0]["account_id"]])]
    parameters = billing.app.openapi()["paths"]["/v1/accounts"]["get"]["parameters"]
    assert {each["name"] for each in parameters} == {"limit", "after", "owing"}


async def test_an_application_without_its_encounter_or_payment_waits_as_a_named_state(billing: LiveService) -> None:
    """Order holds per encounter, so this is what a dead letter of the responsibility leaves behind it."""
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        payment = await pay(biller, account["account_id"], 900)
        await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 900, uuid4()))
        await billing.deliver(applied(account["account_id"], str(uuid4()), 900))
        after = await only_account(biller)
    assert (after["balance_cents"], after["deposit_cents"]) == (2500, 900)
    parked = await billing.rows("select state, kind from parked_message order by kind")
    assert [(row["state"], row["kind"]) for row in parked] == [("waiting", "encounter"), ("waiting", "patient_payment")]


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


async def test_what_is_taken_back_is_billed_again(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    async with billing.client(Role.BILLER) as biller:
        account = await only_account(biller)
        payment = await pay(biller, account["account_id"], 2500)
        await billing.deliver(applied(account["account_id"], payment["patient_payment_id"], 2500))
        billing.advance(2 * DAY)
        await billing.run_periodics()
        await billing.deliver(responsibility_event(ENCOUNTER, copay=4000))
        billing.advance(2 * DAY)
        await billing.run_periodics()
    assert [each.data.balance_cents for each in await billing.said(StatementIssued)] == [1500]


async def test_money_that_comes_back_is_a_deposit_again_and_pays_another_visit(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=2500))
    async with billing.client(Role.BILLER) as biller:
        account_id = (await only_account(biller))["account_id"]
        payment = (await pay(biller, account_id, 2500, encounter_id=str(ENCOUNTER)))["patient_payment_id"]
        await billing.deliver(applied(account_id, payment, 2500))
        await billing.deliver(responsibility_event(ENCOUNTER, copay=1000), applied(account_id, payment, -1500))
        back = await only_account(biller)
        await billing.deliver(responsibility_event(OTHER, copay=2000), applied(account_id, payment, 1500, OTHER))
        billing.advance(2 * DAY)
        await billing.run_periodics()
        after = await only_account(biller)
        figures = (await biller.get("/v1/reconciliation")).json()["items"]
    [shown] = back["payments"]
    assert (back["balance_cents"], back["deposit_cents"], back["applied_cents"]) == (0, 1500, 1000)
    assert (shown["applied_cents"], shown["deposit_cents"]) == (1000, 1500)
    assert [each["applied_cents"] for each in shown["applications"]] == [2500, -1500]
    assert (after["balance_cents"], after["deposit_cents"]) == (500, 0)
    assert [(each["applied_cents"], each["open_cents"]) for each in figures] == [(1000, 0), (1500, 500)]
    [statement] = await billing.said(StatementIssued)
    assert (statement.data.balance_cents, statement.data.encounter_ids) == (500, (OTHER,))


async def test_money_that_comes_back_from_a_moved_visit_is_a_deposit_where_it_was_taken(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, "G-1", copay=2500))
    async with billing.client(Role.BILLER) as biller:
        [first] = (await biller.get("/v1/accounts")).json()["items"]
        payment = (await pay(biller, first["account_id"], 2500))["patient_payment_id"]
        await billing.deliver(applied(first["account_id"], payment, 2500))
        await billing.deliver(responsibility_event(ENCOUNTER, "G-2", copay=1000), applied(first["account_id"], payment, -1500))
        items = (await biller.get("/v1/accounts")).json()["items"]
    assert {each["account_id"] == first["account_id"]: each["deposit_cents"] for each in items} == {True: 1500, False: 0}
    assert [each["balance_cents"] for each in items] == [0, 0]


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
