"""What a validator says of whole files: envelopes, odd delimiters, limits, many findings; and the TA1 and 999 made of it.

The guides' own rules are tried by the tables of faults (test_faults).
"""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest

from rcm.x12.acknowledgement import (
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    read_acknowledgements,
    write_claim_acknowledgements,
    write_functional_acknowledgements,
)
from rcm.x12.acknowledgement.answer import answer, header_back
from rcm.x12.problems import NotX12
from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.remittance import write_remittances
from rcm.x12.validation import Finding, check, validate
from tests.shared.x12 import generate_answers
from tests.shared.x12.faults import GOOD, content
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
CLAIMS = content(list(GOOD["professional.837"])).decode()
PAID = content(list(GOOD["remittance.835"])).decode()


def rules(text: str | bytes) -> set[str]:
    return {one.rule for one in validate(text.encode() if isinstance(text, str) else text)}


@pytest.mark.parametrize("seed", range(4))
def test_generated_files_have_no_finding(seed: int) -> None:
    made = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(seed, 40), reference="SUB1")
    assert validate(made) == []
    paid = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(seed), 20)])
    assert validate(paid) == []
    answered = [generate_answers.claim_acknowledgement(Random(seed), 3)]
    assert validate(write_claim_acknowledgements(generate_answers.HEADER, answered)) == []
    taken = [generate_answers.functional_acknowledgement(Random(seed))]
    assert validate(write_functional_acknowledgements(generate_answers.HEADER, taken)) == []


def _inserted(base: str, before: str, *lines: str) -> bytes:
    good = list(GOOD[base])
    place = next(at for at, line in enumerate(good) if line.startswith(before))
    return content([*good[:place], *lines, *good[place:]])


def test_what_is_attached_is_named_by_the_codes_of_its_guide() -> None:
    """A carrier's certificate of need (CT) comes in ways of its own; a dentist sends charts and models."""
    assert validate(_inserted("professional.837", "DTP*472", "PWK*OZ*BM***AC*X1", "PWK*CT*AB", "PWK*CT*NS")) == []
    assert rules(_inserted("professional.837", "DTP*472", "PWK*OZ*AB")) == {"element-code"}
    charts = [f"PWK*{kind}*AA" for kind in ("P6", "DA", "RB")]
    assert validate(_inserted("dental.837", "REF*G3", *charts)) == []
    assert rules(_inserted("dental.837", "REF*G3", "PWK*03*AA")) == {"element-code"}


@pytest.mark.parametrize("end", ["*", "**", ":"])
def test_empty_elements_at_the_end_of_a_segment_are_a_warning(end: str) -> None:
    name = "SV1*HC:99213:25*200*UN*1***1:2"
    (found,) = validate(CLAIMS.replace(f"{name}~", f"{name}{end}~").encode())
    assert (found.rule, found.severity, found.segment) == ("trailing-empty", "warning", "SV1")
    assert found.element == name.count("*") + end.count("*")


def _second_group(text: str) -> str:
    start, end = text.index("GS*"), text.index("IEA*")
    return text[:end] + text[start:end] + text[end:].replace("IEA*1", "IEA*2")


def _second_set(text: str) -> str:
    start, end = text.index("ST*"), text.index("GE*")
    return text[:end] + text[start:end] + text[end:].replace("GE*1", "GE*2")


def _without(name: str) -> Callable[[str], str]:
    return lambda text: "~".join(line for line in text.split("~") if not line.startswith(f"{name}*"))


ENVELOPES: list[tuple[str, Callable[[str], str], str]] = [
    (CLAIMS, _second_group, "group-number-twice"),
    (CLAIMS, _second_set, "set-number-twice"),
    (CLAIMS, _without("GS"), "missing-gs"),
    (CLAIMS, _without("IEA"), "missing-iea"),
    (CLAIMS, lambda text: text.removesuffix("~"), "unterminated-segment"),
    (CLAIMS, lambda text: f"hello\n{text}", "text-before-isa"),
    (CLAIMS, lambda text: text.replace("MAPLESTREET    ", "MAPLESTREET"), "isa-width"),
    (CLAIMS, lambda text: f"{text}ISA*00*~", "unreadable-isa"),
    (CLAIMS, lambda text: text[:106] + "IEA*0*000000042~", "nothing-inside"),
    (CLAIMS, lambda text: text.replace("005010X222A1", "004010X098A1"), "no-guide"),
    (
        CLAIMS,
        lambda text: text[: text.index("CLM*")] + "SE*24*0001~" + text[text.index("GE*") :],
        "no-claim",
    ),
    (
        CLAIMS,
        lambda text: text.replace("OI*", "AMT*EAF*20~OI*").replace("DTP*573*D8*20260210~", "DTP*573*D8*20260210~AMT*EAF*20~"),
        "liability-twice",
    ),
]


@pytest.mark.parametrize(("text", "change", "rule"), ENVELOPES, ids=[rule for *_, rule in ENVELOPES])
def test_an_envelopes_fault_is_found(text: str, change: Callable[[str], str], rule: str) -> None:
    assert rule in rules(change(text))


def test_a_run_of_stray_segments_is_one_finding() -> None:
    found = validate(CLAIMS.replace("GE*1*42~", "SE*9*0001~N3*A~N4*B~GE*1*42~GE*1*42~N3*C~").encode())
    assert [(one.rule, one.segment) for one in found] == [
        ("segment-outside", "SE"),
        ("missing-gs", "GE"),
        ("segment-outside", "N3"),
    ]
    (interchange,) = check(CLAIMS.replace("GE*1*42~", "GE*1*42~GE*1*42~").encode())
    assert interchange.groups[0].findings == []


def test_other_delimiters_make_no_difference() -> None:
    marks = str.maketrans({"*": "|", ":": ">", "~": "\n", "^": "!"})
    for name, lines in GOOD.items():
        odd = content(list(lines)).decode().translate(marks)
        assert validate(odd.encode()) == [], name


def test_several_interchanges_are_checked_one_by_one() -> None:
    found = list(check((CLAIMS + PAID.replace("BPR*I*287.5", "BPR*I*1") + CLAIMS).encode()))
    assert [one.control_number for one in found] == ["000000042", "000000051", "000000042"]
    assert [[checked.rejected for group in one.groups for checked in group.sets] for one in found] == [[False], [True], [False]]
    assert [one.rule for group in found[1].groups for checked in group.sets for one in checked.findings] == [
        "balance-transaction"
    ]


def test_what_is_no_x12_is_refused() -> None:
    with pytest.raises(NotX12):
        validate(b"hello")


def test_more_findings_than_are_kept_are_counted() -> None:
    many = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(1), 40)]).replace(
        b"CLP*", b"CLP*" + b"X" * 39
    )
    found = validate(many, findings_max=10)
    assert len(found) == 11
    assert found[-1].rule == "too-many-findings"
    assert found[-1].message.endswith("30 more")
    (interchange,) = check(many, findings_max=10)
    assert interchange.groups[0].sets[0].rejected


def test_more_claims_than_a_set_may_hold() -> None:
    start, end = CLAIMS.index("CLM*PCN0000003"), CLAIMS.index("SE*")
    claim = CLAIMS[start:end]
    found = rules(CLAIMS[:start] + claim * 5_001 + CLAIMS[end:])
    assert {"claim-limit", "loop-repeats", "claim-number"} <= found


def test_memory_does_not_grow_with_the_file() -> None:
    def most(times: int) -> int:
        many = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(2), 40)]) * times
        tracemalloc.start()
        validate(many)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    validate(PAID.encode())
    assert most(32) < most(8) + 1_000_000


def _answered(text: str) -> tuple[InterchangeAcknowledgement, list[FunctionalAcknowledgement]]:
    (interchange,) = check(text.encode())
    made = answer(interchange, header_back(interchange, 7, AT))
    assert validate(made) == []
    first, *groups = read_acknowledgements(made)
    assert isinstance(first, InterchangeAcknowledgement)
    assert all(isinstance(one, FunctionalAcknowledgement) for one in groups)
    return first, [one for one in groups if isinstance(one, FunctionalAcknowledgement)]


def test_a_good_file_is_taken() -> None:
    ta1, (group,) = _answered(CLAIMS)
    assert (ta1.code, ta1.note, ta1.interchange_control_number) == ("A", "000", "000000042")
    assert ta1.interchange_created is not None
    assert (group.functional_id, group.group_control_number, group.code) == ("HC", "42", "A")
    assert (group.included, group.received, group.accepted) == (1, 1, 1)
    assert [(one.control_number, one.code, one.errors) for one in group.sets] == [("0001", "A", ())]


def test_a_999_names_segment_loop_element_and_claim() -> None:
    text = CLAIMS.replace("NM1*82*1*CEDAR", "NM1*82*3*CEDAR").replace("REF*F8*ICN77~", "").replace("SE*90", "SE*89")
    _, (group,) = _answered(text)
    assert (group.code, group.received, group.accepted) == ("R", 1, 0)
    wrong, missing = group.sets[0].errors
    assert (wrong.segment, wrong.segment_number, wrong.loop, wrong.code) == ("NM1", 35, "2310B", "8")
    assert wrong.contexts == (("CLM01:PCN0000001",),)
    (element,) = wrong.elements
    assert (element.position, element.element, element.code, element.value) == (2, "1065", "7", "3")
    assert (missing.segment, missing.code, missing.elements) == ("REF", "I6", ())
    place = str(missing.segment_number)
    assert missing.contexts == (
        ("SITUATIONAL TRIGGER", "CLM", place, "2300", "5:3", "1325"),
        ("CLM01:PCN0000002",),
    )


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (("IEA*1*000000042", "IEA*1*000000043"), "001"),
        (("IEA*1", "IEA*3"), "021"),
        (("*1*T*:~", "*7*T*:~"), "019"),
        (("*000000042*1", "*00000004\u00b2*1"), "018"),
        (("~IEA*1*000000042", ""), "023"),
    ],
)
def test_a_broken_interchange_is_refused_by_its_ta1_alone(change: tuple[str, str], note: str) -> None:
    ta1, groups = _answered(CLAIMS.replace(*change))
    assert (ta1.code, ta1.note, groups) == ("R", note, [])


@pytest.mark.parametrize(("change", "code"), [(("GE*1*42", "GE*1*43"), "4"), (("GE*1", "GE*2"), "5"), (("~GE*1*42", ""), "3")])
def test_a_broken_group_is_refused_whole(change: tuple[str, str], code: str) -> None:
    ta1, (group,) = _answered(CLAIMS.replace(*change))
    assert (ta1.code, group.code, group.accepted, group.error_codes) == ("A", "R", 0, (code,))


def test_an_acknowledgement_is_not_acknowledged() -> None:
    _, groups = _answered(content(list(GOOD["functional.999"])).decode())
    assert groups == []


def test_a_finding_shows_nothing_of_the_file() -> None:
    found: list[Finding] = validate(CLAIMS.replace("ALDER*ADA*Q***MI*ABC123456789", "ALDER*ADA*SECRET***XX*SECRET").encode())
    assert found
    assert not any("SECRET" in one.message for one in found)
