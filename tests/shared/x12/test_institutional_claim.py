"""837I: what we write an outside judge accepts, and it comes back as it was."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rcm.x12.institutional_claim import (
    LINE_LIMIT,
    Diagnosis,
    InstitutionalClaim,
    ValueCode,
    read_institutional_claims,
    write_institutional_claims,
)
from rcm.x12.problems import CannotWrite, Problem, WrongTransaction
from rcm.x12.professional_claim import Provider, read_professional_claims
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER
from tests.shared.x12.generate_institutional import generate_institutional
from tests.shared.x12.judge import findings
from tests.shared.x12.upper import normalised, without

READERS_OWN = ("line_number", "segment_number")


def written(made: list[InstitutionalClaim]) -> bytes:
    return write_institutional_claims(HEADER, SUBMITTER, RECEIVER, made, reference="SUB1")


def as_read(claim: InstitutionalClaim) -> InstitutionalClaim:
    """A claim as its file tells it: taxonomies stand with the attending provider alone."""

    def plain(found: Provider | None) -> Provider | None:
        return replace(found, taxonomy="") if found is not None else None

    return replace(
        claim,
        operating_provider=plain(claim.operating_provider),
        rendering_provider=plain(claim.rendering_provider),
        service_facility=plain(claim.service_facility),
        referring_provider=plain(claim.referring_provider),
    )


@pytest.mark.parametrize("seed", range(2))
def test_an_outside_judge_accepts_generated_claims(seed: int) -> None:
    assert findings(written(generate_institutional(seed, 80))) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8))
def test_claims_come_back_as_they_were(seed: int, count: int) -> None:
    made = generate_institutional(seed, count)
    problems: list[Problem] = []
    found = {item.claim.patient_control_number: item.claim for item in read_institutional_claims(written(made), problems)}
    expected = {claim.patient_control_number: normalised(as_read(claim)) for claim in made}
    assert without(tuple(found[name] for name in expected), *READERS_OWN) == without(tuple(expected.values()), *READERS_OWN)
    assert problems == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda claim: replace(claim, frequency="6"), "claims[0].frequency"),
        (lambda claim: replace(claim, principal_diagnosis=None), "claims[0].principal_diagnosis"),
        (lambda claim: replace(claim, principal_diagnosis=Diagnosis("I10", "X")), "claims[0].present_on_admission"),
        (lambda claim: replace(claim, patient_status=""), "claims[0].patient_status"),
        (lambda claim: replace(claim, values=(ValueCode("A1", 1),) * 25), "claims[0].values"),
        (lambda claim: replace(claim, lines=claim.lines * (LINE_LIMIT + 1)), "claims[0].lines"),
        (lambda claim: replace(claim, lines=(replace(claim.lines[0], revenue_code="45"),)), "claims[0].lines[0].revenue_code"),
        (lambda claim: replace(claim, lines=(replace(claim.lines[0], note="X"),)), "claims[0].lines[0].note"),
        (lambda claim: replace(claim, discharge_time="2560"), "claims[0].discharge_time"),
    ],
)
def test_what_the_guide_has_no_place_for_is_refused_with_its_path(
    change: Callable[[InstitutionalClaim], InstitutionalClaim], path: str
) -> None:
    (made,) = generate_institutional(4, 1)
    line = replace(made.lines[0], charge_cents=made.charge_cents, adjudications=())
    with pytest.raises(CannotWrite) as refusal:
        written([change(replace(made, lines=(line,)))])
    assert refusal.value.path == path


def test_a_file_of_one_guide_is_none_of_another() -> None:
    content = written(generate_institutional(1, 2))
    with pytest.raises(WrongTransaction, match="005010X223A2, and no 837P"):
        list(read_professional_claims(content))
    assert [found.claim.type_of_bill[0] for found in read_institutional_claims(content)] == ["0", "0"]
