"""Lists with a row of headings: CPT and CDT (licensed), taxonomy, reasons and remarks, coverage policies, lists of codes."""

import json
from collections.abc import Mapping, Sequence

from rcm.codesets.loading.rows import Rows
from rcm.codesets.loading.source import Source
from rcm.codesets.systems import System
from rcm.codesets.validity import ALWAYS

_PROCEDURE = (System.CPT, System.HCPCS, System.CDT)
_CODES: Mapping[str, Sequence[str]] = {
    "code": ("code", "cpt code", "cpt", "cdt code", "hcpcs", "carc", "rarc"),
    "short": ("short", "short description", "short descriptor", "shortdesc"),
    "medium": ("medium", "medium description", "medium descriptor"),
    "long": ("long", "long description", "long descriptor", "description", "full"),
    "effective": ("effective", "effective date", "start", "start date", "add date"),
    "termination": ("termination", "termination date", "stop", "stop date", "end date", "deactivation", "deactivation date"),
}


def load_codes(rows: Rows, source: Source, system: System) -> None:
    """A list of codes with words and dates; which column is which may be said (`columns`). The last day is inclusive."""
    for number, row in source.table(_CODES, ("code",)):
        code = source.code(number, row["code"].upper(), system)
        first = source.day(number, row.get("effective", ""), 0)
        last = source.day(number, row.get("termination", ""), ALWAYS)
        if last < first:
            source.bad(number, f"{row['code'][:10]} ends before it begins")
        if code is None:
            continue
        medium = row.get("medium", "")
        long = row.get("long", "") or medium or row.get("short", "")
        rows.add("validity", number, system, code, first, last, "")
        rows.add("title", number, system, code, 1, row.get("short", ""), long, json.dumps({"medium": medium} if medium else {}))
    rows.cover(system)


def load_taxonomy(rows: Rows, source: Source) -> None:
    """NUCC's CSV: Code, Grouping, Classification, Specialization, Definition, Notes, Display Name, Section."""
    wanted = {name: (name,) for name in ("code", "grouping", "classification", "specialization", "display name", "section")}
    for number, row in source.table(wanted, ("code", "classification")):
        code = source.code(number, row["code"].upper(), System.TAXONOMY)
        if not row["classification"]:
            source.bad(number, "there is no classification")
        if code:
            words = row.get("display name") or " ".join(filter(None, (row["classification"], row.get("specialization"))))
            facts = {name: value for name, value in row.items() if name not in {"code", "display name"} and value}
            rows.add("validity", number, System.TAXONOMY, code, source.first, source.last, "")
            rows.add("title", number, System.TAXONOMY, code, 1, words, words, json.dumps(facts))
    rows.cover(System.TAXONOMY)


def load_coverage(rows: Rows, source: Source) -> None:
    """Our own simple table of coverage policies: policy, procedure, diagnosis, effective, termination (inclusive).

    A diagnosis stands for itself alone, as CMS's coverage database lists them.
    """
    wanted = {
        "policy": ("policy", "lcd", "lcd_id", "article", "article_id"),
        "procedure": ("procedure", "hcpcs", "cpt", "procedure_code", "hcpc_code"),
        "diagnosis": ("diagnosis", "icd10", "icd10_code", "diagnosis_code"),
        "effective": ("effective", "effective date", "start"),
        "termination": ("termination", "termination date", "end"),
    }
    for number, row in source.table(wanted, ("procedure", "diagnosis")):
        procedure = source.code(number, row["procedure"].upper(), *_PROCEDURE)
        diagnosis = source.code(number, row["diagnosis"].upper(), System.ICD_10_CM)
        first = source.day(number, row.get("effective", ""), 0)
        last = source.day(number, row.get("termination", ""), ALWAYS)
        if last < first:
            source.bad(number, "the policy ends before it begins")
        if procedure and diagnosis:
            rows.add("covered", number, procedure, diagnosis, row.get("policy", ""), first, last)


def load_members(rows: Rows, source: Source, name: str) -> None:
    """Diagnoses (present on admission exempt, a list of the Medicare Code Editor): a column `code`, or one code a line."""
    wanted = {
        "code": ("code", "icd-10-cm code", "icd10 code", "diagnosis", "dx code", "diagnosis code"),
        "effective": ("effective", "effective date"),
        "termination": ("termination", "termination date"),
    }
    headed = any("code" in cell.lower() or "diagnosis" in cell.lower() for _, cells in _head(source) for cell in cells)
    if not headed:
        for number, cells in source.cells():
            if code := source.code(number, cells[0].upper(), System.ICD_10_CM):
                rows.add("member", number, name, code, source.first, source.last)
        return
    for number, row in source.table(wanted, ("code",)):
        code = source.code(number, row["code"].upper(), System.ICD_10_CM)
        first = source.day(number, row.get("effective", ""), source.first)
        last = source.day(number, row.get("termination", ""), source.last)
        if code:
            rows.add("member", number, name, code, first, last)


def _head(source: Source) -> list[tuple[int, list[str]]]:
    """The first rows, where headings would stand."""
    found = []
    for row in source.cells():
        found.append(row)
        if len(found) == 5:
            break
    return found
