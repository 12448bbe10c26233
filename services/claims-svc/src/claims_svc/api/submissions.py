"""Files of claims over HTTP: what an adapter fetches, and what it tells about it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from claims_svc.api.common import Adapter, AdapterOrBiller, Biller, context
from claims_svc.domain.submission import SubmissionState, Transmission
from claims_svc.handlers import submissions
from claims_svc.views.files import CutIn, CutView, SubmissionView, TransmissionIn, submission_view
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.bodies import parse_json
from rcm.web.edge import Answer, edge
from rcm.web.openapi import json_body
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page, decode_cursor_as, page_of
from rcm.web.versions import etag

router = APIRouter(tags=["submissions"])
X12 = "application/edi-x12"


@router.get("/v1/submissions", response_model=Page[SubmissionView])
async def list_submissions(
    request: Request,
    who: AdapterOrBiller,
    *,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    state: Annotated[SubmissionState | None, Query(description="READY: lies ready for an adapter")] = None,
) -> Response:
    """The organisation's files, the newest first."""

    async def work(unit: UnitOfWork) -> Answer:
        last = decode_cursor_as(after, UUID)[0] if after else None
        found = await submissions.list_submissions(unit, limit, last, state)
        return Answer(page_of(found, limit, submission_view, lambda submission: [submission.submission_id]))

    return await edge(request).read(request, who, work)


@router.post("/v1/submissions", status_code=201, response_model=CutView, openapi_extra=json_body(CutIn))
async def cut_now(request: Request, who: Biller) -> Response:
    """Writes what waits into files at once, one for each receiver, without waiting for more claims."""
    body = await request.body()
    if body.strip():
        parse_json(CutIn, body)

    async def work(unit: UnitOfWork) -> Answer:
        here = context(request)
        cut = await submissions.cut_now(unit, here.setups, here.contents, here.policy)
        return Answer(CutView(submissions=[submission_view(submission) for submission in cut]), 201)

    return await edge(request).write(request, who, body, work)


@router.get("/v1/submissions/{submission_id}", response_model=SubmissionView)
async def get_submission(request: Request, submission_id: UUID, who: AdapterOrBiller) -> Response:
    """One file, without its bytes. Answers an ETag."""

    async def work(unit: UnitOfWork) -> Answer:
        submission = await submissions.find_submission(unit, submission_id)
        return Answer(submission_view(submission), headers=etag(submission.version))

    return await edge(request).read(request, who, work)


@router.get(
    "/v1/submissions/{submission_id}/file",
    response_class=Response,
    responses={200: {"description": "The file as it is to be sent", "content": {X12: {"example": "ISA*00*..."}}}},
)
async def get_file(request: Request, submission_id: UUID, who: AdapterOrBiller) -> Response:
    """The file's bytes, as they are to be sent."""

    async def work(unit: UnitOfWork) -> Answer:
        submission, content = await submissions.read_file(unit, submission_id)
        name = f'attachment; filename="{submission.file_name}"'
        return Answer(content, headers={"content-type": X12, "content-disposition": name, "etag": f'"{submission.sha256}"'})

    return await edge(request).read(request, who, work, patient_data=True)


@router.post(
    "/v1/submissions/{submission_id}/transmissions",
    status_code=201,
    response_model=SubmissionView,
    responses={200: {"model": SubmissionView, "description": "It was recorded before"}},
    openapi_extra=json_body(TransmissionIn),
)
async def post_transmission(request: Request, submission_id: UUID, who: Adapter) -> Response:
    """Records that the file was sent: its claims are SUBMITTED. The same again answers 200 and changes nothing."""
    body = await request.body()
    given = parse_json(TransmissionIn, body)
    transmission = Transmission(given.transmitted_at, given.remote_name, given.sha256)

    async def work(unit: UnitOfWork) -> Answer:
        submission, recorded = await submissions.transmit(unit, submission_id, transmission, context(request).setups)
        return Answer(submission_view(submission), 201 if recorded else 200, etag(submission.version))

    return await edge(request).write(request, who, body, work)
