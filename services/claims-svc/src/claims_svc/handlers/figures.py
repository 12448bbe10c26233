"""Counts and the partition of all submitted claims."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from claims_svc import store
from claims_svc.domain.states import State, share
from rcm.messaging.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Summary:
    """Claims by state, and where the submitted ones stand: submitted = rejected + paid + denied + open."""

    by_state: dict[str, int] = field(default_factory=dict)
    submitted: int = 0
    partition: dict[str, int] = field(default_factory=lambda: {"rejected": 0, "paid": 0, "denied": 0, "open": 0})


async def summarise(unit: UnitOfWork) -> Summary:
    """Every claim that ever left the house counts once, by its last state; withdrawn ones not."""
    summary = Summary()
    for state, claims, submitted in await store.figures.count_by_state(unit.connection):
        summary.by_state[state] = claims
        part = share(State(state))
        if part:
            summary.partition[part] += submitted
            summary.submitted += submitted
    return summary


async def reconciliation(unit: UnitOfWork, limit: int, after: UUID | None) -> list[dict[str, Any]]:
    """A page of the claims' figures; one more than `limit`."""
    return [dict(row) for row in await store.figures.reconciliation_page(unit.connection, limit, after)]
