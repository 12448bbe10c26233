"""Rows of segments that are taken at once: the same is found, in the same order, as when every segment is walked by itself."""

from collections.abc import Mapping
from random import Random

import pytest

from rcm.x12.validation import Finding, check, validate
from rcm.x12.validation.situations.professional import ProfessionalSituations
from rcm.x12.validation.walk import Check
from tests.shared.x12.faults import GOOD, content
from tests.shared.x12.faulty import Lines

USUAL = """
HL*2*1*22*0|SBR*P*18*GRP1******CI|NM1*IL*1*DOE*JANE****MI*M1|N3*1 ELM|N4*TOWN*IL*62701|DMG*D8*19800101*F
NM1*PR*2*PAYER*****PI*P1|CLM*A1*30.5***11:B:1*Y*A*Y*Y|HI*ABK:R059*ABF:I10|NM1*82*1*ROE*RAE****XX*1234567893
PRV*PE*PXC*207Q00000X|LX*1|SV1*HC:99213*20*UN*1***1:2|DTP*472*D8*20260301|REF*6R*A101
LX*2|SV1*HC:93000:25*10.5*UN*1*11**1|DTP*472*D8*20260301|REF*6R*A102
HL*3*1*22*0|SBR*P*18*GRP2******MB|NM1*IL*1*POE*NICO****MI*M2|N3*2 ELM|N4*TOWN*IL*627011234|DMG*D8*19900101*M
NM1*PR*2*PAYER*****PI*P1|CLM*A2*7***11:B:7*Y*A*Y*Y|REF*F8*X1|HI*ABK:R059|LX*1|SV1*HC:99213*7*UN*1***1|DTP*472*D8*20260301
REF*6R*A201|CLM*A3*40***11:B:1*Y*A*Y*Y|HI*ABK:R059|NM1*82*1*ROE*RAE****XX*1234567893|PRV*PE*PXC*207Q00000X
LX*1|SV1*HC:99213*20*UN*1***1|DTP*472*D8*20260301|REF*6R*A301|LX*2|SV1*HC:99214*20*UN*1***1|DTP*472*D8*20260301
"""
"""Two subscribers' levels; their second holds a claim with what no row has, and a line without REF*6R."""
VALUES = (
    "",
    "0",
    "1",
    "9",
    "18",
    "AB",
    "XX",
    "X" * 90,
    "20260230",
    "1.234",
    "-5",
    "1:1:9",
    "62701",
    "é",
    " ",
    "1:",
    "^",
    "LX*1",
)


def usual() -> Lines:
    """A file of an 837P's envelope and two usual levels."""
    good = list(GOOD["professional.837"])
    begins = next(place for place, line in enumerate(good) if line.startswith("HL*2*"))
    ends = next(place for place, line in enumerate(good) if line.startswith("SE*"))
    return [*good[:begins], *USUAL.strip().replace("\n", "|").split("|"), *good[ends:]]


def damaged(random: Random) -> bytes:
    """A few segments dropped, repeated, exchanged or with another value in them."""
    lines = usual()
    for _ in range(random.randint(0, 3)):
        one, other = (random.randrange(2, len(lines) - 3) for _ in range(2))
        kind = random.randrange(7)
        if kind == 0:
            del lines[one]
        elif kind == 1:
            lines.insert(one, lines[other])
        elif kind == 2:
            lines[one], lines[other] = lines[other], lines[one]
        else:
            elements = lines[one].split("*")
            elements[random.randrange(len(elements) > 1, len(elements))] = random.choice(VALUES)
            lines[one] = "*".join(elements)
    made = content(lines)
    return made.replace(b"~", b"~\n") if random.random() < 0.1 else made


def both(made: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Finding], list[Finding]]:
    """What is found with rows, and segment by segment; with few findings kept, in the order in which they are found."""
    results = []
    for rows in (True, False):
        with monkeypatch.context() as patch:
            if not rows:
                patch.setattr(ProfessionalSituations, "rows", lambda _: {})
            kept = [one for item in check(made, 2) for group in item.groups for each in group.sets for one in each.findings]
            results.append([*validate(made), *kept])
    return results[0], results[1]


def test_most_segments_of_a_usual_file_are_taken_in_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[str] = []
    plain = ProfessionalSituations.checks

    def told(name: str, check: Check) -> Check:
        def look(elements: list[str]) -> None:
            walked.append(name)
            check(elements)

        return look

    def checks(situations: ProfessionalSituations) -> Mapping[str, Check]:
        return {name: told(name, one) for name, one in plain(situations).items()}

    monkeypatch.setattr(ProfessionalSituations, "checks", checks)
    assert validate(content(usual())) == []
    assert [name for name in walked if name in {"HL", "CLM", "LX", "SV1"}] == ["HL", "CLM", "LX", "SV1"]


@pytest.mark.parametrize("seed", range(8))
def test_rows_find_what_segment_by_segment_is_found(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    for _ in range(60):
        made = damaged(random)
        with_rows, without = both(made, monkeypatch)
        assert with_rows == without, made


def test_more_lines_than_a_claim_may_have_are_found_in_one_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = usual()
    last = next(place for place, line in enumerate(lines) if line.startswith("HL*3*"))
    for number in range(3, 53):
        line = [f"LX*{number}", "SV1*HC:99213*1*UN*1***1", "DTP*472*D8*20260301", f"REF*6R*B{number}"]
        lines[last:last] = line
        last += len(line)
    with_rows, without = both(content(lines), monkeypatch)
    assert with_rows == without
    assert {one.rule for one in without} == {"loop-repeats", "claim-sum"}


def test_no_pointer_names_a_thirteenth_diagnosis(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = usual()
    place = lines.index("HI*ABK:R059*ABF:I10")
    lines[place : place + 1] = ["HI*ABK:R059" + "*ABF:I10" * 11] * 2
    lines[lines.index("SV1*HC:99213*20*UN*1***1:2")] = "SV1*HC:99213*20*UN*1***13"
    with_rows, without = both(content(lines), monkeypatch)
    assert with_rows == without
    assert "pointer" in {one.rule for one in without}


def test_what_is_found_does_not_depend_on_what_was_checked_before() -> None:
    """A segment out of place is told of again once others had theirs, also where the steps between are known already."""
    lines = usual()
    level = lines.index("HL*2*1*22*0")
    del lines[level + 1]
    lines[level:level] = ["SBR*P*18*GRP1******CI"]
    lines.insert(level + 2, "NM1*87*2")
    made = content(lines)
    expected = [(level + 1, "segment-unexpected"), (level + 3, "segment-order"), (level + 4, "segment-missing")]
    for _ in range(2):
        assert [(one.segment_number, one.rule) for one in validate(made)] == expected
