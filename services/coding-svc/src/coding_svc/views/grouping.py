"""The MS-DRG of a stay and the condition categories of diagnoses."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from coding_svc.views.base import ENCOUNTER_ID, example

DRG: dict[str, Any] = {
    "version": "V43",
    "drg": 291,
    "description": "Heart Failure and Shock with MCC",
    "mdc": 5,
    "mdc_description": "Diseases and Disorders of the Circulatory System",
    "severity": "MCC",
    "reason": "grouped",
    "complications": [{"code": "J96.01", "severity": "MCC", "drives": True}],
    "procedures": [],
    "invalid": [],
}
HCC: dict[str, Any] = {
    "model": "CMS-HCC Model V28",
    "payment_year": 2027,
    "categories": [{"hcc": "226", "label": "Heart Failure, Except End-Stage and Acute", "codes": ["I50.20"]}],
    "without": ["I10"],
}


class ComplicationView(BaseModel):
    """A secondary diagnosis that counts as CC or MCC."""

    code: str
    severity: str
    drives: bool = Field(description="Whether it is one of those that make the group what it is")


class DrgView(BaseModel):
    """An MS-DRG (998 and 999 are none: `reason` says why)."""

    model_config = example(DRG)

    version: str
    drg: int | None
    description: str
    mdc: int | None
    mdc_description: str
    severity: str = Field(description="NONE, CC or MCC")
    reason: str
    complications: list[ComplicationView]
    procedures: list[str] = Field(description="Those that make the group what it is")
    invalid: list[str] = Field(description="Codes that are not valid on the day of discharge")


class CategoryView(BaseModel):
    """A condition category and the diagnoses behind it."""

    hcc: str
    label: str
    codes: list[str]


class CategoriesView(BaseModel):
    """Hierarchical condition categories, after their hierarchies."""

    model_config = example(HCC)

    model: str
    payment_year: int = Field(description="The year after the service, or the nearest that is there")
    categories: list[CategoryView]
    without: list[str] = Field(description="Diagnoses that lead to none, or whose category a graver one stands for")


class GroupingView(BaseModel):
    """What an encounter's diagnoses come to."""

    model_config = example({"encounter_id": ENCOUNTER_ID, "drg": DRG, "drg_missing": "", "hcc": HCC, "hcc_missing": ""})

    encounter_id: UUID
    drg: DrgView | None
    drg_missing: str = Field(description="Why there is no MS-DRG")
    hcc: CategoriesView | None
    hcc_missing: str = Field(description="Why there are no categories")
