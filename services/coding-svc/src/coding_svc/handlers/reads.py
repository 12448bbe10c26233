"""What is shown: encounters, the worklist, raw inputs, figures, the catalogue of edits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from coding_svc.domain.edits.catalogue import EDITS
from coding_svc.domain.edits.form import Finding, Severity
from coding_svc.store import encounters, figures, raw_inputs, readings
from coding_svc.store.encounters import Change, Stored
from coding_svc.store.readings import Decision, Offered
from coding_svc.views.encounters import (
    Catalogue,
    ChangeView,
    EditView,
    EncounterSearch,
    EncounterSummary,
    EncounterView,
    FindingView,
    History,
    ReconciliationItem,
    RepairView,
    SummaryView,
    WorklistItem,
)
from coding_svc.views.suggestions import DecisionView, NotCodedView, SuggestionsView, SuggestionView, UnreadView
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer
from rcm.web.pages import decode_cursor_as, page_of
from rcm.web.versions import etag


def _after(cursor: str | None) -> UUID | None:
    return decode_cursor_as(cursor, UUID)[0] if cursor else None


def _findings(findings: Sequence[Finding], severity: Severity) -> tuple[FindingView, ...]:
    return tuple(
        FindingView(edit_id=found.edit_id, severity=found.severity, path=found.path, message=found.message, fix=found.fix)
        for found in findings
        if found.severity is severity
    )


def view_of(stored: Stored) -> EncounterView:
    """The whole encounter with what is known of it."""
    return EncounterView.model_construct(
        encounter_id=stored.encounter_id,
        external_id=stored.external_id,
        state=stored.state,
        version=stored.version,
        charge_cents=stored.charge_cents,
        reasons=_findings(stored.findings, Severity.HOLD),
        warnings=_findings(stored.findings, Severity.WARN),
        repairs=tuple(RepairView(path=r.path, before=r.before, after=r.after) for r in stored.repairs),
        received_at=stored.received_at,
        changed_at=stored.changed_at,
        raw_input_id=stored.raw_input_id,
        raw_place=stored.raw_place,
        encounter=stored.document,
    )


def _summary(stored: Stored) -> EncounterSummary:
    first = stored.document.get("date_of_service")
    return EncounterSummary(
        encounter_id=stored.encounter_id,
        external_id=stored.external_id,
        state=stored.state,
        version=stored.version,
        charge_cents=stored.charge_cents,
        date_of_service=date.fromisoformat(first) if first else None,
        received_at=stored.received_at,
        changed_at=stored.changed_at,
        reasons=_findings(stored.findings, Severity.HOLD),
    )


async def list_encounters(unit: UnitOfWork, wanted: EncounterSearch, limit: int, after: str | None) -> Answer:
    """A page of encounters in the order in which they came."""
    rows = await encounters.page(unit, state=wanted.state, external_id=wanted.external_id, after=_after(after), limit=limit + 1)
    page = page_of(rows, limit, _summary, lambda row: [row.encounter_id])
    return Answer(page, shown=[str(item.encounter_id) for item in page.items])


async def show_encounter(unit: UnitOfWork, encounter_id: UUID) -> Answer:
    """One encounter, with its version as ETag."""
    stored = await encounters.find(unit, encounter_id)
    if stored is None:
        raise NotFound("There is no such encounter in this organisation")
    return Answer(view_of(stored), headers=etag(stored.version))


async def show_history(unit: UnitOfWork, encounter_id: UUID) -> Answer:
    """What was changed in an encounter since it came."""
    stored = await encounters.find(unit, encounter_id)
    if stored is None:
        raise NotFound("There is no such encounter in this organisation")
    return Answer(History(items=[_change(change) for change in await encounters.changes(unit, encounter_id)]))


def _change(change: Change) -> ChangeView:
    return ChangeView(
        version=change.version,
        changed_at=change.changed_at,
        actor=change.actor,
        action=change.action,
        reason=change.reason,
        changed=list(change.changed),
        before=dict(change.before),
    )


async def show_raw(unit: UnitOfWork, encounter_id: UUID) -> Answer:
    """The bytes in which an encounter came."""
    stored = await encounters.find(unit, encounter_id)
    if stored is None:
        raise NotFound("There is no such encounter in this organisation")
    return await show_body(unit, stored.raw_input_id, place=stored.raw_place)


async def show_body(unit: UnitOfWork, raw_input_id: UUID, *, place: str = "") -> Answer:
    """A raw input's bytes, with their own media type and SHA-256."""
    found = await raw_inputs.body(unit, raw_input_id)
    if found is None:
        raise NotFound("There is no such raw input in this organisation")
    headers = {
        "content-type": found.media_type,
        "X-Content-SHA256": found.sha256.hex(),
        "Content-Disposition": "attachment",
        "X-Raw-Place": place,
    }
    return Answer(found.body, headers={name: value for name, value in headers.items() if value})


async def worklist(unit: UnitOfWork, limit: int, after: str | None) -> Answer:
    """Held encounters, those that wait longest first."""
    rows = await encounters.held_page(unit, after=_after(after), limit=limit + 1)
    now = unit.clock.now()

    def item(stored: Stored) -> WorklistItem:
        return WorklistItem(**_summary(stored).model_dump(), waiting_days=max((now - stored.received_at).days, 0))

    page = page_of(rows, limit, item, lambda row: [row.encounter_id])
    return Answer(page, shown=[str(found.encounter_id) for found in page.items])


async def summary(unit: UnitOfWork) -> Answer:
    """How many encounters stand where, and what was said of their charges."""
    return Answer(SummaryView(**asdict(await figures.totals(unit))))


async def reconciliation(unit: UnitOfWork, limit: int, after: str | None) -> Answer:
    """Encounter by encounter, what was said last of its charges."""
    rows = await figures.said(unit, after=_after(after), limit=limit + 1)
    return Answer(page_of(rows, limit, lambda row: ReconciliationItem(**asdict(row)), lambda row: [row.encounter_id]), shown=[])


async def catalogue(_: UnitOfWork) -> Answer:
    """Every edit of this service."""
    return Answer(
        Catalogue(
            edits=[
                EditView(
                    edit_id=edit.edit_id,
                    version=edit.version,
                    effective_from=None if edit.effective_from == date.min else edit.effective_from,
                    effective_to=None if edit.effective_to == date.max else edit.effective_to,
                    severity=edit.severity,
                    path=edit.path,
                    message=edit.message,
                    fix=edit.fix,
                    source=edit.source,
                    overridable=edit.overridable,
                )
                for edit in EDITS
            ]
        ),
        shown=[],
    )


def reading_view(
    encounter_id: UUID, reading: readings.Stored | None, offered: Sequence[Offered], decisions: Sequence[Decision]
) -> SuggestionsView:
    """What the engine read, each suggestion with what was decided on it."""
    told = [decision_view(each) for each in decisions]
    decided = {each.suggestion_id: each for each in told}
    return SuggestionsView(
        encounter_id=encounter_id,
        state=reading.state if reading else "none",
        engine=reading.engine if reading else "",
        read_at=reading.read_at if reading else None,
        failure=reading.failure if reading else "",
        suggestions=tuple(
            SuggestionView(
                suggestion_id=each.suggestion_id, decision=decided.get(each.suggestion_id), **asdict(each.suggestion)
            )
            for each in offered
        ),
        not_coded=tuple(NotCodedView.model_validate(each) for each in reading.not_coded) if reading else (),
        unread=tuple(UnreadView.model_validate(each) for each in reading.unread) if reading else (),
        decisions=tuple(told),
    )


def decision_view(decision: Decision) -> DecisionView:
    """One decision with its evidence."""
    return DecisionView(**asdict(decision))
