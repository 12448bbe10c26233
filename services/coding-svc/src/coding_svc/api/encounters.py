"""Encounters over HTTP."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from coding_svc.api.documents import ANSWERS, BATCH_BODY, BUNDLE_ANSWER, ENCOUNTER_BODY, PATCH_BODY, RAW_ANSWERS
from coding_svc.domain.states import State
from coding_svc.edi.parcel import Form
from coding_svc.edi.reading import read
from coding_svc.handlers import changes, reads
from coding_svc.handlers.answers import answer_of
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.intake import Delivery, receive
from coding_svc.views.encounters import (
    BatchResult,
    CancelIn,
    EncounterResult,
    EncounterSearch,
    EncounterSummary,
    EncounterView,
    History,
)
from rcm.identity import Principal, Role
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import load_json, media_type, parse_json
from rcm.web.edge import Answer, allow, cause_of, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page
from rcm.web.versions import ANY, required_version

router = APIRouter(tags=["encounters"])
Sender = Annotated[Principal, allow(Role.EHR)]
Reader = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER)]
Searcher = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER, Role.DASHBOARD, Role.ADMIN)]
Editor = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER)]
IfMatch = Annotated[str | None, Header(description="The ETag that was read")]
LARGE_BYTES = 262_144
"""A body from here on is read in a thread, so that others are served meanwhile.

A smaller one is read before a thread would let others have their turn, which is after 5 ms (some 20 us an encounter of 1.5 KB);
and what a thread has read lies in the other processor's cache when the edits look at it.
"""


def book_of(request: Request) -> CodeBook:
    """The code sets that main.py made."""
    book = request.app.state.context
    assert isinstance(book, CodeBook)
    return book


async def _delivery(request: Request, who: Principal, kind: str, body: bytes) -> Delivery:
    parcel = read(kind, body) if len(body) < LARGE_BYTES else await asyncio.to_thread(read, kind, body)
    return Delivery(parcel, cause_of(request, who))


@router.post(
    "/v1/encounters",
    status_code=201,
    response_model=EncounterResult,
    openapi_extra=ENCOUNTER_BODY,
    responses={200: {"model": EncounterResult, "description": "The same encounter came before", "content": ANSWERS}},
)
async def post_encounter(request: Request, who: Sender) -> Response:
    """Takes an encounter as JSON, those of a FHIR R4 bundle, or that of an HL7 v2 DFT^P03; each is answered in its form.

    Complete codes are checked: the encounter is coded, or held with every reason. The same external id with the same content
    is answered with what is there (200); with other content it is refused (409). What is no encounter at all is refused (422).
    Refusals are kept: the problem's `raw_input_id` names the input.
    """
    kind = media_type(request, Form.JSON, Form.FHIR, Form.HL7)
    body = await request.body()
    delivery = await _delivery(request, who, kind, body)
    book = book_of(request)

    async def work(unit: UnitOfWork, deliveries: Sequence[Delivery]) -> Sequence[Answer]:
        outcomes = await receive(unit, book, deliveries)
        now = unit.clock.now()
        return [answer_of(each.parcel, found, now) for each, found in zip(deliveries, outcomes, strict=True)]

    return await edge(request).write_grouped(request, who, body, delivery, work)


@router.post(
    "/v1/encounters/batch",
    response_model=BatchResult,
    openapi_extra=BATCH_BODY,
    responses={200: {"model": BatchResult, "content": BUNDLE_ANSWER}},
)
async def post_batch(request: Request, who: Sender) -> Response:
    """Takes an encounter on each line (NDJSON, up to 5,000 lines), or a FHIR bundle; what is valid goes in together.

    Each line has a result of its own: its encounter, or the problem for which it was refused.
    """
    kind = media_type(request, Form.NDJSON, Form.FHIR)
    body = await request.body()
    delivery = await _delivery(request, who, kind, body)
    book = book_of(request)

    async def work(unit: UnitOfWork) -> Answer:
        (outcomes,) = await receive(unit, book, [delivery])
        return answer_of(delivery.parcel, outcomes, unit.clock.now())

    return await edge(request).write(request, who, body, work, keep_plans=True)


@router.get("/v1/encounters", response_model=Page[EncounterSummary])
async def list_encounters(
    request: Request,
    who: Reader,
    state: Annotated[State | None, Query(description="Only encounters in this state")] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Response:
    """The organisation's encounters in the order in which they came."""
    return await _list(request, who, limit, after, EncounterSearch(state=state))


@router.post("/v1/encounters/search", response_model=Page[EncounterSummary], openapi_extra=json_body(EncounterSearch))
async def search_encounters(request: Request, who: Searcher, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Response:
    """Encounters by what would identify a visit in an address, such as the EHR's id of it. It changes nothing."""
    return await _list(request, who, limit, after, parse_json(EncounterSearch, await request.body()))


async def _list(request: Request, who: Principal, limit: int, after: str | None, wanted: EncounterSearch) -> Response:
    return await edge(request).read(
        request, who, lambda unit: reads.list_encounters(unit, wanted, limit, after), patient_data=True
    )


@router.get("/v1/encounters/{encounter_id}", response_model=EncounterView)
async def get_encounter(request: Request, encounter_id: UUID, who: Reader) -> Response:
    """An encounter as it stands, why it is held, and what was repaired. Answers an ETag."""
    return await edge(request).read(request, who, lambda unit: reads.show_encounter(unit, encounter_id), patient_data=True)


@router.get("/v1/encounters/{encounter_id}/history", response_model=History)
async def get_history(request: Request, encounter_id: UUID, who: Reader) -> Response:
    """Who changed what in an encounter, when, and what stood there before."""
    return await edge(request).read(request, who, lambda unit: reads.show_history(unit, encounter_id), patient_data=True)


@router.get(
    "/v1/encounters/{encounter_id}/raw",
    response_class=Response,
    responses={200: {"content": RAW_ANSWERS, "description": "The bytes as they came, in their own media type"}},
)
async def get_raw(request: Request, encounter_id: UUID, who: Reader) -> Response:
    """The body in which the encounter came, byte by byte (X-Content-SHA256 tells its sum, X-Raw-Place the place in it)."""
    return await edge(request).read(request, who, lambda unit: reads.show_raw(unit, encounter_id), patient_data=True)


@router.patch("/v1/encounters/{encounter_id}", response_model=EncounterView, openapi_extra=PATCH_BODY)
async def patch_encounter(
    request: Request,
    encounter_id: UUID,
    who: Editor,
    if_match: IfMatch = None,  # noqa: ARG001 - for OpenAPI
) -> Response:
    """Completes or corrects an encounter with a JSON merge patch (RFC 7396). Needs If-Match.

    A held encounter is coded as soon as nothing holds it. A coded one is said anew; a change that its edits would hold is
    refused, because its charges are said already.
    """
    version = required_version(request)
    media_type(request, "application/merge-patch+json", "application/json")
    body = await request.body()
    patch = changes.members(load_json(body))
    book = book_of(request)
    return await edge(request).write(request, who, body, lambda unit: changes.change(unit, book, encounter_id, version, patch))


@router.post("/v1/encounters/{encounter_id}/cancel", response_model=EncounterView, openapi_extra=json_body(CancelIn))
async def cancel_encounter(request: Request, encounter_id: UUID, who: Editor, if_match: IfMatch = None) -> Response:
    """Says that an encounter is not to be billed. Its claim is voided, or where it is in a file already, becomes a task."""
    version = required_version(request) if if_match is not None else ANY
    body = await request.body()
    wanted = parse_json(CancelIn, body)
    return await edge(request).write(
        request, who, body, lambda unit: changes.cancel(unit, encounter_id, version, wanted.reason)
    )
