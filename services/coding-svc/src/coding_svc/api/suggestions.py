"""Suggested codes, decisions on them, and what they measure, over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from coding_svc.api.encounters import book_of
from coding_svc.domain.suggestions import Action
from coding_svc.handlers import accepting, measures, suggesting
from coding_svc.views.encounters import EncounterView
from coding_svc.views.suggestions import CodesIn, CodingMeasures, DecisionView, RuleIn, RuleView, SuggestionsView
from rcm.identity import Principal, Role
from rcm.web.bodies import parse_json
from rcm.web.edge import allow, edge
from rcm.web.openapi import json_body, versioned
from rcm.web.pages import LIMIT_DEFAULT, After, Limit, Page
from rcm.web.versions import required_version

router = APIRouter(tags=["suggestions"])
Coder = Annotated[Principal, allow(Role.CODER)]
Staff = Annotated[Principal, allow(Role.CODER, Role.BILLER)]
Ruler = Annotated[Principal, allow(Role.CODER, Role.ADMIN)]


@router.get("/v1/encounters/{encounter_id}/suggestions", response_model=SuggestionsView)
async def get_suggestions(request: Request, encounter_id: UUID, who: Staff) -> Response:
    """The codes that the notes of an encounter say, each with its evidence; what is not to be coded, and why; the decisions.

    Notes that came without codes are read within moments: until then the state is `waiting`.
    """
    return await edge(request).read(request, who, lambda unit: suggesting.show(unit, encounter_id), patient_data=True)


@router.post("/v1/encounters/{encounter_id}/codes", response_model=EncounterView, openapi_extra=versioned(json_body(CodesIn)))
async def post_codes(request: Request, encounter_id: UUID, who: Coder) -> Response:
    """Takes a coder's decisions: suggestions accepted, changed or refused, codes added. Needs If-Match.

    Each decision is kept with who, when and from which evidence. The encounter is coded as soon as nothing holds it.
    """
    version = required_version(request)
    body = await request.body()
    given = parse_json(CodesIn, body)
    book = book_of(request)
    return await edge(request).write(
        request, who, body, lambda unit: accepting.take_codes(unit, book, encounter_id, version, given)
    )


@router.get("/v1/acceptance-rule", response_model=RuleView)
async def get_rule(request: Request, who: Staff) -> Response:
    """What the organisation takes without a person: nothing, until it says otherwise. Answers an ETag."""
    return await edge(request).read(request, who, measures.show_rule)


@router.put("/v1/acceptance-rule", response_model=RuleView, openapi_extra=versioned(json_body(RuleIn)))
async def put_rule(request: Request, who: Ruler) -> Response:
    """Sets what is taken without a person: an encounter all of whose suggestions have the score and lie in the ranges.

    Needs If-Match. Older versions stay, because decisions name them.
    """
    version = required_version(request)
    body = await request.body()
    given = parse_json(RuleIn, body)
    return await edge(request).write(request, who, body, lambda unit: measures.set_rule(unit, version, given))


@router.get("/v1/measures/coding", response_model=CodingMeasures, tags=["figures"])
async def get_measures(
    request: Request,
    who: Staff,
    first_day: Annotated[date | None, Query(description="Decisions from this day on (UTC)")] = None,
    last_day: Annotated[date | None, Query(description="Decisions until this day, inclusive (UTC)")] = None,
) -> Response:
    """How good the engine is, by what coders decided on its suggestions: precision, recall, and where they corrected most."""
    return await edge(request).read(request, who, lambda unit: measures.show(unit, first_day, last_day))


@router.get("/v1/measures/coding/decisions", response_model=Page[DecisionView], tags=["figures"])
async def list_decisions(
    request: Request,
    who: Staff,
    action: Annotated[Action | None, Query(description="Only decisions of this kind")] = None,
    category: Annotated[str | None, Query(pattern=r"^[0-9A-Z.]{1,8}$", description="How the code begins, as E11")] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Response:
    """The decisions behind the measures, the first one first, each with its evidence."""
    return await edge(request).read(
        request, who, lambda unit: measures.decisions(unit, action, category, limit, after), patient_data=True
    )
