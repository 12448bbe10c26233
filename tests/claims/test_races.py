"""What happens at the same moment: one of two transactions is tried again, and nothing falls between them."""

import asyncio

import httpx

from rcm.contracts.claims import ClaimAccepted, ClaimRejected, ClaimSubmitted, SubmissionReady
from tests.claims.making import (
    Case,
    acknowledge,
    claim_acknowledgement,
    claim_of,
    cut,
    functional,
    payer_body,
    sent,
    state_of,
    ta1,
    transmit,
)
from tests.support.live import LiveService


async def test_an_answer_and_the_transmission_at_once(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """Neither sees the other's rows; were there no common row, the claim would stay SUBMITTED for ever."""
    for round_ in range(8):
        case = Case()
        await claims.deliver(case.coded())
        (submission,) = await cut(biller)
        each = await sent(biller, case, submission)
        rejects = round_ % 2 == 0
        answer = ta1(submission, "R") if rejects else claim_acknowledgement((each.number, "A2"))
        done, _ = await asyncio.gather(transmit(adapter, submission), acknowledge(adapter, answer))
        assert done.status_code == 201
        assert await state_of(biller, case) == ("INTERCHANGE_REJECTED" if rejects else "PAYER_ACCEPTED")
    assert len(await claims.said(ClaimSubmitted)) == 8
    assert len(await claims.said(ClaimRejected)) == 4
    assert len(await claims.said(ClaimAccepted)) == 4


async def test_what_was_heard_early_moves_its_claim_alone(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """Claims of one file: those about which nothing was heard leave in one statement, as the domain would have them leave."""
    cases = [Case(), Case(), Case()]
    await claims.deliver(*[case.coded() for case in cases])
    (submission,) = await cut(biller)
    early, late, _ = [await sent(biller, case, submission) for case in cases]
    await acknowledge(adapter, claim_acknowledgement((early.number, "A2")))
    assert [await state_of(biller, case) for case in cases] == ["BATCHED"] * 3
    versions = dict([tuple(row) for row in await claims.rows("select claim_id, version from claim")])
    await transmit(adapter, submission)
    assert [await state_of(biller, case) for case in cases] == ["PAYER_ACCEPTED", "SUBMITTED", "SUBMITTED"]
    said = {message.data.claim_id: message.sequence for message in await claims.said(ClaimSubmitted)}
    assert said == {claim_id: version + 1 for claim_id, version in versions.items()}
    claim = await claim_of(biller, cases[1])
    assert (claim["payer_holds"], claim["submitted_at"], claim["version"]) == (
        True,
        "2025-09-01T15:00:00Z",
        said[late.claim_id],
    )


async def test_two_adapters_record_the_same_transmission(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    answers = await asyncio.gather(*[transmit(adapter, submission) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len(await claims.said(ClaimSubmitted)) == 1


async def test_the_same_acknowledgement_at_once(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    await transmit(adapter, submission)
    each = await sent(biller, case, submission)
    content = claim_acknowledgement((each.number, "A2"))
    found = await asyncio.gather(*[acknowledge(adapter, content) for _ in range(4)])
    assert len({answer["acknowledgement_id"] for answer in found}) == 1
    assert len(await claims.said(ClaimAccepted)) == 1


async def test_two_who_cut_at_once_write_no_claim_twice(claims: LiveService, biller: httpx.AsyncClient) -> None:
    await claims.deliver(*[Case().coded() for _ in range(10)])
    await asyncio.gather(*[biller.post("/v1/submissions") for _ in range(4)])
    ready = await claims.said(SubmissionReady)
    assert sum(message.data.claim_count for message in ready) == 10
    numbers = [item["control_number"] for item in (await biller.get("/v1/submissions")).json()["items"]]
    assert len(set(numbers)) == len(numbers)


async def test_a_file_and_a_correction_at_once(claims: LiveService, biller: httpx.AsyncClient) -> None:
    """Either the correction is in the file, or the claim knows that it changed since."""
    for charge in (20000, 30000, 40000):
        case = Case()
        await claims.deliver(case.coded())
        case.charges = (charge,)
        await asyncio.gather(claims.deliver(case.recoded("/lines")), biller.post("/v1/submissions"))
        claim = await claim_of(biller, case)
        if claim["state"] == "READY":
            await cut(biller)
            claim = await claim_of(biller, case)
        assert claim["state"] == "BATCHED"
        (place,) = claim["submissions"]
        assert (place["charge_cents"] == charge) is not claim["changed_since_file"]


async def test_a_payer_set_up_while_its_claims_come(claims: LiveService, biller: httpx.AsyncClient) -> None:
    """A claim that was edited against the old set-up is behind it, whichever commits first."""
    cases = [Case(member_id=f"W{place:08d}") for place in range(20)]
    body = payer_body("SBX01", member_id_pattern="W[0-9]{8}")
    await asyncio.gather(
        claims.deliver(*[case.coded() for case in cases[:10]]),
        biller.put("/v1/payers/SBX01", json=body),
        claims.deliver(*[case.coded() for case in cases[10:]]),
    )
    await claims.run_periodics()
    assert (await biller.get("/v1/summary")).json()["claims"] == {"READY": 20}


async def test_functional_answers_twice_at_once(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    await transmit(adapter, submission)
    contents = [functional(submission, "R", number=number) for number in (1, 2, 3)]
    await asyncio.gather(*[acknowledge(adapter, content) for content in contents])
    assert await state_of(biller, case) == "FUNCTIONAL_REJECTED"
    assert len(await claims.said(ClaimRejected)) == 1
