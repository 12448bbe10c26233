"""What people say finds what the classification says: sites of neoplasms, histories, lay words, sides, denials, slips."""

from datetime import date

import pytest

from rcm.codesets.book import CodeSets
from rcm.codesets.search.context import unsaid_chapters
from rcm.codesets.search.index import SearchIndex
from rcm.codesets.search.neoplasms import meant_ranges, sites
from rcm.codesets.search.words import readings, words_of

DAY = date(2026, 3, 2)


NEOPLASMS = [
    ("cancer of breast", "C50.919"),
    ("lung cancer", "C34.90"),
    ("malignant neoplasm of limb, lower", "C76.50"),
    ("metastasis to brain", "C79.31"),
    ("mets to bone", "C79.51"),
    ("spread to liver", "C78.7"),
    ("secondary malignant neoplasm of ileum", "C78.4"),
    ("carcinoma in situ of sigmoid flexure", "D01.0"),
    ("benign neoplasm of femur", "D16.20"),
    ("neoplasm of uncertain behavior of ovary", "D39.10"),
    ("brain tumor", "D49.6"),
    ("melanoma of back", "C43.59"),
    ("basal cell carcinoma of nose", "C44.311"),
    ("adenocarcinoma of colon", "C18.9"),
]
HISTORIES = [
    ("family history of colon cancer", "Z80.0"),
    ("hx of breast ca", "Z85.3"),
    ("former smoker", "Z87.891"),
    ("s/p CABG", "Z95.1"),
    ("status post appendectomy", "Z90.49"),
    ("h/o MI", "I25.2"),
    ("h/o prostate ca", "Z85.46"),
    ("family hx of diabetes", "Z83.3"),
]
WORDS = [
    ("aortic stenosis", "I35.0"),
    ("COPD flare", "J44.1"),
    ("community acquired pneumonia", "J18.9"),
    ("shortness of breath", "R06.02"),
    ("C diff", "A04.72"),
    ("flu shot", "Z23"),
    ("dog bite", "W54.0XXA"),
    ("type 1 diabetic", "E10.9"),
    ("pleural effusion", "J90"),
    ("nephrotic syndrome", "N04.9"),
    ("C O P D", "J44.9"),
    ("normal vaginal delivery", "O80"),
    ("splinter right index finger", "S60.450A"),
    ("curved spine", "M41.9"),
    ("severe depression single episode", "F32.2"),
]
SIDES_AND_DENIALS = [
    ("carpal tunnel syndrome R wrist", "G56.01"),
    ("frozen shoulder L", "M75.02"),
    ("primary osteoarthritis knee b/l", "M17.0"),
    ("laceration of scalp", "S01.01XA"),
    ("concussion no LOC", "S06.0X0A"),
    ("umbilical hernia with gangrene", "K42.1"),
    ("cocaine abuse", "F14.10"),
]
SLIPS = [("hypothyroidsm", "E03.9"), ("pnuemonia", "J18.9"), ("rheumatiod arthritis", "M06.9")]


@pytest.mark.parametrize(("phrase", "code"), [*NEOPLASMS, *HISTORIES, *WORDS, *SIDES_AND_DENIALS, *SLIPS])
def test_the_first_code_is_the_coders(index: SearchIndex, codes: CodeSets, phrase: str, code: str) -> None:
    hits = index.search(phrase, codes, DAY)
    assert hits[0].code == code, hits[:4]


def test_every_site_leads_to_codes_of_its_behavior(codes: CodeSets) -> None:
    ranges = (("C00", "C80"), ("C76", "C80"), ("D00", "D09"), ("D10", "D36"), ("D37", "D48"), ("D49", "D49"))
    for site in sites().values():
        for code, (first, last) in zip(site.codes, ranges, strict=True):
            assert not code or (first <= code[:3] <= last and codes.diagnosis(code)), (site.codes, code)


@pytest.mark.parametrize(
    ("words", "ranges"),
    [
        (("cancer", "lung"), (("C00", "C76"), ("C7A", "C7A"), ("C80", "C96"))),
        (("cancer", "situ", "colon"), (("D00", "D09"),)),
        (("benign", "neoplasm", "skin"), (("D10", "D36"), ("D3A", "D3A"))),
        (("neoplasm", "brain"), (("D49", "D49"),)),
        (("pneumonia",), ()),
    ],
)
def test_the_categories_of_a_neoplasm(words: tuple[str, ...], ranges: tuple[tuple[str, str], ...]) -> None:
    assert meant_ranges(words) == ranges


def test_a_chapter_of_which_nothing_is_said() -> None:
    assert "Q" in unsaid_chapters(["stenosis", "aortic"])
    assert "Q" not in unsaid_chapters(["congenital", "stenosis"])
    assert "S" not in unsaid_chapters(["broken", "wrist"])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fever", "fever unspecified"),
        ("dengue fever", "dengue fever"),
        ("pain R knee", "pain right knee"),
        ("hernia, without gangrene, recurrent", "hernia, without gangrene, recurrent"),
    ],
)
def test_a_saying_alone_may_mean_more(text: str, first: str) -> None:
    assert " ".join(readings(text)[0].split()) == first


def test_what_is_absent_ends_where_something_else_begins() -> None:
    assert words_of("laceration without foreign body of scalp").absent == ("foreign", "body")
    assert "consciousness" in words_of("concussion without loss of consciousness").absent
    assert words_of("migraine, not intractable, with aura") == (("migraine", "aura"), ("intractable",))
