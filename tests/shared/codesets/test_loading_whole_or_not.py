"""A list is loaded whole or not at all, once, by version, with its licence; and a running program sees it."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from rcm.codesets import book
from rcm.codesets.compiled import CodesUnreadable
from rcm.codesets.lists import Setting
from rcm.codesets.loading.kinds import KINDS, UnknownKind, kind_of
from rcm.codesets.loading.source import BadFile
from rcm.codesets.loading.store import releases
from rcm.codesets.systems import System
from tests.shared.codesets.lists import ADD_ONS, PAIRS, RELATIVE_VALUES, TAXONOMY, UNIT_LIMITS, Shelf, hcpcs_line, order_line

LATE_2026 = date(2026, 11, 2)
MUE = "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv"
DEEP_INDEX = b"<a><mainTerm>" + b"<term>" * 3_000 + b"</term>" * 3_000 + b"</mainTerm></a>"
_DIAG = b"<diag><name>A00</name>"
DEEP_TABULAR = b"<a><chapter><name>1</name><section id='A'>" + _DIAG * 3_000 + b"</diag>" * 3_000 + b"</section></chapter></a>"
GOOD = order_line(1, "E119", "1", "Diabetes")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def problems(shelf: Shelf, kind: str, name: str, content: str | bytes, **wish: str) -> list[str]:
    """What a file is refused for; nothing of it may be there then."""
    before = releases(shelf.path)
    with pytest.raises(BadFile) as caught:
        shelf.load(kind, name, content, effective_from=date(2026, 10, 1), **wish)  # type: ignore[arg-type]
    assert releases(shelf.path) == before
    assert sorted(path.name for path in shelf.path.parent.glob(".*")) == []
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "name", "content", "problem"),
    [
        ("order", "o.txt", GOOD + order_line(2, "E-19", "1", "x"), "row 2: 'E-19' is not the form of a code (icd-10-cm)"),
        ("order", "o.txt", GOOD + order_line(2, "E118", "7", "x"), "row 2: the flag in column 15 is '7', not 0 or 1"),
        ("order", "o.txt", GOOD + order_line(2, "E118", "1", ""), "row 2: there is no description"),
        ("order", "o.txt", GOOD + "x" * 90, "row 2: 'xxxxx' is no order number"),
        ("order", "o.txt", GOOD + GOOD, "row 2: this row says again, of the same code and day, what another row says"),
        ("icd-9-cm-order", "d.txt", "0010\n", "row 1: there is no description"),
        ("tabular", "t.xml", b"<a><b></a>", "no well-formed XML: mismatched tag: line 1, column 8"),
        ("tabular", "t.xml", b"<a></a>", "<a> holds no <chapter>"),
        ("index", "i.xml", b"<a></a>", "<a> holds no <mainTerm>"),
        ("hcpcs", "h.txt", hcpcs_line("3", "99213", 100, "x"), "row 1: 99213 is a code of CPT, which is licensed"),
        ("hcpcs", "h.txt", hcpcs_line("3", "D0120", 100, "x"), "row 1: D0120 is a code of CDT, which is licensed"),
        ("hcpcs", "h.txt", hcpcs_line("4", "A0001", 100, "x"), "row 1: this continues a code that does not stand before it"),
        ("hcpcs", "h.txt", hcpcs_line("3", "A0001", 100, "x", added="20261301"), "row 1: '20261301' is no date"),
        ("hcpcs", "h.txt", hcpcs_line("3", "A0001", 100, "x", ended="20190101"), "row 1: A0001 ends before it begins"),
        ("hcpcs", "h.txt", "A0001", "row 1: the kind of record in column 11 is '', not 3, 4, 7 or 8"),
        ("ptp", "ccipra.txt", "only a preamble\n", "no line begins with two codes of five characters and tabs"),
        ("ptp", "ccipra.txt", PAIRS + "10001\t10002\n", "row 10: 2 cells, not 7"),
        ("ptp", "ccipra.txt", PAIRS + "10001\t1!002\t\t20200101\t*\t1\tx\n", "row 10: '1!002' is not the form of a code"),
        (
            "ptp",
            "ccipra.txt",
            PAIRS + "10001\t10009\t\t20200101\t*\t5\tx\n",
            "row 10: the modifier indicator is '5', not 0, 1 or 9",
        ),
        ("ptp", "nothing.txt", PAIRS, "the file's name does not say for whom it is: give --setting"),
        ("mue", MUE, UNIT_LIMITS + '"10003","many","2 x","y"\n', "the value 'many' is no whole number"),
        ("mue", MUE, UNIT_LIMITS + '"10003","3","9 x","y"\n', "the adjudication indicator is '9 x'; it begins with 1, 2 or 3"),
        ("aoc", "AOC.txt", ADD_ONS + "4\t10010\t\t10003\t\t2013091\t\n", "row 6: the type is '4', not 1, 2 or 3"),
        ("aoc", "AOC.txt", ADD_ONS + "1\t10010\t\t10003\t\t2013400\t\n", "row 6: '2013400' is no date (YYYYDDD)"),
        ("aoc", "AOC.txt", "one\ttwo\n", "no row of headings holds AOC_Edit_Type, Add-On_Code, Primary_Code"),
        ("pfs", "p.csv", "a,b\n", "no row begins with the headings HCPCS, MOD"),
        ("pfs", "p.csv", "HCPCS,MOD,GLOB\n", "row 1: the headings name no column for the status"),
        (
            "pfall",
            "p.txt",
            '"2026","1","2","10001","","1.234","1.00"\n',
            "row 1: the amount '1.234' is no amount in dollars and cents",
        ),
        ("pfall", "p.txt", '"x","1"\n', "row 1: a row begins with year, carrier, locality"),
        ("clfs", "c.csv", "YEAR,HCPCS,RATE\n2026,10001,NaN\n", "row 2: the rate 'NaN' is no amount in dollars and cents"),
        ("clfs", "c.csv", "YEAR,HCPCS,RATE\n2026,10001,1e99\n", "row 2: the rate '1e99' is no amount in dollars and cents"),
        ("clfs", "c.csv", "YEAR,HCPCS,RATE\n2026,10001,.\n", "row 2: the rate '.' is no amount in dollars and cents"),
        ("mue", MUE, UNIT_LIMITS + '"10003","99999999999999999999","2 x","y"\n', "is no whole number"),
        ("tabular", "t.xml", b"<?xml version='1.0' encoding='nonsense'?><a/>", "no well-formed XML"),
        ("tabular", "t.xml", DEEP_TABULAR, "its codes lie too deep in each other"),
        ("index", "i.xml", DEEP_INDEX, "its terms lie too deep in each other"),
        ("lcd", "l.csv", "procedure,diagnosis\n10001,9\n", "row 2: '9' is not the form of a code (icd-10-cm)"),
        ("lcd", "l.csv", "procedure,diagnosis\n", "l.csv holds no row"),
        ("poa", "p.txt", b"PK\x03\x04rest", "this is a zip archive or a spreadsheet; unpack it, or save it as text, first"),
        ("poa", "p.txt", b"\x00\x01\x02", "these bytes are no text"),
        ("poa", "p.txt", b"", "p.txt is empty"),
        ("cpt", "c.csv", "code\n10001\n", "this list stands under the licence of the American Medical Association"),
        ("nucc", "c.csv", "code\n10001\n", "this list stands under the licence of the National Uniform Claim Committee"),
    ],
)
def test_what_is_refused(shelf: Shelf, kind: str, name: str, content: str | bytes, problem: str) -> None:
    found = problems(shelf, kind, name, content)
    assert any(text.startswith(problem) or problem in text for text in found), found


def test_what_can_not_be_wished_for(shelf: Shelf) -> None:
    with pytest.raises(BadFile, match="'everybody' is no setting of mue; there are practitioner, outpatient, supplier"):
        shelf.load("mue", MUE, UNIT_LIMITS, setting="everybody")
    with pytest.raises(BadFile, match="no column means colour; there are code, short"):
        shelf.load("cpt", "c.csv", "code\n10001\n", acknowledged_by="A", columns={"colour": "1"})
    with pytest.raises(BadFile, match="no column is numbered for code"):
        shelf.load("cpt", "c.csv", "code\n10001\n", acknowledged_by="A", columns={"long": "1"})
    with pytest.raises(BadFile, match="the release has no name"):
        shelf.load("mue", MUE, UNIT_LIMITS, release=" ")


@pytest.mark.parametrize(
    ("kind", "name", "content", "end"),
    [
        ("mue", MUE, UNIT_LIMITS, '"3 Date'),
        ("mue", MUE, UNIT_LIMITS, '"Clinical: Da'),
        ("pfs-rvu", "PPRRVU26_JAN.csv", RELATIVE_VALUES, "Licensed words,A,,1"),
        ("taxonomy", "nucc_taxonomy_261.csv", TAXONOMY, "Invented Grou"),
    ],
)
def test_a_file_that_was_cut_off_in_a_row_is_not_loaded(shelf: Shelf, kind: str, name: str, content: str, end: str) -> None:
    (*_, told) = problems(shelf, kind, name, content[: content.index(end) + len(end)], acknowledged_by="Ada Example")
    assert "it was cut off" in told


def test_a_last_row_needs_no_line_end(shelf: Shelf) -> None:
    assert shelf.load("mue", MUE, UNIT_LIMITS.rstrip()).release.rows == 3


def test_a_bad_file_leaves_what_was_loaded(shelf: Shelf) -> None:
    shelf.load("mue", MUE, UNIT_LIMITS)
    assert problems(shelf, "mue", MUE, UNIT_LIMITS + '"10003","x","2 x","y"\n', release="R2")
    assert shelf.sets().lists.unit_limit("10002", LATE_2026, Setting.PRACTITIONER) is not None


def test_of_many_problems_the_first_are_told(shelf: Shelf) -> None:
    with pytest.raises(BadFile, match=r"\(and 80 more\)") as caught:
        shelf.load("poa", "p_fy27.txt", "?!\n" * 100)
    assert caught.value.count == 100


def test_the_same_again_changes_nothing(shelf: Shelf) -> None:
    first = shelf.load("mue", MUE, UNIT_LIMITS)
    assert first.release.sha256 == hashlib.sha256(UNIT_LIMITS.encode("latin-1")).hexdigest()
    assert (first.release.effective_from, first.release.effective_to, first.release.rows) == ("2026-10-01", "2026-12-31", 3)
    written = shelf.path.stat()
    again = shelf.load("mue", MUE, UNIT_LIMITS)
    assert again.repeated
    assert again.release == first.release
    assert shelf.path.stat().st_mtime_ns == written.st_mtime_ns


def test_another_file_of_a_release_is_its_next_version(shelf: Shelf) -> None:
    shelf.load("mue", MUE, UNIT_LIMITS)
    loaded = shelf.load("mue", MUE, UNIT_LIMITS.replace('"4"', '"6"'))
    assert loaded.release.version == 2
    assert [release.in_use for release in releases(shelf.path)] == [False, True]
    limit = shelf.sets().lists.unit_limit("10002", LATE_2026, Setting.PRACTITIONER)
    assert limit is not None
    assert limit.units == 6


def test_pairs_of_a_release_are_replaced_all_at_once(shelf: Shelf) -> None:
    shelf.load("ptp", "ccipra-f1.txt", PAIRS)
    shelf.load("ptp", "ccipra-f2.txt", "20001\t20002\t\t20200101\t*\t1\tInvented\r\n")
    with pytest.raises(BadFile, match="give all its files at once"):
        shelf.load("ptp", "ccipra-f1.txt", PAIRS.replace("Misuse", "Use"))


def test_days_must_be_said_where_nothing_says_them(shelf: Shelf) -> None:
    with pytest.raises(BadFile, match="give --effective-from"):
        shelf.load("mue", "units_practitioner.csv", UNIT_LIMITS)
    with pytest.raises(BadFile, match="would count from"):
        shelf.load("mue", MUE, UNIT_LIMITS, effective_to=date(2026, 1, 1))


def test_a_running_program_sees_what_is_loaded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "_LOOK_SECONDS", 0.0)
    sets = shelf.sets()
    assert sets.check("A0001", LATE_2026, System.HCPCS).valid is None
    generation = sets.generation
    shelf.load("hcpcs", "HCPC2026_OCT_ANWEB.txt", hcpcs_line("3", "A0001", 100, "Invented"))
    assert sets.check("A0001", LATE_2026, System.HCPCS).billable is True
    assert sets.generation == generation + 1
    shelf.path.write_bytes(b"broken by somebody" * 100)
    assert sets.check("A0001", LATE_2026, System.HCPCS).billable is True, "a broken file leaves what was open"
    with pytest.raises(CodesUnreadable):
        shelf.sets()
    with pytest.raises(CodesUnreadable):
        releases(shelf.path)
    shelf.path.unlink()
    assert sets.check("A0001", LATE_2026, System.HCPCS).valid is None
    sets.close()


def test_kinds_go_by_many_names() -> None:
    assert {kind_of(name).name for name in ("PTP", "ncci_ptp", "NCCI-pairs")} == {"ncci-pairs"}
    assert kind_of("icd10cm-order") is KINDS["icd-10-cm-order"]
    with pytest.raises(UnknownKind, match="no kind of list"):
        kind_of("nonsense")
