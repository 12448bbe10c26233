"""Reads the tables of a README: the rows under a heading, cell by cell."""

import re


def section(readme: str, heading: str) -> str:
    """What stands under `## heading`, to the next heading of that rank; empty where there is none."""
    found = re.search(rf"^## {re.escape(heading)}\s*$(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def tables(text: str) -> list[list[list[str]]]:
    """Each table's rows, without its heading and rule."""
    found: list[list[list[str]]] = []
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.strip().startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


def words(cell: str) -> list[str]:
    """What a cell lists: with commas between, in backticks or not; `none` and an empty cell list nothing."""
    found = (word.strip(" `()") for word in cell.split(","))
    return [word for word in found if word and word != "none"]


def event_name(cell: str) -> str:
    """An event's name, of a cell that gives it alone or as its CloudEvents type."""
    found = re.fullmatch(r"(?:.*\.)?([A-Z][A-Za-z]+)(?:\.v\d+)?", cell.strip(" `"))
    assert found, f"{cell} names no event"
    return found[1]
