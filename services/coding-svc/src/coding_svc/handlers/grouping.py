"""What an encounter's diagnoses come to: its MS-DRG where it is a stay, and its condition categories."""

import asyncio
from dataclasses import asdict
from datetime import date
from uuid import UUID

import orjson

from coding_svc.domain.edits.diagnoses import coding_day
from coding_svc.domain.edits.patients import age_on, is_inpatient
from coding_svc.domain.encounter import Encounter
from coding_svc.domain.encounter import Stay as Stated
from coding_svc.domain.encounter_json import encounter_of
from coding_svc.store import encounters
from coding_svc.views.grouping import CategoriesView, DrgView, GroupingView
from rcm.codesets.groupers.drg import Grouper, NotGroupable, Secondary, Stay
from rcm.codesets.groupers.hcc import categories_of
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer

_HOME = 1
"""The discharge status that is taken where none is told."""


async def show(unit: UnitOfWork, encounter_id: UUID, model: str) -> Answer:
    """Computed in a thread: the libraries are loaded at the first question."""
    stored = await encounters.find(unit, encounter_id)
    if stored is None:
        raise NotFound("There is no such encounter in this organisation")
    encounter = encounter_of(orjson.dumps(stored.document))
    return Answer(await asyncio.to_thread(_grouping, encounter_id, encounter, model))


def _grouping(encounter_id: UUID, encounter: Encounter, model: str) -> GroupingView:
    drg, drg_missing = _drg(encounter)
    hcc, hcc_missing = _hcc(encounter, model)
    return GroupingView(encounter_id=encounter_id, drg=drg, drg_missing=drg_missing, hcc=hcc, hcc_missing=hcc_missing)


def _lacking(encounter: Encounter) -> str:
    if not encounter.diagnoses:
        return "no diagnosis is coded"
    return "" if encounter.patient.birth_date else "the patient's birth date is missing"


def _drg(encounter: Encounter) -> tuple[DrgView | None, str]:
    born, discharged = encounter.patient.birth_date, encounter.discharged_on
    if not is_inpatient(encounter):
        return None, "the encounter is no inpatient stay"
    if discharged is None:
        return None, "the day of discharge is missing"
    if born is None or not encounter.diagnoses:
        return None, _lacking(encounter)
    try:
        with Grouper() as grouper:
            found = grouper.group(_stay(encounter, born, discharged))
    except NotGroupable as error:
        return None, str(error)
    return DrgView.model_validate(asdict(found)), ""


def _stay(encounter: Encounter, born: date, discharged: date) -> Stay:
    stated = encounter.stay or Stated()
    first, *others = encounter.diagnoses
    return Stay(
        discharged,
        first.code,
        tuple(Secondary(each.code, each.present_on_admission) for each in others),
        stated.procedures,
        age_on(born, encounter.admitted_on or encounter.date_of_service or discharged),
        encounter.patient.sex,
        int(stated.discharge_status or _HOME),
        first.present_on_admission,
    )


def _hcc(encounter: Encounter, model: str) -> tuple[CategoriesView | None, str]:
    born, day = encounter.patient.birth_date, coding_day(encounter)
    if born is None or day is None or not encounter.diagnoses:
        return None, _lacking(encounter) or "the date of service is missing"
    codes = [diagnosis.code for diagnosis in encounter.diagnoses]
    found = categories_of(codes, on=day, age=max(age_on(born, day), 0), sex=encounter.patient.sex, model=model)
    return CategoriesView.model_validate(asdict(found)), ""
