"""`rcm codes drg` and `rcm codes hcc`: what diagnoses come to, without a running system."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from rcm.codesets.groupers.drg import Group, Grouper, NotGroupable, Secondary, Stay
from rcm.codesets.groupers.hcc import DEFAULT_MODEL, UnknownModel, categories_of
from rcm_deploy.cli.output import AsJson, people, print_json, refuse

Codes = Annotated[
    list[str], typer.Argument(help="Diagnoses, the principal one first; with :Y, :N, :U or :W present on admission.")
]
Age = Annotated[int, typer.Option("--age", min=0, max=124, help="Years.")]


class PatientSex(StrEnum):
    """As a claim has it."""

    WOMAN = "F"
    MAN = "M"
    UNKNOWN = "U"


Sex = Annotated[PatientSex, typer.Option("--sex", case_sensitive=False, help="U is unknown.")]
Day = Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day of discharge, or of service.")]


def register(app: typer.Typer) -> None:
    """Puts the commands into `rcm codes`."""
    app.command("drg")(drg)
    app.command("hcc")(hcc)


def drg(
    codes: Codes,
    date: Day,
    age: Age,
    sex: Sex = PatientSex.UNKNOWN,
    procedure: Annotated[list[str] | None, typer.Option("--procedure", help="ICD-10-PCS; again for each.")] = None,
    discharge_status: Annotated[int, typer.Option("--discharge-status", min=1, max=99, help="UB-04; 1 is home.")] = 1,
    as_json: AsJson = False,
) -> None:
    """The MS-DRG of a stay by its day of discharge, with the complications that drive it. Exit 1 where none covers it."""
    (first, admission), *others = (_split(code) for code in codes)
    stay = Stay(
        date.date(),
        first,
        [Secondary(*other) for other in others],
        procedure or (),
        age,
        sex.value,
        discharge_status,
        admission,
    )
    try:
        with Grouper() as grouper:
            found = grouper.group(stay)
    except NotGroupable as error:
        refuse(str(error))
    if as_json:
        print_json(asdict(found))
    else:
        _show(found)


def _split(code: str) -> tuple[str, str]:
    plain, _, admission = code.partition(":")
    return plain, admission.upper()


def _show(found: Group) -> None:
    if found.reason != "grouped":
        people.print(f"MS-DRG {found.version}: none; {found.reason}", markup=False)
    else:
        people.print(f"MS-DRG {found.version} {found.drg:03d} {found.description} (MDC {found.mdc:02d})", markup=False)
    table = Table("Code", "Counts as", "Drives the group")
    for each in found.complications:
        table.add_row(each.code, each.severity, "yes" if each.drives else "no")
    if table.row_count:
        people.print(table)
    if found.invalid:
        people.print(f"not valid on that day: {', '.join(found.invalid)}", markup=False)


def hcc(
    codes: Annotated[list[str], typer.Argument(help="Diagnoses.")],
    date: Day,
    age: Age,
    sex: Sex = PatientSex.WOMAN,
    model: Annotated[str, typer.Option("--model", help="The model of condition categories.")] = DEFAULT_MODEL,
    as_json: AsJson = False,
) -> None:
    """CMS's condition categories of a patient's diagnoses, with the codes behind each. Exit 1 for an unknown model."""
    try:
        found = categories_of(codes, on=date.date(), age=age, sex=sex.value, model=model)
    except UnknownModel as error:
        refuse(str(error))
    if as_json:
        print_json(asdict(found))
        return
    table = Table("HCC", "Category", "Codes", title=f"{found.model}, payment year {found.payment_year}")
    for each in found.categories:
        table.add_row(each.hcc, escape(each.label), escape(", ".join(each.codes)))
    people.print(table)
    if found.without:
        people.print(f"without a category of their own: {', '.join(found.without)}", markup=False)
