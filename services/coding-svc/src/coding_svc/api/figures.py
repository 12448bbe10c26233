"""The worklist, figures and the catalogue of edits over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from coding_svc.handlers import reads
from coding_svc.views.encounters import Catalogue, ReconciliationItem, SummaryView, WorklistItem
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter()
Staff = Annotated[Principal, allow(Role.CODER, Role.BILLER)]
Anybody = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER)]


@router.get("/v1/worklist", response_model=Page[WorklistItem], tags=["worklist"])
async def get_worklist(request: Request, who: Staff, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Held encounters with their reasons, those that wait longest first."""
    return await edge(request).read(request, who, lambda unit: reads.worklist(unit, limit, after), patient_data=True)


@router.get("/v1/edits", response_model=Catalogue, tags=["edits"])
async def get_edits(request: Request, who: Anybody) -> Response:
    """Every edit: what it checks, since when, how to mend what it finds, and who says so."""
    return await edge(request).read(request, who, reads.catalogue)


@router.get("/v1/summary", response_model=SummaryView, tags=["figures"])
async def get_summary(request: Request, who: Staff) -> Response:
    """How many encounters stand in which state, and the charges that were said for the coded ones."""
    return await edge(request).read(request, who, reads.summary)


@router.get("/v1/reconciliation", response_model=Page[ReconciliationItem], tags=["figures"])
async def get_reconciliation(request: Request, who: Staff, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Encounter by encounter the charges that were said last, to be compared with the ledger's."""
    return await edge(request).read(request, who, lambda unit: reads.reconciliation(unit, limit, after))
