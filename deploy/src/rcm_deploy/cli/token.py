"""`rcm token`: a bearer token of the local system."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rcm.identity import Role
from rcm.tokens import issue_token, make_signing_key
from rcm_deploy.cli.output import DEFAULT_DATA_FOLDER, AsJson, DataFolder, print_json, refuse
from rcm_deploy.remote import NotRunningError, Running
from rcm_deploy.samples.practice import ORGANISATION_ID


def token(
    organisation: Annotated[UUID, typer.Option(help="The organisation's id.")] = ORGANISATION_ID,
    role: Annotated[Role, typer.Option(help="What the token may do.")] = Role.EHR,
    hours: Annotated[int, typer.Option(help="How long it is valid.")] = 12,
    data_folder: DataFolder = DEFAULT_DATA_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Prints a token that is signed with the local keys."""
    key = make_signing_key(_keys(data_folder))
    made = issue_token(key, organisation_id=organisation, role=role, subject="rcm token", lifetime=timedelta(hours=hours))
    if as_json:
        print_json({"token": made, "organisation": str(organisation), "role": role, "hours": hours})
    else:
        typer.echo(made)


def _keys(data_folder: Path) -> Path:
    try:
        return Path(Running.read(data_folder).keys)
    except NotRunningError as error:
        refuse(f"{error}; start one with `make run`, or name its folder with --data-folder")
