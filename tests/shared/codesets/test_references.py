"""How a note's prose is read: as a table of notes that stand in the tabular list, and what they mean."""

import pytest

from rcm.codesets.book import installed_code_sets
from rcm.codesets.diagnosis import NoticeKind, lineage
from rcm.codesets.references import CodeTree, Reference, references

CHILDREN = {
    "": ["E08", "E10", "E11", "G31", "I69", "T36", "T45", "S06"],
    "E08": ["E08.4", "E08.6"],
    "E08.4": ["E08.42", "E08.44"],
    "E08.6": ["E08.62"],
    "E08.62": ["E08.620", "E08.621"],
    "E10": ["E10.4"],
    "E10.4": ["E10.44"],
    "E11": ["E11.0"],
    "G31": ["G31.0", "G31.8", "G31.9"],
    "G31.8": ["G31.81", "G31.83", "G31.84"],
    "I69": ["I69.0", "I69.1"],
    "I69.0": ["I69.02"],
    "I69.02": ["I69.023"],
    "I69.1": ["I69.12"],
    "I69.12": ["I69.123"],
    "T36": ["T36.0"],
    "T36.0": ["T36.0X"],
    "T36.0X": ["T36.0X1", "T36.0X5", "T36.0X6"],
    "T45": ["T45.5", "T45.9"],
    "T45.5": ["T45.51"],
    "T45.51": ["T45.515", "T45.516"],
    "T45.9": ["T45.91", "T45.95"],
    "S06": ["S06.0"],
    "S06.0": ["S06.0X"],
    "S06.0X": ["S06.0X0"],
    "S06.0X0": ["S06.0X0A", "S06.0X0D"],
}
TREE = CodeTree([code for codes in CHILDREN.values() for code in codes], CHILDREN)


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("diabetes mellitus due to underlying condition (E08.-)", ["E08"]),
        ("type 1 diabetes (E10.-), type 2 diabetes (E11.0-)", ["E10", "E11.0"]),
        ("diabetes mellitus (E08-E11)", ["E08", "E10", "E11"]),
        ("neuralgic amyotrophy in diabetes mellitus (E08-E11 with .44)", ["E08.44", "E10.44"]),
        ("diabetic polyneuropathy (E08, E10 with .42)", ["E08.42"]),
        ("skin disorders (E08-E11 with .62-)", ["E08.62"]),
        ("ulcer (E08-E11 with .620-.621)", ["E08.620", "E08.621"]),
        ("for codes G31.0-G31.83, G31.9, to identify", ["G31.0", "G31.81", "G31.83", "G31.9"]),
        ("fluency disorder following stroke (I69. with final characters -23)", ["I69.023", "I69.123"]),
        ("drug (T36-T45 with fifth or sixth character 6)", ["T36.0X6", "T45.516"]),
        ("drug (T36-T45 with fifth or sixth character 1-5)", ["T36.0X1", "T36.0X5", "T45.515", "T45.91", "T45.95"]),
        ("of specific drug (T36-T45 with final character 6)", ["T36.0X6", "T45.516"]),
        ("current concussion (brain) (S06.0X- with seventh character A)", ["S06.0X0A"]),
        ("pain, code E11.0 without a bracket", ["E11.0"]),
        ("vitamin B12 deficiency, G6PD, T12 fracture, C3 glomerulopathy", []),
        ("code to condition", []),
    ],
)
def test_a_note_means_these_codes(note: str, codes: list[str]) -> None:
    assert [code for reference in references(note, TREE.exists) for code in TREE.resolve(reference)] == codes


def test_a_range_written_backwards_is_its_first_code() -> None:
    assert references("(E11-E08)", TREE.exists) == [Reference("E11", "E11")]


@pytest.mark.parametrize(
    ("one", "other", "of"),
    [
        ("E11.9", "E10.9", "E11"),
        ("E10.65", "E11.65", "E10"),
        ("J45.909", "J44.9", None),
        ("R10.9", "N23", "R10"),
        ("F32.A", "F33.0", "F32"),
        ("G54.5", "E11.44", "G54.5"),
        ("I10", "I10", None),
        ("E11.9", "I10", None),
        ("O24.410", "E11.9", "E11"),
    ],
)
def test_excludes1_of_the_real_list_both_ways(one: str, other: str, of: str | None) -> None:
    sets = installed_code_sets()
    notice = sets.excludes1_between(one, other)
    assert (notice.of if notice else None) == of
    assert (sets.excludes1_between(other, one) is None) is (of is None)
    assert notice is None or notice.kind is NoticeKind.EXCLUDES_1


def test_every_reference_means_codes_that_exist() -> None:
    """In the whole list: every reference means some code, and none means a code that does not exist."""
    sets = installed_code_sets()
    known = {term.code for term in sets.terms() if term.kind == "title"}
    for code in sorted(code for code in known if len(code) == 3):
        told = sets.diagnosis(code)
        assert told is not None
        for notice in told.notices:
            assert bool(notice.references) is bool(notice.prefixes), notice
            assert all(prefix in known or prefix[:3] in known for prefix in notice.prefixes), notice


def test_lineage() -> None:
    assert lineage("S72.001A") == {"S72", "S72.0", "S72.00", "S72.001", "S72.001A"}
    assert lineage("I10") == {"I10"}
