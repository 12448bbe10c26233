"""The quarantine over HTTP: bodies of which something became no encounter."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from coding_svc.api.documents import RAW_ANSWERS
from coding_svc.api.encounters import book_of
from coding_svc.handlers import quarantine, reads
from coding_svc.views.encounters import EncounterResult, RawInputView
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["raw inputs"])
Staff = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER)]


@router.get("/v1/raw-inputs", response_model=Page[RawInputView])
async def list_raw_inputs(
    request: Request,
    who: Staff,
    state: Annotated[Literal["open", "taken", "dismissed"], Query(description="What became of it")] = "open",
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Response:
    """The quarantine, the oldest first: what was refused, why, how often it was tried."""
    return await edge(request).read(request, who, lambda unit: quarantine.list_quarantine(unit, state, limit, after))


@router.get(
    "/v1/raw-inputs/{raw_input_id}",
    response_class=Response,
    responses={200: {"content": RAW_ANSWERS, "description": "The bytes as they came, in their own media type"}},
)
async def get_raw_input(request: Request, raw_input_id: UUID, who: Staff) -> Response:
    """A raw input, byte by byte."""
    return await edge(request).read(request, who, lambda unit: reads.show_body(unit, raw_input_id), patient_data=True)


@router.post("/v1/raw-inputs/{raw_input_id}/retry", response_model=EncounterResult)
async def retry_raw_input(request: Request, raw_input_id: UUID, who: Staff) -> Response:
    """Reads a quarantined body again, as if it came now, and answers in its own form."""
    book = book_of(request)
    return await edge(request).write(request, who, b"", lambda unit: quarantine.retry(unit, book, raw_input_id))


@router.post("/v1/raw-inputs/{raw_input_id}/dismiss", response_model=RawInputView)
async def dismiss_raw_input(request: Request, raw_input_id: UUID, who: Staff) -> Response:
    """Says that nothing is to become of a quarantined body; it stays kept."""
    return await edge(request).write(request, who, b"", lambda unit: quarantine.dismiss(unit, raw_input_id))
