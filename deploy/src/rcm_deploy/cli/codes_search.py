"""`rcm codes search` and `rcm codes suggest`: from words, and from notes, to codes; without a running system."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm.codesets.book import CodeSets
from rcm.codesets.compiled import CodesUnreadable
from rcm.codesets.search.index import Hit, installed_search
from rcm.errors import RcmError
from rcm_deploy.cli.codes_files import CODING, bytes_of, day_of
from rcm_deploy.cli.output import AsJson, people, print_json, refuse

LINES_MAX_BYTES = 64_000_000
Phrase = Annotated[str, typer.Argument(help="What a coder would look up: a main term, then its modifiers.")]
Phrases = Annotated[Path | None, typer.Option("--file", help="Phrases, one a line, in place of one; - reads standard input.")]
Limit = Annotated[int, typer.Option(min=1, max=100, help="At most so many codes.")]
Day = Annotated[str, typer.Option("--date", help="The date of service, such as 2026-03-02 [default: today].")]


def register(app: typer.Typer) -> None:
    """Puts the commands into `rcm codes`."""
    app.command("search")(search)
    app.command("suggest")(suggest)


def phrases_of(phrase: str, file: Path | None) -> list[str]:
    """The phrases to look up. Ends the command where the file can't be read or holds no text."""
    if file is None:
        return [phrase] if phrase else refuse("name a phrase, or a file of them with --file")
    try:
        text = bytes_of(file, LINES_MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(f"{file}: no UTF-8 text at byte {error.start + 1}")
    return [line for line in map(str.strip, text.splitlines()) if line]


def search(phrase: Phrase = "", file: Phrases = None, limit: Limit = 10, on: Day = "", as_json: AsJson = False) -> None:
    """Finds billable ICD-10-CM codes for words: synonyms, plurals, British spelling, abbreviations, slips of the keyboard.

    With --json one object a line for each phrase: {"phrase", "results": [{"code", "description", "score"}]}, the likeliest
    first; a phrase of no known word has no results. A day that no release covers is told as "problem" of each, and the nearest
    release answers where the day is later than all. Exit 1 where the file is no text.
    """
    day = day_of(on)
    try:
        index, codes = installed_search(), CodeSets.open()
    except CodesUnreadable as error:
        refuse(str(error))
    for each in phrases_of(phrase, file):
        tell(each, index.search(each, codes, day, limit), codes.uncovered(day), as_json)


def tell(phrase: str, hits: list[Hit], problem: str, as_json: bool) -> None:
    """One phrase's codes, and what is wrong with the day, to people or programs."""
    if as_json:
        found = {"phrase": phrase, "results": [hit._asdict() for hit in hits]}
        print_json({**found, "problem": problem} if problem else found)
        return
    table = Table("Code", "Description", "Score", title=escape(phrase), title_justify="left")
    for hit in hits:
        table.add_row(hit.code, escape(hit.description), f"{hit.score:.2f}")
    people.print(table if hits else f"{escape(phrase)}: nothing found")
    if problem:
        people.print(problem, markup=False, style="yellow")


class Setting(StrEnum):
    """Where the patient was seen: an uncertain diagnosis is coded for inpatients alone."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


NoteFile = Annotated[Path | None, typer.Option("--text", help="A note; - reads standard input.")]
NoteFolder = Annotated[Path | None, typer.Option("--dir", help="A folder: all its .txt files, by name.")]
Sentences = Annotated[Path | None, typer.Option("--assert", help="Lines of concept<TAB>sentence: says how each is asserted.")]
Where = Annotated[Setting, typer.Option("--setting", help="Where the patient was seen.")]


def suggest(
    text: NoteFile = None,
    folder: NoteFolder = None,
    sentences: Sentences = None,
    on: Day = "",
    setting: Where = Setting.OUTPATIENT,
    as_json: AsJson = False,
) -> None:
    """Suggests ICD-10-CM codes for notes, each with its evidence: nothing that is suggested is billed by itself.

    With --json one object a line for each document: {"document", "suggestions": [{"code", "description", "score", "assertion",
    "evidence", "why"}], "not_coded": [...]}; what is no text, not English or empty has a "problem". With --assert one object a
    line: {"concept", "sentence", "assertion"}: affirmed, negated, family, history, possible or hypothetical.
    """
    day = day_of(on)
    if sum(given is not None for given in (text, folder, sentences)) != 1:
        refuse("give one of --text, --dir and --assert")
    read = CODING.main.COMMANDS["suggest"]
    try:
        if sentences is not None:
            for line in CODING.main.COMMANDS["assert"](bytes_of(sentences, LINES_MAX_BYTES)):
                print_json(line)
            return
        for name, body in _documents(text, folder):
            for answer in _unread(name, body) if isinstance(body, str) else read(name, body, day, setting.value):
                print_json(answer) if as_json else _show(answer)
    except CodesUnreadable as error:
        refuse(str(error))
    except RcmError as error:
        refuse("; ".join(fault.message for fault in error.faults) or error.detail)


def _documents(text: Path | None, folder: Path | None) -> Iterator[tuple[str, bytes | str]]:
    """Each document's name and bytes; of one in a folder that can't be read, why: the others are read all the same."""
    if folder is None:
        yield text.name if text else "", bytes_of(text or Path("-"), LINES_MAX_BYTES)
        return
    if not folder.is_dir():
        refuse(f"{folder}: no folder")
    for file in sorted(file for file in folder.glob("*.txt") if not file.is_dir()):
        try:
            yield file.name, file.read_bytes()
        except OSError as error:
            yield file.name, f"it can't be read: {error.strerror}"


def _unread(name: str, problem: str) -> Iterator[dict[str, Any]]:
    yield {"document": name, "suggestions": [], "not_coded": [], "problem": problem}


def _show(answer: dict[str, Any]) -> None:
    """One document, to people."""
    table = Table("Code", "Description", "Score", "Why", title=escape(answer["document"]), title_justify="left")
    for each in answer["suggestions"]:
        table.add_row(each["code"], escape(each["description"]), f"{each['score']:.2f}", escape(each["why"]))
    for each in answer["not_coded"]:
        table.add_row(each["code"], escape(each["description"]), "", escape(f"not coded: {each['reason']}"), style="dim")
    people.print(table if table.row_count else f"{escape(answer['document'])}: nothing found")
    if "problem" in answer:
        people.print(f"{answer['document']}: {answer['problem']}", markup=False, style="yellow")
