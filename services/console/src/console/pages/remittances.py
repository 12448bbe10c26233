"""Remittances: what needs a person first (quarantined, held, unmatched), then all; one with its segments explained, and
what a person decides about it."""

import re

from fastapi import APIRouter, Request, Response

from console import words
from console.clients import Json, ServiceAway, ServiceRefused, identifier
from console.security import check_form
from console.visit import Visit, together
from console.x12.sections import sections
from rcm.errors import InvalidBody, RcmError
from rcm.x12.show.excerpts import of_remittance

router = APIRouter(include_in_schema=False)
UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class NoClaimNamed(InvalidBody):
    """Nothing in the form tells a claim."""

    title = "Choose a suggested claim, or paste the address of the claim's page"


class Refusal:
    """What was refused: which form, why, and what was typed into it."""

    def __init__(self, form: str, error: RcmError, typed: dict[str, str]) -> None:
        self.form, self.why, self.typed = form, error.detail, typed
        self.status = error.status_code if isinstance(error, ServiceRefused) else error.status


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
    """One remittance: its state and why, its claims, its segments in our own words; what a person may decide."""
    return await _remittance(Visit(request), identifier(remittance_id))


@router.post("/remittances/{remittance_id}/retry")
async def retry(request: Request, remittance_id: str) -> Response:
    """Looks at it again."""
    visit, fields, key = await _form(request, remittance_id)
    try:
        found = await visit.desk.payments.post(f"/v1/remittances/{key}/retry", {}, fields.get("key", ""))
    except ServiceRefused as error:
        return await _remittance(visit, key, Refusal("retry", error, fields))
    state = words.word(words.REMITTANCE_STATES, found["state"])
    return visit.go(f"/remittances/{key}", f"Looked at again. {state.name}: {state.meaning}")


@router.post("/remittances/{remittance_id}/dismiss")
async def dismiss(request: Request, remittance_id: str) -> Response:
    """Ends quarantine without posting here."""
    visit, fields, key = await _form(request, remittance_id)
    try:
        await visit.desk.payments.post(f"/v1/remittances/{key}/dismiss", _exit(fields), fields.get("key", ""))
    except ServiceRefused as error:
        return await _remittance(visit, key, Refusal("dismiss", error, fields))
    return visit.go(f"/remittances/{key}", "It is put away. Nothing of it is posted.")


@router.post("/remittances/{remittance_id}/claims/{unmatched_id}/match")
async def match(request: Request, remittance_id: str, unmatched_id: str) -> Response:
    """Says whose it is: a suggested claim, or the one whose page's address was pasted."""
    visit, fields, key = await _form(request, remittance_id)
    waiting = identifier(unmatched_id)
    named = UUID_IN_TEXT.search(fields.get("claim", "") or fields.get("suggested", ""))
    if named is None:
        return await _remittance(visit, key, Refusal(f"match-{waiting}", NoClaimNamed(), fields))
    body = {"claim_id": named.group()}
    try:
        found = await visit.desk.payments.post(f"/v1/unmatched/{waiting}/match", body, fields.get("key", ""))
    except ServiceRefused as error:
        return await _remittance(visit, key, Refusal(f"match-{waiting}", error, fields))
    state = words.word(words.REMITTANCE_STATES, found["state"])
    return visit.go(f"/remittances/{key}", f"It is that claim's. {state.name}.")


@router.post("/remittances/{remittance_id}/claims/{unmatched_id}/dismiss")
async def dismiss_claim(request: Request, remittance_id: str, unmatched_id: str) -> Response:
    """Ends the wait of a claim in it; its money stays in suspense."""
    visit, fields, key = await _form(request, remittance_id)
    waiting = identifier(unmatched_id)
    try:
        await visit.desk.payments.post(f"/v1/unmatched/{waiting}/dismiss", _exit(fields), fields.get("key", ""))
    except ServiceRefused as error:
        return await _remittance(visit, key, Refusal(f"dismiss-{waiting}", error, fields))
    return visit.go(f"/remittances/{key}", "It is put away. Its payment stays in suspense.")


async def _form(request: Request, remittance_id: str) -> tuple[Visit, dict[str, str], str]:
    visit = Visit(request)
    return visit, await check_form(request, visit.session), identifier(remittance_id)


def _exit(fields: dict[str, str]) -> Json:
    return {"exit": fields.get("exit", ""), "note": fields.get("note", "").strip()}


async def _remittance(visit: Visit, key: str, refusal: Refusal | None = None) -> Response:
    payments = visit.desk.payments
    remittance = await payments.get(f"/v1/remittances/{key}")
    try:
        content, _ = await payments.content(f"/v1/remittances/{key}/raw", "application/edi-x12")
    except (ServiceRefused, ServiceAway):
        content = b""
    segments = of_remittance(content, remittance["trace_number"])
    waiting = await payments.get("/v1/unmatched", limit=500)
    return visit.page(
        "remittance.html",
        status=refusal.status if refusal else 200,
        it=remittance,
        waiting=[each for each in waiting["items"] if each["remittance_id"] == key],
        sections=sections(segments, open_claims=False),
        refusal=refusal,
        may_decide=visit.session.principal.role == "biller",
    )
