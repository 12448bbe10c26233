"""`rcm x12 validate` and `rcm x12 ack`: check a file of anybody's and answer it, without a running system."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm.x12.acknowledgement.answer import answer, header_back
from rcm.x12.validation import Finding, check, validate
from rcm_deploy.cli.output import AsJson, people, print_json
from rcm_deploy.cli.x12_files import File, opened, put

_TOLD = ("snip", "rule", "segment_number", "segment", "element", "message", "severity", "loop", "component")
"""Of a finding; what stands in the file is not."""


def validate_file(file: File, as_json: AsJson = False) -> None:
    """Checks a file: syntax, structure, balances, situations, forms of codes (SNIP 1 to 5). Exit 1 on errors; warnings pass."""
    with opened(file) as source:
        findings = validate(source)
    ok = not any(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"ok": ok, "findings": [_finding(finding) for finding in findings]})
    else:
        _show_findings(findings, ok=ok)
    if not ok:
        raise typer.Exit(1)


def acknowledge(
    file: File,
    number: Annotated[int, typer.Option("--number", help="ISA13 of the answer.", min=1, max=999_999_999)] = 1,
) -> None:
    """Writes what a payer answers: the TA1 and a 999 for each group, with every error's place."""
    with opened(file) as source:
        created = datetime.now(UTC)
        put(answer(one, header_back(one, number, created)) for one in check(source))


def _finding(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in _TOLD}


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
    people.print("valid" if ok else f"{count:,} error{'s' if count != 1 else ''}")
