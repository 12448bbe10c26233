"""The engine reads waiting notes, one encounter in a transaction, beside everything else that the service does."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import orjson
from msgspec import structs

from coding_svc.domain.codes import BILLABLE
from coding_svc.domain.edits.diagnoses import coding_day
from coding_svc.domain.edits.patients import is_inpatient
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.states import State
from coding_svc.domain.suggestions import (
    AcceptanceRule,
    Reader,
    Suggestion,
    illegible,
    read_all,
    texts_of,
    wants_suggestions,
    within_reach,
)
from coding_svc.domain.visits.levels import ESTABLISHED, OFFICE, seen_since
from coding_svc.domain.visits.procedures import suggestions_of
from coding_svc.domain.visits.proposal import service_at, suggestion_of
from coding_svc.handlers import accepting
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.reads import reading_view
from coding_svc.store import acceptance, encounters, readings
from coding_svc.store.encounters import Stored
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer

NOTHING = Reader((), (), ())


async def read_next(unit: UnitOfWork, book: CodeBook) -> bool:
    """Reads what waits longest, of any organisation; True where it found one. Work by the clock.

    The engine computes in a thread before anything is written: a transaction that has written nothing holds nobody back.
    """
    waiting = await readings.next_waiting(unit)
    if waiting is None:
        return False
    unit.organisation_id, reading_id, encounter_id = waiting
    stored = await encounters.find(unit, encounter_id)
    assert stored is not None, "a reading's encounter is never deleted"
    encounter = encounter_of(orjson.dumps(stored.document))
    if stored.state is not State.HELD or not wants_suggestions(encounter):
        await readings.settle(unit, reading_id, readings.DROPPED, unit.clock.now(), found=NOTHING)
        return True
    patient = await _patient(unit, encounter)
    try:
        engine, found = await asyncio.to_thread(_read, book, encounter, patient)
    except Exception as error:
        # One text must not stop all others. The error's message may quote the note: its kind alone is kept.
        why = type(error).__name__
        await readings.settle(unit, reading_id, readings.FAILED, unit.clock.now(), found=NOTHING, failure=why)
        return True
    offered = await readings.settle(unit, reading_id, readings.READ, unit.clock.now(), found=found, engine=engine)
    rule = await acceptance.current_rule(unit, unit.organisation)
    if rule.takes(found.suggestions):
        await _take(unit, book, stored, encounter, rule, engine, offered)
    return True


async def _patient(unit: UnitOfWork, encounter: Encounter) -> str:
    """Established, where the practice saw the patient within three years; else as the note says."""
    day = encounter.date_of_service
    if day is None or service_at(encounter.place_of_service) != OFFICE:
        return ""
    seen = await encounters.was_seen(unit, encounter.patient.external_id, seen_since(day), day)
    return ESTABLISHED if seen else ""


def _read(book: CodeBook, encounter: Encounter, patient: str) -> tuple[str, Reader]:
    engine, day = book.engine(), coding_day(encounter)
    assert day is not None, "notes without a day are not read"
    setting = "inpatient" if is_inpatient(encounter) else "outpatient"
    found = read_all(engine, texts_of(encounter), day, setting)
    return engine.version, replace(
        found,
        suggestions=(*found.suggestions, *_services(book, encounter, day, patient)),
        unread=(*found.unread, *illegible(encounter)),
    )


def _services(book: CodeBook, encounter: Encounter, day: date, patient: str) -> Iterator[Suggestion]:
    """The level of the visit, of several notes the highest, and procedures; where a line waits for its own."""
    if all(line.procedure for line in encounter.lines):
        return
    texts, _ = within_reach(texts_of(encounter))
    service = service_at(encounter.place_of_service)
    if service and texts:
        levels = [(place, book.visit_level(text, day, service, patient)) for place, text in texts]
        place, best = max(levels, key=lambda each: each[1].code)
        visit = suggestion_of(best, place)
        if visit is not None:
            yield visit
    done = [(place, named) for place, text in texts for named in book.procedures(text, day)]
    yield from suggestions_of([each for each in done if book.codes.procedure(each[1].code, day).standing == BILLABLE])


async def _take(
    unit: UnitOfWork,
    book: CodeBook,
    stored: Stored,
    encounter: Encounter,
    rule: AcceptanceRule,
    engine: str,
    offered: list[readings.Offered],
) -> None:
    """The organisation's rule accepts every suggestion, with its own mark in the encounter's history."""
    unit.cause = structs.replace(unit.cause, actor=f"acceptance rule {rule.version}")
    await accepting.accept_all(unit, book, stored, encounter, rule, engine, offered)


async def show(unit: UnitOfWork, encounter_id: UUID) -> Answer:
    """What the engine suggests for an encounter, what it passed over, and what was decided."""
    if await encounters.find(unit, encounter_id) is None:
        raise NotFound("There is no such encounter in this organisation")
    reading = await readings.latest(unit, encounter_id)
    offered = await readings.offered(unit, reading.reading_id) if reading else []
    return Answer(reading_view(encounter_id, reading, offered, await readings.decisions(unit, encounter_id)))
