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
    _readings()
    _decisions()
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
        sa.Column("document", sa.String(), nullable=False),
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


def _readings() -> None:
    op.create_table(
        "note_reading",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("not_coded", JSONB(), nullable=False),
        sa.Column("unread", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "reading_id", name="pk_note_reading"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "encounter_id"],
            ["encounter.organisation_id", "encounter.encounter_id"],
            name="fk_note_reading_organisation_id_encounter_id_encounter",
        ),
        sa.CheckConstraint("state in ('waiting', 'read', 'dropped', 'failed')", name=op.f("ck_note_reading_state")),
    )
    op.create_index("ix_note_reading_encounter", "note_reading", ["organisation_id", "encounter_id", "reading_id"])
    op.create_index("ix_note_reading_waiting", "note_reading", ["reading_id"], postgresql_where=sa.text("state = 'waiting'"))
    secure(op, "note_reading", "mutable")
    op.create_table(
        "suggestion",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("suggestion_id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("assertion", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "suggestion_id", name="pk_suggestion"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reading_id"],
            ["note_reading.organisation_id", "note_reading.reading_id"],
            name="fk_suggestion_organisation_id_reading_id_note_reading",
        ),
    )
    op.create_index("ix_suggestion_reading", "suggestion", ["organisation_id", "reading_id", "place"])
    secure(op, "suggestion", "append_only")


def _decisions() -> None:
    op.create_table(
        "code_decision",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("suggestion_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("suggested_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "decision_id", name="pk_code_decision"),
        sa.UniqueConstraint("organisation_id", "suggestion_id", name="uq_code_decision_organisation_id_suggestion_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "encounter_id"],
            ["encounter.organisation_id", "encounter.encounter_id"],
            name="fk_code_decision_organisation_id_encounter_id_encounter",
        ),
        sa.CheckConstraint("action in ('accepted', 'changed', 'refused', 'added')", name=op.f("ck_code_decision_action")),
        sa.CheckConstraint("decided_by in ('coder', 'rule')", name=op.f("ck_code_decision_decided_by")),
    )
    op.create_index("ix_code_decision_encounter", "code_decision", ["organisation_id", "encounter_id"])
    op.create_index("ix_code_decision_decided_at", "code_decision", ["organisation_id", "decided_at"])
    secure(op, "code_decision", "append_only")
    op.create_table(
        "acceptance_rule",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("minimum_score", sa.Float(), nullable=False),
        sa.Column("ranges", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "version", name="pk_acceptance_rule"),
    )
    secure(op, "acceptance_rule", "append_only")
