"""Remittances: what needs a person first (quarantined, held, unmatched), then all; one with its segments explained."""

from fastapi import APIRouter, Request, Response

from console.clients import ServiceAway, ServiceRefused, identifier
from console.visit import Visit, together
from console.x12.sections import sections
from console.x12.segments import of_remittance

router = APIRouter(include_in_schema=False)


@router.get("/remittances")
async def list_remittances(request: Request, after: str = "") -> Response:
    """What is put aside, and all that came."""
    visit = Visit(request)
    payments = visit.desk.payments
    found = await together(
        quarantined=payments.get("/v1/remittances", state="quarantined", limit=50),
        unmatched=payments.get("/v1/unmatched", limit=50),
        everything=payments.get("/v1/remittances", limit=25, after=after),
        summary=payments.get("/v1/summary"),
    )
    return visit.page(
        "remittances.html",
        quarantined=found["quarantined"]["items"],
        unmatched=found["unmatched"]["items"],
        items=found["everything"]["items"],
        following=found["everything"]["next"],
        suspense_cents=found["summary"]["suspense_cents"],
    )


@router.get("/remittances/{remittance_id}")
async def show_remittance(request: Request, remittance_id: str) -> Response:
    """One remittance: its state and why, its claims, its segments in our own words."""
    visit = Visit(request)
    key = identifier(remittance_id)
    payments = visit.desk.payments
    remittance = await payments.get(f"/v1/remittances/{key}")
    try:
        content, _ = await payments.content(f"/v1/remittances/{key}/raw", "application/edi-x12")
    except (ServiceRefused, ServiceAway):
        content = b""
    segments = of_remittance(content, remittance["trace_number"])
    waiting = await payments.get("/v1/unmatched", limit=500)
    mine = [each for each in waiting["items"] if each["remittance_id"] == key]
    return visit.page("remittance.html", it=remittance, waiting=mine, sections=sections(segments, open_claims=False))
