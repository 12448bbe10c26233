"""Figures over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from payments_svc.handlers import shows
from payments_svc.views import EncounterFigures, RemittanceProof, Summary
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["figures"])
Biller = Annotated[Principal, allow(Role.BILLER)]


@router.get("/v1/summary", response_model=Summary)
async def get_summary(request: Request, who: Biller) -> Response:
    """The organisation's money by account, what stands in suspense, and how many encounters break the identity: none."""
    return await edge(request).read(request, who, shows.show_summary)


@router.get("/v1/reconciliation", response_model=Page[EncounterFigures])
async def list_reconciliation(request: Request, who: Biller, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Each encounter's balances, summed from its ledger lines, by encounter id."""
    return await edge(request).read(request, who, lambda unit: shows.list_encounter_figures(unit, limit, after))


@router.get("/v1/reconciliation/remittances", response_model=Page[RemittanceProof])
async def list_remittance_proofs(request: Request, who: Biller, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Each posted check's proof: its payment is what was posted, what stands in suspense, less what PLB kept back."""
    return await edge(request).read(request, who, lambda unit: shows.list_remittance_proofs(unit, limit, after))
