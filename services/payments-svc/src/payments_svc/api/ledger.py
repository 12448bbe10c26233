"""The ledger over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from payments_svc.handlers import shows
from payments_svc.views import EncounterLedger, TrialBalance
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge

router = APIRouter(tags=["ledger"])
Biller = Annotated[Principal, allow(Role.BILLER)]


@router.get("/v1/ledger/encounters/{encounter_id}", response_model=EncounterLedger)
async def get_encounter_ledger(request: Request, encounter_id: UUID, who: Biller) -> Response:
    """Every entry of an encounter, oldest first: when, why, from which event or remittance, with its lines."""
    return await edge(request).read(
        request, who, lambda unit: shows.show_encounter_ledger(unit, encounter_id), patient_data=True
    )


@router.get("/v1/ledger/claims/{claim_id}", response_model=EncounterLedger)
async def get_claim_ledger(request: Request, claim_id: UUID, who: Biller, encounter_id: UUID | None = None) -> Response:
    """A claim's entries and those of its encounter that belong to no single claim; the balances are the encounter's.

    A claim is known here once it was submitted; `encounter_id` says whose charges to show before.
    """
    return await edge(request).read(
        request, who, lambda unit: shows.show_claim_ledger(unit, claim_id, encounter_id), patient_data=True
    )


@router.get("/v1/trial-balance", response_model=TrialBalance)
async def get_trial_balance(request: Request, who: Biller) -> Response:
    """Every account's balance, debit positive; the total is zero."""
    return await edge(request).read(request, who, shows.show_trial_balance)
