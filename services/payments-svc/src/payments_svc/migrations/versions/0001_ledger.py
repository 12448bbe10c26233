"""The ledger, remittances and patients' payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from rcm.database.migrations import create_platform_tables, secure

revision, down_revision = "0001", None

MUTABLE = ("encounter", "remittance", "remittance_claim", "patient_payment", "task")
APPEND_ONLY = ("submitted_claim", "payee", "remittance_file", "ledger_entry")


def upgrade() -> None:
    create_platform_tables(op)
    _encounters()
    _submitted_claims()
    _ledger()
    _remittances()
    _patient_payments()
    for table in MUTABLE:
        secure(op, table, "mutable")
    for table in APPEND_ONLY:
        secure(op, table, "append_only")
    _store_as_it_is_used()


def _store_as_it_is_used() -> None:
    """Documents within their rows and not compressed, up to a page (decision 0014).

    An encounter is written when it is coded and updated in none of its indexed columns when it is paid: with room in its page
    the new version stands beside the old one, and no index is written (decision 0093).
    """
    for table, column in (("encounter", "facts"), ("remittance_claim", "payment"), ("remittance_file", "content")):
        op.execute(f"alter table {table} alter column {column} set storage external")
    for table in ("encounter", "remittance_claim"):
        op.execute(f"alter table {table} set (toast_tuple_target = 8160)")
    op.execute("alter table encounter set (fillfactor = 50)")


def _encounters() -> None:
    """What is charged, and who owes it."""
    op.create_table(
        "encounter",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("guarantor_external_id", sa.String(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("first_rank", sa.String(), nullable=False),
        sa.Column("self_pay", sa.Boolean(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("said_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_claim_voided", sa.Boolean(), nullable=False),
        sa.Column("cancelled_self_pay", sa.Boolean(), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("responsibility_digest", sa.String(), nullable=False),
        sa.Column("charges_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("contractual_cents", sa.BigInteger(), nullable=False),
        sa.Column("other_adjustments_cents", sa.BigInteger(), nullable=False),
        sa.Column("patient_paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("patient_open_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_open_cents", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "encounter_id", name="pk_encounter"),
        sa.CheckConstraint(
            "charges_cents = insurance_paid_cents + contractual_cents + other_adjustments_cents"
            " + patient_paid_cents + patient_open_cents + insurance_open_cents",
            name=op.f("ck_encounter_identity"),
        ),
        sa.CheckConstraint("patient_open_cents >= 0", name=op.f("ck_encounter_patient_open_not_negative")),
        sa.CheckConstraint("patient_paid_cents >= 0", name=op.f("ck_encounter_patient_paid_not_negative")),
    )
    op.create_index("ix_encounter_guarantor", "encounter", ["guarantor_external_id", "organisation_id"])


def _submitted_claims() -> None:
    """What was sent to payers, and whom they pay."""
    op.create_table(
        "submitted_claim",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("payer_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("last_payer", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "patient_control_number", name="pk_submitted_claim"),
    )
    op.create_index("ix_submitted_claim_claim", "submitted_claim", ["claim_id"], postgresql_using="brin")
    op.create_index("ix_submitted_claim_encounter", "submitted_claim", ["organisation_id", "encounter_id"])
    op.create_index("ix_submitted_claim_member", "submitted_claim", ["organisation_id", "member_id", "date_of_service"])
    op.create_table(
        "payee",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "value", name="pk_payee"),
    )


def _ledger() -> None:
    """Entries, each a row with what it adds to every account."""
    of_encounter = (
        "charges_cents, insurance_paid_cents, contractual_cents, other_adjustments_cents, patient_paid_cents,"
        " patient_open_cents, insurance_open_cents"
    )
    op.create_table(
        "ledger_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("patient_payment_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("caused_by", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in of_encounter.split(", ")),
        sa.Column("unapplied_cash_cents", sa.BigInteger(), nullable=False),
        sa.Column("suspense_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "entry_id", name="pk_ledger_entry"),
        sa.CheckConstraint(
            f"{of_encounter.replace(', ', ' + ')} + unapplied_cash_cents + suspense_cents = 0",
            name=op.f("ck_ledger_entry_balance"),
        ),
        sa.CheckConstraint(
            f"({of_encounter}, unapplied_cash_cents, suspense_cents) <> (0, 0, 0, 0, 0, 0, 0, 0, 0)",
            name=op.f("ck_ledger_entry_moves"),
        ),
        sa.CheckConstraint(
            f"encounter_id is not null or ({of_encounter}) = (0, 0, 0, 0, 0, 0, 0)", name=op.f("ck_ledger_entry_place")
        ),
    )
    for name, columns, where in (
        ("ix_ledger_entry_encounter", ["organisation_id", "encounter_id"], "encounter_id is not null"),
        ("ix_ledger_entry_remittance", ["organisation_id", "remittance_id"], "remittance_id is not null"),
        ("ix_ledger_entry_suspense", ["organisation_id"], "suspense_cents <> 0"),
    ):
        op.create_index(name, "ledger_entry", columns, postgresql_where=sa.text(where))


def _remittances() -> None:
    """Files, checks, CLPs."""
    op.create_table(
        "remittance_file",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "file_id", name="pk_remittance_file"),
    )
    op.create_index("uq_remittance_file_sha256", "remittance_file", ["organisation_id", "sha256"], unique=True)
    op.create_table(
        "remittance",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("first_place", sa.Integer(), nullable=False),
        sa.Column("places", JSONB(), nullable=False),
        sa.Column("payer_identifier", sa.String(), nullable=False),
        sa.Column("trace_number", sa.String(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("payment_cents", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("holds_identity", sa.Boolean(), nullable=False),
        sa.Column("same_check_as", sa.Uuid(), nullable=True),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("payee_npi", sa.String(), nullable=False),
        sa.Column("payee_tax_ids", JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("difference_cents", sa.BigInteger(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("provider_adjustments", JSONB(), nullable=False),
        sa.Column("warnings", JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "remittance_id", name="pk_remittance"),
    )
    op.create_index("ix_remittance_file", "remittance", ["organisation_id", "file_id"])
    op.create_index(
        "ix_remittance_quarantined",
        "remittance",
        ["organisation_id", "remittance_id"],
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_index(
        "uq_remittance_identity",
        "remittance",
        ["organisation_id", "payer_identifier", "trace_number", "payment_date", "payment_cents"],
        unique=True,
        postgresql_where=sa.text("holds_identity"),
        postgresql_nulls_not_distinct=True,
    )
    _remittance_claims()


def _remittance_claims() -> None:
    """One row for each CLP, and what a person should look at."""
    op.create_table(
        "remittance_claim",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_claim_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("difference_cents", sa.BigInteger(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("payer_claim_control_number", sa.String(), nullable=False),
        sa.Column("status_code", sa.String(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("encounter_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("payer_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("payment", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "remittance_claim_id", name="pk_remittance_claim"),
    )
    op.create_index("ix_remittance_claim_encounter", "remittance_claim", ["organisation_id", "encounter_id"])
    op.create_index(
        "ix_remittance_claim_payer_number",
        "remittance_claim",
        ["organisation_id", "payer_claim_control_number"],
        postgresql_where=sa.text("claim_id is not null and payer_claim_control_number <> ''"),
    )
    op.create_index("ix_remittance_claim_remittance", "remittance_claim", ["organisation_id", "remittance_id", "position"])
    op.create_index(
        "ix_remittance_claim_waiting",
        "remittance_claim",
        ["organisation_id", "patient_control_number"],
        postgresql_where=sa.text("state in ('held', 'unmatched')"),
    )
    op.create_table(
        "task",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_claim_id", sa.Uuid(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "task_id", name="pk_task"),
    )
    op.create_index("ix_task_open", "task", ["organisation_id", "task_id"], postgresql_where=sa.text("closed_at is null"))


def _patient_payments() -> None:
    """Payments, and what of them waits as a deposit."""
    op.create_table(
        "patient_payment",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("patient_payment_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("guarantor_external_id", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("deposit_cents", sa.BigInteger(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "patient_payment_id", name="pk_patient_payment"),
        sa.CheckConstraint("deposit_cents between 0 and amount_cents", name=op.f("ck_patient_payment_deposit")),
    )
    op.create_index(
        "ix_patient_payment_deposit",
        "patient_payment",
        ["organisation_id", "guarantor_external_id"],
        postgresql_where=sa.text("deposit_cents > 0"),
    )
    op.create_index(
        "ix_patient_payment_named",
        "patient_payment",
        ["organisation_id", "encounter_id"],
        postgresql_where=sa.text("deposit_cents > 0 and encounter_id is not null"),
    )
