"""A file that is being loaded: its lines, cells and days, and what is wrong in it, by row."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice

from rcm.codesets.systems import System, has_form, with_dot
from rcm.codesets.validity import number_of

SHOWN_PROBLEMS = 20
_DATE_FORMATS = ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
_WHOLE = re.compile(r"[0-9]{1,9}")
_DOLLARS = re.compile(r"\$?(?=\.?[0-9])([0-9]{0,12})(?:\.([0-9]{0,2})0*)?")
_NO_DATE = {"", "*", "0", "00000000", "0000000", "99991231", "9999365"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file; `row` counts its lines from 1, 0 is the file itself."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}" if self.row else self.message


class BadFile(ValueError):
    """A file that is not loaded, with what is wrong in it; of many problems the first ones."""

    def __init__(self, problems: Sequence[Problem], count: int) -> None:
        self.problems = tuple(problems)
        self.count = count
        more = f" (and {count - len(problems)} more)" if count > len(problems) else ""
        super().__init__("; ".join(map(str, problems)) + more)


@dataclass(slots=True)
class Source:
    """One file with what its loader needs to know besides."""

    name: str
    content: bytes
    first: int
    """The release's first and last day, as YYYYMMDD."""
    last: int
    setting: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column holds what, where the file's own headings don't say: meaning to heading, or to number where it has none."""
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def bad(self, row: int, message: str) -> None:
        """Notes what is wrong in a row; the file will not be loaded."""
        self.problem_count += 1
        if len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append(Problem(row, message))

    def refuse(self, message: str, row: int = 0) -> BadFile:
        """What to raise where reading on makes no sense."""
        self.bad(row, message)
        return BadFile(self.problems, self.problem_count)

    def text(self) -> str:
        """The file's text: UTF-8 or, as CMS's files are, Latin-1. Raises BadFile where it is none."""
        if self.content[:4] == b"PK\x03\x04":
            raise self.refuse("this is a zip archive or a spreadsheet; unpack it, or save it as text, first")
        if b"\0" in self.content[:65_536]:
            raise self.refuse("these bytes are no text")
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.content.decode("latin-1")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line that is not blank, with its number; line ends are taken off, blanks within kept."""
        for number, line in enumerate(self.text().split("\n"), 1):
            if line.strip():
                yield number, line.rstrip("\r")

    def cells(self, delimiter: str | None = None) -> Iterator[tuple[int, list[str]]]:
        """Each row's cells, stripped, with its line's number; without a delimiter it is told from the first lines."""
        text = self.text()
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
        width = last = 0
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if any(cells):
                    yield reader.line_num, cells
                width, last = last, len(row)
        except csv.Error as error:
            raise self.refuse(f"no table: {error}", reader.line_num) from None
        if not text.endswith(("\n", "\r")) and (last < width or text.rpartition("\n")[2].count('"') % 2):
            self.bad(reader.line_num, "the file ends in the midst of this row: it was cut off")

    def table(self, wanted: Mapping[str, Sequence[str]], required: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows by what their columns mean, from the heading row on, which may stand behind a preamble.

        `wanted` gives for each meaning the headings that it goes by; `columns` goes before it. Raises BadFile where no row
        holds the required ones.
        """
        if unknown := sorted(set(self.columns) - set(wanted)):
            raise self.refuse(f"no column means {', '.join(unknown)}; there are {', '.join(wanted)}")
        rows = self.cells()
        if self.columns and all(column.isdigit() for column in self.columns.values()):
            if missing := sorted(set(required) - set(self.columns)):
                raise self.refuse(f"no column is numbered for {', '.join(missing)}")
            yield from self._numbered(rows)
            return
        places: dict[str, int] = {}
        for _, cells in islice(rows, 40):
            headings = [_plain(cell) for cell in cells]
            places = {}
            for meaning, names in wanted.items():
                named = [self.columns[meaning]] if meaning in self.columns else names
                place = next((headings.index(_plain(name)) for name in named if _plain(name) in headings), None)
                if place is not None:
                    places[meaning] = place
            if set(required) <= set(places):
                break
        else:
            needed = ", ".join(self.columns.get(name, wanted[name][0]) for name in required)
            raise self.refuse(f"no row of headings holds {needed}")
        for number, cells in rows:
            yield number, {meaning: cells[place] if place < len(cells) else "" for meaning, place in places.items()}

    def _numbered(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows of a list without headings, columns told by number from 1; lines before the first whole row are words."""
        places = {meaning: int(column) - 1 for meaning, column in self.columns.items()}
        begun = False
        for number, cells in rows:
            begun = begun or len(cells) > max(places.values())
            if begun:
                yield number, {meaning: cells[place] if 0 <= place < len(cells) else "" for meaning, place in places.items()}

    def day(self, row: int, text: str, otherwise: int) -> int:
        """A date as YYYYMMDD, `otherwise` where there is none; one that is no date is a problem of the row."""
        found = _day(text.strip())
        if found is None:
            self.bad(row, f"{text.strip()[:20]!r} is no date")
        return found or otherwise

    def ordinal_day(self, row: int, text: str, otherwise: int) -> int:
        """A date as CMS's add-on file writes it, YYYYDDD."""
        bare = text.strip()
        if bare in _NO_DATE:
            return otherwise
        try:
            return number_of(datetime.strptime(bare, "%Y%j").date())  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            self.bad(row, f"{bare[:20]!r} is no date (YYYYDDD)")
            return otherwise

    def whole(self, row: int, text: str, what: str) -> int:
        """A number without a fraction; anything else is a problem of the row."""
        if _WHOLE.fullmatch(text):
            return int(text)
        self.bad(row, f"{what} {text[:20]!r} is no whole number")
        return 0

    def cents(self, row: int, text: str, what: str) -> int:
        """Dollars as whole cents; anything that is none is a problem of the row."""
        found = _DOLLARS.fullmatch(text.replace(",", ""))
        if found is None:
            self.bad(row, f"{what} {text[:20]!r} is no amount in dollars and cents")
            return 0
        return int(found[1] or 0) * 100 + int((found[2] or "").ljust(2, "0"))

    def code(self, row: int, text: str, *systems: System) -> str | None:
        """A code as the first of the systems whose form it has writes it; None, and a problem of the row, where it has none."""
        for system in systems:
            written = with_dot(text, system)
            if has_form(written, system):
                return written
        names = " or ".join(systems)
        self.bad(row, f"{text[:20]!r} is not the form of a code ({names})")
        return None


@lru_cache(maxsize=16_384)
def _day(text: str) -> int | None:
    """A date as YYYYMMDD; 0 where there is none, None where it is no date. A list has few dates and many rows."""
    if text in _NO_DATE or not text.strip("0"):
        return 0
    for form in _DATE_FORMATS:
        try:
            return number_of(datetime.strptime(text, form).date())  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            continue
    return None


def _plain(heading: str) -> str:
    """A heading without what differs from file to file: case, blanks, punctuation."""
    return "".join(character for character in heading.lower() if character.isalnum())


def _delimiter(text: str) -> str:
    """The mark between cells: a tab or a bar where most of the first lines hold one, for words hold commas, too."""
    head = [line for line in text[:16_384].splitlines()[:60] if line.strip()]
    for mark in "\t|":
        if sum(mark in line for line in head) * 2 > len(head):
            return mark
    return ";" if sum(line.count(";") - line.count(",") for line in head) > 0 else ","
