"""The catalogue of edits."""

from fastapi import APIRouter, Request, Response

from claims_svc.api.common import Biller
from claims_svc.handlers.edits import catalogue
from claims_svc.views.claims import EditView, edit_view
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer, edge
from rcm.web.pages import Page

router = APIRouter(tags=["claims"])


@router.get("/v1/edits", response_model=Page[EditView])
async def list_edits(request: Request, who: Biller) -> Response:
    """Every edit of claims-svc: what it checks, since when, how to mend it, who says so. Those of codes are coding-svc's."""

    async def work(_: UnitOfWork) -> Answer:
        return Answer(Page(items=[edit_view(edit) for edit in catalogue()]))

    return await edge(request).read(request, who, work)
