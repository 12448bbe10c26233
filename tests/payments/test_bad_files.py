"""Whatever a file holds: a state or a named refusal, never a 5xx, and the books are right."""

import random
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rcm.identity import Role
from tests.payments.auditing import audit
from tests.payments.making import Case, check, file_of, negated
from tests.payments.test_remittances import PAID
from tests.support.live import LiveService

X12 = {"content-type": "application/edi-x12"}
PIECES = (
    b"*",
    b"~",
    b":",
    b"-",
    b"9" * 14,
    b"1E5",
    b".",
    b"\x00",
    b"\xff",
    b"\xc3\xa9",
    b"CLP*",
    b"SVC*",
    b"PLB*",
    b"A" * 3000,
    b"",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), count=st.integers(1, 4))
async def test_broken_files(payments: LiveService, seed: int, count: int) -> None:
    dice = random.Random(seed)
    organisation_id, case = uuid4(), Case()
    await payments.deliver(case.coded(), case.submitted(), organisation_id=organisation_id)
    paid = case.paid(*PAID)
    content = file_of(check(paid, trace="A"), check(negated(paid), paid, trace="B", provider_adjustments=[("WO", "R", -8000)]))
    for _ in range(count):
        at = dice.randrange(len(content))
        content = content[:at] + dice.choice(PIECES) + content[at + dice.choice((0, 1, 5, 40)) :]
    async with payments.client(Role.BILLER, organisation_id) as biller:
        answer = await biller.post("/v1/remittances", content=content, headers=X12)
        assert answer.status_code in {200, 201, 422}, answer.text
        assert (await biller.get("/v1/unmatched")).status_code == 200
    await audit(payments, organisation_id)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"EFT0001", b"E" * 5000, "unreadable"),
        (b"EFT0001", b"", "unreadable"),
        (b"BPR*I*80*C*", b"BPR*I*80*D*", "transaction-unbalanced"),
    ],
)
async def test_a_check_without_a_usable_name(
    payments: LiveService, biller: httpx.AsyncClient, old: bytes, new: bytes, code: str
) -> None:
    case = Case()
    await payments.deliver(case.coded(), case.submitted())
    content = file_of(check(case.paid(*PAID))).replace(old, new)
    answer = await biller.post("/v1/remittances", content=content, headers=X12)
    assert answer.status_code == 201, answer.text
    assert answer.json()["remittances"][0]["reasons"] == [code]


async def test_a_nul_character_is_named(biller: httpx.AsyncClient) -> None:
    content = file_of(check(Case().paid(*PAID))).replace(b"EVERGREEN", b"EVER\x00REEN")
    answer = await biller.post("/v1/remittances", content=content, headers=X12)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "nul-character")


async def test_a_bom_and_padding_are_read_past(payments: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await payments.deliver(case.coded(), case.submitted())
    content = b"\xef\xbb\xbf" + file_of(check(case.paid(*PAID))).replace(b"~", b"~\r\n") + b"\x1a\x00\x00"
    answer = await biller.post("/v1/remittances", content=content, headers=X12)
    assert answer.json()["state"] == "posted", answer.text
    assert (await biller.post("/v1/remittances", content=file_of(check(case.paid(*PAID))), headers=X12)).status_code == 200
