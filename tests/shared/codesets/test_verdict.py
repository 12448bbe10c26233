"""Which system a bare code is of, and what is said of it, on days inside and outside of what is known."""

from datetime import date

import pytest

from rcm.codesets.book import installed_code_sets
from rcm.codesets.systems import System, UnknownSystem, system_of, with_dot

SETS = installed_code_sets()
OLD, NOW, LATER = date(2014, 5, 1), date(2026, 3, 2), date(2031, 1, 1)


@pytest.mark.parametrize(
    ("code", "on", "system", "valid", "billable"),
    [
        ("E11.9", NOW, "icd-10-cm", True, True),
        (" e119 ", NOW, "icd-10-cm", True, True),
        ("S72001A", NOW, "icd-10-cm", True, True),
        ("J1100", NOW, "icd-10-cm", True, True),
        ("QA0.0101", NOW, "icd-10-cm", True, True),
        ("QA0.0101", date(2025, 9, 30), "icd-10-cm", False, False),
        ("E11", NOW, "icd-10-cm", True, False),
        ("E11.99", NOW, "icd-10-cm", False, False),
        ("E11.9", OLD, "icd-10-cm", None, None),
        ("E11.9", LATER, "icd-10-cm", None, None),
        ("02703DZ", NOW, "icd-10-pcs", True, True),
        ("02703DZ", LATER, "icd-10-pcs", None, None),
        ("250.00", OLD, "icd-9-cm", True, True),
        ("25000", OLD, "icd-9-cm", True, True),
        ("250", OLD, "icd-9-cm", True, False),
        ("250.00", NOW, "icd-9-cm", None, None),
        ("250.00", date(2015, 9, 30), "icd-9-cm", True, True),
        ("V58.69", OLD, "icd-9-cm", True, True),
        ("E812.0", OLD, "icd-9-cm", True, True),
        ("36.06", OLD, "icd-9-cm-procedures", True, True),
        ("V5869", NOW, "hcpcs", None, None),
        ("25000", NOW, "cpt", None, None),
        ("99213", NOW, "cpt", None, None),
        ("0001U", NOW, "cpt", None, None),
        ("D0120", NOW, "cdt", None, None),
        ("G0101", NOW, "hcpcs", None, None),
        ("11", NOW, "place-of-service", True, True),
        ("10", date(2021, 12, 31), "place-of-service", False, False),
        ("98", NOW, "modifier", None, None),
        ("59", NOW, "modifier", True, True),
        ("JZ", date(2022, 12, 31), "modifier", False, False),
        ("207Q00000X", NOW, "taxonomy", None, None),
        ("", NOW, None, False, False),
        ("E11.99999", NOW, None, False, False),
        ("\u0130\u0661\u0661", NOW, None, False, False),
    ],
)
def test_a_bare_code(code: str, on: date, system: str | None, valid: bool | None, billable: bool | None) -> None:
    found = SETS.check(code, on)
    assert (found.system, found.valid, found.billable) == (system, valid, billable), found
    assert found.code == code
    assert (found.reason is None) is (billable is True)


@pytest.mark.parametrize(
    ("code", "on", "valid_from", "valid_to"),
    [
        ("A18.14", NOW, date(2015, 10, 1), date(2027, 3, 31)),
        ("B88.0", NOW, date(2015, 10, 1), date(2025, 9, 30)),
        ("QA0.0101", OLD, None, None),
        ("QA0.0101", date(2020, 1, 1), date(2025, 10, 1), date(2027, 3, 31)),
        ("E11", NOW, date(2015, 10, 1), date(2027, 3, 31)),
        ("11", NOW, None, None),
        ("10", NOW, date(2022, 1, 1), None),
    ],
)
def test_from_when_to_when(code: str, on: date, valid_from: date | None, valid_to: date | None) -> None:
    """Rows that differ in an attribute alone (A18.14: the sex lists ended) are one time."""
    found = SETS.check(code, on)
    assert (found.valid_from, found.valid_to) == (valid_from, valid_to)


def test_words_of_a_code_that_is_younger_than_the_list() -> None:
    """Its parent's; of a new category (K6A, behind its chapter's last section) its chapter's; of none that does not exist."""
    autumn = date(2026, 10, 1)
    assert all(SETS.description(code) for code in SETS.billable_codes(autumn))
    told = SETS.diagnosis("K6A.01")
    assert told is not None
    assert (told.own_words, told.parent, told.ancestors[-1]) == (False, "11", "11")
    assert SETS.description("K6B.01") == ""
    assert SETS.diagnosis("FOO") is None


def test_many_at_once() -> None:
    assert SETS.billable_among(["E11.9", "E11", "Z99.99", "I10"], NOW) == {"E11.9", "I10"}
    found = SETS.check_many([("E11.9", NOW), ("E11.9", LATER), ("250.00", OLD)])
    assert [(one.system, one.billable) for one in found] == [("icd-10-cm", True), ("icd-10-cm", None), ("icd-9-cm", True)]


def test_a_named_system_decides() -> None:
    assert SETS.check("J1100", NOW, System.HCPCS).valid is None
    assert SETS.check("25", NOW).system is System.PLACE_OF_SERVICE
    assert SETS.check("25", NOW, System.MODIFIER).billable is True
    assert SETS.check("E11.9", NOW, System.CPT).reason == "this is not the form of a code of CPT"


@pytest.mark.parametrize("name", ["ICD-10-CM", "icd10cm", "ICD 10 CM", "icd10"])
def test_a_system_goes_by_many_names(name: str) -> None:
    assert system_of(name) is System.ICD_10_CM


def test_an_unknown_system_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownSystem, match="'snomed' is no code system; there are icd-10-cm"):
        system_of("snomed")


def test_dots() -> None:
    assert with_dot("E8120", System.ICD_9_CM) == "E812.0"
    assert with_dot("3606", System.ICD_9_PROCEDURES) == "36.06"
    assert with_dot("I10", System.ICD_10_CM) == "I10"
    assert with_dot("99213", System.CPT) == "99213"
