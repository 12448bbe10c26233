"""Each layout on invented rows: what a list says afterwards, and on which days."""

from datetime import date
from pathlib import Path

import pytest

from rcm.codesets.diagnosis import NoticeKind
from rcm.codesets.lists import AddOn, CodePair, Setting, UnitLimit
from rcm.codesets.systems import System
from tests.shared.codesets.lists import (
    ADD_ONS,
    AMOUNTS,
    INDEX,
    LABORATORY,
    PAIRS,
    RELATIVE_VALUES,
    TABULAR,
    TAXONOMY,
    UNIT_LIMITS,
    Shelf,
    hcpcs_line,
    order_line,
)

LATE_2026 = date(2026, 11, 2)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_order_file_decides_about_its_year(shelf: Shelf) -> None:
    lines = [order_line(1, "E11", "0", "Type 2 diabetes"), order_line(2, "E119", "1", "Diabetes of the year 2028")]
    shelf.load("icd-10-cm-order", "icd10cm_order_2028.txt", "".join([*lines, order_line(3, "E11A1", "1", "Newly invented")]))
    sets = shelf.sets()
    assert sets.check("E11.A1", date(2027, 10, 1)).valid_from == date(2027, 10, 1)
    assert sets.check("E11.A1", date(2027, 3, 31)).billable is False
    known = sets.check("E11.9", date(2028, 9, 30))
    assert (known.billable, known.valid_from, known.valid_to) == (True, date(2027, 10, 1), date(2028, 9, 30))
    assert sets.check("E11.9", date(2027, 3, 31)).valid_to == date(2027, 3, 31)
    assert sets.check("E10.9", date(2028, 1, 1)).reason == "valid until 2027-03-31"
    assert sets.check("E10.9", date(2027, 6, 1)).valid is None, "no release covers the summer between"
    assert sets.check("E11.9", date(2028, 10, 1)).valid is None
    assert sets.description("E11.A1", date(2027, 10, 1)) == "Newly invented"
    assert sets.description("E11.9", date(2028, 1, 1)) == "Diabetes of the year 2028"
    assert sets.description("E11.9", date(2026, 1, 1)) == "Type 2 diabetes mellitus without complications"
    told = sets.diagnosis("E11.A1", date(2028, 1, 1))
    assert told is not None
    assert (told.description, told.own_words, told.parent) == ("Newly invented", True, "E11.A")
    assert list(sets.billable_codes(date(2028, 1, 1))) == ["E11.9", "E11.A1"]


def test_order_file_of_a_year_that_is_compiled_takes_its_place(shelf: Shelf) -> None:
    shelf.load("icd-10-cm-order", "icd10cm_order_2026.txt", order_line(1, "E119", "1", "Diabetes"))
    sets = shelf.sets()
    assert sets.check("I10", date(2025, 9, 30)).valid_to == date(2025, 9, 30)
    assert sets.check("I10", date(2026, 1, 1)).billable is False
    assert sets.check("I10", date(2026, 10, 1)).valid_from == date(2026, 10, 1)
    joined = sets.check("E11.9", date(2026, 1, 1))
    assert (joined.valid_from, joined.valid_to) == (date(2015, 10, 1), date(2027, 3, 31))


def test_icd_9_gets_words(shelf: Shelf) -> None:
    shelf.load("icd-9-cm-order", "CMS32_DESC_LONG_DX.txt", "25000 Diabetes, invented words\r\nV5869 Another\r\nE8120 Third\r\n")
    sets = shelf.sets()
    assert sets.words(System.ICD_9_CM, "250.00") == "Diabetes, invented words"
    assert sets.check("E812.0", date(2015, 9, 30), System.ICD_9_CM).billable is True


def test_tabular_list_of_a_year(shelf: Shelf) -> None:
    shelf.load("icd-10-cm-tabular", "icd10cm_tabular_2028.xml", TABULAR)
    sets = shelf.sets()
    assert sets.description("A00.0", date(2028, 1, 1)) == "Cholera of one kind"
    assert sets.description("A00.0XXA", date(2028, 1, 1)) == "Cholera of one kind, first time"
    assert sets.description("A00.0", date(2026, 1, 1)).startswith("Cholera due to Vibrio")
    told = sets.diagnosis("A00.0", date(2028, 1, 1))
    assert told is not None
    assert [(notice.kind, notice.of) for notice in told.notices] == [
        (NoticeKind.INCLUSION_TERM, "A00.0"),
        (NoticeKind.EXCLUDES_1, "A00-A09"),
    ]
    assert told.seventh_characters == {"A": "first time", "D": "again"}


def test_index(shelf: Shelf) -> None:
    assert shelf.load("icd-10-cm-index", "icd10cm_index_2028.xml", INDEX).release.rows == 5
    entries = {entry.path: entry for entry in shelf.sets().lists.index_entries(date(2028, 1, 1))}
    assert entries["Abscess(acute); knee"].code == "M00.9-"
    assert entries["Abscess(acute); knee"].manifestation == "M01"
    assert entries["Abscess(acute); knee"].see == "Arthritis"
    assert entries["Neoplasm; malignant, primary"].code == "C80.1"
    assert "Neoplasm; malignant, secondary" not in entries


def test_a_table_names_its_columns(shelf: Shelf) -> None:
    drugs = b"""<ICD10CM.index>
    <indexHeading><head col="1">Substance</head><head col="2">Poisoning, Accidental</head></indexHeading>
    <letter><mainTerm><title>Aspirin</title><cell col="2">T39.011</cell></mainTerm></letter></ICD10CM.index>"""
    shelf.load("icd-10-cm-index", "icd10cm_drug_2028.xml", drugs)
    entries = list(shelf.sets().lists.index_entries(date(2028, 1, 1)))
    assert [(entry.path, entry.code) for entry in entries] == [("Aspirin", ""), ("Aspirin; Poisoning, Accidental", "T39.011")]


def test_hcpcs(shelf: Shelf) -> None:
    text = (
        hcpcs_line("3", "A0001", 100, "An invented thing, its words", "Thing")
        + hcpcs_line("4", "A0001", 200, "go on here", trim=True)
        + hcpcs_line("3", "A0002", 100, "An ended thing", "Ended", ended="20261031", trim=True)
        + hcpcs_line("7", "Z1", 100, "An invented modifier; caf\xe9")
    )
    shelf.load("hcpcs", "HCPC2026_OCT_ANWEB.txt", text)
    sets = shelf.sets()
    assert sets.words(System.HCPCS, "A0001") == "An invented thing, its words go on here"
    assert sets.check("A0001", LATE_2026).valid_from == date(2020, 1, 1)
    assert sets.check("A0002", date(2026, 10, 31)).billable is True
    assert sets.check("A0002", LATE_2026).reason == "valid until 2026-10-31"
    assert sets.check("A0003", LATE_2026, System.HCPCS).valid is False
    assert sets.check("A0003", date(2027, 1, 1), System.HCPCS).valid is None
    assert sets.check("Z1", LATE_2026).system is System.MODIFIER
    assert sets.words(System.MODIFIER, "Z1").endswith("caf\xe9")


def test_a_loaded_code_is_meant_as_it_is_written(shelf: Shelf) -> None:
    assert shelf.sets().check("J1100", LATE_2026).system is System.ICD_10_CM
    shelf.load("hcpcs", "HCPC2026_OCT_ANWEB.txt", hcpcs_line("3", "J1100", 100, "An invented drug"))
    sets = shelf.sets()
    assert sets.check("J1100", LATE_2026).system is System.HCPCS
    assert sets.check("J11.00", LATE_2026).system is System.ICD_10_CM
    assert sets.check("E1165", LATE_2026).system is System.ICD_10_CM


def test_cpt_by_columns(shelf: Shelf) -> None:
    text = "Proc|Brief|Full text|From|To\n10001|short|long words|20250101|\n1000F|short|long|2025-01-01|12/31/2025\n"
    columns = {"code": "Proc", "short": "Brief", "long": "Full text", "effective": "From", "termination": "To"}
    loaded = shelf.load("cpt", "licensed.txt", text, acknowledged_by="Ada Example", columns=columns)
    assert loaded.release.acknowledged_by == "Ada Example"
    sets = shelf.sets()
    assert sets.words(System.CPT, "10001") == "long words"
    assert sets.check("1000F", date(2025, 12, 31)).billable is True
    assert sets.check("1000F", LATE_2026).valid is False
    assert sets.check("10009", LATE_2026).reason == "CPT has no such code"


def test_cpt_without_headings(shelf: Shelf) -> None:
    text = "Copyright, an invented notice, with commas, many\r\n\r\n10001\tlong, invented, words\r\n10002\tother, words\r\n"
    loaded = shelf.load("cpt", "long.txt", text, acknowledged_by="Ada Example", columns={"code": "1", "long": "2"})
    assert loaded.release.rows == 2
    assert shelf.sets().words(System.CPT, "10001") == "long, invented, words"


def test_pairs(shelf: Shelf) -> None:
    assert shelf.load("ptp", "ccipra-v322r0-f1.txt", PAIRS, release="v32.2").release.setting == "practitioner"
    lists = shelf.sets().lists
    codes = ["10001", "10002", "10003", "10004", "10005", "10006", "G0001"]
    assert lists.pairs(codes, date(2026, 6, 30), Setting.PRACTITIONER) == [
        CodePair("10001", "10002", "1", "Misuse of column two code with column one code"),
        CodePair("10001", "10003", "0", "More extensive procedure"),
        CodePair("10006", "G0001", "0", "Standards of practice"),
    ]
    assert [pair.column2 for pair in lists.pairs(codes[:3], date(2026, 7, 1), Setting.PRACTITIONER)] == ["10002"]
    assert lists.pairs(codes, LATE_2026, Setting.OUTPATIENT) == []


def test_parts_of_a_release_add_up(shelf: Shelf) -> None:
    shelf.load("ptp", "ccipra-v322r0-f1.txt", PAIRS, release="v32.2")
    other = "20001\t20002\t\t20200101\t*\t1\tInvented\r\n"
    loaded = shelf.load("ptp", "ccipra-v322r0-f2.txt", other, release="v32.2")
    assert (loaded.release.version, loaded.release.rows) == (2, 5)
    assert shelf.load("ptp", "ccipra-v322r0-f1.txt", PAIRS, release="v32.2").repeated
    found = shelf.sets().lists.pairs(["10001", "10002", "20001", "20002"], LATE_2026, Setting.PRACTITIONER)
    assert [pair.column1 for pair in found] == ["10001", "20001"]


def test_unit_limits(shelf: Shelf) -> None:
    shelf.load("mue", "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv", UNIT_LIMITS)
    lists = shelf.sets().lists
    assert lists.unit_limit("10002", LATE_2026, Setting.PRACTITIONER) == UnitLimit(4, "3", "Clinical: Data")
    assert lists.unit_limit("10002", date(2026, 9, 30), Setting.PRACTITIONER) is None
    assert lists.unit_limit("10002", LATE_2026, Setting.OUTPATIENT) is None


def test_add_ons(shelf: Shelf) -> None:
    shelf.load("aoc", "AOC_V2026Q4.txt", ADD_ONS)
    lists = shelf.sets().lists
    assert lists.add_on("10010", LATE_2026) == AddOn("1", frozenset({"10001"}))
    assert lists.add_on("10011", LATE_2026) == AddOn("2", frozenset())
    assert lists.add_on("10001", LATE_2026) is None


def test_fee_schedules(shelf: Shelf) -> None:
    shelf.load("pprrvu", "PPRRVU26_OCT.csv", RELATIVE_VALUES)
    shelf.load("pfall", "PFALL26.txt", AMOUNTS)
    shelf.load("clfs", "CLFS2026Q4.csv", LABORATORY)
    lists = shelf.sets().lists
    facts = lists.fee_facts("10001", LATE_2026)
    assert facts is not None
    assert (facts.status, facts.global_days, facts.facts["work_rvu"], facts.facts["bilateral"]) == ("A", "090", "1.30", "1")
    assert facts.facts["non_facility_pe_rvu"] == "1.20"
    assert facts.facts["facility_pe_rvu"] == "0.55"
    assert "description" not in facts.facts
    visit = lists.fee_facts("G0001", LATE_2026)
    assert visit is not None
    assert visit.facts["description"] == "Caf\xe9 visit"
    assert lists.fee_facts("10001", LATE_2026, "26") != facts
    assert lists.fee_cents("pfs-amounts", "10001", LATE_2026, carrier="01112", locality="05") == (9044, 6421)
    assert lists.fee_cents("clfs", "10020", LATE_2026, modifier="QW") == (846, 846)


def test_lists_with_headings(shelf: Shelf) -> None:
    shelf.load("nucc", "nucc_taxonomy_261.csv", TAXONOMY, acknowledged_by="Ada Example")
    shelf.load(
        "carc", "reasons.csv", "Code,Description,Start Date,Stop Date\n999,Invented reason,01/01/2020,\n", acknowledged_by="A"
    )
    shelf.load(
        "lcd",
        "policies.csv",
        "policy,procedure,diagnosis,effective,termination\nL1,10001,E11.9,2026-01-01,\nL1,10001,I10,,20260301\n",
    )
    shelf.load("poa", "POAexemptCodesFY27.txt", "Order\tCode\tDescription\n1\tZ0000\tInvented\n")
    sets = shelf.sets()
    assert sets.check("193400000X", LATE_2026).system is System.TAXONOMY
    assert sets.check("999", LATE_2026, System.ADJUSTMENT_REASON).billable is True
    assert sets.lists.covered_diagnoses("10001", LATE_2026) == frozenset({"E11.9"})
    assert sets.lists.covered_diagnoses("10001", date(2026, 3, 1)) == frozenset({"E11.9", "I10"})
    assert sets.lists.covered_diagnoses("10002", LATE_2026) is None
    assert sets.lists.present_on_admission_exempt("Z00.00", LATE_2026) is True
    assert sets.lists.present_on_admission_exempt("I10", LATE_2026) is False
    assert sets.lists.present_on_admission_exempt("I10", date(2026, 1, 1)) is None


def test_a_list_of_the_code_editor_replaces_the_compiled_one_on_its_days(shelf: Shelf) -> None:
    shelf.load("mce", "list_fy2027.csv", "E119\nI10\n", setting="manifestation", effective_from=date(2026, 10, 1))
    sets = shelf.sets()
    assert "manifestation" in sets.attributes("E11.9", LATE_2026)
    assert "manifestation" not in sets.attributes("E11.9", date(2026, 1, 1))
    assert "manifestation" not in sets.attributes("D63.1", LATE_2026)
    assert "manifestation" in sets.attributes("D63.1", date(2026, 1, 1))
