"""From words to codes: what a coder types finds the code, on the day; the index's own parts by tables."""

from datetime import date
from pathlib import Path

import pytest

from rcm.codesets.book import CodeSets
from rcm.codesets.search.compile import FILE_NAME, write_search_index
from rcm.codesets.search.file_format import NotAnIndex, Sections
from rcm.codesets.search.index import SearchIndex
from rcm.codesets.search.related import related_words
from rcm.codesets.search.source import SourceCode
from rcm.codesets.search.terms import find_terms
from rcm.codesets.search.wordforms import likeness, parts, root
from rcm.codesets.search.words import readings, singular, words_of

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        # A plain word for the classification's
        ("heart attack", "I21.9"),
        ("kidney stone", "N20.0"),
        ("high blood pressure", "I10"),
        # Plural, word order, "of"
        ("abscesses of the lung with pneumonia", "J85.1"),
        ("hernia, inguinal", "K40.90"),
        # British spelling
        ("iron deficiency anaemia", "D50.9"),
        ("oesophageal varices with haemorrhage", "I85.01"),
        # Abbreviations; one that is also a word, in context
        ("COPD with acute exacerbation", "J44.1"),
        ("GERD", "K21.9"),
        ("MS", "G35.D"),
        ("CKD stage 3a", "N18.31"),
        # Side
        ("osteoarthritis of left knee", "M17.12"),
        # A slip of the keyboard
        ("type 2 diabetis with neuropathy", "E11.40"),
        ("pnuemonia", "J18.9"),
        # What is not there decides between siblings
        ("bilateral inguinal hernia with obstruction, without gangrene", "K40.00"),
        # The 7th character: said, and not said
        ("sprain of right ankle, subsequent encounter", "S93.401D"),
        ("sprain of right ankle", "S93.401A"),
    ],
)
def test_the_first_code_is_the_coders(index: SearchIndex, codes: CodeSets, phrase: str, code: str) -> None:
    hits = index.search(phrase, codes, DAY)
    assert hits[0].code == code, hits[:4]
    assert all(codes.is_billable(hit.code, DAY) for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_code_is_found_on_the_days_when_it_is_billable(index: SearchIndex, codes: CodeSets) -> None:
    before = {hit.code for hit in index.search("multiple sclerosis", codes, date(2025, 3, 1))}
    after = {hit.code for hit in index.search("multiple sclerosis", codes, DAY)}
    assert "G35.D" not in before
    assert "G35.D" in after


@pytest.mark.parametrize(
    "phrase", ["", "   ", "of the", "\x00\x01", "漢字 漢字", "qzxqzx", "'; drop table", "a" * 100_000, "no"]
)
def test_what_says_nothing_finds_nothing_or_little_and_never_fails(index: SearchIndex, codes: CodeSets, phrase: str) -> None:
    assert len(index.search(phrase, codes, DAY)) <= 10


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("hernia without gangrene, recurrent", ("hernia", "recurrent"), ("gangrene",)),
        ("renal calculi", ("kidney", "calculus"), ()),
        ("Crohn's disease", ("crohn", "disease"), ()),
        ("tumours of the oesophagus", ("neoplasm", "esophagus"), ()),
        ("left-sided haemothorax", ("left", "sided", "hemothorax"), ()),
    ],
)
def test_words_of_a_text(text: str, present: tuple[str, ...], absent: tuple[str, ...]) -> None:
    assert words_of(text) == (present, absent)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("metastases", "metastasis"), ("biopsies", "biopsy"), ("vertebrae", "vertebra"),
     ("diabetes", "diabetes"), ("abscesses", "abscess"),
     ("eyes", "eye"), ("diverticula", "diverticulum"), ("virus", "virus"), ("diseases", "disease")],
)  # fmt: skip
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("text", "first"),
    [("PE", "pulmonary embolism"), ("PE left pleura", "pleural effusion left pleura"),
     ("MS of the valve", "mitral stenosis of the valve"),
     ("pain as before", "pain as before"), ("severe AS", "severe aortic stenosis"), ("fracture", "fracture")],
)  # fmt: skip
def test_an_abbreviation_is_read_by_what_stands_beside_it(text: str, first: str) -> None:
    assert readings(text)[0] == first


def test_word_forms() -> None:
    assert root("tuberculous") == root("tuberculosis")
    assert root("nephritis") != root("nephrosis")
    assert parts("cervicitis") == (("cervix",), ("inflammation", "infection"))
    assert parts("table") == ((), ())
    assert likeness("pneumonia", "pnuemonia") > likeness("pneumonia", "pneumoniae coli") > 0
    assert likeness("same", "same") == 1


SMALL = [
    SourceCode("X10", "Widget disease", "", billable=False, terms=("widgetitis",)),
    SourceCode("X10.0", "Widget disease of left hand", "X10", billable=True),
    SourceCode("X10.9", "Widget disease, unspecified", "X10", billable=True, terms=("gadget fever (acute)",)),
    SourceCode("X11.0", "Gizmo", "", billable=True, references=("blue widget (X10.0)", "a chapter (X12-X13)")),
]


def test_a_categorys_term_leads_to_its_unspecified_code(tmp_path: Path) -> None:
    write_search_index(tmp_path, SMALL)
    index = SearchIndex(tmp_path / FILE_NAME)
    assert index.targets("widgetitis", 5)[0][:2] == ("X10.9", ["X10.9"])
    assert index.targets("widgetitis left hand", 5)[0][0] == "X10.0"
    assert index.targets("blue widget", 5)[0][0] == "X10.0"
    assert index.targets("acute gadget fever", 5)[0][0] == "X10.9"


def test_words_that_stand_for_each_other_are_learnt_from_terms_and_titles() -> None:
    codes = [
        SourceCode(f"X{n}", f"gizmo trouble {n}", "", billable=True, terms=(f"doohickey trouble {n}",)) for n in range(10, 20)
    ]
    related = related_words(codes, ["doohickey", "gizmo", "trouble"])
    assert [word for word, _ in related["doohickey"]] == ["gizmo"]


@pytest.mark.parametrize("body", [b"", b"not an index at all, only words"])
def test_a_file_that_is_no_index_is_named(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(body)
    with pytest.raises(NotAnIndex, match="other"):
        Sections(path)


def test_terms_stand_where_they_are_found(index: SearchIndex) -> None:
    text = "Known CHF; dosage 5 mg.\nStones in the left kidney, and low back pain."
    found = {text[match.start : match.end]: match.codes[0] for match in find_terms(index, text)}
    assert found["CHF"] == "I50.9"
    assert found["low back pain"].startswith("M54.5")
    assert found["Stones in the left kidney"] == "N20.0"
    assert not any(words in found for words in ("mg", "5 mg"))
