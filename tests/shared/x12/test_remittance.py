"""835: written, judged, read back, balanced."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rcm.x12.problems import CannotWrite, NotX12, WrongTransaction
from rcm.x12.remittance import (
    ClaimPayment,
    LinePayment,
    Remittance,
    claim_differences,
    convert_remittances,
    differences,
    read_remittances,
    transaction_difference,
    write_remittances,
)
from rcm.x12.remittance.quick import QuickClaims
from rcm.x12.values import Adjustment, Contact
from rcm_deploy.bench.x12_files import remittance_file
from tests.shared.x12.generate_answers import HEADER, remittance
from tests.shared.x12.judge import findings
from tests.shared.x12.upper import without

READERS_OWN = (
    "envelope", "transaction_control_number", "first_segment", "last_segment", "content_sha256", "segment_number",
    "last_segment_number",
)  # fmt: skip


def made(seed: int, count: int, sets: int = 1) -> list[Remittance]:
    random = Random(seed)
    return [remittance(random, count, number) for number in range(1, sets + 1)]


@pytest.mark.parametrize("seed", range(3))
def test_an_outside_judge_accepts_generated_remittances(seed: int) -> None:
    assert findings(write_remittances(HEADER, made(seed, 30, 4))) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(1, 3))
def test_remittances_come_back_as_they_were_and_balance(seed: int, count: int, sets: int) -> None:
    sent = made(seed, count, sets)
    found = list(read_remittances(write_remittances(HEADER, sent)))
    assert without(tuple(found), *READERS_OWN) == without(tuple(sent), *READERS_OWN)
    assert differences(found) == []


def test_claims_are_converted_as_they_are_read() -> None:
    content = write_remittances(HEADER, made(5, 3, 2))
    numbers = [[claim.patient_control_number for claim in each.claims] for each in read_remittances(content)]
    read = list(convert_remittances(content, lambda claim: claim.patient_control_number))
    assert [claims for _, claims in read] == numbers
    assert [each for each, _ in read] == [replace(each, claims=()) for each in read_remittances(content)]
    with pytest.raises(WrongTransaction):
        list(convert_remittances(content.replace(b"ST*835", b"ST*820"), lambda claim: claim))


@pytest.mark.parametrize("marks", ["*:~", "|>\n", "+.?"])
def test_the_quick_way_reads_what_segment_by_segment_is_read(marks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = write_remittances(HEADER, made(17, 60, 2)).translate(bytes.maketrans(b"*:~.?+", f"{marks}.;-".encode()))
    content = content.replace(b"?", b";") if "?" not in marks else content
    counted = []
    read = QuickClaims.read

    def counting(self: QuickClaims, text: str, number: int, last: int, loop: int) -> ClaimPayment | None:
        found = read(self, text, number, last, loop)
        counted.append(found is not None)
        return found

    monkeypatch.setattr(QuickClaims, "read", counting)
    quickly = list(read_remittances(content))
    monkeypatch.setattr(QuickClaims, "read", lambda *_: None)
    assert list(read_remittances(content)) == quickly
    assert len(counted) - 5 < sum(counted) < len(counted)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (rb"AMT\*B6", b"AMT*"), (rb"(CAS\*\w\w\*\w+\*)[\d.]+", rb"\g<1>1,5"), (rb"DTM\*472\*\d+", b"DTM*472*20260231"),
        (rb"SVC\*HC:\w+", b"SVC*HC"), (rb"(SVC\*[^*]+\*)[\d.]+", rb"\g<1>.5"), (rb"(SVC\*[^*]+)\*", rb"\1::X*"),
        (rb"REF\*6R", b"REF*6R*X*Y~REF*6R"), (rb"(CLP\*\w+\*\d\*)[\d.]+", rb"\g<1>"), (rb"CAS\*CO\*45", b"CAS*CO*"),
    ],
)  # fmt: skip
def test_both_ways_agree_on_what_is_damaged(pattern: bytes, instead: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content, count = re.subn(pattern, instead, "".join(remittance_file(4, 3)).encode(), count=2)
    assert count == 2
    quickly = list(read_remittances(content))
    monkeypatch.setattr(QuickClaims, "read", lambda *_: None)
    assert list(read_remittances(content)) == quickly


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (rb"MOA\*\*[\d.]+", b"MOA**X"), (rb"MIA\*3\*\*", b"MIA*3*X*"), (rb"QTY\*ZK\*1", b"QTY*ZK*1*2"),
        (rb"QTY\*ZK\*1", b"QTY*ZK"),
        (rb"PER\*CX\*CLAIMS\*TE", b"PER*CX*CLAIMS*EM*A@B*FX*1*EX*2*TE"), (rb"(CLP(?:\*[^*~]*){9})~", rb"\1*Y*470~"),
        (rb"\*HC:99215\*3", b"*HC:99215:A1:A2:A3:A4:WORDS*3"), (rb"\*HC:99215", b"*HC"), (rb"\*HC:99215\*3", b"*HC:99215*3*X"),
        (rb"LQ\*HE\*", b"LQ*RX*"), (rb"BENNO\*\*", b"BENNO**DR"), (rb"NM1\*IL\*1\*BIRCH[^~]*", b"NM1*IL"),
        (rb"REF\*6R\*", b"REF*6R*X~REF*6R*"), (rb"REF\*6R\*", b"REF*LU*7~REF*6R*X~REF*6R*"),
        (rb"REF\*6R\*", b"REF*LU*7~REF*6R*~REF*6R*"), (rb"AMT\*KH\*\.05", b"AMT*KH*"),
        (rb"(DTM\*472\*\d+)", rb"\1~DTM*573*20260101~DTM*472*20260102"), (rb"(DTM\*472\*\d+)", rb"\1~DTM*573*20260101"),
        (rb"(DTM\*472\*\d+)", rb"\1~PER*CX*X"), (rb"(SVC\*[^~]*)~", rb"\1~NM1*82*1*CEDAR****XX*1~"),
        (rb"~SVC\*", b"~QTY*CA*1~SVC*"),
        (rb"(CAS\*\w\w\*\w+\*)[\d.]+\*\*", rb"\1**"), (rb"(CAS\*\w\w\*\w+\*-?[\d.]+)", rb"\1*7"), (rb"(SVC\*HC:)\w+", rb"\1"),
    ],
)  # fmt: skip
def test_both_ways_agree_on_optional_parts(pattern: bytes, instead: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content, count = re.subn(pattern, instead, write_remittances(HEADER, made(17, 60)), count=9)
    assert count > 1
    quickly = list(read_remittances(content))
    monkeypatch.setattr(QuickClaims, "read", lambda *_: None)
    assert list(read_remittances(content)) == quickly


LINE = LinePayment("99213", 10_000, 8_000, adjustments=(Adjustment("CO", "45", 2_000),))
CLAIM = ClaimPayment("A", "1", 10_000, 8_000, lines=(LINE,), segment_number=9)


@pytest.mark.parametrize(
    ("claim", "rules"),
    [
        (CLAIM, []),
        (replace(CLAIM, lines=(replace(LINE, paid_cents=7_999),)), [("line", -1), ("claim-payments", 1)]),
        (replace(CLAIM, paid_cents=8_100), [("claim-adjustments", 100), ("claim-payments", 100)]),
        (replace(CLAIM, charge_cents=10_100), [("claim-adjustments", -100), ("claim-charges", 100)]),
        (replace(CLAIM, lines=(), adjustments=(Adjustment("PR", "1", 2_000),)), []),
        (replace(CLAIM, lines=(), adjustments=()), [("claim-adjustments", -2_000)]),
        (replace(CLAIM, status="22", charge_cents=-10_000, paid_cents=-10_000, lines=()), []),
    ],
)
def test_the_balances_of_a_claim(claim: ClaimPayment, rules: list[tuple[str, int]]) -> None:
    assert [(item.rule, item.difference_cents) for item in claim_differences(claim)] == rules


def test_the_balance_of_a_transaction_over_its_sets() -> None:
    first, second = made(3, 3, 2)
    assert transaction_difference(first) is None
    short = replace(first, payment_cents=first.payment_cents - 5)
    over = replace(second, payment_cents=second.payment_cents + 5)
    found = transaction_difference(short)
    assert found is not None
    assert found.difference_cents == -5
    assert transaction_difference(short, over) is None


def test_the_content_sum_is_the_same_wherever_the_check_is_sent_again() -> None:
    sent = made(8, 3)
    first = write_remittances(HEADER, sent)
    lines = first.replace(b"~", b"~\r\n")
    other = write_remittances(replace(HEADER, control_number=99), [*made(9, 2), *sent])
    bars = first.translate(bytes.maketrans(b"*:~", b"|>\n"))
    changed = first.replace(b"*CHK*", b"*FWT*")
    sums = [list(read_remittances(content))[-1].content_sha256 for content in (first, lines, other, bars, changed)]
    assert sums[0] == sums[1] == sums[2] == sums[3] != sums[4]


def test_faults_are_told_with_their_place() -> None:
    content = write_remittances(HEADER, made(8, 2)).decode()
    claim = content[content.index("CLP*") :].split("~")[0]
    broken = content.replace(claim, claim.replace(claim.split("*")[3], "12,50"), 1)
    cut = content[: content.index("~SE*") + 1]
    (found,) = read_remittances(broken.encode())
    (short,) = read_remittances(cut.encode())
    assert [(item.segment, item.code) for item in found.problems] == [("CLP", "not-an-amount")]
    assert found.claims[0].segment_number <= found.problems[0].segment_number <= found.claims[0].last_segment_number
    assert "missing-se" in {item.code for item in short.problems}
    assert len(short.claims) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"MSH|^~\\&|", "HL7"), (b"ISA*00*", "ends within"), (b"ST*835*0001~", "ISA segment is missing")],
)
def test_what_is_no_x12_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotX12, match=reason):
        list(read_remittances(content))


def test_an_interchange_without_835_is_refused_by_name() -> None:
    content = write_remittances(HEADER, made(8, 2)).replace(b"ST*835", b"ST*820")
    with pytest.raises(WrongTransaction, match="820"):
        list(read_remittances(content))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"modifiers": ("25",) * 5}, "modifiers"),
        ({"procedure": "99-13"}, "procedure"),
        ({"control_number": "X" * 51}, "control_number"),
        ({"adjustments": (Adjustment("CO", "45", 100), Adjustment("XX", "45", 100))}, "adjustments[1].group"),
        ({"adjustments": (Adjustment("", "45", 100),)}, "adjustments[0].group"),
        ({"raw": ("REF*LU*1",)}, "raw"),
    ],
)
def test_what_cant_be_written_is_named_with_its_claim_and_line(value: dict[str, object], path: str) -> None:
    (whole,) = made(4, 3)
    claim = replace(whole.claims[2], lines=(LinePayment("99213", 100, 100), replace(LinePayment("99214", 100, 100), **value)))
    with pytest.raises(CannotWrite) as refusal:
        write_remittances(HEADER, [replace(whole, claims=(*whole.claims[:2], claim))])
    assert refusal.value.path == f"remittances[0].claims[2].lines[1].{path}"


def test_a_claims_own_office_is_named_with_the_claim() -> None:
    (whole,) = made(4, 3)
    claim = replace(whole.claims[1], contacts=(Contact(numbers=(("EM", "no address"),)),))
    with pytest.raises(CannotWrite) as refusal:
        write_remittances(HEADER, [replace(whole, claims=(whole.claims[0], claim, whole.claims[2]))])
    assert refusal.value.path == "remittances[0].claims[1].email"
