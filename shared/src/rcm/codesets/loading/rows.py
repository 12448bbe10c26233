"""Rows on their way into a file of lists: many at a time, a row that stands there already told by its number."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System

_CHUNK = 5_000

COLUMNS: dict[str, str] = {
    "validity": "system, code, first, last, attributes",
    "title": "system, code, billable, short, long, facts",
    "index_entry": "position, level, path, code, manifestation, see, see_also",
    "pair": "column1, column2, setting, first, last, indicator, rationale",
    "unit_limit": "code, setting, units, adjudication, rationale",
    "add_on": "code, kind, primary_code, first, last",
    "fee_fact": "code, modifier, facts",
    "fee_amount": "code, modifier, carrier, locality, first, non_facility_cents, facility_cents",
    "member": "list, code, first, last",
    "covered": "procedure, diagnosis, policy, first, last",
}
"""What a row of each table is made of, besides the release."""


class Rows:
    """The rows of one release."""

    def __init__(self, connection: sqlite3.Connection, release: int, source: Source) -> None:
        self._connection = connection
        self._release = release
        self.source = source
        self.count = 0
        """How many rows of the file's main table were added."""
        self._waiting: dict[str, list[tuple[int, tuple[Any, ...]]]] = {}

    def add(self, table: str, row: int, *values: object) -> None:
        """One row, which the file's line `row` says."""
        waiting = self._waiting.setdefault(table, [])
        waiting.append((row, (*values, self._release)))
        if table != "title":
            self.count += 1
        if len(waiting) >= _CHUNK:
            self._write(table)

    def cover(self, system: System) -> None:
        """Says that the release knows all codes of a system for all its days."""
        values = (self._release, system, self.source.first, self.source.last)
        self._connection.execute("INSERT INTO coverage (release, system, first, last) VALUES (?, ?, ?, ?)", values)

    def finish(self) -> int:
        """Writes what waits, and answers how many rows there were."""
        for table in list(self._waiting):
            self._write(table)
        return self.count

    def _write(self, table: str) -> None:
        waiting = self._waiting[table]
        columns = COLUMNS[table]
        statement = f"INSERT INTO {table} ({columns}, release) VALUES ({'?, ' * (columns.count(',') + 1)}?)"  # noqa: S608 - our own names
        self._connection.execute("SAVEPOINT chunk")
        try:
            self._connection.executemany(statement, [values for _, values in waiting])
        except sqlite3.IntegrityError:
            self._connection.execute("ROLLBACK TO chunk")
            self._one_by_one(statement, waiting)
        self._connection.execute("RELEASE chunk")
        waiting.clear()

    def _one_by_one(self, statement: str, waiting: Sequence[tuple[int, tuple[Any, ...]]]) -> None:
        """Finds the rows that stand there already."""
        for row, values in waiting:
            try:
                self._connection.execute(statement, values)
            except sqlite3.IntegrityError:
                self.source.bad(row, "this row says again, of the same code and day, what another row says")
