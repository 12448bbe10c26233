"""ICD-10-CM's and ICD-10-PCS's order files, ICD-9-CM's lists, the tabular list and the alphabetic index."""

import io
import sqlite3
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System
from rcm.codesets.tabular import NotTabular, read_tabular
from rcm.codesets.write import write_tabular

_SITES = {
    "2": "malignant, primary",
    "3": "malignant, secondary",
    "4": "in situ",
    "5": "benign",
    "6": "uncertain",
    "7": "unspecified",
}
"""The columns of the table of neoplasms, where it does not name them itself."""


def load_order(rows: Rows, source: Source, system: System) -> None:
    """`icd10cm_order_YYYY.txt`: 1-5 order, 7-13 code without dot, 15 flag, 17-76 short, 78- long; counted from 1."""
    for number, line in source.lines():
        code = source.code(number, line[6:13].strip(), system)
        flag = line[14:15]
        if not line[:5].strip().isdigit():
            source.bad(number, f"{line[:5]!r} is no order number")
        if flag not in {"0", "1"}:
            source.bad(number, f"the flag in column 15 is {flag!r}, not 0 or 1")
        if not line[16:].strip():
            source.bad(number, "there is no description")
        if code is None:
            continue
        if flag == "1":
            rows.add("validity", number, system, code, source.first, source.last, "")
        rows.add(
            "title", number, system, code, int(flag == "1"), line[16:76].strip(), line[77:].strip() or line[16:76].strip(), "{}"
        )
    rows.cover(system)


def load_icd_9(rows: Rows, source: Source, system: System) -> None:
    """`CMS32_DESC_LONG_DX.txt` and its like: a code without dot, blanks, its words."""
    for number, line in source.lines():
        written, _, words = line.strip().partition(" ")
        code = source.code(number, written, system)
        if not words.strip():
            source.bad(number, "there is no description")
        if code is not None:
            rows.add("validity", number, system, code, source.first, source.last, "")
            rows.add("title", number, system, code, 1, words.strip(), words.strip(), "{}")
    rows.cover(system)


def load_tabular(connection: sqlite3.Connection, release: int, source: Source) -> int:
    """The tabular list as XML; its billable codes are said by the order file of its year. Answers how many places it has."""
    try:
        concepts = read_tabular(io.BytesIO(source.content))
    except NotTabular as error:
        raise source.refuse(str(error)) from None
    try:
        write_tabular(connection, release, concepts)
    except sqlite3.IntegrityError:
        raise source.refuse("a code stands in it twice") from None
    return len(concepts)


def load_index(rows: Rows, source: Source) -> None:
    """The alphabetic index as XML: main terms with the terms beneath them, and tables (neoplasms, drugs) with their columns."""
    try:
        root = ElementTree.fromstring(source.content)  # noqa: S314 - expat resolves no external entity
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise source.refuse(f"no well-formed XML: {error}") from None
    terms = list(root.iter("mainTerm"))
    if not terms:
        raise source.refuse(f"<{root.tag}> holds no <mainTerm>")
    headed = {head.get("col", ""): " ".join("".join(head.itertext()).split()) for head in root.iter("head")}
    columns = {column: words for column, words in headed.items() if words} or _SITES
    position = 0
    try:
        for term in terms:
            for entry in _entries(term, columns, (), 0):
                position += 1
                rows.add("index_entry", position, position, *entry)
    except RecursionError:
        raise source.refuse("its terms lie too deep in each other") from None


def _entries(
    term: ElementTree.Element, columns: Mapping[str, str], above: tuple[str, ...], level: int
) -> Iterator[tuple[int, str, str, str, str, str]]:
    """A term and all beneath it: level, the words from the main term down, code, manifestation, see, see also."""
    title = term.find("title")
    words = " ".join("".join(title.itertext()).split()) if title is not None else ""
    path = (*above, words)
    code, manifestation = (" ".join((term.findtext(tag) or "").split()) for tag in ("code", "manif"))
    see = " ".join((term.findtext("see") or term.findtext("seecat") or term.findtext("subcat") or "").split())
    also = " ".join((term.findtext("seeAlso") or "").split())
    yield level, "; ".join(path), code, manifestation, see, also
    for cell in term.findall("cell"):
        site, of_site = columns.get(cell.get("col", "")), (cell.text or "").strip()
        if site and of_site.strip("-"):
            yield level + 1, "; ".join((*path, site)), of_site, "", "", ""
    for beneath in term.findall("term"):
        yield from _entries(beneath, columns, path, level + 1)
