"""Suggested codes and what is decided on them. Evidence is a patient's data: it stands in bodies alone."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from coding_svc.domain.encounter import Code, Identifier, Line
from coding_svc.domain.suggestions import Action, DecidedBy, Kind
from coding_svc.views.base import ENCOUNTER_ID, INSTANT, SUGGESTION_ID, example, taken

GivenCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10, pattern=r"^[0-9A-Za-z.]+$")]
EVIDENCE: dict[str, Any] = {"document": "/notes/0", "start": 112, "end": 136, "text": "type 2 diabetes mellitus"}
DECISION: dict[str, Any] = {
    "encounter_id": ENCOUNTER_ID,
    "decision_id": "0198f5d0-5c00-7000-8000-0000000000b1",
    "suggestion_id": SUGGESTION_ID,
    "action": "accepted",
    "decided_by": "coder",
    "actor": "pat@example.org (coder)",
    "decided_at": INSTANT,
    "rule_version": None,
    "kind": "diagnosis",
    "suggested_code": "E11.9",
    "code": "E11.9",
    "score": 0.93,
    "engine": "notes 1",
    "evidence": [EVIDENCE],
    "reason": "",
}
SUGGESTION: dict[str, Any] = {
    "suggestion_id": SUGGESTION_ID,
    "kind": "diagnosis",
    "code": "E11.9",
    "description": "Type 2 diabetes mellitus without complications",
    "score": 0.93,
    "assertion": "affirmed",
    "why": "named in the assessment",
    "evidence": [EVIDENCE],
    "decision": None,
}
NOT_CODED: dict[str, Any] = {
    "code": "R05.9",
    "description": "Cough, unspecified",
    "assertion": "negated",
    "reason": "the note denies it",
    "evidence": [{"document": "/notes/0", "start": 201, "end": 206, "text": "cough"}],
}
MEASURE: dict[str, Any] = {
    "engine": "notes 1",
    "accepted": 42,
    "changed": 5,
    "refused": 3,
    "added": 6,
    "precision": {"numerator": 42, "denominator": 50, "value": 0.84},
    "recall": {"numerator": 42, "denominator": 53, "value": 0.7925},
}


class EvidenceView(BaseModel):
    """Characters of a document, from `start` to before `end`."""

    model_config = example(EVIDENCE)

    document: str = Field(description="JSON pointer into the encounter")
    start: int
    end: int
    text: str


class DecisionView(BaseModel):
    """What was decided on a code, by whom, when, from which evidence."""

    model_config = example(DECISION)

    decision_id: UUID
    encounter_id: UUID
    suggestion_id: UUID | None = Field(description="null: the engine had not suggested it")
    action: Action
    decided_by: DecidedBy
    actor: str
    decided_at: datetime
    rule_version: int | None = Field(description="The version of the acceptance rule that decided")
    kind: Kind
    suggested_code: str
    code: str = Field(description="What stands in the encounter; empty: refused")
    score: float | None
    engine: str
    evidence: tuple[EvidenceView, ...]
    reason: str


class SuggestionView(BaseModel):
    """A code that the engine would give."""

    model_config = example(SUGGESTION)

    suggestion_id: UUID
    kind: Kind
    code: str
    description: str
    score: float
    assertion: str
    why: str
    evidence: tuple[EvidenceView, ...]
    decision: DecisionView | None


class NotCodedView(BaseModel):
    """What the engine read and would not code, with its reason."""

    model_config = example(NOT_CODED)

    code: str
    description: str
    assertion: str
    reason: str
    evidence: tuple[EvidenceView, ...]


class UnreadView(BaseModel):
    """A document that was not read, or not to its end."""

    model_config = example({"document": "/notes/1", "why": "the document is not in English"})

    document: str = Field(description="JSON pointer into the encounter")
    why: str


class SuggestionsView(BaseModel):
    """What the notes of an encounter say in codes. Nothing of it is billed by itself."""

    model_config = example(
        {
            "encounter_id": ENCOUNTER_ID,
            "state": "read",
            "engine": "notes 1",
            "read_at": INSTANT,
            "failure": "",
            "suggestions": [SUGGESTION],
            "not_coded": [NOT_CODED],
            "unread": [],
            "decisions": [],
        }
    )

    encounter_id: UUID
    state: Literal["none", "waiting", "read", "dropped", "failed"] = Field(
        description="none: no notes to read, or codes came with them; dropped: it was coded before its notes were read"
    )
    engine: str
    read_at: datetime | None
    failure: str = Field(description="The kind of error where the notes could not be read")
    suggestions: tuple[SuggestionView, ...]
    not_coded: tuple[NotCodedView, ...]
    unread: tuple[UnreadView, ...] = Field(description="Documents that were not read, or not to their end, and why")
    decisions: tuple[DecisionView, ...]


class AcceptIn(BaseModel):
    """A suggestion that is right, or right but for its code."""

    model_config = taken({"suggestion_id": SUGGESTION_ID})

    suggestion_id: UUID
    code: GivenCode | None = Field(default=None, description="Another code for the same finding")
    present_on_admission: Literal["", "Y", "N", "U", "W", "1"] = ""
    line_number: int | None = Field(
        default=None, description="Of a visit's level or a procedure: the line whose procedure it becomes"
    )
    reason: Line = ""


class RefuseIn(BaseModel):
    """A suggestion that is wrong."""

    model_config = taken({"suggestion_id": SUGGESTION_ID, "reason": "a family history"})

    suggestion_id: UUID
    reason: Line = ""


class AddIn(BaseModel):
    """A code that the engine did not suggest."""

    model_config = taken({"code": "Z79.4", "reason": "insulin in the medication list"})

    code: GivenCode
    present_on_admission: Literal["", "Y", "N", "U", "W", "1"] = ""
    reason: Line = ""


class LineCodesIn(BaseModel):
    """What is coded of one line."""

    model_config = taken({"line_number": 1, "procedure": "99213", "diagnoses": ["E11.9"]})

    line_number: int
    procedure: Code | None = None
    modifiers: tuple[Code, ...] | None = None
    diagnoses: tuple[GivenCode, ...] | None = Field(default=None, description="What it points at, the main one first")


class CodesIn(BaseModel):
    """Decisions on an encounter's codes. Lines that point at nothing then point at the first four diagnoses."""

    model_config = taken(
        {
            "accept": [{"suggestion_id": SUGGESTION_ID}],
            "refuse": [],
            "add": [{"code": "Z79.4", "reason": "insulin in the medication list"}],
            "order": ["E11.9", "Z79.4"],
            "lines": [{"line_number": 1, "procedure": "99213"}],
        }
    )

    accept: tuple[AcceptIn, ...] = Field(default=(), max_length=200)
    refuse: tuple[RefuseIn, ...] = Field(default=(), max_length=200)
    add: tuple[AddIn, ...] = Field(default=(), max_length=100)
    order: tuple[GivenCode, ...] = Field(default=(), max_length=100, description="Diagnoses that stand first, in this order")
    lines: tuple[LineCodesIn, ...] = Field(default=(), max_length=999)


class RangeIn(BaseModel):
    """Codes from the first to the last, compared over the length of each."""

    model_config = taken({"first": "A00", "last": "R99"})

    first: GivenCode
    last: GivenCode


class RuleIn(BaseModel):
    """What the organisation takes without a person: where every suggestion of an encounter has the score and a range."""

    model_config = taken({"enabled": True, "minimum_score": 0.95, "ranges": [{"first": "A00", "last": "R99"}]})

    enabled: bool
    minimum_score: float = Field(gt=0, le=1)
    ranges: tuple[RangeIn, ...] = Field(max_length=200)


class RuleView(RuleIn):
    """The rule as it stands; version 0 is none."""

    model_config = example({"version": 1, "enabled": True, "minimum_score": 0.95, "ranges": [{"first": "A00", "last": "R99"}]})

    version: int


class Ratio(BaseModel):
    """A measure with what it was made of; `value` is null where the denominator is 0."""

    model_config = example({"numerator": 42, "denominator": 50, "value": 0.84})

    numerator: int
    denominator: int
    value: float | None


class CategoryMeasure(BaseModel):
    """Decisions of coders on one category of codes."""

    model_config = example({"category": "E11", "accepted": 12, "changed": 3, "refused": 1, "added": 2})

    category: Identifier
    accepted: int
    changed: int
    refused: int
    added: int


class EngineMeasure(BaseModel):
    """What coders decided on one version of the engine's suggestions."""

    model_config = example(MEASURE)

    engine: str
    accepted: int
    changed: int
    refused: int
    added: int
    precision: Ratio = Field(description="accepted / (accepted + changed + refused)")
    recall: Ratio = Field(description="accepted / (accepted + changed + added)")


class CodingMeasures(BaseModel):
    """The engine measured by what coders decided; what a rule accepted was judged by nobody and stands apart."""

    model_config = example(
        {
            "first_day": "2026-03-01",
            "last_day": "2026-03-31",
            "engines": [MEASURE],
            "accepted_by_rule": 7,
            "categories": [{"category": "E11", "accepted": 12, "changed": 3, "refused": 1, "added": 2}],
        }
    )

    first_day: date | None
    last_day: date | None = Field(description="Inclusive, in UTC")
    engines: tuple[EngineMeasure, ...]
    accepted_by_rule: int
    categories: tuple[CategoryMeasure, ...] = Field(description="Where coders corrected most, at most 50")
