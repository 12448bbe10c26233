"""Claims over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from claims_svc.api.common import Biller, context, named_version
from claims_svc.domain.claim import Override
from claims_svc.domain.encounter import Accident
from claims_svc.domain.states import State
from claims_svc.handlers import claims
from claims_svc.handlers.claims import WholeClaim
from claims_svc.handlers.timelines import claim_timeline
from claims_svc.views.claims import ClaimPatch, ClaimSummary, ClaimView, Reason, Timeline, summary_of, timeline_of, view_of
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, edge
from rcm.web.openapi import json_body, versioned
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.versions import etag, required_version

router = APIRouter(tags=["claims"])


@router.get("/v1/claims", response_model=Page[ClaimSummary])
async def list_claims(
    request: Request,
    who: Biller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[State | None, Query(description="Only claims that stand so")] = None,
    payer_id: Annotated[str | None, Query(max_length=80, description="Only claims to this payer")] = None,
    encounter_id: Annotated[UUID | None, Query(description="Only this encounter's")] = None,
) -> Response:
    """The organisation's claims, the newest first."""

    async def work(unit: UnitOfWork) -> Answer:
        last = decode_cursor_as(after, UUID)[0] if after else None
        found = await claims.list_claims(unit, limit, last, state=state, payer_id=payer_id, encounter_id=encounter_id)
        page = page_of(found, limit, summary_of, lambda claim: [claim.claim_id])
        return Answer(page, shown=[str(item.claim_id) for item in page.items])

    return await edge(request).read(request, who, work, patient_data=True)


@router.get("/v1/claims/{claim_id}", response_model=ClaimView)
async def get_claim(request: Request, claim_id: UUID, who: Biller) -> Response:
    """A claim with its content, why it is held, and the files that it went into. Answers an ETag."""

    async def work(unit: UnitOfWork) -> Answer:
        return _answer(await claims.show_claim(unit, claim_id))

    return await edge(request).read(request, who, work, patient_data=True)


@router.get("/v1/claims/{claim_id}/timeline", response_model=Timeline)
async def get_timeline(request: Request, claim_id: UUID, who: Biller) -> Response:
    """Who did what to the claim, when and why, with its segments in files and acknowledgements."""

    async def work(unit: UnitOfWork) -> Answer:
        claim, moments = await claim_timeline(unit, claim_id)
        return Answer(timeline_of(claim, moments), headers=etag(claim.version))

    return await edge(request).read(request, who, work, patient_data=True)


@router.patch(
    "/v1/claims/{claim_id}",
    response_model=ClaimView,
    openapi_extra=versioned(json_body(ClaimPatch, media_type="application/merge-patch+json")),
)
async def patch_claim(request: Request, claim_id: UUID, who: Biller) -> Response:
    """Corrects what claims-svc owns and edits the claim again: it is READY for the next file, or held.

    A claim that a payer holds needs frequency 7 (replacement) or 8 (void). Codes, charges, patient and coverages are
    corrected at coding-svc. Needs If-Match.
    """
    version = required_version(request)
    body = await request.body()
    changes = _changes(parse_json(ClaimPatch, body))

    async def work(unit: UnitOfWork) -> Answer:
        return _answer(await claims.correct_claim(unit, claim_id, version, changes, context(request).setups))

    return await edge(request).write(request, who, body, work)


@router.post("/v1/claims/{claim_id}/resubmit", response_model=ClaimView, openapi_extra=json_body(Reason))
async def resubmit_claim(request: Request, claim_id: UUID, who: Biller) -> Response:
    """Sends a rejected claim again as it is, under a new patient control number. If-Match may name the version."""
    version = named_version(request)
    body = await request.body()
    reason = parse_json(Reason, body).reason

    async def work(unit: UnitOfWork) -> Answer:
        return _answer(await claims.resubmit_claim(unit, claim_id, version, reason, context(request).setups))

    return await edge(request).write(request, who, body, work)


@router.post("/v1/claims/{claim_id}/void", response_model=ClaimView, openapi_extra=json_body(Reason))
async def void_claim(request: Request, claim_id: UUID, who: Biller) -> Response:
    """Withdraws a cancelled encounter's claim that no payer holds; its charges are reversed. If-Match may name the version."""
    version = named_version(request)
    body = await request.body()
    reason = parse_json(Reason, body).reason

    async def work(unit: UnitOfWork) -> Answer:
        return _answer(await claims.void_claim(unit, claim_id, version, reason))

    return await edge(request).write(request, who, body, work)


def _answer(whole: WholeClaim) -> Answer:
    return Answer(view_of(whole.claim, whole.encounter, whole.places), headers=etag(whole.claim.version))


def _changes(patch: ClaimPatch) -> dict[str, Any]:
    """The fields that were sent, in domain values; null clears."""
    sent = patch.model_dump(include=patch.model_fields_set)
    for name in ("authorisation_number", "payer_claim_control_number"):
        if name in sent:
            sent[name] = sent[name] or ""
    if sent.get("accident"):
        sent["accident"] = msgspec.convert(sent["accident"], Accident)
    if "overrides" in sent:
        sent["overrides"] = tuple(msgspec.convert(item, Override) for item in sent["overrides"] or ())
    return sent
