"""Statements over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from patient_billing_svc.domain.cycle import StatementPolicy
from patient_billing_svc.handlers import statements
from patient_billing_svc.views import StatementRun, StatementSummary, StatementView
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page

router = APIRouter(tags=["statements"])
Biller = Annotated[Principal, allow(Role.BILLER)]

JSON, HTML, PDF = "application/json", "text/html", "application/pdf"
HTML_CONTENT: dict[str, Any] = {HTML: {"schema": {"type": "string"}, "example": "<!doctype html>..."}}
PDF_CONTENT: dict[str, Any] = {PDF: {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.4 ..."}}
DOCUMENTS: dict[int | str, dict[str, Any]] = {200: {"content": HTML_CONTENT | PDF_CONTENT}}


@router.get("/v1/statements", response_model=Page[StatementSummary])
async def list_statements(
    request: Request,
    who: Biller,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    account_id: Annotated[UUID | None, Query(description="Only this account's")] = None,
) -> Response:
    """The organisation's statements, the newest first."""
    return await edge(request).read(
        request, who, lambda unit: statements.list_statements(unit, limit, after, account_id), patient_data=True
    )


@router.get("/v1/accounts/{account_id}/statements", response_model=Page[StatementSummary], tags=["accounts"])
async def list_statements_of_account(
    request: Request, account_id: UUID, who: Biller, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Response:
    """An account's statements, the newest first."""
    return await edge(request).read(
        request,
        who,
        lambda unit: statements.list_statements_of_account(unit, limit, after, account_id),
        patient_data=True,
    )


@router.get("/v1/statements/{statement_id}", response_model=StatementView, responses=DOCUMENTS)
async def get_statement(request: Request, statement_id: UUID, who: Biller) -> Response:
    """A statement word for word as it was issued: JSON, or by Accept a web page or a PDF."""
    return await _show(request, statement_id, who, accepted(request.headers.get("accept", "")))


@router.get("/v1/statements/{statement_id}/html", response_class=Response, responses={200: {"content": HTML_CONTENT}})
async def get_statement_html(request: Request, statement_id: UUID, who: Biller) -> Response:
    """A statement as a web page that stands alone and prints well."""
    return await _show(request, statement_id, who, HTML)


@router.get("/v1/statements/{statement_id}/pdf", response_class=Response, responses={200: {"content": PDF_CONTENT}})
async def get_statement_pdf(request: Request, statement_id: UUID, who: Biller) -> Response:
    """A statement as a PDF for print and mail; the same bytes each time."""
    return await _show(request, statement_id, who, PDF)


@router.post("/v1/statement-runs", response_model=StatementRun)
async def post_statement_run(request: Request, who: Annotated[Principal, allow(Role.BILLER, Role.ADMIN)]) -> Response:
    """Runs the statement cycle now, by the same rules: what is held, resting or settled gets no statement."""
    body = await request.body()
    policy: StatementPolicy = request.app.state.context
    return await edge(request).write(request, who, body, lambda unit: statements.run_statements(unit, policy))


def accepted(header: str) -> str:
    """The media type that an Accept header asks for first, among those a statement has; JSON where it names none of them."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(header.split(",")):
        name, *parameters = [piece.strip().lower() for piece in part.split(";")]
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        if name in (JSON, HTML, PDF) and quality.replace(".", "", 1).isdigit() and float(quality) > 0:
            ranked.append((-float(quality), position, name))
    return min(ranked)[2] if ranked else JSON


async def _show(request: Request, statement_id: UUID, who: Principal, media_type: str) -> Response:
    return await edge(request).read(
        request, who, lambda unit: statements.show_statement(unit, statement_id, media_type), patient_data=True
    )
