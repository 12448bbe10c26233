"""A number for each service of a patient, by which the same one is found in another encounter of that patient."""

from datetime import date
from functools import lru_cache
from hashlib import blake2b

from coding_svc.domain.encounter import Encounter

_CACHED = 16_384
_MODIFIERS_KEPT = 4
"""As many as a line takes: a longer list is no usual service, and would fill memory."""


def service_keys(encounter: Encounter) -> list[int | None]:
    """For each line a signed 64-bit number of day, procedure, modifiers in any order, and charge.

    They are compared among the services of one patient alone and don't name him, so that the few that a practice's day has
    are computed once. None for a line whose procedure or day is not known yet: it can't be told from another.
    """
    first = encounter.date_of_service
    return [
        (_kept if len(line.modifiers) <= _MODIFIERS_KEPT else _key)(day, line.procedure, line.charge_cents, line.modifiers)
        if (day := line.date_of_service or first) is not None and line.procedure
        else None
        for line in encounter.lines
    ]


def _key(day: date, procedure: str, charge_cents: int, modifiers: tuple[str, ...]) -> int:
    said = "\x00".join((day.isoformat(), procedure, str(charge_cents), *sorted(modifiers)))
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)


_kept = lru_cache(maxsize=_CACHED)(_key)
