"""Encounters are completed, corrected or cancelled after they came."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from coding_svc import events
from coding_svc.domain.edits.catalogue import assess, holds
from coding_svc.domain.edits.form import Finding, Severity
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.merge_patch import changed_pointers, merged
from coding_svc.domain.repairs import Repair, repaired
from coding_svc.domain.service_keys import service_keys
from coding_svc.domain.states import State, move
from coding_svc.domain.suggestions import wants_suggestions
from coding_svc.handlers import twins
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.reads import view_of
from coding_svc.store import encounters, readings
from coding_svc.store.encounters import Change, Stored
from rcm.contracts.envelope import Event, WrittenEvent
from rcm.errors import Fault, InvalidBody, NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer
from rcm.web.faults import faults_of_model
from rcm.web.versions import check_version, etag

READ_PARTS = ("/notes", "/documents", "/date_of_service", "/discharged_on")
"""What the engine's answer depends on: a change there has the notes read again."""


class EditsFailed(InvalidBody):
    """A change of a coded encounter that its edits would hold."""

    code = "edits-failed"
    title = "The changed encounter fails edits, and a coded one can't be held again"


class IdentityFixed(InvalidBody):
    """A change of what an encounter is known by."""

    code = "identity-fixed"
    title = "What an encounter is known by can't be changed"


def members(patch: object) -> Mapping[str, Any]:
    """A merge patch's members. Raises InvalidBody where it is no object: that would replace the whole encounter."""
    if not isinstance(patch, dict):
        fault = Fault("", "object", "A merge patch of an encounter is an object", "Send the members that change.")
        raise InvalidBody("The merge patch is no object", faults=[fault])
    return patch


async def change(unit: UnitOfWork, book: CodeBook, encounter_id: UUID, version: int, patch: Mapping[str, Any]) -> Answer:
    """A JSON merge patch: a held encounter is coded when nothing holds it any more, a coded one is said anew."""
    stored = await load(unit, encounter_id, version)
    encounter, repairs = _patched(stored, patch)
    if not await put(unit, book, stored, encounter, repairs):
        move(stored.state, stored.state)
        return _answer(stored)
    return _answer(await again(unit, encounter_id))


async def put(
    unit: UnitOfWork,
    book: CodeBook,
    stored: Stored,
    encounter: Encounter,
    repairs: tuple[Repair, ...] = (),
    *,
    reason: str = "",
) -> bool:
    """The encounter with other content: judged, kept with what stood there before, and said. False where nothing differs."""
    changed = changed_pointers(stored.document, orjson.loads(encounter.document))
    if not changed:
        return False
    billed = await twins.load(unit, [encounter], besides=stored.encounter_id)
    findings = assess(encounter, book.facts(unit.clock.today(), billed.of(encounter.patient.external_id)))
    state = move(stored.state, _next_state(stored, findings))
    said_cents = encounter.charge_cents if state is State.CODED else 0
    await encounters.replace(
        unit,
        stored,
        state=state,
        said_charge_cents=said_cents,
        encounter=encounter,
        keys=service_keys(encounter),
        findings=findings,
        repairs=(*stored.repairs, *repairs),
        change=_step(unit, stored, "changed" if state is stored.state else state.value, reason, changed),
    )
    if state is State.HELD and any(pointer.startswith(READ_PARTS) for pointer in changed) and wants_suggestions(encounter):
        await readings.request(unit, [stored.encounter_id], unit.clock.now())
    event = _said(stored, encounter, book.release, state, findings, changed)
    if event is not None:
        _emit(unit, stored, event)
    return True


async def cancel(unit: UnitOfWork, encounter_id: UUID, version: int, reason: str) -> Answer:
    """The encounter is not to be billed; claims and charges that it made are taken back by their own services."""
    stored = await load(unit, encounter_id, version)
    move(stored.state, State.CANCELLED)
    await encounters.close(unit, _step(unit, stored, State.CANCELLED.value, reason, ["/state"]))
    was_coded = stored.state is State.CODED
    self_pay = bool(stored.document.get("self_pay"))
    _emit(
        unit, stored, events.cancelled(encounter_id, stored.external_id, was_coded=was_coded, self_pay=self_pay, reason=reason)
    )
    return _answer(await again(unit, encounter_id))


async def load(unit: UnitOfWork, encounter_id: UUID, version: int) -> Stored:
    """The encounter, at the version that the caller has read. Raises NotFound, VersionMismatch."""
    stored = await encounters.find(unit, encounter_id)
    if stored is None:
        raise NotFound("There is no such encounter in this organisation")
    check_version(version, stored.version)
    return stored


async def again(unit: UnitOfWork, encounter_id: UUID) -> Stored:
    """What was just written, as it stands."""
    stored = await encounters.find(unit, encounter_id)
    assert stored is not None
    return stored


def _patched(stored: Stored, patch: Mapping[str, Any]) -> tuple[Encounter, tuple[Repair, ...]]:
    """The encounter after the patch. Raises InvalidBody with pointers into the encounter."""
    document = merged(stored.document, patch)
    try:
        encounter = encounter_of(orjson.dumps(document))
    except ValidationError as error:
        raise InvalidBody("The changed encounter does not have the expected form", faults=faults_of_model(error)) from error
    if encounter.external_id != stored.external_id:
        fault = Fault("/external_id", "identity-fixed", "The external id differs", "Cancel this encounter and send another.")
        raise IdentityFixed(faults=[fault])
    return repaired(encounter)


def _next_state(stored: Stored, findings: tuple[Finding, ...]) -> State:
    """Coded where nothing holds it. Raises EditsFailed for a coded encounter that would be held."""
    if not holds(findings):
        return State.CODED
    if stored.state is State.CODED:
        faults = [Fault(f.path, f.edit_id, f.message, f.fix) for f in findings if f.severity is Severity.HOLD]
        raise EditsFailed("The charges are said already: mend the change, or cancel the encounter", faults=faults)
    return State.HELD


def _said(
    stored: Stored,
    encounter: Encounter,
    release: str,
    state: State,
    findings: tuple[Finding, ...],
    changed: list[str],
) -> Event | WrittenEvent | None:
    """What the change says: nothing where no event carries what is different."""
    if state is State.HELD:
        same = [finding for finding in stored.findings if finding.severity is Severity.HOLD] == [
            finding for finding in findings if finding.severity is Severity.HOLD
        ]
        return None if same else events.held(stored.encounter_id, stored.external_id, findings)
    if stored.state is State.HELD:
        return events.coded(encounter, stored.encounter_id, release)
    if not events.says_something(changed):
        return None
    return events.recoded(
        encounter,
        stored.encounter_id,
        release,
        changed=changed,
        previous_charge_cents=stored.said_charge_cents,
    )


def _emit(unit: UnitOfWork, stored: Stored, event: Event | WrittenEvent) -> None:
    unit.emit(event, organisation_id=unit.organisation, sequence=stored.version + 1, correlation_id=stored.encounter_id)


def _step(unit: UnitOfWork, stored: Stored, action: str, reason: str, changed: list[str]) -> Change:
    return Change(
        stored.encounter_id,
        stored.version + 1,
        unit.clock.now(),
        unit.cause.actor,
        action,
        reason,
        changed,
        stored.document,
    )


def _answer(stored: Stored) -> Answer:
    return Answer(view_of(stored), headers=etag(stored.version))
