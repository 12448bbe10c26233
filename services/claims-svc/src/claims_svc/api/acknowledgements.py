"""TA1, 999 and 277CA over HTTP, as they come."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from claims_svc.api.common import AdapterOrBiller, Biller, context
from claims_svc.domain.acknowledgement import AcknowledgementState
from claims_svc.handlers import acknowledgements
from claims_svc.views.files import (
    AcknowledgementView,
    AcknowledgementWhole,
    acknowledgement_view,
    acknowledgement_whole,
)
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import media_type, text_of
from rcm.web.edge import Answer, edge
from rcm.web.openapi import raw_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.versions import etag

router = APIRouter(tags=["acknowledgements"])
X12 = "application/edi-x12"
EXAMPLE = (
    "ISA*00*          *00*          *ZZ*RCMSANDBOX     *ZZ*MAPLE412       *250821*0901*^*00501*000000044*0*T*:~"
    "TA1*000000012*250821*0900*A*000~IEA*0*000000044~"
)


@router.post(
    "/v1/acknowledgements",
    status_code=201,
    response_model=AcknowledgementView,
    responses={200: {"model": AcknowledgementView, "description": "Just these bytes came before; nothing changed"}},
    openapi_extra=raw_body({X12: EXAMPLE}),
)
async def post_acknowledgement(request: Request, who: AdapterOrBiller) -> Response:
    """Takes TA1, 999 and 277CA, in any order, also twice, also before the transmission is recorded.

    What names no file or claim of ours is QUARANTINED and can be retried; what is no such X12 is refused with 422.
    """
    media_type(request, X12, "text/plain", "application/octet-stream")
    body = await request.body()
    content = text_of(body).encode()

    async def work(unit: UnitOfWork) -> Answer:
        acknowledgement, new = await acknowledgements.receive(unit, content, context(request).setups)
        return Answer(acknowledgement_view(acknowledgement), 201 if new else 200, etag(acknowledgement.version))

    return await edge(request).write(request, who, body, work)


@router.get("/v1/acknowledgements", response_model=Page[AcknowledgementView])
async def list_acknowledgements(
    request: Request,
    who: AdapterOrBiller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[AcknowledgementState | None, Query(description="QUARANTINED: something waits for a retry")] = None,
) -> Response:
    """What came, the newest first."""

    async def work(unit: UnitOfWork) -> Answer:
        last = decode_cursor_as(after, UUID)[0] if after else None
        found = await acknowledgements.list_acknowledgements(unit, limit, last, state)
        return Answer(page_of(found, limit, acknowledgement_view, lambda item: [item.acknowledgement_id]))

    return await edge(request).read(request, who, work)


@router.get("/v1/acknowledgements/{acknowledgement_id}", response_model=AcknowledgementWhole)
async def get_acknowledgement(request: Request, acknowledgement_id: UUID, who: AdapterOrBiller) -> Response:
    """One acknowledgement with its segments. Answers an ETag."""

    async def work(unit: UnitOfWork) -> Answer:
        acknowledgement, segments = await acknowledgements.show_segments(unit, acknowledgement_id)
        return Answer(acknowledgement_whole(acknowledgement, segments), headers=etag(acknowledgement.version))

    return await edge(request).read(request, who, work, patient_data=True)


@router.post("/v1/acknowledgements/{acknowledgement_id}/retry", response_model=AcknowledgementView)
async def retry_acknowledgement(request: Request, acknowledgement_id: UUID, who: Biller) -> Response:
    """Applies again what is quarantined: the file or claim may be known by now."""
    body = await request.body()

    async def work(unit: UnitOfWork) -> Answer:
        acknowledgement = await acknowledgements.retry(unit, acknowledgement_id, context(request).setups)
        return Answer(acknowledgement_view(acknowledgement), headers=etag(acknowledgement.version))

    return await edge(request).write(request, who, body, work)
