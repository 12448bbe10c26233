"""What happened to an encounter -> the contract's event."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from coding_svc.domain.edits.form import Finding, Severity
from coding_svc.domain.encounter import Encounter
from rcm.contracts.encounters import EncounterCancelled, EncounterCoded, EncounterHeld, EncounterRecoded
from rcm.contracts.values import EditFinding

SILENT = ("/record", "/notes", "/documents", "/tags", "/overrides")
"""Parts of an encounter that no event carries: a change there says nothing to anybody."""


def _data(encounter: Encounter, document: bytes, encounter_id: UUID, release: str, extra: dict[str, object]) -> bytes:
    """The event's JSON from the encounter's own: what the contract wants besides stands behind it and wins."""
    more: dict[str, object] = {
        "encounter_id": str(encounter_id),
        "charge_cents": encounter.charge_cents,
        "code_set_release": release,
        "date_of_service_to": encounter.last_day,
        **extra,
    }
    if encounter.guarantor is None:
        more["guarantor"] = orjson.Fragment(encounter.patient.model_dump_json(exclude_none=True))
    if encounter.rendering_provider is None and encounter.billing_provider is not None:
        more["rendering_provider"] = orjson.Fragment(encounter.billing_provider.model_dump_json(exclude_none=True))
    if any(line.date_of_service is None for line in encounter.lines):
        more["lines"] = [
            orjson.Fragment(
                line.model_copy(update={"date_of_service": encounter.day_of(line)}).model_dump_json(exclude_none=True)
            )
            for line in encounter.lines
        ]
    return document[:-1] + b"," + orjson.dumps(more)[1:]


def coded(encounter: Encounter, document: bytes, encounter_id: UUID, release: str) -> EncounterCoded:
    """`document` is the encounter's JSON, as it is stored."""
    return EncounterCoded.model_validate_json(_data(encounter, document, encounter_id, release, {}))


def recoded(
    encounter: Encounter,
    document: bytes,
    encounter_id: UUID,
    release: str,
    *,
    changed: Sequence[str],
    previous_charge_cents: int,
) -> EncounterRecoded:
    """A coded encounter that was changed: what is different now, and what was charged before."""
    extra: dict[str, object] = {"changed": list(changed), "previous_charge_cents": previous_charge_cents}
    return EncounterRecoded.model_validate_json(_data(encounter, document, encounter_id, release, extra))


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
    return any(not pointer.startswith(SILENT) for pointer in changed)
