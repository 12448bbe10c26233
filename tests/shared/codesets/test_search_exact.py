"""A title or an inclusion term, searched for, is found first: a law over the whole classification."""

from datetime import date
from random import Random

import pytest

from rcm.codesets.book import CodeSets
from rcm.codesets.diagnosis import NoticeKind
from rcm.codesets.search.exact import letters_key, letters_of, words_key
from rcm.codesets.search.index import SearchIndex

DAY = date(2026, 3, 2)
SAMPLE = 120
SHORT = 3
"""Characters of a term too short to be looked up ("NOS")."""
INCLUDED = (NoticeKind.INCLUSION_TERM, NoticeKind.INCLUDES)


def carried(codes: CodeSets, code: str) -> set[str]:
    """The letters of a code's title, of its inclusion terms, and of those above it."""
    entry = codes.diagnosis(code)
    if entry is None:
        return set()
    texts = [entry.description, *(notice.text for notice in entry.notices if notice.kind in INCLUDED)]
    texts.extend(codes.description(above) for above in entry.ancestors)
    return {letters_of(text) for text in texts}


def test_a_title_or_an_inclusion_term_is_found_first(index: SearchIndex, codes: CodeSets) -> None:
    failed = []
    for code in Random("titles and terms").sample(sorted(codes.billable_codes(DAY)), SAMPLE):
        entry = codes.diagnosis(code)
        assert entry is not None
        own = [notice.text for notice in entry.notices if notice.kind in INCLUDED and notice.of == code]
        for text in (entry.description, *own):
            first = index.search(text, codes, DAY, 1)
            if len(text) > SHORT and not (first and letters_of(text) in carried(codes, first[0].code)):
                failed.append(f"{text} ({code}): {first}")
    assert failed == []


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        # Synonyms make one word of neuropathy and polyneuropathy: the title itself comes first all the same
        ("Type 2 diabetes mellitus with diabetic polyneuropathy", "E11.42"),
        ("diabetes mellitus type 2 with diabetic polyneuropathy", "E11.42"),
        # A category's title and its term: the code beneath it of which nothing more is said
        ("acute bronchitis", "J20.9"),
        ("Gout", "M10.9"),
        ("Acute pharyngitis", "J02.9"),
        # A 7th character's own words
        ("Sprain of unspecified ligament of right ankle, sequela", "S93.401S"),
        ("Primary open-angle glaucoma, bilateral, mild stage", "H40.1131"),
        ("Chronic gout, unspecified, with tophus (tophi)", "M1A.9XX1"),
        # Nothing is said of what a 7th character parts: the first encounter, or what is unspecified
        ("Non-pressure chronic ulcer of unspecified hand", "L98.A399"),
        # An abbreviation that a title has itself
        ("Poxvirus NEC", "B08.8"),
    ],
)
def test_what_is_said_to_the_letter_comes_first(index: SearchIndex, codes: CodeSets, phrase: str, code: str) -> None:
    hits = index.search(phrase, codes, DAY)
    assert hits[0].code.startswith(code), hits[:4]


def test_keys_know_letters_and_words() -> None:
    assert letters_key("Haemorrhage, of lung!") == letters_key("hemorrhage of lung")
    assert letters_key("lung hemorrhage") != letters_key("hemorrhage of lung")
    assert words_key("hemorrhages of the lung") == words_key("lung haemorrhage")
    assert words_key("lung hemorrhage") != words_key("lung abscess")
    assert words_key("of the, NOS") == letters_key("-") == 0


def test_what_says_nothing_names_nothing(index: SearchIndex, codes: CodeSets) -> None:
    assert not any(hit.score > 1 for phrase in ("of the", "unspecified", "NOS") for hit in index.search(phrase, codes, DAY))
