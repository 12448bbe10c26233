"""What the tests do over HTTP, as a desk would."""

from typing import Any
from uuid import UUID

import httpx

from rcm.contracts.payments import PatientPaymentApplied

ENCOUNTER, OTHER = UUID("0198f5d0-5c00-7000-8000-0000000000c1"), UUID("0198f5d0-5c00-7000-8000-0000000000c2")
GUARANTOR = {"external_id": "G-1001", "last_name": "Rivers", "first_name": "Dana"}


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
