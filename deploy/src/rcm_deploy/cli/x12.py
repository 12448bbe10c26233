"""`rcm x12`: reads and validates X12 files of anybody's, without a running system."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TimeRemainingColumn
from rich.table import Table

from rcm.money import dollars
from rcm.x12.problems import NotX12
from rcm.x12.report import read_report
from rcm.x12.validation import Finding, validate
from rcm_deploy.cli.output import AsJson, complaints, people, print_json, refuse

app = typer.Typer(help="Read and validate X12 files.", no_args_is_help=True)
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
def _opened(path: Path) -> Iterator[Any]:
    """The file as a stream, with a bar on stderr where it is long. Ends the command where it can't be read."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    with file:
        if size < BAR_FROM_BYTES:
            yield file
            return
        columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=complaints, transient=True) as bar:
            yield _Watched(file, bar, bar.add_task("reading", total=size))


@app.command()
def read(
    file: File,
    as_json: AsJson = False,
    summary: Annotated[bool, typer.Option("--summary", help="Counts and sums alone.")] = False,
) -> None:
    """Shows what a file holds. Exit 1 where it is no X12 at all."""
    with _opened(file) as source:
        try:
            report = read_report(source)
        except NotX12 as error:
            refuse(f"{file}: {error.detail}")
    if as_json:
        print_json(report)
        return
    _show_transactions(report)
    if not summary:
        _show_problems(report)


@app.command("validate")
def validate_file(file: File, as_json: AsJson = False) -> None:
    """Checks a file: envelopes, hierarchy, sums, balances, code forms. Exit 1 on errors; warnings pass."""
    with _opened(file) as source:
        try:
            findings = validate(source)
        except NotX12 as error:
            refuse(f"{file}: {error.detail}")
    ok = not any(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"ok": ok, "findings": [_finding(finding) for finding in findings]})
    else:
        _show_findings(findings, ok=ok)
    if not ok:
        raise typer.Exit(1)


def _finding(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in finding.__struct_fields__}


def _show_transactions(report: dict[str, Any]) -> None:
    """A line for each transaction set, with what it sums to."""
    table = Table("Interchange", "From, to", "Set", "Version", "Segments", "Claims", "Charged", "Paid", "Balances")
    for column in table.columns:
        column.overflow = "fold"
    for interchange in report["interchanges"]:
        for group in interchange["groups"]:
            for transaction in group["transactions"]:
                table.add_row(
                    interchange["control_number"],
                    escape(f"{interchange['sender']}, {interchange['receiver']}"),
                    f"{transaction['type']} {transaction['control_number']}",
                    escape(transaction["version"]),
                    str(transaction["segments"]),
                    *_sums(transaction),
                )
    people.print(table)
    people.print(f"{_counted(report['segments'], 'segment')}, {_counted(len(report['problems']), 'problem')}")


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _sums(transaction: dict[str, Any]) -> tuple[str, str, str, str]:
    """Claims, charges, payment, balances, as far as the set has them."""
    claims = transaction.get("claims")
    if claims is None:
        return "", "", "", ""
    charged = dollars(sum(claim["charge_cents"] for claim in claims))
    balances = transaction.get("balances")
    if balances is None:
        return str(len(claims)), charged, "", ""
    told = "yes" if not balances["differences"] else f"{len(balances['differences'])} fail"
    return str(len(claims)), charged, dollars(transaction["payment_cents"]), told


def _show_problems(report: dict[str, Any]) -> None:
    for problem in report["problems"]:
        place = f"segment {problem['segment_number']} {problem['segment']}"
        element = f", element {problem['element']}" if problem["element"] else ""
        people.print(f"{place}{element}: {problem['message']} ({problem['code']})", markup=False)


def _show_findings(findings: list[Finding], *, ok: bool) -> None:
    if findings:
        table = Table("Segment", "Element", "SNIP", "Rule", "What is wrong")
        for finding in findings:
            place = f"{finding.segment_number} {finding.segment}"
            style = "red" if finding.severity == "error" else "yellow"
            element = str(finding.element or "")
            table.add_row(place, element, str(finding.snip), finding.rule, escape(finding.message), style=style)
        people.print(table)
    count = sum(finding.severity == "error" for finding in findings)
    people.print("valid" if ok else _counted(count, "error"))
