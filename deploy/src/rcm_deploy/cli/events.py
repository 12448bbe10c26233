"""`rcm events`: the public event streams of the services."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import typer

from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, people, print_json, with_remote
from rcm_deploy.remote import SERVICES, Remote

app = typer.Typer(help="The public event streams.", no_args_is_help=True)

TAIL_SECONDS = 0.5


@app.command()
def tail(
    service: Annotated[list[str] | None, typer.Option(help="Only these services; all by default.")] = None,
    follow: Annotated[bool, typer.Option(help="Wait for more at the end.")] = True,
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Prints every event, from the beginning of each log, and then what comes."""

    async def read(remote: Remote) -> None:
        cursors: dict[str, str | None] = dict.fromkeys(service or SERVICES)
        while True:
            moved = False
            for name, after in cursors.items():
                page = await remote.json(
                    "GET", name, "/v1/events", params={"limit": 200, **({"after": after} if after else {})}
                )
                for event in page["items"]:
                    _show(event, as_json)
                cursors[name] = page["next"] or after
                moved = moved or bool(page["items"])
            if not moved and not follow:
                return
            if not moved:
                await asyncio.sleep(TAIL_SECONDS)

    try:
        with_remote(data_folder, read)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _show(event: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(event)
    else:
        people.print(f"{event['time']}  {event['type']}  {event['subject']}", markup=False)


@app.command()
def replay(
    service: Annotated[str, typer.Option(help=f"One of {', '.join(SERVICES)}.")],
    since: Annotated[datetime, typer.Option(help="Publish again what was said from this instant (UTC) on.")],
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Publishes a service's log again from a point in time; every consumer passes over what it has."""
    body = {"since": since.isoformat() + "Z"}
    answer = with_remote(data_folder, lambda remote: remote.json("POST", service, "/v1/admin/replay", json=body))
    if as_json:
        print_json(answer)
    else:
        people.print(f"replaying {service} since {since}: {answer}", markup=False)
