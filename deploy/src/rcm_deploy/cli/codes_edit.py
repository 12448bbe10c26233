"""`rcm codes edit`: coding's edits over a file of encounters, without a running system."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm_deploy.cli import codes_em, codes_group
from rcm_deploy.cli.codes_files import Lists, lists_at, print_lines, told
from rcm_deploy.cli.output import AsJson, DataFolder, people
from rcm_deploy.data_folder import DEFAULT as DEFAULT_DATA_FOLDER

File = Annotated[Path, typer.Argument(help="Encounters as POST /v1/encounters takes them; - reads standard input.")]


def register(app: typer.Typer) -> None:
    """Puts the commands of coding into `rcm codes`."""
    app.command("edit")(edit)
    codes_em.register(app)
    codes_group.register(app)


def edit(file: File, lists: Lists = None, data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Runs the coding edits over encounters: a JSON array, one object, or one object a line (NDJSON).

    With --json one object for each encounter: what was found, where, since when the rule counts, how to mend it, who says so.
    Exit 1 where the file is no JSON; what the edits find is no failure.
    """
    today = datetime.now(UTC).date()
    results = told(file, "edit", today, lists_at(lists, data_folder))
    if as_json:
        print_lines(results)
        return
    table = Table("Encounter", "State", "Edit", "Where", "What is wrong", "How to mend it")
    count = held = 0
    for result in results:
        count += 1
        held += result["state"] != "coded"
        _add_rows(table, result)
    if table.row_count:
        people.print(table)
    people.print(f"{count:,} {'encounter' if count == 1 else 'encounters'}, {held:,} held or refused")


def _add_rows(table: Table, result: dict[str, Any]) -> None:
    name = escape(result["external_id"] or f"number {result['encounter']}")
    for found in result["findings"]:
        style = "red" if found["severity"] == "hold" else "yellow"
        cells = (name, result["state"], found["id"], found["path"], escape(found["message"]), escape(found["fix"]))
        table.add_row(*cells, style=style)
    for fault in result.get("errors", ()):
        cells = (name, "refused", fault["code"], fault["path"], escape(fault["message"]), escape(fault["fix"]))
        table.add_row(*cells, style="red")
