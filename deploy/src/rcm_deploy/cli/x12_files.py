"""What all `rcm x12` commands share: the file they read, with a bar where it is long, and refusals without a traceback."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TimeRemainingColumn

from rcm.x12.problems import CannotWrite, NotX12, WrongTransaction
from rcm_deploy.cli.output import complaints, refuse

BAR_FROM_BYTES = 5 * 1024 * 1024
File = Annotated[Path, typer.Argument(help="An X12 file; - reads standard input.", allow_dash=True)]


class _Watched(io.RawIOBase):
    """A file that tells a progress bar how far it is read."""

    def __init__(self, file: BinaryIO, bar: Progress, task: TaskID) -> None:
        self._file, self._bar, self._task = file, bar, task

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._bar.advance(self._task, len(piece))
        return piece


@contextmanager
def opened(path: Path, *, streams: bool = False) -> Iterator[BinaryIO]:
    """The file as a stream, with a bar on stderr where it is long. Ends the command with 1 where it can't be read.

    A command that `streams` to standard output while it reads shows no bar if that is the terminal: they would mix.
    """
    try:
        with _stream(path, bar=not (streams and sys.stdout.isatty())) as source:
            yield source
    except (NotX12, WrongTransaction, CannotWrite) as error:
        refuse(f"{path}: {error.detail}")
    except BrokenPipeError:
        raise
    except OSError as error:
        refuse(f"{error.filename or path}: {error.strerror}")


@contextmanager
def _stream(path: Path, *, bar: bool) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        size = path.stat().st_size
        if size < BAR_FROM_BYTES or not bar:
            yield file
            return
        columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=complaints, transient=True) as shown:
            yield _Watched(file, shown, shown.add_task("reading", total=size))  # type: ignore[misc] # a raw stream is enough


def put(pieces: Iterable[bytes]) -> None:
    """Writes to standard output as the pieces come."""
    out = sys.stdout.buffer
    for piece in pieces:
        out.write(piece)
    out.flush()
