"""`rcm codes search`: from words to codes, without a running system."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from rcm.codesets.book import CodeSets
from rcm.codesets.compiled import CodesUnreadable
from rcm.codesets.search.index import Hit, SearchIndex, installed_search
from rcm_deploy.cli.output import AsJson, people, print_json, refuse

LINES_MAX_BYTES = 64_000_000
Phrase = Annotated[str, typer.Argument(help="What a coder would look up: a main term, then its modifiers.")]
Phrases = Annotated[Path | None, typer.Option("--file", help="Phrases, one a line, in place of one; - reads standard input.")]
Limit = Annotated[int, typer.Option(min=1, max=100, help="At most so many codes.")]
Day = Annotated[str, typer.Option("--date", help="The date of service, such as 2026-03-02 [default: today].")]


def register(app: typer.Typer) -> None:
    """Puts the command into `rcm codes`."""
    app.command("search")(search)


def day_of(text: str) -> date:
    """A day as a person types it; none is today. Ends the command where it is no day."""
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no day; write 2026-03-02") from None


def phrases_of(phrase: str, file: Path | None) -> list[str]:
    """The phrases to look up. Ends the command where the file can't be read or holds no text."""
    if file is None:
        return [phrase] if phrase else refuse("name a phrase, or a file of them with --file")
    try:
        body = sys.stdin.buffer.read(LINES_MAX_BYTES + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    if len(body) > LINES_MAX_BYTES:
        refuse(f"{file}: more than {LINES_MAX_BYTES // 1_000_000} MB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(f"{file}: no UTF-8 text at byte {error.start + 1}")
    return [line for line in map(str.strip, text.splitlines()) if line]


def search(phrase: Phrase = "", file: Phrases = None, limit: Limit = 10, on: Day = "", as_json: AsJson = False) -> None:
    """Finds billable ICD-10-CM codes for words: synonyms, plurals, British spelling, abbreviations, slips of the keyboard.

    With --json one object a line for each phrase: {"phrase", "results": [{"code", "description", "score"}]}, the likeliest
    first; a phrase of no known word has no results. Exit 1 where the file is no text.
    """
    day = day_of(on)
    try:
        index, codes = installed_search(), CodeSets.open()
    except CodesUnreadable as error:
        refuse(str(error))
    for each in phrases_of(phrase, file):
        tell(each, find(index, codes, each, day, limit), as_json)


def find(index: SearchIndex, codes: CodeSets, phrase: str, on: date, limit: int) -> list[Hit]:
    """The codes for one phrase."""
    return index.search(phrase, codes, on, limit)


def tell(phrase: str, hits: list[Hit], as_json: bool) -> None:
    """One phrase's codes, to people or programs."""
    if as_json:
        print_json({"phrase": phrase, "results": [hit._asdict() for hit in hits]})
        return
    table = Table("Code", "Description", "Score", title=escape(phrase), title_justify="left")
    for hit in hits:
        table.add_row(hit.code, escape(hit.description), f"{hit.score:.2f}")
    people.print(table if hits else f"{escape(phrase)}: nothing found")
