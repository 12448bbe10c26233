"""The samples of the invented practice. If these fail, demos and benchmarks play something else than they say."""

from collections import Counter
from datetime import date

import pytest

from rcm_deploy.samples.encounters import DECK, sample_encounters
from rcm_deploy.samples.practice import BILLING_PROVIDER, PAYERS, RECEIVERS, RENDERING_PROVIDERS, set_up_requests

TODAY = date(2026, 3, 2)


def test_the_same_seed_gives_the_same_encounters_however_they_are_asked_for() -> None:
    whole = list(sample_encounters(250, 7, TODAY))
    in_parts = [*sample_encounters(100, 7, TODAY), *sample_encounters(150, 7, TODAY, first=100)]
    assert whole == in_parts
    assert whole != list(sample_encounters(250, 8, TODAY))


def test_each_hundred_holds_every_case_of_the_deck() -> None:
    encounters = list(sample_encounters(100, 3, TODAY))
    scenarios = Counter(e["coverages"][0]["member_id"][-3:] for e in encounters if e["coverages"])
    expected = {case: copies for case, copies in DECK if case.isdigit() and case != "001"}
    assert {case: scenarios[case] for case in expected} == expected
    assert sum(e["self_pay"] for e in encounters) == dict(DECK)["self-pay"]
    assert sum(not e["diagnoses"] for e in encounters) == dict(DECK)["held: no diagnosis"]
    assert sum(not e["coverages"] and not e["self_pay"] for e in encounters) == dict(DECK)["held: no coverage"]
    assert sum(len(e["coverages"]) == 2 for e in encounters) == dict(DECK)["two coverages"]


def test_a_partly_denied_claim_has_a_line_beside_the_denied_one() -> None:
    encounters = sample_encounters(200, 5, TODAY)
    partly_denied = [e for e in encounters if e["coverages"] and e["coverages"][0]["member_id"].endswith("005")]
    assert partly_denied
    assert all(len(e["lines"]) > 1 for e in partly_denied)


def test_external_ids_are_unique_and_dates_lie_in_the_past() -> None:
    encounters = list(sample_encounters(300, 2, TODAY))
    assert len({e["external_id"] for e in encounters}) == 300
    assert all(date.fromisoformat(e["date_of_service"]) < TODAY for e in encounters)


@pytest.mark.parametrize("npi", [BILLING_PROVIDER["npi"], *(p["npi"] for p in RENDERING_PROVIDERS)])
def test_providers_have_npis_with_a_right_check_digit(npi: str) -> None:
    digits = [int(d) for d in "80840" + npi]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    assert sum(doubled) % 10 == 0


def test_every_payer_is_set_up_with_its_receiver_and_enrolment() -> None:
    paths = [path for path, _ in set_up_requests()]
    assert paths.index("/v1/receivers/SANDBOX999") < paths.index("/v1/payers/SBX98")
    for payer in PAYERS:
        assert payer.receiver_id in RECEIVERS
        assert f"/v1/payers/{payer.payer_id}" in paths
        assert f"/v1/enrolments/{payer.payer_id}/{BILLING_PROVIDER['npi']}" in paths
