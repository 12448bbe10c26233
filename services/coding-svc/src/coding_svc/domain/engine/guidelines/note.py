"""What the guidelines know of the note and the visit, and which findings still stand."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.meanings import CodeMeanings


class Note(NamedTuple):
    """A note on its day."""

    text: str
    on: date
    setting: str
    """"outpatient" or "inpatient"."""
    codes: CodeMeanings


def kept(findings: Sequence[Finding]) -> list[Finding]:
    """Those that are still to be coded."""
    return [finding for finding in findings if not finding.dropped]
