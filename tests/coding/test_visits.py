"""The level of a visit, row by row beside CPT's rules of 2021 and 2023: what makes an element, and how two ways become one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding_svc.domain.lists import ListBroken
from coding_svc.domain.visits.levels import Grade, VisitLevel, seen_since
from coding_svc.domain.visits.procedures import ProcedureTerms, procedures_in
from coding_svc.domain.visits.proposal import service_at, suggestion_of
from coding_svc.domain.visits.words import Vocabulary, read_words
from coding_svc.main import COMMANDS, VISIT_WORDS, code_book
from rcm.errors import InvalidBody

DAY = date(2026, 3, 2)
NOTE = """Subjective: here for follow-up of diabetes and hypertension. Denies chest pain.
Family history: father had stroke.
Results: reviewed CBC, lipid panel and A1c.
Assessment and Plan:
1. Type 2 diabetes, uncontrolled. Increase metformin to 1000 mg twice daily.
2. Hypertension, stable. Continue lisinopril 20 mg.
Total time spent on the day of the encounter: 42 minutes.
"""


def level(text: str, service: str = "office", on: date = DAY) -> VisitLevel:
    return code_book().visit_level(text, on, service, "")


PROBLEMS: list[tuple[str, Grade]] = [
    ("Assessment: common cold.", Grade.STRAIGHTFORWARD),
    ("Assessment: common cold, insect bite.", Grade.LOW),
    ("Assessment: acute sinusitis.", Grade.LOW),
    ("Assessment: hypertension, stable.", Grade.LOW),
    ("Assessment: hypertension and asthma, both stable.", Grade.MODERATE),
    ("Assessment: asthma with acute exacerbation.", Grade.MODERATE),
    ("Assessment: hypertension not at goal.", Grade.MODERATE),
    ("Assessment: PTSD and OSA, stable.", Grade.MODERATE),
    ("Assessment: severe exacerbation of pulmonary fibrosis.", Grade.HIGH),
    ("Assessment: new breast lump.", Grade.MODERATE),
    ("Assessment: pneumonia.", Grade.MODERATE),
    ("Assessment: severe exacerbation of COPD.", Grade.HIGH),
    ("Assessment: acute stroke.", Grade.HIGH),
    ("HPI: worried about acute stroke.\nAssessment: common cold.", Grade.STRAIGHTFORWARD),
    ("Assessment: no evidence of pneumonia. Acute bronchitis.", Grade.LOW),
    ("Assessment: nothing to say.", Grade.STRAIGHTFORWARD),
]
DATA: list[tuple[str, Grade]] = [
    ("Nothing was done.", Grade.STRAIGHTFORWARD),
    ("Ordered CBC.", Grade.STRAIGHTFORWARD),
    ("Ordered CBC. Reviewed CBC.", Grade.STRAIGHTFORWARD),
    ("Ordered CBC and TSH.", Grade.LOW),
    ("History obtained from the mother.", Grade.LOW),
    ("Ordered CBC, TSH and a lipid panel.", Grade.MODERATE),
    ("I independently interpreted the ECG.", Grade.MODERATE),
    ("Discussed the case with cardiology.", Grade.MODERATE),
    ("Ordered CBC, TSH, lipid panel. Discussed with Dr. Imani.", Grade.HIGH),
]
RISK: list[tuple[str, Grade]] = [
    ("Plan: rest and fluids.", Grade.STRAIGHTFORWARD),
    ("Plan: ibuprofen as needed.", Grade.LOW),
    ("Plan: start amoxicillin 500 mg three times daily.", Grade.MODERATE),
    ("Plan: refill her inhaler.", Grade.MODERATE),
    ("Plan: will admit for observation.", Grade.HIGH),
    ("Plan: no antibiotics. Fluids.", Grade.STRAIGHTFORWARD),
    ("Plan: increased her carvedilol.", Grade.MODERATE),
    ("Plan: continue the rosuvastatin.", Grade.MODERATE),
    ("Plan: taper methylprednisolone.", Grade.MODERATE),
    ("Plan: start clotrimazole.", Grade.STRAIGHTFORWARD),
    ("Plan: continue walking.", Grade.STRAIGHTFORWARD),
]
TIMES: list[tuple[str, str, str, str]] = [
    ("office", "established", "Total time: 9 minutes", ""),
    ("office", "established", "Total time: 10 minutes", "99212"),
    ("office", "established", "Total time: 29 minutes", "99213"),
    ("office", "established", "I spent 40 minutes with the patient", "99215"),
    ("office", "established", "Time: 20 minutes total.", "99213"),
    ("office", "established", "Plan as above.\nVisit time: 31 min", "99214"),
    ("office", "established", "Walks 30 minutes total of each hour.", ""),
    ("office", "established", "Surgery time 90 minutes last year.", ""),
    ("office", "new", "New patient. Total time 44 minutes", "99203"),
    ("office", "new", "Establish care. 60 minutes total time", "99205"),
    ("hospital", "initial", "Admission H&P. Total time: 55 minutes", "99222"),
    ("hospital", "subsequent", "Progress note. Total time: 50 minutes", "99233"),
    ("hospital", "subsequent", "Progress note. Total time: 24 minutes", ""),
    ("emergency", "any", "Total time: 90 minutes", ""),
]
LEVELS: list[tuple[str, str, str]] = [
    ("office", "New patient. Assessment: acute sinusitis. Plan: ibuprofen.", "99203"),
    ("office", "Follow-up. Assessment: common cold. Plan: rest.", "99212"),
    ("office", "Follow-up. Assessment: asthma with acute exacerbation. Plan: prednisone prescribed.", "99214"),
    ("office", "Follow-up. Assessment: acute stroke. Plan: hospitalized.", "99215"),
    ("hospital", "Admission H&P. Assessment: sepsis. Plan: will admit to the ICU. Total time: 45 minutes", "99223"),
    ("hospital", "Progress note. Assessment: pneumonia. Plan: continue ceftriaxone 1 g daily.", "99232"),
    ("emergency", "Assessment: acute sinusitis. Plan: ibuprofen.", "99283"),
    ("emergency", "Assessment: pulmonary embolism. Plan: admitted to the ICU.", "99285"),
]


@pytest.mark.parametrize(("text", "grade"), PROBLEMS)
def test_problems_that_were_addressed(text: str, grade: Grade) -> None:
    assert level(text).problems.grade is grade


@pytest.mark.parametrize(("text", "grade"), DATA)
def test_data_that_was_reviewed(text: str, grade: Grade) -> None:
    assert level(text).data.grade is grade


@pytest.mark.parametrize(("text", "grade"), RISK)
def test_risk_of_the_management(text: str, grade: Grade) -> None:
    assert level(text).risk.grade is grade


@pytest.mark.parametrize(("service", "patient", "text", "code"), TIMES)
def test_time_must_be_reached(service: str, patient: str, text: str, code: str) -> None:
    found = level(text, service)
    assert (found.patient, found.by_time.code) == (patient, code)


@pytest.mark.parametrize(("service", "text", "code"), LEVELS)
def test_two_of_three_elements_make_the_level(service: str, text: str, code: str) -> None:
    assert level(text, service).by_mdm.code == code


def test_the_higher_of_both_ways_is_proposed_with_its_evidence() -> None:
    found = level(NOTE)
    assert (found.by_mdm.code, found.by_time.code, found.code, found.by) == ("99214", "99215", "99215", "time")
    for element in (found.problems, found.data, found.risk):
        assert element.grade is Grade.MODERATE
        assert all(NOTE[each.start : each.end] == each.text for each in element.evidence)
    assert [each.text for each in found.problems.evidence] == ["Type 2 diabetes"]


def test_before_the_rule_there_is_no_level() -> None:
    found = level(NOTE, on=date(2020, 12, 31))
    assert (found.code, found.by) == ("", "")
    assert level("Assessment: sepsis", "emergency", date(2022, 12, 31)).code == ""


def test_the_caller_knows_better_whose_visit_it_is() -> None:
    assert code_book().visit_level(NOTE, DAY, "office", "new").by_mdm.code == "99204"
    assert seen_since(date(2024, 2, 29)) == date(2021, 2, 28)
    assert seen_since(DAY) == date(2023, 3, 2)


@given(st.text(st.sampled_from("Plan:\n. mgaI126new pain time"), max_size=400))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_note_it_is_read(text: str) -> None:
    found = level(text)
    for element in (found.problems, found.data, found.risk):
        assert all(text[each.start : each.end].strip() == each.text for each in element.evidence)


def test_a_note_that_repeats_itself_is_read_in_bounded_time() -> None:
    """Words that could be read in many ways, over and over: patterns are bounded, and so is what is taken."""
    assert len(level("diabetes. " * 9_000).problems.evidence) == 1
    assert level("I my " * 18_000).data.grade is Grade.STRAIGHTFORWARD


def test_a_suggestion_tells_both_ways() -> None:
    proposed = suggestion_of(level(NOTE), "/notes/0")
    assert proposed is not None
    assert (proposed.code, proposed.description) == ("99215", "office visit, established")
    assert "by decision making 99214" in proposed.why
    assert "by time 99215 (42 minutes reach 40)" in proposed.why
    assert suggestion_of(level("Nothing."), "/notes/0") is None
    assert (level("Nothing.").code, level("Total time: 20 minutes").code) == ("", "99213")


@pytest.mark.parametrize(
    ("place", "service"), [("11", "office"), ("21", "hospital"), ("23", "emergency"), ("81", ""), ("", "")]
)
def test_a_place_of_service_has_its_table(place: str, service: str) -> None:
    assert service_at(place) == service


def test_the_command_shows_each_element() -> None:
    (found,) = COMMANDS["visit"](NOTE.encode(), DAY, "office", "")
    told: dict[str, Any] = found
    assert told["proposed"] == {"code": "99215", "by": "time"}
    assert told["time"]["minutes"] == 42
    assert told["risk"]["evidence"][0]["text"] == "Increase metformin to 1000 mg"
    with pytest.raises(InvalidBody):
        list(COMMANDS["visit"](b"\xff\xfe\x00", DAY, "office", ""))
    (long,) = COMMANDS["visit"](b"Cough. " * 20_000, DAY, "office", "")
    assert long["unread_characters"] == 40_000


@pytest.mark.parametrize("row", ["problem\tx", "problem\tx\t\t\t(\tsource", "problem\tx\t2021-13-01\t\tx\tsource"])
def test_a_broken_row_is_refused(row: str) -> None:
    with pytest.raises(ListBroken, match="row 2"):
        read_words(f"element\tkind\tfrom\tto\tpattern\tsource\n{row}\n")


TITLES = [
    ("10001", "Arthrocentesis of a large joint with injection"),
    ("10002", "Excision of a benign skin lesion of the trunk"),
    ("10003", "Excision of a malignant skin lesion of the trunk"),
    ("J0001", "Injection of an invented steroid, 10 mg"),
    *((f"2{number:04}", f"Examination of kind {number} of the blood") for number in range(200)),
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Arthrocentesis of the large joint performed with steroid injection.", ["10001"]),
        ("Excision of benign lesion of the trunk skin performed.", ["10002"]),
        ("Will schedule excision of benign lesion of the trunk skin.", []),
        ("Excision of benign lesion of the trunk skin in 2019.", []),
        ("Status post arthrocentesis of the large joint.", []),
        ("Nothing was done.", []),
    ],
)
def test_procedures_that_were_done_are_found_by_the_words_of_a_loaded_list(text: str, codes: list[str]) -> None:
    vocabulary = Vocabulary(read_words(VISIT_WORDS.read_text()))
    found = list(procedures_in(text, DAY, vocabulary, ProcedureTerms(TITLES)))
    assert [each.code for each in found] == codes
    assert all(text[each.place.start : each.place.end] == each.place.text for each in found)
    assert list(procedures_in(text, DAY, vocabulary, ProcedureTerms([]))) == []
    assert code_book().procedures(text, DAY) == []
