"""`rcm x12 write`: claims as JSON into an 837."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from rcm.x12.documents import KINDS, schema, write_document
from rcm.x12.problems import CannotWrite
from rcm_deploy.cli.output import complaints, refuse
from rcm_deploy.cli.x12_files import opened, put

Kind = Enum("Kind", {name: name for name in KINDS}, type=str)  # type: ignore[misc] # the table of documents names them


def write(
    kind: Annotated[Kind, typer.Argument(help="Which guide.")],
    claims: Annotated[
        Path | None, typer.Argument(help="JSON: header, submitter, receiver, claims; - reads standard input.", allow_dash=True)
    ] = None,
    show_schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of what is taken, and end.")] = False,
) -> None:
    """Writes claims as an 837 on standard output. Exit 1, with the path of what is wrong, where they can't be written."""
    if show_schema:
        put([schema(kind.value), b"\n"])
        return
    if claims is None:
        raise typer.BadParameter("name a file of claims, or ask for --schema")
    with opened(claims) as source:
        content = source.read()
    try:
        put([write_document(kind.value, content)])
    except CannotWrite as error:
        complaints.print(f"{claims}: nothing was written", markup=False)
        refuse(error.detail)
