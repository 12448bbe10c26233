"""The edits over lists that are loaded: invented rows in the real files' layouts, each asked on its own days."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from coding_svc.domain.edits.catalogue import assess
from coding_svc.domain.edits.form import Facts
from coding_svc.handlers.code_sets import InstalledCodes
from coding_svc.main import code_book
from rcm.codesets import book
from rcm.codesets.lists import CodeLists
from tests.coding.making import TODAY, encounter, line
from tests.shared.codesets.lists import ADD_ONS, PAIRS, RELATIVE_VALUES, UNIT_LIMITS, Shelf, order_line

FROM = date(2026, 1, 1)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """The installed code sets with every list that an edit reads."""
    shelf = Shelf(tmp_path_factory.mktemp("lists"))
    files: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("ncci-pairs", "ccipra-v322r0-f1.txt", PAIRS, {}),
        ("mue", "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv", UNIT_LIMITS, {}),
        ("add-on", "AOC_V2026Q1.txt", ADD_ONS, {}),
        ("pfs-rvu", "PPRRVU26_JAN.csv", RELATIVE_VALUES, {}),
        ("poa-exempt", "POAexemptCodesFY26.txt", "Order\tCode\tDescription\n1\tZ0000\tInvented\n", {}),
        (
            "lcd",
            "lcd.csv",
            "lcd_id,procedure,diagnosis,effective,termination\nL1,82306,E55.9,2020-01-01,\nL1,82306,N18.6,2020-01-01,\n",
            {"release": "L1"},
        ),
    )
    for kind, name, content, more in files:
        shelf.load(kind, name, content, effective_from=FROM, effective_to=date(2026, 12, 31), **more)
    return code_book(shelf.sets()).facts(TODAY, {})


def lines(*told: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"lines": [line(number, procedure=code, **each) for number, (code, each) in enumerate(told, 1)], **more}


@pytest.mark.parametrize(
    ("changes", "edits"),
    [
        (lines(("10001", {}), ("10002", {})), {"ncci-pair"}),
        (lines(("10001", {}), ("10002", {"modifiers": ["59"]})), set()),
        (lines(("10001", {}), ("10003", {"modifiers": ["59"]})), {"ncci-pair"}),
        (lines(("10001", {}), ("10004", {})), set()),
        (lines(("10005", {}), ("10001", {})), set()),
        (lines(("10001", {"units": "2"})), {"unit-limit"}),
        (lines(("10002", {"units": "5"})), {"unit-limit-reviewed"}),
        (lines(("10002", {"units": "4"})), set()),
        (lines(("G0001", {"units": "3"})), {"unit-limit"}),
        (lines(("10010", {})), {"add-on-alone"}),
        (lines(("10010", {}), ("10001", {})), set()),
        (lines(("10010", {}), ("10002", {})), {"add-on-alone"}),
        (lines(("99213", {}), ("10001", {})), {"visit-with-major-procedure"}),
        (lines(("82306", {})), {"diagnosis-unsupporting"}),
        (lines(("82306", {}), diagnoses=[{"code": "E55.9"}]), set()),
        (lines(("99223", {}), place_of_service="21", diagnoses=[{"code": "I10"}]), {"admission-indicator-missing"}),
    ],
)
def test_a_loaded_list_decides(facts: Facts, changes: dict[str, Any], edits: set[str]) -> None:
    assert {found.edit_id for found in assess(encounter(changes), facts)} == edits


def test_a_list_is_asked_for_its_own_days_alone(facts: Facts) -> None:
    before = lines(("10001", {"units": "2"}), date_of_service="2025-12-31")
    assert assess(encounter(before), facts) == ()


def test_without_a_list_its_edits_find_nothing() -> None:
    facts = code_book().facts(TODAY, {})
    assert assess(encounter(lines(("10001", {"units": "2"}), ("10003", {}))), facts) == ()


def test_lists_that_are_loaded_meanwhile_are_taken_up(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.load("add-on", "AOC_V2026Q1.txt", ADD_ONS, effective_from=FROM)
    sets = shelf.sets()
    book = code_book(sets)
    changed = encounter(lines(("10001", {"units": "2"})))
    assert assess(changed, book.facts(TODAY, {})) == ()
    shelf.load("mue", "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv", UNIT_LIMITS, effective_from=FROM)
    sets._looked = 0.0
    assert [found.edit_id for found in assess(changed, book.facts(TODAY, {}))] == ["unit-limit"]


def test_an_answer_of_the_former_lists_is_not_kept_for_the_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note is read in a thread, beside the requests: lists may be taken up while an answer is being found."""
    shelf = Shelf(tmp_path)
    shelf.load("add-on", "AOC_V2026Q1.txt", ADD_ONS, effective_from=FROM)
    sets = shelf.sets()
    codes = code_book(sets).codes
    former, fee_facts = sets.lists, CodeLists.fee_facts

    def overtaken(lists: CodeLists, *asked: Any) -> Any:
        if lists is former:
            shelf.load("mue", "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv", UNIT_LIMITS, effective_from=FROM)
            sets._looked = 0.0
            codes.refresh()
        return fee_facts(lists, *asked)

    monkeypatch.setattr(CodeLists, "fee_facts", overtaken)
    assert codes.procedure("10001", TODAY).limit is None, "it was asked of the former ones"
    assert codes.procedure("10001", TODAY).limit is not None


def test_what_is_asked_while_lists_are_opened_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when the thread that reads notes asks between two lists, and its answer of the former ones stays."""
    shelf = Shelf(tmp_path)
    sets = shelf.sets()
    codes, day, tabular_lists = code_book(sets).codes, date(2027, 10, 1), book._tabular_lists
    assert codes.is_billable("I10", day)
    shelf.load("icd-10-cm-order", "icd10cm_order_2028.txt", order_line(1, "E119", "1", "Diabetes"))

    def asked_meanwhile(*files: Any) -> Any:
        codes.refresh()
        codes.diagnosis("I10", day)
        return tabular_lists(*files)

    monkeypatch.setattr(book, "_tabular_lists", asked_meanwhile)
    sets._looked = 0.0
    codes.refresh()
    assert codes.diagnosis("I10", day).standing == "expired"


def test_days_between_two_releases_are_judged_by_the_earlier_one(tmp_path: Path) -> None:
    """The compiled sets end in March 2027; next year's list says nothing of the months before it begins."""
    shelf = Shelf(tmp_path)
    shelf.load("icd-10-cm-order", "icd10cm_order_2028.txt", order_line(1, "E119", "1", "Diabetes"))
    codes = code_book(shelf.sets()).codes
    days = [date(2027, 3, 31), date(2027, 4, 1), date(2027, 9, 30), date(2027, 10, 1), date(2029, 1, 1)]
    assert [codes.diagnosis("I10", day).standing for day in days] == ["billable", "billable", "billable", "expired", "expired"]
    assert {codes.diagnosis("E11.9", day).standing for day in days} == {"billable"}
    assert all(codes.diagnosis("Z37.0", day).unacceptable_principal for day in days)


def test_what_is_kept_of_a_diagnosis_is_what_is_found_on_each_day(facts: Facts) -> None:
    """Answers are kept from one day of change to the next, and no change of a code, a release or a list is passed over."""
    assert isinstance(facts.codes, InstalledCodes)
    codes = [
        "Z00.00",
        "A00.1",
        "B88.0",
        "B88.01",
        "O80",
        "O09.511",
        "N40.0",
        "M80.08XS",
        "W19.XXXA",
        "E11",
        "P07.30",
        "QA0.0101",
        "K85.9",
        "F32.8",
    ]
    changes = [date(year, month, 1) for year in range(2014, 2029) for month in (1, 4, 7, 10)]
    for day in [each + timedelta(days=days) for each in changes for days in (-1, 0, 1)]:
        for code in codes:
            assert facts.codes.diagnosis(code, day) == facts.codes.find_diagnosis(code, day), (code, day)
