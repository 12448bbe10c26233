"""MS-DRG by the discharge date with what drives it, and condition categories with the codes behind them."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from rcm.codesets.groupers.drg import VERSIONS, Grouper, NotGroupable, Secondary, Stay, version_on
from rcm.codesets.groupers.hcc import UnknownModel, categories_of

DAY = date(2026, 3, 2)


def heart_failure(*secondary: str, day: date = DAY, principal: str = "I50.20") -> Stay:
    return Stay(day, principal, [Secondary(code, "Y") for code in secondary], age=65, sex="M")


@pytest.mark.parametrize(
    ("stay", "drg", "severity", "drivers"),
    [
        (heart_failure(), 293, "NONE", []),
        (heart_failure("J96.01", "N17.9"), 291, "MCC", ["J96.01"]),
        (heart_failure("N17.9"), 292, "CC", ["N17.9"]),
        (heart_failure("E11.9"), 293, "NONE", []),
    ],
)
def test_a_stay_is_grouped_with_what_drives_it(stay: Stay, drg: int, severity: str, drivers: list[str]) -> None:
    with Grouper() as grouper:
        found = grouper.group(stay)
    assert (found.version, found.drg, found.severity, found.reason) == ("V43", drg, severity, "grouped")
    assert [each.code for each in found.complications if each.drives] == drivers


@pytest.mark.parametrize(
    ("principal", "reason", "invalid"),
    [
        ("W19.XXXA", "the first diagnosis can't be a principal one", ()),
        ("QQQ.QQ", "the principal diagnosis is not valid on the day of discharge", ("QQQ.QQ",)),
    ],
)
def test_what_can_not_be_grouped_says_why(principal: str, reason: str, invalid: tuple[str, ...]) -> None:
    with Grouper() as grouper:
        found = grouper.group(heart_failure(principal=principal))
    assert (found.drg, found.reason, found.invalid) == (999, reason, invalid)


@pytest.mark.parametrize(
    ("stay", "why"),
    [
        (heart_failure(principal="é;"), "form of ICD-10"),
        (heart_failure(day=date(2022, 9, 30)), "covers 2022-09-30"),
        (replace(heart_failure(), principal_present_on_admission="Z"), "present on admission is Y, N, U, W or 1, and not Z"),
        (replace(heart_failure(), secondary=[Secondary("N17.9", "yes")]), "and not yes"),
    ],
)
def test_what_can_not_be_asked_is_refused(stay: Stay, why: str) -> None:
    with Grouper() as grouper, pytest.raises(NotGroupable, match=why):
        grouper.group(stay)


def test_a_procedure_that_is_none_is_named() -> None:
    with Grouper() as grouper:
        found = grouper.group(replace(heart_failure(), procedures=["02703DZ", "99213"]))
    assert (found.drg is not None, found.invalid) == (True, ("99213",))


def test_versions_follow_each_other_without_a_gap() -> None:
    for (_, last, version), (first, _, following) in pairwise(VERSIONS):
        assert (first - last).days == 1
        assert version < following
    assert (version_on(date(2022, 10, 1)), version_on(date(2027, 3, 31))) == (400, 440)


def test_the_library_closes_without_a_word() -> None:
    """It warns when Python ends, where it was not closed."""
    code = "from tests.shared.codesets.test_groupers import *\nwith Grouper() as g: g.group(heart_failure())"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_categories_name_the_model_and_the_codes_behind_them() -> None:
    found = categories_of(["E11.9", "I10", "E11.65", "I50.20", "QQQ"], on=DAY, age=67, sex="F")
    assert (found.model, found.payment_year) == ("CMS-HCC Model V28", 2027)
    assert [(each.hcc, each.codes) for each in found.categories] == [("38", ("E11.65", "E11.9")), ("226", ("I50.20",))]
    assert found.without == ("I10", "QQQ")


def test_a_graver_category_stands_for_the_lesser_of_its_hierarchy() -> None:
    found = categories_of(["E11.9", "E11.65"], on=date(2024, 5, 1), age=67, sex="F", model="CMS-HCC Model V24")
    assert [(each.hcc, each.codes) for each in found.categories] == [("18", ("E11.65",))]
    assert (found.payment_year, found.without) == (2025, ("E11.9",))


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnknownModel, match="V28"):
        categories_of(["E11.9"], on=DAY, age=67, sex="F", model="V99")
