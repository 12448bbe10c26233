"""The story of a demo: encounters in, answers from the payers, statements, patients' payments, figures."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from rcm.identity import Role
from rcm_deploy.demo.quiescence import settle
from rcm_deploy.reconcile import reconcile
from rcm_deploy.remote import SERVICES, Remote
from rcm_deploy.samples.encounters import sample_encounters

BATCH = 100
"""Encounters in one NDJSON body."""
ANSWER_DAYS = 15
"""The sandbox has answered everything after so many days of its clock."""
STATEMENT_DAYS = 2
"""So far ahead the services' clocks go for the statement cycle."""
EXCESS_CENTS = 1_500
"""By how much a patient who pays too much does so."""

Progress = Callable[[str, float], None]
"""Told a stage's name and the share of the whole run that is done."""


class DemoRefusedError(Exception):
    """A service refused something that a demo needs."""


async def undisturbed() -> None:
    """Nothing goes wrong."""


async def play(
    remote: Remote,
    *,
    encounters: int,
    seed: int,
    progress: Progress,
    disturb: Callable[[], Awaitable[None]] = undisturbed,
    after_batch: Callable[[], Awaitable[None]] = undisturbed,
) -> None:
    """Plays the whole story on a running simulation, to quiescence.

    `disturb` is awaited in the middle of each stage, `after_batch` after each batch of encounters.
    """
    await _post_encounters(remote, encounters, seed, progress, after_batch)
    await disturb()
    await settle(remote)
    progress("payers answer", 0.5)
    await _let_payers_answer(remote, disturb)
    progress("statements", 0.75)
    await _run_statement_cycle(remote)
    await disturb()
    await settle(remote)
    progress("patients pay", 0.85)
    await _let_patients_pay(remote, seed)
    await disturb()
    await settle(remote)
    progress("figures", 0.97)


async def _post_encounters(
    remote: Remote, count: int, seed: int, progress: Progress, after_batch: Callable[[], Awaitable[None]]
) -> None:
    today = datetime.now(UTC).date()
    for first in range(0, count, BATCH):
        batch = sample_encounters(min(BATCH, count - first), seed, today, first=first)
        response = await remote.call(
            "POST",
            "coding",
            "/v1/encounters/batch",
            role=Role.EHR,
            key=f"demo-{seed}-{first}",
            headers={"Content-Type": "application/x-ndjson"},
            content=b"\n".join(orjson.dumps(encounter) for encounter in batch),
        )
        if response.is_error:
            raise DemoRefusedError(f"encounters refused: {response.status_code} {response.text[:1000]}")
        progress("encounters", 0.45 * min(count, first + BATCH) / count)
        await after_batch()


async def _let_payers_answer(remote: Remote, disturb: Callable[[], Awaitable[None]]) -> None:
    ahead = 0
    while (await settle(remote)).sandbox_pending:
        ahead += ANSWER_DAYS
        await set_ahead(remote, "sandbox", timedelta(days=ahead))
        await disturb()


async def set_ahead(remote: Remote, place: str, ahead: timedelta) -> None:
    """Sets one program's simulated clock so far ahead of the machine's."""
    body = {"ahead_seconds": int(ahead.total_seconds())}
    await remote.json("PUT", place, "/v1/admin/clock", json=body, key=f"clock-{place}-{body['ahead_seconds']}")


async def _run_statement_cycle(remote: Remote) -> None:
    await asyncio.gather(*(set_ahead(remote, service, timedelta(days=STATEMENT_DAYS)) for service in SERVICES))
    run = 0
    while (await remote.json("POST", "patient-billing", "/v1/statement-runs", key=f"statement-run-{run}"))["more"]:
        run += 1


async def _let_patients_pay(remote: Remote, seed: int) -> None:
    """Of each four accounts, in the order of their balances, one pays all, one a part, one too much, one nothing."""
    accounts = [account async for account in remote.pages("patient-billing", "/v1/accounts") if account["balance_cents"] > 0]
    accounts.sort(key=lambda account: account["balance_cents"])
    today = (datetime.now(UTC) + timedelta(days=STATEMENT_DAYS)).date()

    async def pay(place: int, account: dict[str, Any]) -> None:
        balance = account["balance_cents"]
        amount = (balance, max(balance // 2, 1), balance + EXCESS_CENTS, 0)[place % 4]
        if not amount:
            return
        await remote.json(
            "POST",
            "patient-billing",
            f"/v1/accounts/{account['account_id']}/payments",
            role=Role.BILLER,
            key=f"demo-payment-{seed}-{account['account_id']}",
            json={
                "amount_cents": amount,
                "method": "check" if place % 8 < 4 else "cash",
                "reference": str(1000 + place) if place % 8 < 4 else "",
                "received_on": today.isoformat(),
            },
        )

    for first in range(0, len(accounts), 16):
        await asyncio.gather(*(pay(first + offset, account) for offset, account in enumerate(accounts[first : first + 16])))


async def read_result(remote: Remote, elapsed: Callable[[], float]) -> dict[str, Any]:
    """The demo's one line, every figure as the services give it when they are at rest."""
    rest = await settle(remote)
    coding, claims, payments, billing = await asyncio.gather(
        *(remote.json("GET", service, "/v1/summary") for service in SERVICES)
    )
    money = ("charges", "insurance_paid", "contractual", "other_adjustments", "patient_paid", "patient_open", "insurance_open")
    found = await reconcile(remote)
    return {
        "encounters": coding["encounters"],
        "coded": coding["coded"],
        "held": coding["held"],
        "claims": {name: claims["partition"][name] for name in ("submitted", "rejected", "paid", "denied", "open")},
        "statements": billing["statements"],
        "money_cents": {name: payments[f"{name}_cents"] for name in money},
        "identity_holds": payments["identity_breaks"] == 0 and not found,
        "events": rest.log_events,
        "dead_letters": rest.dead_letters,
        "seconds": round(elapsed(), 1),
    }
