"""The toy's only table."""

import sqlalchemy as sa
from alembic import op

from rcm.database.migrations import create_platform_tables, secure

revision, down_revision = "0001", None


def upgrade() -> None:
    create_platform_tables(op)
    op.create_table(
        "thing",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "thing_id", name="pk_thing"),
    )
    op.create_table(
        "taken",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "position", name="pk_taken"),
    )
    secure(op, "thing", "mutable")
    secure(op, "taken", "append_only")
