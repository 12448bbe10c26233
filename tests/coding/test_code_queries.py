"""Codes by date over HTTP, and from words to codes."""

import pytest

from rcm.identity import Role
from tests.coding.conftest import Coding


async def test_a_code_with_all_that_holds_for_it(coding: Coding) -> None:
    async with coding.client(Role.CODER) as coder:
        told = (await coder.get("/v1/codes/ICD-10-CM/e1165", params={"date": "2026-03-02"})).json()
    assert (told["code"], told["system"], told["valid"], told["billable"]) == ("E11.65", "icd-10-cm", True, True)
    assert (told["valid_from"], told["valid_to"], told["reason"]) == ("2015-10-01", "2027-03-31", None)
    assert told["description"] == "Type 2 diabetes mellitus with hyperglycemia"
    diagnosis = told["diagnosis"]
    assert diagnosis["ancestors"] == ["E11.6", "E11", "E08-E13", "4"]
    excluded = [notice for notice in diagnosis["notices"] if notice["kind"] == "excludes1"]
    assert {"kind": "excludes1", "text": "type 1 diabetes mellitus (E10.-)", "of": "E11", "references": ["E10"]} in excluded


@pytest.mark.parametrize(
    ("path", "valid", "billable", "reason"),
    [
        ("icd-10-cm/E11", True, False, "needs more characters: E11.00, E11.01, E11.10, E11.11 ..."),
        ("icd-10-cm/B88.0", False, False, "valid until 2025-09-30; since then it needs more characters: B88.01, B88.09"),
        ("icd-10-cm/Z99.99", False, False, "ICD-10-CM has no such code"),
        ("icd-10-cm/nonsense!", False, False, "this is not the form of a code of ICD-10-CM"),
        ("cpt/99213", None, None, "it has the form of a code of CPT, of which no licensed list is loaded"),
        ("icd-9-cm/250.00", None, None, "ICD-9-CM ended before 2015-10-01; since then codes are ICD-10's"),
        ("place-of-service/11", True, True, None),
        ("modifier/25", True, True, None),
    ],
)
async def test_what_is_not_billable_says_why(
    coding: Coding, path: str, valid: bool | None, billable: bool | None, reason: str | None
) -> None:
    async with coding.client(Role.BILLER) as biller:
        answer = await biller.get(f"/v1/codes/{path}", params={"date": "2026-03-02"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["valid"], told["billable"], told["reason"]) == (valid, billable, reason)


async def test_what_can_not_be_is_refused_by_name(coding: Coding) -> None:
    async with coding.client(Role.CODER) as coder:
        unknown = await coder.get("/v1/codes/snomed/44054006", params={"date": "2026-03-02"})
        no_day = await coder.get("/v1/codes/icd-10-cm/E11.9", params={"date": "soon"})
        no_words = await coder.get("/v1/codes/search")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-code-system")
    assert "icd-10-cm" in unknown.json()["detail"]
    assert (no_day.status_code, no_words.status_code) == (422, 422)


async def test_words_lead_to_codes_that_are_billable_on_the_day(coding: Coding) -> None:
    async with coding.client(Role.CODER) as coder:
        found = (await coder.get("/v1/codes/search", params={"q": "type 2 diabetes with hyperglycemia", "limit": 3})).json()
        later = (await coder.get("/v1/codes/search", params={"q": "diabetes", "date": "2044-01-01"})).json()
        before = (await coder.get("/v1/codes/search", params={"q": "diabetes", "date": "2014-01-01"})).json()
    assert found["results"][0]["code"] == "E11.65"
    assert len(found["results"]) == 3
    assert found["problem"] is None
    assert "begins on 2015-10-01" in before.pop("problem")
    assert before == {"date": "2014-01-01", "results": []}
    assert later["results"]
    assert "covers 2044-01-01" in later["problem"]
