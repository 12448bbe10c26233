"""Encounters for tests: a clean one, and what is different about it."""

from datetime import date
from typing import Any

import orjson

from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter_json import ENCOUNTER_MODEL, encounter_of
from coding_svc.domain.merge_patch import merged
from coding_svc.main import code_book
from coding_svc.views.encounters import ENCOUNTER

TODAY = date(2026, 3, 10)
FACTS = code_book().facts(TODAY, {})


def document(changes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The example encounter after a merge patch."""
    changed: dict[str, Any] = merged(ENCOUNTER, {**(changes or {}), **more})
    return changed


def line(number: int = 1, **more: Any) -> dict[str, Any]:
    """A service line."""
    told = {"line_number": number, "procedure": "99213", "charge_cents": 13200, "diagnosis_pointers": [1]}
    return {**told, **more}


def encounter(changes: dict[str, Any] | None = None, **more: Any) -> Encounter:
    """The example encounter after a merge patch, as the model."""
    return encounter_of(orjson.dumps(document(changes, **more)))


def stated(encounter: Encounter) -> dict[str, Any]:
    """What an encounter says beyond the defaults."""
    return ENCOUNTER_MODEL.model_validate_json(encounter.document).model_dump(mode="json", exclude_defaults=True)


def another(number: int, **more: Any) -> dict[str, Any]:
    """The example for another patient, with another external id."""
    patient = {**ENCOUNTER["patient"], "external_id": f"P-{number}"}
    return document(external_id=f"V-{number}", patient=patient, **more)
