"""`rcm codes`: loads code lists, says what is loaded, and checks codes on a day, without a running system."""

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from rcm.codesets.book import CodeSets
from rcm.codesets.compiled import CodesUnreadable
from rcm.codesets.loading.kinds import KINDS, UnknownKind, kind_of
from rcm.codesets.loading.source import BadFile
from rcm.codesets.loading.store import Wish, load, releases
from rcm.codesets.systems import System, UnknownSystem, system_of
from rcm.codesets.validity import Validity
from rcm_deploy.cli import codes_edit, codes_search
from rcm_deploy.cli.codes_files import Lists, bytes_of, day_of, lists_at
from rcm_deploy.cli.output import AsJson, complaints, people, print_json, refuse
from rcm_deploy.cli.output import DataFolder as Folder
from rcm_deploy.data_folder import DEFAULT as DEFAULT_DATA_FOLDER
from rcm_deploy.data_folder import DataFolder

app = typer.Typer(help="Code sets by date: check a code, search, suggest, load lists.", no_args_is_help=True)

KIND_HELP = "One of " + ", ".join(KINDS) + "."


def opened(lists: Path | None, data_folder: Path) -> CodeSets:
    """The code sets with the loaded lists; ends the command where they can't be read."""
    try:
        return CodeSets.open(loaded=lists_at(lists, data_folder))
    except CodesUnreadable as error:
        refuse(str(error))


@app.command("load")
def load_list(
    kind: Annotated[str, typer.Argument(help=KIND_HELP)],
    files: Annotated[list[Path], typer.Argument(help="The file; of NCCI pairs all files of the release.")],
    release: Annotated[str, typer.Option("--release", help="What the publisher calls it, such as 2026-Q4.")],
    effective_from: Annotated[str, typer.Option(help="From when it counts, where the file's name does not say.")] = "",
    effective_to: Annotated[str, typer.Option(help="Its last day; else the end of its quarter or year.")] = "",
    licence_acknowledged_by: Annotated[str, typer.Option(help="Who accepted the publisher's licence.")] = "",
    setting: Annotated[str, typer.Option(help="For whom a list is, where the file's name does not say.")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="MEANING=HEADING or =NUMBER, such as code='CPT Code'; may be repeated.")
    ] = None,
    lists: Lists = None,
    data_folder: Folder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Loads a list, whole or not at all. The same file again changes nothing; a running system takes the list up by itself."""
    try:
        wish = Wish(
            kind=kind_of(kind),
            files=files,
            release=release,
            effective_from=day_of(effective_from) if effective_from else None,
            effective_to=day_of(effective_to) if effective_to else None,
            acknowledged_by=licence_acknowledged_by or None,
            setting=setting,
            columns=_columns(column or []),
        )
        if lists is None:
            DataFolder(data_folder).make()
        loaded = load(lists_at(lists, data_folder), wish, datetime.now(UTC))
    except UnknownKind as error:
        raise typer.BadParameter(str(error)) from None
    except BadFile as error:
        for problem in error.problems:
            complaints.print(str(problem), style="red", markup=False)
        refuse(f"{error.count} problem{'s' * (error.count != 1)}; nothing was loaded")
    except (CodesUnreadable, sqlite3.Error) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}")
    if as_json:
        print_json({**loaded.release.as_dict(), "repeated": loaded.repeated})
        return
    told = loaded.release
    done = "is loaded already" if loaded.repeated else "is loaded"
    until = told.effective_to or "the next release"
    rows = f"{told.rows:,} row{'s' * (told.rows != 1)}"
    people.print(f"{told.kind} {told.name} {done}: {rows}, {told.effective_from} to {until}", markup=False)


def _columns(told: Iterable[str]) -> dict[str, str]:
    """MEANING=HEADING."""
    columns = {}
    for text in told:
        meaning, mark, heading = text.partition("=")
        if not mark or not heading:
            raise typer.BadParameter(f"{text[:40]!r} is not MEANING=HEADING")
        columns[meaning.strip().lower()] = heading.strip()
    return columns


@app.command("releases")
def list_releases(lists: Lists = None, data_folder: Folder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Lists what the product ships with and what was loaded, one release a line."""
    sets = opened(lists, data_folder)
    try:
        found = releases(lists_at(lists, data_folder))
    except CodesUnreadable as error:
        refuse(str(error))
    if as_json:
        print_json({"compiled": sets.made_of, "loaded": [release.as_dict() for release in found]})
        return
    people.print(f"compiled from {sets.release}", markup=False)
    if not found:
        people.print("no list is loaded")
        return
    table = Table("Kind", "Release", "From", "To", "Rows", "Licence", "Loaded")
    for column in table.columns:
        column.overflow = "fold"
    for release in found:
        table.add_row(
            release.kind + (f" ({release.setting})" if release.setting else ""),
            escape(release.name) + (f" ({release.version})" if release.version > 1 else ""),
            release.effective_from,
            release.effective_to or "",
            f"{release.rows:,}",
            escape(release.acknowledged_by or ""),
            release.loaded_at[:10] if release.in_use else "replaced",
        )
    people.print(table)


@app.command("check")
def check(
    code: Annotated[str, typer.Argument(help="A code, with or without its dot.")] = "",
    on: Annotated[str, typer.Option("--date", help="The day of service.")] = "",
    system: Annotated[str, typer.Option(help=f"Whose code it is: {', '.join(System)}; else the likeliest.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", help="Many: a code, a tab and a day a line, perhaps a system; - reads standard input.", allow_dash=True
        ),
    ] = None,
    lists: Lists = None,
    data_folder: Folder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Says whether codes are valid and billable on a day; many as one line of JSON each."""
    try:
        wanted = system_of(system) if system else None
    except UnknownSystem as error:
        raise typer.BadParameter(str(error)) from None
    if file is not None:
        sets = opened(lists, data_folder)
        _check_file(sets, file, wanted, day_of(on) if on else None)
        return
    if not code or not on:
        raise typer.BadParameter("give a code and --date, or --file")
    found = opened(lists, data_folder).check(code, day_of(on), wanted)
    if as_json:
        print_json(found.as_dict())
    else:
        _show(found, on)


def _show(found: Validity, on: str) -> None:
    verdict = "not known"
    if found.valid is not None:
        verdict = "not valid" if not found.valid else "valid and billable" if found.billable else "valid, not billable"
    span = f", {found.valid_from or '...'} to {found.valid_to or '...'}" if found.valid_from or found.valid_to else ""
    because = f": {found.reason}" if found.reason else ""
    people.print(f"{found.code} ({found.system or 'no system'}) is {verdict} on {on}{span}{because}", markup=False)


def _check_file(sets: CodeSets, file: Path, system: System | None, on: date | None) -> None:
    """One line of JSON for each line of the file, in its order; a line that can't be read is answered with its reason."""
    try:
        lines = bytes_of(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        refuse(f"{file}: these bytes are no text")
    sys.stdout.flush()
    sys.stdout.buffer.writelines(orjson.dumps(verdict.as_dict()) + b"\n" for verdict in _verdicts(sets, lines, system, on))
    sys.stdout.buffer.flush()


def _verdicts(sets: CodeSets, lines: list[str], system: System | None, on: date | None) -> Iterator[Validity]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        code, told, named, *_ = (*line.split("\t"), "", "")
        try:
            day = date.fromisoformat(told.strip()) if told.strip() or on is None else on
            its_system = system_of(named) if named.strip() else system
        except UnknownSystem as error:
            yield Validity(code, named.strip(), None, None, reason=f"line {number}: {error}")
        except ValueError:
            yield Validity(code, system, None, None, reason=f"line {number}: {told.strip()[:20]!r} is no day; write 2026-03-02")
        else:
            yield sets.check(code, day, its_system)


codes_edit.register(app)
codes_search.register(app)
