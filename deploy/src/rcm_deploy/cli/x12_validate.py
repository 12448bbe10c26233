"""`rcm x12 validate`: checks a file of anybody's, without a running system."""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from rcm.x12.validation import Finding, validate
from rcm_deploy.cli.output import AsJson, people, print_json
from rcm_deploy.cli.x12_files import File, opened


def validate_file(file: File, as_json: AsJson = False) -> None:
    """Checks a file: envelopes, hierarchy, sums, balances, code forms. Exit 1 on errors; warnings pass."""
    with opened(file) as source:
        findings = validate(source)
    ok = not any(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"ok": ok, "findings": [_finding(finding) for finding in findings]})
    else:
        _show_findings(findings, ok=ok)
    if not ok:
        raise typer.Exit(1)


def _finding(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in finding.__struct_fields__}


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
