"""Figures: the organisation's, and each encounter's to be compared with payments-svc."""

from uuid import UUID

from patient_billing_svc.handlers import shows
from patient_billing_svc.store import figures, lists
from patient_billing_svc.views import Summary
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer
from rcm.web.pages import decode_cursor_as, page_of


async def show_summary(unit: UnitOfWork) -> Answer:
    """How many accounts and statements, what is open, what was taken."""
    row = await figures.read_summary(unit.connection)
    return Answer(
        Summary(
            accounts=row["accounts"],
            statements=row["statements"],
            patient_open_cents=row["patient_open_cents"],
            payments_cents=row["payments_cents"],
        )
    )


async def fold_tally(unit: UnitOfWork) -> bool:
    """Keeps few rows under the figures; nothing more is to be done till the next time."""
    await figures.fold_tally(unit.connection)
    return False


async def list_reconciliation(unit: UnitOfWork, limit: int, after: str | None) -> Answer:
    """A page of the encounters' figures."""
    last = decode_cursor_as(after, UUID)[0] if after else None
    rows = await lists.list_figures(unit.connection, limit, last)
    return Answer(page_of(rows, limit, shows.figures, lambda row: (row["encounter_id"],)))
