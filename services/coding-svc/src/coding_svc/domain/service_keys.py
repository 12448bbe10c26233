"""A number for each service of a patient, by which the same one is found in another encounter."""

from hashlib import blake2b

from coding_svc.domain.encounter import Encounter


def service_keys(encounter: Encounter) -> list[int | None]:
    """For each line a signed 64-bit number of patient, day, procedure, modifiers in any order, and charge.

    None for a line whose procedure or day is not known yet: it can't be told from another.
    """
    patient, first = encounter.patient.external_id, encounter.date_of_service
    keys: list[int | None] = []
    for line in encounter.lines:
        day = line.date_of_service or first
        if day is None or not line.procedure:
            keys.append(None)
            continue
        said = f"{patient}\x00{day.isoformat()}\x00{line.procedure}\x00{line.charge_cents}"
        if line.modifiers:
            said = "\x00".join((said, *sorted(line.modifiers)))
        keys.append(int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big", signed=True))
    return keys
