"""A patient owes less than was applied: payments-svc says a negative application, and the money is a deposit again."""

from uuid import UUID

from rcm.contracts.payments import PatientPaymentApplied
from rcm.identity import Role
from tests.patient_billing.making import responsibility_event
from tests.support.live import LiveService

ENCOUNTER, OTHER = UUID("0198f5d0-5c00-7000-8000-0000000000d1"), UUID("0198f5d0-5c00-7000-8000-0000000000d2")


async def test_what_was_applied_comes_back_and_goes_elsewhere(billing: LiveService) -> None:
    await billing.deliver(responsibility_event(ENCOUNTER, copay=5000))
    async with billing.client(Role.BILLER) as biller:
        [account] = (await biller.get("/v1/accounts")).json()["items"]
        path = f"/v1/accounts/{account['account_id']}"
        body = {"amount_cents": 5000, "method": "cash", "reference": "R-1", "received_on": "2025-03-02"}
        payment = (await biller.post(f"{path}/payments", json=body)).json()

        def applied(cents: int, encounter_id: UUID) -> PatientPaymentApplied:
            return PatientPaymentApplied(
                encounter_id=encounter_id,
                account_id=UUID(account["account_id"]),
                patient_payment_id=UUID(payment["patient_payment_id"]),
                applied_cents=cents,
                deposit_left_cents=0,
            )

        await billing.deliver(applied(5000, ENCOUNTER))
        await billing.deliver(responsibility_event(ENCOUNTER, copay=2000), applied(-3000, ENCOUNTER))
        shown = (await biller.get(path)).json()
        assert (shown["balance_cents"], shown["deposit_cents"]) == (0, 3000)
        await billing.deliver(responsibility_event(OTHER, copay=4000), applied(3000, OTHER))
        shown = (await biller.get(path)).json()
        assert (shown["balance_cents"], shown["deposit_cents"]) == (1000, 0)
        figures = {each["encounter_id"]: each for each in (await biller.get("/v1/reconciliation")).json()["items"]}
        assert figures[str(ENCOUNTER)]["applied_cents"] == 2000
        assert figures[str(OTHER)]["open_cents"] == 1000
        run = await biller.post("/v1/statement-runs")
        assert run.status_code == 200, run.text
