"""`rcm codes em`: the level of an evaluation and management visit from a note, without a running system."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm_deploy.cli.codes_files import told
from rcm_deploy.cli.output import AsJson, people, print_json


class VisitService(StrEnum):
    """Which table of levels counts."""

    OFFICE = "office"
    HOSPITAL = "hospital"
    EMERGENCY = "emergency"


class VisitPatient(StrEnum):
    """In an office new or established (seen within three years), in a hospital initial or subsequent."""

    NEW = "new"
    ESTABLISHED = "established"
    INITIAL = "initial"
    SUBSEQUENT = "subsequent"


def register(app: typer.Typer) -> None:
    """Puts the command into `rcm codes`."""
    app.command("em")(em)


def em(
    note: Annotated[Path, typer.Argument(help="A note, UTF-8; - reads standard input.")],
    date: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day of the visit.")],
    service: Annotated[VisitService, typer.Option("--service", help="Where it was.")] = VisitService.OFFICE,
    patient: Annotated[VisitPatient | None, typer.Option("--patient", help="Of whom; without it as the note says.")] = None,
    as_json: AsJson = False,
) -> None:
    """The level of a visit by medical decision making and by time, each element with its evidence; the higher is proposed."""
    for found in told(note, "visit", date.date(), service.value, patient.value if patient else ""):
        if as_json:
            print_json(found)
        else:
            _show(found)


def _show(found: dict[str, Any]) -> None:
    table = Table("Element", "Grade", "Why", "Evidence")
    for name in ("problems", "data", "risk"):
        element = found[name]
        words = "; ".join(each["text"] for each in element["evidence"])
        table.add_row(name, element["grade"], escape(element["why"]), escape(words))
    people.print(table)
    for name, way in (("by decision making", found["by_mdm"]), ("by time", found["by_time"])):
        people.print(f"{name}: {way['code'] or 'none'} ({way['why']})", markup=False)
    proposed = found["proposed"]
    people.print(f"proposed: {proposed['code'] or 'none'}, {found['service']} visit, {found['patient']}", markup=False)
