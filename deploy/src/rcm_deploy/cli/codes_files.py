"""What the commands of `rcm codes` share: the file of loaded lists, and coding-svc's main, asked by name for a file's bytes."""

import gc
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from rcm.codesets.compiled import LOADED_VARIABLE, CodesUnreadable
from rcm.errors import RcmError
from rcm_deploy.cli.output import refuse
from rcm_deploy.programs import SERVICES

Lists = Annotated[
    Path | None,
    typer.Option(
        "--lists", envvar=LOADED_VARIABLE, help="The file of loaded lists [default: codesets.sqlite in the data folder]."
    ),
]
PRINTED_AT_ONCE = 200
CODING = next(part for part in SERVICES if part.place == "coding")


def lists_at(lists: Path | None, data_folder: Path) -> Path:
    """Where the loaded lists are."""
    return lists or data_folder / "codesets.sqlite"


def day_of(text: str) -> date:
    """A day as a person types it; none is today. Ends the command where it is no day."""
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{text[:20]!r} is no day; write 2026-03-02") from None


def bytes_of(path: Path, most: int | None = None) -> bytes:
    """The file's bytes, or standard input's. Ends the command where it can't be read, or has more than `most` bytes."""
    try:
        if str(path) == "-":
            body = sys.stdin.buffer.read() if most is None else sys.stdin.buffer.read(most + 1)
        else:
            body = path.read_bytes()
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    if most is not None and len(body) > most:
        refuse(f"{path}: more than {most // 1_000_000} MB")
    return body


def print_lines(results: Iterable[dict[str, Any]]) -> None:
    """Each on a line of its own; many are written at once."""
    for some in batched(results, PRINTED_AT_ONCE):
        typer.echo(b"\n".join(orjson.dumps(each) for each in some))


def batched(results: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Lists of up to `size`."""
    left = iter(results)
    while some := list(islice(left, size)):
        yield some


def told(path: Path, name: str, *arguments: object) -> Iterable[dict[str, Any]]:
    """What a command of coding-svc yields for a file. Ends the command where the file is none of the kind."""
    body = bytes_of(path)
    gc.freeze()  # what was imported is no garbage; looking through it took a fifth of the time
    try:
        yield from CODING.main.COMMANDS[name](body, *arguments)
    except CodesUnreadable as error:
        refuse(str(error))
    except RcmError as error:
        refuse(f"{path}: {'; '.join(fault.message for fault in error.faults) or error.detail}")
