"""`rcm events`: the public event streams of the services."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import typer

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

app = typer.Typer(help="The public event streams.", no_args_is_help=True)

TAIL_SECONDS = 0.5
PAGE_EVENTS = 200


def _known(names: list[str] | None) -> list[str] | None:
    return [known_service(name) for name in names] if names else None


@app.command()
def tail(
    service: Annotated[
        list[str] | None, typer.Option(help=f"Only this service, as often as wanted. {SERVICE_HELP}", callback=_known)
    ] = None,
    follow: Annotated[bool, typer.Option(help="Wait for more at the end.")] = True,
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Prints every event, from the beginning of each log, and then what comes."""

    async def read(remote: Remote) -> None:
        cursors: dict[str, str | None] = dict.fromkeys(service or SERVICES)
        while True:
            more = False
            for name, after in cursors.items():
                cursors[name], unread = await _read_page(remote, name, after, as_json)
                more = more or unread
            if not more and not follow:
                return
            if not more:
                await asyncio.sleep(TAIL_SECONDS)

    with suppress(KeyboardInterrupt):
        with_remote(data_folder, read)


async def _read_page(remote: Remote, service: str, after: str | None, as_json: bool) -> tuple[str, bool]:
    """Shows one page of a service's log; answers where it ends and whether there is more to read at once."""
    page = await remote.json("GET", service, "/v1/events", params={"limit": PAGE_EVENTS, **({"after": after} if after else {})})
    for event in page["events"]:
        _show(event, as_json)
    return page["cursor"], page["more"]


def _show(event: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(event)
    else:
        people.print(f"{event['time']}  {event['type']}  {event['subject']}", markup=False)


@app.command()
def replay(
    service: Annotated[str, typer.Option(help=SERVICE_HELP, callback=known_service)],
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
