"""What is coded besides diseases, which encounter an injury's is, what it came from, and whose a code can be: tables."""

from datetime import date

import pytest

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.choice import chosen
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines import injuries, people, status
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.handlers.code_meanings import InstalledMeanings
from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def meanings() -> InstalledMeanings:
    return InstalledMeanings(installed_code_sets(), installed_search())


def finding(code: str, span: tuple[int, int] = (0, 4)) -> Finding:
    return Finding(code, 0.5, Assertion.AFFIRMED, [span], "")


def codes_of(findings: list[Finding]) -> list[str]:
    return [each.code for each in kept(findings)]


@pytest.mark.parametrize(
    ("text", "beside", "added"),
    [
        ("Type 2 diabetes on Lantus 20 units.", "E11.9", ["Z79.4"]),
        ("Non-insulin dependent diabetes.", "E11.9", []),
        ("Insulin resistance.", "E11.9", []),
        ("On Lantus.", "E10.9", []),
        ("Not on insulin.", "E11.9", []),
        ("Continue metformin 500 mg twice daily.", "E11.9", ["Z79.84"]),
        ("Aspirin 81 mg daily.", "I25.10", ["Z79.82"]),
        ("She takes apixaban.", "I48.0", ["Z79.01"]),
        ("Quit smoking 5 years ago.", "J44.9", ["Z87.891"]),
        ("Tdap given today.", "I10", ["Z23"]),
        ("Flu shot declined today.", "I10", []),
        ("ER positive.", "C50.911", ["Z17.0"]),
        ("ER positive.", "I10", []),
        ("BMI 41.2 today.", "E66.9", ["Z68.41"]),
        ("BMI 41.2 today.", "I10", []),
        ("BMI 18.", "R63.4", ["Z68.1"]),
        ("12-year-old, BMI 28.", "E66.9", []),
        ("Pregnant, 30 weeks.", "Z34.90", ["Z3A.30"]),
        ("ESRD on hemodialysis.", "N18.6", ["Z99.2"]),
        ("Annual physical, 40-year-old woman.", "I10", ["Z00.00"]),
        ("Annual physical, 40-year-old woman.", "R03.0", ["Z00.01"]),
        ("Well child visit.", "I10", ["Z00.129"]),
    ],
)
def test_what_is_coded_besides_diseases(meanings: InstalledMeanings, text: str, beside: str, added: list[str]) -> None:
    findings = [finding(beside, (len(text) - 1, len(text)))]
    status.status(findings, Note(text, DAY, "outpatient", meanings))
    assert codes_of(findings)[1:] == added


def test_the_week_tells_the_trimester(meanings: InstalledMeanings) -> None:
    findings = [finding("Z34.80")]
    status.status(findings, Note("Prenatal visit at 30 weeks gestation.", DAY, "outpatient", meanings))
    assert codes_of(findings) == ["Z34.83", "Z3A.30"]


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("S52.501A", "Fracture of right radius.", "S52.501A"),
        ("S52.501A", "Fracture of right radius, healing well.", "S52.501D"),
        ("S52.501A", "Follow-up visit for fracture of right radius.", "S52.501D"),
        ("S52.501A", "Fracture of right radius. Follow-up in 2 weeks.", "S52.501A"),
        ("S52.501A", "Open fracture of right radius.", "S52.501B"),
        ("S52.501A", "Fracture of right radius with nonunion.", "S52.501K"),
        ("S52.501A", "Stiffness as a late effect of fracture of right radius.", "S52.501S"),
        ("S93.401A", "Sprain, sutures were removed.", "S93.401D"),
        ("I10", "Follow-up visit for hypertension.", "I10"),
    ],
)
def test_which_encounter_an_injury_has(meanings: InstalledMeanings, code: str, text: str, after: str) -> None:
    findings = [finding(code)]
    injuries.encounters(findings, Note(text, DAY, "outpatient", meanings))
    assert codes_of(findings) == [after]


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (["W11.XXXA"], "Fall from ladder.", []),
        (["S52.501A", "W11.XXXA"], "Fall from ladder.", ["S52.501A", "W11.XXXA"]),
        (["S52.501A"], "She fell down the stairs.", ["S52.501A", "W10.9XXA"]),
        (["S52.501D"], "She fell down the stairs.", ["S52.501D", "W10.9XXD"]),
        (["S61.211A"], "Cut with a kitchen knife.", ["S61.211A", "W26.0XXA"]),
        (["S61.211A"], "No fall. He did not trip.", ["S61.211A"]),
        (["I10"], "She fell down the stairs.", ["I10"]),
    ],
)
def test_a_cause_stands_beside_its_injury(meanings: InstalledMeanings, before: list[str], text: str, after: list[str]) -> None:
    findings = [finding(code) for code in before]
    injuries.causes(findings, Note(text, DAY, "outpatient", meanings))
    assert codes_of(findings) == after


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("N40.1", "A 58-year-old woman.", []),
        ("N40.1", "A 58-year-old man.", ["N40.1"]),
        ("C50.422", "45 y/o F with breast cancer.", ["C50.412"]),
        ("Z00.110", "A 45-year-old.", []),
        ("N80.9", "Her husband is 50.", ["N80.9"]),
    ],
)
def test_whose_a_code_can_be(meanings: InstalledMeanings, code: str, text: str, after: list[str]) -> None:
    findings = [finding(code)]
    people.whose(findings, Note(text, DAY, "outpatient", meanings))
    assert codes_of(findings) == after


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("58-year-old man", 58),
        ("72 y/o F", 72),
        ("6-month-old boy", 0),
        ("aged", None),
        ("3 months-old, mother 30 years old", 0),
    ],
)
def test_an_age_is_read(text: str, age: int | None) -> None:
    assert people.age_of(text) == age


@pytest.mark.parametrize(
    ("scores", "threshold", "codes"),
    [
        ({"I10": 0.4, "E11.9": 0.1}, 0.28, {"I10"}),
        ({"E11.21": 0.2, "E11.22": 0.19}, 0.28, {"E11.21"}),
        ({"E11.21": 0.2, "E11.22": 0.3}, 0.28, {"E11.22"}),
        ({"E11.21": 0.1, "E11.22": 0.09}, 0.28, set()),
    ],
)
def test_a_likely_category_gives_its_likeliest_code(scores: dict[str, float], threshold: float, codes: set[str]) -> None:
    assert chosen(scores, threshold) == codes
