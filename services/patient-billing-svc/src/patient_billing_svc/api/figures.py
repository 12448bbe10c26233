"""Figures over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from patient_billing_svc.handlers import figures
from patient_billing_svc.views import EncounterFigures, Summary
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["figures"])


@router.get("/v1/summary", response_model=Summary)
async def get_summary(request: Request, who: Annotated[Principal, allow(Role.BILLER)]) -> Response:
    """How many accounts and statements there are, what is open, what was taken."""
    return await edge(request).read(request, who, figures.show_summary)


@router.get("/v1/reconciliation", response_model=Page[EncounterFigures])
async def list_reconciliation(
    request: Request,
    who: Annotated[Principal, allow(Role.BILLER)],
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Response:
    """What is owed and applied for each encounter, by encounter id."""
    return await edge(request).read(request, who, lambda unit: figures.list_reconciliation(unit, limit, after))
