"""Raw inputs, their quarantine, encounters, and what was changed in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from rcm.database.migrations import create_platform_tables, secure

revision, down_revision = "0001", None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_platform_tables(op)
    _raw_inputs()
    _encounters()
    # Written once and read seldom: within its row and not compressed, up to a page (decision 0014).
    for table, column in (("raw_input", "body"), ("encounter", "document")):
        op.execute(f"alter table {table} alter column {column} set storage external")
        op.execute(f"alter table {table} set (toast_tuple_target = 8160)")


def _raw_inputs() -> None:
    op.create_table(
        "raw_input",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("raw_input_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "raw_input_id", name="pk_raw_input"),
    )
    secure(op, "raw_input", "append_only")
    op.create_table(
        "quarantine",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("raw_input_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("faults", JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "raw_input_id", name="pk_quarantine"),
        sa.UniqueConstraint("organisation_id", "sha256", name="uq_quarantine_organisation_id_sha256"),
        sa.CheckConstraint("state in ('open', 'taken', 'dismissed')", name=op.f("ck_quarantine_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "raw_input_id"],
            ["raw_input.organisation_id", "raw_input.raw_input_id"],
            name="fk_quarantine_organisation_id_raw_input_id_raw_input",
        ),
    )
    secure(op, "quarantine", "mutable")


def _encounters() -> None:
    op.create_table(
        "encounter",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_external_id", sa.String(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=True),
        sa.Column("date_of_service_to", sa.Date(), nullable=True),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("said_charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("service_keys", JSONB(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("repairs", JSONB(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("raw_input_id", sa.Uuid(), nullable=False),
        sa.Column("raw_place", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "encounter_id", name="pk_encounter"),
        sa.UniqueConstraint("organisation_id", "external_id", name="uq_encounter_organisation_id_external_id"),
        sa.CheckConstraint("state in ('held', 'coded', 'cancelled')", name=op.f("ck_encounter_state")),
    )
    op.create_index("ix_encounter_patient", "encounter", ["organisation_id", "patient_external_id", "date_of_service"])
    op.create_index(
        "ix_encounter_held", "encounter", ["organisation_id", "encounter_id"], postgresql_where=sa.text("state = 'held'")
    )
    secure(op, "encounter", "mutable")
    op.create_table(
        "encounter_change",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed", JSONB(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "encounter_id", "version", name="pk_encounter_change"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "encounter_id"],
            ["encounter.organisation_id", "encounter.encounter_id"],
            name="fk_encounter_change_organisation_id_encounter_id_encounter",
        ),
    )
    secure(op, "encounter_change", "append_only")
