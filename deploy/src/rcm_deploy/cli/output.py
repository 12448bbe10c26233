"""How commands speak: rich tables to people, one line of JSON to programs, faults to stderr with an exit code."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import httpx
import orjson
import typer
from rich.console import Console

from rcm_deploy.remote import SERVICES, NotRunningError, Remote, remote

T = TypeVar("T")

DataFolder = Annotated[
    Path, typer.Option("--data-folder", envvar="RCM_DATA_FOLDER", help="The running system's data folder.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DEFAULT_DATA_FOLDER = Path(".rcm")
PATIENCE_SECONDS = 5.0
SERVICE_HELP = f"One of {', '.join(SERVICES)}."

people = Console()
complaints = Console(stderr=True)


def print_json(value: Any) -> None:
    """One value on one line of stdout."""
    typer.echo(orjson.dumps(value).decode())


def refuse(message: str, code: int = 1) -> NoReturn:
    """Says why on stderr and ends."""
    complaints.print(message, style="red", markup=False)
    raise typer.Exit(code)


def known_service(name: str) -> str:
    """The name of a service as it was typed. Raises typer.BadParameter for any other."""
    if name not in SERVICES:
        raise typer.BadParameter(f"not a service: {name}. {SERVICE_HELP}")
    return name


def with_remote(data_folder: Path, work: Callable[[Remote], Awaitable[T]]) -> T:
    """Runs `work` against the running system of a data folder; a system that does not run is said plainly."""

    async def run() -> T:
        async with remote(data_folder, patience_seconds=PATIENCE_SECONDS) as connected:
            return await work(connected)

    try:
        return asyncio.run(run())
    except (NotRunningError, httpx.HTTPStatusError) as error:
        refuse(str(error))
