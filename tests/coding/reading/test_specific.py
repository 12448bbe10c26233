"""Of several codes for one thing the one that says the most, and none that says the contrary of the note: tables."""

from datetime import date

import pytest

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines import specific
from coding_svc.domain.engine.guidelines.note import Note, kept
from coding_svc.domain.engine.statements import StatementReader
from coding_svc.domain.engine.wording import contradiction, plain, said, title_words
from coding_svc.handlers.code_meanings import InstalledMeanings
from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def meanings() -> InstalledMeanings:
    return InstalledMeanings(installed_code_sets(), installed_search())


def finding(code: str, span: tuple[int, int] = (0, 4), *, stated: bool = False) -> Finding:
    return Finding(code, 0.5, Assertion.AFFIRMED, [span], "", stated=stated)


@pytest.mark.parametrize(
    ("code", "words", "contrary"),
    [
        ("J42", "acute bronchitis", True),
        ("J20.9", "acute bronchitis", False),
        ("J44.1", "acute exacerbation of COPD", False),
        ("E11.9", "type 1 diabetes", True),
        ("E11.9", "type II diabetes", False),
        ("M17.11", "osteoarthritis of the left knee", True),
        ("M17.11", "OA R knee", False),
        ("K35.32", "acute appendicitis without perforation", True),
        ("G43.919", "migraine, not intractable", True),
        ("Z00.121", "routine child health examination without abnormal findings", True),
        ("N18.4", "chronic kidney disease, stage 5", True),
        ("N18.30", "chronic kidney disease, stage 3a", False),
        ("I12.9", "hypertension with stage 3a chronic kidney disease", False),
        ("I12.9", "hypertension with stage 5 chronic kidney disease", True),
        ("C50.911", "cancer of the left breast", True),
        ("I10", "essential hypertension", False),
    ],
)
def test_a_title_says_the_contrary(meanings: InstalledMeanings, code: str, words: str, contrary: bool) -> None:
    title = said(meanings.words(title_words(meanings.description(code))))
    assert bool(contradiction(title, said(meanings.words(plain(words))))) is contrary


@pytest.mark.parametrize(
    ("text", "code", "after"),
    [
        ("Acute bronchitis", "J42", []),
        ("type 1 diabetes mellitus", "E11.9", ["E10.9"]),
        ("chronic kidney disease stage 5", "N18.4", ["N18.5"]),
        ("right inguinal hernia", "C62.12", []),
        ("chronic bronchitis", "J42", ["J42"]),
    ],
)
def test_what_the_note_contradicts_is_dropped(meanings: InstalledMeanings, text: str, code: str, after: list[str]) -> None:
    findings = [finding(code, (0, len(text)))]
    specific.contradicted(findings, Note(text, DAY, "outpatient", meanings))
    assert [each.code[:3] for each in kept(findings)] == [each[:3] for each in after]
    assert all(each.dropped for each in findings if each.code not in after)


@pytest.mark.parametrize(
    ("vague", "specific_code", "falls"),
    [
        ("E11.9", "E11.42", True),
        ("E11.40", "E11.42", True),
        ("N18.9", "N18.4", True),
        ("J45.909", "J45.31", True),
        ("F33.9", "F33.1", True),
        ("I48.91", "I48.0", True),
        ("D64.9", "D50.9", True),
        ("J42", "J20.9", True),
        ("E11.42", "E11.22", False),
        ("K80.20", "K80.00", True),
        ("K80.00", "K80.20", False),
        ("R11.10", "R11.0", False),
        ("S52.501A", "S52.602A", False),
        ("S52.509A", "S52.502A", True),
    ],
)
def test_a_code_that_leaves_open_what_another_says(
    meanings: InstalledMeanings, vague: str, specific_code: str, falls: bool
) -> None:
    findings = [finding(vague), finding(specific_code, stated=True)]
    specific.siblings(findings, Note("", DAY, "outpatient", meanings))
    assert bool(findings[0].dropped) is falls
    assert not findings[1].dropped


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Fracture of left distal radius after fall from ladder.", ["S52.502A", "W11.XXXA"]),
        ("1. Mild persistent asthma with acute exacerbation - start prednisone", ["J45.31"]),
        ("Impression: Major depressive disorder, recurrent, moderate, improving on sertraline", ["F33.1"]),
        ("Assessment: Hypothyroidism, hyperlipidemia and vitamin D deficiency", ["E03.9", "E78.5", "E55.9"]),
        ("9-year-old boy with ADHD, combined type, doing well", ["F90.2"]),
        ("Numbness in the right hand.", ["R20.0"]),
        ("Assessment: Hypertension with stage 3a chronic kidney disease", ["I10", "N18.31"]),
        ("Follow-up in two weeks. Labs ordered. Continue metformin.", []),
    ],
)
def test_statements_are_looked_up_as_a_coder_would(meanings: InstalledMeanings, text: str, codes: list[str]) -> None:
    assert [each.code for each in StatementReader(text, meanings, DAY).statements()] == codes
