"""837P: what we write an outside judge accepts, and it comes back as it was."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rcm.x12.claim.balances import coordination_differences
from rcm.x12.claim.quick_levels import QuickLevels
from rcm.x12.problems import CannotWrite, NotX12, Problem, WrongTransaction
from rcm.x12.professional_claim import (
    ProfessionalClaim,
    Provider,
    read_professional_claims,
    transaction_control_number,
    write_professional_claims,
)
from rcm.x12.professional_claim.quick import Parties, QuickClaims
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims
from tests.shared.x12.judge import findings
from tests.shared.x12.upper import normalised, without

READERS_OWN = ("line_number", "segment_number")


def written(made: list[ProfessionalClaim]) -> bytes:
    return write_professional_claims(HEADER, SUBMITTER, RECEIVER, made, reference="SUB1")


def as_read(claim: ProfessionalClaim) -> ProfessionalClaim:
    """A claim as its file tells it: what the guide has no place for is not in it."""

    def provider(value: Provider | None, *, with_taxonomy: bool = False, with_address: bool = False) -> Provider | None:
        if value is None:
            return None
        return replace(value, taxonomy=value.taxonomy if with_taxonomy else "", address=value.address if with_address else None)

    lines = tuple(
        replace(line, rendering_provider=provider(line.rendering_provider, with_taxonomy=True)) for line in claim.lines
    )
    return replace(
        claim,
        referring_provider=provider(claim.referring_provider),
        supervising_provider=provider(claim.supervising_provider),
        service_facility=provider(claim.service_facility, with_address=True),
        rendering_provider=provider(claim.rendering_provider, with_taxonomy=True),
        lines=lines,
    )


@pytest.mark.parametrize("seed", range(3))
def test_an_outside_judge_accepts_generated_claims(seed: int) -> None:
    assert findings(written(claims(seed, 150))) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8))
def test_claims_come_back_as_they_were(seed: int, count: int) -> None:
    made = claims(seed, count)
    found = {item.claim.patient_control_number: item.claim for item in read_professional_claims(written(made))}
    expected = {claim.patient_control_number: normalised(as_read(claim)) for claim in made}
    assert without(tuple(found[name] for name in expected), *READERS_OWN) == without(tuple(expected.values()), *READERS_OWN)


@pytest.mark.parametrize("marks", ["*:~", "|>\n"])
def test_the_quick_ways_read_what_loop_by_loop_is_read(marks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(claims(17, 150)).translate(bytes.maketrans(b"*:~", marks.encode()))
    problems: list[Problem] = []
    quickly = list(read_professional_claims(content, problems))
    counted = []
    reading = QuickClaims.read

    def counting(self: QuickClaims, text: str, number: int, parties: Parties) -> ProfessionalClaim | None:
        found = reading(self, text, number, parties)
        counted.append(found is not None)
        return found

    monkeypatch.setattr(QuickClaims, "read", counting)
    list(read_professional_claims(content))
    for quick, name in ((QuickClaims, "read"), (QuickClaims, "line"), (QuickLevels, "subscriber"), (QuickLevels, "patient")):
        monkeypatch.setattr(quick, name, lambda *_: None)
    assert list(read_professional_claims(content)) == quickly
    assert 5 < sum(counted) < len(counted)
    assert problems == []


@pytest.mark.parametrize(
    ("pattern", "instead", "code"),
    [
        (r"CLM\*(\w+)\*[\d.]+", r"CLM*\1*1,50", ("CLM", 2, "not-an-amount")),
        (r"SV1\*([^*]+)\*[\d.]+", r"SV1*\1*1.234", ("SV1", 2, "not-an-amount")),
        (r"DTP\*472\*D8\*\d+", "DTP*472*D8*20260231", ("DTP", 3, "not-a-date")),
        (r"DMG\*D8\*\d+", "DMG*D8*19800230", ("DMG", 2, "not-a-date")),
        (r"SVD\*SBX77\*[\d.]+", "SVD*SBX77*X", ("SVD", 2, "not-an-amount")),
        (r"AMT\*D\*[\d.]+", "AMT*D*X", ("AMT", 2, "not-an-amount")),
    ],
)
def test_faults_are_told_with_their_place(pattern: str, instead: str, code: tuple[str, int, str]) -> None:
    content, count = re.subn(pattern, instead, written(claims(2, 40)).decode(), count=1)
    assert count == 1
    problems: list[Problem] = []
    assert len(list(read_professional_claims(content.encode(), problems))) == 40
    assert [(item.segment, item.element, item.code) for item in problems] == [code]
    assert re.match(instead.replace("\\1", r"[\w:]+").split("*")[0], content.split("~")[problems[0].segment_number - 1])


def test_what_other_payers_decided_balances_or_is_told_with_its_place() -> None:
    made = [claim for claim in claims(3, 60) if claim.other_payers]
    assert all(coordination_differences(claim, claim.lines) == [] for claim in made)
    claim = next(claim for claim in made if claim.lines[0].adjudications)
    payer = claim.other_payers[0]
    more = replace(claim, other_payers=(replace(payer, paid_cents=(payer.paid_cents or 0) + 5), *claim.other_payers[1:]))
    (found,) = (item.claim for item in read_professional_claims(written([more])))
    told = coordination_differences(found, found.lines)
    assert [(one.rule, one.difference_cents, one.payer_id) for one in told] == [
        ("payer-claim", -5, "SBX77"),
        ("payer-payments", 5, "SBX77"),
    ]
    assert written([more]).split(b"~")[told[0].segment_number - 1].startswith(b"SBR*P")


def test_hierarchy_is_shared_and_points_to_what_is_there() -> None:
    segments = [part.split("*") for part in written(claims(5, 40)).decode().split("~")]
    levels = [part for part in segments if part[0] == "HL"]
    assert [int(part[1]) for part in levels] == list(range(1, len(levels) + 1))
    parents = {part[1]: part for part in levels}
    for part in levels:
        if part[3] != "20":
            assert parents[part[2]][3] == {"22": "20", "23": "22"}[part[3]]
            assert parents[part[2]][4] == "1"
    assert sum(part[3] == "20" for part in levels) == 3


def test_more_than_5000_claims_make_a_second_transaction_set() -> None:
    one = claims(1, 1)[0]
    made = [replace(one, patient_control_number=f"P{number}") for number in range(5_001)]
    found = list(read_professional_claims(written(made)))
    assert [item.transaction_control_number for item in found] == [transaction_control_number(n) for n in range(5_001)]
    assert found[0].reference == "SUB1"
    assert found[-1].reference == "SUB1-2"
    assert found[-1].envelope.control_number == "000000042"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda claim: replace(claim, charge_cents=claim.charge_cents + 1), "claims[1].charge_cents"),
        (lambda claim: replace(claim, patient_control_number="A B"), "claims[1].patient_control_number"),
        (lambda claim: replace(claim, diagnoses=()), "claims[1].diagnoses"),
        (lambda claim: replace(claim, diagnoses=("E11.9",) * 13), "claims[1].diagnoses"),
        (lambda claim: replace(claim, frequency="7", payer_claim_control_number=""), "claims[1].payer_claim_control_number"),
        (lambda claim: replace(claim, lines=()), "claims[1].lines"),
        (
            lambda claim: replace(claim, lines=(replace(claim.lines[0], diagnosis_pointers=(13,)), *claim.lines[1:])),
            "claims[1].lines[0].diagnosis_pointers",
        ),
        (
            lambda claim: replace(claim, billing_provider=replace(claim.billing_provider, npi="1993999999")),
            "claims[1].billing_provider.npi",
        ),
        (
            lambda claim: replace(
                claim,
                billing_provider=replace(
                    claim.billing_provider, address=replace(claim.billing_provider.address, postal_code="97301")
                ),
            ),
            "claims[1].billing_provider.address.postal_code",
        ),
    ],
)
def test_what_the_guide_has_no_place_for_is_refused_with_its_path(
    change: Callable[[ProfessionalClaim], ProfessionalClaim], path: str
) -> None:
    made = claims(9, 2)
    made[1] = change(made[1])
    with pytest.raises(CannotWrite) as refusal:
        written(made)
    assert refusal.value.path == path


def test_delimiters_and_accents_never_stand_in_data() -> None:
    made = claims(4, 1)
    made[0] = replace(made[0], note="ä*b:c~d^e “quoted” ŁÓDŹ 東京")
    text = written(made).decode("ascii")
    assert 'NTE*ADD*A B C-D E "QUOTED" LODZ~' in text
    assert text == text.upper()
    assert "*~" not in text


def test_what_is_no_837p_is_refused_by_name() -> None:
    with pytest.raises(NotX12, match="JSON"):
        list(read_professional_claims(b"{}"))
    header = replace(HEADER, created=datetime(2026, 1, 1, tzinfo=UTC))
    from rcm.x12.remittance import write_remittances
    from tests.shared.x12.generate_answers import remittance

    with pytest.raises(WrongTransaction, match="835 005010X221A1, and no 837P"):
        list(read_professional_claims(write_remittances(header, [remittance(Random(1), 1)])))


def test_a_second_place_of_a_kind_stays_raw() -> None:
    """An ambulance picks up once: what comes after is not taken for it, and not lost."""
    ride = next(claim for claim in claims(5, 200) if claim.pickup is not None)
    first = written([ride]).decode()
    start = first.index("NM1*PW*")
    end = first.index("~NM1*", start) + 1
    if "~LX*" in first[start:end]:
        end = first.index("~LX*", start) + 1
    second = first[start:end].replace("N3*", "N3*OTHER ")
    [found] = read_professional_claims((first[:end] + second + first[end:]).encode())
    [alone] = read_professional_claims(first.encode())
    assert found.claim.pickup == alone.claim.pickup
    assert [raw for raw in found.claim.raw if raw.startswith("N3*OTHER")]
