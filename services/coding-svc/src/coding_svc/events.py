"""What happened to an encounter -> the contract's event.

An encounter's own JSON is written once (its `document`) and serves the row and the event: the contract's names are the model's.
A test holds what is written here to what the contract's models would write.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from uuid import UUID

import msgspec
from msgspec.structs import fields, replace

from coding_svc.domain.edits.form import Finding, Severity
from coding_svc.domain.encounter import RECORD_PARTS, Encounter, ServiceLine
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterHeld, EncounterRecoded
from rcm.contracts.envelope import WrittenEvent
from rcm.contracts.values import EditFinding

_encode = msgspec.json.Encoder().encode
SILENT = frozenset(RECORD_PARTS)
"""Parts of an encounter that no event carries: a change there says nothing to anybody."""
_record_of = attrgetter(*RECORD_PARTS)
_EMPTY = {field.name: field.default for field in fields(Encounter) if field.name in SILENT}


def coded(encounter: Encounter, encounter_id: UUID, release: str) -> WrittenEvent:
    """An encounter whose codes are complete."""
    return WrittenEvent(EncounterCoded, encounter_id, _json(encounter, encounter_id, release, {}))


def recoded(
    encounter: Encounter,
    encounter_id: UUID,
    release: str,
    *,
    changed: Sequence[str],
    previous_charge_cents: int,
) -> WrittenEvent:
    """A coded encounter that was changed: what is different now, and what was charged before."""
    more = {
        "changed": [pointer for pointer in changed if not _is_silent(pointer)],
        "previous_charge_cents": previous_charge_cents,
    }
    return WrittenEvent(EncounterRecoded, encounter_id, _json(encounter, encounter_id, release, more))


def _json(encounter: Encounter, encounter_id: UUID, release: str, more: Mapping[str, object]) -> str:
    """The encounter's JSON without its silent parts, and behind it what the contract wants besides."""
    absent: dict[str, object] = {
        "encounter_id": encounter_id,
        "charge_cents": encounter.charge_cents,
        "code_set_release": release,
        **more,
    }
    changed: dict[str, object] = dict(_EMPTY) if any(_record_of(encounter)) else {}
    if encounter.date_of_service_to is None:
        absent["date_of_service_to"] = encounter.date_of_service
    if encounter.guarantor is None:
        absent["guarantor"] = encounter.patient
    if encounter.rendering_provider is None and encounter.billing_provider is not None:
        absent["rendering_provider"] = encounter.billing_provider
    if None in [line.date_of_service for line in encounter.lines]:
        changed["lines"] = tuple([_dated(line, encounter.date_of_service) for line in encounter.lines])
    said = replace(encounter, **changed) if changed else encounter
    return (said.document[:-1] + b"," + _encode(absent)[1:]).decode()


def _dated(line: ServiceLine, day: date | None) -> ServiceLine:
    """A line without a day has the encounter's first."""
    return line if line.date_of_service else replace(line, date_of_service=day)


def held(encounter_id: UUID, external_id: str, findings: Sequence[Finding]) -> EncounterHeld:
    """Why an encounter waits; warnings are no reason."""
    return EncounterHeld(
        encounter_id=encounter_id,
        external_id=external_id,
        reasons=tuple(
            EditFinding(edit_id=finding.edit_id, path=finding.path, message=finding.message, fix=finding.fix)
            for finding in findings
            if finding.severity is Severity.HOLD
        ),
    )


def cancelled(encounter_id: UUID, external_id: str, *, was_coded: bool, self_pay: bool, reason: str) -> EncounterCancelled:
    """An encounter that is not to be billed."""
    return EncounterCancelled(
        encounter_id=encounter_id, external_id=external_id, was_coded=was_coded, self_pay=self_pay, reason=reason
    )


def says_something(changed: Sequence[str]) -> bool:
    """Whether any of the changed pointers is in a part that events carry."""
    return not all(_is_silent(pointer) for pointer in changed)


def _is_silent(pointer: str) -> bool:
    return pointer.split("/", 2)[1] in SILENT
