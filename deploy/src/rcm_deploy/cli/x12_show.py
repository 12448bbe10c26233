"""`rcm x12 show` and `rcm x12 split`: a file for people to read, and a file cut into smaller ones."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rcm.x12.show import as_html, as_text
from rcm.x12.split import split
from rcm_deploy.cli.output import AsJson, people, print_json
from rcm_deploy.cli.x12_files import File, opened, put


class By(StrEnum):
    """What a file is split by."""

    CLAIM = "claim"
    PAYER = "payer"


def show(file: File, html: Annotated[bool, typer.Option("--html", help="A page that stands alone.")] = False) -> None:
    """Shows every segment in our words, loops indented, as text or as one HTML page, on standard output."""
    with opened(file, streams=True) as source:
        pieces = as_html(source, "X12" if str(file) == "-" else file.name) if html else as_text(source)
        put(piece.encode("utf-8", "replace") for piece in pieces)


def split_file(
    file: File,
    by: Annotated[By, typer.Option("--by", help="One file for each claim, or for each payer.")],
    into: Annotated[
        Path | None, typer.Option("--into", help="The folder; by default one beside the file, with -split behind its name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Cuts 837 and 835 files into smaller ones, each a whole interchange with its own counts, and names them."""
    folder = into or (Path("x12-split") if str(file) == "-" else file.with_name(f"{file.stem}-split"))
    parts = []
    with opened(file) as source:
        for part in split(source, folder, by.value):
            parts.append({"file": str(folder / part.name), "claims": part.claims, "segments": part.segments})
            if not as_json:
                people.print(f"{folder / part.name}: {part.claims:,} claims, {part.segments:,} segments", markup=False)
    if as_json:
        print_json({"files": parts})
