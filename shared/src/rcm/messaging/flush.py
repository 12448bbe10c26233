"""The end of a transaction: everything that a unit of work will say or put aside, written just before the commit."""

from rcm.messaging import parked
from rcm.messaging.log import append
from rcm.messaging.unit_of_work import UnitOfWork


async def flush(unit: UnitOfWork) -> None:
    """Appends the unit's events to the log, parks what waits, makes due what waited for what has arrived."""
    if unit.pending:
        unit.said_at = unit.clock.now()
        await append(unit.connection, unit.pending, unit.said_at)
    if unit.waiting:
        await parked.park(unit.connection, [parked.waiting(found) for found in unit.waiting])
    if unit.arrivals:
        unit.released = await parked.release(unit.connection, unit.arrivals)
