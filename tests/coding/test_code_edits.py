"""Each edit of what codes mean, as a table beside its rule's source: what it finds, where, and what it lets pass."""

from datetime import date
from typing import Any

import pytest

from coding_svc.domain.codes import AddOn, AgeGroup, Bundling, DiagnosisFacts, ProcedureFacts, UnitLimit
from coding_svc.domain.edits.catalogue import assess
from coding_svc.domain.edits.form import Severity
from coding_svc.domain.lists import DatedLists, ListBroken, read_lists
from coding_svc.main import LISTS
from tests.coding.code_sets import InMemoryCodes
from tests.coding.making import FACTS, encounter, line

EVER = (date.min, date.max)
CODES = InMemoryCodes(
    diagnoses={
        "E10.9": DiagnosisFacts("E10.9"),
        "P07.30": DiagnosisFacts("P07.30", ages=AgeGroup("newborn", 0, 0)),
        "O80": DiagnosisFacts("O80", sex="F", ages=AgeGroup("maternity", 9, 64)),
        "N40.0": DiagnosisFacts("N40.0", sex="M"),
        "Z79.4": DiagnosisFacts("Z79.4", unacceptable_principal=True, exempt_from_admission=True),
        "I50.9": DiagnosisFacts("I50.9", exempt_from_admission=False),
    },
    procedures={
        "20610": ProcedureFacts("20610", minor_procedure=True),
        "11102": ProcedureFacts("11102", minor_procedure=True, global_days="000"),
        "27447": ProcedureFacts("27447", minor_procedure=True, global_days="090"),
        "93000": ProcedureFacts("93000", global_days="XXX", limit=UnitLimit(3, 2)),
        "J1885": ProcedureFacts("J1885", limit=UnitLimit(8, 3)),
        "80053": ProcedureFacts("80053", limit=UnitLimit(1, 1)),
        "11103": ProcedureFacts("11103", add_on=AddOn(1, frozenset({"11102"}))),
        "99417": ProcedureFacts("99417", visit=True, add_on=AddOn(2, frozenset())),
        "82306": ProcedureFacts("82306", supported_by=frozenset({"E559", "N186"})),
        "G0000": ProcedureFacts("G0000", standing="expired"),
    },
    exclusions={frozenset(("E10.9", "E11.9"))},
    bundlings=[
        (Bundling("80053", "82947", modifier_allowed=False), *EVER),
        (Bundling("11102", "11900", modifier_allowed=True), *EVER),
        (Bundling("93000", "93005", modifier_allowed=False), date(2020, 1, 1), date(2025, 12, 31)),
    ],
)
STAY = {"place_of_service": "21", "admitted_on": "2026-03-02", "discharged_on": "2026-03-02"}
CHILD = {"patient": {"birth_date": "2019-05-01"}}
MAN = {"patient": {"sex": "M"}}


def coded(*codes: str, **more: Any) -> dict[str, Any]:
    return {"diagnoses": [{"code": code} for code in codes], "lines": [line()], **more}


def lines(*told: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"lines": [line(number, procedure=code, **more) for number, (code, more) in enumerate(told, 1)]}


FOUND: list[tuple[str, str, dict[str, Any]]] = [
    # ICD-10-CM guidelines I.A.4, I.A.5: the seventh character, and the placeholder before it.
    ("diagnosis-seventh-character", "/diagnoses/0/code", coded("S72.001")),
    ("diagnosis-seventh-character", "/diagnoses/1/code", coded("E11.9", "T36.0X1")),
    ("diagnosis-placeholder", "/diagnoses/1/code", coded("E11.9", "W19.A")),
    ("diagnosis-placeholder", "/diagnoses/1/code", coded("E11.9", "T14.91A")),
    ("diagnosis-invalid", "/diagnoses/0/code", coded("E11")),
    ("diagnosis-invalid", "/diagnoses/0/code", coded("QQQ.QQ")),
    # Guidelines I.A.13, I.B.10, I.C.20: what never stands first.
    ("diagnosis-first", "/diagnoses/0/code", coded("D63.1")),
    ("diagnosis-first", "/diagnoses/0/code", coded("W19.XXXS", "M54.50")),
    ("sequela-first", "/diagnoses/0/code", coded("S72.001S", "M25.551")),
    ("sequela-first", "/diagnoses/0/code", coded("B94.8", "M25.551")),
    # Guideline I.A.12.a, in either order.
    ("excludes1", "/diagnoses/1/code", coded("E10.9", "E11.9")),
    ("excludes1", "/diagnoses/2/code", coded("E11.9", "I10", "E10.9")),
    # Medicare Code Editor: for inpatients; our own warnings for others.
    ("age-conflict-inpatient", "/diagnoses/0/code", coded("P07.30", **STAY)),
    ("age-conflict", "/diagnoses/0/code", coded("P07.30")),
    ("age-conflict", "/diagnoses/0/code", coded("O80", **CHILD)),
    ("sex-conflict", "/diagnoses/0/code", coded("O80", **MAN)),
    ("sex-conflict", "/diagnoses/1/code", coded("I10", "N40.0")),
    ("principal-unacceptable", "/diagnoses/0/code", coded("Z79.4", **STAY)),
    ("admission-indicator-missing", "/diagnoses/0/present_on_admission", coded("I50.9", **STAY)),
    ("admission-indicator-exempt", "/diagnoses/1/present_on_admission",
     {"diagnoses": [{"code": "I10"}, {"code": "Z79.4", "present_on_admission": "Y"}]}),
    # Modifiers.
    ("modifier-conflict", "/lines/0/modifiers", lines(("27447", {"modifiers": ["50", "LT"]}))),
    ("modifier-conflict", "/lines/0/modifiers", lines(("93000", {"modifiers": ["TC", "26"]}))),
    ("modifier-misplaced", "/lines/0/modifiers/0", lines(("93000", {"modifiers": ["25"]}))),
    ("modifier-misplaced", "/lines/0/modifiers/0", lines(("99213", {"modifiers": ["59"]}))),
    ("side-conflict", "/lines/0/modifiers", {**coded("M17.12"), **lines(("20610", {"modifiers": ["RT"]}))}),
    ("side-conflict", "/lines/0/modifiers", {**coded("M17.11"), **lines(("20610", {"modifiers": ["FA"]}))}),
    ("visit-with-procedure", "/lines/0/modifiers", lines(("99213", {}), ("11102", {}))),
    ("visit-with-likely-procedure", "/lines/0/modifiers", lines(("99213", {}), ("20610", {}))),
    ("visit-with-major-procedure", "/lines/0/modifiers", lines(("99213", {}), ("27447", {}))),
    # NCCI, as loaded.
    ("ncci-pair", "/lines/1/procedure", lines(("80053", {}), ("82947", {"modifiers": ["59"]}))),
    ("ncci-pair", "/lines/0/procedure", lines(("82947", {}), ("80053", {}))),
    ("ncci-pair", "/lines/1/procedure", lines(("11102", {}), ("11900", {}))),
    ("unit-limit", "/lines/0/units", lines(("80053", {"units": "2"}))),
    ("unit-limit", "/lines/1/units", lines(("93000", {"units": "2"}), ("93000", {"units": "2"}))),
    ("unit-limit-reviewed", "/lines/0/units", lines(("J1885", {"units": "9"}))),
    ("add-on-alone", "/lines/0/procedure", lines(("11103", {}))),
    ("add-on-alone", "/lines/0/procedure", lines(("99417", {}))),
    ("procedure-invalid", "/lines/0/procedure", lines(("G0000", {}))),
    # Time.
    ("time-missing", "/lines/0/unit", lines(("00100", {}))),
    ("time-untold", "/lines/0/minutes", lines(("97110", {"units": "2"}))),
    ("time-short", "/lines/0/minutes", lines(("97110", {"units": "2", "minutes": 22}))),
    ("time-short", "/lines/0/minutes", lines(("90837", {"minutes": 50}))),
    # Coverage policies, as loaded.
    ("diagnosis-unsupporting", "/lines/0/diagnosis_pointers", lines(("82306", {}))),
]  # fmt: skip

PASSES: list[tuple[str, dict[str, Any]]] = [
    ("diagnosis-invalid", coded("S72.001")),
    ("diagnosis-invalid", coded("S72.001A")),
    ("diagnosis-seventh-character", coded("E11")),
    ("sequela-first", coded("M25.551", "S72.001S")),
    ("sequela-first", coded("S72.001A")),
    ("excludes1", coded("E11.9", "I10")),
    ("age-conflict", coded("P07.30", **STAY)),
    ("age-conflict-inpatient", coded("P07.30")),
    ("age-conflict", coded("O80")),
    ("sex-conflict", coded("O80")),
    ("sex-conflict", coded("N40.0", patient={"sex": "U"})),
    ("principal-unacceptable", coded("Z79.4")),
    ("principal-unacceptable", coded("I10", "Z79.4", **STAY)),
    ("admission-indicator-missing", coded("I50.9")),
    ("admission-indicator-missing", coded("Z79.4", **STAY)),
    ("admission-indicator-missing", {"diagnoses": [{"code": "I50.9", "present_on_admission": "W"}], **STAY}),
    ("modifier-conflict", lines(("20610", {"modifiers": ["LT", "59"]}))),
    ("side-conflict", {**coded("M17.12"), **lines(("20610", {"modifiers": ["LT"]}))}),
    ("side-conflict", {**coded("M17.0"), **lines(("20610", {"modifiers": ["LT"]}))}),
    ("side-conflict", {**coded("M17.11", "M17.12"), **lines(("20610", {"modifiers": ["RT"], "diagnosis_pointers": [1, 2]}))}),
    ("visit-with-procedure", lines(("99213", {"modifiers": ["25"]}), ("11102", {}))),
    ("visit-with-procedure", {"date_of_service_to": "2026-03-03",
                              **lines(("99213", {}), ("11102", {"date_of_service": "2026-03-03"}))}),
    ("visit-with-procedure", lines(("99213", {}), ("93000", {}))),
    ("visit-with-likely-procedure", lines(("99213", {}), ("36415", {}), ("85025", {}))),
    ("visit-with-likely-procedure", lines(("99213", {}), ("11102", {}))),
    ("visit-with-major-procedure", lines(("99213", {"modifiers": ["57"]}), ("27447", {}))),
    ("ncci-pair", lines(("11102", {}), ("11900", {"modifiers": ["XS"]}))),
    ("ncci-pair", lines(("93000", {}), ("93005", {}))),
    ("unit-limit", lines(("80053", {}), ("80053", {}))),
    ("unit-limit", lines(("93000", {"units": "3"}))),
    ("add-on-alone", lines(("11102", {}), ("11103", {}))),
    ("add-on-alone", lines(("99215", {}), ("99417", {}))),
    ("time-missing", lines(("00100", {"unit": "MJ", "units": "45"}))),
    ("time-untold", lines(("97110", {"minutes": 23, "units": "2"}))),
    ("time-short", lines(("97110", {"minutes": 23, "units": "2"}))),
    ("diagnosis-unsupporting", lines(("82306", {"modifiers": ["GA"]}))),
    ("diagnosis-unsupporting", {**coded("E55.9"), **lines(("82306", {}))}),
]  # fmt: skip


def found(changes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding.edit_id, finding.path) for finding in assess(encounter(changes), CODES.facts)]


@pytest.mark.parametrize(("edit_id", "path", "changes"), FOUND)
def test_an_edit_finds_it(edit_id: str, path: str, changes: dict[str, Any]) -> None:
    assert (edit_id, path) in found(changes)


@pytest.mark.parametrize(("edit_id", "changes"), PASSES)
def test_an_edit_lets_it_pass(edit_id: str, changes: dict[str, Any]) -> None:
    assert edit_id not in {name for name, _ in found(changes)}


@pytest.mark.parametrize("edit_id", ["excludes1", "side-conflict", "ncci-pair", "age-conflict-inpatient"])
def test_an_override_with_its_reason_lets_it_go_on(edit_id: str) -> None:
    changes = next(changes for name, _, changes in FOUND if name == edit_id)
    overrides = [{"edit_id": edit_id, "reason": "two unrelated conditions, see the note of 2 March"}]
    (finding,) = [each for each in assess(encounter(changes, overrides=overrides), CODES.facts) if each.edit_id == edit_id]
    assert finding.severity is Severity.WARN


def test_an_override_may_be_for_one_finding_alone() -> None:
    """A diagnosis that comes later is held again."""
    override = {"edit_id": "excludes1", "reason": "unrelated", "path": "/diagnoses/1/code"}
    changes = coded("E10.9", "E11.9", "E13.9", overrides=[override])
    found = {each.path: each.severity for each in assess(encounter(changes), CODES.facts) if each.edit_id == "excludes1"}
    assert found == {"/diagnoses/1/code": Severity.WARN, "/diagnoses/2/code": Severity.HOLD}


REAL: list[tuple[str, dict[str, Any]]] = [
    # By the installed code sets alone.
    ("excludes1", coded("E10.9", "E11.9")),
    ("excludes1", coded("R56.00", "R50.9")),
    ("excludes1", coded("F84.0", "F84.2")),
    ("age-conflict", coded("A33")),
    ("age-conflict", coded("O80", **CHILD)),
    ("sex-conflict", coded("O80", **MAN)),
    ("sex-conflict", coded("N40.0")),
    ("sex-conflict", coded("N40.0", date_of_service="2024-05-01")),
    ("principal-unacceptable", coded("B95.2", **STAY)),
    ("diagnosis-first", coded("D63.1")),
    ("side-conflict", {**coded("M17.12"), **lines(("20610", {"modifiers": ["RT"]}))}),
]


@pytest.mark.parametrize(("edit_id", "changes"), REAL)
def test_the_installed_code_sets_say_it(edit_id: str, changes: dict[str, Any]) -> None:
    assert edit_id in {found.edit_id for found in assess(encounter(changes), FACTS)}


def test_an_exclusion_shows_its_note() -> None:
    (finding,) = assess(encounter(coded("E10.9", "E11.9")), FACTS)
    assert "E11.9 and E10.9 (note at E1" in finding.message


def test_a_seventh_character_is_shown() -> None:
    (finding,) = [f for f in assess(encounter(coded("S72.001")), CODES.facts) if f.severity is Severity.HOLD]
    assert finding.message == "A diagnosis lacks its seventh character: S72.001 needs one, as in S72.001A"
    (finding,) = [f for f in assess(encounter(coded("E11.9", "W19.A")), CODES.facts) if f.severity is Severity.HOLD]
    assert finding.message.endswith("W19.A is written W19.XXXA")


def test_a_list_speaks_of_its_days() -> None:
    """Maternity's ages: Medicare Code Editor before and after version 37."""
    lists = DatedLists(read_lists(LISTS.read_text()))
    assert lists.value("mce-age", "maternity", date(2019, 9, 30)) == "12-55"
    assert lists.value("mce-age", "maternity", date(2019, 10, 1)) == "9-64"
    assert lists.value("modifier-conflict", "59 XS", date(2014, 12, 31)) is None
    assert lists.value("no such list", "A", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("visit\t99202", "row 2: it has 2 cells of 7"),
        ("visit\t99202\t99215\t2021-13-01\t\t\tCPT", "row 2: month must be in 1..12"),
        ("visit\t99202\t99215\t\t\t\t", "row 2: list, first, last and source are needed"),
    ],
)
def test_a_broken_list_is_refused_with_its_row(row: str, message: str) -> None:
    with pytest.raises(ListBroken, match=message):
        list(read_lists(f"list\tfirst\tlast\tfrom\tto\tvalue\tsource\n{row}\n"))
