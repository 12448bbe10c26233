"""Statements: the list, one as it was issued, and the run of the cycle."""

from fastapi import APIRouter, Request, Response

from console.clients import identifier
from console.security import check_form
from console.visit import Visit

router = APIRouter(include_in_schema=False)


@router.get("/statements")
async def list_statements(request: Request, after: str = "") -> Response:
    """All statements, the newest first."""
    visit = Visit(request)
    page = await visit.desk.billing.get("/v1/statements", after=after, limit=50)
    return visit.page("statements.html", items=page["items"], following=page.get("next"))


@router.get("/statements/{statement_id}")
async def show_statement(request: Request, statement_id: str) -> Response:
    """A statement word for word."""
    visit = Visit(request)
    statement = await visit.desk.billing.get(f"/v1/statements/{identifier(statement_id)}")
    return visit.page("statement.html", it=statement, pending=any_pending(statement))


@router.get("/statements/{statement_id}/pdf")
async def show_statement_pdf(request: Request, statement_id: str) -> Response:
    """The statement's PDF as patient-billing-svc makes it."""
    visit = Visit(request)
    content, kind = await visit.desk.billing.content(f"/v1/statements/{identifier(statement_id)}/pdf", "application/pdf")
    name = f'inline; filename="statement-{identifier(statement_id)[-8:]}.pdf"'
    return Response(content, media_type=kind, headers={"content-disposition": name})


@router.post("/statement-runs")
async def run_statements(request: Request) -> Response:
    """Issues what is due now."""
    visit = Visit(request)
    fields = await check_form(request, visit.session)
    run = await visit.desk.billing.post("/v1/statement-runs", {}, fields.get("key", ""))
    more = " More accounts wait: run it again." if run.get("more") else ""
    return visit.go("/statements", f"{run['issued']} statements were issued.{more}")


def any_pending(statement: dict[str, object]) -> bool:
    """Whether a column is needed for what the insurance still decides."""
    return bool(statement.get("insurance_pending_cents"))
