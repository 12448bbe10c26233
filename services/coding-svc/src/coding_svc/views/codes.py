"""What is shown of codes."""

import datetime

from pydantic import BaseModel, Field

from coding_svc.views.base import example

NOTICE = {"kind": "excludes1", "text": "type 1 diabetes mellitus (E10.-)", "of": "E11", "references": ["E10"]}
DIAGNOSIS = {
    "own_words": True,
    "parent": "E11",
    "ancestors": ["E11", "E08-E13", "4"],
    "children": [],
    "notices": [NOTICE],
    "seventh_characters": {},
    "attributes": [],
}
CODE = {
    "code": "E11.9",
    "system": "icd-10-cm",
    "date": "2026-03-02",
    "valid": True,
    "billable": True,
    "valid_from": "2015-10-01",
    "valid_to": "2027-03-31",
    "reason": None,
    "description": "Type 2 diabetes mellitus without complications",
    "diagnosis": DIAGNOSIS,
}
FOUND = {"code": "E11.9", "description": "Type 2 diabetes mellitus without complications", "score": 0.93}


class NoticeView(BaseModel):
    """A note of the tabular list."""

    model_config = example(NOTICE)

    kind: str = Field(
        description="includes, inclusion term, excludes1, excludes2, code first, use additional code, code also, note"
    )
    text: str
    of: str = Field(description="The place that bears it: the code itself, or what it inherits it from")
    references: list[str] = Field(description="Codes and ranges that it names, each with all beneath it")


class DiagnosisView(BaseModel):
    """What the tabular list says of an ICD-10-CM code."""

    model_config = example(DIAGNOSIS)

    own_words: bool = Field(description="False: the list that is here lacks the code, and the words are its parent's")
    parent: str | None
    ancestors: list[str] = Field(description="From the parent up to the chapter")
    children: list[str]
    notices: list[NoticeView] = Field(description="Its own, then what it inherits, the nearest first")
    seventh_characters: dict[str, str] = Field(description="What the seventh character may be, and what each means")
    attributes: list[str] = Field(description="Lists of the Medicare Code Editor that it is on that day")


class CodeView(BaseModel):
    """A code on a day."""

    model_config = example(CODE)

    code: str = Field(description="As its system writes it")
    system: str
    date: datetime.date
    valid: bool | None = Field(description="It stands in the set, as a code or as a heading; null: no release covers the day")
    billable: bool | None = Field(description="It may stand on a claim; null: no release covers the day")
    valid_from: datetime.date | None
    valid_to: datetime.date | None = Field(description="Inclusive; null where no end is known")
    reason: str | None = Field(description="Why it is not both")
    description: str = Field(description="Empty where no list that is here has words for it")
    diagnosis: DiagnosisView | None = Field(default=None, description="Of ICD-10-CM alone")


class FoundCode(BaseModel):
    """A code that words may mean."""

    model_config = example(FOUND)

    code: str
    description: str
    score: float = Field(description="1 where an entry says just the phrase")


class FoundCodes(BaseModel):
    """The codes that words may mean, the likeliest first."""

    model_config = example({"date": "2026-03-02", "results": [FOUND], "problem": None})

    date: datetime.date
    results: list[FoundCode]
    problem: str | None = Field(
        default=None, description="Why no release that is here covers the day; of a later day the last one answers"
    )
