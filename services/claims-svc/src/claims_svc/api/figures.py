"""Counts, and figures to be compared with the ledger."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from claims_svc.api.common import Biller
from claims_svc.handlers import figures
from claims_svc.views.files import ClaimFigures, Partition, SummaryView
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of

router = APIRouter(tags=["figures"])


@router.get("/v1/summary", response_model=SummaryView)
async def get_summary(request: Request, who: Biller) -> Response:
    """The organisation's claims by state, and each that ever left the house once, by its last state."""

    async def work(unit: UnitOfWork) -> Answer:
        summary = await figures.summarise(unit)
        partition = Partition(submitted=summary.submitted, **summary.partition)
        return Answer(SummaryView(claims=summary.by_state, partition=partition))

    return await edge(request).read(request, who, work)


@router.get("/v1/reconciliation", response_model=Page[ClaimFigures])
async def get_reconciliation(request: Request, who: Biller, *, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Each claim's charges and what insurance paid for it, in the order of their making."""

    async def work(unit: UnitOfWork) -> Answer:
        last = decode_cursor_as(after, UUID)[0] if after else None
        rows = await figures.reconciliation(unit, limit, last)
        return Answer(page_of(rows, limit, ClaimFigures.model_validate, lambda row: [row["claim_id"]]))

    return await edge(request).read(request, who, work)
