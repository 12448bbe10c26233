"""The engine over invented notes: evidence that stands where it says, assertions, and each guideline by a table."""

from collections.abc import Iterable
from datetime import date

import pytest

from coding_svc.domain.engine import Engine, NotCoded, Suggestion
from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines import rules
from coding_svc.domain.engine.guidelines.note import Note
from coding_svc.domain.engine.lexicon import installed_weights
from coding_svc.domain.engine.sections import Section, Sections
from coding_svc.domain.engine.text import sentences
from coding_svc.handlers.code_meanings import InstalledMeanings
from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def meanings() -> InstalledMeanings:
    return InstalledMeanings(installed_code_sets(), installed_search())


@pytest.fixture(scope="module")
def engine(meanings: InstalledMeanings) -> Engine:
    return Engine(meanings)


NOTE = """CHIEF COMPLAINT
Cough and fever.

HISTORY OF PRESENT ILLNESS
A 67-year-old woman with hypertension has had a productive cough and fever for three days. She denies chest pain.

FAMILY HISTORY
Mother had breast cancer.

ASSESSMENT
Community acquired pneumonia. Essential hypertension. Possible pulmonary embolism.
"""


def test_a_note_is_coded_with_evidence(engine: Engine) -> None:
    read = engine.suggest(NOTE, DAY, "outpatient")
    codes = {each.code for each in read.suggestions}
    assert {"J18.9", "I10"} <= codes
    assert not codes & {"R05.9", "R50.9", "R07.9", "C50.919", "I26.99"}
    reasons = {each.code: (each.assertion, each.reason) for each in read.not_coded}
    assert reasons["R50.9"][1] == "belongs to J18.9 as a rule"
    assert reasons["R07.9"][0] is Assertion.NEGATED
    assert reasons["I26.99"][0] is Assertion.POSSIBLE
    told: list[Suggestion | NotCoded] = [*read.suggestions, *read.not_coded]
    for each in told:
        assert each.evidence
        assert all(NOTE[span.start : span.end] == span.text for span in each.evidence)
        assert each.description


def test_what_is_probable_is_coded_for_an_inpatient(engine: Engine) -> None:
    assert "I26.99" in {each.code for each in engine.suggest(NOTE, DAY, "inpatient").suggestions}


def test_a_code_is_of_the_day(engine: Engine) -> None:
    text = "ASSESSMENT\nLow back pain. Headache."
    assert {"M54.50", "R51.9"} <= {each.code for each in engine.suggest(text, DAY).suggestions}
    assert {"M54.5", "R51"} <= {each.code for each in engine.suggest(text, date(2018, 6, 1)).suggestions}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\x00\x01\x02\x03" * 50, "no text"),
        ("El paciente refiere dolor en el pecho desde hace tres días y fiebre, por lo que acude a urgencias. " * 5, "English"),
        ("Пациент жалуется на боль в груди и лихорадку. " * 5, "English"),
        ("The patient has a cough and a fever. " * 140_000, "only the first"),
    ],
)
def test_what_is_no_note_is_named(engine: Engine, text: str, problem: str) -> None:
    assert problem in engine.suggest(text, DAY).problem


def finding(code: str, assertion: Assertion = Assertion.AFFIRMED, span: tuple[int, int] = (0, 4)) -> Finding:
    return Finding(code, 0.5, assertion, [span], "")


def coded(findings: Iterable[Finding]) -> list[str]:
    return [each.code for each in findings if not each.dropped]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["I10", "I50.9"], ["I50.9", "I11.0"]),
        (["I10", "N18.9"], ["N18.9", "I12.9"]),
        (["I10", "N18.6"], ["N18.6", "I12.0"]),
        (["I10", "I50.9", "N18.9"], ["I50.9", "N18.9", "I13.0"]),
        (["E11.9", "N18.30"], ["N18.30", "E11.22"]),
        (["E11.9", "G62.9"], ["E11.42"]),
        (["J44.9", "J18.9"], ["J18.9", "J44.0"]),
        (["N20.0", "N20.1"], ["N20.2"]),
        (["I10"], ["I10"]),
        (["E10.9", "I10"], ["E10.9", "I10"]),
    ],
)
def test_two_diseases_that_one_code_says(meanings: InstalledMeanings, before: list[str], after: list[str]) -> None:
    findings = [finding(code) for code in before]
    rules.combined(findings, Note("", DAY, "outpatient", meanings))
    assert coded(findings) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["J18.9", "R05.9", "R50.9"], ["J18.9"]),
        (["K35.80", "R10.31", "R11.2"], ["K35.80"]),
        (["N20.0", "R31.9"], ["N20.0"]),
        (["J18.9", "R42"], ["J18.9", "R42"]),
        (["R05.9", "R50.9"], ["R05.9", "R50.9"]),
    ],
)
def test_signs_that_belong_to_a_disease(meanings: InstalledMeanings, before: list[str], after: list[str]) -> None:
    findings = [finding(code) for code in before]
    rules.integral(findings, Note("", DAY, "outpatient", meanings))
    assert coded(findings) == after


@pytest.mark.parametrize(
    ("setting", "assertion", "after"),
    [
        ("outpatient", Assertion.POSSIBLE, []),
        ("inpatient", Assertion.POSSIBLE, ["J18.9"]),
        ("outpatient", Assertion.AFFIRMED, ["J18.9"]),
    ],
)
def test_an_uncertain_diagnosis(meanings: InstalledMeanings, setting: str, assertion: Assertion, after: list[str]) -> None:
    findings = [finding("J18.9", assertion)]
    rules.uncertain(findings, Note("", DAY, setting, meanings))
    assert coded(findings) == after


@pytest.mark.parametrize(
    ("code", "assertion", "after"),
    [
        ("I10", Assertion.HISTORY, ["I10"]),
        ("E11.9", Assertion.HISTORY, ["E11.9"]),
        ("C50.911", Assertion.HISTORY, ["Z85.3"]),
        ("I21.9", Assertion.HISTORY, ["I25.2"]),
        ("I63.9", Assertion.HISTORY, ["Z86.73"]),
        ("R05.9", Assertion.HISTORY, []),
        ("C50.919", Assertion.FAMILY, ["Z80.3"]),
        ("E11.9", Assertion.FAMILY, ["Z83.3"]),
        ("R05.9", Assertion.FAMILY, []),
    ],
)
def test_what_was_and_what_relatives_have(
    meanings: InstalledMeanings, code: str, assertion: Assertion, after: list[str]
) -> None:
    findings = [finding(code, assertion)]
    note = Note("PAST MEDICAL HISTORY", DAY, "outpatient", meanings)
    rules.past(findings, note)
    rules.relatives(findings, note)
    assert coded(findings) == after


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("M25.569", "pain in the left knee", "M25.562"),
        ("M17.10", "osteoarthritis, right knee", "M17.11"),
        ("M25.569", "knee pain", "M25.569"),
        ("S93.409A", "sprain of right ankle", "S93.401A"),
    ],
)
def test_a_side_is_in_the_code(meanings: InstalledMeanings, code: str, text: str, after: str) -> None:
    findings = [finding(code, span=(0, len(text)))]
    rules.sides(findings, Note(text, DAY, "outpatient", meanings))
    assert coded(findings) == [after]


def test_the_order_of_codes(meanings: InstalledMeanings) -> None:
    findings = [finding(code) for code in ("W19.XXXA", "Z79.4", "R42", "F02.80", "S52.501A", "G30.9")]
    rules.in_order(findings, Note("", DAY, "outpatient", meanings))
    assert coded(findings) == ["G30.9", "S52.501A", "F02.80", "R42", "Z79.4", "W19.XXXA"]


@pytest.mark.parametrize(
    ("code", "wanted"), [("M25.569", "which side"), ("J18.9", "organism"), ("E11.9", ""), ("N18.9", "the kind")]
)
def test_an_open_code_says_what_the_note_lacks(meanings: InstalledMeanings, code: str, wanted: str) -> None:
    findings = [finding(code)]
    rules.specificity(findings, Note("", DAY, "outpatient", meanings))
    assert wanted in findings[0].why
    assert bool(findings[0].why) == bool(wanted)


def test_of_two_codes_for_the_same_words_the_one_that_says_more(meanings: InstalledMeanings) -> None:
    findings = [finding("N18.9", span=(3, 10)), finding("N18.4", span=(0, 20)), finding("R52", span=(5, 9))]
    rules.most_specific(findings, Note("", DAY, "outpatient", meanings))
    assert coded(findings) == ["N18.4"]


def test_sections() -> None:
    sections = Sections(NOTE)
    assert sections.at(NOTE.index("Mother")) is Section.FAMILY
    assert sections.at(NOTE.index("Community")) is Section.ASSESSMENT
    assert sections.at(NOTE.index("67-year")) is Section.PRESENT
    assert Sections("no heading at all").at(5) is Section.OTHER


def test_a_sentence_ends_where_it_ends() -> None:
    text = "Seen by Dr. smith at 3.5 hours. No fever\nCough; chills."
    assert [text[start:end].strip() for start, end in sentences(text)] == [
        "Seen by Dr. smith at 3.5 hours.",
        "No fever",
        "Cough;",
        "chills.",
    ]


def test_the_weights_hold_no_text() -> None:
    weights = installed_weights()
    assert all(len(key) == 10 and int(key, 16) >= 0 for key in weights.entries)
    assert 0 < weights.threshold < 1
