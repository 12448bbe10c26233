"""Requests that write: one use case each, and what it answers."""

from uuid import UUID

from payments_svc.handlers import exits, shows
from payments_svc.handlers.remittances import ReceivedContent, receive_file
from payments_svc.views import CloseIn, DismissIn
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer


async def receive(unit: UnitOfWork, file: ReceivedContent, *, patient: bool = False) -> Answer:
    """A file of remittances. Raises NotHeardYet where it is to be `patient` and claims of it are not known."""
    rows, new = await receive_file(unit, file, patient=patient)
    return await shows.received_file(unit, rows, new=new)


async def retry(unit: UnitOfWork, remittance_id: UUID) -> Answer:
    """A check, looked at again."""
    await exits.retry_remittance(unit, remittance_id)
    return await shows.show_remittance(unit, remittance_id)


async def dismiss(unit: UnitOfWork, remittance_id: UUID, given: DismissIn) -> Answer:
    """A quarantined check, ended."""
    await exits.dismiss_remittance(unit, remittance_id, exits.Decision(given.exit, given.note))
    return await shows.show_remittance(unit, remittance_id)


async def match(unit: UnitOfWork, unmatched_id: UUID, claim_id: UUID) -> Answer:
    """An unmatched CLP, posted to the claim that a person names."""
    await exits.match_claim(unit, unmatched_id, claim_id)
    return await shows.show_outcome(unit, unmatched_id)


async def dismiss_unmatched(unit: UnitOfWork, unmatched_id: UUID, given: DismissIn) -> Answer:
    """A CLP that waited, ended."""
    await exits.dismiss_claim(unit, unmatched_id, exits.Decision(given.exit, given.note))
    return await shows.show_outcome(unit, unmatched_id)


async def close(unit: UnitOfWork, task_id: UUID, given: CloseIn) -> Answer:
    """A task, closed."""
    await exits.close_task(unit, task_id, given.note)
    return await shows.show_task(unit, task_id)
