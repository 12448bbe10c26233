"""Suggestions are accepted, changed or refused, and codes added: the encounter takes them, and each decision is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from coding_svc.domain.acceptance import LineCodes, with_codes
from coding_svc.domain.edits.diagnoses import coding_day
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.domain.repairs import diagnosis_code, repaired
from coding_svc.domain.suggestions import AcceptanceRule, Action, DecidedBy, Kind
from coding_svc.handlers import changes
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.reads import view_of
from coding_svc.store import readings
from coding_svc.store.encounters import Stored
from coding_svc.store.readings import Decision, Offered
from coding_svc.views.suggestions import AcceptIn, AddIn, CodesIn, RefuseIn
from rcm.codesets.systems import System
from rcm.errors import Conflict, Fault, InvalidBody
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer
from rcm.web.versions import etag


class SuggestionDecided(Conflict):
    """A suggestion on which somebody has decided."""

    code = "suggestion-decided"
    title = "The suggestion is decided already"


class CodesRefused(InvalidBody):
    """Decisions that can't be taken as they are."""

    code = "codes-refused"
    title = "The codes can't be taken as they are"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a decision is written from: the encounter's suggestions and who decides."""

    unit: UnitOfWork
    encounter_id: UUID
    engine: str
    offered: dict[UUID, Offered]
    rule: AcceptanceRule | None = None

    def decided(self, action: Action, code: str, reason: str, of: Offered | None = None) -> Decision:
        """One decision, with the evidence of its suggestion."""
        found = of.suggestion if of else None
        return Decision(
            new_id(),
            self.encounter_id,
            of.suggestion_id if of else None,
            self.unit.clock.now(),
            self.unit.cause.actor,
            DecidedBy.RULE if self.rule else DecidedBy.CODER,
            self.rule.version if self.rule else None,
            action,
            found.kind if found else Kind.DIAGNOSIS,
            found.code if found else "",
            code,
            found.score if found else None,
            self.engine,
            found.evidence if found else (),
            reason,
        )


async def take_codes(unit: UnitOfWork, book: CodeBook, encounter_id: UUID, version: int, given: CodesIn) -> Answer:
    """A coder's decisions on an encounter: it is coded as soon as nothing holds it."""
    stored = await changes.load(unit, encounter_id, version)
    reading = await readings.latest(unit, encounter_id)
    offered = await readings.offered(unit, reading.reading_id) if reading else []
    settled = {each.suggestion_id for each in await readings.decisions(unit, encounter_id)}
    desk = _Desk(unit, encounter_id, reading.engine if reading else "", {each.suggestion_id: each for each in offered})
    _check(given, desk, settled, stored)
    encounter = encounter_of(orjson.dumps(stored.document))
    decisions = [
        *(_accepted(desk, each) for each in given.accept),
        *(desk.decided(Action.REFUSED, "", each.reason, desk.offered[each.suggestion_id]) for each in given.refuse),
        *(desk.decided(Action.ADDED, diagnosis_code(each.code), each.reason) for each in given.add),
    ]
    coded, repairs = repaired(_with(encounter, given, decisions))
    _check_codes(book, coded, given)
    await changes.put(unit, book, stored, coded, repairs, reason="codes accepted")
    await readings.record(unit, decisions)
    found = await changes.again(unit, encounter_id)
    return Answer(view_of(found), headers=etag(found.version))


async def accept_all(
    unit: UnitOfWork,
    book: CodeBook,
    stored: Stored,
    encounter: Encounter,
    rule: AcceptanceRule,
    engine: str,
    offered: Sequence[Offered],
) -> None:
    """Every suggestion, by the organisation's rule."""
    desk = _Desk(unit, stored.encounter_id, engine, {}, rule)
    why = f"acceptance rule {rule.version}: score from {rule.minimum_score}"
    decisions = [desk.decided(Action.ACCEPTED, each.suggestion.code, why, each) for each in offered]
    coded = with_codes(encounter, [each.code for each in decisions])
    await changes.put(unit, book, stored, coded, reason=why)
    await readings.record(unit, decisions)


def _check_codes(book: CodeBook, coded: Encounter, given: CodesIn) -> None:
    """Raises CodesRefused for a given code that is not billable on the day, and for an order or a pointer of no diagnosis."""
    day, known = coding_day(coded), {diagnosis.code for diagnosis in coded.diagnoses}
    told = [(f"/accept/{at}/code", each.code) for at, each in enumerate(given.accept) if each.code]
    told += [(f"/add/{at}/code", each.code) for at, each in enumerate(given.add)]
    faults: list[Fault] = []
    for pointer, code in told:
        written = diagnosis_code(code)
        found = book.sets.check(written, day, System.ICD_10_CM) if day and written in known else None
        if found is not None and found.billable is False:
            why = f"{written} is not billable on {day}: {found.reason}"
            faults.append(Fault(pointer, "diagnosis-invalid", why, "Choose a code that is billable on the date of service."))
    named = [(f"/order/{at}", code) for at, code in enumerate(given.order)]
    for place, line in enumerate(given.lines):
        named += [(f"/lines/{place}/diagnoses/{at}", code) for at, code in enumerate(line.diagnoses or ())]
    faults += (
        Fault(
            pointer, "diagnosis-unknown", f"{code} is none of the encounter's diagnoses", "Accept or add it, or leave it out."
        )
        for pointer, code in named
        if diagnosis_code(code) not in known
    )
    if faults:
        raise CodesRefused(faults=faults)


def _accepted(desk: _Desk, given: AcceptIn) -> Decision:
    offered = desk.offered[given.suggestion_id]
    suggested = offered.suggestion.code
    code = diagnosis_code(given.code) if given.code and offered.suggestion.kind is Kind.DIAGNOSIS else given.code or suggested
    return desk.decided(Action.ACCEPTED if code == suggested else Action.CHANGED, code, given.reason, offered)


def _with(encounter: Encounter, given: CodesIn, decisions: Sequence[Decision]) -> Encounter:
    diagnoses = [each.code for each in decisions if each.code and each.kind is Kind.DIAGNOSIS]
    codes: Sequence[AcceptIn | AddIn] = (*given.accept, *given.add)
    kept = [each for each in decisions if each.action is not Action.REFUSED]
    admission = {
        decision.code: told.present_on_admission
        for told, decision in zip(codes, kept, strict=True)
        if told.present_on_admission
    }
    lines = {
        each.line_number: LineCodes(
            each.procedure,
            each.modifiers,
            None if each.diagnoses is None else tuple(diagnosis_code(code) for code in each.diagnoses),
        )
        for each in given.lines
    }
    for told, decision in zip(given.accept, kept, strict=False):
        if decision.kind is not Kind.DIAGNOSIS and told.line_number is not None:
            before = lines.get(told.line_number, LineCodes())
            lines[told.line_number] = LineCodes(decision.code, before.modifiers, before.diagnoses)
    order = [diagnosis_code(code) for code in given.order]
    return with_codes(encounter, diagnoses, order=order, present_on_admission=admission, lines=lines)


def _check(given: CodesIn, desk: _Desk, settled: set[UUID | None], stored: Stored) -> None:
    """Raises CodesRefused for what names nothing of this encounter, SuggestionDecided for what is decided."""
    if not (given.accept or given.refuse or given.add or given.lines or given.order):
        raise CodesRefused(faults=[Fault("", "nothing-decided", "No decision is given", "Accept, refuse or add codes.")])
    faults: list[Fault] = []
    seen: set[UUID] = set()
    decided: tuple[tuple[str, tuple[AcceptIn | RefuseIn, ...]], ...] = (("accept", given.accept), ("refuse", given.refuse))
    for name, told in decided:
        for place, each in enumerate(told):
            pointer = f"/{name}/{place}/suggestion_id"
            if each.suggestion_id in settled:
                fix = "Change the encounter with PATCH where the decision was wrong."
                raise SuggestionDecided(faults=[Fault(pointer, "suggestion-decided", "It is decided already", fix)])
            if each.suggestion_id not in desk.offered:
                fix = "Read GET /v1/encounters/{encounter_id}/suggestions again."
                faults.append(
                    Fault(pointer, "suggestion-unknown", "The encounter's newest reading has no such suggestion", fix)
                )
            elif each.suggestion_id in seen:
                faults.append(Fault(pointer, "suggestion-twice", "It is decided twice here", "Decide once on each."))
            seen.add(each.suggestion_id)
    numbers = {line["line_number"] for line in stored.document["lines"]}
    named = [(f"/lines/{place}/line_number", each.line_number) for place, each in enumerate(given.lines)]
    named += [(f"/accept/{at}/line_number", each.line_number) for at, each in enumerate(given.accept) if each.line_number]
    faults += (
        Fault(pointer, "line-unknown", "The encounter has no line of this number", "Name a line of the encounter.")
        for pointer, number in named
        if number not in numbers
    )
    if faults:
        raise CodesRefused(faults=faults)
