"""The tables. Amounts are integer cents; `rcm.database.migrations.secure` says which may change.

No foreign keys between the rows of the hot path: each would lock and rewrite the row it points to, several times in a claim's
life (decision 0053); one store writes them, together.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, DateTime, Index, LargeBinary, MetaData, UniqueConstraint, text
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


ON_WORKLIST = """case when state::text = any (array['CLEARINGHOUSE_REJECTED'::text, 'DENIED'::text, 'EDIT_FAILED'::text,
 'FORWARDED'::text, 'FUNCTIONAL_REJECTED'::text, 'INTERCHANGE_REJECTED'::text, 'PARTIALLY_PAID'::text, 'PAYER_REJECTED'::text,
 'READY'::text, 'REVERSED'::text]) then state else null::character varying end"""
"""The state of a claim with which somebody has something to do (`domain.states.WORKLIST`), else NULL. The indexes of claims
hold nothing that changes on a clean claim's way out and back, so that most of its changes write to no index.
"""


class SetupRevision(Base, table=True):
    """Counts the changes of an organisation's set-up: claims whose edits ran against an older one are edited again."""

    __tablename__ = "setup_revision"

    organisation_id: UUID = Field(primary_key=True)
    revision: int


class Organisation(Base, table=True):
    """Who sends the files."""

    __tablename__ = "organisation"

    organisation_id: UUID = Field(primary_key=True)
    version: int
    name: str
    submitter_id: str
    contact_name: str
    contact_phone: str
    contact_email: str
    sender_qualifier: str


class Receiver(Base, table=True):
    """Who takes the files."""

    __tablename__ = "receiver"

    organisation_id: UUID = Field(primary_key=True)
    receiver_id: str = Field(primary_key=True)
    version: int
    name: str
    qualifier: str
    usage: str
    group_receiver: str


class Payer(Base, table=True):
    """A payer as the organisation knows it."""

    __tablename__ = "payer"

    organisation_id: UUID = Field(primary_key=True)
    payer_id: str = Field(primary_key=True)
    version: int
    name: str
    receiver_id: str
    claim_filing_indicator: str
    member_id_pattern: str
    timely_filing_days: int | None = None
    wants_authorisation: bool
    requires_accident: bool
    accepts_replacement: bool
    accepts_void: bool
    requires_enrolment: bool
    address: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class BillingProvider(Base, table=True):
    """Who bills and is paid."""

    __tablename__ = "billing_provider"

    organisation_id: UUID = Field(primary_key=True)
    npi: str = Field(primary_key=True)
    version: int
    last_name: str
    first_name: str
    taxonomy: str
    tax_id: str
    tax_id_kind: str
    address: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Enrolment(Base, table=True):
    """Which payer takes which billing provider's claims."""

    __tablename__ = "enrolment"

    organisation_id: UUID = Field(primary_key=True)
    payer_id: str = Field(primary_key=True)
    npi: str = Field(primary_key=True)
    version: int
    enrolled: bool
    effective_from: date | None = None
    effective_to: date | None = None


class InterchangeNumber(Base, table=True):
    """The last ISA13 of an organisation; its row is locked by whoever takes the next."""

    __tablename__ = "interchange_number"

    organisation_id: UUID = Field(primary_key=True)
    last: int


class Encounter(Base, table=True):
    """An encounter as coding-svc last said it, as JSON text: the content of its claims."""

    __tablename__ = "encounter"

    organisation_id: UUID = Field(primary_key=True)
    encounter_id: UUID = Field(primary_key=True)
    content: str


class Claim(Base, table=True):
    """A claim; see claims_svc.domain.claim."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("organisation_id", "encounter_id", "rank"),
        Index("ix_claim_duplicate_key", "organisation_id", "duplicate_key"),
        Index(
            "ix_claim_patient_control_number",
            "organisation_id",
            "patient_control_number",
            unique=True,
            postgresql_where=text("patient_control_number <> ''"),
        ),
        Index(
            "ix_claim_worklist", "organisation_id", "worklist", "setup_revision", postgresql_where=text("worklist is not null")
        ),
    )

    organisation_id: UUID = Field(primary_key=True)
    claim_id: UUID = Field(primary_key=True)
    encounter_id: UUID
    rank: str
    state: str
    version: int
    payer_id: str
    payer_name: str
    member_id: str
    billing_npi: str
    receiver_id: str
    charge_cents: int = Field(sa_type=CENTS)
    date_of_service: date
    duplicate_key: bytes = Field(sa_type=BYTES)
    next_rank: str = Field(sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = Field(sa_type=INSTANT)
    updated_at: datetime = Field(sa_type=INSTANT)
    frequency: str = Field(sa_column_kwargs={"server_default": text("'1'")})
    payer_claim_control_number: str = Field(sa_column_kwargs={"server_default": text("''")})
    own: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    findings: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    setup_revision: int
    ready_at: datetime | None = Field(default=None, sa_type=INSTANT)
    submission_id: UUID | None = None
    patient_control_number: str = Field(sa_column_kwargs={"server_default": text("''")})
    submissions: int = Field(sa_column_kwargs={"server_default": text("0")})
    submitted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    accepted_on: date | None = None
    payer_holds: bool = Field(sa_column_kwargs={"server_default": text("false")})
    changed_since_file: bool = Field(sa_column_kwargs={"server_default": text("false")})
    insurance_paid_cents: int = Field(sa_type=CENTS, sa_column_kwargs={"server_default": text("0")})
    responsibility: list[list[Any]] | None = Field(default=None, sa_type=JSON)
    sequence_completed: bool = Field(sa_column_kwargs={"server_default": text("false")})
    cancelled: bool = Field(sa_column_kwargs={"server_default": text("false")})
    facts: str = Field(sa_column_kwargs={"server_default": text("''")})
    places: str = Field(sa_column_kwargs={"server_default": text("''")})
    file_refused: bool = Field(sa_column_kwargs={"server_default": text("false")})
    worklist: str | None = Field(default=None, sa_column_args=[Computed(ON_WORKLIST, persisted=True)])


class ClaimEntry(Base, table=True):
    """A line of the history of our own work on a claim: who, what, when, why. Append only."""

    __tablename__ = "claim_entry"

    organisation_id: UUID = Field(primary_key=True)
    claim_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=INSTANT)
    kind: str
    actor: str
    state: str
    reason: str
    details: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    cause_id: UUID | None = None


class Submission(Base, table=True):
    """A file with the claims of one organisation for one receiver, and what the adapter did with it.

    What lies ready and was sent (`content`) never changes, nor what its ClaimSubmitted say: JSON, by claim id.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("organisation_id", "control_number"),)

    organisation_id: UUID = Field(primary_key=True)
    submission_id: UUID = Field(primary_key=True)
    version: int
    receiver_id: str
    state: str
    control_number: int
    file_name: str
    sha256: str
    size: int
    claim_count: int
    charge_cents: int = Field(sa_type=CENTS)
    created_at: datetime = Field(sa_type=INSTANT)
    transmitted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    recorded_at: datetime | None = Field(default=None, sa_type=INSTANT)
    remote_name: str
    recorded_by: str
    content: bytes = Field(sa_type=BYTES)
    claims: str


class FormerNumber(Base, table=True):
    """A patient control number of a claim that goes under another one now: answers may still name it. Append only."""

    __tablename__ = "former_number"

    organisation_id: UUID = Field(primary_key=True)
    patient_control_number: str = Field(primary_key=True)
    claim_id: UUID


class SubmissionFact(Base, table=True):
    """What TA1, 999, or a 277CA without claims, said about a file. Append only."""

    __tablename__ = "submission_fact"

    organisation_id: UUID = Field(primary_key=True)
    submission_id: UUID = Field(primary_key=True)
    fact_id: UUID = Field(primary_key=True)
    acknowledgement_id: UUID
    stage: str
    accepted: bool
    category: str
    code: str
    message: str
    at: datetime = Field(sa_type=INSTANT)
    actor: str


class Acknowledgement(Base, table=True):
    """A TA1, 999 or 277CA as it came, which never changes, and what became of it."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sha256"),
        Index("ix_acknowledgement_state", "organisation_id", "state", "acknowledgement_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    acknowledgement_id: UUID = Field(primary_key=True)
    version: int
    state: str
    kinds: str
    sha256: str
    size: int
    received_at: datetime = Field(sa_type=INSTANT)
    received_by: str
    accepted: int
    rejected: int
    unresolved: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    content: bytes = Field(sa_type=BYTES)


class Task(Base, table=True):
    """Work for people that an event opened."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("organisation_id", "claim_id", "kind", "source_id"),
        Index("ix_task_state", "organisation_id", "state", "task_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    task_id: UUID = Field(primary_key=True)
    version: int
    claim_id: UUID
    encounter_id: UUID
    kind: str
    source_id: UUID
    title: str
    details: dict[str, Any] = Field(sa_type=JSON)
    opened_at: datetime = Field(sa_type=INSTANT)
    state: str
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_by: str
    resolution: str
