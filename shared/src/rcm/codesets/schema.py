"""The tables of both files, the compiled one and the loaded one, so that one set of queries reads either."""

import sqlite3

from rcm.codesets.compiled import FORMAT

COMPILED_RELEASE = 0
"""The number that the compiled rows have for a release; loaded ones count from 1."""

_TABLES = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE release (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, file TEXT NOT NULL,
    sha256 TEXT NOT NULL, effective_from TEXT NOT NULL, effective_to TEXT, rows INTEGER NOT NULL,
    setting TEXT NOT NULL DEFAULT '', acknowledged_by TEXT, loaded_at TEXT NOT NULL, in_use INTEGER NOT NULL
);
CREATE TABLE coverage (release INTEGER NOT NULL, system TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE validity (
    release INTEGER NOT NULL, system TEXT NOT NULL, code TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    attributes TEXT NOT NULL, PRIMARY KEY (system, code, release, first)
) WITHOUT ROWID;
CREATE TABLE title (
    release INTEGER NOT NULL, system TEXT NOT NULL, code TEXT NOT NULL, billable INTEGER NOT NULL, short TEXT NOT NULL,
    long TEXT NOT NULL, facts TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (system, code, release)
) WITHOUT ROWID;
CREATE TABLE concept (
    release INTEGER NOT NULL, code TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, parent TEXT NOT NULL,
    description TEXT NOT NULL, placeholder INTEGER NOT NULL, leaf INTEGER NOT NULL, seventh TEXT NOT NULL,
    PRIMARY KEY (code, release)
) WITHOUT ROWID;
CREATE INDEX concept_children ON concept (parent, release, position);
CREATE TABLE notice (
    release INTEGER NOT NULL, code TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    refers TEXT NOT NULL, prefixes TEXT NOT NULL, PRIMARY KEY (code, release, place)
) WITHOUT ROWID;
"""

LISTS = """
CREATE TABLE index_entry (
    release INTEGER NOT NULL, position INTEGER NOT NULL, level INTEGER NOT NULL, path TEXT NOT NULL, code TEXT NOT NULL,
    manifestation TEXT NOT NULL, see TEXT NOT NULL, see_also TEXT NOT NULL, PRIMARY KEY (release, position)
) WITHOUT ROWID;
CREATE TABLE pair (
    column1 TEXT NOT NULL, column2 TEXT NOT NULL, setting TEXT NOT NULL, release INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, indicator TEXT NOT NULL, rationale TEXT NOT NULL,
    PRIMARY KEY (column1, column2, setting, release, first, indicator)
) WITHOUT ROWID;
CREATE TABLE unit_limit (
    code TEXT NOT NULL, setting TEXT NOT NULL, release INTEGER NOT NULL, units INTEGER NOT NULL, adjudication TEXT NOT NULL,
    rationale TEXT NOT NULL, PRIMARY KEY (code, setting, release)
) WITHOUT ROWID;
CREATE TABLE add_on (
    code TEXT NOT NULL, release INTEGER NOT NULL, kind TEXT NOT NULL, primary_code TEXT NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, PRIMARY KEY (code, release, primary_code, first)
) WITHOUT ROWID;
CREATE TABLE fee_fact (
    code TEXT NOT NULL, modifier TEXT NOT NULL, release INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (code, modifier, release)
) WITHOUT ROWID;
CREATE TABLE fee_amount (
    code TEXT NOT NULL, modifier TEXT NOT NULL, carrier TEXT NOT NULL, locality TEXT NOT NULL, release INTEGER NOT NULL,
    first INTEGER NOT NULL, non_facility_cents INTEGER NOT NULL, facility_cents INTEGER NOT NULL,
    PRIMARY KEY (code, modifier, carrier, locality, release, first)
) WITHOUT ROWID;
CREATE TABLE member (
    list TEXT NOT NULL, code TEXT NOT NULL, release INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (list, code, release, first)
) WITHOUT ROWID;
CREATE TABLE covered (
    procedure TEXT NOT NULL, diagnosis TEXT NOT NULL, policy TEXT NOT NULL, release INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, PRIMARY KEY (procedure, release, diagnosis, policy, first)
) WITHOUT ROWID;
"""
"""What only loading brings."""


def create_tables(connection: sqlite3.Connection) -> None:
    """All tables in an empty file."""
    connection.executescript(_TABLES + LISTS)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def data_tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows belong to a release."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in found if name not in {"fact", "release"}]
