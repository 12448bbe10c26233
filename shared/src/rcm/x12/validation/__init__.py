"""Validates files: SNIP types 1 to 4 and the forms of codes (5), by one table for each guide.

from rcm.x12.validation import validate          -> findings in the order of the file
from rcm.x12.validation import check             -> the same by interchange, group and transaction set, for a TA1 and 999

Guides: 835, 837 professional, institutional and dental, 999, TA1, 277CA, 270/271, 276/277. Of others (4010, 278, 275, 820,
834) the envelopes, counts and characters are checked. Memory holds a chunk of the file and at most FINDINGS_MAX findings.
"""

from collections.abc import Iterator

from rcm.x12.grammar import Source, Tokens
from rcm.x12.validation.files import CheckedGroup, CheckedInterchange, CheckedSet, FileWalk
from rcm.x12.validation.findings import RULES, Finding, Rule
from rcm.x12.validation.report import FINDINGS_MAX, Report

__all__ = [
    "FINDINGS_MAX",
    "RULES",
    "CheckedGroup",
    "CheckedInterchange",
    "CheckedSet",
    "Finding",
    "Rule",
    "check",
    "validate",
]


def validate(source: Source, findings_max: int = FINDINGS_MAX) -> list[Finding]:
    """All findings in the order of the file; past `findings_max` a last one tells how many more. Raises NotX12."""
    report = Report(findings_max)
    for _ in FileWalk(source, report, keep=False).interchanges():
        pass
    return report.sorted()


def check(source: Source | Tokens, findings_max: int = FINDINGS_MAX) -> Iterator[CheckedInterchange]:
    """Each interchange as it ends, with its groups, sets and what is wrong with each. Raises NotX12."""
    return FileWalk(source, Report(findings_max)).interchanges()
