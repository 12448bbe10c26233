"""A number for each service of a patient, by which the same one is found in another encounter."""

from hashlib import blake2b

from coding_svc.domain.encounter import Encounter


def service_keys(encounter: Encounter) -> list[int | None]:
    """For each line a signed 64-bit number of patient, day, procedure, modifiers in any order, and charge.

    None for a line whose procedure or day is not known yet: it can't be told from another.
    """
    patient = encounter.patient.external_id
    keys: list[int | None] = []
    for line in encounter.lines:
        day = line.date_of_service or encounter.date_of_service
        if day is None or not line.procedure:
            keys.append(None)
            continue
        said = "\x00".join((patient, day.isoformat(), line.procedure, str(line.charge_cents), *sorted(line.modifiers)))
        keys.append(int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big", signed=True))
    return keys
