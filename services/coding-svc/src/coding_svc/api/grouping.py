"""The MS-DRG and the condition categories of an encounter over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from coding_svc.handlers import grouping
from coding_svc.views.grouping import GroupingView
from rcm.identity import Principal, Role
from rcm.web.edge import allow, edge

router = APIRouter(tags=["suggestions"])
Staff = Annotated[Principal, allow(Role.CODER, Role.BILLER)]
Model = Literal[
    "CMS-HCC Model V28", "CMS-HCC Model V24", "CMS-HCC Model V22", "CMS-HCC ESRD Model V24", "CMS-HCC ESRD Model V21"
]


@router.get("/v1/encounters/{encounter_id}/grouping", response_model=GroupingView)
async def get_grouping(
    request: Request,
    encounter_id: UUID,
    who: Staff,
    model: Annotated[Model, Query(description="The model of condition categories")] = "CMS-HCC Model V28",
) -> Response:
    """The MS-DRG of an inpatient stay with the complications that drive it, and the HCCs with the codes behind them.

    They are of the codes as they stand, whether the encounter is coded or held.
    """
    return await edge(request).read(request, who, lambda unit: grouping.show(unit, encounter_id, model), patient_data=True)
