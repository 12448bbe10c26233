"""Counts and sums over the organisation's encounters, in integer cents."""

from dataclasses import dataclass
from uuid import UUID

from coding_svc.domain.states import State
from rcm.messaging.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Totals:
    """How many encounters stand in which state; `charge_cents` is what was said for those that are coded."""

    encounters: int
    coded: int
    held: int
    cancelled: int
    charge_cents: int


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last of one encounter's charges."""

    encounter_id: UUID
    external_id: str
    state: State
    charge_cents: int


async def totals(unit: UnitOfWork) -> Totals:
    """The whole organisation."""
    row = await unit.connection.fetchrow(
        "select count(*) as encounters, count(*) filter (where state = 'coded') as coded,"
        " count(*) filter (where state = 'held') as held, count(*) filter (where state = 'cancelled') as cancelled,"
        " coalesce(sum(said_charge_cents) filter (where state = 'coded'), 0)::bigint as charge_cents"
        " from encounter where organisation_id = $1",
        unit.organisation,
    )
    assert row is not None
    return Totals(**row)


async def said(unit: UnitOfWork, *, after: UUID | None, limit: int) -> list[Said]:
    """Encounter by encounter, in the order in which they came."""
    rows = await unit.connection.fetch(
        "select encounter_id, external_id, state, said_charge_cents from encounter"
        " where organisation_id = $1 and ($2::uuid is null or encounter_id > $2) order by encounter_id limit $3",
        unit.organisation,
        after,
        limit,
    )
    return [Said(row["encounter_id"], row["external_id"], State(row["state"]), row["said_charge_cents"]) for row in rows]
