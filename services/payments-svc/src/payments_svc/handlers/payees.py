"""Whom the organisation's money is paid to: learned from its own encounters and claims."""

from uuid import UUID

from payments_svc.handlers.remittances import reconsider
from payments_svc.store import encounters, remittances
from rcm.messaging.unit_of_work import UnitOfWork


async def learn_payees(unit: UnitOfWork, payees: set[tuple[UUID, str, str]]) -> None:
    """Keeps billing providers; a remittance that came before its payee was known is looked at again."""
    if not payees:
        return
    new = await encounters.learn_payees(unit.connection, payees)
    if new:
        for row in await remittances.quarantined_for_payees(unit.connection, new):
            await reconsider(unit, row)
