"""`rcm codes edit`: the edits alone, over encounters in a file."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from coding_svc.domain.edits.catalogue import BY_ID, assess, holds
from coding_svc.domain.edits.form import Finding
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.service_keys import service_keys
from coding_svc.edi.json_bodies import read_many
from coding_svc.edi.parcel import Refused
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.twins import Billed


def edit(book: CodeBook, body: bytes, today: date) -> Iterator[dict[str, Any]]:
    """What the edits find in each encounter of a JSON array, of one object or of NDJSON, in order.

    Each answer has the encounter's place in the file (from 1), its external id, its state (coded or held), and its findings;
    one that can't be read has the state refused, with its faults. A service that stands twice in the file is found, as it is
    where encounters are posted. Raises InvalidBody where the file is no JSON at all.
    """
    billed = Billed()
    for number, item in enumerate(read_many(body), 1):
        yield {"encounter": number, **(_refusal(item) if isinstance(item, Refused) else _judged(book, item, billed, today))}


def _judged(book: CodeBook, encounter: Encounter, billed: Billed, today: date) -> dict[str, Any]:
    patient = encounter.patient.external_id
    findings = assess(encounter, book.facts(today, billed.of(patient)))
    billed.add(patient, encounter.external_id, service_keys(encounter))
    return {
        "external_id": encounter.external_id,
        "state": "held" if holds(findings) else "coded",
        "findings": [_finding(found) for found in findings],
    }


def _finding(found: Finding) -> dict[str, Any]:
    edit = BY_ID[found.edit_id]
    return {
        "id": found.edit_id,
        "version": edit.version,
        "effective_from": None if edit.effective_from == date.min else edit.effective_from,
        "effective_to": None if edit.effective_to == date.max else edit.effective_to,
        "severity": found.severity.value,
        "path": found.path,
        "message": found.message,
        "fix": found.fix,
        "source": edit.source,
        "overridable": edit.overridable,
    }


def _refusal(item: Refused) -> dict[str, Any]:
    faults = [
        {"path": fault.pointer, "code": fault.code, "message": fault.message, "fix": fault.fix} for fault in item.error.faults
    ]
    named = item.external_id or None
    return {"external_id": named, "state": "refused", "findings": [], "problem": item.error.code, "errors": faults}
