"""`rcm dead-letters`: what could not be handled, why, and what to do with it."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, people, print_json, with_remote
from rcm_deploy.remote import SERVICES, Remote

app = typer.Typer(help="What could not be handled, and why.", no_args_is_help=True)

Service = Annotated[str, typer.Option(help=f"One of {', '.join(SERVICES)}.")]


@app.command("list")
def list_all(data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Lists the dead letters of every service."""

    async def read(remote: Remote) -> list[dict[str, Any]]:
        return [{"service": name, **letter} for name in SERVICES async for letter in remote.pages(name, "/v1/dead-letters")]

    letters = with_remote(data_folder, read)
    if as_json:
        print_json(letters)
        return
    table = Table("service", "id", "event", "reason", title=f"{len(letters)} dead letters")
    for letter in letters:
        table.add_row(letter["service"], str(letter["event_id"]), letter["type"], letter["reason"])
    people.print(table)


@app.command()
def retry(letter: UUID, service: Service, data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Gives a dead letter to its handler again."""
    _act(data_folder, service, letter, "retry", as_json)


@app.command()
def drop(letter: UUID, service: Service, data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Puts a dead letter away for good; it stays on record."""
    _act(data_folder, service, letter, "drop", as_json)


def _act(data_folder: DataFolder, service: str, letter: UUID, action: str, as_json: bool) -> None:
    if service not in SERVICES:
        raise typer.BadParameter(f"not a service: {service}")
    answer = with_remote(data_folder, lambda remote: remote.json("POST", service, f"/v1/dead-letters/{letter}/{action}"))
    if as_json:
        print_json(answer)
    else:
        people.print(f"{action} of {letter}: {answer}", markup=False)
