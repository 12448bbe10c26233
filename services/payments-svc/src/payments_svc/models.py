"""The tables. Amounts are integer cents; the ledger and the files are append-only, `encounter` is guarded by a trigger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, LargeBinary, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.database.tables import NAMING


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """The base of this service's tables, on a registry of its own."""


INSTANT: Any = DateTime(timezone=True)
CENTS: Any = BigInteger
DOCUMENT: Any = JSONB
BYTES: Any = LargeBinary


class Encounter(Base, table=True):
    """An encounter's account: the facts that decide its money, and the balances of its ledger entries.

    The balances are written by the service and compared with the entries by the trigger `encounter_balances_check` whenever
    entries are written; the identity is a check constraint besides. `facts` is what a bill shows: patient, guarantor, lines,
    as JSON that the database never looks into. No index holds a column that payments change (decision 0093).
    """

    __tablename__ = "encounter"
    __table_args__ = (
        CheckConstraint(
            "charges_cents = insurance_paid_cents + contractual_cents + other_adjustments_cents"
            " + patient_paid_cents + patient_open_cents + insurance_open_cents",
            name="identity",
        ),
        CheckConstraint("patient_open_cents >= 0", name="patient_open_not_negative"),
        CheckConstraint("patient_paid_cents >= 0", name="patient_paid_not_negative"),
        # The organisation last: led by it, this index would do for a plan that was made while the table was empty.
        Index("ix_encounter_guarantor", "guarantor_external_id", "organisation_id"),
    )

    organisation_id: UUID = Field(primary_key=True)
    encounter_id: UUID = Field(primary_key=True)
    external_id: str
    guarantor_external_id: str
    date_of_service: date
    first_rank: str
    self_pay: bool
    charge_cents: int = Field(sa_type=CENTS)
    said_sequence: int = Field(sa_type=BigInteger)
    first_claim_voided: bool
    cancelled_self_pay: bool
    completed: bool | None = None
    """NULL while claims-svc has said nothing of it and the last payer has not answered the whole claim."""
    version: int = Field(sa_type=BigInteger)
    responsibility_digest: str
    charges_cents: int = Field(sa_type=CENTS)
    insurance_paid_cents: int = Field(sa_type=CENTS)
    contractual_cents: int = Field(sa_type=CENTS)
    other_adjustments_cents: int = Field(sa_type=CENTS)
    patient_paid_cents: int = Field(sa_type=CENTS)
    patient_open_cents: int = Field(sa_type=CENTS)
    insurance_open_cents: int = Field(sa_type=CENTS)
    facts: str


class SubmittedClaim(Base, table=True):
    """A claim in one submission: what its patient control number stands for. `lines` is JSON. Append only.

    Claims are looked for by their id by people alone: ids rise with time, so a few bytes for each 128 pages find them.
    """

    __tablename__ = "submitted_claim"
    __table_args__ = (
        Index("ix_submitted_claim_claim", "claim_id", postgresql_using="brin"),
        Index("ix_submitted_claim_encounter", "organisation_id", "encounter_id"),
        Index("ix_submitted_claim_member", "organisation_id", "member_id", "date_of_service"),
    )

    organisation_id: UUID = Field(primary_key=True)
    patient_control_number: str = Field(primary_key=True)
    claim_id: UUID
    encounter_id: UUID
    rank: str
    payer_id: str
    member_id: str
    date_of_service: date
    charge_cents: int = Field(sa_type=CENTS)
    last_payer: bool
    submitted_at: datetime = Field(sa_type=INSTANT)
    lines: str


class Payee(Base, table=True):
    """A billing provider of the organisation, by `npi` or `tax_id`: a remittance to anybody else is not ours. Append only."""

    __tablename__ = "payee"

    organisation_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)


class RemittanceFile(Base, table=True):
    """A file as it came, word for word. Append only."""

    __tablename__ = "remittance_file"
    __table_args__ = (Index("uq_remittance_file_sha256", "organisation_id", "sha256", unique=True),)

    organisation_id: UUID = Field(primary_key=True)
    file_id: UUID = Field(primary_key=True)
    sha256: str
    content: bytes = Field(sa_type=BYTES)
    received_at: datetime = Field(sa_type=INSTANT)
    received_by: str


class Remittance(Base, table=True):
    """One check: a transaction set of a file, or several that balance only together.

    `holds_identity` tells the one that a check's identity (TRN03, TRN02, BPR16, BPR02) stands for; another content of the
    same check is quarantined beside it.
    """

    __tablename__ = "remittance"
    __table_args__ = (
        Index(
            "uq_remittance_identity",
            "organisation_id",
            "payer_identifier",
            "trace_number",
            "payment_date",
            "payment_cents",
            unique=True,
            postgresql_where=text("holds_identity"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_remittance_file", "organisation_id", "file_id"),
        Index("ix_remittance_quarantined", "organisation_id", "remittance_id", postgresql_where=text("state = 'quarantined'")),
    )

    organisation_id: UUID = Field(primary_key=True)
    remittance_id: UUID = Field(primary_key=True)
    file_id: UUID
    first_place: int
    """Where its first transaction set stands among the file's 835s, from 0; `places` are all of them."""
    places: list[Any] = Field(sa_type=DOCUMENT)
    payer_identifier: str
    trace_number: str
    payment_date: date | None = None
    payment_cents: int = Field(sa_type=CENTS)
    content_sha256: str
    holds_identity: bool
    same_check_as: UUID | None = None
    payer_name: str
    payee_npi: str
    payee_tax_ids: list[Any] = Field(sa_type=DOCUMENT)
    state: str
    reasons: list[Any] = Field(sa_type=DOCUMENT)
    difference_cents: int = Field(sa_type=CENTS)
    claim_count: int
    provider_adjustments: list[Any] = Field(sa_type=DOCUMENT)
    warnings: list[Any] = Field(sa_type=DOCUMENT)
    """CLPs whose CLP05 is not the sum of their PR adjustments."""
    version: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=INSTANT)
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    note: str


class RemittanceClaim(Base, table=True):
    """One CLP of a posted remittance. `payment` (JSON) is all that posting needs, so that it can wait and be tried again."""

    __tablename__ = "remittance_claim"
    __table_args__ = (
        Index("ix_remittance_claim_remittance", "organisation_id", "remittance_id", "position"),
        Index("ix_remittance_claim_encounter", "organisation_id", "encounter_id"),
        Index(
            "ix_remittance_claim_payer_number",
            "organisation_id",
            "payer_claim_control_number",
            postgresql_where=text("claim_id is not null and payer_claim_control_number <> ''"),
        ),
        Index(
            "ix_remittance_claim_waiting",
            "organisation_id",
            "patient_control_number",
            postgresql_where=text("state in ('held', 'unmatched')"),
        ),
    )

    organisation_id: UUID = Field(primary_key=True)
    remittance_claim_id: UUID = Field(primary_key=True)
    remittance_id: UUID
    position: int
    state: str
    reason: str
    difference_cents: int = Field(sa_type=CENTS)
    patient_control_number: str
    payer_claim_control_number: str
    status_code: str
    charge_cents: int = Field(sa_type=CENTS)
    paid_cents: int = Field(sa_type=CENTS)
    payment_date: date
    """The remittance's, else the day it came: the day whose table of reasons counts."""
    claim_id: UUID | None = None
    encounter_id: UUID | None = None
    rank: str
    payer_id: str
    entry_id: UUID | None = None
    """The entry that posted it, or put it in suspense."""
    reversed_by: UUID | None = None
    payment: str
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    note: str


class LedgerEntry(Base, table=True):
    """One movement of money: when, why, from what, and what it adds to each account, debit positive. Append only.

    An entry is one row, so that it is whole or it is not there; the checks keep it in balance, and a trigger keeps the
    encounter's balances the sums of its entries. The view `ledger_line` shows the same by account, a line for each that moves.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(
            "charges_cents + insurance_paid_cents + contractual_cents + other_adjustments_cents + patient_paid_cents"
            " + patient_open_cents + insurance_open_cents + unapplied_cash_cents + suspense_cents = 0",
            name="balance",
        ),
        CheckConstraint(
            "(charges_cents, insurance_paid_cents, contractual_cents, other_adjustments_cents, patient_paid_cents,"
            " patient_open_cents, insurance_open_cents, unapplied_cash_cents, suspense_cents) <> (0, 0, 0, 0, 0, 0, 0, 0, 0)",
            name="moves",
        ),
        CheckConstraint(
            "encounter_id is not null or (charges_cents, insurance_paid_cents, contractual_cents, other_adjustments_cents,"
            " patient_paid_cents, patient_open_cents, insurance_open_cents) = (0, 0, 0, 0, 0, 0, 0)",
            name="place",
        ),
        Index(
            "ix_ledger_entry_encounter", "organisation_id", "encounter_id", postgresql_where=text("encounter_id is not null")
        ),
        Index(
            "ix_ledger_entry_remittance", "organisation_id", "remittance_id", postgresql_where=text("remittance_id is not null")
        ),
        Index("ix_ledger_entry_suspense", "organisation_id", postgresql_where=text("suspense_cents <> 0")),
    )

    organisation_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    posted_at: datetime = Field(sa_type=INSTANT)
    kind: str
    reason: str
    encounter_id: UUID | None = None
    claim_id: UUID | None = None
    remittance_id: UUID | None = None
    patient_payment_id: UUID | None = None
    reverses: UUID | None = None
    caused_by: UUID | None = None
    """The event or request."""
    actor: str
    charges_cents: int = Field(sa_type=CENTS)
    insurance_paid_cents: int = Field(sa_type=CENTS)
    contractual_cents: int = Field(sa_type=CENTS)
    other_adjustments_cents: int = Field(sa_type=CENTS)
    patient_paid_cents: int = Field(sa_type=CENTS)
    patient_open_cents: int = Field(sa_type=CENTS)
    insurance_open_cents: int = Field(sa_type=CENTS)
    unapplied_cash_cents: int = Field(sa_type=CENTS)
    suspense_cents: int = Field(sa_type=CENTS)


class PatientPayment(Base, table=True):
    """A patient's payment and what of it waits as a deposit."""

    __tablename__ = "patient_payment"
    __table_args__ = (
        CheckConstraint("deposit_cents between 0 and amount_cents", name="deposit"),
        Index(
            "ix_patient_payment_deposit",
            "organisation_id",
            "guarantor_external_id",
            postgresql_where=text("deposit_cents > 0"),
        ),
        Index(
            "ix_patient_payment_named",
            "organisation_id",
            "encounter_id",
            postgresql_where=text("deposit_cents > 0 and encounter_id is not null"),
        ),
    )

    organisation_id: UUID = Field(primary_key=True)
    patient_payment_id: UUID = Field(primary_key=True)
    account_id: UUID
    guarantor_external_id: str
    received_on: date
    amount_cents: int = Field(sa_type=CENTS)
    deposit_cents: int = Field(sa_type=CENTS)
    encounter_id: UUID | None = None


class Task(Base, table=True):
    """Something a person should look at, beside the queue of held and unmatched CLPs."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "organisation_id", "task_id", postgresql_where=text("closed_at is null")),)

    organisation_id: UUID = Field(primary_key=True)
    task_id: UUID = Field(primary_key=True)
    kind: str
    remittance_id: UUID
    remittance_claim_id: UUID | None = None
    claim_id: UUID | None = None
    message: str
    amount_cents: int = Field(sa_type=CENTS)
    opened_at: datetime = Field(sa_type=INSTANT)
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_by: str
    note: str
