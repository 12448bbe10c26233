"""Which services of which patients are billed already, for the edit `service-billed-twice`."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from coding_svc.domain.encounter import Encounter
from coding_svc.domain.states import State
from coding_svc.store import encounters
from rcm.messaging.unit_of_work import UnitOfWork

NONE: Mapping[int, UUID | str] = {}


class Billed:
    """Service keys by patient; what a batch takes is added as it is decided, so that its own twins are found."""

    def __init__(self) -> None:
        self._by_patient: dict[str, dict[int, UUID | str]] = {}

    def add(self, patient: str, name: UUID | str, keys: Sequence[int | None]) -> None:
        told = self._by_patient.setdefault(patient, {})
        for key in keys:
            if key is not None:
                told.setdefault(key, name)

    def of(self, patient: str) -> Mapping[int, UUID | str]:
        """The patient's keys, each with the encounter that has it."""
        return self._by_patient.get(patient, NONE)


async def load(unit: UnitOfWork, batch: Sequence[Encounter], *, besides: UUID | None = None) -> Billed:
    """What is billed of the batch's patients on its days.

    `besides` is the encounter that is judged again: it is no twin of itself, and of two that wait it is the later one that
    counts as the second, so that each pair has one that can go on.
    """
    billed = Billed()
    days = [day for encounter in batch for day in (encounter.date_of_service, encounter.last_day) if day is not None]
    if not days:
        return billed
    patients = {encounter.patient.external_id for encounter in batch}
    for twin in await encounters.twins(unit, patients, min(days), max(days)):
        waits_behind = besides is not None and twin.state is State.HELD and twin.encounter_id > besides
        if twin.encounter_id != besides and not waits_behind:
            billed.add(twin.patient_external_id, twin.encounter_id, twin.service_keys)
    return billed
