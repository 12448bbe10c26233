"""Accounts that the desk opens, payments that it takes, and where they went."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from rcm.contracts.patient_accounts import PatientPaymentReceived, StatementIssued
from rcm.identity import Role
from tests.patient_billing.desk import ENCOUNTER, GUARANTOR, OTHER, applied, only_account, open_account, pay
from tests.patient_billing.making import responsibility_event
from tests.support.live import STRANGER, LiveService

DAY = timedelta(days=1)


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
        written = [await biller.post(path, json=body | {"reference": number}) for number in ("77", " 0077 ", "7 7")]
        after = await only_account(biller)
    assert answers[0].json() == answers[1].json()
    for again in written:
        assert (again.status_code, again.json()["code"]) == (409, "payment-already-recorded")
        assert again.json()["errors"][0]["pointer"] == "/reference"
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
        ({"method": "check", "reference": "   "}, "/reference"),
        ({"received_on": "0206-03-01"}, "/received_on"),
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
