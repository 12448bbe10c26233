"""TA1, 999 and 277CA: in any order, twice, too early, for what was never sent."""

import itertools
import random
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest

from claims_svc.domain.facts import Acknowledged, Heard
from rcm.contracts.claims import ClaimAccepted, ClaimRejected, ClaimSubmitted
from tests.claims.making import (
    Case,
    acknowledge,
    claim_acknowledgement,
    claim_of,
    cut,
    functional,
    sent,
    state_of,
    submit,
    ta1,
    transmit,
)
from tests.support.live import LiveService


@pytest.mark.parametrize(
    ("kind", "code", "state", "by"),
    [
        ("TA1", "A", "SUBMITTED", ""),
        ("TA1", "E", "SUBMITTED", ""),
        ("TA1", "R", "INTERCHANGE_REJECTED", "TA1"),
        ("999", "A", "SUBMITTED", ""),
        ("999", "E", "SUBMITTED", ""),
        ("999", "R", "FUNCTIONAL_REJECTED", "999"),
    ],
)
async def test_answers_to_a_whole_file(
    claims: LiveService,
    biller: httpx.AsyncClient,
    adapter: httpx.AsyncClient,
    *,
    kind: str,
    code: str,
    state: str,
    by: str,
) -> None:
    cases = [Case(), Case()]
    (first, _) = await submit(claims, biller, adapter, *cases)
    content = ta1(first.submission, code) if kind == "TA1" else functional(first.submission, code)
    taken = await acknowledge(adapter, content)
    assert (taken["state"], taken["kinds"], taken["rejected"]) == ("APPLIED", [kind], 2 if by else 0)
    assert [await state_of(biller, case) for case in cases] == [state, state]
    assert [message.data.by for message in await claims.said(ClaimRejected)] == [by] * (2 if by else 0)


@pytest.mark.parametrize(
    ("by", "category", "state"),
    [
        ("AY", "A0", "CLEARINGHOUSE_ACCEPTED"),
        ("AY", "A1", "CLEARINGHOUSE_ACCEPTED"),
        ("AY", "A3", "CLEARINGHOUSE_REJECTED"),
        ("PR", "A1", "PAYER_ACCEPTED"),
        ("PR", "A2", "PAYER_ACCEPTED"),
        ("PR", "A3", "PAYER_REJECTED"),
        ("PR", "A4", "PAYER_REJECTED"),
        ("PR", "A6", "PAYER_REJECTED"),
        ("PR", "A7", "PAYER_REJECTED"),
        ("PR", "A8", "PAYER_REJECTED"),
    ],
)
async def test_answers_to_a_claim(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, by: str, category: str, state: str
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    taken = await acknowledge(adapter, claim_acknowledgement((each.number, category), by=by))
    assert (taken["accepted"], taken["rejected"]) == ((1, 0) if state.endswith("ACCEPTED") else (0, 1))
    assert await state_of(biller, case) == state


async def test_a_refusal_of_the_file_refuses_all_its_claims(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    cases = [Case(), Case()]
    both = await submit(claims, biller, adapter, *cases)
    verdicts = [(each.number, "A2") for each in both]
    await acknowledge(adapter, claim_acknowledgement(*verdicts, by="AY", whole="A3"))
    assert {await state_of(biller, case) for case in cases} == {"CLEARINGHOUSE_REJECTED"}


async def test_a_refusal_of_the_file_without_its_claims_is_told_by_the_batch(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    trace = f"{each.submission['control_number']:09d}"
    await acknowledge(adapter, claim_acknowledgement(by="AY", whole="A3", trace=trace))
    assert await state_of(biller, case) == "CLEARINGHOUSE_REJECTED"
    (rejected,) = await claims.said(ClaimRejected)
    assert (rejected.data.by, rejected.data.status_category) == ("277CA", "A3")


async def test_the_same_bytes_twice_are_one(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    content = claim_acknowledgement((each.number, "A2"))
    kind = {"content-type": "application/edi-x12"}
    answers = [await adapter.post("/v1/acknowledgements", content=content, headers=kind) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    await acknowledge(adapter, b"\xef\xbb\xbf" + content)
    assert len(await claims.said(ClaimAccepted)) == 1
    assert len((await adapter.get("/v1/acknowledgements")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("answers", "state", "said"),
    [
        (("TA1 A", "999 A"), "SUBMITTED", []),
        (("TA1 R",), "INTERCHANGE_REJECTED", ["TA1"]),
        (("999 R",), "FUNCTIONAL_REJECTED", ["999"]),
        (("A2",), "PAYER_ACCEPTED", ["payer"]),
        (("A7", "999 A"), "PAYER_REJECTED", ["277CA"]),
    ],
)
async def test_answers_that_come_before_the_transmission_is_recorded(
    claims: LiveService,
    biller: httpx.AsyncClient,
    adapter: httpx.AsyncClient,
    *,
    answers: tuple[str, ...],
    state: str,
    said: list[str],
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    (submission,) = await cut(biller)
    each = await sent(biller, case, submission)
    for answer in answers:
        await acknowledge(adapter, _answer(answer, submission, each.number))
    assert await state_of(biller, case) == "BATCHED"
    assert (await transmit(adapter, submission)).status_code == 201
    assert await state_of(biller, case) == state
    (submitted,) = await claims.said(ClaimSubmitted)
    rejected, accepted = await claims.said(ClaimRejected), await claims.said(ClaimAccepted)
    assert [*(message.data.by for message in rejected), *(message.data.by for message in accepted)] == said
    later = [*(message.sequence for message in rejected), *(message.sequence for message in accepted)]
    assert all(sequence > submitted.sequence for sequence in later)


def _answer(what: str, submission: dict[str, Any], number: str) -> bytes:
    kind, _, code = what.rpartition(" ")
    if kind == "TA1":
        return ta1(submission, code)
    return functional(submission, code) if kind == "999" else claim_acknowledgement((number, code))


async def test_any_order_ends_the_same(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    """Every order of one claim's answers, each on a claim of its own; some twice."""
    orders = list(itertools.permutations(range(4)))
    cases = [Case() for _ in orders]
    sents = await submit(claims, biller, adapter, *cases)
    dice = random.Random(7)
    for order, each in zip(orders, sents, strict=True):
        contents = [
            claim_acknowledgement((each.number, "A1"), by="AY", on=date(2025, 9, 2)),
            claim_acknowledgement((each.number, "A2"), on=date(2025, 9, 3)),
            claim_acknowledgement((each.number, "A7"), on=date(2025, 9, 4)),
            functional(each.submission, number=int(each.number[:4], 36) % 10**8 + 1),
        ]
        for place in order:
            await acknowledge(adapter, contents[place])
            if dice.random() < 0.3:
                await acknowledge(adapter, contents[place])
    found = [await claim_of(biller, case) for case in cases]
    assert {claim["state"] for claim in found} == {"PAYER_REJECTED"}
    assert {claim["payer_claim_control_number"] for claim in found} == {"EM2025000117"}


async def test_what_was_never_sent_is_quarantined_and_can_be_retried(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    taken = await acknowledge(adapter, claim_acknowledgement((each.number, "A2"), ("NEVERSENT1", "A2")))
    assert taken["state"] == "QUARANTINED"
    assert [part["control_number"] for part in taken["unresolved"]] == ["NEVERSENT1"]
    assert await state_of(biller, case) == "PAYER_ACCEPTED"
    path = f"/v1/acknowledgements/{taken['acknowledgement_id']}/retry"
    still = await biller.post(path)
    assert (still.status_code, still.json()["state"], still.json()["accepted"]) == (200, "QUARANTINED", 1)
    quarantined = (await biller.get("/v1/acknowledgements", params={"state": "QUARANTINED"})).json()["items"]
    assert [item["acknowledgement_id"] for item in quarantined] == [taken["acknowledgement_id"]]
    assert len(await claims.said(ClaimAccepted)) == 1


async def test_a_retry_applies_what_is_known_by_now(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    early = await acknowledge(adapter, ta1({"control_number": 1}, "R"))
    assert early["state"] == "QUARANTINED"
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    assert each.submission["control_number"] == 1
    answer = await biller.post(f"/v1/acknowledgements/{early['acknowledgement_id']}/retry")
    assert answer.json()["state"] == "APPLIED"
    assert await state_of(biller, case) == "INTERCHANGE_REJECTED"
    again = await biller.post(f"/v1/acknowledgements/{early['acknowledgement_id']}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-retry")


async def test_another_house_s_answer_with_our_number_moves_nothing(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    taken = await acknowledge(adapter, ta1(each.submission, "R", receiver="OTHERHOUSE", sender="NOTOURS"))
    assert taken["state"] == "QUARANTINED"
    assert await state_of(biller, case) == "SUBMITTED"


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"",
        b"ISA*00*",
        b'{"a": 1}',
        b"MSH|^~\\&|EHR|A|B|C|20250901||DFT^P03|1|P|2.5\r",
        b"\x00\x01\x02",
    ],
)
async def test_what_is_no_x12_is_refused(biller: httpx.AsyncClient, content: bytes) -> None:
    answer = await biller.post("/v1/acknowledgements", content=content, headers={"content-type": "application/edi-x12"})
    assert answer.status_code == 422, answer.text


async def test_a_file_of_another_kind_is_refused_by_name(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    (each,) = await submit(claims, biller, adapter, Case())
    file = (await adapter.get(f"/v1/submissions/{each.submission['submission_id']}/file")).content
    answer = await biller.post("/v1/acknowledgements", content=file, headers={"content-type": "application/edi-x12"})
    assert answer.status_code == 422
    assert answer.json()["code"] != "internal"
    wrong = await biller.post("/v1/acknowledgements", content=file, headers={"content-type": "application/pdf"})
    assert wrong.status_code == 415


async def test_a_late_rejection_never_moves_a_claim_back(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await claims.deliver(each.posted(9000, 2000))
    await acknowledge(adapter, claim_acknowledgement((each.number, "A7")))
    await acknowledge(adapter, functional(each.submission, "R"))
    assert await state_of(biller, case) == "PAID"
    assert await claims.said(ClaimRejected) == []


async def test_its_segments_are_shown(claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, ta1(each.submission))
    taken = await acknowledge(adapter, claim_acknowledgement((each.number, "A2")))
    whole = (await biller.get(f"/v1/acknowledgements/{taken['acknowledgement_id']}")).json()
    assert any(segment.startswith(f"TRN*2*{each.number}") for segment in whole["segments"])
    timeline = (await biller.get(f"/v1/claims/{each.claim_id}/timeline")).json()["items"]
    kinds = [item["kind"] for item in timeline]
    assert kinds == ["created", "batched", "submitted", "interchange acknowledged", "acknowledged"]
    assert timeline[3]["segments"][0].startswith("TA1*")
    assert any(segment.startswith(f"TRN*2*{each.number}") for segment in timeline[4]["segments"])
    assert all(item["actor"] and item["reason"] for item in timeline)
    assert timeline[4]["acknowledgement_id"] == taken["acknowledgement_id"]


@pytest.mark.parametrize("refusal_first", [True, False])
async def test_a_ta1_and_a_999_that_contradict_each_other_end_the_same_in_any_order(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, *, refusal_first: bool
) -> None:
    case = Case()
    (each,) = await submit(claims, biller, adapter, case)
    answers = [ta1(each.submission, "R"), functional(each.submission)]
    for content in answers if refusal_first else reversed(answers):
        await acknowledge(adapter, content)
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["payer_holds"]) == ("SUBMITTED", True)


async def test_an_answer_under_a_former_number_is_the_claims_own(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """Each file gives a claim another number; what comes late under an earlier one is kept with it and moves nothing."""
    case = Case()
    (first,) = await submit(claims, biller, adapter, case)
    await acknowledge(adapter, claim_acknowledgement((first.number, "A7")))
    again = await biller.post(f"/v1/claims/{first.claim_id}/resubmit", json={"reason": "The payer mended its member file"})
    assert again.json()["state"] == "READY", again.text
    (submission,) = await cut(biller)
    await transmit(adapter, submission, "inbound/again.837")
    second = await sent(biller, case, submission)
    assert second.number != first.number
    late = await acknowledge(adapter, claim_acknowledgement((first.number, "A8"), number=2))
    assert (late["state"], late["rejected"], await state_of(biller, case)) == ("APPLIED", 1, "SUBMITTED")
    both = await acknowledge(adapter, claim_acknowledgement((first.number, "A6"), (second.number, "A2"), number=3))
    assert (both["state"], both["accepted"], both["rejected"]) == ("APPLIED", 1, 1)
    claim = await claim_of(biller, case)
    assert (claim["state"], [place["patient_control_number"] for place in claim["submissions"]]) == (
        "PAYER_ACCEPTED",
        [first.number, second.number],
    )


@pytest.mark.parametrize(("by", "category"), [("AY", "A1"), ("PR", "A2")])
async def test_a_claim_that_is_taken_at_once_is_what_folding_would_make_of_it(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient, by: str, category: str
) -> None:
    """The first word about a claim takes a way of its own; one that an acknowledgement names twice is folded."""
    at_once, folded = await submit(claims, biller, adapter, Case(), Case())
    verdicts = [(each.number, category) for each in (at_once, folded, folded)]
    taken = await acknowledge(adapter, claim_acknowledgement(*verdicts, by=by))
    assert (taken["state"], taken["accepted"]) == ("APPLIED", 3)
    rows = await claims.rows(
        "select claim_id, facts, state, version, updated_at, submitted_at, accepted_on, payer_holds, next_rank, findings::text,"
        " payer_claim_control_number, insurance_paid_cents, responsibility::text, sequence_completed from claim"
    )
    columns = {claim_id: others for claim_id, _, *others in rows}
    assert columns[at_once.claim_id] == columns[folded.claim_id]
    facts = {claim_id: msgspec.json.Decoder(Heard).decode_lines(kept) for claim_id, kept, *_ in rows}
    (one,), (first, second) = facts[at_once.claim_id], facts[folded.claim_id]
    assert isinstance(one.fact, Acknowledged)
    assert one.fact.patient_control_number == at_once.number
    fact = msgspec.structs.replace(one.fact, patient_control_number=folded.number)
    assert [msgspec.structs.replace(one, fact=fact)] * 2 == [first, second]
    said = await claims.said(ClaimAccepted)
    assert {(message.data.claim_id, message.sequence) for message in said} == {
        (each.claim_id, columns[each.claim_id][1]) for each in (at_once, folded)
    }


async def test_a_void_that_is_taken_is_folded(
    claims: LiveService, biller: httpx.AsyncClient, adapter: httpx.AsyncClient
) -> None:
    """A payer that takes a void holds the claim no more, where it has paid nothing: no way past the fold."""
    case = Case()
    (first,) = await submit(claims, biller, adapter, case)
    claim = await claim_of(biller, case)
    body = {"frequency": "8", "payer_claim_control_number": "EM2025000117"}
    changed = await biller.patch(f"/v1/claims/{first.claim_id}", json=body, headers={"if-match": f'"{claim["version"]}"'})
    assert changed.status_code == 200, changed.text
    (submission,) = await cut(biller)
    await transmit(adapter, submission, "inbound/void.837")
    void = await sent(biller, case, submission)
    await acknowledge(adapter, claim_acknowledgement((void.number, "A2")))
    assert await state_of(biller, case) == "REVERSED"
