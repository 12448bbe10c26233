"""The statement on paper and screen: the same contents as JSON, as a web page that stands alone, as a PDF."""

from collections.abc import Mapping

from pydantic import BaseModel

from patient_billing_svc.documents.contents import contents
from patient_billing_svc.documents.page import render_page
from patient_billing_svc.domain.statement import Statement

JSON, HTML, PDF = "application/json", "text/html", "application/pdf"


def render(statement: Statement, media_type: str) -> BaseModel | bytes:
    """The statement as `media_type`; the same bytes for the same statement."""
    if media_type == HTML:
        return render_page(contents(statement)).encode()
    if media_type == PDF:
        from patient_billing_svc.documents.pdf import render_pdf  # noqa: PLC0415 - reportlab takes 0.2 s to load

        return render_pdf(contents(statement))
    return statement


def headers(statement: Statement, media_type: str) -> Mapping[str, str]:
    """The answer's headers. The file's name tells the statement's number and no patient's."""
    if media_type == HTML:
        return {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        }
    if media_type == PDF:
        return {"content-type": PDF, "content-disposition": f'inline; filename="statement-{statement.number}.pdf"'}
    return {"vary": "accept"}
