"""What an organisation sets up: forms, versions, pages, and what it does to claims."""

from datetime import timedelta

import httpx
import pytest

from claims_svc.domain.setup import is_npi, is_post_office_box, member_id_form
from rcm.errors import InvalidBody
from rcm.identity import Role
from tests.claims.making import NPI, ORGANISATION_BODY, PROVIDER_BODY, Case, claim_of, payer_body, put, state_of
from tests.support.live import STRANGER, LiveService


async def test_a_thing_is_put_shown_and_listed(biller: httpx.AsyncClient) -> None:
    answer = await biller.put("/v1/payers/PAY1", json=payer_body("PAY1"))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    again = await biller.put("/v1/payers/PAY1", json=payer_body("PAY1"))
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    changed = await biller.put("/v1/payers/PAY1", json=payer_body("PAY1", timely_filing_days=90))
    assert (changed.status_code, changed.headers["etag"], changed.json()["timely_filing_days"]) == (200, '"2"', 90)
    stale = await biller.put("/v1/payers/PAY1", json=payer_body("PAY1"), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    page = (await biller.get("/v1/payers", params={"limit": 2})).json()
    rest = (await biller.get("/v1/payers", params={"after": page["next"]})).json()
    assert [item["payer_id"] for item in page["items"] + rest["items"]] == ["PAY1", "SBX01", "SBX02"]
    assert (await biller.get("/v1/payers/NOPAY")).status_code == 404


async def test_every_kind_of_thing_is_kept(biller: httpx.AsyncClient) -> None:
    assert (await biller.get("/v1/organisation")).json()["submitter_id"] == ORGANISATION_BODY["submitter_id"]
    assert (await biller.get("/v1/receivers/RCMSANDBOX")).json()["usage"] == "T"
    provider = (await biller.get(f"/v1/billing-providers/{NPI}")).json()
    assert (provider["npi"], provider["address"], provider["missing"]) == (NPI, PROVIDER_BODY["address"] | {"line2": ""}, [])
    assert (await biller.get(f"/v1/enrolments/SBX01/{NPI}")).json()["enrolled"] is True
    page = (await biller.get("/v1/enrolments", params={"limit": 1})).json()
    rest = (await biller.get("/v1/enrolments", params={"after": page["next"]})).json()
    assert [item["payer_id"] for item in page["items"] + rest["items"]] == ["SBX01", "SBX02"]
    assert [item["npi"] for item in (await biller.get("/v1/billing-providers")).json()["items"]] == [NPI]
    assert [item["receiver_id"] for item in (await biller.get("/v1/receivers")).json()["items"]] == ["RCMSANDBOX"]


async def test_an_incomplete_provider_says_what_its_claims_need(biller: httpx.AsyncClient) -> None:
    found = await put(biller, f"/v1/billing-providers/{NPI}", {"last_name": "Maple Street"})
    assert found["missing"] == ["taxonomy", "tax id", "address"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/payers/PAY1", payer_body("PAY1", member_id_pattern="(a+)+$"), "/member_id_pattern"),
        ("/v1/payers/PAY1", payer_body("PAY1", member_id_pattern="[z-a]"), "/member_id_pattern"),
        ("/v1/payers/PAY1", payer_body("PAY1", timely_filing_days=0), "/timely_filing_days"),
        ("/v1/payers/PAY1", payer_body("PAY1", colour="red"), "/colour"),
        ("/v1/billing-providers/1993999999", PROVIDER_BODY, "/npi"),
        (f"/v1/billing-providers/{NPI}", PROVIDER_BODY | {"npi": "1234567893"}, "/npi"),
        (f"/v1/billing-providers/{NPI}", PROVIDER_BODY | {"tax_id": "12-3456789"}, "/tax_id"),
        ("/v1/receivers/RCMSANDBOX", {"name": "S", "usage": "X"}, "/usage"),
        ("/v1/organisation", ORGANISATION_BODY | {"submitter_id": "TOO LONG FOR AN ISA"}, "/submitter_id"),
        ("/v1/organisation", ORGANISATION_BODY | {"contact_phone": ""}, "/contact_phone"),
    ],
)
async def test_a_wrong_form_is_refused_where_it_stands(
    biller: httpx.AsyncClient, path: str, body: dict[str, object], pointer: str
) -> None:
    answer = await biller.put(path, json=body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_stranger_sees_and_changes_nothing(claims: LiveService, biller: httpx.AsyncClient) -> None:
    case = Case()
    await claims.deliver(case.coded())
    claim = await claim_of(biller, case)
    async with claims.client(Role.BILLER, STRANGER) as stranger:
        assert (await stranger.get("/v1/payers")).json()["items"] == []
        assert (await stranger.get("/v1/payers/SBX01")).status_code == 404
        assert (await stranger.get(f"/v1/claims/{claim['claim_id']}")).status_code == 404
        assert (await stranger.get(f"/v1/claims/{claim['claim_id']}/timeline")).status_code == 404
        await put(stranger, "/v1/payers/SBX01", payer_body("SBX01", name="Other"))
        assert (await stranger.post("/v1/submissions")).json() == {"submissions": []}
        assert (await stranger.get("/v1/summary")).json()["claims"] == {}
    assert (await biller.get("/v1/payers/SBX01")).json()["name"] == "Evergreen Mutual"


async def test_a_changed_payer_edits_its_claims_again(claims: LiveService, biller: httpx.AsyncClient) -> None:
    waits, held = Case(), Case(member_id="12345")
    await claims.deliver(waits.coded(), held.coded())
    assert [await state_of(biller, case) for case in (waits, held)] == ["READY", "EDIT_FAILED"]
    await put(biller, "/v1/payers/SBX01", payer_body("SBX01", member_id_pattern="[0-9]{5}"))
    await claims.run_periodics()
    assert [await state_of(biller, case) for case in (waits, held)] == ["EDIT_FAILED", "READY"]


@pytest.mark.parametrize("by_clock", [True, False])
async def test_a_claim_edited_against_an_old_set_up_is_not_sent_before_it_is_edited_again(
    claims: LiveService, biller: httpx.AsyncClient, *, by_clock: bool
) -> None:
    case = Case()
    await claims.deliver(case.coded())
    await put(biller, "/v1/payers/SBX01", payer_body("SBX01", wants_authorisation=True))
    assert await state_of(biller, case) == "READY"
    if by_clock:
        claims.advance(timedelta(hours=1))
        await claims.run_periodics()
    assert (await biller.post("/v1/submissions")).json() == {"submissions": []}
    assert (await biller.get("/v1/submissions")).json()["items"] == []
    claim = await claim_of(biller, case)
    assert (claim["state"], claim["findings"][0]["edit_id"]) == ("EDIT_FAILED", "authorisation-missing")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("^[A-Z]{3}[0-9]{9}$", "ABC123456001", True),
        ("^[A-Z]{3}[0-9]{9}$", "ABC1234560011", False),
        ("[A-Z]{3}\\d{5,9}", "ABC12345", True),
        ("[0-9]{9}|[0-9]{5}A", "12345A", True),
        ("[0-9]{9}|[0-9]{5}A", "12345", False),
        ("W[0-9]{8}A?", "W12345678", True),
    ],
)
def test_patterns_of_member_ids(pattern: str, text: str, *, fits: bool) -> None:
    assert (member_id_form(pattern).fullmatch(text) is not None) is fits


@pytest.mark.parametrize(
    "pattern", ["(a)", "a*", "a+", "[^a]", ".", "a{1,2}b{1,2}c{1,2}d{1,2}", "a" * 201, "\\w", "{3}", "[b-a]"]
)
def test_patterns_that_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidBody):
        member_id_form(pattern)


def test_check_digits_and_boxes() -> None:
    assert is_npi(NPI)
    assert not is_npi("1993999999")
    assert not is_npi("3993999998")
    assert not is_npi("199399999a")
    assert is_post_office_box("PO Box 12")
    assert is_post_office_box("Post Office Box 12")
    assert not is_post_office_box("12 Boxwood Lane")
