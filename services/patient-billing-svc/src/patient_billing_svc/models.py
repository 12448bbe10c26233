"""The tables. Amounts are integer cents; `rcm.database.migrations.secure` says which may change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
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
DOCUMENT: Any = JSONB


class Account(Base, table=True):
    """An organisation and a guarantor, as JSON. `version` is the aggregate's, `look_at` when the statement cycle looks next."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("organisation_id", "guarantor_external_id"),
        UniqueConstraint("organisation_id", "number"),
        Index("ix_account_look_at", "look_at", postgresql_where=text("look_at is not null and hold is null")),
    )

    organisation_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    guarantor_external_id: str
    guarantor: str
    guarantor_said_at: datetime = Field(sa_type=INSTANT)
    opened_at: datetime = Field(sa_type=INSTANT)
    version: int
    hold: str | None = None
    responsibility_cents: int = Field(sa_type=CENTS)
    applied_cents: int = Field(sa_type=CENTS)
    payments_cents: int = Field(sa_type=CENTS)
    payments_applied_cents: int = Field(sa_type=CENTS)
    last_statement_at: datetime | None = Field(default=None, sa_type=INSTANT)
    look_at: datetime | None = Field(default=None, sa_type=INSTANT)


class Responsibility(Base, table=True):
    """What is owed for an encounter; `assignment` keeps what payments-svc said last, whole, as JSON.

    A trigger holds that its account is there, and accounts are never deleted.
    """

    __tablename__ = "responsibility"
    __table_args__ = (Index("ix_responsibility_account_id", "organisation_id", "account_id", "date_of_service"),)

    organisation_id: UUID = Field(primary_key=True)
    encounter_id: UUID = Field(primary_key=True)
    account_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    assigned_at: datetime = Field(sa_type=INSTANT)
    date_of_service: date
    total_cents: int = Field(sa_type=CENTS)
    applied_cents: int = Field(sa_type=CENTS)
    assignment: str


class PatientPayment(Base, table=True):
    """A payment as it was taken; `applied_cents` is what of it is applied. A check's number is unique on an account."""

    __tablename__ = "patient_payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["account.organisation_id", "account.account_id"],
            name="fk_patient_payment_account",
        ),
        CheckConstraint("amount_cents > 0", name="positive"),
        Index("ix_patient_payment_account_id", "organisation_id", "account_id"),
        Index(
            "uq_patient_payment_check",
            "organisation_id",
            "account_id",
            "reference",
            unique=True,
            postgresql_where=text("method = 'check'"),
        ),
    )

    organisation_id: UUID = Field(primary_key=True)
    patient_payment_id: UUID = Field(primary_key=True)
    account_id: UUID
    amount_cents: int = Field(sa_type=CENTS)
    method: str
    reference: str
    received_on: date
    recorded_at: datetime = Field(sa_type=INSTANT)
    recorded_by: str
    encounter_id: UUID | None = None
    applied_cents: int = Field(sa_type=CENTS)


class Application(Base, table=True):
    """Where a payment went, one row for each time that payments-svc said so. Append only."""

    __tablename__ = "application"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "patient_payment_id"],
            ["patient_payment.organisation_id", "patient_payment.patient_payment_id"],
            name="fk_application_patient_payment",
        ),
        Index("ix_application_patient_payment_id", "organisation_id", "patient_payment_id"),
        Index("ix_application_encounter_id", "organisation_id", "encounter_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    patient_payment_id: UUID
    encounter_id: UUID
    applied_cents: int = Field(sa_type=CENTS)
    applied_at: datetime = Field(sa_type=INSTANT)


class HoldChange(Base, table=True):
    """Who put an account on hold or released it, when and why. Append only."""

    __tablename__ = "hold_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "account_id"], ["account.organisation_id", "account.account_id"], name="fk_hold_change_account"
        ),
        Index("ix_hold_change_account_id", "organisation_id", "account_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    hold_change_id: UUID = Field(primary_key=True)
    account_id: UUID
    hold: str | None = None
    note: str
    changed_by: str
    changed_at: datetime = Field(sa_type=INSTANT)


class Statement(Base, table=True):
    """An issued statement: `document` is what went out, word for word. Append only."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        ForeignKeyConstraint(
            ["organisation_id", "account_id"], ["account.organisation_id", "account.account_id"], name="fk_statement_account"
        ),
        CheckConstraint("balance_cents > 0", name="never_nothing"),
        Index("ix_statement_account_id", "organisation_id", "account_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    statement_id: UUID = Field(primary_key=True)
    account_id: UUID
    number: str
    issued_at: datetime = Field(sa_type=INSTANT)
    issued_on: date
    due_on: date
    balance_cents: int = Field(sa_type=CENTS)
    document: dict[str, Any] = Field(sa_type=DOCUMENT)


class Numbering(Base, table=True):
    """How many accounts and statements an organisation has: the last number of each."""

    __tablename__ = "numbering"

    organisation_id: UUID = Field(primary_key=True)
    accounts: int = Field(sa_type=BigInteger)
    statements: int = Field(sa_type=BigInteger)


class Tally(Base, table=True):
    """What one statement changed in the sums over an organisation's accounts, or what many did in all. Written by a trigger."""

    __tablename__ = "tally"

    organisation_id: UUID = Field(primary_key=True)
    tally_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    patient_open_cents: int = Field(sa_type=CENTS)
    payments_cents: int = Field(sa_type=CENTS)
