"""TA1, 999 and 277CA: written, judged, read back."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcm.x12.acknowledgement import (
    AcknowledgedClaim,
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    Status,
    read_acknowledgements,
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.acknowledgement.quick import QuickClaims
from rcm.x12.problems import WrongTransaction
from tests.shared.x12 import generate_answers as generate
from tests.shared.x12.generate_answers import HEADER
from tests.shared.x12.judge import findings
from tests.shared.x12.upper import without

READERS_OWN = (
    "envelope", "transaction_control_number", "first_segment", "last_segment", "segment_number", "last_segment_number",
    "quantities", "amounts", "created", "source_trace", "source_qualifier",
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_277cas_come_back_as_they_were(seed: int) -> None:
    sent = [generate.claim_acknowledgement(Random(seed + number), 3) for number in range(2)]
    found = tuple(read_acknowledgements(write_claim_acknowledgements(HEADER, sent)))
    assert without(found, *READERS_OWN) == without(tuple(sent), *READERS_OWN)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_999s_come_back_as_they_were(seed: int) -> None:
    sent = tuple(generate.functional_acknowledgement(Random(seed + number)) for number in range(3))
    found = tuple(read_acknowledgements(write_functional_acknowledgements(HEADER, sent)))
    assert without(found, *READERS_OWN) == sent


@pytest.mark.parametrize("seed", range(4))
def test_ta1s_come_back_as_they_were(seed: int) -> None:
    sent = generate.interchange_acknowledgement(Random(seed))
    content = write_interchange_acknowledgement(HEADER, sent)
    (found,) = read_acknowledgements(content)
    assert without(found, *READERS_OWN) == sent
    assert findings(content) == []


def test_an_outside_judge_accepts_them() -> None:
    random = Random(11)
    claims = [generate.claim_acknowledgement(random, 5) for _ in range(10)]
    assert findings(write_claim_acknowledgements(HEADER, claims)) == []
    groups = [generate.functional_acknowledgement(random) for _ in range(10)]
    assert findings(write_functional_acknowledgements(HEADER, groups)) == []


@pytest.mark.parametrize(
    ("category", "action", "rejects"),
    [
        ("A1", "WQ", False),
        ("A2", "WQ", False),
        ("A0", "", False),
        ("A3", "U", True),
        ("A7", "", True),
        ("A5", "WQ", False),
        ("A1", "U", True),
    ],
)
def test_which_statuses_reject(category: str, action: str, rejects: bool) -> None:
    assert Status(category, "20", action=action).rejects is rejects


def test_who_says_it_and_what_it_rejects() -> None:
    random = Random(2)
    payer = next(item for item in (generate.claim_acknowledgement(random, 1) for _ in range(50)) if item.source_entity == "PR")
    assert isinstance(payer, ClaimAcknowledgement)
    assert payer.by == "payer"
    assert InterchangeAcknowledgement("1", None, "R").rejected
    assert not FunctionalAcknowledgement("HC", "1", "P").rejected


def test_a_file_without_acknowledgement_is_refused_by_name() -> None:
    from rcm.x12.remittance import write_remittances

    content = write_remittances(HEADER, [generate.remittance(Random(1), 1)])
    with pytest.raises(WrongTransaction, match="835 005010X221A1, and no TA1, 999 or 277CA"):
        list(read_acknowledgements(content))


def test_the_quick_way_reads_a_277ca_as_segment_by_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = [generate.claim_acknowledgement(Random(number), 4) for number in range(40)]
    whole = write_claim_acknowledgements(HEADER, sent)
    strange = [
        whole.replace(b"*PT~", b"*X~", 3),
        whole.replace(b"~TRN*2*", b"~HL*9*9*Z9~TRN*2*", 9),
        whole.replace(b"*WQ*", b"*WQ*1,"),
    ]
    others = [content.translate(bytes.maketrans(b"*:~", b"|>\n")) for content in (whole, *strange)]
    counted = []
    reading = QuickClaims.read

    def counting(self: QuickClaims, text: str, number: int) -> AcknowledgedClaim | None:
        found = reading(self, text, number)
        counted.append(found is not None)
        return found

    monkeypatch.setattr(QuickClaims, "read", counting)
    quickly = [list(read_acknowledgements(content)) for content in (whole, *strange, *others)]
    assert 50 < sum(counted) < len(counted)
    monkeypatch.setattr(QuickClaims, "read", lambda *_: None)
    assert [list(read_acknowledgements(content)) for content in (whole, *strange, *others)] == quickly
