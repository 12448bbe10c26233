"""The published 835s of the shared samples, posted as they are: taken with a state or refused by name, and in balance."""

import os
from pathlib import Path

import httpx
import pytest

from payments_svc.edi import NotARemittance, read_checks
from rcm.contracts.payments import ClaimRemittanceHeld
from rcm.x12.problems import NotX12
from tests.payments.auditing import audit
from tests.payments.test_remittances import proofs
from tests.support.live import ORGANISATION, LiveService

SHARED = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"
LEARN = """insert into payee select $1::uuid, 'npi', unnest($2::text[]) union select $1::uuid, 'tax_id', unnest($3::text[])
on conflict do nothing returning 1"""

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no published samples at {SHARED} (RCM_SHARED_DATA)")


def published() -> list[Path]:
    """Every file that says it is an 835."""
    found = []
    for path in sorted(SHARED.rglob("*")):
        if path.is_file() and path.suffix not in {".tsv", ".md"}:
            content = path.read_bytes()
            if b"ST*835" in content or b"ST|835" in content or path.suffix == ".835":
                found.append(path)
    return found


async def test_each_is_taken_or_refused_by_name(payments: LiveService, biller: httpx.AsyncClient) -> None:
    files = published()
    assert len(files) >= 16
    for path in files:
        answer = await biller.post(
            "/v1/remittances", content=path.read_bytes(), headers={"content-type": "application/edi-x12"}
        )
        assert answer.status_code in {200, 201, 422}, (path, answer.text)
        if answer.status_code == 422:
            assert answer.json()["code"] in {"not-x12", "no-remittance", "wrong-transaction"}, (path, answer.text)
            assert answer.json()["errors"][0]["fix"], (path, answer.text)
        else:
            assert answer.json()["state"] == "quarantined", "their payees are none of ours"


async def test_each_that_balances_posts_into_suspense_and_proves_itself(
    payments: LiveService, biller: httpx.AsyncClient
) -> None:
    """With the payees known as ours, what remains is the balances: claims that fail are held alone, checks that fail whole."""
    states: dict[str, int] = {}
    for path in published():
        try:
            checks = read_checks(path.read_bytes())
        except (NotX12, NotARemittance):
            continue
        npis = [check.payee_npi for check in checks if check.payee_npi]
        await payments.rows(LEARN, ORGANISATION, npis, [tax for check in checks for tax in check.payee_tax_ids])
        answer = await biller.post(
            "/v1/remittances", content=path.read_bytes(), headers={"content-type": "application/edi-x12"}
        )
        assert answer.status_code in {200, 201}, (path, answer.text)
        for remittance in answer.json()["remittances"]:
            states[remittance["state"]] = states.get(remittance["state"], 0) + 1
            if remittance["state"] == "quarantined":
                assert remittance["reasons"], path
    await audit(payments, ORGANISATION)
    assert states["posted"] >= 15
    assert states["quarantined"] >= 3, "unbalanced, or without BPR or TRN"
    assert len(await proofs(biller)) == states["posted"]
    held = {message.data.reason for message in await payments.said(ClaimRemittanceHeld)}
    assert held == {"unmatched", "line-unbalanced", "claim-unbalanced"}
