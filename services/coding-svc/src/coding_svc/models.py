"""The tables. Amounts are integer cents; `rcm.database.migrations.secure` says which may change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.database.tables import NAMING


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """The base of this service's tables, on a registry of its own."""


INSTANT: Any = DateTime(timezone=True)
CENTS: Any = BigInteger
JSON: Any = JSONB
BYTES: Any = LargeBinary


class RawInput(Base, table=True):
    """A body as it was received (of a batch: one line); append-only."""

    __tablename__ = "raw_input"

    organisation_id: UUID = Field(primary_key=True)
    raw_input_id: UUID = Field(primary_key=True)
    received_at: datetime = Field(sa_type=INSTANT)
    media_type: str
    sha256: bytes = Field(sa_type=BYTES)
    body: bytes = Field(sa_type=BYTES)


class Quarantine(Base, table=True):
    """A raw input of which something became no encounter: why, how often it was tried, what became of it."""

    __tablename__ = "quarantine"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sha256"),
        ForeignKeyConstraint(["organisation_id", "raw_input_id"], ["raw_input.organisation_id", "raw_input.raw_input_id"]),
        CheckConstraint("state in ('open', 'taken', 'dismissed')", "state"),
    )

    organisation_id: UUID = Field(primary_key=True)
    raw_input_id: UUID = Field(primary_key=True)
    sha256: bytes = Field(sa_type=BYTES)
    state: str
    code: str
    faults: list[dict[str, Any]] = Field(sa_type=JSON)
    attempts: int
    first_at: datetime = Field(sa_type=INSTANT)
    last_at: datetime = Field(sa_type=INSTANT)


class Encounter(Base, table=True):
    """An encounter as it stands. `document` is the model's JSON as text, `said_charge_cents` what the events said last
    (0: nothing).
    """

    __tablename__ = "encounter"
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        CheckConstraint("state in ('held', 'coded', 'cancelled')", "state"),
        Index("ix_encounter_patient", "organisation_id", "patient_external_id", "date_of_service"),
        Index("ix_encounter_held", "organisation_id", "encounter_id", postgresql_where=text("state = 'held'")),
    )

    organisation_id: UUID = Field(primary_key=True)
    encounter_id: UUID = Field(primary_key=True)
    external_id: str
    state: str
    version: int
    patient_external_id: str
    date_of_service: date | None = None
    date_of_service_to: date | None = None
    charge_cents: int = Field(sa_type=CENTS)
    said_charge_cents: int = Field(sa_type=CENTS)
    service_keys: list[int] = Field(sa_type=JSON)
    document: str
    findings: list[dict[str, Any]] = Field(sa_type=JSON)
    repairs: list[dict[str, Any]] = Field(sa_type=JSON)
    content_sha256: bytes = Field(sa_type=BYTES)
    raw_input_id: UUID
    raw_place: str
    received_at: datetime = Field(sa_type=INSTANT)
    changed_at: datetime = Field(sa_type=INSTANT)


class EncounterChange(Base, table=True):
    """What a person or a program changed in an encounter after it came: who, when, why, and what stood there before."""

    __tablename__ = "encounter_change"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "encounter_id"], ["encounter.organisation_id", "encounter.encounter_id"]),
    )

    organisation_id: UUID = Field(primary_key=True)
    encounter_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=INSTANT)
    actor: str
    action: str
    reason: str
    changed: list[str] = Field(sa_type=JSON)
    before: dict[str, Any] = Field(sa_type=JSON)


class NoteReading(Base, table=True):
    """An encounter whose notes the engine reads, or has read. The newest one of an encounter counts."""

    __tablename__ = "note_reading"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "encounter_id"], ["encounter.organisation_id", "encounter.encounter_id"]),
        CheckConstraint("state in ('waiting', 'read', 'dropped', 'failed')", "state"),
        Index("ix_note_reading_encounter", "organisation_id", "encounter_id", "reading_id"),
        Index("ix_note_reading_waiting", "reading_id", postgresql_where=text("state = 'waiting'")),
    )

    organisation_id: UUID = Field(primary_key=True)
    reading_id: UUID = Field(primary_key=True)
    encounter_id: UUID
    state: str
    requested_at: datetime = Field(sa_type=INSTANT)
    read_at: datetime | None = Field(default=None, sa_type=INSTANT)
    engine: str
    failure: str
    not_coded: list[dict[str, Any]] = Field(sa_type=JSON)
    unread: list[dict[str, Any]] = Field(sa_type=JSON)


class Suggestion(Base, table=True):
    """A code that the engine suggested in a reading, with its evidence; append-only."""

    __tablename__ = "suggestion"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "reading_id"], ["note_reading.organisation_id", "note_reading.reading_id"]),
        Index("ix_suggestion_reading", "organisation_id", "reading_id", "place"),
    )

    organisation_id: UUID = Field(primary_key=True)
    suggestion_id: UUID = Field(primary_key=True)
    reading_id: UUID
    place: int
    kind: str
    code: str
    description: str
    score: float
    assertion: str
    why: str
    evidence: list[dict[str, Any]] = Field(sa_type=JSON)


class CodeDecision(Base, table=True):
    """What was decided on a code: by whom, when, from which evidence; append-only."""

    __tablename__ = "code_decision"
    __table_args__ = (
        UniqueConstraint("organisation_id", "suggestion_id"),
        ForeignKeyConstraint(["organisation_id", "encounter_id"], ["encounter.organisation_id", "encounter.encounter_id"]),
        CheckConstraint("action in ('accepted', 'changed', 'refused', 'added')", "action"),
        CheckConstraint("decided_by in ('coder', 'rule')", "decided_by"),
        Index("ix_code_decision_encounter", "organisation_id", "encounter_id"),
        Index("ix_code_decision_decided_at", "organisation_id", "decided_at"),
    )

    organisation_id: UUID = Field(primary_key=True)
    decision_id: UUID = Field(primary_key=True)
    encounter_id: UUID
    suggestion_id: UUID | None = None
    decided_at: datetime = Field(sa_type=INSTANT)
    actor: str
    decided_by: str
    rule_version: int | None = None
    action: str
    kind: str
    suggested_code: str
    code: str
    score: float | None = None
    engine: str
    evidence: list[dict[str, Any]] = Field(sa_type=JSON)
    reason: str


class AcceptanceRule(Base, table=True):
    """What an organisation takes without a person; each version is kept, the newest counts; append-only."""

    __tablename__ = "acceptance_rule"

    organisation_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=INSTANT)
    actor: str
    enabled: bool
    minimum_score: float
    ranges: list[dict[str, Any]] = Field(sa_type=JSON)
