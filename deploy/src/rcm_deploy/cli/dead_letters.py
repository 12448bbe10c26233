"""`rcm dead-letters`: what could not be handled, why, and what to do with it."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from rcm_deploy.cli.output import (
    DEFAULT_DATA_FOLDER,
    SERVICE_HELP,
    AsJson,
    DataFolder,
    known_service,
    people,
    print_json,
    with_remote,
)
from rcm_deploy.remote import SERVICES, Remote

app = typer.Typer(help="What could not be handled, and why.", no_args_is_help=True)

Letter = Annotated[UUID, typer.Argument(help="Its dead_letter_id, as `rcm dead-letters list` shows it.")]
Service = Annotated[str, typer.Option(help=SERVICE_HELP, callback=known_service)]


@app.command("list")
def list_all(
    dropped: Annotated[bool, typer.Option("--dropped", help="Those that were given up, with who and when.")] = False,
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Lists the dead letters of every service."""
    state = "dropped" if dropped else "dead"

    async def read(remote: Remote) -> list[dict[str, Any]]:
        return [
            {"service": name, **letter}
            for name in SERVICES
            async for letter in remote.pages(name, "/v1/dead-letters", state=state)
        ]

    letters = with_remote(data_folder, read)
    if as_json:
        print_json(letters)
        return
    table = Table("dead_letter_id", "what and why", title=f"{len(letters)} {state} letters", show_lines=True)
    table.columns[0].no_wrap = True  # it is copied from here
    table.columns[1].overflow = "fold"
    for letter in letters:
        table.add_row(*_told(letter))
    people.print(table)


def _told(letter: dict[str, Any]) -> tuple[str, str]:
    """The two cells of a letter: its id with where and how often it failed; its event with the reason."""
    attempts = letter["attempts"]
    first = [letter["dead_letter_id"], letter["service"], f"{attempts} attempt{'' if attempts == 1 else 's'}"]
    second = [letter["type"], f"event {letter['event_id']}", f"{letter['code']}: {letter['reason']}"]
    if letter["failed_at"]:
        first.append(f"failed {letter['failed_at']}")
    if letter["dropped_at"]:
        second.append(f"dropped {letter['dropped_at']} by {letter['dropped_by']}")
    return escape("\n".join(first)), escape("\n".join(second))


@app.command()
def retry(letter: Letter, service: Service, data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Gives a dead letter to its handler again."""
    _act(data_folder, service, letter, "retry", as_json)


@app.command()
def drop(letter: Letter, service: Service, data_folder: DataFolder = DEFAULT_DATA_FOLDER, as_json: AsJson = False) -> None:
    """Gives a dead letter up; it stays on record (`list --dropped`), and `retry` takes it back."""
    _act(data_folder, service, letter, "drop", as_json)


def _act(data_folder: DataFolder, service: str, letter: UUID, action: str, as_json: bool) -> None:
    answer = with_remote(data_folder, lambda remote: remote.json("POST", service, f"/v1/dead-letters/{letter}/{action}"))
    if as_json:
        print_json(answer)
    else:
        people.print(f"{action} of {letter}: {answer}", markup=False)
