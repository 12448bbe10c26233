"""Codes by date over HTTP, and from words to codes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from coding_svc.api.encounters import book_of
from coding_svc.handlers import code_queries
from coding_svc.views.codes import CodeView, FoundCodes
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge

router = APIRouter(tags=["codes"])
Anybody = Annotated[Principal, allow(Role.EHR, Role.CODER, Role.BILLER)]
Day = Annotated[date | None, Query(description="The day of service, such as 2026-03-02; today where none is given")]


@router.get("/v1/codes/search", response_model=FoundCodes)
async def search_codes(
    request: Request,
    who: Anybody,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=400,
            description="What a coder would look up; nothing of a patient",
            examples=["heart attack"],
        ),
    ],
    date: Day = None,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many codes")] = 10,
) -> Response:
    """Billable ICD-10-CM codes for words, the likeliest first: main term, then what says it closer."""
    book = book_of(request)
    return await edge(request).read(request, who, lambda unit: code_queries.search(unit, book, q, date, limit))


@router.get("/v1/codes/{system}/{code}", response_model=CodeView)
async def get_code(
    request: Request,
    who: Anybody,
    system: Annotated[str, Path(max_length=40, description="Such as icd-10-pcs, hcpcs, modifier", examples=["icd-10-cm"])],
    code: Annotated[str, Path(max_length=20, description="With its dot or without", examples=["E11.9"])],
    date: Day = None,
) -> Response:
    """Whether a code is valid and billable on a day, what it means, and of a diagnosis every note that holds for it.

    `valid` and `billable` are null where no release that is here covers the day. A code that does not exist is answered, too.
    """
    book = book_of(request)
    return await edge(request).read(request, who, lambda unit: code_queries.show(unit, book, system, code, date))
