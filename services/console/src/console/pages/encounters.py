"""Encounters that wait for a person, and one encounter with all that came of it."""

from fastapi import APIRouter, Request, Response

from console.clients import identifier
from console.visit import Visit, or_none, together

router = APIRouter(include_in_schema=False)


@router.get("/worklist")
async def show_worklist(request: Request, after: str = "") -> Response:
    """Held encounters, each with its reasons and how to mend them."""
    visit = Visit(request)
    page = await visit.desk.coding.find("/v1/worklist", limit=25, after=after)
    return visit.page("worklist.html", items=page["items"] if page else None, following=page.get("next") if page else None)


@router.get("/encounters/{encounter_id}")
async def show_encounter(request: Request, encounter_id: str) -> Response:
    """One encounter: what was sent, why it is held, its claims, its money."""
    visit = Visit(request)
    key = identifier(encounter_id)
    encounter = await visit.desk.coding.get(f"/v1/encounters/{key}")
    found = await together(
        claims=or_none(visit.desk.claims.find("/v1/claims", encounter_id=key)),
        ledger=or_none(visit.desk.payments.find(f"/v1/ledger/encounters/{key}")),
    )
    return visit.page(
        "encounter.html",
        it=encounter,
        content=encounter.get("encounter", {}),
        claims=(found["claims"] or {}).get("items", []),
        ledger=found["ledger"],
    )
